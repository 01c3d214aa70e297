//! In which ways a token may be wrong.

use crate::claims::Moment;
use crate::config::App;

/// The claims by which vendors tell that a token is for them.
pub(super) const AUDIENCES: [&str; 2] = ["aud", "application_id"];

/// The one thing that is wrong with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    Expired,
    NotYetValid,
    OtherAudience,
    OtherKey,
    AlgNone,
    Hs256OverPublicKey,
    ChangedPayload,
}

impl Flaw {
    pub const ALL: [Self; 7] = [
        Self::Expired,
        Self::NotYetValid,
        Self::OtherAudience,
        Self::OtherKey,
        Self::AlgNone,
        Self::Hs256OverPublicKey,
        Self::ChangedPayload,
    ];

    /// Its name on the command line and in forms.
    pub fn name(self) -> &'static str {
        self.code().trim_start_matches("lab.")
    }

    /// The reason in the audit trail.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "lab.expired",
            Self::NotYetValid => "lab.not_yet_valid",
            Self::OtherAudience => "lab.other_audience",
            Self::OtherKey => "lab.other_key",
            Self::AlgNone => "lab.alg_none",
            Self::Hs256OverPublicKey => "lab.hs256_over_public_key",
            Self::ChangedPayload => "lab.changed_payload",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flaw| flaw.name() == name)
    }

    /// Those that a token of this app can have.
    pub fn of(app: &App) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|flaw| flaw.suits(app))
    }

    pub(super) fn suits(self, app: &App) -> bool {
        let tells = |which: Moment| {
            let mut expected = app.recipe.expectations();
            expected.any(|expected| expected.moment() == Some(which))
        };
        match self {
            // Without an end, the token would be good some day, or what it is made from is.
            Self::Expired | Self::NotYetValid | Self::ChangedPayload => tells(Moment::Expiry),
            Self::OtherAudience => {
                let mut expected = app.recipe.expectations();
                expected.any(|expected| AUDIENCES.contains(&expected.name()))
            }
            Self::Hs256OverPublicKey => app.key.public().is_some(),
            Self::OtherKey | Self::AlgNone => true,
        }
    }
}
