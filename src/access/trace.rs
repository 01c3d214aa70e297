//! How each rule of an app fits a person, for whoever asks why.

use time::OffsetDateTime;

use super::{Decider, Denial, Fit, Fits, Rules};
use crate::identity::Identity;
use crate::params::Params;
use crate::types::{AppId, ProviderId};

/// Every rule of an app, held against one person.
#[derive(Debug)]
pub struct Trace {
    pub steps: Vec<Step>,
    /// The roles of a person who may come.
    pub verdict: Result<Vec<String>, Denial>,
}

/// One rule.
#[derive(Debug)]
pub struct Step {
    /// The key under which the rule stands: `providers`, `deny`, `allow`, `when`, `bind_email`,
    /// `max_auth_age`, `acr_values`, `roles`.
    pub key: &'static str,
    pub rule: String,
    pub fit: Fit,
    /// Whether this rule settled the matter.
    pub decided: bool,
}

/// The same as [`super::decide`], told rule by rule.
pub fn trace(
    identity: &Identity,
    rules: &Rules,
    params: &Params,
    app: (&AppId, &str),
    now: OffsetDateTime,
) -> Trace {
    let fits = Fits::of(identity, rules, params, app, now);
    let verdict = fits.verdict();
    let decider = match &verdict {
        Ok(decider) | Err((_, decider)) => *decider,
    };
    let mut steps = Vec::new();
    let mut step = |key, rule: String, fit: &Fit, decided| {
        steps.push(Step {
            key,
            rule,
            fit: *fit,
            decided,
        });
    };
    if !rules.providers.is_empty() {
        let names: Vec<&str> = rules.providers.iter().map(ProviderId::as_str).collect();
        let decided = decider == Decider::Providers;
        step("providers", names.join(", "), &fits.providers, decided);
    }
    for (i, (rule, fit)) in rules.deny.iter().zip(&fits.deny).enumerate() {
        step("deny", rule.to_string(), fit, decider == Decider::Deny(i));
    }
    for (i, (rule, fit)) in rules.allow.iter().zip(&fits.allow).enumerate() {
        step("allow", rule.to_string(), fit, decider == Decider::Allow(i));
    }
    if let (Some(when), Some(fit)) = (&rules.when, &fits.when) {
        step("when", when.source().to_owned(), fit, decider == Decider::When);
    }
    if let Some(fit) = &fits.bind_email {
        step(
            "bind_email",
            "a verified address".to_owned(),
            fit,
            decider == Decider::BindEmail,
        );
    }
    if let (Some(age), Some(fit)) = (rules.step_up.max_auth_age, &fits.age) {
        let rule = format!("signed in within {} s", age.whole_seconds());
        step("max_auth_age", rule, fit, decider == Decider::MaxAuthAge);
    }
    if let Some(fit) = &fits.strength {
        let rule = rules.step_up.acr_values.join(" or ");
        step("acr_values", rule, fit, decider == Decider::AcrValues);
    }
    let chosen = rules.roles.chosen(&fits.roles);
    for (i, (rule, fit)) in rules.roles.rules.iter().zip(&fits.roles).enumerate() {
        step("roles", rule.to_string(), fit, chosen.contains(&i));
    }
    Trace {
        steps,
        verdict: verdict
            .map(|_| rules.roles.named(&chosen))
            .map_err(|(denial, _)| denial),
    }
}
