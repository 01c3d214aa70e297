//! How the store says no.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use super::db::{Error, is_refused};

/// The store did not answer in time, or is known to be down; answered with 503 (C-42).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the store is not available")]
pub struct Unavailable;

/// Why a sign-in made no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    #[error("this state was redeemed before")]
    AlreadyRedeemed,
    #[error("the provider has ended the session that was to begin")]
    LoggedOut,
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a launch got no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LaunchError {
    #[error("this confirmation was used before")]
    AlreadyRedeemed,
    #[error("the address is bound to somebody else, or another one to this person")]
    EmailRebound,
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why the store could not be opened. Places are named without user and password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{} cannot be opened or made", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{place} cannot be used as a store")]
    Connect { place: String, source: Error },
    #[error("{place} takes connections, and does not answer")]
    Silent { place: String },
    #[error("{place} cannot be brought up to date")]
    Migrate {
        place: String,
        source: sqlx::migrate::MigrateError,
    },
    /// C-40: a commit must be on the disk before a token leaves.
    #[error("{place} does not keep what is committed ({found})")]
    NotDurable { place: String, found: String },
}

/// Why a statement or a batch came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Sql(#[from] Error),
    #[error("it took longer than it may")]
    Slow,
    #[error("it took longer than 5 s")]
    Late,
}

impl Failure {
    /// Whether it speaks of the store: one that refuses what it is given is up.
    pub(super) fn is_the_stores(&self) -> bool {
        !matches!(self, Self::Sql(error) if is_refused(error))
    }

    pub(super) fn log(&self, event: &'static str) {
        let cause = self.source().map(tracing::field::display);
        tracing::warn!(event, error = %self, cause);
    }
}
