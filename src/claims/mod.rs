//! What to say: a vendor's recipe filled in for one grant.

pub mod clean;
mod describe;
mod recipe;

use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

pub use describe::{Expectation, Moment};
pub(crate) use recipe::ENTRIES;
pub use recipe::{Claim, Recipe, Source, Tree};

/// Claims that a recipe made for a grant, in the vendor's order, with `iat` and `exp`.
#[derive(Debug)]
pub struct ClaimSet {
    claims: Map<String, Value>,
    issued_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

/// Why a recipe could not be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// A required value is missing or empty after cleaning.
    #[error("the claim {claim} needs a value that the provider did not send")]
    Missing { claim: String },
    /// The vendor makes accounts from addresses, and this one is not verified.
    #[error("the e-mail address is not verified")]
    EmailUnverified,
    /// An expression failed or gave the wrong type.
    #[error("the claim {claim} could not be made")]
    Failed { claim: String },
}

impl ClaimError {
    /// The stable reason code for log, audit and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "claims.missing",
            Self::EmailUnverified => "claims.email_unverified",
            Self::Failed { .. } => "claims.failed",
        }
    }
}

impl ClaimSet {
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// `iat`.
    pub fn issued_at(&self) -> OffsetDateTime {
        self.issued_at
    }

    /// `exp`, always `iat` and the app's ttl (C-3).
    pub fn expires_at(&self) -> OffsetDateTime {
        self.expires_at
    }
}

/// `iat` and `exp` of a token issued at `from`, in whole seconds.
fn times(from: OffsetDateTime, ttl: Duration) -> (OffsetDateTime, OffsetDateTime) {
    let issued_at = from.truncate_to_second();
    (issued_at, issued_at + ttl)
}
