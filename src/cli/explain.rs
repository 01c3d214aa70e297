//! `usher explain`: rule by rule and claim by claim where everything would come from.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::check::Format;
use super::printable;
use super::trial::Trial;
use crate::access::{Denial, Fit, Step, Trace};
use crate::claims::ClaimError;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{App, Problem};
use crate::delivery::Delivery;
use crate::identity::Identity;
use crate::mint::{self, Prepared, Refusal};
use crate::types::Email;

/// Bytes of an address that some proxies already refuse (lesson 31).
const LONG: usize = 2000;

pub fn run(path: &Path, trial: &Trial, format: Format) -> anyhow::Result<ExitCode> {
    let loaded = super::load(path)?;
    let (app, person) = trial.read(&loaded.config)?;
    let now = SystemClock.now();
    let (trace, prepared) = match app.params.accept(&trial.params) {
        Ok(params) => (
            Some(app.trace(&person, &params, now)),
            mint::prepare(app, &person, &params, now),
        ),
        Err(error) => (None, Err(Refusal::from(error))),
    };
    let explained = Explained {
        app,
        person: &person,
        trace,
        prepared,
        problems: &loaded.warnings,
    };
    match format {
        Format::Table => print!("{}", explained.table()),
        Format::Json => println!("{:#}", explained.json()),
    }
    Ok(ExitCode::from(u8::from(explained.prepared.is_err())))
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
    app: &'a App,
    person: &'a Identity,
    /// Absent where the parameters were refused at the door.
    trace: Option<Trace>,
    prepared: Result<Prepared, Refusal>,
    problems: &'a [Problem],
}

impl Explained<'_> {
    fn table(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "app      {} ({})", self.app.id, self.app.vendor);
        let _ = writeln!(text, "person   {}", printable(&who(self.person)));
        for step in self.steps() {
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
        match &self.prepared {
            Ok(prepared) => self.made(prepared, &mut text),
            Err(refusal) => {
                let _ = writeln!(text, "refused  {refusal} ({})", refusal.code());
                let _ = writeln!(text, "help     {}", help(refusal));
            }
        }
        for warning in self.warnings() {
            let _ = writeln!(text, "warning  {warning}");
        }
        text
    }

    fn made(&self, prepared: &Prepared, text: &mut String) {
        let roles = match prepared.roles.as_slice() {
            [] => "none".to_owned(),
            roles => roles.join(", "),
        };
        let _ = writeln!(text, "roles    {roles}");
        let _ = writeln!(text, "header   {}", printable(&self.app.key.header().to_string()));
        let made = prepared.claims.as_map();
        for claim in self.app.recipe.expectations() {
            let value = made.get(claim.name());
            let value = value.map_or_else(|| "left out".to_owned(), Value::to_string);
            let origin = claim.origin();
            let _ = writeln!(
                text,
                "claim    {} = {}  <- {}",
                claim.name(),
                printable(&value),
                printable(&origin)
            );
        }
        let size = self.app.key.token_length(&prepared.claims);
        let life = self.life().map_or_else(
            || "without an end of its own".to_owned(),
            |seconds| format!("good for {seconds} s"),
        );
        let _ = writeln!(text, "token    {size} bytes, {life}");
        let address = self.address(prepared);
        let address = address.as_deref().unwrap_or("none: the token API answers");
        let _ = writeln!(text, "address  {address}");
        if let Delivery::PostMessage(vendor) = &self.app.delivery {
            let _ = writeln!(
                text,
                "message  a page of ours frames it, and posts each token to {vendor}"
            );
        }
    }

    fn json(&self) -> Value {
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
            "app": self.app.id.as_str(),
            "vendor": self.app.vendor,
            "issuer": self.person.issuer.as_str(),
            "sub": self.person.subject.as_str(),
            "email": self.person.email.as_ref().map(Email::as_str),
            "allowed": self.prepared.is_ok(),
            "rules": self.steps().iter().map(rule).collect::<Value>(),
        });
        match &self.prepared {
            Ok(prepared) => {
                let made = prepared.claims.as_map();
                let claim = |claim: crate::claims::Expectation<'_>| {
                    json!({
                        "name": claim.name(),
                        "value": made.get(claim.name()),
                        "left_out": !made.contains_key(claim.name()),
                        "from": claim.origin(),
                    })
                };
                found["roles"] = json!(prepared.roles);
                found["header"] = self.app.key.header();
                found["claims"] = self.app.recipe.expectations().map(claim).collect();
                found["token_bytes"] = json!(self.app.key.token_length(&prepared.claims));
                found["ttl"] = json!(self.life());
                found["address"] = json!(self.address(prepared));
            }
            Err(refusal) => {
                found["reason"] = json!(refusal.code());
                found["message"] = json!(refusal.to_string());
                found["help"] = json!(help(refusal));
            }
        }
        found["warnings"] = json!(self.warnings());
        found
    }

    /// The seconds for which a token works; none where it does not say so itself.
    fn life(&self) -> Option<i64> {
        self.app.recipe.expires().then(|| self.app.ttl.whole_seconds())
    }

    /// Where the token would go, with an ellipsis in its place.
    fn address(&self, prepared: &Prepared) -> Option<String> {
        let address = prepared.address.as_ref()?;
        Some(self.app.delivery.masked(address))
    }

    fn steps(&self) -> &[Step] {
        self.trace.as_ref().map_or(&[], |trace| &trace.steps)
    }

    fn warnings(&self) -> Vec<String> {
        let table = format!("apps.{}", self.app.id);
        let ours = |problem: &&Problem| {
            let key = problem.key.as_deref().unwrap_or_default();
            key == table || key.starts_with(&format!("{table}."))
        };
        let mut warnings: Vec<String> = self
            .problems
            .iter()
            .filter(ours)
            .map(Problem::to_string)
            .collect();
        if let Ok(prepared) = &self.prepared {
            let token = self.app.key.token_length(&prepared.claims);
            let address = prepared.address.as_ref();
            let length = address.map_or(0, |address| self.app.delivery.length(address, token));
            if length > LONG {
                warnings.push(format!(
                    "the address with its token has {length} bytes; some proxies take 2,000"
                ));
            }
        }
        warnings
    }
}

fn why(fit: Fit) -> Option<String> {
    match fit {
        Fit::Unknown(unknown) => Some(unknown.to_string()),
        Fit::Yes | Fit::No => None,
    }
}

/// What the operator, or whoever looks after the provider, can do.
fn help(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Denied(Denial::NotAllowed) => {
            "add a rule that fits this person to allow, or the person to a group that it names"
        }
        Refusal::Denied(Denial::Denied) => "a deny rule fits, or could not be told; it wins over every allow",
        Refusal::Denied(Denial::WhenNotMet) => "when must be the boolean true; what it names must be there",
        Refusal::Denied(Denial::GroupsOverage) => {
            "have the provider send fewer groups, such as only those assigned to this client, or app roles"
        }
        Refusal::Denied(Denial::GroupsUnknown) => {
            "have the provider send the groups, check groups_claim, or set groups_absent = \"empty\""
        }
        Refusal::Denied(Denial::EmailUnverified) | Refusal::Claims(ClaimError::EmailUnverified) => {
            "have the provider send email_verified = true, or set trust_email if all its addresses are verified"
        }
        Refusal::Denied(Denial::EmailRebound) => "usher unbind lets go of who had the address before",
        Refusal::Denied(Denial::AuthTooOld | Denial::AuthTimeUnknown) => {
            "a click would go through the provider first; give the persona an auth_time that is recent enough"
        }
        Refusal::Denied(Denial::AcrNotMet) => {
            "a click would go through the provider first; give the persona one of acr_values as its acr"
        }
        Refusal::Claims(ClaimError::Missing { .. }) => {
            "have the provider send what the claim is made from, or make it from something else"
        }
        Refusal::Claims(ClaimError::Failed { .. }) => {
            "the claim's expression gave a value that cannot stand there; try it with another"
        }
        Refusal::Claims(ClaimError::TooLong { .. }) => "the vendor takes less text there; say less",
        Refusal::NotOpenYet { .. } => "it opens by itself at opens_at",
        Refusal::Closed { .. } => "move closes_at, if it is to be open",
        Refusal::TooLong(_) => "the token says too much: shorten user_profile, policy or the parameters",
        Refusal::Params(_) => {
            "give the parameters that the app declares under params, each as --param name=value"
        }
        Refusal::Key(_) => "see usher check",
    }
}
