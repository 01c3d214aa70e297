//! `[apps.*]`: what all vendors have in common; the rest is each vendor's own.

use serde_json::Value;
use time::Duration;
use url::Url;

use super::keys::{APP, PARAM};
use super::provider::provider_among;
use super::reader::{Item, Table};
use super::secret::{Tolerance, image, secret};
use super::server::short;
use super::{App, Handover};
use crate::access::Rules;
use crate::delivery::Target;
use crate::expression::{Expression, meant};
use crate::mint::Window;
use crate::params::ParamRules;
use crate::signer::SigningKey;
use crate::types::{AppId, Email, Origin, ProviderId};
use crate::vendors::{self, Scope, VENDORS, matchers};

/// The fields that do not change what a token opens or says; all others must be equal in apps that
/// share a key (C-9).
const LOOKS: [&str; 17] = [
    "title",
    "description",
    "icon",
    "category",
    "contact",
    "hidden",
    "new_tab",
    "confirm",
    "origins",
    "handover",
    "url",
    "ttl",
    "iat_backdate",
    "key",
    "key_file",
    "key_env",
    "shared_key",
];

/// The least life of a token.
const SHORTEST: Duration = Duration::seconds(30);

pub(super) fn apps(file: &Table<'_>, providers: &[ProviderId], tolerance: &Tolerance) -> Vec<App> {
    let mut apps: Vec<App> = Vec::new();
    let mut shared: Vec<(String, Value, bool)> = Vec::new();
    for (id, item) in file
        .get("apps")
        .and_then(|item| item.entries())
        .unwrap_or_default()
    {
        let Some((app, shares)) = app(id, &item, providers, tolerance) else {
            continue;
        };
        let print = app.key.fingerprint();
        let says = meaning(&item);
        for (other, (_, others, other_shares)) in
            shared.iter().enumerate().filter(|(_, (key, ..))| *key == print)
        {
            if says != *others && !(shares && *other_shares) {
                item.error_with(
                    format!(
                        "has the key of {}, so a token for one would open the other",
                        apps[other].id
                    ),
                    "give each its own key, or write shared_key = true in both",
                );
            }
        }
        shared.push((print, says, shares));
        apps.push(app);
    }
    apps
}

/// The app's fields without its looks.
fn meaning(item: &Item<'_>) -> Value {
    let mut json = item.json();
    if let Value::Object(fields) = &mut json {
        fields.retain(|key, _| !LOOKS.contains(&key.as_str()));
        fields.sort_keys();
    }
    json
}

fn app(id: &str, item: &Item<'_>, providers: &[ProviderId], tolerance: &Tolerance) -> Option<(App, bool)> {
    let names: Vec<&str> = VENDORS.iter().map(|vendor| vendor.name).collect();
    let Some(vendor) = item.peek("vendor") else {
        item.error(format!("needs vendor = one of {}", names.join(", ")));
        return None;
    };
    let vendor = vendor.parsed(|name| {
        let unknown = || {
            format!(
                "is not known; there are {}{}",
                names.join(", "),
                meant(name, &names)
            )
        };
        vendors::find(name).ok_or_else(unknown)
    })?;
    let table = item.open_table(&[APP.keys, vendor.section.keys])?;
    let id = AppId::parse(id).map_err(|e| item.error(e.to_string())).ok();
    let title = table
        .require("title")
        .and_then(|item| item.parsed(|text| short(text, 80)));
    let params = params(&table);
    let target = table
        .require("url")
        .and_then(|item| item.parsed(|text| Target::parse(text, &params).map_err(|e| e.to_string())));
    let key = key(&table, tolerance);
    let own = own_providers(&table, providers);
    let mut access = rules(&table, &params, &own, providers);
    let longest = vendor.longest_ttl;
    let ttl = table.duration("ttl", Duration::minutes(5), SHORTEST, longest);
    let iat_backdate = table.duration(
        "iat_backdate",
        Duration::ZERO,
        Duration::ZERO,
        Duration::seconds(30),
    );
    if ttl - iat_backdate < SHORTEST {
        table.error("iat_backdate", "leaves less than 30s of ttl");
    }
    let line = |key: &str, most| {
        table
            .get(key)
            .and_then(|item| item.parsed(|text| short(text, most)))
    };
    let (description, category) = (line("description", 300), line("category", 60));
    let contact = table.get("contact").and_then(|item| item.parsed(contact));
    let icon = table.get("icon").and_then(|item| image(&item));
    let origins = table.texts("origins");
    let origins = origins
        .iter()
        .filter_map(|(item, _)| item.parsed(|text| Origin::parse(text).map_err(|e| e.to_string())));
    let origins: Vec<Origin> = origins.collect();
    let window = window(&table);
    let flags = ["hidden", "new_tab", "confirm", "shared_key"].map(|key| table.flag(key));
    let [hidden, new_tab, confirm, shared_key] = flags;
    let target = target?;
    let handover = handover(&table, &params, &origins, &target);
    let scope = Scope {
        params: &params,
        target: &target,
        providers,
    };
    let profile = (vendor.read)(&table, scope)?;
    access.roles = profile.roles;
    let app = App {
        id: id?,
        vendor: vendor.name,
        title: title?,
        description,
        icon,
        category,
        contact,
        hidden,
        new_tab,
        confirm,
        providers: own,
        origins,
        handover,
        params,
        access,
        recipe: profile.recipe,
        key: key?,
        target,
        answer: profile.answer,
        window,
        ttl,
        iat_backdate,
    };
    Some((app, shared_key))
}

/// `handover = "code"` (C-32), and what it needs to work.
fn handover(table: &Table<'_>, params: &ParamRules, origins: &[Origin], target: &Target) -> Handover {
    let handover = table.parsed("handover", Handover::Token, |text| match text {
        "code" => Ok(Handover::Code),
        _ => Err("is \"code\", or absent".into()),
    });
    if handover == Handover::Code {
        let page = target.origin().unwrap_or_default();
        if !origins.iter().any(|origin| origin.as_str() == page) {
            table.error(
                "origins",
                format!("must hold {page}, whose page hands the code in"),
            );
        }
        if table.flag("confirm") {
            table.error("confirm", "does not go with handover = \"code\"");
        }
        if params.is_optional("code").is_some() {
            table.error(
                "params",
                "code is the name under which the page hands its code in",
            );
        }
    }
    handover
}

fn window(table: &Table<'_>) -> Window {
    let instant = |key| table.get(key).and_then(|item| item.instant());
    let (opens_at, closes_at) = (instant("opens_at"), instant("closes_at"));
    if opens_at.is_some() && closes_at.is_some() && closes_at <= opens_at {
        table.error("closes_at", "must be after opens_at");
    }
    Window { opens_at, closes_at }
}

fn params(table: &Table<'_>) -> ParamRules {
    let mut rules = ParamRules::default();
    for (name, item) in table
        .get("params")
        .and_then(|item| item.entries())
        .unwrap_or_default()
    {
        let (pattern, optional) = if item.is_table() {
            let Some(param) = item.table(PARAM.keys) else {
                continue;
            };
            (
                param.require("match").and_then(|item| item.text()),
                param.flag("optional"),
            )
        } else {
            (item.text(), false)
        };
        let Some(pattern) = pattern else { continue };
        if let Err(error) = rules.declare(name, pattern, optional) {
            item.error(error.to_string());
        }
    }
    rules
}

fn key(table: &Table<'_>, tolerance: &Tolerance) -> Option<SigningKey> {
    let kid = table.get("kid").map(|item| item.parsed(|text| short(text, 128)));
    let text = secret(table, ["key", "key_file", "key_env"], tolerance)?;
    let item = ["key", "key_file", "key_env"]
        .into_iter()
        .find_map(|key| table.get(key))?;
    let kid = match kid {
        Some(kid) => Some(kid?),
        None => None,
    };
    match SigningKey::from_pem(&text, kid) {
        Ok(key) => Some(key),
        Err(error) => {
            item.error_with(error.to_string(), error.cure());
            None
        }
    }
}

fn own_providers(table: &Table<'_>, known: &[ProviderId]) -> Vec<ProviderId> {
    let listed = table.texts("providers");
    if table.has("providers") && listed.is_empty() {
        table.error(
            "providers",
            "is empty, so nobody could come; leave it out for all",
        );
    }
    listed
        .iter()
        .filter_map(|(item, _)| item.parsed(|text| provider_among(text, known)))
        .collect()
}

fn rules(table: &Table<'_>, params: &ParamRules, own: &[ProviderId], known: &[ProviderId]) -> Rules {
    let allow = matchers(table, "allow", known);
    if !table.has("allow") {
        table.error(
            "allow",
            "is missing: say who may come, such as allow = [\"everyone\"] or [\"group:staff\"]",
        );
    } else if table.texts("allow").is_empty() {
        table.error("allow", "is empty, so nobody could come");
    }
    let when = table
        .get("when")
        .and_then(|item| item.parsed(|text| Expression::condition(text, params).map_err(|e| e.to_string())));
    Rules {
        providers: own.to_vec(),
        allow,
        deny: matchers(table, "deny", known),
        when,
        ..Rules::default()
    }
}

/// An address to write to, or a page.
fn contact(text: &str) -> Result<String, String> {
    let page = Url::parse(text).is_ok_and(|url| ["https", "mailto"].contains(&url.scheme()));
    if page || Email::parse(text).is_ok() {
        Ok(text.to_owned())
    } else {
        Err("is an e-mail address or an https address".into())
    }
}
