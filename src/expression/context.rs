//! What expressions see: `user`, `params`, `app`; and our filters.

use std::collections::BTreeMap;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};
use serde_json::Value as Json;

use crate::identity::Identity;
use crate::params::Params;
use crate::types::AppId;

/// The values of one launch.
pub struct Context(Value);

impl Context {
    pub fn new(identity: &Identity, params: &Params, app: &AppId, title: &str) -> Self {
        let mut user = BTreeMap::new();
        let mut put = |name: &'static str, value: Option<Value>| value.map(|v| user.insert(name, v));
        put("sub", Some(identity.subject.as_str().into()));
        put("issuer", Some(identity.issuer.as_str().into()));
        put("provider", Some(identity.provider.as_str().into()));
        put(
            "email",
            identity.email.as_ref().map(|email| email.as_str().into()),
        );
        put("email_verified", Some(identity.email_verified.into()));
        put("name", identity.name().map(Value::from));
        for name in ["given_name", "family_name", "preferred_username", "picture"] {
            put(name, identity.text(name).map(Value::from));
        }
        put(
            "groups",
            identity
                .groups
                .known()
                .map(|groups| groups.iter().map(String::as_str).collect()),
        );
        let claims = identity.claims.iter().filter(|(_, value)| !value.is_null());
        put(
            "claims",
            Some(Value::from_pairs(
                claims.map(|(name, value)| (name.as_str(), inner(value))),
            )),
        );
        let params: BTreeMap<&str, Value> = params.iter().map(|(n, v)| (n, v.into())).collect();
        let app = BTreeMap::from([("id", Value::from(app.as_str())), ("title", Value::from(title))]);
        let root = BTreeMap::from([
            ("user", Value::from(user)),
            ("params", Value::from(params)),
            ("app", Value::from(app)),
        ]);
        Self(Value::from(root))
    }

    pub(super) fn root(&self) -> Value {
        self.0.clone()
    }

    /// Whether a value stands at `path`.
    pub(super) fn has(&self, path: &[String]) -> bool {
        let mut value = self.0.clone();
        for part in path {
            let next = match (value.kind(), part.parse::<usize>()) {
                (ValueKind::Seq, Ok(index)) => value.get_item_by_index(index),
                (ValueKind::Map, _) => value.get_attr(part),
                _ => return false,
            };
            match next {
                Ok(found) if !found.is_undefined() => value = found,
                _ => return false,
            }
        }
        true
    }
}

/// A JSON value for minijinja. Null is a missing value, wherever it stands (C-12).
fn inner(json: &Json) -> Value {
    match json {
        Json::Null => Value::UNDEFINED,
        Json::Bool(value) => (*value).into(),
        Json::String(text) => text.as_str().into(),
        Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), ..) => whole.into(),
            (_, Some(whole), _) => whole.into(),
            (.., Some(real)) => real.into(),
            _ => Value::UNDEFINED,
        },
        Json::Array(items) => items.iter().map(inner).collect(),
        Json::Object(object) => {
            let present = object.iter().filter(|(_, value)| !value.is_null());
            Value::from_pairs(present.map(|(name, value)| (name.as_str(), inner(value))))
        }
    }
}

fn refuse(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, what)
}

/// Text of a string, an integer or a boolean.
pub(super) fn string(value: &Value) -> Result<String, Error> {
    match value.kind() {
        ValueKind::String => Ok(value.to_string()),
        // minijinja would write True, as Python does.
        ValueKind::Bool => Ok(value.is_true().to_string()),
        ValueKind::Number if value.is_integer() => Ok(value.to_string()),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        _ => Err(refuse("string takes a string, an integer or a boolean")),
    }
}

/// A whole number, also out of a text of digits.
pub(super) fn int(value: &Value) -> Result<i64, Error> {
    match value.kind() {
        ValueKind::Number if value.is_integer() => i64::try_from(value.clone()),
        ValueKind::String => value
            .as_str()
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(|| refuse("not a whole number")),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        _ => Err(refuse("int takes an integer or a text of digits")),
    }
}

/// Seconds as milliseconds.
pub(super) fn ms(value: &Value) -> Result<i64, Error> {
    int(value)?
        .checked_mul(1000)
        .ok_or_else(|| refuse("too large a time"))
}

/// An object as a list of `[key, value]`.
pub(super) fn pairs(value: &Value) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::Map => {
            let keys = value.try_iter()?;
            let pairs = keys.map(|key| Ok(Value::from(vec![key.clone(), value.get_item(&key)?])));
            pairs.collect::<Result<Vec<_>, Error>>().map(Value::from)
        }
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        _ => Err(refuse("pairs takes an object")),
    }
}

/// A list of texts, integers and booleans as one text.
pub(super) fn join(list: &Value, between: Option<String>) -> Result<String, Error> {
    match list.kind() {
        ValueKind::Seq => {
            let parts = list
                .try_iter()?
                .map(|item| string(&item))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(parts.join(&between.unwrap_or_default()))
        }
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        _ => Err(refuse("join takes a list")),
    }
}
