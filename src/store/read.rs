//! What is asked of the store, through the pool that only reads.

use std::sync::LazyLock;

use secrecy::SecretSlice;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqliteConnection};
use tokio::time::timeout;
use uuid::Uuid;

use super::health::Half;
use super::session_row::{self, COLUMNS};
use super::{BUDGET, Store, Unavailable};
use crate::session::{Session, SessionKey};
use crate::types::{Issuer, Subject};

/// A session that hangs on another ends with it, whatever took that one away.
static SESSION: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {COLUMNS} FROM sessions AS own WHERE key = $1 AND (parent IS NULL \
         OR EXISTS (SELECT 1 FROM sessions WHERE sessions.key = own.parent))"
    )
});
static SESSIONS_OF: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {COLUMNS} FROM sessions WHERE issuer = $1 AND sub = $2 AND parent IS NULL ORDER BY created_at DESC"
    )
});

impl Store {
    /// The session of this key; the caller asks whether it is still alive.
    pub async fn session(&self, key: &SessionKey) -> Result<Option<Session>, Unavailable> {
        let query = sqlx::query(AssertSqlSafe(SESSION.as_str()))
            .bind(key.0.to_vec())
            .try_map(|row: SqliteRow| session_row::read(&row));
        Ok(self
            .read(async |db| query.fetch_optional(db).await)
            .await?
            .flatten())
    }

    /// The sessions of a person, newest first, without those of frames; some may be past their limits.
    pub async fn sessions_of(&self, issuer: &Issuer, subject: &Subject) -> Result<Vec<Session>, Unavailable> {
        let query = sqlx::query(AssertSqlSafe(SESSIONS_OF.as_str()))
            .bind(issuer.as_str().to_owned())
            .bind(subject.as_str().to_owned())
            .try_map(|row: SqliteRow| session_row::read(&row));
        Ok(self
            .read(async |db| query.fetch_all(db).await)
            .await?
            .into_iter()
            .flatten()
            .collect())
    }

    /// Whether a session of the provider's has one of ours.
    pub async fn has_session_of_sid(&self, issuer: &Issuer, sid: &str) -> Result<bool, Unavailable> {
        let query =
            sqlx::query_scalar::<_, i64>("SELECT 1 FROM sessions WHERE issuer = $1 AND sid = $2 LIMIT 1")
                .bind(issuer.as_str().to_owned())
                .bind(sid.to_owned());
        Ok(self
            .read(async |db| query.fetch_optional(db).await)
            .await?
            .is_some())
    }

    /// Whether a state, or another single-use value, was used within the last 30 minutes.
    pub async fn is_redeemed(&self, hash: &[u8; 32]) -> Result<bool, Unavailable> {
        let query =
            sqlx::query_scalar::<_, i64>("SELECT 1 FROM redeemed WHERE hash = $1").bind(hash.to_vec());
        Ok(self
            .read(async |db| query.fetch_optional(db).await)
            .await?
            .is_some())
    }

    /// The session of a room of Vonage Video; none where nobody has opened it yet.
    pub async fn room(&self, application_id: Uuid, room: &str) -> Result<Option<String>, Unavailable> {
        let query =
            sqlx::query_scalar("SELECT session_id FROM rooms WHERE application_id = $1 AND room = $2")
                .bind(application_id.to_string())
                .bind(room.to_owned());
        self.read(async |db| query.fetch_optional(db).await).await
    }

    pub(super) async fn setting(&self, name: &'static str) -> Result<Option<SecretSlice<u8>>, Unavailable> {
        let query = sqlx::query_scalar::<_, Vec<u8>>("SELECT value FROM settings WHERE name = $1").bind(name);
        Ok(self
            .read(async |db| query.fetch_optional(db).await)
            .await?
            .map(SecretSlice::from))
    }

    /// Waits for a reader, then gives the statement its budget.
    async fn read<T>(
        &self,
        statement: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, Unavailable> {
        if !self.is_up() {
            return Err(Unavailable);
        }
        let mut reader = tokio::select! {
            biased;
            reader = self.0.readers.acquire() => reader.map_err(|error| self.read_failed(&error))?,
            () = self.0.health.down() => return Err(Unavailable),
        };
        match timeout(BUDGET, statement(&mut reader)).await {
            Ok(Ok(found)) => {
                self.0.health.succeeded(Half::Reads);
                Ok(found)
            }
            Ok(Err(error)) => Err(self.read_failed(&error)),
            Err(_elapsed) => {
                tracing::warn!(event = "store.read_timed_out");
                self.0.health.failed(Half::Reads);
                Err(Unavailable)
            }
        }
    }

    fn read_failed(&self, error: &sqlx::Error) -> Unavailable {
        tracing::warn!(event = "store.read_failed", %error);
        // A line that is too long says nothing of the store.
        if !matches!(error, sqlx::Error::PoolTimedOut) {
            self.0.health.failed(Half::Reads);
        }
        Unavailable
    }
}
