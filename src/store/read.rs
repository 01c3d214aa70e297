//! What is asked of the store, through the pool that only reads.

use std::sync::LazyLock;

use secrecy::SecretSlice;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteRow;
use tokio::time::timeout;

use super::health::Half;
use super::session_row::{self, COLUMNS};
use super::{BUDGET, Store, Unavailable};
use crate::session::{Session, SessionKey};
use crate::types::{Issuer, Subject};

static SESSION: LazyLock<String> = LazyLock::new(|| format!("SELECT {COLUMNS} FROM sessions WHERE key = $1"));
static SESSIONS_OF: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {COLUMNS} FROM sessions WHERE issuer = $1 AND sub = $2 ORDER BY created_at DESC")
});

impl Store {
    /// The session of this key; the caller asks whether it is still alive.
    pub async fn session(&self, key: &SessionKey) -> Result<Option<Session>, Unavailable> {
        let query = sqlx::query(AssertSqlSafe(SESSION.as_str()))
            .bind(key.0.to_vec())
            .try_map(|row: SqliteRow| session_row::read(&row))
            .fetch_optional(&self.0.readers);
        Ok(self.read(query).await?.flatten())
    }

    /// The sessions of a person, newest first; some may be past their limits.
    pub async fn sessions_of(&self, issuer: &Issuer, subject: &Subject) -> Result<Vec<Session>, Unavailable> {
        let query = sqlx::query(AssertSqlSafe(SESSIONS_OF.as_str()))
            .bind(issuer.as_str().to_owned())
            .bind(subject.as_str().to_owned())
            .try_map(|row: SqliteRow| session_row::read(&row))
            .fetch_all(&self.0.readers);
        Ok(self.read(query).await?.into_iter().flatten().collect())
    }

    /// Whether a state, or another single-use value, was used within the last 30 minutes.
    pub async fn is_redeemed(&self, hash: &[u8; 32]) -> Result<bool, Unavailable> {
        let query = sqlx::query_scalar::<_, i64>("SELECT 1 FROM redeemed WHERE hash = $1")
            .bind(hash.to_vec())
            .fetch_optional(&self.0.readers);
        Ok(self.read(query).await?.is_some())
    }

    pub(super) async fn setting(&self, name: &'static str) -> Result<Option<SecretSlice<u8>>, Unavailable> {
        let query = sqlx::query_scalar::<_, Vec<u8>>("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.0.readers);
        Ok(self.read(query).await?.map(SecretSlice::from))
    }

    async fn read<T>(&self, query: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Unavailable> {
        if !self.is_up() {
            return Err(Unavailable);
        }
        match timeout(BUDGET, query).await {
            Ok(Ok(found)) => {
                self.0.health.succeeded(Half::Reads);
                Ok(found)
            }
            Ok(Err(error)) => {
                tracing::warn!(event = "store.read_failed", %error);
                self.0.health.failed(Half::Reads);
                Err(Unavailable)
            }
            Err(_elapsed) => {
                tracing::warn!(event = "store.read_timed_out");
                self.0.health.failed(Half::Reads);
                Err(Unavailable)
            }
        }
    }
}
