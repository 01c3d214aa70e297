//! May they? `allow`, `deny`, `when` and role rules, decided over one identity.

use crate::identity::Identity;
use crate::params::Params;

/// The compiled access rules of an app.
#[derive(Debug, Default)]
pub struct Rules(());

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

/// Whether this person may open the app with these params, and in which roles.
pub fn decide(
    identity: &Identity,
    app: &crate::config::App,
    params: &Params,
    now: time::OffsetDateTime,
) -> Result<Grant, Denial> {
    let _ = (identity, app, params, now);
    todo!()
}
