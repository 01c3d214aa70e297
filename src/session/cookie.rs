//! Cookies, read raw and written in one place.
//!
//! The Cookie header is read byte for byte: actix-web percent-decodes names, which lets
//! `__%48ost-usher` pass for `__Host-usher` (S-337).

use std::borrow::Cow;

/// The most cookies that a request may bring (S-338).
pub const MOST: usize = 100;

/// The cookies of Usher (C-26).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie<'a> {
    Session,
    /// Of a frame on another site than ours.
    Frame,
    /// Of one login attempt, by its id.
    Login(&'a str),
    Rounds,
    Provider,
}

/// How cookies are named and marked under one `public_url`.
#[derive(Debug, Clone, Copy)]
pub struct Jar {
    /// Plain http on loopback: no `__Host-`, no `Secure`.
    pub plain_http: bool,
}

impl Jar {
    pub fn name(self, cookie: Cookie<'_>) -> Cow<'static, str> {
        let name = match cookie {
            Cookie::Session => "__Host-usher",
            Cookie::Frame => "__Host-usher-frame",
            Cookie::Login(_) => "__Host-usher-login-",
            Cookie::Rounds => "__Host-usher-rounds",
            Cookie::Provider => "__Host-usher-provider",
        };
        let name = if self.plain_http {
            name.trim_start_matches("__Host-")
        } else {
            name
        };
        match cookie {
            Cookie::Login(id) => format!("{name}{id}").into(),
            _ => name.into(),
        }
    }

    /// A Set-Cookie value. Without `max_age` (seconds) the cookie ends with the browser's session.
    pub fn set(self, cookie: Cookie<'_>, value: &str, max_age: Option<i64>) -> String {
        let scope = match cookie {
            // Browsers count loopback as safe even without TLS.
            Cookie::Frame => "SameSite=None; Secure; Partitioned",
            _ if self.plain_http => "SameSite=Lax",
            _ => "SameSite=Lax; Secure",
        };
        let age = max_age
            .map(|seconds| format!("; Max-Age={seconds}"))
            .unwrap_or_default();
        format!("{}={value}; Path=/; HttpOnly; {scope}{age}", self.name(cookie))
    }

    pub fn delete(self, cookie: Cookie<'_>) -> String {
        self.set(cookie, "", Some(0))
    }
}

/// What a request brought, in its order.
#[derive(Debug, Default)]
pub struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// Reads the values of all Cookie headers (RFC 6265, section 4.2.1). Pairs that are not
    /// ASCII are passed over.
    pub fn parse<'a>(headers: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let pairs = headers
            .into_iter()
            .flat_map(|header| header.split(|byte| *byte == b';'));
        Self(pairs.filter_map(pair).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of the one cookie with exactly this name.
    pub fn get(&self, name: &str) -> Found<'_> {
        let mut values = self
            .0
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (None, _) => Found::None,
            (Some(value), None) => Found::One(value),
            (Some(_), Some(_)) => Found::Several,
        }
    }

    /// Name ends and values of the cookies whose names start with `prefix`.
    pub fn starting_with<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }
}

/// A look-up by name; several candidates are nobody's (S-337).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    None,
    One(&'a str),
    Several,
}

impl<'a> Found<'a> {
    pub fn one(self) -> Option<&'a str> {
        match self {
            Self::One(value) => Some(value),
            Self::None | Self::Several => None,
        }
    }
}

fn pair(bytes: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(bytes).ok()?.trim_matches([' ', '\t']);
    let (name, value) = text.split_once('=')?;
    Some((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HTTPS: Jar = Jar { plain_http: false };

    fn session(header: &str) -> Option<String> {
        let cookies = Cookies::parse([header.as_bytes()]);
        cookies.get(&HTTPS.name(Cookie::Session)).one().map(str::to_owned)
    }

    #[test]
    fn s_337_only_the_exact_raw_name_counts() {
        assert_eq!(
            session("__%48ost-usher=EVIL; __Host-usher=GOOD").as_deref(),
            Some("GOOD")
        );
        assert_eq!(
            session("__Host-usher=GOOD; __%48ost-usher=EVIL").as_deref(),
            Some("GOOD")
        );
        for nobody in [
            "__host-usher=EVIL",
            "=__Host-usher=EVIL",
            "__Host-usher =EVIL",
            "__Host-usher",
            "",
        ] {
            assert_eq!(session(nobody), None, "{nobody}");
        }
        assert_eq!(
            session("__Host-usher=A; __Host-usher=B"),
            None,
            "several candidates"
        );
    }

    #[test]
    fn s_200_s_202_every_attribute_is_written() {
        assert_eq!(
            HTTPS.set(Cookie::Session, "v", None),
            "__Host-usher=v; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        let plain = Jar { plain_http: true };
        assert_eq!(
            plain.delete(Cookie::Login("abcd1234")),
            "usher-login-abcd1234=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
    }

    #[test]
    fn s_204_c_26_the_cookie_of_a_frame_is_partitioned_and_has_its_own_name() {
        assert_eq!(
            HTTPS.set(Cookie::Frame, "v", None),
            "__Host-usher-frame=v; Path=/; HttpOnly; SameSite=None; Secure; Partitioned"
        );
        let plain = Jar { plain_http: true };
        assert_eq!(
            plain.set(Cookie::Frame, "v", None),
            "usher-frame=v; Path=/; HttpOnly; SameSite=None; Secure; Partitioned"
        );
    }

    proptest! {
        #[test]
        fn s_379_any_header_is_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let cookies = Cookies::parse([bytes.as_slice()]);
            let _ = cookies.get("__Host-usher");
        }
    }
}
