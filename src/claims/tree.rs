//! A typed tree of constants and expressions, for claims that are more than one value.

use serde_json::{Map, Value};

use super::recipe::Person;
use super::{ClaimError, clean};
use crate::expression::{Expression, NoValue};

/// Characters of a value in a policy (S-319).
const FILTER: usize = 256;
/// Characters of a value elsewhere; longer ones are cut.
const LONGEST: usize = 1024;

#[derive(Debug)]
pub enum Tree {
    Constant(Value),
    Expression(Expression),
    List(Vec<Tree>),
    Table(Vec<Entry>),
}

/// A member of a table.
#[derive(Debug)]
pub struct Entry {
    pub name: String,
    pub value: Tree,
    /// Disappears where its value is missing, rather than refuse the launch.
    pub optional: bool,
}

/// How values are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// One value, as it is or not at all: a filter that cleaning changed would match something else (C-4).
    Exact,
    /// Cleaned as for people to read; lists and tables are taken whole.
    Cleaned,
}

impl Tree {
    /// Whether nothing in it depends on the person or the request.
    pub fn is_constant(&self) -> bool {
        match self {
            Self::Constant(_) => true,
            Self::Expression(expression) => expression.is_constant(),
            Self::List(items) => items.iter().all(Self::is_constant),
            Self::Table(entries) => entries.iter().all(|entry| entry.value.is_constant()),
        }
    }

    /// The expressions in it.
    pub(super) fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Expression(expression) => vec![expression],
            Self::List(items) => items.iter().flat_map(Self::expressions).collect(),
            Self::Table(entries) => entries
                .iter()
                .flat_map(|entry| entry.value.expressions())
                .collect(),
        }
    }

    /// Fills the tree in; `name` is its path, for the refusal.
    pub(super) fn fill(&self, person: &Person<'_>, name: &str, care: Care) -> Result<Value, ClaimError> {
        match self {
            Self::Constant(value) => Ok(value.clone()),
            Self::List(items) => items
                .iter()
                .map(|item| item.fill(person, name, care))
                .collect::<Result<_, _>>()
                .map(Value::Array),
            Self::Table(entries) => {
                let mut object = Map::new();
                for entry in entries {
                    match entry.value.fill(person, &format!("{name}.{}", entry.name), care) {
                        Ok(value) => {
                            object.insert(entry.name.clone(), value);
                        }
                        Err(ClaimError::Missing { .. } | ClaimError::EmailUnverified) if entry.optional => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(Value::Object(object))
            }
            Self::Expression(expression) => value(expression, person, name, care),
        }
    }
}

fn value(expression: &Expression, person: &Person<'_>, name: &str, care: Care) -> Result<Value, ClaimError> {
    let missing = || ClaimError::Missing {
        claim: name.to_owned(),
    };
    let failed = || ClaimError::Failed {
        claim: name.to_owned(),
    };
    if care == Care::Cleaned && expression.reads("email") && person.verified_email().is_none() {
        return Err(ClaimError::EmailUnverified);
    }
    let found = match expression.evaluate(&person.context) {
        Ok(found) => found,
        Err(NoValue::Missing) => return Err(missing()),
        Err(NoValue::Failed) => return Err(failed()),
    };
    match (care, found) {
        (_, Value::String(text)) if text.trim().is_empty() => Err(missing()),
        (_, value @ (Value::Bool(_) | Value::Number(_))) => Ok(value),
        (Care::Exact, Value::String(text)) if clean::text(&text, FILTER) == text => Ok(Value::String(text)),
        (Care::Exact, Value::Null) => Err(missing()),
        (Care::Exact, _) => Err(failed()),
        // Written out as `{{ none }}`: what is merely absent never comes this far (C-12).
        (Care::Cleaned, Value::Null) => Ok(Value::Null),
        (Care::Cleaned, Value::String(text)) if expression.reads("picture") => {
            clean::link(&text).map(Value::String).ok_or_else(missing)
        }
        (Care::Cleaned, value) => cleaned(value).ok_or_else(missing),
    }
}

/// The value with every text in it cleaned; nothing where a text alone is left empty.
fn cleaned(value: Value) -> Option<Value> {
    match value {
        Value::String(text) => Some(clean::text(&text, LONGEST))
            .filter(|text| !text.is_empty())
            .map(Value::String),
        Value::Array(items) => Some(items.into_iter().filter_map(cleaned).collect()),
        Value::Object(members) => {
            let member = |(name, value): (String, Value)| {
                cleaned(value).map(|value| (clean::text(&name, LONGEST), value))
            };
            Some(Value::Object(members.into_iter().filter_map(member).collect()))
        }
        plain => Some(plain),
    }
}
