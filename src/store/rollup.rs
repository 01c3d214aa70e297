//! Hourly counts for charts, written in the transaction of what they count (C-44).

use std::collections::BTreeMap;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::db::{self, Connection, Error, Statement, query};
use crate::audit::{Event, Outcome, Row, instant};
use crate::types::{AppId, ProviderId};

/// The most rows that a chart is made of: a week of fifty apps, each refusing for ten reasons.
const MOST: i64 = 100_000;

/// Things that happened and have no row of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Any moment of the hour.
    pub at: OffsetDateTime,
    pub event: Event,
    pub outcome: Outcome,
    pub reason: Option<String>,
    pub app: Option<AppId>,
    /// Of a sign-in.
    pub provider: Option<ProviderId>,
    pub count: u32,
}

/// What the roll-ups say of one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Its start.
    pub hour: OffsetDateTime,
    pub event: String,
    pub outcome: String,
    /// Empty where there was none, as are `app` and `provider`.
    pub reason: String,
    pub app: String,
    pub provider: String,
    pub count: u64,
}

/// `hour`, `event`, `outcome`, `reason`, `app`, `provider`; what is absent is empty.
type Kind<'a> = [&'a str; 6];

/// `2026-11-21T06` out of a time in RFC 3339.
fn hour(instant: &str) -> &str {
    instant.get(..13).unwrap_or(instant)
}

/// The hour that a time lies in, as the tables of counts name it.
pub(super) fn hour_of(at: OffsetDateTime) -> String {
    hour(&instant(at)).to_owned()
}

/// The start of an hour that [`hour_of`] named.
pub(super) fn start_of(hour: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(&format!("{hour}:00:00Z"), &Rfc3339).ok()
}

impl Tally {
    fn kind<'a>(&'a self, hour: &'a str) -> Kind<'a> {
        [
            hour,
            self.event.as_str(),
            self.outcome.as_str(),
            self.reason.as_deref().unwrap_or_default(),
            self.app.as_ref().map_or("", AppId::as_str),
            self.provider.as_ref().map_or("", ProviderId::as_str),
        ]
    }
}

/// Adds what was counted elsewhere.
pub(super) async fn add_tallies(db: &mut Connection, tallies: &[Tally]) -> Result<(), Error> {
    let hours: Vec<String> = tallies.iter().map(|tally| hour_of(tally.at)).collect();
    let counts = tallies.iter().zip(&hours);
    let counts = counts.map(|(tally, hour)| (tally.kind(hour), i64::from(tally.count)));
    add(db, counts).await
}

/// Adds the records of a batch.
pub(super) async fn add_rows(db: &mut Connection, rows: &[Row]) -> Result<(), Error> {
    let names = ["time", "event", "outcome", "reason", "app", "provider"];
    let kind = |row| {
        let mut kind = names.map(|name| Row::get(row, name).unwrap_or_default());
        kind[0] = hour(kind[0]);
        if kind[1] != Event::SignIn.as_str() {
            // Launches are many, and their charts go by app.
            kind[5] = "";
        }
        (kind, 1)
    };
    add(db, rows.iter().map(kind)).await
}

/// One statement a kind, however many things are of it.
async fn add(db: &mut Connection, counts: impl Iterator<Item = (Kind<'_>, i64)>) -> Result<(), Error> {
    let mut sums: BTreeMap<Kind<'_>, i64> = BTreeMap::new();
    for (kind, count) in counts {
        *sums.entry(kind).or_default() += count;
    }
    for (kind, sum) in sums {
        let add = db.query(
            "INSERT INTO rollups (hour, event, outcome, reason, app, provider, count) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (hour, event, outcome, reason, app, provider) \
             DO UPDATE SET count = rollups.count + excluded.count",
        );
        add.bind_all(kind).bind(sum).execute().await?;
    }
    Ok(())
}

/// What was counted from an hour on.
pub(super) fn since(at: OffsetDateTime) -> Statement {
    let figures = query(
        "SELECT hour, event, outcome, reason, app, provider, count FROM rollups WHERE hour >= $1 LIMIT $2",
    );
    figures.bind(hour_of(at)).bind(MOST)
}

pub(super) fn read(row: &db::Row) -> Result<Option<Figure>, Error> {
    let hour: String = row.get("hour")?;
    let count: i64 = row.get("count")?;
    let figure = |hour| {
        Ok(Figure {
            hour,
            event: row.get("event")?,
            outcome: row.get("outcome")?,
            reason: row.get("reason")?,
            app: row.get("app")?,
            provider: row.get("provider")?,
            count: count.unsigned_abs(),
        })
    };
    start_of(&hour).map(figure).transpose()
}
