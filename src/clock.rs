//! Time is a parameter: nothing outside this module asks what time it is.

use time::OffsetDateTime;

/// A source of the current time, in UTC.
pub trait Clock: Send + Sync {
    fn now(&self) -> OffsetDateTime;
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

/// A clock that stands still, for previews, golden tests and benchmarks.
#[derive(Debug, Clone, Copy)]
pub struct FrozenClock(pub OffsetDateTime);

impl Clock for FrozenClock {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
}
