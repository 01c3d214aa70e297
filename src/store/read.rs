//! What is asked of the store, through the pool that only reads.

use std::sync::{Arc, LazyLock};

use secrecy::SecretSlice;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::db::{Error, Row, Statement, query};
use super::error::Failure;
use super::health::Half;
use super::session_row::{self, COLUMNS};
use super::{Store, Unavailable};
use crate::identity::Identity;
use crate::session::{Session, SessionKey};
use crate::types::{AppId, Issuer, Subject};

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
        let of_key = query(SESSION.as_str()).bind(&key.0[..]);
        Ok(self.read(of_key, session_row::read).await?.pop().flatten())
    }

    /// The sessions of a person, newest first, without those of frames; some may be past their limits.
    pub async fn sessions_of(&self, issuer: &Issuer, subject: &Subject) -> Result<Vec<Session>, Unavailable> {
        let of_person = query(SESSIONS_OF.as_str());
        let of_person = of_person.bind(issuer.as_str()).bind(subject.as_str());
        let found = self.read(of_person, session_row::read).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// What a person has opened last, and when; newest first. Those of somebody else with the same address
    /// are not theirs.
    pub async fn last_launches(
        &self,
        person: &Identity,
        most: u32,
    ) -> Result<Vec<(AppId, OffsetDateTime)>, Unavailable> {
        let subject = self.0.naming.of(person.subject.as_str(), &self.0.key);
        let launches = query(
            "SELECT app, time FROM audit WHERE sub = $1 AND issuer = $2 AND event = 'launch' \
             AND outcome = 'ok' ORDER BY time DESC LIMIT $3",
        );
        let launches = launches.bind(subject).bind(person.issuer.as_str());
        let found = self.read(launches.bind(i64::from(most)), |row| {
            Ok((row.get::<Option<String>>("app")?, row.get::<String>("time")?))
        });
        let launch = |(app, time): (Option<String>, String)| {
            let at = OffsetDateTime::parse(&time, &Rfc3339).ok()?;
            Some((AppId::parse(&app?).ok()?, at))
        };
        Ok(found.await?.into_iter().filter_map(launch).collect())
    }

    /// Whether a session of the provider's has one of ours.
    pub async fn has_session_of_sid(&self, issuer: &Issuer, sid: &str) -> Result<bool, Unavailable> {
        let of_sid = query("SELECT key FROM sessions WHERE issuer = $1 AND sid = $2 LIMIT 1");
        let of_sid = of_sid.bind(issuer.as_str()).bind(sid);
        Ok(!self.read(of_sid, |_| Ok(())).await?.is_empty())
    }

    /// Whether a state, or another single-use value, was used within the last 30 minutes.
    pub async fn is_redeemed(&self, hash: &[u8; 32]) -> Result<bool, Unavailable> {
        let redeemed = query("SELECT hash FROM redeemed WHERE hash = $1").bind(&hash[..]);
        Ok(!self.read(redeemed, |_| Ok(())).await?.is_empty())
    }

    /// The session of a room of Vonage Video; none where nobody has opened it yet.
    pub async fn room(&self, application_id: Uuid, room: &str) -> Result<Option<String>, Unavailable> {
        let of_room = query("SELECT session_id FROM rooms WHERE application_id = $1 AND room = $2");
        let of_room = of_room.bind(application_id.to_string()).bind(room);
        Ok(self.read(of_room, |row| row.get("session_id")).await?.pop())
    }

    pub(super) async fn setting(&self, name: &'static str) -> Result<Option<SecretSlice<u8>>, Unavailable> {
        let of_name = query("SELECT value FROM settings WHERE name = $1").bind(name);
        let found = self.read(of_name, |row| row.get::<Vec<u8>>("value")).await?.pop();
        Ok(found.map(SecretSlice::from))
    }

    /// Waits for a turn, then gives the statement its budget.
    pub(super) async fn read<T>(
        &self,
        statement: Statement,
        value: impl Fn(&Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, Unavailable> {
        if !self.is_up() {
            return Err(Unavailable);
        }
        let rows = tokio::select! {
            biased;
            rows = self.rows(statement) => rows,
            () = self.0.health.down() => return Err(Unavailable),
        };
        // A line that is too long says nothing of the store.
        let Some(rows) = rows else {
            tracing::warn!(event = "store.crowded");
            return Err(Unavailable);
        };
        let values = rows.and_then(|rows| Ok(rows.iter().map(value).collect::<Result<_, _>>()?));
        match values {
            Ok(values) => {
                self.0.health.succeeded(Half::Reads);
                Ok(values)
            }
            Err(failure) => {
                failure.log("store.read_failed");
                if failure.is_the_stores() {
                    self.0.health.failed(Half::Reads);
                }
                Err(Unavailable)
            }
        }
    }

    /// A server is asked where the store's writer runs: here each step, and each turn handed on, would wait
    /// for a crowd. Who goes before the answer comes takes the question along.
    async fn rows(&self, statement: Statement) -> Option<Result<Vec<Row>, Failure>> {
        if self.0.readers.answer_at_once() {
            return self.0.readers.ask(statement).await;
        }
        let readers = Arc::clone(&self.0.readers);
        let mut asked = JoinSet::new();
        asked.spawn_on(async move { readers.ask(statement).await }, &self.0.runtime);
        asked.join_next().await?.ok()?
    }
}
