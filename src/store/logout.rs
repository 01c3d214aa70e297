//! Sessions that end because the provider says so.

use std::sync::LazyLock;

use time::{Duration, OffsetDateTime};

use super::clean_up::{self, STEP};
use super::db::{Connection, Error};
use super::session_row::{self, COLUMNS, micros};
use crate::audit::{Actor, ChainKey, Naming, Occasion, Record, Row};
use crate::identity::logout_token::{Logout, Whose};
use crate::session::Session;
use crate::types::{Issuer, Subject};

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
        db: &mut Connection,
        key: &ChainKey,
        rows: &mut Vec<Row>,
    ) -> Result<u64, Error> {
        let (sid, sub) = columns(&self.whose);
        let end = db.query(END.as_str()).bind(self.issuer.as_str());
        let ended = end.bind(sid).bind(sub).fetch_all().await?;
        for row in &ended {
            // A row that this version does not understand is gone all the same.
            if let Some(Session { identity, .. }) = session_row::read(row)? {
                let record = Record::sign_out(&identity, &self.occasion).because(self.reason);
                rows.push(Row::of(record.by(Actor::Provider), self.naming, key));
            }
        }
        Ok(ended.len() as u64)
    }
}

/// Remembers a logout; false where it was remembered before.
pub(super) async fn remember(
    logout: &Logout,
    until: OffsetDateTime,
    db: &mut Connection,
) -> Result<bool, Error> {
    let (sid, sub) = columns(&logout.whose);
    let insert = db.query(
        "INSERT INTO logouts (once, issuer, sid, sub, issued_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    );
    let insert = insert.bind(&logout.once[..]).bind(logout.issuer.as_str());
    let insert = insert.bind(sid).bind(sub);
    let insert = insert.bind(micros(logout.issued_at)).bind(micros(until));
    Ok(insert.execute().await? == 1)
}

/// Whether the provider ended this session no earlier than it issued the ID token.
pub(super) async fn has_ended(
    session: &Session,
    issued_at: OffsetDateTime,
    db: &mut Connection,
) -> Result<bool, Error> {
    let mark = db.query(
        "SELECT once FROM logouts WHERE issuer = $1 AND issued_at >= $2 \
         AND (sid = $3 OR (sub = $4 AND (sid IS NULL OR $3 IS NULL))) LIMIT 1",
    );
    let mark = mark
        .bind(session.identity.issuer.as_str())
        .bind(micros(issued_at));
    let mark = mark
        .bind(session.sid.as_deref())
        .bind(session.identity.subject.as_str());
    Ok(mark.fetch_optional().await?.is_some())
}

/// Forgets logouts past their time.
pub(super) async fn clean(now: OffsetDateTime, db: &mut Connection) -> Result<u64, Error> {
    let clean = db.query(clean_up::LOGOUTS);
    clean.bind(micros(now)).bind(STEP).execute().await
}

/// The columns `sid` and `sub`.
fn columns(whose: &Whose) -> (Option<&str>, Option<&str>) {
    match whose {
        Whose::Sid { sid, subject } => (Some(sid), subject.as_ref().map(Subject::as_str)),
        Whose::Subject(subject) => (None, Some(subject.as_str())),
    }
}
