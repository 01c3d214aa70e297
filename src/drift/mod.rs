//! Claims that change behind our back: in what form each claim comes that the configuration reads, and a
//! warning when that is no longer the form it used to have. What a claim says is nowhere kept.

mod counter;
mod kind;
mod shift;
mod standing;
#[cfg(test)]
mod tests;
mod unseen;
mod watch;

use time::{Date, Duration, OffsetDateTime};

pub use counter::{Counter, Sightings};
pub use kind::Kind;
pub use standing::Standing;
pub use watch::{Group, Readers, Use, Watch};

use crate::types::ProviderId;

/// For how long a change is told of; then it is how things are.
pub const HORIZON: Duration = Duration::days(30);
/// How far back the sign-ins lie that a change is held against, before it.
const BEFORE: Duration = Duration::days(7);
/// For how long counts are kept.
pub const KEPT: Duration = Duration::days(90);

/// How often a claim of a provider came in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The start of the hour, or of the day.
    pub at: OffsetDateTime,
    pub provider: ProviderId,
    pub claim: String,
    pub kind: Kind,
    pub count: u64,
}

/// When somebody was last seen in a group that a rule names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSeen {
    pub name: String,
    /// From when on it has been looked out for.
    pub since: Date,
    pub seen: Option<Date>,
}

/// What has been seen, as far as a change is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The last day by hours, what lies before by days.
    pub sightings: Vec<Sighting>,
    pub groups: Vec<GroupSeen>,
}

/// What has become of a claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    Vanished,
    Emptied,
    /// It comes, in this form rather than the one before it.
    Retyped {
        was: Kind,
        is: Kind,
    },
    Unverified,
    /// Nobody who signs in is in this group, which a rule names.
    GroupUnseen(String),
}

impl Trouble {
    /// All that there can be, as metrics name them.
    pub const NAMES: [&str; 5] = ["vanished", "emptied", "retyped", "unverified", "group_unseen"];

    pub fn name(&self) -> &'static str {
        match self {
            Self::Vanished => Self::NAMES[0],
            Self::Emptied => Self::NAMES[1],
            Self::Retyped { .. } => Self::NAMES[2],
            Self::Unverified => Self::NAMES[3],
            Self::GroupUnseen(_) => Self::NAMES[4],
        }
    }
}

/// A change that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// `None` for a group, which may come from any.
    pub provider: Option<ProviderId>,
    pub claim: String,
    pub trouble: Trouble,
    pub since: OffsetDateTime,
    /// Whom it touches.
    pub readers: Readers,
}

impl Warning {
    /// Whether both tell of the same thing, if perhaps from another time on.
    pub fn continues(&self, earlier: &Self) -> bool {
        (&self.provider, &self.claim, &self.trouble) == (&earlier.provider, &earlier.claim, &earlier.trouble)
    }
}

/// Where a history that can tell of a change begins.
pub fn reach(now: OffsetDateTime) -> OffsetDateTime {
    now - HORIZON - BEFORE
}

/// From when on counts are asked for by the hour.
pub fn by_hours(now: OffsetDateTime) -> OffsetDateTime {
    (now - Duration::DAY).truncate_to_hour()
}

/// What has changed for the worse, in the order of what is watched.
pub fn warnings(watch: &Watch, history: &History, now: OffsetDateTime) -> Vec<Warning> {
    let claims = watch.uses().iter().filter_map(|used| {
        let (trouble, since) = shift::find(&shift::series(used, history, now), now)?;
        Some(Warning {
            provider: Some(used.provider.clone()),
            claim: used.claim.clone(),
            trouble,
            since,
            readers: used.readers.clone(),
        })
    });
    claims.chain(unseen::find(watch, history, now)).collect()
}
