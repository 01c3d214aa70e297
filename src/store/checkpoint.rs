//! Copying what was committed from SQLite's log into its file, beside those who write.
//!
//! Otherwise the commit that makes the log long does so, and everybody waits with it for a thousand pages
//! here and there; with ten million records in the file, and old ones being removed, for tenths of a second.

use std::sync::Weak;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::sleep;

use super::Inner;
use super::db::query;

const EVERY: Duration = Duration::from_millis(200);

/// Fewer commits are not worth the way to the disk.
const COMMITS: u64 = 8;

/// Others write on meanwhile; each pass finds less, until the log can begin anew.
const PASSES: usize = 3;

/// How many pages the log may hold before a commit copies them after all: where it never came to an end.
pub(super) const LOG_PAGES: &str = "4000";

/// Copies for as long as there is a store.
pub(super) async fn run(store: Weak<Inner>) {
    let mut copied = 0;
    loop {
        sleep(EVERY).await;
        let Some(store) = store.upgrade() else { return };
        if store.orders.is_closed() {
            return;
        }
        let commits = store.health.commits.load(Ordering::Relaxed);
        if commits - copied < COMMITS || !store.health.is_up() {
            continue;
        }
        copied = commits;
        for _ in 0..PASSES {
            // One that fails is made up for by the next, or by a commit.
            if store.is_copied().await != Some(false) {
                break;
            }
        }
    }
}

impl Inner {
    /// Copies what is in the log, and says whether that was all.
    async fn is_copied(&self) -> Option<bool> {
        let copy = self.desk.ask(query("PRAGMA wal_checkpoint(PASSIVE)"));
        let found = copy.await?.ok()?;
        let pages = |name| found.first()?.get::<i64>(name).ok();
        Some(pages("log")? == pages("checkpointed")?)
    }
}
