//! So many a minute, and no more (C-20, C-54).

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_mins(1);
/// When this many keys are known, those whose minute is over are forgotten.
const CROWD: usize = 10_000;

/// The address to count by. A household has a whole IPv6 /64 to choose from, and so counts as one.
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Counts events by key within the minute that the key's first event opens.
///
/// A limit of `None` counts nothing and refuses nobody.
pub struct PerMinute<K> {
    /// The limit's name in the configuration, and in `usher_rate_limited_total`.
    name: &'static str,
    counts: Mutex<Counts<K>>,
}

struct Minute {
    since: Instant,
    count: u32,
    /// Something was refused in it.
    refused: bool,
}

/// The minute's share is used up.
#[derive(Debug, Clone, Copy)]
pub struct Exhausted {
    /// How long the minute goes on.
    pub seconds: u64,
    /// Nothing was refused in this minute before.
    pub first: bool,
}

struct Counts<K> {
    by_key: HashMap<K, Minute>,
    /// At how many keys to look for those that can go: twice what was left the last time, so that
    /// a flood of strangers does not make each of them walk past all the others.
    sweep_at: usize,
}

impl Minute {
    fn begin() -> Self {
        Self {
            since: Instant::now(),
            count: 0,
            refused: false,
        }
    }

    fn is_over(&self) -> bool {
        self.since.elapsed() >= MINUTE
    }
}

impl<K: Eq + Hash> Counts<K> {
    fn sweep(&mut self) {
        if self.by_key.len() >= self.sweep_at {
            self.by_key.retain(|_, minute| !minute.is_over());
            self.sweep_at = CROWD.max(2 * self.by_key.len());
        }
    }
}

impl<K: Eq + Hash> PerMinute<K> {
    pub fn new(name: &'static str) -> Self {
        let counts = Mutex::new(Counts {
            by_key: HashMap::new(),
            sweep_at: CROWD,
        });
        Self { name, counts }
    }

    /// Counts one event, or says when the next one is taken.
    pub fn count(&self, limit: Option<NonZeroU32>, key: K) -> Result<(), Exhausted> {
        let Some(limit) = limit else { return Ok(()) };
        let mut counts = self.lock();
        counts.sweep();
        let minute = counts.by_key.entry(key).or_insert_with(Minute::begin);
        if minute.is_over() {
            *minute = Minute::begin();
        }
        if minute.count < limit.get() {
            minute.count += 1;
            return Ok(());
        }
        let first = !std::mem::replace(&mut minute.refused, true);
        Err(self.refused(minute.since, first))
    }

    /// Whether the key has used its minute up, without counting.
    pub fn check(&self, limit: Option<NonZeroU32>, key: &K) -> Result<(), Exhausted> {
        let Some(limit) = limit else { return Ok(()) };
        let counts = self.lock();
        match counts.by_key.get(key) {
            Some(minute) if minute.count >= limit.get() && !minute.is_over() => {
                Err(self.refused(minute.since, false))
            }
            _ => Ok(()),
        }
    }

    fn refused(&self, since: Instant, first: bool) -> Exhausted {
        metrics::counter!("usher_rate_limited_total", "limit" => self.name).increment(1);
        Exhausted {
            seconds: MINUTE.saturating_sub(since.elapsed()).as_secs().max(1),
            first,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts<K>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_366_a_flood_of_strangers_is_walked_through_seldom() {
        let counter = PerMinute::new("launches_per_minute");
        for key in 0..CROWD + 2 {
            counter.count(NonZeroU32::new(2), key).unwrap();
        }
        assert_eq!(counter.lock().sweep_at, 2 * CROWD);
    }

    #[test]
    fn c_20_a_household_is_counted_once() {
        let by = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(by("2001:db8:1:2::1"), by("2001:db8:1:2:ffff::9"));
        assert_ne!(by("2001:db8:1:2::1"), by("2001:db8:1:3::1"));
        assert_eq!(by("::ffff:198.51.100.1"), by("198.51.100.1"));
        assert_ne!(by("198.51.100.1"), by("198.51.100.2"));
    }

    #[test]
    fn c_54_a_limit_counts_by_key_and_zero_turns_it_off() {
        let (two, three) = (NonZeroU32::new(2), NonZeroU32::new(3));
        let counter = PerMinute::new("launches_per_minute");
        assert!(counter.count(two, "ada").is_ok() && counter.check(two, &"ada").is_ok());
        assert!(counter.count(two, "ada").is_ok());
        let refused = [(); 2].map(|()| counter.count(two, "ada").unwrap_err());
        assert!((1..=60).contains(&refused[0].seconds));
        assert_eq!(refused.map(|refused| refused.first), [true, false]);
        assert!(counter.check(two, &"ada").is_err());
        assert!(counter.count(two, "bob").is_ok(), "others are fine");
        assert!(
            counter.count(three, "ada").is_ok(),
            "a reload has raised the limit"
        );
        assert!((0..1000).all(|_| counter.count(None, "ada").is_ok()));
    }
}
