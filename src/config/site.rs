//! Which origins browsers count as one site with ours, since cookies go by sites.

use url::Url;

use super::PublicUrl;
use super::reader::Table;
use crate::delivery::Target;
use crate::types::Origin;

/// Whether browsers count two origins as one site: the same scheme, and the same host or registrable
/// domain. Ports do not matter.
pub(super) fn is_same_site(one: &str, other: &str) -> bool {
    let (Ok(one), Ok(other)) = (Url::parse(one), Url::parse(other)) else {
        return false;
    };
    let host = |url: &Url| url.host_str().unwrap_or_default().to_owned();
    let site = |url: &Url| {
        let name = url.domain()?;
        psl::domain_str(name).map(str::to_owned)
    };
    one.scheme() == other.scheme()
        && (host(&one) == host(&other) || site(&one).is_some_and(|found| site(&other) == Some(found)))
}

/// Says of each listed origin on another site what browsers will do in a frame there (S-205). A `page`
/// of the customer's own that asks the token API is not one that frames.
pub(super) fn warn_of_other_sites(
    table: &Table<'_>,
    origins: &[Origin],
    page: Option<&Target>,
    public_url: Option<&PublicUrl>,
) {
    let Some(ours) = public_url.map(|url| url.origin.as_str()) else {
        return;
    };
    let page = page.and_then(Target::origin).unwrap_or_default();
    let elsewhere = |origin: &&Origin| origin.as_str() != page && !is_same_site(origin.as_str(), ours);
    for origin in origins.iter().filter(elsewhere) {
        table.warn(
            "origins",
            format!(
                "{origin} is another site than public_url: in a frame there people sign in once for that site. \
                 Chrome and Edge (from 114), Firefox (from 141) and Safari (18.4, and from 26.2) keep a cookie \
                 for it; other browsers keep none and offer a tab"
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_32_a_site_is_a_scheme_and_a_registrable_domain() {
        for (one, other, same) in [
            ("https://go.example.com", "https://app.example.com:8443", true),
            ("https://example.com", "https://go.example.com", true),
            ("https://go.example.com", "http://app.example.com", false),
            ("https://one.co.uk", "https://two.co.uk", false),
            ("https://a.github.io", "https://b.github.io", false),
            ("http://127.0.0.1:1", "http://127.0.0.1:2", true),
            ("http://127.0.0.1:1", "http://localhost:1", false),
            ("http://10.0.0.1", "http://9.0.0.1", false),
        ] {
            assert_eq!(is_same_site(one, other), same, "{one} {other}");
        }
    }
}
