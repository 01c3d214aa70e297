//! Who is signed in, for those who look after it: pages of sessions, newest first, by key.

use std::sync::LazyLock;

use time::OffsetDateTime;

use super::session_row::{self, COLUMNS, micros};
use super::{Store, Unavailable};
use crate::session::{Limits, Session, SessionName};

static LIVING: LazyLock<String> = LazyLock::new(|| living(""));
/// By the index of each: of the two kinds, a page is all that is wanted.
static FOUND: LazyLock<String> = LazyLock::new(|| {
    let half = |matches: &str| {
        format!(
            "SELECT key FROM (SELECT key FROM sessions WHERE {matches} AND parent IS NULL AND created_at > $1 \
             AND last_seen > $2 AND (created_at, key) < ($3, $4) ORDER BY created_at DESC, key DESC LIMIT $5)"
        )
    };
    let (by_email, by_sub) = (half("email >= $6 AND email < $7"), half("sub = $8"));
    living(&format!(
        "AND key IN ({by_email} AS by_email UNION {by_sub} AS by_sub)"
    ))
});

fn living(and: &str) -> String {
    format!(
        "SELECT {COLUMNS} FROM sessions WHERE parent IS NULL AND created_at > $1 AND last_seen > $2 \
         AND (created_at, key) < ($3, $4) {and} ORDER BY created_at DESC, key DESC LIMIT $5"
    )
}

/// A place in the list of sessions: behind this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behind {
    pub created_at: OffsetDateTime,
    pub name: SessionName,
}

impl Store {
    /// The living sessions behind a place, without those of frames; `who`: only of people whose e-mail
    /// address begins so, or whose subject it is.
    pub async fn people(
        &self,
        who: Option<&str>,
        behind: Option<Behind>,
        limits: Limits,
        most: u32,
    ) -> Result<Vec<Session>, Unavailable> {
        let now = self.now();
        let (at, first) = behind.map_or((i64::MAX, None), |behind| {
            (micros(behind.created_at), Some(behind.name.keys()[0]))
        });
        let email = who.map(str::to_lowercase);
        // What no text that begins so comes after.
        let end = email.as_ref().map(|email| format!("{email}\u{10ffff}"));
        let desk = self.desk()?;
        let found = desk.ask(
            |db| {
                let statement = if who.is_some() { &FOUND } else { &LIVING };
                let page = db
                    .query(statement.as_str())
                    .bind(micros(now - limits.lifetime))
                    .bind(micros(now - limits.idle))
                    .bind(at)
                    .bind(first.as_ref().map_or(&[][..], |key| &key.0[..]))
                    .bind(i64::from(most));
                match who {
                    Some(who) => page.bind(email.as_deref()).bind(end.as_deref()).bind(who),
                    None => page,
                }
            },
            session_row::read,
        );
        Ok(found.await?.into_iter().flatten().collect())
    }

    /// The session of this name.
    pub async fn session_named(&self, name: SessionName) -> Result<Option<Session>, Unavailable> {
        let [first, last] = name.keys();
        let found = self.read(
            move |db| {
                let named = db.query(NAMED.as_str());
                named.bind(&first.0[..]).bind(&last.0[..])
            },
            session_row::read,
        );
        Ok(found.await?.pop().flatten())
    }
}

static NAMED: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {COLUMNS} FROM sessions WHERE key >= $1 AND key <= $2 AND parent IS NULL LIMIT 1")
});
