//! Where admins read: by connections of their own, so that no question of theirs stands before a launch,
//! nor says anything of the store to the breaker.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::{Instant, timeout_at};

use super::db::{Error, Row, Statement, query};
use super::error::Failure;
use super::readers::Readers;
use super::rollup::{self, Figure};
use super::session_row::{self, COLUMNS, micros};
use super::{Store, Unavailable};
use crate::session::{Limits, Session};

/// How long one page may take with all its questions, the wait for a turn included.
const WITHIN: Duration = Duration::from_secs(5);
/// Up to here sessions are counted.
pub const MANY: u64 = 10_000;

static NEWEST: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {COLUMNS} FROM sessions WHERE parent IS NULL ORDER BY created_at DESC LIMIT $1")
});

/// For the questions of one page, until its time is over.
pub struct Desk {
    readers: Arc<Readers>,
    until: Instant,
}

impl Store {
    pub fn desk(&self) -> Result<Desk, Unavailable> {
        if self.is_up() {
            Ok(Desk {
                readers: Arc::clone(&self.0.desk),
                until: Instant::now() + WITHIN,
            })
        } else {
            Err(Unavailable)
        }
    }
}

impl Desk {
    /// What was counted from an hour on.
    pub async fn figures(&self, since: OffsetDateTime) -> Result<Vec<Figure>, Unavailable> {
        let figures = self.ask(rollup::since(since), rollup::read).await?;
        Ok(figures.into_iter().flatten().collect())
    }

    /// How many sessions live, those of frames apart; more than [`MANY`] are not counted.
    pub async fn living(&self, limits: Limits, now: OffsetDateTime) -> Result<u64, Unavailable> {
        let living = query(
            "SELECT COUNT(*) AS living FROM (SELECT key FROM sessions \
             WHERE created_at > $1 AND last_seen > $2 AND parent IS NULL LIMIT $3) AS found",
        );
        let living = living.bind(micros(now - limits.lifetime));
        let living = living.bind(micros(now - limits.idle));
        let living = living.bind(MANY.cast_signed() + 1);
        let found = self.ask(living, |row| row.get::<i64>("living")).await?;
        Ok(found.first().map_or(0, |living| living.unsigned_abs()))
    }

    /// The sessions that began last, those of frames apart; some may be past their limits.
    pub async fn newest(&self, most: u32) -> Result<Vec<Session>, Unavailable> {
        let newest = query(NEWEST.as_str()).bind(i64::from(most));
        let found = self.ask(newest, session_row::read).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The values of a statement's rows.
    pub(super) async fn ask<T>(
        &self,
        statement: Statement,
        value: impl Fn(&Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, Unavailable> {
        let rows = timeout_at(self.until, self.readers.ask(statement)).await;
        let rows = rows.ok().flatten().unwrap_or(Err(Failure::Late));
        let values = rows.and_then(|rows| Ok(rows.iter().map(value).collect::<Result<_, _>>()?));
        values.map_err(|failure| {
            failure.log("store.desk_failed");
            Unavailable
        })
    }
}
