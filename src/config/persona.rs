//! `[[test]]`: people made up by the file, and what should come of them (C-16).

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::keys::{AS, EXPECT, TEST};
use super::reader::{Item, Table};
use super::{App, Provider};
use crate::expression::meant;
use crate::identity::{Groups, GroupsUnknown, Identity};
use crate::types::{AppId, Email, Issuer, ProviderId, Subject};

/// One `[[test]]`: a person, an app, and what should come of it.
#[derive(Debug)]
pub struct PersonaTest {
    pub line: usize,
    pub identity: Identity,
    pub app: AppId,
    pub params: Vec<(String, String)>,
    pub expect: Expectation,
}

#[derive(Debug)]
pub struct Expectation {
    pub allowed: bool,
    /// The reason code of the refusal.
    pub reason: Option<String>,
    /// Claims that must be among those made (a subset match).
    pub claims: Map<String, Value>,
}

pub(super) fn tests(file: &Table<'_>, providers: &[Provider], apps: &[App]) -> Vec<PersonaTest> {
    let items = file.get("test").and_then(|item| item.list()).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| test(item, providers, apps))
        .collect()
}

fn test(item: &Item<'_>, providers: &[Provider], apps: &[App]) -> Option<PersonaTest> {
    let table = item.table(TEST.keys)?;
    let identity = table
        .require("as")
        .and_then(|item| identity(&item.table(AS.keys)?, providers));
    let app = table
        .require("app")
        .and_then(|item| item.text().map(|text| (item, text)));
    let app = app.and_then(|(item, text)| {
        let names: Vec<&str> = apps.iter().map(|app| app.id.as_str()).collect();
        let found = apps
            .iter()
            .find(|app| app.id.as_str() == text)
            .map(|app| app.id.clone());
        if found.is_none() {
            item.error(format!("names no app that can be used{}", meant(text, &names)));
        }
        found
    });
    let params = table
        .get("params")
        .and_then(|item| item.entries())
        .unwrap_or_default();
    let params = params
        .into_iter()
        .filter_map(|(name, item)| Some((name.to_owned(), item.text()?.to_owned())));
    let params = params.collect();
    let expect = table
        .require("expect")
        .and_then(|item| item.table(EXPECT.keys))
        .and_then(|table| {
            let allowed = table.require("allowed")?.boolean()?;
            let reason = table.text("reason").map(str::to_owned);
            let claims = match table.get("claims").map(|item| item.json()) {
                Some(Value::Object(claims)) => claims,
                Some(_) => {
                    table.error("claims", "must be a table");
                    Map::new()
                }
                None => Map::new(),
            };
            if allowed && reason.is_some() {
                table.error("reason", "is of a refusal, but allowed is true");
            }
            Some(Expectation {
                allowed,
                reason,
                claims,
            })
        });
    Some(PersonaTest {
        line: item.source.line(item.at),
        identity: identity?,
        app: app?,
        params,
        expect: expect?,
    })
}

fn identity(table: &Table<'_>, providers: &[Provider]) -> Option<Identity> {
    let claims = match table.get("claims").map(|item| item.json()) {
        Some(Value::Object(claims)) => claims,
        Some(_) => {
            table.error("claims", "must be a table");
            Map::new()
        }
        None => Map::new(),
    };
    let id = table.parsed("provider", providers.first().map(|p| p.id.clone()), |text| {
        ProviderId::parse(text).map(Some).map_err(|e| e.to_string())
    })?;
    let provider = providers.iter().find(|provider| provider.id == id);
    if provider.is_none() {
        table.error("provider", "names a provider that is not there");
    }
    let provider = provider?;
    let mut identity = Identity {
        provider: id,
        issuer: table.parsed("issuer", provider.issuer.clone(), |text| {
            Issuer::parse(text).map_err(|e| e.to_string())
        }),
        subject: table.parsed("sub", Subject::parse("persona").ok()?, |text| {
            Subject::parse(text).map_err(|e| e.to_string())
        }),
        // As at sign-in: what is not an address is as good as none.
        email: table.text("email").and_then(|text| Email::parse(text).ok()),
        email_verified: table.flag("email_verified") || provider.trust_email,
        groups: groups(table, provider),
        auth_time: table.get("auth_time").and_then(|item| auth_time(&item)),
        acr: table.text("acr").map(str::to_owned),
        claims,
    };
    for key in AS
        .keys
        .iter()
        .filter(|key| !["provider", "issuer", "claims"].contains(key))
    {
        if let Some(item) = table.get(key) {
            identity.claims.insert((*key).to_owned(), item.json());
        }
    }
    Some(identity)
}

fn groups(table: &Table<'_>, provider: &Provider) -> Groups {
    match table.get("groups") {
        Some(_) => Groups::Known(
            table
                .texts("groups")
                .into_iter()
                .map(|(_, text)| text.to_owned())
                .collect(),
        ),
        None if provider.groups_absent_means_empty => Groups::Known(Vec::new()),
        None => Groups::Unknown(GroupsUnknown::Absent),
    }
}

/// Seconds since 1970, or a date and time with its offset.
fn auth_time(item: &Item<'_>) -> Option<OffsetDateTime> {
    let time = match item.json() {
        Value::Number(seconds) => seconds
            .as_i64()
            .and_then(|s| OffsetDateTime::from_unix_timestamp(s).ok()),
        Value::String(text) => OffsetDateTime::parse(&text, &Rfc3339).ok(),
        _ => None,
    };
    if time.is_none() {
        item.error("is seconds since 1970, or a date and time with its offset");
    }
    time
}
