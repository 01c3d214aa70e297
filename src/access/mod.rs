//! May they? `allow`, `deny`, `when` and role rules, decided over one identity.

mod matcher;

use time::{Duration, OffsetDateTime};

use crate::expression::{Context, Expression};
use crate::identity::{GroupsUnknown, Identity};
use crate::params::Params;
use crate::types::{AppId, ProviderId};
pub use matcher::Matcher;
use matcher::{Fit, Unknown};

/// The compiled access rules of an app. Without `allow` nobody comes in.
#[derive(Debug, Default)]
pub struct Rules {
    /// Whose people may come; empty: every provider's.
    pub providers: Vec<ProviderId>,
    pub allow: Vec<Matcher>,
    pub deny: Vec<Matcher>,
    pub when: Option<Expression>,
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
pub struct Grant {
    identity: Identity,
    params: Params,
    roles: Vec<String>,
}

impl Grant {
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
    pub fn params(&self) -> &Params {
        &self.params
    }
    pub fn roles(&self) -> &[String] {
        &self.roles
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
        }
    }
}

/// Whether this person may open the app, and in which roles. What is unknown never opens (C-15).
pub fn decide(
    identity: &Identity,
    rules: &Rules,
    params: &Params,
    app: (&AppId, &str),
    now: OffsetDateTime,
) -> Result<Grant, Denial> {
    if !rules.providers.is_empty() && !rules.providers.contains(&identity.provider) {
        return Err(Denial::NotAllowed);
    }
    let denied: Vec<Fit> = rules.deny.iter().map(|rule| rule.fit(identity)).collect();
    if denied.contains(&Fit::Yes) {
        return Err(Denial::Denied);
    }
    if let Some(unknown) = denied.into_iter().find_map(unknown) {
        return Err(denial(unknown).unwrap_or(match unknown {
            Unknown::Email { .. } => Denial::EmailUnverified,
            _ => Denial::Denied,
        }));
    }
    let allowed: Vec<Fit> = rules.allow.iter().map(|rule| rule.fit(identity)).collect();
    if !allowed.contains(&Fit::Yes) {
        let why = allowed.into_iter().filter_map(unknown).find_map(denial);
        return Err(why.unwrap_or(Denial::NotAllowed));
    }
    if let Some(when) = &rules.when
        && !when.holds(&Context::new(identity, params, app.0, app.1))
    {
        return Err(Denial::WhenNotMet);
    }
    Ok(Grant {
        identity: identity.clone(),
        params: params.clone(),
        roles: rules.roles.of(identity, now),
    })
}

fn unknown(fit: Fit) -> Option<Unknown> {
    match fit {
        Fit::Unknown(unknown) => Some(unknown),
        Fit::Yes | Fit::No => None,
    }
}

/// The denial that tells a person what to do about something unknown.
fn denial(unknown: Unknown) -> Option<Denial> {
    match unknown {
        Unknown::Groups(GroupsUnknown::Overage) => Some(Denial::GroupsOverage),
        Unknown::Groups(_) => Some(Denial::GroupsUnknown),
        Unknown::Email { matches: true } => Some(Denial::EmailUnverified),
        Unknown::Email { matches: false } | Unknown::Claim => None,
    }
}

impl Roles {
    fn of(&self, identity: &Identity, now: OffsetDateTime) -> Vec<String> {
        // A provider's clock may be a minute ahead (C-48); a time beyond that is none.
        let signed_in_within = |age: Duration| {
            let since = identity.auth_time.map(|at| now - at);
            since.is_some_and(|since| since >= -Duration::MINUTE && since <= age)
        };
        let fits = |rule: &&RoleRule| {
            rule.allow.iter().any(|matcher| matcher.fit(identity) == Fit::Yes)
                && rule.max_auth_age.is_none_or(signed_in_within)
        };
        if self.collect {
            let mut roles: Vec<String> = Vec::new();
            for role in self
                .rules
                .iter()
                .filter(fits)
                .filter_map(|rule| rule.role.clone())
            {
                if !roles.contains(&role) {
                    roles.push(role);
                }
            }
            return roles;
        }
        match self.rules.iter().find(fits) {
            Some(rule) => rule.role.iter().cloned().collect(),
            None => self.otherwise.iter().cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
