//! Hourly counts for charts, written in the transaction of what they count (C-44).

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::db::Connection;
use crate::audit::{Event, Outcome, Row, instant};
use crate::types::AppId;

/// Things that happened and have no row of their own.
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

/// `hour`, `event`, `outcome`, `reason`, `app`; what is absent is empty.
type Kind = [String; 5];

/// `2026-11-21T06` out of a time in RFC 3339.
fn hour(instant: &str) -> String {
    instant.chars().take(13).collect()
}

impl Tally {
    fn kind(&self) -> Kind {
        [
            hour(&instant(self.at)),
            self.event.as_str().to_owned(),
            self.outcome.as_str().to_owned(),
            self.reason.clone().unwrap_or_default(),
            self.app.as_ref().map_or_else(String::new, ToString::to_string),
        ]
    }
}

/// Adds what was counted elsewhere.
pub(super) async fn add_tallies(db: &mut Connection, tallies: &[Tally]) -> Result<(), sqlx::Error> {
    add(
        db,
        tallies.iter().map(|tally| (tally.kind(), i64::from(tally.count))),
    )
    .await
}

/// Adds the records of a batch.
pub(super) async fn add_rows(db: &mut Connection, rows: &[Row]) -> Result<(), sqlx::Error> {
    let kind = |row: &Row| {
        let mut kind = ["time", "event", "outcome", "reason", "app"]
            .map(|name| row.get(name).unwrap_or_default().to_owned());
        kind[0] = hour(&kind[0]);
        (kind, 1)
    };
    add(db, rows.iter().map(kind)).await
}

/// One statement a kind, however many things are of it.
async fn add(db: &mut Connection, counts: impl Iterator<Item = (Kind, i64)>) -> Result<(), sqlx::Error> {
    let mut sums: BTreeMap<Kind, i64> = BTreeMap::new();
    for (kind, count) in counts {
        *sums.entry(kind).or_default() += count;
    }
    for (kind, sum) in sums {
        let mut add = db.query(
            "INSERT INTO rollups (hour, event, outcome, reason, app, count) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (hour, event, outcome, reason, app) \
             DO UPDATE SET count = rollups.count + excluded.count",
        );
        for part in kind {
            add = add.bind(part);
        }
        add.bind(sum).execute().await?;
    }
    Ok(())
}
