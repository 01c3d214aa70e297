//! What sign-ins show, counted until the minute is over; there is only as much of it as the configuration
//! has names.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use time::{Date, OffsetDateTime, UtcOffset};

use super::{Kind, Sighting, Watch};
use crate::identity::Identity;
use crate::types::ProviderId;

#[derive(Debug, Default)]
pub struct Counter(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    claims: HashMap<(OffsetDateTime, ProviderId, String, Kind), u64>,
    groups: BTreeSet<(String, Date)>,
}

/// What a while of sign-ins has shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sightings {
    /// By hours.
    pub claims: Vec<Sighting>,
    /// Groups that rules name, and the days on which somebody was in them.
    pub groups: Vec<(String, Date)>,
}

impl Sightings {
    pub fn is_empty(&self) -> bool {
        self.claims.is_empty() && self.groups.is_empty()
    }
}

impl Counter {
    /// Notes in what form this person's claims came, and in which of the named groups they are.
    pub fn note(&self, watch: &Watch, person: &Identity, now: OffsetDateTime) {
        let now = now.to_offset(UtcOffset::UTC);
        let hour = now.truncate_to_hour();
        let groups = person.groups.known().unwrap_or_default();
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (used, kind) in watch.kinds(person) {
            let key = (hour, used.provider.clone(), used.claim.clone(), kind);
            *counted.claims.entry(key).or_default() += 1;
        }
        for group in watch.groups() {
            if groups.contains(&group.name) {
                counted.groups.insert((group.name.clone(), now.date()));
            }
        }
    }

    /// Takes what was counted.
    pub fn take(&self) -> Sightings {
        let counted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let sighting = |((at, provider, claim, kind), count)| Sighting {
            at,
            provider,
            claim,
            kind,
            count,
        };
        Sightings {
            claims: counted.claims.into_iter().map(sighting).collect(),
            groups: counted.groups.into_iter().collect(),
        }
    }
}
