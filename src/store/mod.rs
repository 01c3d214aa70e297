//! What outlives a request: sessions, redeemed states, the audit trail, the sealing key.

use std::path::Path;
use std::sync::Arc;

use secrecy::{SecretBox, SecretSlice};
use time::{Duration, OffsetDateTime};

use crate::audit::{Event, Outcome, Receipt, Record};
use crate::clock::Clock;
use crate::config::Person;
use crate::session::{Limits, Session, SessionKey};
use crate::signer::SignedToken;
use crate::types::{AppId, Issuer, Subject};

/// What the store needs to know besides its file.
pub struct Options {
    /// HMAC key of the audit chain, from `[audit] key_file` or [`crate::audit::key_beside`].
    pub audit_key: SecretBox<[u8; 32]>,
    /// How long audit rows are kept.
    pub keep: Duration,
    pub person: Person,
}

/// The store did not answer in time, or is known to be down; answered with 503 (C-42).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the store is not available")]
pub struct Unavailable;

/// Why a sign-in made no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    #[error("this state was redeemed before")]
    AlreadyRedeemed,
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a launch got no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LaunchError {
    #[error("this confirmation was used before")]
    AlreadyRedeemed,
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {}

/// Things that happened and have no row of their own, for the hourly roll-ups (C-44).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Any moment of the hour.
    pub at: OffsetDateTime,
    pub event: Event,
    pub outcome: Outcome,
    pub reason: Option<String>,
    pub app: Option<AppId>,
    pub count: u32,
}

/// Figures of this process, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Transactions committed.
    pub commits: u64,
    /// Audit rows written.
    pub records: u64,
}

/// What a round of [`Store::clean_up`] removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cleaned {
    pub sessions: u64,
    pub redeemed: u64,
    pub records: u64,
}

/// The head of this process's audit chain; printed as `writer seq mac`, the form that
/// `audit verify --heads` reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub writer: String,
    pub seq: i64,
    pub mac: String,
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Store {}

impl Store {
    pub async fn open(_path: &Path, _options: Options, _clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        todo!()
    }

    pub async fn session(&self, _key: &SessionKey) -> Result<Option<Session>, Unavailable> {
        todo!()
    }

    /// The sessions of a person, newest first.
    pub async fn sessions_of(
        &self,
        _issuer: &Issuer,
        _subject: &Subject,
    ) -> Result<Vec<Session>, Unavailable> {
        todo!()
    }

    pub async fn is_redeemed(&self, _hash: &[u8; 32]) -> Result<bool, Unavailable> {
        todo!()
    }

    /// In one transaction: remembers the redeemed state for 30 minutes, ends the session that this
    /// browser had, begins the new one and records it (C-18).
    pub async fn sign_in(
        &self,
        _session: &Session,
        _redeemed: [u8; 32],
        _replaces: Option<SessionKey>,
        _record: Record,
    ) -> Result<(), SignInError> {
        todo!()
    }

    /// Records a launch; the receipt, and in it the token, comes after the durable commit.
    /// `redeem` is the hash of a confirm page's single-use CSRF value.
    pub async fn launch(
        &self,
        _token: SignedToken,
        _record: Record,
        _redeem: Option<[u8; 32]>,
    ) -> Result<Receipt, LaunchError> {
        todo!()
    }

    /// Records what has no other effect, such as a denial.
    pub async fn record(&self, _record: Record) -> Result<(), Unavailable> {
        todo!()
    }

    /// Ends a session and those that hang on it; false, and no record, where there was none.
    pub async fn end_session(&self, _key: &SessionKey, _record: Record) -> Result<bool, Unavailable> {
        todo!()
    }

    /// Ends every session of a person and says how many; no record where there was none.
    pub async fn end_sessions_of(
        &self,
        _issuer: &Issuer,
        _subject: &Subject,
        _record: Record,
    ) -> Result<u64, Unavailable> {
        todo!()
    }

    /// Notes when a session was last used. Rides along with the next batch; dropped when the queue is full.
    pub fn touch(&self, _key: SessionKey, _at: OffsetDateTime) {
        todo!()
    }

    /// The value kept under `name`; what `make` gives is put there first if there is none (C-27).
    pub async fn setting_or_insert(
        &self,
        _name: &'static str,
        _make: impl FnOnce() -> SecretSlice<u8> + Send,
    ) -> Result<SecretSlice<u8>, Unavailable> {
        todo!()
    }

    /// Adds counted events to the hourly roll-ups (C-44).
    pub async fn add_to_rollup(&self, _tallies: Vec<Tally>) -> Result<(), Unavailable> {
        todo!()
    }

    /// Removes sessions past their limits, redeemed states past their time and audit rows past `keep`,
    /// in small batches.
    pub async fn clean_up(&self, _limits: Limits) -> Result<Cleaned, Unavailable> {
        todo!()
    }

    /// Whether the breaker is closed (C-42).
    pub fn is_up(&self) -> bool {
        todo!()
    }

    pub fn counts(&self) -> Counts {
        todo!()
    }

    /// Logs the head of this process's chain as event `audit.head`; called each minute (C-41).
    pub fn log_head(&self) {
        todo!()
    }

    /// Writes what is queued, then closes the file.
    pub async fn close(&self) {
        todo!()
    }
}
