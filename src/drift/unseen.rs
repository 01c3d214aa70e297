//! Groups that rules name and nobody is in: misspelt, renamed, or not sent any more.

use time::{OffsetDateTime, UtcOffset};

use super::{Group, HORIZON, History, Kind, Trouble, Warning, Watch};

/// The fewest sign-ins with groups that say that a group was not among them.
const FEWEST: u64 = 10;

pub(super) fn find(watch: &Watch, history: &History, now: OffsetDateTime) -> Vec<Warning> {
    let now = now.to_offset(UtcOffset::UTC);
    let claims: Vec<_> = watch.uses().iter().filter(|used| used.is_groups()).collect();
    let with_groups = history.sightings.iter().filter(|seen| {
        let of_groups = |used: &&super::Use| used.provider == seen.provider && used.claim == seen.claim;
        seen.at >= now - HORIZON
            && matches!(seen.kind, Kind::List | Kind::Text)
            && claims.iter().any(of_groups)
    });
    let sign_ins: u64 = with_groups.map(|seen| seen.count).sum();
    if sign_ins < FEWEST {
        return Vec::new();
    }
    let unseen = |group: &Group| {
        let known = history.groups.iter().find(|known| known.name == group.name)?;
        let last = known.seen.unwrap_or(known.since).max(known.since);
        (now.date() - last >= HORIZON).then(|| Warning {
            provider: None,
            claim: claims
                .first()
                .map_or_else(|| "groups".to_owned(), |used| used.claim.clone()),
            trouble: Trouble::GroupUnseen(group.name.clone()),
            since: last.midnight().assume_utc(),
            readers: group.readers.clone(),
        })
    };
    watch.groups().iter().filter_map(unseen).collect()
}
