//! Time is a parameter: nothing outside this module asks what time it is.

use std::sync::{Mutex, PoisonError};

use rustix::time::{ClockId, clock_gettime};
use time::{Duration, OffsetDateTime};

/// A source of the current time, in UTC.
pub trait Clock: Send + Sync {
    fn now(&self) -> OffsetDateTime;

    /// Whether the clock goes as time does: not while it has just been set (S-371).
    fn is_steady(&self) -> bool {
        true
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
        OffsetDateTime::now_utc()
    }
}

/// The machine's clock, held against the time that it has been running, which nobody sets.
#[derive(Debug)]
pub struct WatchedClock(Mutex<Pace>);

impl WatchedClock {
    pub fn start() -> Self {
        Self(Mutex::new(Pace::start(SystemClock.now(), running())))
    }
}

impl Clock for WatchedClock {
    fn now(&self) -> OffsetDateTime {
        SystemClock.now()
    }

    fn is_steady(&self) -> bool {
        let mut pace = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let was = pace.steady;
        let steady = pace.is_steady(self.now(), running());
        // Said by whoever notices first: at the next look it may be over.
        if was && !steady {
            tracing::warn!(event = "clock.leapt");
            metrics::counter!("usher_clock_leaps_total").increment(1);
        }
        steady
    }
}

/// How long the machine has been running, its sleep included.
fn running() -> Duration {
    let since = clock_gettime(ClockId::Boottime);
    Duration::seconds(since.tv_sec) + Duration::nanoseconds(since.tv_nsec)
}

/// When the machine seems to have started, and since when that seems so.
#[derive(Debug)]
struct Pace {
    started: OffsetDateTime,
    since: Duration,
    steady: bool,
}

impl Pace {
    /// A clock that is put right step by step stays far below this.
    const LEAP: Duration = Duration::seconds(30);
    const SETTLED: Duration = Duration::SECOND;

    fn start(now: OffsetDateTime, running: Duration) -> Self {
        Self {
            started: now - running,
            since: running,
            steady: true,
        }
    }

    fn is_steady(&mut self, now: OffsetDateTime, running: Duration) -> bool {
        let started = now - running;
        if (started - self.started).abs() >= Self::LEAP {
            *self = Self {
                started,
                since: running,
                steady: false,
            };
        } else if running - self.since >= Self::SETTLED {
            *self = Self::start(now, running);
        }
        self.steady
    }
}

/// A clock that stands still, for previews, golden tests and benchmarks.
#[derive(Debug, Clone, Copy)]
pub struct FrozenClock(pub OffsetDateTime);

impl Clock for FrozenClock {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn s_371_a_clock_that_leaps_is_steady_again_once_it_has_kept_pace() {
        let noon = datetime!(2026-11-21 12:00 UTC);
        for leap in [Duration::HOUR, -Duration::HOUR, Pace::LEAP] {
            let mut pace = Pace::start(noon, Duration::DAY);
            let mut at = |seconds: i64, leap: Duration| {
                let passed = Duration::seconds(seconds);
                pace.is_steady(noon + passed + leap, Duration::DAY + passed)
            };
            assert!(at(1, Duration::ZERO));
            assert!(!at(2, leap), "{leap}");
            assert!(!at(2, leap), "the same moment is no pace");
            assert!(at(3, leap));
            assert!(!at(4, Duration::ZERO), "back again is a leap too");
            assert!(at(5, Duration::ZERO));
        }
    }

    #[test]
    fn s_371_a_clock_that_is_put_right_step_by_step_stays_steady() {
        let noon = datetime!(2026-11-21 12:00 UTC);
        let mut pace = Pace::start(noon, Duration::ZERO);
        for second in 1..=600 {
            let passed = Duration::seconds(second);
            // Ten minutes, half as fast again.
            assert!(pace.is_steady(noon + passed * 1.5, passed), "{second}");
        }
    }
}
