//! Which groups a person is in, where the provider says so beyond doubt.

use serde_json::{Map, Value};

use super::settings::Provider;
use super::{Groups, GroupsUnknown, claim_at};

/// C-15: what is too long to send, of the wrong type or absent is unknown, rather than none.
pub fn groups(provider: &Provider, claims: &Map<String, Value>) -> Groups {
    let path = provider.groups_claim.as_str();
    if overage(claims, path) {
        return Groups::Unknown(GroupsUnknown::Overage);
    }
    match claim_at(claims, path) {
        // One group may come as a string. One with a separator may be several, and is not split.
        Some(Value::String(group)) if !group.contains([' ', ',', ';']) => Groups::Known(vec![group.clone()]),
        Some(Value::Array(list)) => {
            let groups: Option<Vec<String>> = list.iter().map(|g| g.as_str().map(str::to_owned)).collect();
            groups.map_or(Groups::Unknown(GroupsUnknown::WrongType), Groups::Known)
        }
        Some(_) => Groups::Unknown(GroupsUnknown::WrongType),
        None if broken_off(claims, path) => Groups::Unknown(GroupsUnknown::WrongType),
        None if provider.groups_absent_means_empty => Groups::Known(Vec::new()),
        None => Groups::Unknown(GroupsUnknown::Absent),
    }
}

/// Whether the provider says that there are too many groups to send, in any of Entra's spellings
/// (lesson 30; learn.microsoft.com/entra/identity-platform/access-token-claims-reference). What
/// stands beside such a mark is not the whole list, and the list elsewhere is never fetched (S-146).
fn overage(claims: &Map<String, Value>, path: &str) -> bool {
    let first = path.split('.').next().unwrap_or(path);
    let elsewhere = |name: &str| {
        claims
            .get("_claim_names")
            .is_some_and(|names| names.get(name).is_some())
    };
    let source = |name: &str| {
        claims
            .get("_claim_sources")
            .is_some_and(|sources| sources.get(name).is_some())
    };
    let stands_for_a_source = claims.get(path).and_then(Value::as_str).is_some_and(source);
    if elsewhere(path) || elsewhere(first) || stands_for_a_source {
        return true;
    }
    // These two speak of the claim `groups` alone.
    path == "groups"
        && (claims
            .get("hasgroups")
            .is_some_and(|value| *value != Value::Bool(false))
            || claims.keys().any(|name| name.starts_with("groups:src")))
}

/// Whether the path ends at something that has no members, which is no way to say "no groups".
fn broken_off(claims: &Map<String, Value>, path: &str) -> bool {
    let Some((first, rest)) = path.split_once('.') else {
        return false;
    };
    match claims.get(first) {
        Some(Value::Object(inner)) => broken_off(inner, rest),
        Some(_) => true,
        None => false,
    }
}
