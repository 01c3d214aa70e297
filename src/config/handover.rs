//! How a page of the customer's own gets at the token API: with the cookie, or with a code (C-32).

use url::Url;

use super::reader::Table;
use super::{Handover, PublicUrl};
use crate::delivery::Target;
use crate::params::ParamRules;
use crate::types::Origin;

/// Reads `handover`. `page` is the app's address where a page of the customer's own stands there.
pub(super) fn read(
    table: &Table<'_>,
    params: &ParamRules,
    origins: &[Origin],
    page: Option<&Target>,
    public_url: Option<&PublicUrl>,
) -> Handover {
    let handover = table.parsed("handover", Handover::Token, |text| match text {
        "code" => Ok(Handover::Code),
        _ => Err("is \"code\", or absent".into()),
    });
    let Some(page) = page.and_then(Target::origin) else {
        if handover == Handover::Code {
            table.error(
                "handover",
                "is for apps whose url is a page of your own, which asks the token API",
            );
        }
        return handover;
    };
    let ours = public_url.map_or("", |url| url.origin.as_str());
    let listed = origins.iter().any(|origin| origin.as_str() == page);
    if !listed && (page != ours || handover == Handover::Code) {
        let what = format!("must hold {page}, whose page asks the token API");
        table.error("origins", what);
    }
    if handover == Handover::Token {
        if !ours.is_empty() && !is_same_site(&page, ours) {
            table.error(
                "handover",
                "must be \"code\": browsers send no cookie of ours from a page on another site",
            );
        }
        return handover;
    }
    if params.is_optional("code").is_some() {
        table.error(
            "params",
            "code is the name under which the page hands its code in",
        );
    }
    handover
}

/// Whether browsers count two origins as one site: the same scheme, and the same host or registrable
/// domain. Ports do not matter.
fn is_same_site(one: &str, other: &str) -> bool {
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
