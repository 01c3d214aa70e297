//! Any other vendor with "JWT SSO", said in the configuration alone.

mod claims;
mod response;

use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};
use time::Duration;

use super::fields::no_roles;
use super::{KeyFrom, Profile, Scope, Vendor};
use crate::claims::{Recipe, Unit};
use crate::config::keys::CUSTOM;
use crate::config::reader::{Item, Table};
use crate::delivery::{Delivery, REDIRECT_URI, STATE, Target};
use crate::expression::meant;
use crate::params::ParamRules;
use crate::signer::Head;
use crate::types::secure_url;

pub const VENDOR: Vendor = Vendor {
    name: "custom",
    section: CUSTOM,
    key: KeyFrom::Algorithm,
    longest_ttl: Duration::DAY,
    advised_ttl: Duration::ZERO,
    get: false,
    declare,
    read,
};

/// The algorithms that an app may sign with.
const ALGORITHMS: [(&str, Algorithm); 10] = [
    ("HS256", Algorithm::HS256),
    ("HS384", Algorithm::HS384),
    ("HS512", Algorithm::HS512),
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

/// Header members that have a key of their own, or would make a verifier look elsewhere for the key.
const NOT_IN_HEADER: [&str; 10] = [
    "alg", "kid", "crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256",
];

/// The parameter that a token comes in where nothing else is said.
const TOKEN: &str = "token";

/// What vendors send in `state` and `nonce`.
const ECHO: &str = "[A-Za-z0-9._~+/=:-]{1,256}";

/// A vendor-started sign-in brings where to come back to, and what to bring back.
fn declare(table: &Table<'_>, params: &mut ParamRules) {
    if !table.has("redirect_uris") {
        return;
    }
    let named = table.get("token_param").filter(Item::is_text);
    let token = named.as_ref().and_then(Item::text).unwrap_or(TOKEN);
    let listed: Vec<String> = table
        .texts("redirect_uris")
        .into_iter()
        .filter_map(|(item, _)| item.parsed(|text| redirect_uri(text, token)))
        .collect();
    if listed.is_empty() {
        table.error("redirect_uris", "is empty: list the vendor's addresses, whole");
    }
    let exactly = listed
        .iter()
        .map(|uri| regex::escape(uri))
        .collect::<Vec<_>>()
        .join("|");
    for (name, pattern) in [(REDIRECT_URI, exactly.as_str()), (STATE, ECHO), ("nonce", ECHO)] {
        if params.is_optional(name).is_some() {
            table.error(
                "params",
                format!("must not declare {name}, which comes with redirect_uris"),
            );
        } else if let Err(error) = params.declare(name, pattern, false) {
            table.error("redirect_uris", error.to_string());
        }
    }
}

/// An address as browsers write it, which brings none of what is added to it (S-303).
fn redirect_uri(text: &str, token: &str) -> Result<String, String> {
    let url = secure_url(text).map_err(|e| e.to_string())?;
    if url.fragment().is_some() || url.as_str() != text {
        return Err("is written otherwise by browsers, or has a fragment; write it as they do".into());
    }
    let brought = url
        .query_pairs()
        .find(|(key, _)| [STATE, token].contains(&&**key));
    match brought {
        Some((key, _)) => Err(format!("has a {key} of its own")),
        None => Ok(text.to_owned()),
    }
}

fn read(table: &Table<'_>, scope: Scope<'_>) -> Option<Profile> {
    no_roles(table);
    let secret = ["secret", "secret_file", "secret_env"]
        .iter()
        .any(|key| table.has(key));
    let usual = if secret {
        Algorithm::HS256
    } else {
        Algorithm::RS256
    };
    let algorithm = table.parsed("alg", usual, |text| {
        let names = ALGORITHMS.map(|(name, _)| name);
        let found = ALGORITHMS.iter().find(|(name, _)| *name == text);
        found
            .map(|(_, algorithm)| *algorithm)
            .ok_or_else(|| format!("is not among {}{}", names.join(", "), meant(text, &names)))
    });
    let unit = table.parsed("time_unit", Unit::Seconds, |text| match text {
        "s" => Ok(Unit::Seconds),
        "ms" => Ok(Unit::Milliseconds),
        _ => Err("is s or ms".into()),
    });
    let extras = match table.get("header") {
        Some(item) => header(&item),
        None => Map::new(),
    };
    let delivery = delivery(table);
    let claims = claims::read(table, scope.params, table.has("redirect_uris"));
    let answer = response::read(table)?;
    let target = table.has("redirect_uris").then(Target::echoed);
    if target.is_some() && scope.target.is_some() {
        table.error(
            "url",
            "and redirect_uris are two ways to say where people go: give one",
        );
    }
    if target.is_some() && matches!(delivery, Some(Delivery::Json)) {
        table.error("redirect_uris", "bring no token with delivery = \"json\"");
    }
    let recipe = Recipe {
        claims: claims?,
        unit,
    };
    if !recipe.expires() {
        table.warn(
            "auto_claims",
            "leaves exp out: the vendor alone decides how long a token works",
        );
    }
    if table.has("origins") && delivery.as_ref().is_some_and(Delivery::is_by_launch) {
        // C-31: nobody but the operator knows how the vendor does it.
        table.warn(
            "origins",
            "in a frame the app keeps the token that it opened with; where its vendor looks at that again later, it \
             ends after ttl",
        );
    }
    Some(Profile {
        head: Head {
            extras,
            ..Head::new(algorithm)
        },
        delivery: delivery?,
        answer,
        target,
        ..Profile::new(recipe)
    })
}

/// Constant members of the token's header.
fn header(item: &Item<'_>) -> Map<String, Value> {
    let mut extras = Map::new();
    for (name, entry) in item.entries().unwrap_or_default() {
        if NOT_IN_HEADER.contains(&name) {
            let cure = if name == "kid" {
                "write kid beside header"
            } else {
                "leave it out"
            };
            entry.error_with("cannot stand in the header", cure);
        } else if let Some(text) = entry.text() {
            if text.contains("{{") {
                entry.error("is constant: no expression can stand in the header");
            }
            extras.insert(name.to_owned(), text.into());
        }
    }
    extras
}

fn delivery(table: &Table<'_>) -> Option<Delivery> {
    let name = table.parsed("token_param", TOKEN.to_owned(), |text| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
        if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
            Ok(text.to_owned())
        } else {
            Err("is up to 64 letters, digits, _, . and -".into())
        }
    });
    let named = table.has("token_param");
    let Some(item) = table.get("delivery") else {
        return Some(Delivery::Query(name));
    };
    let delivery = item.parsed(|text| match text {
        "query" => Ok(Delivery::Query(name.clone())),
        "fragment" => Ok(Delivery::Fragment(name.clone())),
        "form_post" => Ok(Delivery::FormPost(name.clone())),
        "path" => Ok(Delivery::Path),
        "json" => Ok(Delivery::Json),
        _ => Err("is query, fragment, form_post, path or json".into()),
    })?;
    if named && matches!(delivery, Delivery::Path | Delivery::Json) {
        table.error("token_param", "names nothing with this delivery");
    }
    Some(delivery)
}
