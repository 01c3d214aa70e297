//! How recently and how strongly a person must have signed in at the provider: `max_auth_age` and
//! `acr_values` of an app (OpenID Connect Core 1.0, section 3.1.2.1).

use time::{Duration, OffsetDateTime};

use super::{Denial, Fit, Unknown};
use crate::identity::Identity;

/// How far a provider's clock may be off (C-48).
const LEEWAY: Duration = Duration::minutes(1);

/// What an app demands of the sign-in itself; by default nothing.
#[derive(Debug, Default)]
pub struct StepUp {
    pub max_auth_age: Option<Duration>,
    /// Any of them will do; empty: none is asked for.
    pub acr_values: Vec<String>,
}

impl StepUp {
    /// Whether this person's last sign-in is enough (S-141, S-142).
    pub fn check(&self, identity: &Identity, now: OffsetDateTime) -> Result<(), Denial> {
        match self.age(identity, now) {
            Some(Fit::No) => return Err(Denial::AuthTooOld),
            Some(Fit::Unknown(_)) => return Err(Denial::AuthTimeUnknown),
            Some(Fit::Yes) | None => {}
        }
        match self.strength(identity) {
            Some(Fit::No | Fit::Unknown(_)) => Err(Denial::AcrNotMet),
            Some(Fit::Yes) | None => Ok(()),
        }
    }

    pub(super) fn age(&self, identity: &Identity, now: OffsetDateTime) -> Option<Fit> {
        let most = self.max_auth_age?;
        Some(match identity.auth_time.map(|at| now - at) {
            // A time that is yet to come is none.
            Some(since) if since < -LEEWAY => Fit::Unknown(Unknown::AuthTime),
            Some(since) if since <= most + LEEWAY => Fit::Yes,
            Some(_) => Fit::No,
            None => Fit::Unknown(Unknown::AuthTime),
        })
    }

    pub(super) fn strength(&self, identity: &Identity) -> Option<Fit> {
        if self.acr_values.is_empty() {
            return None;
        }
        Some(match &identity.acr {
            Some(acr) if self.acr_values.contains(acr) => Fit::Yes,
            Some(_) => Fit::No,
            None => Fit::Unknown(Unknown::Acr),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::tests::ada;

    const NOW: OffsetDateTime = time::macros::datetime!(2026-11-21 12:00 UTC);

    #[test]
    fn s_142_the_sign_in_is_as_fresh_as_the_app_demands() {
        let step_up = StepUp {
            max_auth_age: Some(Duration::minutes(5)),
            ..StepUp::default()
        };
        let mut ada = ada();
        ada.auth_time = None;
        assert_eq!(step_up.check(&ada, NOW), Err(Denial::AuthTimeUnknown));
        for (ago, expected) in [
            (0, Ok(())),
            (360, Ok(())),
            (361, Err(Denial::AuthTooOld)),
            (-60, Ok(())),
            (-61, Err(Denial::AuthTimeUnknown)),
        ] {
            ada.auth_time = Some(NOW - Duration::seconds(ago));
            assert_eq!(step_up.check(&ada, NOW), expected, "{ago} s ago");
        }
    }

    #[test]
    fn s_141_the_acr_is_one_of_those_asked_for() {
        let step_up = StepUp {
            acr_values: vec!["gold".into(), "silver".into()],
            ..StepUp::default()
        };
        let mut ada = ada();
        for (acr, expected) in [
            (None, Err(Denial::AcrNotMet)),
            (Some("bronze"), Err(Denial::AcrNotMet)),
            (Some("gold silver"), Err(Denial::AcrNotMet)),
            (Some("silver"), Ok(())),
        ] {
            ada.acr = acr.map(str::to_owned);
            assert_eq!(step_up.check(&ada, NOW), expected, "{acr:?}");
        }
        assert_eq!(StepUp::default().check(&ada, NOW), Ok(()));
    }
}
