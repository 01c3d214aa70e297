//! `usher check`: every problem of a configuration at once, and what its personas come to.

mod online;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use self::online::Online;
use crate::config::{self, App, ClientAuth, Config, Loaded, PersonaTest, Problem, Provider, Severity};
use crate::delivery::Target;
use crate::link::element;
use crate::mint;

/// How the findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One JSON document.
    Json,
}

/// Checks the file at `path`, and where asked the places that it names: what to print, and the exit
/// code, 0 or 1.
pub fn run(path: &Path, format: Format, online: bool, now: OffsetDateTime) -> anyhow::Result<(String, u8)> {
    let found = match config::load(path) {
        Ok(loaded) => Findings {
            personas: loaded
                .tests
                .iter()
                .map(|test| (test, persona(&loaded.config, test, now)))
                .map(Persona::new)
                .collect(),
            providers: providers(&loaded.config),
            apps: loaded.config.apps.iter().map(row).collect(),
            problems: long_addresses(&loaded, path, now)
                .into_iter()
                .chain(loaded.warnings)
                .collect(),
            notes: notes(&loaded.config),
            element: element(&loaded.config),
            online: online.then(|| online::ask(&loaded.config)).transpose()?,
        },
        Err(problems) => Findings {
            problems: problems.0,
            providers: Vec::new(),
            apps: Vec::new(),
            personas: Vec::new(),
            notes: Vec::new(),
            element: None,
            online: None,
        },
    };
    let failed = found
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
        || found.personas.iter().any(|persona| persona.failure.is_some())
        || found.online.as_ref().is_some_and(|online| !online.works());
    let text = match format {
        Format::Table => found.table(path),
        Format::Json => format!("{:#}\n", found.json(!failed)),
    };
    Ok((text, u8::from(failed)))
}

struct Findings {
    problems: Vec<Problem>,
    providers: Vec<[String; 3]>,
    apps: Vec<Row>,
    personas: Vec<Persona>,
    notes: Vec<&'static str>,
    element: Option<Element>,
    online: Option<Online>,
}

/// The script of `<usher-app>`, and what a page holds against it.
struct Element {
    src: String,
    integrity: String,
}

/// What is said of an app.
struct Row {
    id: String,
    vendor: &'static str,
    /// Where people arrive, as far as it is constant.
    origin: Option<String>,
    /// The same for people to read.
    place: String,
    key: String,
}

struct Persona {
    line: usize,
    who: String,
    app: String,
    failure: Option<String>,
}

impl Persona {
    fn new((test, result): (&PersonaTest, Result<(), String>)) -> Self {
        let who = test
            .identity
            .email
            .as_ref()
            .map_or(test.identity.subject.as_str(), |email| email.as_str());
        Self {
            line: test.line,
            who: who.to_owned(),
            app: test.app.to_string(),
            failure: result.err(),
        }
    }
}

/// Where people come from, and how those places know us.
fn providers(config: &Config) -> Vec<[String; 3]> {
    let client = |provider: &Provider| match &provider.auth {
        ClientAuth::PrivateKeyJwt(key) => {
            let public = config.client_keys.iter().find(|key| key.provider == provider.id);
            let thumbprint = public.map(|public| public.key.thumbprint()).unwrap_or_default();
            format!("private_key_jwt, {:?}, thumbprint {thumbprint}", key.algorithm())
        }
        auth => auth.name().to_owned(),
    };
    let row = |provider: &Arc<Provider>| {
        let issuer = provider.issuer.as_str().to_owned();
        [provider.id.to_string(), issuer, client(provider)]
    };
    config.providers.iter().map(row).collect()
}

fn row(app: &App) -> Row {
    let origin = app.target.as_ref().and_then(Target::origin);
    let place = match (&app.target, &origin) {
        (_, Some(origin)) => origin,
        (Some(_), None) => "one of redirect_uris",
        (None, None) => "token API only",
    };
    Row {
        id: app.id.to_string(),
        vendor: app.vendor,
        place: place.to_owned(),
        origin,
        key: key(app),
    }
}

/// For the pages that may frame an app.
fn element(config: &Config) -> Option<Element> {
    let framed = config.apps.iter().any(|app| !app.origins.is_empty());
    framed.then(|| Element {
        src: config.public_url.join(element::PATH),
        integrity: element::integrity(),
    })
}

/// What an app signs with; of a secret only how long it is.
fn key(app: &App) -> String {
    let kind = app.key.describe();
    match app.key.public() {
        Some(public) => format!("{kind}, SHA-256 {}", &public.fingerprint()[..16]),
        None => kind,
    }
}

/// Warns of each persona whose address with the token is over 2,000 bytes (lesson 31).
fn long_addresses(loaded: &Loaded, path: &Path, now: OffsetDateTime) -> Vec<Problem> {
    let long = |test: &PersonaTest| {
        let app = loaded.config.app(&test.app)?;
        let params = app.params.accept(&test.params).ok()?;
        let made = mint::prepare(app, &test.identity, &params, now).ok()?;
        let length = app.delivery.length(made.address.as_ref()?, made.token_length());
        (length > 2000).then(|| Problem {
            file: path.to_owned(),
            line: test.line,
            key: Some(format!("apps.{}", app.id)),
            message: format!(
                "the address with this persona's token has {length} bytes; some proxies take 2,000"
            ),
            cure: None,
            severity: Severity::Warning,
        })
    };
    loaded.tests.iter().filter_map(long).collect()
}

/// What holds, and what follows from it.
fn notes(config: &Config) -> Vec<&'static str> {
    let sealing = "server.sealing_key_file is absent: a key is made in the store; whoever loses the store signs \
                   everybody's open logins out, and replicas must share one";
    let google = "Google cannot end its own session: after signing out here, the next click may sign the same person in \
                  again; prompt = \"select_account\" lets people choose";
    let absent = config.server.sealing_keys.is_empty();
    let silent = config.providers.iter().any(|provider| {
        provider.issuer.as_str() == "https://accounts.google.com" && provider.prompt.is_none()
    });
    let notes = [(absent, sealing), (silent, google)];
    notes
        .into_iter()
        .filter_map(|(holds, note)| holds.then_some(note))
        .collect()
}

/// How wide each column is.
fn widths<const N: usize>(rows: &[[String; N]]) -> [usize; N] {
    std::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0))
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Runs one persona; the error says what came instead of what the file expects.
pub fn persona(config: &Config, test: &PersonaTest, now: OffsetDateTime) -> Result<(), String> {
    let app = config.app(&test.app).ok_or("there is no such app")?;
    let refused = |code: &str, why: &str| match &test.expect {
        expect if expect.allowed => Err(format!("expected a launch, was refused: {code} ({why})")),
        expect => match &expect.reason {
            Some(reason) if reason != code => Err(format!("expected {reason}, was refused with {code}")),
            _ => Ok(()),
        },
    };
    let params = match app.params.accept(&test.params) {
        Ok(params) => params,
        Err(error) => return refused("params.refused", &error.to_string()),
    };
    match mint::prepare(app, &test.identity, &params, now) {
        Err(refusal) => refused(refusal.code(), &refusal.to_string()),
        Ok(_) if !test.expect.allowed => Err("expected a refusal, was let in".into()),
        Ok(prepared) => differences(&test.expect.claims, prepared.claims().as_map()),
    }
}

/// The expected claims that are missing or other than expected.
fn differences(expected: &Map<String, Value>, made: &Map<String, Value>) -> Result<(), String> {
    let differ = |(name, value): (&String, &Value)| match made.get(name) {
        Some(found) if within(value, found) => None,
        Some(found) => Some(format!("{name} is {found}")),
        None => Some(format!("{name} is absent")),
    };
    let found: Vec<String> = expected.iter().filter_map(differ).collect();
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.join(", "))
    }
}

/// A subset match: of objects the named members, everything else as it is.
fn within(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected
            .iter()
            .all(|(name, value)| found.get(name).is_some_and(|found| within(value, found))),
        _ => expected == found,
    }
}

impl Findings {
    fn table(&self, path: &Path) -> String {
        let mut text = String::new();
        for problem in &self.problems {
            let _ = writeln!(text, "{problem}");
        }
        let [a, b, _] = widths(&self.providers);
        for [id, issuer, client] in &self.providers {
            let _ = writeln!(text, "provider  {id:a$}  {issuer:b$}  {client}");
        }
        let widest =
            |field: fn(&Row) -> &str| self.apps.iter().map(|row| field(row).len()).max().unwrap_or(0);
        let (a, b, c) = (
            widest(|row| &row.id),
            widest(|row| row.vendor),
            widest(|row| &row.place),
        );
        for Row {
            id,
            vendor,
            place,
            key,
            ..
        } in &self.apps
        {
            let _ = writeln!(text, "app   {id:a$}  {vendor:b$}  {place:c$}  {key}");
        }
        if let Some(Element { src, integrity }) = &self.element {
            let _ = writeln!(text, "script  {src}  {integrity}");
        }
        for persona in &self.personas {
            let (mark, why) = match &persona.failure {
                None => ("ok  ", String::new()),
                Some(why) => ("FAIL", format!(": {why}")),
            };
            let Persona { line, who, app, .. } = persona;
            let _ = writeln!(
                text,
                "test  {mark}  {}:{line}  {who} at {app}{why}",
                path.display()
            );
        }
        text.extend(self.online.as_ref().map(Online::table));
        for note in &self.notes {
            let _ = writeln!(text, "note  {note}");
        }
        let errors = self
            .problems
            .iter()
            .filter(|p| p.severity == Severity::Error)
            .count();
        let warnings = self.problems.len() - errors;
        let (failing, warned) = self.online.as_ref().map(Online::counts).unwrap_or_default();
        let failures = self
            .personas
            .iter()
            .filter(|persona| persona.failure.is_some())
            .count();
        let _ = writeln!(
            text,
            "{}: {}, {}, {}, {failures} of {} failed",
            path.display(),
            counted(errors + failing, "error"),
            counted(warnings + warned, "warning"),
            counted(self.apps.len(), "app"),
            counted(self.personas.len(), "test"),
        );
        text
    }

    fn json(&self, ok: bool) -> Value {
        let problem = |problem: &Problem| {
            json!({
                "severity": if problem.severity == Severity::Error { "error" } else { "warning" },
                "file": problem.file.display().to_string(),
                "line": problem.line,
                "key": problem.key,
                "message": problem.message,
                "cure": problem.cure,
            })
        };
        let provider =
            |[id, issuer, client]: &[String; 3]| json!({ "id": id, "issuer": issuer, "client": client });
        let app = |Row {
                       id,
                       vendor,
                       origin,
                       key,
                       ..
                   }: &Row| {
            json!({ "id": id, "vendor": vendor, "origin": origin.as_deref().unwrap_or_default(), "key": key })
        };
        let persona = |persona: &Persona| json!({ "line": persona.line, "as": persona.who, "app": persona.app, "failure": persona.failure });
        let mut all = json!({
            "ok": ok,
            "problems": self.problems.iter().map(problem).collect::<Value>(),
            "providers": self.providers.iter().map(provider).collect::<Value>(),
            "apps": self.apps.iter().map(app).collect::<Value>(),
            "notes": self.notes,
            "element": self.element.as_ref().map(|it| json!({ "src": it.src, "integrity": it.integrity })),
            "tests": self.personas.iter().map(persona).collect::<Value>(),
        });
        if let Some(online) = &self.online {
            all["online"] = online.json();
        }
        all
    }
}

#[cfg(test)]
mod tests;
