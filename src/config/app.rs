//! `[apps.*]`: what all vendors have in common; the rest is each vendor's own.

use time::Duration;
use url::Url;

use super::file::Tolerance;
use super::keys::{APP, PARAM};
use super::provider::provider_among;
use super::reader::{Item, Table};
use super::secret::image;
use super::server::short;
use super::sharing::Keys;
use super::{App, PublicUrl, handover, key, site};
use crate::access::{Rules, StepUp};
use crate::delivery::{Delivery, Target};
use crate::expression::{Expression, meant};
use crate::mint::Window;
use crate::params::ParamRules;
use crate::types::{AppId, Email, Origin, ProviderId};
use crate::vendors::{self, Scope, VENDORS, Vendor, matchers};

/// The least life of a token.
const SHORTEST: Duration = Duration::seconds(30);

pub(super) fn apps(
    file: &Table<'_>,
    provider_ids: &[ProviderId],
    mut keys: Keys<'_>,
    tolerance: &Tolerance,
    public_url: Option<&PublicUrl>,
) -> Vec<App> {
    let mut apps = Vec::new();
    for (id, item) in file
        .get("apps")
        .and_then(|item| item.entries())
        .unwrap_or_default()
    {
        if let Some((app, shared_key)) = app(id, &item, provider_ids, tolerance, public_url) {
            keys.add(&item, &app, shared_key);
            apps.push(app);
        }
    }
    apps
}

fn app(
    id: &str,
    item: &Item<'_>,
    providers: &[ProviderId],
    tolerance: &Tolerance,
    public_url: Option<&PublicUrl>,
) -> Option<(App, bool)> {
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
    let mut params = params(&table);
    (vendor.declare)(&table, &mut params);
    let target = table
        .get("url")
        .map(|item| item.parsed(|text| Target::parse(text, &params).map_err(|e| e.to_string())));
    let own = own_providers(&table, providers);
    let mut access = rules(&table, &params, &own, providers);
    let (ttl, iat_backdate) = times(&table, vendor);
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
    let target = match target {
        Some(target) => Some(target?),
        None => None,
    };
    let scope = Scope {
        params: &params,
        target: target.as_ref(),
        providers,
        trial: tolerance.anywhere,
    };
    let profile = (vendor.read)(&table, scope)?;
    let key = key::read(&table, vendor, profile.head, tolerance);
    let target = profile.target.or(target);
    check_address(&table, target.as_ref(), &profile.delivery);
    if confirm {
        check_confirm(&table, &profile.delivery, &origins);
    }
    let page = target.as_ref().filter(|_| profile.delivery == Delivery::Json);
    let handover = handover::read(&table, &params, &origins, page, public_url);
    site::warn_of_other_sites(&table, &origins, page, public_url);
    access.roles = profile.roles;
    access.bind_email = table.flag("bind_email");
    access.step_up = step_up(&table);
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
        published: key::published(&table, key.as_ref()?, tolerance),
        key_written: key::written(&table, vendor),
        key: key?,
        target,
        delivery: profile.delivery,
        answer: profile.answer,
        room: profile.room,
        window,
        ttl,
        iat_backdate,
    };
    Some((app, shared_key))
}

/// `opens_at` and `closes_at` (C-11).
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
        let declared = if item.is_table() {
            let Some(param) = item.table(PARAM.keys) else {
                continue;
            };
            let optional = param.flag("optional");
            if param.has("within") {
                if param.has("match") {
                    param.error("match", "and within are two ways to say what fits: give one");
                }
                let places: Vec<&str> = param.texts("within").into_iter().map(|(_, text)| text).collect();
                rules.declare_within(name, &places, optional)
            } else {
                let Some(pattern) = param.require("match").and_then(|item| item.text()) else {
                    continue;
                };
                rules.declare(name, pattern, optional)
            }
        } else {
            let Some(pattern) = item.text() else { continue };
            rules.declare(name, pattern, false)
        };
        if let Err(error) = declared {
            item.error(error.to_string());
        }
    }
    rules
}

/// `ttl` and `iat_backdate`.
fn times(table: &Table<'_>, vendor: &Vendor) -> (Duration, Duration) {
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
    if ttl < vendor.advised_ttl {
        let advised = vendor.advised_ttl.whole_minutes();
        table.warn(
            "ttl",
            format!("is short for this vendor, whose client retries: give it {advised}m or more"),
        );
    }
    (ttl, iat_backdate)
}

/// `max_auth_age` and `acr_values`.
fn step_up(table: &Table<'_>) -> StepUp {
    let max_auth_age = max_auth_age(table);
    let acr_values = table.texts("acr_values");
    if table.has("acr_values") && acr_values.is_empty() {
        table.error("acr_values", "is empty; leave it out, if any sign-in will do");
    }
    // A space would make two of one on the way to the provider.
    let acr = |text: &str| {
        let fits = !text.is_empty() && text.len() <= 255 && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| text.to_owned())
            .ok_or_else(|| "is not an acr: printable ASCII without spaces".to_owned())
    };
    StepUp {
        max_auth_age,
        acr_values: acr_values
            .iter()
            .filter_map(|(item, _)| item.parsed(acr))
            .collect(),
    }
}

pub(super) fn max_auth_age(table: &Table<'_>) -> Option<Duration> {
    let (least, most) = (Duration::seconds(30), Duration::days(400));
    table
        .has("max_auth_age")
        .then(|| table.duration("max_auth_age", Duration::HOUR, least, most))
}

fn check_confirm(table: &Table<'_>, delivery: &Delivery, origins: &[Origin]) {
    if !delivery.is_by_launch() {
        table.error(
            "confirm",
            "is for tokens that a launch carries: the token API, which has this one, asks nobody",
        );
    }
    if !origins.is_empty() {
        table.warn(
            "origins",
            "is of no use with confirm: such an app asks in no frame, and the token API asks nobody",
        );
    }
}

/// A token needs somewhere to go; one that the token API answers may do without.
fn check_address(table: &Table<'_>, target: Option<&Target>, delivery: &Delivery) {
    let Some(target) = target else {
        if *delivery != Delivery::Json {
            table.error("url", "is missing");
        }
        return;
    };
    if let Delivery::Query(name) | Delivery::Fragment(name) | Delivery::FormPost(name) = delivery
        && target.has_query_key(name)
    {
        table.error("url", format!("must not have a {name} of its own"));
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
