//! Who may see the pages for admins: `[admin]`.

use time::OffsetDateTime;

use super::{Decider, Denial, Fit, Matcher, Step, StepUp, allowed};
use crate::identity::Identity;

/// The rules of the pages for admins, of the same form as an app's.
#[derive(Debug)]
pub struct Admins {
    pub allow: Vec<Matcher>,
    pub step_up: StepUp,
    /// They may open an app as a test person, with a token that is wrong on purpose.
    pub lab: bool,
}

impl Admins {
    /// Whether this person may come in now.
    pub fn check(&self, identity: &Identity, now: OffsetDateTime) -> Result<(), Denial> {
        self.named(identity)?;
        // Last, so that nobody signs in anew for what would be refused all the same.
        self.step_up.check(identity, now)
    }

    /// Whether this person may come in, if need be after another sign-in at the provider.
    pub fn include(&self, identity: &Identity) -> bool {
        self.named(identity).is_ok()
    }

    /// The same as [`Self::check`], told rule by rule.
    pub fn trace(&self, identity: &Identity, now: OffsetDateTime) -> Vec<Step> {
        let fits: Vec<Fit> = self.allow.iter().map(|rule| rule.fit(identity)).collect();
        let decider = match allowed(&fits) {
            Ok(at) => Decider::Allow(at),
            Err((_, decider)) => decider,
        };
        let mut steps: Vec<Step> = (self.allow.iter().zip(&fits).enumerate())
            .map(|(at, (rule, fit))| Step {
                key: "allow",
                rule: rule.to_string(),
                fit: *fit,
                decided: decider == Decider::Allow(at),
            })
            .collect();
        if let (Some(age), Some(fit)) = (self.step_up.max_auth_age, self.step_up.age(identity, now)) {
            let decided = fit != Fit::Yes && allowed(&fits).is_ok();
            for step in &mut steps {
                step.decided &= !decided;
            }
            steps.push(Step {
                key: "max_auth_age",
                rule: format!("signed in within {} s", age.whole_seconds()),
                fit,
                decided,
            });
        }
        steps
    }

    fn named(&self, identity: &Identity) -> Result<(), Denial> {
        let fits: Vec<Fit> = self.allow.iter().map(|rule| rule.fit(identity)).collect();
        allowed(&fits).map(drop).map_err(|(denial, _)| denial)
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::access::tests::ada;
    use crate::identity::{Groups, GroupsUnknown};

    const NOW: OffsetDateTime = time::macros::datetime!(2026-11-21 12:00 UTC);

    fn admins(rule: &str, max_auth_age: Option<Duration>) -> Admins {
        Admins {
            allow: vec![Matcher::parse(rule).unwrap()],
            step_up: StepUp {
                max_auth_age,
                ..StepUp::default()
            },
            lab: false,
        }
    }

    #[test]
    fn c_37_what_is_unknown_makes_nobody_an_admin() {
        let mut ada = ada();
        ada.groups = Groups::Unknown(GroupsUnknown::Overage);
        ada.email_verified = false;
        for (rule, denial) in [
            ("group:comms", Denial::GroupsOverage),
            ("email:ada@example.com", Denial::EmailUnverified),
            ("provider:elsewhere", Denial::NotAllowed),
        ] {
            let admins = admins(rule, None);
            assert_eq!(admins.check(&ada, NOW), Err(denial), "{rule}");
            assert!(!admins.include(&ada), "{rule}");
        }
    }

    #[test]
    fn c_37_an_admin_with_an_old_sign_in_is_one_who_has_to_sign_in_again() {
        let mut ada = ada();
        ada.auth_time = Some(NOW - Duration::HOUR);
        let demanding = admins("everyone", Some(Duration::minutes(15)));
        assert_eq!(demanding.check(&ada, NOW), Err(Denial::AuthTooOld));
        assert!(demanding.include(&ada));
        let stranger = admins("group:nobody", Some(Duration::minutes(15)));
        assert_eq!(
            stranger.check(&ada, NOW),
            Err(Denial::NotAllowed),
            "and is not asked to"
        );
        ada.auth_time = Some(NOW);
        assert_eq!(demanding.check(&ada, NOW), Ok(()));
    }
}
