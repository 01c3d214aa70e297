//! What to say: a vendor's recipe filled in for one grant.

/// Claims that a recipe made for a grant, in the vendor's order, with `iat` and `exp`.
#[derive(Debug)]
pub struct ClaimSet(serde_json::Map<String, serde_json::Value>);

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
    pub fn as_map(&self) -> &serde_json::Map<String, serde_json::Value> {
        &self.0
    }
}

/// A vendor's claims, compiled at load.
#[derive(Debug)]
pub struct Recipe(());
