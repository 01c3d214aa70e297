//! What an app would give a person, on its page.

use super::kit::Field;
use crate::access::{Fit, Step};
use crate::claims::clean::printable;
use crate::mint::Refusal;
use crate::web::text::Text;
use crate::web::text::xray::{fit, help, provenance, unknown};
use crate::xray::{Made, Said, Xray};

/// The form, and what came of it.
#[derive(Debug, Default)]
pub struct XrayPart {
    pub fields: Vec<Field>,
    /// The persona as it was typed.
    pub persona: String,
    /// What is wrong with it.
    pub wrong: Vec<String>,
    pub too_large: bool,
    pub found: Option<Found>,
}

/// One person at the app.
#[derive(Debug)]
pub struct Found {
    /// Where there is none, the subject.
    pub name: String,
    pub email: Option<String>,
    pub subject: String,
    pub issuer: String,
    pub steps: Vec<StepRow>,
    pub outcome: Result<Token, Refused>,
    /// As the configuration's reader says them.
    pub warnings: Vec<String>,
    pub long_address: Option<String>,
}

/// A rule, and whether it fits.
#[derive(Debug)]
pub struct StepRow {
    pub key: &'static str,
    pub rule: String,
    pub fit: Text,
    pub fits: bool,
    pub why: Option<Text>,
    pub decided: bool,
}

/// All that the token would say.
#[derive(Debug)]
pub struct Token {
    pub roles: Vec<String>,
    pub header: String,
    pub claims: Vec<SaidRow>,
    pub bytes: String,
    pub seconds: Option<String>,
    pub address: Option<String>,
    pub messaged: Option<String>,
}

#[derive(Debug)]
pub struct SaidRow {
    pub name: String,
    /// `None` where the claim would be left out.
    pub value: Option<String>,
    pub from: Text,
}

/// Why there would be none.
#[derive(Debug)]
pub struct Refused {
    pub code: &'static str,
    /// What the person would read.
    pub title: Text,
    pub text: Text,
    /// What the operator can do.
    pub help: Text,
}

impl XrayPart {
    pub(super) fn is_wrong(&self) -> bool {
        self.too_large || !self.wrong.is_empty()
    }
}

impl Found {
    /// `reads` gives what the person would read of a refusal: title and text.
    pub fn of(xray: &Xray<'_>, warnings: Vec<String>, reads: impl FnOnce(&Refusal) -> (Text, Text)) -> Self {
        let person = xray.person;
        Self {
            name: person
                .name()
                .unwrap_or_else(|| person.subject.as_str().to_owned()),
            email: person.email.as_ref().map(|email| email.as_str().to_owned()),
            subject: printable(person.subject.as_str()),
            issuer: person.issuer.as_str().to_owned(),
            steps: xray.steps().iter().map(StepRow::of).collect(),
            outcome: match xray.outcome() {
                Ok(made) => Ok(Token::of(made)),
                Err(refusal) => {
                    let (title, text) = reads(refusal);
                    Err(Refused {
                        code: refusal.code(),
                        title,
                        text,
                        help: help(refusal),
                    })
                }
            },
            warnings,
            long_address: xray.long_address().map(|bytes| bytes.to_string()),
        }
    }
}

impl StepRow {
    fn of(step: &Step) -> Self {
        Self {
            key: step.key,
            rule: step.rule.clone(),
            fit: fit(step.fit),
            fits: step.fit == Fit::Yes,
            why: match step.fit {
                Fit::Unknown(what) => Some(unknown(what)),
                Fit::Yes | Fit::No => None,
            },
            decided: step.decided,
        }
    }
}

impl Token {
    fn of(made: Made<'_>) -> Self {
        let row = |said: Said<'_>| SaidRow {
            name: said.expected.name().to_owned(),
            value: said.value.map(|value| printable(&value.to_string())),
            from: provenance(&said.expected.provenance()),
        };
        Self {
            roles: made.roles().to_vec(),
            header: made.header().to_string(),
            claims: made.claims().map(row).collect(),
            bytes: made.token_bytes().to_string(),
            seconds: made.life().map(|seconds| seconds.to_string()),
            address: made.address(),
            messaged: made.messaged().map(|origin| origin.as_str().to_owned()),
        }
    }
}
