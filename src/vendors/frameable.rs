//! Frameable: events. The order of `userProfile` is the order on the tile, and there is no
//! audience, so every event has a key of its own.

use time::Duration;

use super::fields::{compiled, role_rules, template};
use super::{KeyFrom, Profile, Scope, Vendor, no_params};
use crate::access::Roles;
use crate::claims::{Claim, ENTRIES, Recipe, Source, clean};
use crate::config::keys::FRAMEABLE;
use crate::config::reader::Table;
use crate::delivery::{Answer, Part};
use crate::expression::Expression;
use crate::params::ParamRules;

pub const VENDOR: Vendor = Vendor {
    name: "frameable",
    section: FRAMEABLE,
    key: KeyFrom::Pair,
    longest_ttl: Duration::DAY,
    advised_ttl: Duration::ZERO,
    get: false,
    declare: no_params,
    read,
};

const ROLES: [&str; 4] = ["host", "presenter", "transcriber", "interpreter"];

fn read(table: &Table<'_>, scope: Scope<'_>) -> Option<Profile> {
    let Scope {
        params, providers, ..
    } = scope;
    let display_name = template(table, "display_name", "{{ user.name }}", params);
    let email = template(table, "email", "{{ user.email }}", params);
    let avatar_url = template(table, "avatar_url", "{{ user.picture }}", params);
    let profile = user_profile(table, params);
    let rules = role_rules(table, &ROLES, providers);
    let recipe = Recipe::new(vec![
        Claim::required("displayName", Source::Name(display_name?)),
        Claim::optional("email", Source::Email(email?)),
        Claim::optional("avatarUrl", Source::Link(avatar_url?)),
        Claim::optional("userProfile", Source::Pairs(profile?)),
        Claim::optional("roles", Source::Roles),
        Claim::required("iat", Source::IssuedAt),
        Claim::required("exp", Source::ExpiresAt),
    ]);
    Some(Profile {
        roles: Roles {
            rules,
            collect: true,
            otherwise: None,
        },
        answer: Answer::of([
            ("token", Part::Token),
            ("expiresAt", Part::ExpiresAt),
            ("url", Part::Address),
        ]),
        ..Profile::new(recipe)
    })
}

/// `[["organization", "Acme"], ["title", "{{ … }}"]]`.
fn user_profile(table: &Table<'_>, params: &ParamRules) -> Option<Vec<(String, Expression)>> {
    let Some(item) = table.get("user_profile") else {
        return Some(Vec::new());
    };
    let items = item.list()?;
    if items.len() > ENTRIES {
        item.error(format!("has over {ENTRIES} pairs"));
        return None;
    }
    let pairs = items.iter().map(|item| {
        let pair = item.list()?;
        let [key, value] = pair.as_slice() else {
            item.error("each entry is a pair: [\"key\", \"value\"]");
            return None;
        };
        let key = key.parsed(|text| {
            if (1..=64).contains(&text.len()) && clean::text(text, 64) == text {
                Ok(text.to_owned())
            } else {
                Err("a key has 1 to 64 bytes, without markup and what cannot be seen".into())
            }
        });
        let value = compiled(value, params);
        Some((key?, value?))
    });
    // Every problem is told, and not only the first.
    let pairs: Vec<Option<(String, Expression)>> = pairs.collect();
    pairs.into_iter().collect()
}
