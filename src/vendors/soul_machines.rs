//! Soul Machines: digital people. The "private key" of its documentation is a shared string, and the
//! "public key" its name, which goes out as `iss`.

use jsonwebtoken::Algorithm;
use serde_json::json;
use time::Duration;

use super::fields::{no_roles, token, tree};
use super::{KeyFrom, Profile, Scope, Vendor, no_params};
use crate::claims::{Care, Claim, Entry, Recipe, Source, Tree};
use crate::config::keys::SOUL_MACHINES;
use crate::config::reader::{Item, Table};
use crate::delivery::{Answer, Delivery, Part};
use crate::params::ParamRules;
use crate::signer::Head;
use crate::types::secure_websocket;

pub const VENDOR: Vendor = Vendor {
    name: "soul-machines",
    section: SOUL_MACHINES,
    key: KeyFrom::Vendor,
    longest_ttl: Duration::DAY,
    advised_ttl: Duration::minutes(6),
    get: true,
    declare: no_params,
    read,
};

/// The claims that this profile makes; own claims cannot have their names.
const OURS: [&str; 6] = ["iss", "aud", "sub", "iat", "exp", "nbf"];

fn read(table: &Table<'_>, scope: Scope<'_>) -> Option<Profile> {
    no_roles(table);
    let key_name = table.require("key_name").and_then(|item| token(&item, 128));
    let server = table.require("session_server").and_then(|item| item.parsed(host));
    let control = table.parsed("control", String::new(), |text| match text {
        "" => Ok(String::new()),
        _ => secure_websocket(text)
            .map(|_| text.to_owned())
            .map_err(|e| e.to_string()),
    });
    let browser = table.get("control_via_browser").and_then(|item| {
        if scope.trial {
            item.warn("is for development: the vendor's production servers refuse it (S-476)");
        } else {
            item.error_with("is for development, on loopback (S-476)", "leave it out");
        }
        item.boolean()
    });
    let cookie = table.get("control_cookie_header").map(|item| {
        item.parsed(|text| {
            let printable = text.bytes().all(|b| (0x20..0x7f).contains(&b));
            if printable && (1..=1024).contains(&text.len()) {
                Ok(text.to_owned())
            } else {
                Err("is a Cookie header of up to 1,024 printable ASCII characters".into())
            }
        })
    });
    let own = match table.get("claims") {
        Some(item) => own_claims(&item, scope.params)?,
        None => Vec::new(),
    };
    let (key_name, server) = (key_name?, server?);
    let mut claims = vec![
        Claim::required("sm-control", Source::Constant(json!(control))),
        Claim::required("sm-session-server", Source::Constant(json!(server))),
    ];
    claims
        .extend(browser.map(|flag| Claim::required("sm-control-via-browser", Source::Constant(json!(flag)))));
    if let Some(cookie) = cookie {
        claims.push(Claim::required(
            "sm-control-cookie-header",
            Source::Constant(json!(cookie?)),
        ));
    }
    claims.extend([
        Claim::required("iss", Source::Constant(json!(key_name))),
        Claim::required("iat", Source::IssuedAt),
        Claim::required("nbf", Source::NotBefore),
        Claim::required("exp", Source::ExpiresAt),
    ]);
    claims.extend(own);
    Some(Profile {
        head: Head::new(Algorithm::HS256),
        delivery: Delivery::Json,
        answer: Answer::of([
            ("url", Part::Constant(json!(format!("wss://{server}")))),
            ("jwt", Part::Token),
        ]),
        ..Profile::new(Recipe::new(claims))
    })
}

/// A bare host, with a port where it is not 443.
fn host(text: &str) -> Result<String, String> {
    let url = secure_websocket(&format!("wss://{text}")).map_err(|_| NOT_A_HOST)?;
    let bare = url.as_str().eq_ignore_ascii_case(&format!("wss://{text}/"));
    if bare && text.len() <= LONGEST_HOST {
        Ok(text.to_owned())
    } else {
        Err(NOT_A_HOST.into())
    }
}

/// Bytes of a name in DNS, and of a port behind it.
const LONGEST_HOST: usize = 253 + 6;
const NOT_A_HOST: &str = "is a bare host, such as demo.example.soulmachines.cloud";

fn own_claims(item: &Item<'_>, params: &ParamRules) -> Option<Vec<Claim>> {
    let entries = item.entries()?;
    let mut sound = true;
    for (name, entry) in &entries {
        let name = name.trim_end_matches('?');
        if name.starts_with("sm-") {
            entry.error("starts with sm-, which only the vendor's own claims do");
            sound = false;
        } else if OURS.contains(&name) {
            entry.error("is set by this profile");
            sound = false;
        }
    }
    let Tree::Table(entries) = tree(item, params, true)? else {
        return None;
    };
    let claim = |entry: Entry| Claim {
        name: entry.name.into(),
        source: Source::Tree(entry.value, Care::Cleaned),
        required: !entry.optional,
    };
    sound.then(|| entries.into_iter().map(claim).collect())
}
