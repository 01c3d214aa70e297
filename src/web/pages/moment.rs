use time::OffsetDateTime;

use super::account::{exact, stamp};

/// When an app opens or has closed. It stands in UTC; a script puts it into the visitor's zone.
#[derive(Debug, Clone)]
pub struct Moment {
    pub at: OffsetDateTime,
    /// Where it is still to come.
    pub wait: Option<Wait>,
    pub script_url: String,
}

/// The time until an app opens, and the launch that the page then goes on to.
#[derive(Debug, Clone)]
pub struct Wait {
    pub seconds: u64,
    pub href: String,
}

impl Moment {
    pub(super) fn stamp(&self) -> String {
        stamp(&self.at)
    }

    pub(super) fn in_utc(&self) -> String {
        exact(&self.at)
    }
}

impl Wait {
    /// The seconds after which to ask again: at most an hour, since a computer that sleeps does not count.
    pub(super) fn refresh(&self) -> u64 {
        self.seconds.min(3600)
    }
}
