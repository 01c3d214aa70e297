//! Bit6: calls and chat. Who someone is comes from the session only; the device, which has no
//! rights, from the request.

use jsonwebtoken::Algorithm;
use serde_json::{Map, Value, json};
use time::Duration;

use super::fields::{compiled, no_roles, token};
use super::{KeyFrom, Profile, Scope, Vendor};
use crate::claims::{Claim, Recipe, Source};
use crate::config::keys::BIT6;
use crate::config::reader::Table;
use crate::delivery::{Answer, Delivery, Part};
use crate::params::ParamRules;
use crate::signer::Head;
use crate::types::secure_url;

pub const VENDOR: Vendor = Vendor {
    name: "bit6",
    section: BIT6,
    key: KeyFrom::Vendor,
    longest_ttl: Duration::HOUR,
    advised_ttl: Duration::ZERO,
    get: false,
    declare,
    read,
};

const GRANTS: [&str; 4] = ["signal", "video", "chat", "push"];

fn declare(table: &Table<'_>, params: &mut ParamRules) {
    if params.is_optional("device").is_some() {
        table.error("params", "must not declare device, which comes with this vendor");
    } else if let Err(error) = params.declare_for_token("device", "[A-Za-z0-9._-]{1,64}") {
        table.error("params", error.to_string());
    }
}

fn read(table: &Table<'_>, scope: Scope<'_>) -> Option<Profile> {
    no_roles(table);
    let key_id = table.require("key_id").and_then(|item| token(&item, 128));
    let audience = table.require("audience").and_then(|item| {
        item.parsed(|text| {
            secure_url(text).map_err(|e| e.to_string())?;
            Ok(text.to_owned())
        })
    });
    let identity = table.require("identity").and_then(|item| {
        let identity = compiled(&item, scope.params)?;
        if !identity.tells_people_apart() {
            item.error("is the same for everybody; take it from the person, such as {{ user.sub }}");
        }
        Some(identity)
    });
    let mut grants = Map::new();
    for (name, item) in table
        .require("grants")
        .and_then(|item| item.entries())
        .unwrap_or_default()
    {
        if !GRANTS.contains(&name) {
            item.error(format!(
                "is not a grant of this vendor, which has {}",
                GRANTS.join(", ")
            ));
        }
        if let Some(flag) = item.boolean() {
            grants.insert(name.to_owned(), Value::Bool(flag));
        }
    }
    let claims = vec![
        Claim::required("aud", Source::Constant(json!(audience?))),
        Claim::required("iss", Source::Constant(json!(key_id?))),
        Claim::required("sub", Source::IdentityAtDevice(identity?)),
        Claim::required("grants", Source::Constant(Value::Object(grants))),
        Claim::required("iat", Source::IssuedAt),
        Claim::required("exp", Source::ExpiresAt),
    ];
    Some(Profile {
        head: Head {
            typ_first: true,
            ascii: true,
            ..Head::new(Algorithm::HS256)
        },
        delivery: Delivery::Json,
        answer: Answer::of([("token", Part::Token)]),
        ..Profile::new(Recipe::new(claims))
    })
}
