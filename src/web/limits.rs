//! So many a minute, and no more (C-20, C-54).

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_mins(1);
/// When this many keys are known, those whose minute is over are forgotten.
const CROWD: usize = 10_000;

/// Counts events by key within the minute that the key's first event opens.
pub struct PerMinute<K> {
    limit: Option<NonZeroU32>,
    counts: Mutex<HashMap<K, (Instant, u32)>>,
}

impl<K: Eq + Hash> PerMinute<K> {
    /// `None` counts nothing and refuses nobody.
    pub fn new(limit: Option<NonZeroU32>) -> Self {
        Self {
            limit,
            counts: Mutex::new(HashMap::new()),
        }
    }

    /// Counts one event; `Err` holds the seconds after which the next one is taken.
    pub fn count(&self, key: K) -> Result<(), u64> {
        let Some(limit) = self.limit else { return Ok(()) };
        let mut counts = self
            .counts
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if counts.len() >= CROWD {
            counts.retain(|_, (since, _)| since.elapsed() < MINUTE);
        }
        let (since, count) = counts.entry(key).or_insert_with(|| (Instant::now(), 0));
        if since.elapsed() >= MINUTE {
            (*since, *count) = (Instant::now(), 0);
        }
        if *count >= limit.get() {
            return Err(left(*since));
        }
        *count += 1;
        Ok(())
    }

    /// Whether the key has used its minute up, without counting.
    pub fn check(&self, key: &K) -> Result<(), u64> {
        let Some(limit) = self.limit else { return Ok(()) };
        let counts = self
            .counts
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match counts.get(key) {
            Some((since, count)) if *count >= limit.get() && since.elapsed() < MINUTE => Err(left(*since)),
            _ => Ok(()),
        }
    }
}

fn left(since: Instant) -> u64 {
    MINUTE.saturating_sub(since.elapsed()).as_secs().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_54_a_limit_counts_by_key_and_zero_turns_it_off() {
        let limit = PerMinute::new(NonZeroU32::new(2));
        assert!(limit.count("ada").is_ok() && limit.check(&"ada").is_ok() && limit.count("ada").is_ok());
        assert!((1..=60).contains(&limit.count("ada").unwrap_err()));
        assert!(limit.check(&"ada").is_err());
        assert!(limit.count("bob").is_ok(), "others are fine");
        let off = PerMinute::new(None);
        assert!((0..1000).all(|_| off.count("ada").is_ok()));
    }
}
