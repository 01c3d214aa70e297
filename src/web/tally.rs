//! Failed sign-ins, counted until the minute is over: strangers cause no rows, only numbers (C-44).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

use crate::audit::{Event, Outcome};
use crate::store::Tally;
use crate::types::ProviderId;

/// Counts by provider, where it is known, and reason code; there are only as many as the configuration
/// and the code have.
#[derive(Debug, Default)]
pub struct FailedSignIns(Mutex<HashMap<Kind, u32>>);

type Kind = (Option<ProviderId>, &'static str);

impl FailedSignIns {
    pub fn count(&self, provider: Option<&ProviderId>, reason: &'static str) {
        *self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry((provider.cloned(), reason))
            .or_default() += 1;
    }

    /// Takes what was counted, for the roll-up of this hour.
    pub fn take(&self, now: OffsetDateTime) -> Vec<Tally> {
        let counts = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let tally = |((provider, reason), count): (Kind, u32)| Tally {
            at: now,
            event: Event::SignIn,
            outcome: Outcome::Refused,
            reason: Some(reason.to_owned()),
            app: None,
            provider,
            count,
        };
        counts.into_iter().map(tally).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_44_failures_are_counted_by_provider_and_reason_and_taken_once() {
        let failures = FailedSignIns::default();
        let work = ProviderId::parse("work").unwrap();
        for (provider, reason) in [
            (Some(&work), "callback.state_invalid"),
            (None, "callback.state_invalid"),
            (Some(&work), "id_token.expired"),
            (Some(&work), "callback.state_invalid"),
        ] {
            failures.count(provider, reason);
        }
        let mut tallies = failures.take(OffsetDateTime::UNIX_EPOCH);
        tallies.sort_by_key(|tally| tally.count);
        assert_eq!(tallies.len(), 3);
        let most = &tallies[2];
        assert_eq!(
            (most.provider.as_ref(), most.reason.as_deref(), most.count),
            (Some(&work), Some("callback.state_invalid"), 2)
        );
        assert!(failures.take(OffsetDateTime::UNIX_EPOCH).is_empty());
    }
}
