//! How a page of the customer's own gets at the token API: with the cookie, or with a code (C-32).

use super::reader::Table;
use super::site::is_same_site;
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
