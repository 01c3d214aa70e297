//! `[[test]]`: people made up by the file, and what should come of them (C-16).

use std::sync::Arc;

use serde_json::{Map, Value};

use super::keys::{EXPECT, TEST};
use super::persona;
use super::reader::{Item, Table};
use super::{App, Provider};
use crate::expression::meant;
use crate::identity::Identity;
use crate::types::AppId;

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

pub(super) fn tests(file: &Table<'_>, providers: &[Arc<Provider>], apps: &[App]) -> Vec<PersonaTest> {
    let items = file.get("test").and_then(|item| item.list()).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| test(item, providers, apps))
        .collect()
}

fn test(item: &Item<'_>, providers: &[Arc<Provider>], apps: &[App]) -> Option<PersonaTest> {
    let table = item.table(TEST.keys)?;
    let identity = table.require("as").and_then(|item| person(&item, providers));
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

/// The persona under `as`; its problems are told where their keys stand.
fn person(item: &Item<'_>, providers: &[Arc<Provider>]) -> Option<Identity> {
    let Value::Object(fields) = item.json() else {
        item.error("must be a table");
        return None;
    };
    persona::identity(&fields, providers)
        .map_err(|problems| {
            for problem in problems.0 {
                match item.peek(&problem.key) {
                    Some(entry) => entry.error(problem.message),
                    None => item.error(problem.message),
                }
            }
        })
        .ok()
}
