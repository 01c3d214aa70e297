//! Failed sign-ins, counted until the minute is over: strangers cause no rows, only numbers (C-44).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

use crate::audit::{Event, Outcome};
use crate::store::Tally;

/// Counts by reason code; there are only as many as the code has.
#[derive(Debug, Default)]
pub struct FailedSignIns(Mutex<HashMap<&'static str, u32>>);

impl FailedSignIns {
    pub fn count(&self, reason: &'static str) {
        *self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(reason)
            .or_default() += 1;
    }

    /// Takes what was counted, for the roll-up of this hour.
    pub fn take(&self, now: OffsetDateTime) -> Vec<Tally> {
        let counts = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let tally = |(reason, count): (&str, u32)| Tally {
            at: now,
            event: Event::SignIn,
            outcome: Outcome::Refused,
            reason: Some(reason.to_owned()),
            app: None,
            count,
        };
        counts.into_iter().map(tally).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_44_failures_are_counted_by_reason_and_taken_once() {
        let failures = FailedSignIns::default();
        for reason in [
            "callback.state_invalid",
            "id_token.expired",
            "callback.state_invalid",
        ] {
            failures.count(reason);
        }
        let mut tallies = failures.take(OffsetDateTime::UNIX_EPOCH);
        tallies.sort_by_key(|tally| tally.count);
        assert_eq!(tallies.len(), 2);
        assert_eq!(
            (tallies[1].reason.as_deref(), tallies[1].count),
            (Some("callback.state_invalid"), 2)
        );
        assert!(failures.take(OffsetDateTime::UNIX_EPOCH).is_empty());
    }
}
