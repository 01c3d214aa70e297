//! Which claims rules are over, by name.

use std::collections::BTreeSet;

use super::{Admins, Matcher, Rules, StepUp};
use crate::expression::Expression;

impl Rules {
    /// The claims that the rules look at; the groups and the address under their own names.
    pub fn reads(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.matchers().filter_map(claim).collect();
        names.extend(self.when.iter().flat_map(Expression::claims));
        names.extend(self.bind_email.then(|| "email".to_owned()));
        names.extend(of_sign_in(&self.step_up));
        names
    }

    /// The groups that the rules name.
    pub fn groups(&self) -> Vec<&str> {
        self.matchers().filter_map(group).collect()
    }

    fn matchers(&self) -> impl Iterator<Item = &Matcher> {
        let roles = self.roles.rules.iter().flat_map(|rule| &rule.allow);
        self.allow.iter().chain(&self.deny).chain(roles)
    }
}

impl Admins {
    pub fn reads(&self) -> BTreeSet<String> {
        let names = self.allow.iter().filter_map(claim);
        names.chain(of_sign_in(&self.step_up)).collect()
    }

    pub fn groups(&self) -> Vec<&str> {
        self.allow.iter().filter_map(group).collect()
    }
}

fn of_sign_in(step_up: &StepUp) -> impl Iterator<Item = String> {
    let age = step_up.max_auth_age.map(|_| "auth_time".to_owned());
    let strength = (!step_up.acr_values.is_empty()).then(|| "acr".to_owned());
    age.into_iter().chain(strength)
}

fn claim(rule: &Matcher) -> Option<String> {
    match rule {
        Matcher::Everyone | Matcher::Provider(_) => None,
        Matcher::Group(_) => Some("groups".to_owned()),
        Matcher::Email(_) | Matcher::Domain(_) => Some("email".to_owned()),
        Matcher::Claim { path, .. } => Some(path.clone()),
    }
}

fn group(rule: &Matcher) -> Option<&str> {
    match rule {
        Matcher::Group(group) => Some(group),
        _ => None,
    }
}
