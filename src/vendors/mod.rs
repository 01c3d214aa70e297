//! How each kind of app wants its token: one file a vendor, all of one shape.

mod cobrowse;
mod frameable;

use jsonwebtoken::Algorithm;
use time::Duration;

use crate::access::{Matcher, RoleRule, Roles};
use crate::claims::Recipe;
use crate::config::keys::{ROLE, Section};
use crate::config::reader::{Item, Table};
use crate::delivery::Target;
use crate::expression::Expression;
use crate::params::ParamRules;

/// A vendor, as the configuration meets it.
pub struct Vendor {
    pub name: &'static str,
    /// The fields that only it has.
    pub section: Section,
    pub algorithm: Algorithm,
    /// Beyond this the vendor advises against a token.
    pub longest_ttl: Duration,
    /// Reads the vendor's fields; `None` after a problem was reported.
    pub read: fn(&Table<'_>, &ParamRules, &Target) -> Option<Profile>,
}

/// What a vendor made of its fields.
pub struct Profile {
    pub recipe: Recipe,
    pub roles: Roles,
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
fn role_rules(table: &Table<'_>, names: &[&str]) -> Vec<RoleRule> {
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
        }
        let allow = matchers(&rule, "allow");
        let max_auth_age = rule.has("max_auth_age").then(|| {
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
pub fn matchers(table: &Table<'_>, key: &str) -> Vec<Matcher> {
    table
        .texts(key)
        .into_iter()
        .filter_map(|(item, _)| item.parsed(Matcher::parse))
        .collect()
}
