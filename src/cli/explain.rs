//! `usher explain`: rule by rule and claim by claim where everything would come from.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::check::Format;
use super::printable;
use super::trial::Trial;
use crate::access::{Fit, Step};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Problem;
use crate::identity::Identity;
use crate::types::Email;
use crate::web::text::xray::help;
use crate::web::text::{Lang, Text};
use crate::xray::{self, Made, Said, Xray};

pub fn run(path: &Path, trial: &Trial, format: Format) -> anyhow::Result<ExitCode> {
    let loaded = super::load(path)?;
    let (app, person) = trial.read(&loaded.config)?;
    let now = SystemClock.now();
    let explained = Explained {
        xray: Xray::of(app, &person, &trial.params, now),
        problems: &loaded.warnings,
    };
    match format {
        Format::Table => print!("{}", explained.table()),
        Format::Json => println!("{:#}", explained.json()),
    }
    Ok(ExitCode::from(u8::from(explained.xray.outcome().is_err())))
}

/// The person in a line.
pub fn who(person: &Identity) -> String {
    let address = person.email.as_ref().map(|email| format!("{email}, "));
    format!(
        "{}{} at {}",
        address.unwrap_or_default(),
        person.subject,
        person.issuer
    )
}

struct Explained<'a> {
    xray: Xray<'a>,
    problems: &'a [Problem],
}

impl Explained<'_> {
    fn table(&self) -> String {
        let Xray { app, person, .. } = &self.xray;
        let mut text = String::new();
        let _ = writeln!(text, "app      {} ({})", app.id, app.vendor);
        let _ = writeln!(text, "person   {}", printable(&who(person)));
        for step in self.xray.steps() {
            let Step {
                key,
                rule,
                fit,
                decided,
            } = step;
            let why = why(*fit).map(|why| format!(": {why}")).unwrap_or_default();
            let mark = if *decided { "  <- decided" } else { "" };
            let _ = writeln!(text, "rule     {key} {}  {fit}{why}{mark}", printable(rule));
        }
        match self.xray.outcome() {
            Ok(made) => lines(made, &mut text),
            Err(refusal) => {
                let _ = writeln!(text, "refused  {refusal} ({})", refusal.code());
                let _ = writeln!(text, "help     {}", english(&help(refusal)));
            }
        }
        for warning in self.warnings() {
            let _ = writeln!(text, "warning  {warning}");
        }
        text
    }

    fn json(&self) -> Value {
        let Xray { app, person, .. } = &self.xray;
        let outcome = self.xray.outcome();
        let rule = |step: &Step| {
            json!({
                "key": step.key,
                "rule": step.rule,
                "fits": step.fit.to_string(),
                "why": why(step.fit),
                "decided": step.decided,
            })
        };
        let mut found = json!({
            "app": app.id.as_str(),
            "vendor": app.vendor,
            "issuer": person.issuer.as_str(),
            "sub": person.subject.as_str(),
            "email": person.email.as_ref().map(Email::as_str),
            "allowed": outcome.is_ok(),
            "rules": self.xray.steps().iter().map(rule).collect::<Value>(),
        });
        match outcome {
            Ok(made) => {
                let claim = |said: Said<'_>| {
                    json!({
                        "name": said.expected.name(),
                        "value": said.value,
                        "left_out": said.value.is_none(),
                        "from": said.expected.provenance().to_string(),
                    })
                };
                found["roles"] = json!(made.roles());
                found["header"] = made.header();
                found["claims"] = made.claims().map(claim).collect();
                found["token_bytes"] = json!(made.token_bytes());
                found["ttl"] = json!(made.life());
                found["address"] = json!(made.address());
            }
            Err(refusal) => {
                found["reason"] = json!(refusal.code());
                found["message"] = json!(refusal.to_string());
                found["help"] = json!(english(&help(refusal)));
            }
        }
        found["warnings"] = json!(self.warnings());
        found
    }

    fn warnings(&self) -> Vec<String> {
        let found = xray::warnings(self.xray.app, self.problems).map(Problem::to_string);
        let long = self.xray.long_address();
        let long = long
            .map(|length| format!("the address with its token has {length} bytes; some proxies take 2,000"));
        found.chain(long).collect()
    }
}

fn lines(made: Made<'_>, text: &mut String) {
    let roles = match made.roles() {
        [] => "none".to_owned(),
        roles => roles.join(", "),
    };
    let _ = writeln!(text, "roles    {roles}");
    let _ = writeln!(text, "header   {}", printable(&made.header().to_string()));
    for said in made.claims() {
        let value = said.value.map_or_else(|| "left out".to_owned(), Value::to_string);
        let _ = writeln!(
            text,
            "claim    {} = {}  <- {}",
            said.expected.name(),
            printable(&value),
            printable(&said.expected.provenance().to_string())
        );
    }
    let life = made.life().map_or_else(
        || "without an end of its own".to_owned(),
        |seconds| format!("good for {seconds} s"),
    );
    let _ = writeln!(text, "token    {} bytes, {life}", made.token_bytes());
    let address = made.address();
    let address = address.as_deref().unwrap_or("none: the token API answers");
    let _ = writeln!(text, "address  {address}");
    if let Some(vendor) = made.messaged() {
        let _ = writeln!(
            text,
            "message  a page of ours frames it, and posts each token to {vendor}"
        );
    }
}

fn english(text: &Text) -> String {
    Lang::ENGLISH.plain(text)
}

fn why(fit: Fit) -> Option<String> {
    match fit {
        Fit::Unknown(unknown) => Some(unknown.to_string()),
        Fit::Yes | Fit::No => None,
    }
}
