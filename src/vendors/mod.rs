//! How each kind of app wants its token: one file a vendor, all of one shape.

mod cobrowse;
mod frameable;

use jsonwebtoken::Algorithm;
use time::Duration;

use crate::access::{Matcher, RoleRule, Roles};
use crate::claims::Recipe;
use crate::config::keys::{ROLE, Section};
use crate::config::provider_among;
use crate::config::reader::{Item, Table};
use crate::delivery::{Answer, Target};
use crate::expression::Expression;
use crate::params::ParamRules;
use crate::types::ProviderId;

/// A vendor, as the configuration meets it.
pub struct Vendor {
    pub name: &'static str,
    /// The fields that only it has.
    pub section: Section,
    pub algorithm: Algorithm,
    /// Beyond this the vendor advises against a token.
    pub longest_ttl: Duration,
    /// Its SDK fetches tokens by GET too.
    pub get: bool,
    /// Reads the vendor's fields; `None` after a problem was reported.
    pub read: fn(&Table<'_>, Scope<'_>) -> Option<Profile>,
}

/// What an app's fields may name.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub params: &'a ParamRules,
    pub target: &'a Target,
    /// Of the whole file.
    pub providers: &'a [ProviderId],
}

/// What a vendor made of its fields.
pub struct Profile {
    pub recipe: Recipe,
    pub roles: Roles,
    /// Of the token API.
    pub answer: Answer,
}

/// All vendors.
pub const VENDORS: [&Vendor; 2] = [&frameable::VENDOR, &cobrowse::VENDOR];

/// The vendor of this name.
pub fn find(name: &str) -> Option<&'static Vendor> {
    VENDORS.into_iter().find(|vendor| vendor.name == name)
}

/// The text under `key` compiled, or `default` where it is absent.
fn template(table: &Table<'_>, key: &str, default: &str, params: &ParamRules) -> Option<Expression> {
    match table.get(key) {
        Some(item) => compiled(&item, params),
        None => Expression::compile(default, params).ok(),
    }
}

fn compiled(item: &Item<'_>, params: &ParamRules) -> Option<Expression> {
    item.parsed(|text| Expression::compile(text, params).map_err(|e| e.to_string()))
}

/// `roles = [{ role, allow, max_auth_age? }]`, out of the vendor's own names; `none` is no role.
fn role_rules(table: &Table<'_>, names: &[&str], providers: &[ProviderId]) -> Vec<RoleRule> {
    let mut rules = Vec::new();
    for item in table
        .get("roles")
        .and_then(|item| item.list())
        .unwrap_or_default()
    {
        let Some(rule) = item.table(ROLE.keys) else {
            continue;
        };
        let role = rule.require("role").and_then(|item| {
            item.parsed(|text| {
                if names.contains(&text) {
                    Ok((text != "none").then(|| text.to_owned()))
                } else {
                    Err(format!(
                        "is not a role of this vendor, which has {}",
                        names.join(", ")
                    ))
                }
            })
        });
        if !rule.has("allow") {
            rule.error("allow", "is missing: a role says who has it");
        } else if rule.texts("allow").is_empty() {
            rule.error("allow", "is empty, so nobody has the role");
        }
        let allow = matchers(&rule, "allow", providers);
        let max_auth_age = rule.get("max_auth_age").map(|item| {
            item.warn("fits only where the provider sends auth_time; without it nobody has this role");
            rule.duration(
                "max_auth_age",
                Duration::HOUR,
                Duration::seconds(30),
                Duration::days(400),
            )
        });
        if let Some(role) = role {
            rules.push(RoleRule {
                role,
                allow,
                max_auth_age,
            });
        }
    }
    rules
}

/// A list of access rules.
pub fn matchers(table: &Table<'_>, key: &str, providers: &[ProviderId]) -> Vec<Matcher> {
    let known = |matcher| match &matcher {
        Matcher::Provider(id) => provider_among(id.as_str(), providers).map(|_| matcher),
        _ => Ok(matcher),
    };
    table
        .texts(key)
        .into_iter()
        .filter_map(|(item, _)| item.parsed(|text| Matcher::parse(text).and_then(known)))
        .collect()
}
