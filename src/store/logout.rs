//! Sessions that end because the provider says so.

use std::sync::LazyLock;

use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use time::{Duration, OffsetDateTime};

use super::change::{Query, STEP};
use super::session_row::{self, COLUMNS, micros};
use crate::audit::{ChainKey, Naming, Occasion, Record, Row};
use crate::identity::logout_token::{Logout, Whose};
use crate::session::Session;
use crate::types::Issuer;

/// How long a logout is remembered: longer than its token could act again, and than a sign-in that was
/// under way may still end (C-25).
pub(super) const LIFETIME: Duration = Duration::minutes(35);

/// A session that came without a `sid` can only be told by its person.
static END: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH ended AS (\
           SELECT key FROM sessions WHERE issuer = $1 AND sid = $2 \
           UNION SELECT key FROM sessions WHERE issuer = $1 AND sub = $3 AND (sid IS NULL OR $2 IS NULL)) \
         DELETE FROM sessions WHERE key IN (\
           SELECT key FROM ended \
           UNION SELECT s.key FROM sessions s JOIN ended ON s.parent = ended.key) \
         RETURNING {COLUMNS}"
    )
});

/// The end of sessions, each with a record of its own.
pub(super) struct Ending {
    pub(super) issuer: Issuer,
    pub(super) whose: Whose,
    pub(super) reason: &'static str,
    pub(super) occasion: Occasion,
    pub(super) naming: Naming,
}

impl Ending {
    /// Ends the sessions and adds their records to `rows`; says how many there were.
    pub(super) async fn apply(
        &self,
        db: &mut SqliteConnection,
        key: &ChainKey,
        rows: &mut Vec<Row>,
    ) -> Result<u64, sqlx::Error> {
        let (sid, sub) = columns(&self.whose);
        let ended: Vec<SqliteRow> = sqlx::query(AssertSqlSafe(END.as_str()))
            .bind(self.issuer.as_str().to_owned())
            .bind(sid)
            .bind(sub)
            .fetch_all(db)
            .await?;
        for row in &ended {
            // A row that this version does not understand is gone all the same.
            if let Some(Session { identity, .. }) = session_row::read(row)? {
                let record = Record::sign_out(&identity, &self.occasion).because(self.reason);
                rows.push(Row::of(record.by("provider"), self.naming, key));
            }
        }
        Ok(ended.len() as u64)
    }
}

/// Remembers a logout; false where it was remembered before.
pub(super) async fn remember(
    logout: &Logout,
    until: OffsetDateTime,
    db: &mut SqliteConnection,
) -> Result<bool, sqlx::Error> {
    let (sid, sub) = columns(&logout.whose);
    let done = sqlx::query(
        "INSERT INTO logouts (once, issuer, sid, sub, issued_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(logout.once.to_vec())
    .bind(logout.issuer.as_str().to_owned())
    .bind(sid)
    .bind(sub)
    .bind(micros(logout.issued_at))
    .bind(micros(until))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether the provider ended this session no earlier than it issued the ID token.
pub(super) async fn has_ended(
    session: &Session,
    issued_at: OffsetDateTime,
    db: &mut SqliteConnection,
) -> Result<bool, sqlx::Error> {
    let mark = sqlx::query_scalar::<_, i64>(
        "SELECT 1 FROM logouts WHERE issuer = $1 AND issued_at >= $2 \
         AND (sid = $3 OR (sub = $4 AND (sid IS NULL OR $3 IS NULL))) LIMIT 1",
    )
    .bind(session.identity.issuer.as_str().to_owned())
    .bind(micros(issued_at))
    .bind(session.sid.clone())
    .bind(session.identity.subject.as_str().to_owned());
    Ok(mark.fetch_optional(db).await?.is_some())
}

/// Forgets logouts past their time.
pub(super) fn clean(now: OffsetDateTime) -> Query {
    sqlx::query("DELETE FROM logouts WHERE once IN (SELECT once FROM logouts WHERE expires_at < $1 LIMIT $2)")
        .bind(micros(now))
        .bind(STEP)
}

fn columns(whose: &Whose) -> (Option<String>, Option<String>) {
    match whose {
        Whose::Sid { sid, subject } => {
            let subject = subject.as_ref().map(|subject| subject.as_str().to_owned());
            (Some(sid.clone()), subject)
        }
        Whose::Subject(subject) => (None, Some(subject.as_str().to_owned())),
    }
}
