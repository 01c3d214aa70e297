//! What is written down when a signed-in person is turned away, so that somebody can say why.

use std::collections::BTreeSet;

use serde_json::Value;
use time::OffsetDateTime;

use crate::access::{Admins, Fit, Step};
use crate::audit::{Claim, Decision, Rule, instant};
use crate::config::App;
use crate::identity::{Groups, GroupsUnknown, Identity};
use crate::mint::Refusal;
use crate::params::Params;

/// Why this person may not open an app; `session` is when theirs began, where they have one.
pub fn of_app(
    app: &App,
    person: &Identity,
    session: Option<OffsetDateTime>,
    params: &Params,
    refusal: &Refusal,
    now: OffsetDateTime,
) -> Decision {
    let steps = app.trace(person, params, now).steps;
    let mut names = app.access.reads();
    names.extend(app.recipe.reads());
    Decision {
        why: refusal.to_string(),
        rules: steps.iter().map(rule).collect(),
        claims: claims(person, &names, &app.access.groups()),
        ..times(person, session)
    }
}

/// Why a sign-in is not enough for an app that asks for more of one.
pub fn of_step_up(app: &App, person: &Identity, refusal: &Refusal, now: OffsetDateTime) -> Decision {
    let steps = app.trace(person, &Params::default(), now).steps;
    let of_sign_in = |step: &&Step| ["max_auth_age", "acr_values"].contains(&step.key);
    Decision {
        why: refusal.to_string(),
        rules: steps.iter().filter(of_sign_in).map(rule).collect(),
        ..times(person, None)
    }
}

/// Why this person may not see the pages for admins.
pub fn of_admins(
    admins: &Admins,
    person: &Identity,
    session: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> Decision {
    Decision {
        why: "the rules of [admin] refuse this person".to_owned(),
        rules: admins.trace(person, now).iter().map(rule).collect(),
        claims: claims(person, &admins.reads(), &admins.groups()),
        ..times(person, session)
    }
}

fn times(person: &Identity, session: Option<OffsetDateTime>) -> Decision {
    Decision {
        auth_time: person.auth_time.map(instant),
        session_started: session.map(instant),
        ..Decision::default()
    }
}

fn rule(step: &Step) -> Rule {
    Rule {
        key: step.key.to_owned(),
        rule: step.rule.clone(),
        fits: step.fit.to_string(),
        why: match step.fit {
            Fit::Unknown(unknown) => Some(unknown.to_string()),
            Fit::Yes | Fit::No => None,
        },
        decided: step.decided,
    }
}

/// What the provider sent under these names. Of the groups only those count that a rule names.
fn claims(person: &Identity, names: &BTreeSet<String>, groups: &[&str]) -> Vec<Claim> {
    let claim = |name: &String| {
        let found = match name.as_str() {
            "groups" => return of_groups(person, groups),
            "email" => person.email.as_ref().map(|email| Value::from(email.as_str())),
            name => person.claim(name).cloned(),
        };
        let kind = found.as_ref().map_or("absent", kind);
        let unverified = name == "email" && found.is_some() && !person.email_verified;
        Claim {
            name: name.clone(),
            found: if unverified {
                format!("{kind}, not verified")
            } else {
                kind.to_owned()
            },
            value: found.map(|found| match found {
                Value::String(text) => text,
                other => other.to_string(),
            }),
        }
    };
    names.iter().map(claim).collect()
}

fn of_groups(person: &Identity, named: &[&str]) -> Claim {
    let (found, value) = match &person.groups {
        Groups::Known(groups) => {
            let both = groups.iter().filter(|group| named.contains(&group.as_str()));
            let both: Vec<&str> = both.map(String::as_str).collect();
            (
                format!("list of {}", groups.len()),
                Some(both.join(", ")).filter(|both| !both.is_empty()),
            )
        }
        Groups::Unknown(GroupsUnknown::Absent) => ("absent".to_owned(), None),
        Groups::Unknown(GroupsUnknown::WrongType) => ("not a list of names".to_owned(), None),
        Groups::Unknown(GroupsUnknown::Overage) => ("left out, because there are too many".to_owned(), None),
    };
    Claim {
        name: "groups".to_owned(),
        found,
        value,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}
