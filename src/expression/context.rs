//! What expressions see: `user`, `params`, `app`; and our filters.

use std::borrow::Cow;
use std::collections::BTreeMap;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};
use serde_json::{Map, Value as Json};

use super::names::Reference;
use crate::identity::Identity;
use crate::params::Params;
use crate::types::{AppId, Email};

/// The values of one launch, of which nothing is made until an expression names it.
pub struct Context<'a> {
    identity: &'a Identity,
    params: &'a Params,
    app: &'a AppId,
    title: &'a str,
}

impl<'a> Context<'a> {
    pub fn new(identity: &'a Identity, params: &'a Params, app: &'a AppId, title: &'a str) -> Self {
        Self {
            identity,
            params,
            app,
            title,
        }
    }

    /// What minijinja gets to see: of each table what the references name, since nothing takes one whole.
    pub(super) fn root(&self, references: &[Reference]) -> Value {
        let table = |wanted: &str| -> BTreeMap<&str, Value> {
            let paths = references.iter().filter_map(|reference| split(&reference.path));
            paths
                .filter(|(table, ..)| *table == wanted)
                .filter_map(|(table, name, _)| Some((name, inner(&*self.named(table, name)?))))
                .collect()
        };
        let mut user = table("user");
        user.insert("claims", table("claims").into());
        Value::from(BTreeMap::from([
            ("user", Value::from(user)),
            ("params", table("params").into()),
            ("app", table("app").into()),
        ]))
    }

    /// Whether a value stands at `path`.
    pub(super) fn has(&self, path: &[String]) -> bool {
        self.find(path).is_some()
    }

    /// The value at `path`; none where it, or an item of a list in it, is missing.
    pub(super) fn value(&self, path: &[String]) -> Option<Json> {
        match self.find(path)? {
            Cow::Borrowed(value) => whole(value),
            Cow::Owned(value) => Some(value),
        }
    }

    fn find(&self, path: &[String]) -> Option<Cow<'a, Json>> {
        let (table, name, rest) = split(path)?;
        rest.iter()
            .try_fold(self.named(table, name)?, |value, part| match value {
                Cow::Borrowed(value) => member(value, part).map(Cow::Borrowed),
                Cow::Owned(value) => member(&value, part).cloned().map(Cow::Owned),
            })
    }

    fn named(&self, table: &str, name: &str) -> Option<Cow<'a, Json>> {
        let identity = self.identity;
        let text = match (table, name) {
            ("claims", name) => return present(identity.claims.get(name)).map(Cow::Borrowed),
            ("user", "email_verified") => return Some(Cow::Owned(identity.email_verified.into())),
            ("user", "groups") => return identity.groups.known().map(|groups| Cow::Owned(groups.into())),
            ("user", "name") => return identity.name().map(|name| Cow::Owned(name.into())),
            ("user", "sub") => Some(identity.subject.as_str()),
            ("user", "issuer") => Some(identity.issuer.as_str()),
            ("user", "provider") => Some(identity.provider.as_str()),
            ("user", "email") => identity.email.as_ref().map(Email::as_str),
            ("user", "given_name" | "family_name" | "preferred_username" | "picture") => identity.text(name),
            ("params", name) => self.params.get(name),
            ("app", "id") => Some(self.app.as_str()),
            ("app", "title") => Some(self.title),
            _ => None,
        };
        text.map(|text| Cow::Owned(text.into()))
    }
}

/// A path as its table, the name in it, and the rest; the claims are a table of their own.
fn split(path: &[String]) -> Option<(&str, &str, &[String])> {
    match path {
        [user, claims, name, rest @ ..] if user == "user" && claims == "claims" => {
            Some(("claims", name, rest))
        }
        [table, name, rest @ ..] => Some((table, name, rest)),
        _ => None,
    }
}

/// Null is a missing value, wherever it stands (C-12).
fn present(json: Option<&Json>) -> Option<&Json> {
    json.filter(|value| !value.is_null())
}

fn member<'a>(value: &'a Json, part: &str) -> Option<&'a Json> {
    present(match value {
        Json::Array(items) => items.get(part.parse::<usize>().ok()?),
        Json::Object(members) => members.get(part),
        _ => None,
    })
}

/// A value as minijinja would give it back: without null members, which are missing, in the order of
/// their names; none where an item of a list is missing.
fn whole(json: &Json) -> Option<Json> {
    Some(match json {
        Json::Null => return None,
        Json::Array(items) => Json::Array(items.iter().map(whole).collect::<Option<_>>()?),
        Json::Object(object) => {
            let present = object.iter().filter(|(_, value)| !value.is_null());
            let mut members = present
                .map(|(name, value)| Some((name.clone(), whole(value)?)))
                .collect::<Option<Map<_, _>>>()?;
            members.sort_keys();
            Json::Object(members)
        }
        plain => plain.clone(),
    })
}

/// A JSON value for minijinja.
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
