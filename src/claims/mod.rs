//! What to say: a vendor's recipe filled in for one grant.

pub mod clean;
mod describe;
mod provenance;
mod recipe;
mod tree;

use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use crate::types::AppId;
pub use describe::{Expectation, Moment};
pub use provenance::Provenance;
pub(crate) use recipe::ENTRIES;
pub use recipe::{Claim, Recipe, Source, Unit};
pub use tree::{Care, Entry, Tree};

/// What goes into a token besides the grant.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    pub app: &'a AppId,
    pub title: &'a str,
    /// `iat`; cut to whole seconds.
    pub issued_at: OffsetDateTime,
    pub ttl: Duration,
    /// Of the room that was resolved for this launch (C-6).
    pub session_id: Option<&'a str>,
}

/// Claims that a recipe made for a grant, in the vendor's order.
#[derive(Debug, Clone)]
pub struct ClaimSet {
    claims: Map<String, Value>,
    issued_at: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
}

/// Why a recipe could not be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// A required value is missing or empty after cleaning.
    #[error("the claim {claim} needs a value that the provider did not send")]
    Missing { claim: String },
    /// The vendor tells accounts apart by addresses, and this one is not verified.
    #[error("the e-mail address is not verified")]
    EmailUnverified,
    /// An expression failed or gave the wrong type.
    #[error("the claim {claim} could not be made")]
    Failed { claim: String },
    /// A value has more characters than the vendor takes.
    #[error("the claim {claim} is longer than the vendor takes")]
    TooLong { claim: String },
}

impl ClaimError {
    /// The stable reason code for log, audit and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "claims.missing",
            Self::EmailUnverified => "claims.email_unverified",
            Self::Failed { .. } => "claims.failed",
            Self::TooLong { .. } => "claims.too_long",
        }
    }
}

impl ClaimSet {
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// When the token was issued, whether or not it says so.
    pub fn issued_at(&self) -> OffsetDateTime {
        self.issued_at
    }

    /// `exp`, always the time of issue and the app's ttl; none where the token has no end (C-3).
    pub fn expires_at(&self) -> Option<OffsetDateTime> {
        self.expires_at
    }
}
