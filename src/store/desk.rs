//! Where admins read: by connections of their own, so that no question of theirs stands before a launch,
//! nor says anything of the store to the breaker.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::db::{Connection, Row, Statement};
use super::error::Failure;
use super::open::Place;
use super::rollup::{self, Figure};
use super::session_row::{self, COLUMNS, micros};
use super::{Store, Unavailable};
use crate::session::{Limits, Session};

/// How many may read at once.
const SEATS: usize = 2;
/// How long one page may take with all its questions, the wait for a seat included.
const WITHIN: Duration = Duration::from_secs(5);
/// Up to here sessions are counted.
pub const MANY: u64 = 10_000;

static NEWEST: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {COLUMNS} FROM sessions WHERE parent IS NULL ORDER BY created_at DESC LIMIT $1")
});

pub(super) struct Desk {
    place: Arc<Place>,
    seats: Arc<Semaphore>,
}

/// A connection that reads, until it is dropped or its time is over.
pub struct Seat {
    pub(super) connection: Connection,
    pub(super) until: Instant,
    _turn: OwnedSemaphorePermit,
}

impl Desk {
    pub(super) fn new(place: Arc<Place>) -> Self {
        Self {
            place,
            seats: Arc::new(Semaphore::new(SEATS)),
        }
    }

    pub(super) fn close(&self) {
        self.seats.close();
    }

    async fn sit(&self) -> Result<Seat, Unavailable> {
        let until = Instant::now() + WITHIN;
        let turn = timeout_at(until, Arc::clone(&self.seats).acquire_owned()).await;
        let turn = turn.ok().and_then(Result::ok).ok_or(Unavailable)?;
        let connection = timeout_at(until, self.place.desk()).await;
        let connection = connection.map_err(|_| Failure::Late).and_then(|made| Ok(made?));
        let connection = connection.map_err(refused)?;
        Ok(Seat {
            connection,
            until,
            _turn: turn,
        })
    }
}

impl Store {
    /// A seat for the questions of one page.
    pub async fn sit(&self) -> Result<Seat, Unavailable> {
        if self.is_up() {
            self.0.desk.sit().await
        } else {
            Err(Unavailable)
        }
    }
}

impl Seat {
    /// What was counted from an hour on.
    pub async fn figures(&mut self, since: OffsetDateTime) -> Result<Vec<Figure>, Unavailable> {
        let figures = rollup::since(&mut self.connection, since);
        let figures = ask(self.until, figures, rollup::read).await?;
        Ok(figures.into_iter().flatten().collect())
    }

    /// How many sessions live, those of frames apart; more than [`MANY`] are not counted.
    pub async fn living(&mut self, limits: Limits, now: OffsetDateTime) -> Result<u64, Unavailable> {
        let living = self.connection.query(
            "SELECT COUNT(*) AS living FROM (SELECT key FROM sessions \
             WHERE created_at > $1 AND last_seen > $2 AND parent IS NULL LIMIT $3) AS found",
        );
        let living = living.bind(micros(now - limits.lifetime));
        let living = living.bind(micros(now - limits.idle));
        let living = living.bind(MANY.cast_signed() + 1);
        let found = ask(self.until, living, |row| row.get::<i64>("living")).await?;
        Ok(found.first().map_or(0, |living| living.unsigned_abs()))
    }

    /// The sessions that began last, those of frames apart; some may be past their limits.
    pub async fn newest(&mut self, most: u32) -> Result<Vec<Session>, Unavailable> {
        let newest = self.connection.query(NEWEST.as_str()).bind(i64::from(most));
        let found = ask(self.until, newest, session_row::read).await?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// The values of a statement's rows.
pub(super) async fn ask<T>(
    until: Instant,
    statement: Statement<'_>,
    value: impl Fn(&Row) -> Result<T, sqlx::Error>,
) -> Result<Vec<T>, Unavailable> {
    let rows = timeout_at(until, statement.fetch_all()).await;
    let rows = rows.map_err(|_| Failure::Late).and_then(|rows| Ok(rows?));
    let values = rows.and_then(|rows| Ok(rows.iter().map(value).collect::<Result<_, _>>()?));
    values.map_err(refused)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn refused(failure: Failure) -> Unavailable {
    failure.log("store.desk_failed");
    Unavailable
}
