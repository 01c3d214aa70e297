//! How the store says no.

use std::io;
use std::path::PathBuf;

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

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{} cannot be opened or made", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{} cannot be used as a store", path.display())]
    Connect { path: PathBuf, source: sqlx::Error },
    #[error("{} cannot be brought up to date", path.display())]
    Migrate {
        path: PathBuf,
        source: sqlx::migrate::MigrateError,
    },
    /// C-40: a commit must be on the disk before a token leaves.
    #[error(
        "{} does not keep what is committed (journal_mode is {journal}, synchronous is {synchronous}): \
         put it on a local disk",
        path.display()
    )]
    NotDurable {
        path: PathBuf,
        journal: String,
        synchronous: i64,
    },
}
