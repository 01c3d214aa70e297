//! May they? `allow`, `deny`, `when` and role rules, decided over one identity.

mod admins;
mod matcher;
mod reads;
mod step_up;
mod trace;

use std::fmt;

use serde_json::Value;
use time::{Duration, OffsetDateTime};

use crate::expression::{Context, Expression, NoValue};
use crate::identity::{GroupsUnknown, Identity};
use crate::params::Params;
use crate::types::{AppId, ProviderId};
pub use admins::Admins;
pub use matcher::{Fit, Matcher, Unknown};
pub use step_up::StepUp;
pub use trace::{Step, Trace, trace};

/// The compiled access rules of an app. Without `allow` nobody comes in.
#[derive(Debug, Default)]
pub struct Rules {
    /// Whose people may come; empty: every provider's.
    pub providers: Vec<ProviderId>,
    pub allow: Vec<Matcher>,
    pub deny: Vec<Matcher>,
    pub when: Option<Expression>,
    /// Whether a person's address is pinned at the first launch (C-17); then it must be verified.
    pub bind_email: bool,
    pub step_up: StepUp,
    pub roles: Roles,
}

/// How an app gives roles (C-5).
#[derive(Debug, Default)]
pub struct Roles {
    pub rules: Vec<RoleRule>,
    /// Take every rule that fits; else the first one.
    pub collect: bool,
    /// What a person has whom no rule fits.
    pub otherwise: Option<String>,
}

/// `{ role, allow, max_auth_age? }`.
#[derive(Debug)]
pub struct RoleRule {
    /// `None` is a role of no rights, which ends the search.
    pub role: Option<String>,
    pub allow: Vec<Matcher>,
    /// How long ago the person may have signed in at the provider.
    pub max_auth_age: Option<Duration>,
}

/// Proof that `decide` let this person through to this app; made nowhere else.
#[derive(Debug)]
pub struct Grant<'a> {
    identity: &'a Identity,
    params: &'a Params,
    roles: Vec<String>,
}

impl<'a> Grant<'a> {
    pub fn identity(&self) -> &'a Identity {
        self.identity
    }
    pub fn params(&self) -> &'a Params {
        self.params
    }
    pub fn roles(&self) -> &[String] {
        &self.roles
    }
    pub fn into_roles(self) -> Vec<String> {
        self.roles
    }
}

/// Why a person may not open an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// No `allow` rule matches.
    NotAllowed,
    /// A `deny` rule matches.
    Denied,
    /// `when` is not true, or could not be evaluated.
    WhenNotMet,
    /// A rule is over groups, and the provider left them out (too many).
    GroupsOverage,
    /// A rule is over groups, and the provider sent none that can be read.
    GroupsUnknown,
    /// An e-mail rule would match, were the address verified.
    EmailUnverified,
    /// The address is pinned to somebody else, or another one to this person (C-17).
    EmailRebound,
    /// The person signed in at the provider longer ago than `max_auth_age`.
    AuthTooOld,
    /// The provider did not say when the person signed in.
    AuthTimeUnknown,
    /// The provider did not say that the person signed in by one of `acr_values`.
    AcrNotMet,
}

impl Denial {
    /// The stable reason code for log, audit and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "access.not_allowed",
            Self::Denied => "access.denied",
            Self::WhenNotMet => "access.when_not_met",
            Self::GroupsOverage => "access.groups_overage",
            Self::GroupsUnknown => "access.groups_unknown",
            Self::EmailUnverified => "access.email_unverified",
            Self::EmailRebound => "access.email_rebound",
            Self::AuthTooOld => "access.auth_too_old",
            Self::AuthTimeUnknown => "access.auth_time_unknown",
            Self::AcrNotMet => "access.acr_not_met",
        }
    }

    /// Whether another sign-in at the provider may be all that is missing.
    pub fn calls_for_sign_in(&self) -> bool {
        matches!(self, Self::AuthTooOld | Self::AuthTimeUnknown | Self::AcrNotMet)
    }
}

/// Whether this person may open the app, and in which roles. What is unknown never opens (C-15).
pub fn decide<'a>(
    identity: &'a Identity,
    rules: &Rules,
    params: &'a Params,
    app: (&AppId, &str),
    now: OffsetDateTime,
) -> Result<Grant<'a>, Denial> {
    let fits = Fits::of(identity, rules, params, app, now);
    fits.verdict().map_err(|(denial, _)| denial)?;
    Ok(Grant {
        identity,
        params,
        roles: rules.roles.named(&rules.roles.chosen(&fits.roles)),
    })
}

/// How the rules of an app fit one person, each by itself.
struct Fits {
    providers: Fit,
    deny: Vec<Fit>,
    allow: Vec<Fit>,
    when: Option<Fit>,
    bind_email: Option<Fit>,
    age: Option<Fit>,
    strength: Option<Fit>,
    roles: Vec<Fit>,
}

/// The rule that settled whether a person may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decider {
    Providers,
    Deny(usize),
    Allow(usize),
    When,
    BindEmail,
    MaxAuthAge,
    AcrValues,
    /// No rule let the person in.
    Nobody,
}

impl Fits {
    fn of(
        identity: &Identity,
        rules: &Rules,
        params: &Params,
        app: (&AppId, &str),
        now: OffsetDateTime,
    ) -> Self {
        let each = |rules: &[Matcher]| rules.iter().map(|rule| rule.fit(identity)).collect();
        let at_home = rules.providers.is_empty() || rules.providers.contains(&identity.provider);
        Self {
            providers: if at_home { Fit::Yes } else { Fit::No },
            deny: each(&rules.deny),
            allow: each(&rules.allow),
            when: rules
                .when
                .as_ref()
                .map(|when| condition(when, identity, &Context::new(identity, params, app.0, app.1))),
            bind_email: rules.bind_email.then(|| verified(identity)),
            age: rules.step_up.age(identity, now),
            strength: rules.step_up.strength(identity),
            roles: rules
                .roles
                .rules
                .iter()
                .map(|rule| rule.fit(identity, now))
                .collect(),
        }
    }

    fn verdict(&self) -> Result<Decider, (Denial, Decider)> {
        if self.providers != Fit::Yes {
            return Err((Denial::NotAllowed, Decider::Providers));
        }
        if let Some(at) = self.deny.iter().position(|fit| *fit == Fit::Yes) {
            return Err((Denial::Denied, Decider::Deny(at)));
        }
        if let Some((at, unknown)) = unknowns(&self.deny).next() {
            let why = denial(unknown).unwrap_or(match unknown {
                Unknown::Email { .. } => Denial::EmailUnverified,
                _ => Denial::Denied,
            });
            return Err((why, Decider::Deny(at)));
        }
        let allowed = allowed(&self.allow)?;
        match self.when {
            Some(Fit::Yes) | None => {}
            Some(Fit::Unknown(Unknown::Email { .. })) => {
                return Err((Denial::EmailUnverified, Decider::When));
            }
            Some(_) => return Err((Denial::WhenNotMet, Decider::When)),
        }
        match self.bind_email {
            Some(Fit::Yes) | None => {}
            Some(_) => return Err((Denial::EmailUnverified, Decider::BindEmail)),
        }
        // Last, so that nobody signs in anew for what would be refused all the same.
        match (self.age, self.strength) {
            (Some(Fit::No), _) => Err((Denial::AuthTooOld, Decider::MaxAuthAge)),
            (Some(Fit::Unknown(_)), _) => Err((Denial::AuthTimeUnknown, Decider::MaxAuthAge)),
            (_, Some(Fit::No | Fit::Unknown(_))) => Err((Denial::AcrNotMet, Decider::AcrValues)),
            (Some(Fit::Yes) | None, Some(Fit::Yes) | None) => Ok(Decider::Allow(allowed)),
        }
    }
}

/// The first rule of `allow` that fits; else the one whose unknown tells most of what to do.
fn allowed(allow: &[Fit]) -> Result<usize, (Denial, Decider)> {
    if let Some(at) = allow.iter().position(|fit| *fit == Fit::Yes) {
        return Ok(at);
    }
    let mut reasons =
        unknowns(allow).filter_map(|(at, unknown)| denial(unknown).map(|why| (why, Decider::Allow(at))));
    Err(reasons.next().unwrap_or((Denial::NotAllowed, Decider::Nobody)))
}

fn unknowns(fits: &[Fit]) -> impl Iterator<Item = (usize, Unknown)> {
    fits.iter().enumerate().filter_map(|(at, fit)| match fit {
        Fit::Unknown(unknown) => Some((at, *unknown)),
        Fit::Yes | Fit::No => None,
    })
}

/// `when` fits where it is the boolean `true`, and nothing else. Over an address that is not verified it
/// is unknown, unless it looks at that itself (S-323).
fn condition(when: &Expression, identity: &Identity, context: &Context<'_>) -> Fit {
    if when.reads("email") && !when.reads("email_verified") && identity.verified_email().is_none() {
        return Fit::Unknown(Unknown::Email { matches: false });
    }
    match when.evaluate(context) {
        Ok(Value::Bool(true)) => Fit::Yes,
        Ok(Value::Bool(false)) => Fit::No,
        Ok(_) => Fit::Unknown(Unknown::NotBoolean),
        Err(NoValue::Missing) => Fit::Unknown(Unknown::Missing),
        Err(NoValue::Failed) => Fit::Unknown(Unknown::Failed),
    }
}

/// Only a verified address can be pinned to a person.
fn verified(identity: &Identity) -> Fit {
    if identity.verified_email().is_some() {
        Fit::Yes
    } else {
        Fit::Unknown(Unknown::Email { matches: true })
    }
}

/// The denial that tells a person what to do about something unknown.
fn denial(unknown: Unknown) -> Option<Denial> {
    match unknown {
        Unknown::Groups(GroupsUnknown::Overage) => Some(Denial::GroupsOverage),
        Unknown::Groups(_) => Some(Denial::GroupsUnknown),
        Unknown::Email { matches: true } => Some(Denial::EmailUnverified),
        _ => None,
    }
}

impl RoleRule {
    fn fit(&self, identity: &Identity, now: OffsetDateTime) -> Fit {
        let fits: Vec<Fit> = self.allow.iter().map(|rule| rule.fit(identity)).collect();
        if !fits.contains(&Fit::Yes) {
            return unknowns(&fits)
                .next()
                .map_or(Fit::No, |(_, unknown)| Fit::Unknown(unknown));
        }
        let Some(age) = self.max_auth_age else {
            return Fit::Yes;
        };
        match identity.auth_time.map(|at| now - at) {
            // A provider's clock may be a minute ahead (C-48); a time beyond that is none.
            Some(since) if since < -Duration::MINUTE => Fit::Unknown(Unknown::AuthTime),
            Some(since) if since <= age => Fit::Yes,
            Some(_) => Fit::No,
            None => Fit::Unknown(Unknown::AuthTime),
        }
    }
}

impl fmt::Display for RoleRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.role.as_deref().unwrap_or("none"))?;
        for (i, rule) in self.allow.iter().enumerate() {
            write!(f, "{}{rule}", if i == 0 { " for " } else { " or " })?;
        }
        match self.max_auth_age {
            Some(age) => write!(f, ", signed in within {} s", age.whole_seconds()),
            None => Ok(()),
        }
    }
}

impl Roles {
    /// Which rules give their roles.
    fn chosen(&self, fits: &[Fit]) -> Vec<usize> {
        let most = if self.collect { usize::MAX } else { 1 };
        let fitting = fits.iter().enumerate().filter(|(_, fit)| **fit == Fit::Yes);
        fitting.map(|(at, _)| at).take(most).collect()
    }

    /// The roles of the chosen rules, each once.
    fn named(&self, chosen: &[usize]) -> Vec<String> {
        if chosen.is_empty() {
            return self.otherwise.iter().cloned().collect();
        }
        let mut roles: Vec<String> = Vec::new();
        for role in chosen.iter().filter_map(|at| self.rules[*at].role.as_ref()) {
            if !roles.contains(role) {
                roles.push(role.clone());
            }
        }
        roles
    }
}

#[cfg(test)]
mod tests;
