//! In what form claims came, an hour at a time, and when the groups that rules name were last seen.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

use super::change::Change;
use super::clean_up::STEP;
use super::db::{Connection, Error, Row, query};
use super::desk::Desk;
use super::rollup::{hour_of, start_of};
use super::{Store, Unavailable};
use crate::drift::{self, GroupSeen, History, Kind, Sighting, Sightings};
use crate::types::ProviderId;

const DAY: &[BorrowedFormatItem<'static>] = format_description!("[year]-[month]-[day]");

/// A group that no rule has named for so long is looked out for anew.
const FORGOTTEN: Duration = Duration::days(7);

impl Store {
    /// Adds what sign-ins have shown.
    pub async fn add_sightings(&self, sightings: Sightings) -> Result<(), Unavailable> {
        self.write(Change::Sightings(sightings), None).await.map(drop)
    }

    /// Looks out for these groups from today on, where that has not begun earlier.
    pub async fn look_out_for(&self, groups: Vec<String>) -> Result<(), Unavailable> {
        let today = self.now().date();
        self.write(Change::LookOut(groups, today), None).await.map(drop)
    }
}

impl Desk {
    /// What a change is looked for in.
    pub async fn history(&self, now: OffsetDateTime) -> Result<History, Unavailable> {
        let (reach, by_hours) = (hour_of(drift::reach(now)), hour_of(drift::by_hours(now)));
        let days = query(
            "SELECT substr(hour, 1, 10) AS at, provider, claim, kind, CAST(SUM(count) AS BIGINT) AS count \
             FROM claim_hours WHERE hour >= $1 AND hour < $2 \
             GROUP BY substr(hour, 1, 10), provider, claim, kind",
        );
        let days = days.bind(reach).bind(by_hours.as_str());
        let mut sightings = self.ask(days, sighting).await?;
        let hours =
            query("SELECT hour AS at, provider, claim, kind, count FROM claim_hours WHERE hour >= $1");
        sightings.extend(self.ask(hours.bind(by_hours), sighting).await?);
        let groups = query("SELECT name, since, seen FROM groups_seen");
        let groups = self.ask(groups, group).await?;
        Ok(History {
            sightings: sightings.into_iter().flatten().collect(),
            groups: groups.into_iter().flatten().collect(),
        })
    }
}

fn sighting(row: &Row) -> Result<Option<Sighting>, Error> {
    let at: String = row.get("at")?;
    let at = match at.len() {
        10 => Date::parse(&at, DAY).ok().map(|day| day.midnight().assume_utc()),
        _ => start_of(&at),
    };
    let provider: String = row.get("provider")?;
    let kind: String = row.get("kind")?;
    let (claim, count): (String, i64) = (row.get("claim")?, row.get("count")?);
    let sighting = || {
        Some(Sighting {
            at: at?,
            provider: ProviderId::parse(&provider).ok()?,
            claim,
            kind: Kind::parse(&kind)?,
            count: count.unsigned_abs(),
        })
    };
    Ok(sighting())
}

fn group(row: &Row) -> Result<Option<GroupSeen>, Error> {
    let since: String = row.get("since")?;
    let seen: Option<String> = row.get("seen")?;
    let name = row.get("name")?;
    Ok(Date::parse(&since, DAY).ok().map(|since| GroupSeen {
        name,
        since,
        seen: seen.and_then(|seen| Date::parse(&seen, DAY).ok()),
    }))
}

/// A day as the table has it.
fn day(date: Date) -> String {
    date.format(DAY).unwrap_or_default()
}

pub(super) async fn add(db: &mut Connection, sightings: &Sightings) -> Result<u64, Error> {
    for seen in &sightings.claims {
        let add = db.query(
            "INSERT INTO claim_hours (hour, provider, claim, kind, count) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (hour, provider, claim, kind) \
             DO UPDATE SET count = claim_hours.count + excluded.count",
        );
        let add = add.bind(hour_of(seen.at)).bind(seen.provider.as_str().to_owned());
        let add = add.bind(seen.claim.clone()).bind(seen.kind.as_str());
        add.bind(seen.count.cast_signed()).execute().await?;
    }
    for (name, date) in &sightings.groups {
        let seen =
            db.query("UPDATE groups_seen SET seen = $2 WHERE name = $1 AND (seen IS NULL OR seen < $2)");
        seen.bind(name.clone()).bind(day(*date)).execute().await?;
    }
    Ok(sightings.claims.len() as u64)
}

pub(super) async fn look_out(db: &mut Connection, groups: &[String], today: Date) -> Result<u64, Error> {
    for name in groups {
        let named = db.query(
            "INSERT INTO groups_seen (name, since, named) VALUES ($1, $2, $2) ON CONFLICT (name) \
             DO UPDATE SET named = excluded.named, since = CASE WHEN groups_seen.named < $3 \
             THEN excluded.since ELSE groups_seen.since END",
        );
        let named = named.bind(name.clone()).bind(day(today));
        named.bind(day(today - FORGOTTEN)).execute().await?;
    }
    Ok(groups.len() as u64)
}

/// Removes some of the counts from before a time, and groups that nobody has named since.
pub(super) async fn clean(db: &mut Connection, before: OffsetDateTime) -> Result<u64, Error> {
    let groups = db.query("DELETE FROM groups_seen WHERE named < $1");
    groups.bind(day(before.date())).execute().await?;
    let claims = db.query(
        "DELETE FROM claim_hours WHERE (hour, provider, claim, kind) IN \
         (SELECT hour, provider, claim, kind FROM claim_hours WHERE hour < $1 LIMIT $2)",
    );
    claims.bind(hour_of(before)).bind(STEP).execute().await
}
