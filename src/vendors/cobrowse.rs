//! Cobrowse: agents. `sub` makes accounts and is the audit trail, so it is a verified address.

use jsonwebtoken::Algorithm;
use time::Duration;

use super::{Profile, Scope, Vendor, compiled, role_rules, template};
use crate::access::Roles;
use crate::claims::{Claim, Recipe, Source, Tree};
use crate::config::keys::COBROWSE;
use crate::config::reader::{Item, Table};
use crate::delivery::{Answer, Part};
use crate::params::ParamRules;

pub const VENDOR: Vendor = Vendor {
    name: "cobrowse",
    section: COBROWSE,
    algorithm: Algorithm::RS256,
    longest_ttl: Duration::DAY,
    get: false,
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
    let policy = match table.get("policy") {
        Some(item) => Some(Some(policy(&item, table, params)?)),
        None => Some(None),
    };
    if !table.has("policy")
        && target.has_query_key("filter_")
        && let Some(url) = table.get("url")
    {
        url.warn("a filter_ in the address only sorts the view; what an agent may reach is said by policy");
    }
    let claim = |name, source| Claim {
        name,
        source,
        required: true,
    };
    let mut claims = vec![
        claim("iat", Source::IssuedAt),
        claim("exp", Source::ExpiresAt),
        claim("aud", Source::Constant("https://cobrowse.io".to_owned())),
        claim("iss", Source::Constant(license_key?)),
        claim("sub", Source::VerifiedEmail),
        Claim {
            name: "displayName",
            source: Source::Name(display_name?),
            required: false,
        },
        claim("role", Source::Role),
    ];
    claims.extend(policy?.map(|tree| claim("policy", Source::Tree(tree))));
    Some(Profile {
        recipe: Recipe(claims),
        roles: Roles {
            rules,
            collect: false,
            otherwise,
        },
        answer: Answer::of([("token", Part::Token), ("expiresAt", Part::ExpiresAt)]),
    })
}

/// The policy tree, of version 1 (no `version`), 2 or 3.
fn policy(item: &Item<'_>, table: &Table<'_>, params: &ParamRules) -> Option<Tree> {
    let entries = item.entries()?;
    let version = entries
        .iter()
        .find(|(key, _)| *key == "version")
        .map(|(_, item)| item.whole());
    let known: &[&str] = match version {
        None => &["devices"],
        Some(Some(2)) => &["version", "sessions", "devices"],
        Some(Some(3)) => &["version", "sessions", "devices", "push", "features"],
        Some(_) => {
            item.error("has a version other than 2 and 3 (version 1 has none)");
            return None;
        }
    };
    let mut holds = true;
    for (key, entry) in &entries {
        if !known.contains(key) {
            entry.error(format!(
                "is not part of a policy of this version, which has {}",
                known.join(", ")
            ));
            holds = false;
        } else if *key != "version" && version.is_some() && *key != "features" {
            holds &= resource(entry, version == Some(Some(3)));
        }
    }
    let has = |name: &str| entries.iter().any(|(key, _)| *key == name);
    if version.is_some() && has("devices") && !has("sessions") {
        item.warn("has devices but no sessions: an agent could not open the session that it starts");
    }
    if version == Some(Some(3)) && !table.has("role") && !table.has("roles") {
        item.warn("is of version 3, with which role should be given: \"agent\" or \"none\"");
    }
    if holds { tree(item, params) } else { None }
}

/// A resource holds filters, and in version 3 permissions.
fn resource(item: &Item<'_>, permissions: bool) -> bool {
    let Some(entries) = item.entries() else {
        return false;
    };
    let mut holds = true;
    for (key, entry) in entries {
        holds &= match key {
            "custom_data" => entry.entries().is_some(),
            "id" => entry.text().is_some(),
            "permissions" if permissions => entry
                .list()
                .is_some_and(|items| items.iter().all(|item| item.text().is_some())),
            _ => {
                entry.error("is not custom_data, id or (in version 3) permissions");
                false
            }
        };
    }
    holds
}

fn tree(item: &Item<'_>, params: &ParamRules) -> Option<Tree> {
    if item.is_table() {
        let entries = item
            .entries()?
            .into_iter()
            .map(|(key, item)| Some((key.to_owned(), tree(&item, params)?)));
        return entries.collect::<Option<_>>().map(Tree::Table);
    }
    if item.is_list() {
        return item
            .list()?
            .iter()
            .map(|item| tree(item, params))
            .collect::<Option<_>>()
            .map(Tree::List);
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
