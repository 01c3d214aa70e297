//! What a vendor's token must say, and what its values must look like.

use serde_json::Value;
use time::Duration;
use uuid::Uuid;

use super::{Care, Claim, Provenance, Recipe, Source, Tree, Unit};
use crate::types::Email;

/// The largest time in seconds that makes sense; one in milliseconds is beyond (it is in the year 5138).
const LATEST: i64 = 100_000_000_000;

/// What a vendor's token must say under one name.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    claim: &'a Claim,
    unit: Unit,
}

/// A moment in the life of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Issue,
    Expiry,
    /// From when on it works.
    Start,
}

impl Recipe {
    /// What a token of this recipe must say, and nothing besides.
    pub fn expectations(&self) -> impl Iterator<Item = Expectation<'_>> {
        let unit = self.unit;
        self.claims.iter().map(move |claim| Expectation { claim, unit })
    }
}

impl<'a> Expectation<'a> {
    pub fn name(&self) -> &'a str {
        &self.claim.name
    }

    pub fn required(&self) -> bool {
        self.claim.required
    }

    /// Where the value comes from.
    pub fn provenance(&self) -> Provenance {
        self.claim.source.provenance()
    }

    /// The value that stands in every token, where it is the same in all.
    pub fn constant(&self) -> Option<&'a Value> {
        match &self.claim.source {
            Source::Constant(value) | Source::Tree(Tree::Constant(value), _) => Some(value),
            _ => None,
        }
    }

    /// Whether it can tell of the person: not a time, nothing made up, nothing that is the same for all.
    pub fn is_of_the_person(&self) -> bool {
        !matches!(
            self.claim.source,
            Source::IssuedAt
                | Source::ExpiresAt
                | Source::NotBefore
                | Source::Jti
                | Source::SessionId
                | Source::Constant(_)
        )
    }

    /// The moment that the claim tells, where it tells one.
    pub fn moment(&self) -> Option<Moment> {
        match self.claim.source {
            Source::IssuedAt => Some(Moment::Issue),
            Source::ExpiresAt => Some(Moment::Expiry),
            Source::NotBefore => Some(Moment::Start),
            _ => None,
        }
    }

    /// The time in a value that has the right form, in seconds since 1970.
    pub fn time(&self, found: &Value) -> Option<i64> {
        let count = found.as_i64().filter(|_| self.mismatch(found).is_none())?;
        Some(match self.unit {
            Unit::Seconds => count,
            Unit::Milliseconds => count / 1000,
        })
    }

    /// A time so much later; `None` for a value that is none.
    pub fn moved(&self, found: &Value, by: Duration) -> Option<Value> {
        let by = match self.unit {
            Unit::Seconds => by.whole_seconds(),
            Unit::Milliseconds => by.whole_seconds() * 1000,
        };
        self.moment()?;
        Some(found.as_i64()?.saturating_add(by).into())
    }

    /// What is wrong with a value in the vendor's eyes.
    pub fn mismatch(&self, found: &Value) -> Option<String> {
        let unless = |fits: bool, wanted: &str| (!fits).then(|| format!("must be {wanted}"));
        match &self.claim.source {
            Source::IssuedAt | Source::ExpiresAt | Source::NotBefore => match (self.unit, found.as_i64()) {
                (Unit::Seconds, Some(time)) if time >= LATEST => {
                    Some("looks like milliseconds; it must be seconds since 1970".into())
                }
                (Unit::Milliseconds, Some(time)) if time < LATEST => {
                    Some("looks like seconds; it must be milliseconds since 1970".into())
                }
                (_, Some(time)) => unless(time >= 0, "a time since 1970"),
                (_, None) => Some("must be a whole number, a time since 1970".into()),
            },
            Source::Constant(value) => unless(found == value, &value.to_string()),
            Source::Jti => unless(
                found.as_str().is_some_and(|text| Uuid::parse_str(text).is_ok()),
                "a UUID",
            ),
            Source::SessionId => unless(is_text(found), "the room's session"),
            Source::AtMost(_, most) => unless(
                found.as_str().is_some_and(|text| text.chars().count() <= *most),
                &format!("a string of at most {most} characters"),
            ),
            Source::IdentityAtDevice(_) => unless(
                found.as_str().is_some_and(|text| text.matches('/').count() == 1),
                "identity/device, with one slash",
            ),
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
            Source::Tree(tree, care) => tree.mismatch(found, "", *care),
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

impl Tree {
    /// The tree as it was written.
    pub(super) fn describe(&self) -> Value {
        match self {
            Self::Constant(value) => value.clone(),
            Self::Expression(expression) => expression.source().into(),
            Self::List(items) => items.iter().map(Self::describe).collect(),
            Self::Table(entries) => entries
                .iter()
                .map(|entry| (entry.name.clone(), entry.value.describe()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    /// The first place where a value differs from the tree.
    fn mismatch(&self, found: &Value, path: &str, care: Care) -> Option<String> {
        let at = |what: &str| Some(format!("{path}{}{what}", if path.is_empty() { "" } else { " " }));
        match (self, found) {
            (Self::Constant(value), _) if value == found => None,
            (Self::Constant(value), _) => at(&format!("must be {value}")),
            (Self::Expression(_), Value::String(_) | Value::Number(_) | Value::Bool(_)) => None,
            // What a provider sends may have any form.
            (Self::Expression(_), _) if care == Care::Cleaned => None,
            (Self::Expression(_), _) => at("must be a string, a number, true or false"),
            (Self::List(items), Value::Array(found)) if items.len() == found.len() => {
                let mut both = items.iter().zip(found);
                both.find_map(|(item, found)| item.mismatch(found, path, care))
            }
            (Self::List(items), _) => at(&format!("must be a list of {}", items.len())),
            (Self::Table(entries), Value::Object(found)) => {
                let below = |key: &str| format!("{path}{}{key}", if path.is_empty() { "" } else { "." });
                if let Some(key) = found
                    .keys()
                    .find(|key| entries.iter().all(|entry| entry.name != **key))
                {
                    return Some(format!("{} is not part of it", below(key)));
                }
                entries.iter().find_map(|entry| match found.get(&entry.name) {
                    Some(found) => entry.value.mismatch(found, &below(&entry.name), care),
                    None if entry.optional => None,
                    None => Some(format!("{} is missing", below(&entry.name))),
                })
            }
            (Self::Table(_), _) => at("must be an object"),
        }
    }
}
