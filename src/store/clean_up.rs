//! Removing what is past its time, a little at a time, so that nobody waits long behind it.

use std::time::Duration as StdDuration;

use time::OffsetDateTime;
use tokio::time::{Instant, sleep};

use super::change::Change;
use super::retention::{self, Old};
use super::{Store, Unavailable};
use crate::drift;
use crate::session::Limits;

/// The most rows that one step removes: whoever clicks meanwhile waits for it.
pub(super) const STEP: i64 = 100;

/// For so many times as long as a step took, the store is left to those who click.
const REST: u32 = 4;

/// Each condition has its own index: a look at every session would take too long.
pub(super) const SESSIONS: &str = "DELETE FROM sessions WHERE key IN (\
     SELECT key FROM (SELECT key FROM sessions WHERE last_seen < $1 ORDER BY last_seen LIMIT $3) AS unused \
     UNION SELECT key FROM (SELECT key FROM sessions WHERE created_at < $2 ORDER BY created_at LIMIT $3) AS old)";

pub(super) const REDEEMED: &str = "DELETE FROM redeemed WHERE hash IN \
     (SELECT hash FROM redeemed WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";

pub(super) const LOGOUTS: &str = "DELETE FROM logouts WHERE once IN \
     (SELECT once FROM logouts WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";

/// All of an hour at a time: it holds as many as there are apps, and reasons to refuse.
pub(super) const ROLLUPS: &str =
    "DELETE FROM rollups WHERE hour = (SELECT hour FROM rollups WHERE hour < $1 ORDER BY hour LIMIT 1)";

/// What a round of [`Store::clean_up`] removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cleaned {
    pub sessions: u64,
    pub redeemed: u64,
    pub logouts: u64,
    pub records: u64,
    /// Of what was counted by hours.
    pub figures: u64,
    /// Of how claims came.
    pub sightings: u64,
}

impl Store {
    /// Removes sessions past their limits, redeemed states and logouts past their time, audit rows and
    /// their counts past `keep`, and counts of claims past 90 days. However many they are, launches go
    /// on meanwhile.
    pub async fn clean_up(&self, limits: Limits) -> Result<Cleaned, Unavailable> {
        let now = self.now();
        let sessions = || Change::CleanSessions {
            idle: now - limits.idle,
            old: now - limits.lifetime,
        };
        let enough = STEP.unsigned_abs();
        Ok(Cleaned {
            sessions: self.in_steps(enough, sessions).await?,
            redeemed: self.in_steps(enough, || Change::CleanRedeemed(now)).await?,
            logouts: self.in_steps(enough, || Change::CleanLogouts(now)).await?,
            records: self.cut_chains(now).await?,
            figures: self
                .in_steps(1, || Change::CleanRollups(now - self.0.keep))
                .await?,
            sightings: self
                .in_steps(enough, || Change::CleanSightings(now - drift::KEPT))
                .await?,
        })
    }

    /// Cuts each chain that begins too early, the oldest first.
    async fn cut_chains(&self, now: OffsetDateTime) -> Result<u64, Unavailable> {
        let before = now - self.0.keep;
        let (mut sum, mut since) = (0, String::new());
        loop {
            let oldest = self.read(retention::oldest(&since, before), |row| {
                Ok((Old::read(row)?, row.get("time")?))
            });
            let Some((old, time)) = oldest.await?.pop() else {
                return Ok(sum);
            };
            let cut = || Change::CleanAudit {
                old: old.clone(),
                before,
                now,
            };
            match self.in_steps(1, cut).await? {
                // Another replica was here.
                0 => return Ok(sum),
                rows => (sum, since) = (sum + rows, time),
            }
        }
    }

    /// Repeats a change until it touches fewer than `enough` rows.
    async fn in_steps(&self, enough: u64, step: impl Fn() -> Change) -> Result<u64, Unavailable> {
        let mut sum = 0;
        loop {
            let began = Instant::now();
            let rows = self.write_rows(step(), None).await?;
            sum += rows;
            if rows < enough {
                return Ok(sum);
            }
            let took: StdDuration = began.elapsed();
            sleep(took * REST).await;
        }
    }
}
