//! What an agent may reach: versions 1 (devices by custom data), 2 and 3 of the vendor's policies.

use crate::claims::Tree;
use crate::config::reader::{Item, Table};
use crate::params::ParamRules;
use crate::vendors::fields::tree;

/// The policy tree, of version 1 (no `version`), 2 or 3.
pub fn read(item: &Item<'_>, table: &Table<'_>, params: &ParamRules) -> Option<Tree> {
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
        } else if version.is_none() {
            // Version 1 knows no resources, only values of custom data.
            holds &= entry
                .entries()
                .is_some_and(|values| values.iter().all(|(_, value)| value.text().is_some()));
        } else if *key != "version" && *key != "features" {
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
    if holds { tree(item, params, false) } else { None }
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
