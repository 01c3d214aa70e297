//! `usher check`: every problem of a configuration at once, and what its personas come to.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::config::{self, App, Config, Loaded, PersonaTest, Problem, Severity};
use crate::delivery::Target;
use crate::mint;

/// How the findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One JSON document.
    Json,
}

/// Checks the file at `path`: what to print, and the exit code, 0 or 1.
pub fn run(path: &Path, format: Format, now: OffsetDateTime) -> (String, u8) {
    let found = match config::load(path) {
        Ok(loaded) => Findings {
            personas: loaded
                .tests
                .iter()
                .map(|test| (test, persona(&loaded.config, test, now)))
                .map(Persona::new)
                .collect(),
            apps: loaded.config.apps.iter().map(row).collect(),
            problems: long_addresses(&loaded, path, now)
                .into_iter()
                .chain(loaded.warnings)
                .collect(),
            notes: notes(&loaded.config),
        },
        Err(problems) => Findings {
            problems: problems.0,
            apps: Vec::new(),
            personas: Vec::new(),
            notes: Vec::new(),
        },
    };
    let failed = found
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
        || found.personas.iter().any(|persona| persona.failure.is_some());
    let text = match format {
        Format::Table => found.table(path),
        Format::Json => format!("{:#}\n", found.json(!failed)),
    };
    (text, u8::from(failed))
}

struct Findings {
    problems: Vec<Problem>,
    apps: Vec<Row>,
    personas: Vec<Persona>,
    notes: Vec<&'static str>,
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
        let length = app
            .delivery
            .length(made.address.as_ref()?, app.key.token_length(&made.claims));
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
                   everybody's open logins out, and replicas must share one (C-27)";
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
        Ok(prepared) => differences(&test.expect.claims, prepared.claims.as_map()),
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
        for note in &self.notes {
            let _ = writeln!(text, "note  {note}");
        }
        let errors = self
            .problems
            .iter()
            .filter(|p| p.severity == Severity::Error)
            .count();
        let warnings = self.problems.len() - errors;
        let failures = self
            .personas
            .iter()
            .filter(|persona| persona.failure.is_some())
            .count();
        let _ = writeln!(
            text,
            "{}: {}, {}, {}, {failures} of {} failed",
            path.display(),
            counted(errors, "error"),
            counted(warnings, "warning"),
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
        json!({
            "ok": ok,
            "problems": self.problems.iter().map(problem).collect::<Value>(),
            "apps": self.apps.iter().map(app).collect::<Value>(),
            "notes": self.notes,
            "tests": self.personas.iter().map(persona).collect::<Value>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::{FRAMEABLE, file};

    #[test]
    fn an_app_without_a_page_is_said_to_be_for_the_token_api_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("usher.toml");
        let app = "vendor = \"custom\"\nallow = [\"everyone\"]\nclaims = { sub = \"{{ user.sub }}\" }\n";
        for (more, place) in [
            ("delivery = \"json\"", "token API only"),
            (
                "redirect_uris = [\"https://v.example/back\"]",
                "one of redirect_uris",
            ),
            ("url = \"https://v.example/sso\"", "https://v.example"),
        ] {
            std::fs::write(&path, file("", &format!("{app}{more}\n"))).unwrap();
            let (text, code) = run(&path, Format::Table, OffsetDateTime::UNIX_EPOCH);
            assert_eq!(code, 0, "{text}");
            assert!(
                text.contains(&format!("app   a  custom  {place}  RSA 2048")),
                "{text}"
            );
            let (json, _) = run(&path, Format::Json, OffsetDateTime::UNIX_EPOCH);
            let json: Value = serde_json::from_str(&json).unwrap();
            let origin = if place.contains("://") { place } else { "" };
            assert_eq!(json["apps"][0]["origin"], origin);
        }
    }

    #[test]
    fn lesson_31_c_27_long_addresses_are_warned_of_and_the_sealing_key_is_noted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("usher.toml");
        let profile = format!(
            "user_profile = [{}]\n",
            format!("[\"k\", \"{}\"],", "v".repeat(256)).repeat(6)
        );
        let persona = "[[test]]\nas = { name = \"Ada\" }\napp = \"a\"\nexpect = { allowed = true }\n";
        for (profile, warned) in [("", false), (profile.as_str(), true)] {
            std::fs::write(&path, file("", &format!("{FRAMEABLE}{profile}{persona}"))).unwrap();
            let (text, code) = run(&path, Format::Table, OffsetDateTime::UNIX_EPOCH);
            assert_eq!(code, 0, "{text}");
            assert_eq!(text.contains("some proxies take 2,000"), warned, "{text}");
            assert!(text.contains("replicas must share one"), "{text}");
        }
    }
}
