//! A page for admins as the end of a sign-in.

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::attempt::LONGEST_TARGET;

/// One of the pages under `/admin`, by its name: `admin`, `admin/apps/a`, `admin/apps/a?room=b`. Whatever
/// is behind, it is read as text and leads nowhere but there (lesson 8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminPage(String);

impl AdminPage {
    /// Reads the name of a page.
    pub fn parse(name: &str) -> Option<Self> {
        let (path, query) = name.split_once('?').unwrap_or((name, ""));
        let mut segments = path.split('/');
        let named = segments.next() == Some("admin") && segments.all(is_word);
        let fits = name.len() <= LONGEST_TARGET && query.bytes().all(is_encoded);
        (named && fits).then(|| Self(name.to_owned()))
    }

    /// The page at this path of ours with these pairs in its query; without them where they are too many
    /// to carry through a sign-in.
    pub fn at(path: &str, query: &[(String, String)]) -> Option<Self> {
        let name = path.strip_prefix('/')?;
        let pairs = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        let whole = (!pairs.is_empty()).then(|| Self::parse(&format!("{name}?{pairs}")));
        whole.flatten().or_else(|| Self::parse(name))
    }

    pub fn name(&self) -> &str {
        &self.0
    }

    pub fn path(&self) -> String {
        format!("/{}", self.0)
    }
}

/// A part of a path that a browser does not resolve to another.
fn is_word(segment: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
    !segment.is_empty() && !segment.starts_with('.') && segment.bytes().all(plain)
}

/// What `application/x-www-form-urlencoded` is made of.
fn is_encoded(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"*-._+%=&".contains(&b)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::session::attempt::{Destination, Page, State};
    use crate::session::seal::Sealer;
    use crate::types::Origin;

    #[test]
    fn c_19_a_page_for_admins_is_named_by_its_path_and_query() {
        for name in [
            "admin",
            "admin/apps/town-hall",
            "admin/apps/a/link.ics?b=%C3%A9+c",
        ] {
            let page = AdminPage::parse(name).unwrap();
            assert_eq!((page.name(), page.path()), (name, format!("/{name}")));
        }
        let pairs = [("customer".to_owned(), "o'neil@example.org".to_owned())];
        let page = AdminPage::at("/admin/apps/a", &pairs).unwrap();
        assert_eq!(page.path(), "/admin/apps/a?customer=o%27neil%40example.org");
        let long = [("a".to_owned(), "x".repeat(600))];
        assert_eq!(
            AdminPage::at("/admin/apps/a", &long).unwrap().path(),
            "/admin/apps/a"
        );
    }

    #[test]
    fn s_302_nothing_else_is_a_page_for_admins() {
        for name in [
            "",
            "admi",
            "administer",
            "/admin",
            "admin/",
            "admin//evil.example",
            "admin/..",
            "admin/.",
            "admin/../launch/a",
            "admin/%2e%2e",
            "admin/a\\b",
            "admin#x",
            "admin/apps/A",
            "admin?a=b#c",
            "admin?a=b c",
            "admin?a=\r\nb",
        ] {
            assert_eq!(AdminPage::parse(name), None, "{name:?}");
        }
    }

    #[test]
    fn c_18_the_state_carries_the_longest_page() {
        let name = format!("admin/apps/a?b={}", "x".repeat(LONGEST_TARGET - 15));
        let state = State {
            attempt: "abcdefgh".into(),
            destination: Destination::Page(Page::parse(&name).unwrap()),
            started: time::macros::datetime!(2026-11-21 12:00 UTC),
        };
        let sealer = Sealer::new(&[[3; 32]], Origin::parse("https://go.example.com").unwrap());
        let text = state.seal(&sealer).unwrap();
        assert_eq!(
            State::open(&text, &sealer).unwrap().destination,
            state.destination
        );
    }

    proptest! {
        #[test]
        fn s_302_whatever_is_taken_stays_under_admin(name in "(admin)?[a-z./?%=&@:#\\\\-]{0,40}") {
            if let Some(page) = AdminPage::parse(&name) {
                let base = url::Url::parse("https://go.example.com").unwrap();
                let url = base.join(&page.path()).unwrap();
                prop_assert_eq!(url.origin(), base.origin());
                prop_assert!(url.path() == "/admin" || url.path().starts_with("/admin/"));
            }
        }
    }
}
