//! `{{ expressions }}`: the only place that knows minijinja (C-12).

mod context;
mod names;

use std::cell::LazyCell;
use std::fmt;
use std::sync::LazyLock;

use minijinja::value::{Value as Inner, ValueKind};
use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use serde_json::Value;

pub use context::Context;
use names::{Mentions, Reference};

use crate::params::ParamRules;

/// The largest result, as JSON.
const LARGEST: usize = 4096;
/// Instructions that one evaluation may take.
const FUEL: u64 = 10_000;

const USER: [&str; 12] = [
    "sub",
    "issuer",
    "provider",
    "email",
    "email_verified",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "picture",
    "groups",
    "claims",
];
const APP: [&str; 2] = ["id", "title"];
const FILTERS: [&str; 9] = [
    "default", "string", "int", "ms", "pairs", "join", "lower", "upper", "trim",
];
const TESTS: [&str; 2] = ["defined", "undefined"];

/// The claims that tell one person from another; see [`Expression::tells_people_apart`].
const OWN: [&str; 8] = [
    "sub",
    "email",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "picture",
    "claims",
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(50);
    environment.add_filter("default", minijinja::filters::default);
    environment.add_filter("string", context::string);
    environment.add_filter("int", context::int);
    environment.add_filter("ms", context::ms);
    environment.add_filter("pairs", context::pairs);
    environment.add_filter("join", context::join);
    environment.add_filter("lower", |text: String| text.to_lowercase());
    environment.add_filter("upper", |text: String| text.to_uppercase());
    environment.add_filter("trim", |text: String| text.trim().to_owned());
    environment.add_test("defined", minijinja::tests::is_defined);
    environment.add_test("undefined", minijinja::tests::is_undefined);
    environment
});

/// A value of the configuration with its expressions compiled.
pub struct Expression {
    source: String,
    parts: Vec<Part>,
    references: Vec<Reference>,
}

enum Part {
    Text(String),
    /// The path of a value, which is looked up as it is.
    Name(Vec<String>),
    Code(minijinja::Expression<'static, 'static>),
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Expression")
    }
}

/// Why a text cannot be compiled; shown beside its key, and holds no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CompileError(pub String);

/// Why an evaluation gave no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoValue {
    /// Something that it names is not there, or null.
    Missing,
    /// A wrong type, too large a result, too long a computation.
    Failed,
}

impl Expression {
    /// Compiles a text in which `{{ }}` may stand.
    pub fn compile(text: &str, params: &ParamRules) -> Result<Self, CompileError> {
        let mut parts = Vec::new();
        let mut references = Vec::new();
        let mut rest = text;
        if text.contains("{%") || text.contains("{#") {
            return Err(CompileError(
                "only {{ expressions }} are taken, no statements".into(),
            ));
        }
        while let Some(start) = rest.find("{{") {
            if start > 0 {
                parts.push(Part::Text(rest[..start].to_owned()));
            }
            let inside = &rest[start + 2..];
            let end = end_of(inside).ok_or_else(|| CompileError("{{ has no }}".into()))?;
            parts.push(compile(&inside[..end], params, &mut references)?);
            rest = &inside[end + 2..];
        }
        if !rest.is_empty() || parts.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self {
            source: text.to_owned(),
            parts,
            references,
        })
    }

    /// Compiles a bare expression, without braces, such as `when` has.
    pub fn condition(source: &str, params: &ParamRules) -> Result<Self, CompileError> {
        let mut references = Vec::new();
        let part = compile(source, params, &mut references)?;
        Ok(Self {
            source: source.to_owned(),
            parts: vec![part],
            references,
        })
    }

    /// The text that it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it holds no expression at all.
    pub fn is_constant(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// Whether it names something of the person that others do not share (S-329).
    pub fn tells_people_apart(&self) -> bool {
        OWN.iter().any(|name| self.reads(name))
    }

    /// Whether it names `user.{name}`, also as the claim that it comes from.
    pub fn reads(&self, name: &str) -> bool {
        self.references.iter().any(|reference| {
            let path: Vec<&str> = reference.path.iter().map(String::as_str).collect();
            matches!(path[..], ["user", found, ..] | ["user", "claims", found, ..] if found == name)
        })
    }

    /// What it names of the person: the path behind `user`.
    pub fn of_user(&self) -> impl Iterator<Item = &[String]> {
        self.references
            .iter()
            .filter_map(|reference| match reference.path.split_first() {
                Some((user, path)) if user == "user" => Some(path),
                _ => None,
            })
    }

    /// The claims that it names; `user.name` and its like come from the claim of that name.
    pub fn claims(&self) -> impl Iterator<Item = String> {
        self.of_user().filter_map(|path| match path {
            [claims, names @ ..] if claims == "claims" => Some(names.join(".")),
            [name, ..] => match name.as_str() {
                "sub" | "issuer" | "provider" => None,
                "email_verified" => Some("email".to_owned()),
                name => Some(name.to_owned()),
            },
            [] => None,
        })
    }

    /// The value: of its own type where one expression stands alone, else text. `Null` is explicit.
    pub fn evaluate(&self, context: &Context<'_>) -> Result<Value, NoValue> {
        let value = match self.parts.as_slice() {
            [Part::Name(path)] => context.value(path).ok_or(NoValue::Missing)?,
            parts => self.assemble(parts, context)?,
        };
        let fits = match &value {
            Value::String(text) => text.len() <= LARGEST,
            other => other.to_string().len() <= LARGEST,
        };
        if fits { Ok(value) } else { Err(NoValue::Failed) }
    }

    fn assemble(&self, parts: &[Part], context: &Context<'_>) -> Result<Value, NoValue> {
        let missing = |reference: &Reference| !reference.guarded && !context.has(&reference.path);
        if self.references.iter().any(missing) {
            return Err(NoValue::Missing);
        }
        let root = LazyCell::new(|| context.root(&self.references));
        let value = |part: &Part| match part {
            Part::Text(text) => Ok(Value::String(text.clone())),
            Part::Name(path) => context.value(path).ok_or(NoValue::Missing),
            Part::Code(code) => run(code, root.clone()).and_then(|value| json(&value)),
        };
        if let [part] = parts {
            return value(part);
        }
        let mut text = String::new();
        for part in parts {
            match value(part)? {
                Value::String(part) => text.push_str(&part),
                Value::Bool(part) => text.push_str(if part { "true" } else { "false" }),
                Value::Number(part) if !part.is_f64() => text.push_str(&part.to_string()),
                Value::Null => return Err(NoValue::Missing),
                _ => return Err(NoValue::Failed),
            }
        }
        Ok(Value::String(text))
    }
}

fn compile(source: &str, params: &ParamRules, references: &mut Vec<Reference>) -> Result<Part, CompileError> {
    let found = names::mentions(source).map_err(|e| CompileError(e.to_owned()))?;
    check(&found, params)?;
    let code = ENVIRONMENT
        .compile_expression_owned(source.to_owned())
        .map_err(|_| CompileError("is not an expression".into()))?;
    let part = match found.references.as_slice() {
        // What a number means depends on the value before it, and is for minijinja to say.
        [Reference { path, .. }] if found.alone && path.iter().all(|part| part.parse::<usize>().is_err()) => {
            Part::Name(path.clone())
        }
        _ => Part::Code(code),
    };
    references.extend(found.references);
    Ok(part)
}

fn check(found: &Mentions, params: &ParamRules) -> Result<(), CompileError> {
    for reference in &found.references {
        let path: Vec<&str> = reference.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["user", "claims", _, ..] => {}
            ["user", "claims"] => return Err(CompileError("user.claims is all of them; name one".into())),
            ["user", "groups", ..] => {}
            ["user", name] => known("user", name, &USER)?,
            ["params", name] => known("params", name, &params.names().collect::<Vec<_>>())?,
            ["app", name] => known("app", name, &APP)?,
            ["user", name, ..] if !USER.contains(name) => known("user", name, &USER)?,
            ["user" | "params" | "app", ..] => {
                return Err(CompileError(format!(
                    "{} has no such part",
                    path[..path.len().min(2)].join(".")
                )));
            }
            [name, ..] => {
                let hint = meant(name, &["user", "params", "app"]);
                return Err(CompileError(format!(
                    "there is no {name}, only user, params and app{hint}"
                )));
            }
            [] => {}
        }
    }
    for filter in &found.filters {
        if !FILTERS.contains(&filter.as_str()) {
            let hint = meant(filter, &FILTERS);
            return Err(CompileError(format!("there is no filter {filter}{hint}")));
        }
    }
    for test in &found.tests {
        if !TESTS.contains(&test.as_str()) {
            return Err(CompileError(format!(
                "there is no test {test}; write is defined, or compare"
            )));
        }
    }
    Ok(())
}

fn known(table: &str, name: &str, names: &[&str]) -> Result<(), CompileError> {
    if names.contains(&name) {
        return Ok(());
    }
    let why = if table == "params" {
        "is not declared under params"
    } else {
        "does not exist"
    };
    Err(CompileError(format!(
        "{table}.{name} {why}{}",
        meant(name, names)
    )))
}

/// `; did you mean …?`, where one of `names` is near.
pub fn meant(name: &str, names: &[&str]) -> String {
    names
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .min()
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4)
        .map_or_else(String::new, |(_, known)| format!("; did you mean {known}?"))
}

/// Where the `}}` of an expression stands, outside quotes and inner braces.
fn end_of(inside: &str) -> Option<usize> {
    let mut quote = None;
    let mut depth = 0;
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') if depth > 0 => depth -= 1,
            (None, '}') => return inside[at..].starts_with("}}").then_some(at),
            _ => {}
        }
    }
    None
}

fn run(code: &minijinja::Expression<'_, '_>, root: Inner) -> Result<Inner, NoValue> {
    code.eval(root).map_err(|error| match error.kind() {
        ErrorKind::UndefinedError => NoValue::Missing,
        _ => NoValue::Failed,
    })
}

fn json(value: &Inner) -> Result<Value, NoValue> {
    match value.kind() {
        ValueKind::Undefined => Err(NoValue::Missing),
        ValueKind::None => Ok(Value::Null),
        ValueKind::Bool => Ok(Value::Bool(value.is_true())),
        ValueKind::String => Ok(Value::String(value.as_str().unwrap_or_default().to_owned())),
        ValueKind::Number if value.is_integer() => i64::try_from(value.clone())
            .map(Value::from)
            .or_else(|_| u64::try_from(value.clone()).map(Value::from))
            .map_err(|_| NoValue::Failed),
        ValueKind::Number => f64::try_from(value.clone())
            .ok()
            .and_then(serde_json::Number::from_f64)
            .map(Value::Number)
            .ok_or(NoValue::Failed),
        ValueKind::Seq => {
            let items = value.try_iter().map_err(|_| NoValue::Failed)?;
            items
                .map(|item| json(&item))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::Array)
        }
        ValueKind::Map => {
            let mut object = serde_json::Map::new();
            for key in value.try_iter().map_err(|_| NoValue::Failed)? {
                let name = key.as_str().ok_or(NoValue::Failed)?;
                object.insert(
                    name.to_owned(),
                    json(&value.get_item(&key).map_err(|_| NoValue::Failed)?)?,
                );
            }
            Ok(Value::Object(object))
        }
        _ => Err(NoValue::Failed),
    }
}

#[cfg(test)]
mod tests;
