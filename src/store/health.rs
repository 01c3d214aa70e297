//! The breaker: a store that is down is found out once, not by everybody (C-42, lesson 19).

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use tokio::sync::watch;

/// Failures in a row after which callers are turned away at once.
const FAILURES: u32 = 2;

/// Which half of the store a success or failure speaks of: reads that work say nothing of writes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Half {
    Reads,
    Writes,
}

/// Whether the store is up, and what this process did with it.
#[derive(Debug)]
pub(super) struct Health {
    up: watch::Sender<bool>,
    reads: AtomicU32,
    writes: AtomicU32,
    pub(super) commits: AtomicU64,
    pub(super) records: AtomicU64,
}

impl Health {
    pub(super) fn new() -> Self {
        Self {
            up: watch::Sender::new(true),
            reads: AtomicU32::new(0),
            writes: AtomicU32::new(0),
            commits: AtomicU64::new(0),
            records: AtomicU64::new(0),
        }
    }

    pub(super) fn is_up(&self) -> bool {
        *self.up.borrow()
    }

    /// Resolves when the store is down.
    pub(super) async fn down(&self) {
        // The sender lives in `self`, so the wait ends only by the value.
        let _ = self.up.subscribe().wait_for(|up| !up).await;
    }

    pub(super) fn watch(&self) -> watch::Receiver<bool> {
        self.up.subscribe()
    }

    fn failures(&self, half: Half) -> &AtomicU32 {
        match half {
            Half::Reads => &self.reads,
            Half::Writes => &self.writes,
        }
    }

    pub(super) fn succeeded(&self, half: Half) {
        self.failures(half).store(0, Ordering::Relaxed);
    }

    pub(super) fn failed(&self, half: Half) {
        let failures = self.failures(half).fetch_add(1, Ordering::Relaxed) + 1;
        if failures >= FAILURES && self.up.send_replace(false) {
            tracing::error!(event = "store.down", half = ?half, "the store does not answer");
        }
    }

    /// A probe went through.
    pub(super) fn recovered(&self) {
        self.succeeded(Half::Reads);
        self.succeeded(Half::Writes);
        if !self.up.send_replace(true) {
            tracing::info!(event = "store.up", "the store answers again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_42_two_failures_in_a_row_open_the_breaker_and_a_probe_closes_it() {
        let health = Health::new();
        health.failed(Half::Writes);
        health.succeeded(Half::Writes);
        health.failed(Half::Writes);
        assert!(health.is_up(), "the two failures were not in a row");
        health.succeeded(Half::Reads);
        health.failed(Half::Writes);
        assert!(!health.is_up(), "reads that work do not excuse the writes");
        health.recovered();
        assert!(health.is_up());
    }
}
