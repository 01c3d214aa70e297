//! What several vendors' fields have in common: templates, trees, role rules.

use time::Duration;

use crate::access::{Matcher, RoleRule};
use crate::claims::{Entry, Tree};
use crate::config::keys::ROLE;
use crate::config::provider_among;
use crate::config::reader::{Item, Table};
use crate::expression::Expression;
use crate::params::ParamRules;
use crate::types::ProviderId;

/// The text under `key` compiled, or `default` where it is absent.
pub fn template(table: &Table<'_>, key: &str, default: &str, params: &ParamRules) -> Option<Expression> {
    match table.get(key) {
        Some(item) => compiled(&item, params),
        None => Expression::compile(default, params).ok(),
    }
}

pub fn compiled(item: &Item<'_>, params: &ParamRules) -> Option<Expression> {
    item.parsed(|text| Expression::compile(text, params).map_err(|e| e.to_string()))
}

/// Plain text of 1 to `most` visible ASCII characters, such as an id that a vendor gave.
pub fn token(item: &Item<'_>, most: usize) -> Option<String> {
    item.parsed(|text| {
        if (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(text.to_owned())
        } else {
            Err(format!("is 1 to {most} letters, digits and signs without spaces"))
        }
    })
}

/// A tree of constants and expressions. With `optional`, a member written `name?` disappears where
/// its value is missing.
pub fn tree(item: &Item<'_>, params: &ParamRules, optional: bool) -> Option<Tree> {
    if item.is_table() {
        let entries = item.entries()?.into_iter().map(|(key, item)| {
            let stripped = key.strip_suffix('?').filter(|_| optional);
            Some(Entry {
                name: stripped.unwrap_or(key).to_owned(),
                value: tree(&item, params, optional)?,
                optional: stripped.is_some(),
            })
        });
        // Every problem is told, and not only the first.
        let entries: Vec<Option<Entry>> = entries.collect();
        return entries.into_iter().collect::<Option<_>>().map(Tree::Table);
    }
    if item.is_list() {
        let items: Vec<Option<Tree>> = item
            .list()?
            .iter()
            .map(|item| tree(item, params, optional))
            .collect();
        return items.into_iter().collect::<Option<_>>().map(Tree::List);
    }
    if !item.is_text() {
        return Some(Tree::Constant(item.json()));
    }
    let expression = compiled(item, params)?;
    if expression.is_constant() {
        return Some(Tree::Constant(item.json()));
    }
    Some(Tree::Expression(expression))
}

/// For vendors without roles.
pub fn no_roles(table: &Table<'_>) {
    if table.has("roles") {
        table.error("roles", "means nothing to this vendor, which has no roles");
    }
}

/// `roles = [{ role, allow, max_auth_age? }]`, out of the vendor's own names; `none` is no role.
pub fn role_rules(table: &Table<'_>, names: &[&str], providers: &[ProviderId]) -> Vec<RoleRule> {
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
