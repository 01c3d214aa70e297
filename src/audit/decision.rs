//! Why a person was turned away: what was held against them, in the record of it. Nothing of a token, a
//! code or a parameter's value; what claims say only where the configuration lets it.

use serde::{Deserialize, Serialize};

use super::chain::ChainKey;
use super::row::Naming;

/// Rules and claims that are written down.
const LISTED: usize = 100;
/// Characters of a rule, a reason or a value, and of all values together.
const LONGEST: usize = 200;
const TOGETHER: usize = 4096;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Decision {
    /// In words.
    pub why: String,
    /// When the person signed in at the provider, where it says so, and here.
    pub auth_time: Option<String>,
    pub session_started: Option<String>,
    pub rules: Vec<Rule>,
    /// What the rules and the token are made from.
    pub claims: Vec<Claim>,
}

/// One rule, held against the person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    pub key: String,
    pub rule: String,
    /// `yes`, `no` or `unknown`.
    pub fits: String,
    /// What is not known.
    pub why: Option<String>,
    pub decided: bool,
}

/// A claim by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Claim {
    pub name: String,
    /// The type of what the provider sent, or `absent`.
    pub found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Decision {
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// As it is written down, bounded, and with no more of the person than the trail may say.
    pub(super) fn written(mut self, naming: Naming, key: &ChainKey) -> String {
        let decided = self.rules.iter().skip(LISTED).find(|rule| rule.decided).cloned();
        self.rules.truncate(LISTED - usize::from(decided.is_some()));
        self.rules.extend(decided);
        self.claims.truncate(LISTED);
        cut(&mut self.why);
        for rule in &mut self.rules {
            if let Naming::Hashed = naming {
                rule.veil(key);
            }
            cut(&mut rule.rule);
        }
        let mut left = TOGETHER;
        for claim in &mut self.claims {
            cut(&mut claim.name);
            claim.value = claim.value.take().filter(|_| naming == Naming::Open);
            if let Some(value) = &mut claim.value {
                cut(value);
                left = left.saturating_sub(value.len());
                claim.value = claim.value.take().filter(|_| left > 0);
            }
        }
        serde_json::to_string(&self).unwrap_or_default()
    }
}

impl Rule {
    /// A rule that fits says whom it names.
    fn veil(&mut self, key: &ChainKey) {
        match (self.key.as_str(), self.rule.split_once(':')) {
            ("allow" | "deny", Some(("email", address))) => {
                self.rule = format!("email:{}", key.person(address));
            }
            ("allow" | "deny", Some(("claim", claim))) => {
                let path = claim.split('=').next().unwrap_or_default();
                self.rule = format!("claim:{path}=…");
            }
            ("allow" | "deny" | "providers" | "bind_email" | "max_auth_age" | "acr_values", _) => {}
            ("roles", _) => {
                let role = self.rule.split(" for ").next().unwrap_or_default();
                self.rule = format!("{role} for …");
            }
            _ => "…".clone_into(&mut self.rule),
        }
    }
}

fn cut(text: &mut String) {
    if let Some((at, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(at);
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;

    use super::*;

    fn key() -> ChainKey {
        ChainKey::new(&SecretBox::new(Box::new([7; 32])))
    }

    fn rule(key: &str, rule: &str) -> Rule {
        Rule {
            key: key.into(),
            rule: rule.into(),
            fits: "yes".into(),
            ..Rule::default()
        }
    }

    fn decision() -> Decision {
        Decision {
            why: "no rule fits".into(),
            rules: vec![
                rule("allow", "email:ada@example.com"),
                rule("allow", "group:staff"),
                rule("allow", "claim:employee=4711"),
                rule("when", "user.sub == 'ada-1'"),
                rule("roles", "host for email:ada@example.com"),
            ],
            claims: vec![Claim {
                name: "employee".into(),
                found: "string".into(),
                value: Some("4711".into()),
            }],
            ..Decision::default()
        }
    }

    #[test]
    fn values_are_written_only_where_they_may_be() {
        let plain = decision().written(Naming::Plain, &key());
        assert!(
            plain.contains("claim:employee=4711"),
            "the rule is the configuration's"
        );
        assert_eq!(Decision::parse(&plain).unwrap().claims[0].value, None);
        let open = decision().written(Naming::Open, &key());
        assert_eq!(Decision::parse(&open).unwrap(), decision());
    }

    #[test]
    fn c_37_a_rule_that_fits_names_nobody_who_stands_there_by_a_hash() {
        let hashed = decision().written(Naming::Hashed, &key());
        for name in ["ada", "4711"] {
            assert!(!hashed.contains(name), "{hashed}");
        }
        assert!(hashed.contains(&key().person("ada@example.com")));
        assert!(hashed.contains("group:staff"));
    }

    #[test]
    fn it_stays_short_and_the_rule_that_decided_is_there() {
        let mut decision = decision();
        decision.rules = (0..500).map(|n| rule("allow", &format!("group:{n}"))).collect();
        decision.rules[400].decided = true;
        decision.claims = (0..60)
            .map(|n| Claim {
                name: format!("c{n}"),
                found: "string".into(),
                value: Some("ä".repeat(5000)),
            })
            .collect();
        let written = decision.written(Naming::Open, &key());
        assert!(written.len() < 24 * 1024, "{}", written.len());
        let read = Decision::parse(&written).unwrap();
        assert_eq!(read.rules.len(), 100);
        assert!(read.rules[99].decided);
        let values: usize = read
            .claims
            .iter()
            .filter_map(|claim| claim.value.as_ref())
            .map(String::len)
            .sum();
        assert!((2000..=4096).contains(&values), "{values}");
    }
}
