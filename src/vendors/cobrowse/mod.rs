//! Cobrowse: agents. `sub` makes accounts and is the audit trail, so it is a verified address.

mod pages;
mod policy;

use serde_json::json;
use time::Duration;

use super::fields::{role_rules, template};
use super::{KeyFrom, Profile, Scope, Vendor, no_params};
use crate::access::Roles;
use crate::claims::{Care, Claim, Recipe, Source};
use crate::config::keys::COBROWSE;
use crate::config::reader::Table;
use crate::delivery::{Answer, Delivery, Part, Target};
use crate::types::Origin;

pub const VENDOR: Vendor = Vendor {
    name: "cobrowse",
    section: COBROWSE,
    key: KeyFrom::Pair,
    longest_ttl: Duration::DAY,
    advised_ttl: Duration::ZERO,
    get: false,
    declare: no_params,
    read,
};

const ROLES: [&str; 3] = ["agent", "administrator", "none"];

fn read(table: &Table<'_>, scope: Scope<'_>) -> Option<Profile> {
    let Scope { params, target, .. } = scope;
    let license_key = table.require("license_key").and_then(|item| {
        item.parsed(|text| {
            if !text.is_empty()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
            {
                Ok(text.to_owned())
            } else {
                Err("is letters, digits, - and _, as in the account's settings".into())
            }
        })
    });
    let display_name = template(table, "display_name", "{{ user.name }}", params);
    if let (Some(item), Some(name)) = (table.get("display_name"), &display_name)
        && !name.tells_people_apart()
    {
        // S-329: the vendor's audit trail names people by it.
        item.error("is the same for everybody; take it from the person, such as {{ user.name }}");
    }
    let otherwise = table.parsed("role", Some("agent".to_owned()), |text| match text {
        "agent" => Ok(Some(text.to_owned())),
        "none" => Ok(None),
        "administrator" => {
            Err("comes only from a rule under roles: [{ role = \"administrator\", allow = [..] }]".into())
        }
        _ => Err("is agent or none".into()),
    });
    let rules = role_rules(table, &ROLES, scope.providers);
    let posted = table.parsed("delivery", false, |text| match text {
        "redirect" => Ok(false),
        "post_message" => Ok(true),
        _ => Err("is redirect or post_message".into()),
    });
    let policy = match table.get("policy") {
        Some(item) => Some(Some(policy::read(&item, table, params)?)),
        None => Some(None),
    };
    if let (Some(target), Some(url)) = (target, table.get("url")) {
        pages::check(target, &url, table.has("policy"), posted);
    }
    let (delivery, target) = if posted {
        in_our_frame(table, target)?
    } else {
        warn_of_frames(table);
        (Delivery::default(), None)
    };
    let mut claims = vec![
        Claim::required("iat", Source::IssuedAt),
        Claim::required("exp", Source::ExpiresAt),
        Claim::required("aud", Source::Constant(json!("https://cobrowse.io"))),
        Claim::required("iss", Source::Constant(json!(license_key?))),
        Claim::required("sub", Source::VerifiedEmail),
        Claim::optional("displayName", Source::Name(display_name?)),
        Claim::required("role", Source::Role),
    ];
    claims.extend(policy?.map(|tree| Claim::required("policy", Source::Tree(tree, Care::Exact))));
    Some(Profile {
        roles: Roles {
            rules,
            collect: false,
            otherwise,
        },
        answer: Answer::of([("token", Part::Token), ("expiresAt", Part::ExpiresAt)]),
        delivery,
        target,
        ..Profile::new(Recipe::new(claims))
    })
}

/// The console as it stands in a page of ours: with this in its address it waits for messages.
fn in_our_frame(table: &Table<'_>, target: Option<&Target>) -> Option<(Delivery, Option<Target>)> {
    let url = table.require("url")?;
    let target = target?;
    let origin = target.origin().unwrap_or_default();
    let vendor = Origin::parse(&origin).map_err(|error| url.error(error.to_string()));
    let target = target.clone().with("token_source=postMessage");
    Some((Delivery::PostMessage(vendor.ok()?), Some(target)))
}

/// C-31: the console looks at its token at every call.
fn warn_of_frames(table: &Table<'_>) {
    if table.has("origins") {
        table.warn(
            "origins",
            "in a frame the console ends with the token that it opened with, after ttl; delivery = \"post_message\" \
             gives it a fresh one in time",
        );
    }
}
