//! Where claims come from, said for people; and what their values must look like.

use serde_json::Value;

use super::{Claim, Recipe, Source, Tree};
use crate::types::Email;

/// The largest time in seconds that makes sense; one in milliseconds is beyond (it is in the year 5138).
const LATEST: i64 = 100_000_000_000;

/// What a vendor's token must say under one name.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a>(&'a Claim);

/// A moment in the life of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Issue,
    Expiry,
}

impl Recipe {
    /// What a token of this recipe must say, and nothing besides.
    pub fn expectations(&self) -> impl Iterator<Item = Expectation<'_>> {
        self.0.iter().map(Expectation)
    }
}

impl<'a> Expectation<'a> {
    pub fn name(&self) -> &'a str {
        self.0.name
    }

    pub fn required(&self) -> bool {
        self.0.required
    }

    /// Where the value comes from.
    pub fn origin(&self) -> String {
        self.0.source.describe()
    }

    /// The moment that the claim tells, where it tells one.
    pub fn moment(&self) -> Option<Moment> {
        match self.0.source {
            Source::IssuedAt => Some(Moment::Issue),
            Source::ExpiresAt => Some(Moment::Expiry),
            _ => None,
        }
    }

    /// What is wrong with a value in the vendor's eyes.
    pub fn mismatch(&self, found: &Value) -> Option<String> {
        let unless = |fits: bool, wanted: &str| (!fits).then(|| format!("must be {wanted}"));
        match &self.0.source {
            Source::IssuedAt | Source::ExpiresAt => match found.as_i64() {
                Some(time) if time >= LATEST => {
                    Some("looks like milliseconds; it must be seconds since 1970".into())
                }
                Some(time) => unless(time >= 0, "seconds since 1970"),
                None => Some("must be a whole number of seconds since 1970".into()),
            },
            Source::Constant(text) => unless(found == text, &Value::from(text.as_str()).to_string()),
            Source::Name(_) => unless(is_text(found), "a string with something in it"),
            Source::VerifiedEmail | Source::Email(_) => unless(
                found.as_str().is_some_and(|text| Email::parse(text).is_ok()),
                "an e-mail address",
            ),
            Source::Link(_) => unless(
                found.as_str().is_some_and(|text| text.starts_with("https://")),
                "an https link",
            ),
            Source::Pairs(_) => unless(
                found.as_array().is_some_and(|pairs| pairs.iter().all(is_pair)),
                "a list of [\"key\", \"value\"] pairs",
            ),
            Source::Roles => unless(
                found
                    .as_array()
                    .is_some_and(|roles| !roles.is_empty() && roles.iter().all(is_text)),
                "a list of role names",
            ),
            Source::Role => unless(found.is_null() || is_text(found), "one role's name, or null"),
            Source::Tree(tree) => tree.mismatch(found, ""),
        }
    }
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn is_pair(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|pair| pair.len() == 2 && pair.iter().all(Value::is_string))
}

impl Source {
    /// Where the value comes from.
    pub fn describe(&self) -> String {
        match self {
            Self::IssuedAt => "time of issue".into(),
            Self::ExpiresAt => "time of issue and ttl".into(),
            Self::Constant(_) => "constant".into(),
            Self::Name(name) => format!("{}, cleaned", name.source()),
            Self::VerifiedEmail => "verified e-mail".into(),
            Self::Email(email) => format!("{}, where it is verified", email.source()),
            Self::Link(link) => format!("{}, an https link", link.source()),
            Self::Pairs(pairs) => {
                let pairs: Vec<_> = pairs
                    .iter()
                    .map(|(key, value)| format!("{key} = {}", value.source()))
                    .collect();
                format!("pairs: {}", pairs.join(", "))
            }
            Self::Roles | Self::Role => "role rules".into(),
            Self::Tree(tree) => format!("tree: {}", tree.describe()),
        }
    }
}

impl Tree {
    /// The tree as it was written.
    fn describe(&self) -> Value {
        match self {
            Self::Constant(value) => value.clone(),
            Self::Expression(expression) => expression.source().into(),
            Self::List(items) => items.iter().map(Self::describe).collect(),
            Self::Table(entries) => entries
                .iter()
                .map(|(key, entry)| (key.clone(), entry.describe()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    /// The first place where a value differs from the tree.
    fn mismatch(&self, found: &Value, path: &str) -> Option<String> {
        let at = |what: &str| Some(format!("{path}{}{what}", if path.is_empty() { "" } else { " " }));
        match (self, found) {
            (Self::Constant(value), _) if value == found => None,
            (Self::Constant(value), _) => at(&format!("must be {value}")),
            (Self::Expression(_), Value::String(_) | Value::Number(_) | Value::Bool(_)) => None,
            (Self::Expression(_), _) => at("must be a string, a number, true or false"),
            (Self::List(items), Value::Array(found)) if items.len() == found.len() => {
                let mut both = items.iter().zip(found);
                both.find_map(|(item, found)| item.mismatch(found, path))
            }
            (Self::List(items), _) => at(&format!("must be a list of {}", items.len())),
            (Self::Table(entries), Value::Object(found)) => {
                let below = |key: &str| format!("{path}{}{key}", if path.is_empty() { "" } else { "." });
                if let Some(key) = found
                    .keys()
                    .find(|key| entries.iter().all(|(name, _)| name != *key))
                {
                    return Some(format!("{} is not part of it", below(key)));
                }
                entries.iter().find_map(|(key, entry)| match found.get(key) {
                    Some(found) => entry.mismatch(found, &below(key)),
                    None => Some(format!("{} is missing", below(key))),
                })
            }
            (Self::Table(_), _) => at("must be an object"),
        }
    }
}
