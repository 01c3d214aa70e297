//! Whether a claim has lost the form that it used to have.
//!
//! There is a moment within the last 30 days such that of the sign-ins in the week before it nearly all
//! showed one form, and of those since then nearly none; and the latest ones do not show it either.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::{BEFORE, HORIZON, History, Kind, Trouble, Use, by_hours, reach};

/// The fewest sign-ins before a change that say what was usual.
const USUAL: u64 = 5;
/// The fewest since then that say that it has changed: fewer may be one odd account.
const CHANGED: u64 = 3;
/// The latest sign-ins that say how things are now; fewer, where there were no more within a day.
const LATEST: u64 = 20;

/// The sign-ins of an hour or a day, by the form in which they had a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bucket {
    pub at: OffsetDateTime,
    pub counts: Counts,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts(BTreeMap<Kind, u64>);

impl Counts {
    pub(super) fn add(&mut self, kind: Kind, count: u64) {
        *self.0.entry(kind).or_default() += count;
    }

    fn join(&mut self, other: &Self) {
        for (kind, count) in &other.0 {
            self.add(*kind, *count);
        }
    }

    fn total(&self) -> u64 {
        self.0.values().sum()
    }

    fn of(&self, kind: Kind) -> u64 {
        self.0.get(&kind).copied().unwrap_or(0)
    }

    fn nearly_all(&self, kind: Kind) -> bool {
        self.of(kind) * 10 >= self.total() * 9
    }

    fn nearly_none(&self, kind: Kind) -> bool {
        self.of(kind) * 10 <= self.total()
    }

    fn most(&self) -> Option<Kind> {
        self.0
            .iter()
            .max_by_key(|(_, count)| **count)
            .map(|(kind, _)| *kind)
    }
}

/// What was seen of a claim, the latest first.
pub(super) fn series(used: &Use, history: &History, now: OffsetDateTime) -> Vec<Bucket> {
    let mut buckets: BTreeMap<OffsetDateTime, Counts> = BTreeMap::new();
    for seen in &history.sightings {
        if seen.provider == used.provider && seen.claim == used.claim && seen.at >= reach(now) {
            buckets.entry(seen.at).or_default().add(seen.kind, seen.count);
        }
    }
    let buckets = buckets.into_iter().rev();
    buckets.map(|(at, counts)| Bucket { at, counts }).collect()
}

/// What has become of a claim, and since when.
pub(super) fn find(series: &[Bucket], now: OffsetDateTime) -> Option<(Trouble, OffsetDateTime)> {
    let (latest, length) = latest(series, now);
    if latest.total() < CHANGED {
        return None;
    }
    let forms = Kind::ALL.into_iter().filter(|form| form.is_of_use());
    let mut lost = forms.filter(|form| latest.nearly_none(*form));
    lost.find_map(|form| {
        let (after, at) = change(series, length, form, now)?;
        Some((trouble(form, after.most()?), at))
    })
}

/// The latest sign-ins, and how many buckets they fill.
fn latest(series: &[Bucket], now: OffsetDateTime) -> (Counts, usize) {
    let mut counts = Counts::default();
    for (length, bucket) in series.iter().enumerate() {
        let old = bucket.at < by_hours(now);
        if counts.total() >= LATEST || (old && counts.total() >= CHANGED) {
            return (counts, length);
        }
        counts.join(&bucket.counts);
    }
    (counts, series.len())
}

/// The moment that best parts sign-ins with this form from those without it, and what came since. It
/// lies no later than the latest sign-ins, which fill so many buckets.
fn change(
    series: &[Bucket],
    latest: usize,
    form: Kind,
    now: OffsetDateTime,
) -> Option<(Counts, OffsetDateTime)> {
    let mut found: Option<(u64, Counts, OffsetDateTime)> = None;
    let mut after = Counts::default();
    for (at, bucket) in series
        .iter()
        .enumerate()
        .take_while(|(_, b)| b.at >= now - HORIZON)
    {
        after.join(&bucket.counts);
        let mut before = Counts::default();
        let earlier = series[at + 1..].iter().take_while(|b| b.at >= bucket.at - BEFORE);
        earlier.for_each(|earlier| before.join(&earlier.counts));
        let parts =
            at + 1 >= latest && after.nearly_none(form) && before.total() >= USUAL && before.nearly_all(form);
        let astray = after.of(form) + before.total() - before.of(form);
        if parts && found.as_ref().is_none_or(|(fewest, ..)| astray < *fewest) {
            found = Some((astray, after.clone(), bucket.at));
        }
    }
    found.map(|(_, after, at)| (after, at))
}

fn trouble(was: Kind, is: Kind) -> Trouble {
    match is {
        Kind::Absent => Trouble::Vanished,
        Kind::Empty => Trouble::Emptied,
        Kind::Unverified => Trouble::Unverified,
        is => Trouble::Retyped { was, is },
    }
}
