//! The panel beside a vendor's page: the token taken apart, and where each claim came from.

use serde::Serialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::macros::format_description;

use super::verify::{Refusal, Token};
use crate::clock::{Clock as _, SystemClock};
use crate::demo::settings::{Line, Settings};

/// Where a claim's value came from.
#[derive(Serialize)]
pub struct Source {
    pub words: &'static str,
    /// The line of `usher.toml` behind it, where there is one.
    pub line: Option<Line>,
}

impl Source {
    pub fn rule(words: &'static str) -> Self {
        Self { words, line: None }
    }

    pub fn config(words: &'static str, settings: &Settings, app: &str, key: &str) -> Self {
        Self {
            words,
            line: settings.line(&format!("apps.{app}"), key),
        }
    }
}

#[derive(Serialize)]
pub struct Row {
    pub name: String,
    pub kind: &'static str,
    pub value: String,
    pub source: Option<Source>,
}

/// What a page shows: a template's, or the script of a page that calls the vendor.
#[derive(Serialize)]
pub struct Panel {
    pub header: Vec<Row>,
    pub claims: Vec<Row>,
    /// Unix seconds, for the script that counts down.
    pub expires: i64,
    /// `14:03:20 UTC`, for everybody else.
    pub expires_at: String,
    /// Seconds that were left when the page was made.
    pub left: i64,
    /// Seconds between `iat` and `exp`.
    pub lifetime: i64,
}

impl Panel {
    pub fn new(token: &Token, source: impl Fn(&str) -> Source) -> Result<Self, Refusal> {
        let expires = token.seconds("exp")?;
        let issued = token.seconds("iat")?;
        let left = expires - SystemClock.now().unix_timestamp();
        Ok(Self {
            header: rows(&token.header, |_| None),
            claims: rows(&token.claims, |name| Some(source(name))),
            expires,
            expires_at: clock_time(expires),
            left: left.max(0),
            lifetime: expires - issued,
        })
    }
}

fn rows(values: &Map<String, Value>, source: impl Fn(&str) -> Option<Source>) -> Vec<Row> {
    values
        .iter()
        .map(|(name, value)| Row {
            name: name.clone(),
            kind: kind(value),
            value: shown(name, value),
            source: source(name),
        })
        .collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(members) if !members.is_empty() && members.iter().all(Value::is_array) => {
            "array of pairs"
        }
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn shown(name: &str, value: &Value) -> String {
    match value.as_i64().filter(|_| matches!(name, "iat" | "nbf" | "exp")) {
        Some(seconds) => format!("{seconds}  ({})", clock_time(seconds)),
        None => match value {
            // A pair a line reads better than a word a line.
            Value::Array(members) if members.iter().any(Value::is_array) => {
                let lines: Vec<String> = members.iter().map(|member| format!("  {member}")).collect();
                format!("[\n{}\n]", lines.join(",\n"))
            }
            Value::Object(_) => serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string()),
            _ => value.to_string(),
        },
    }
}

fn clock_time(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|time| {
            time.format(format_description!("[hour]:[minute]:[second] UTC"))
                .ok()
        })
        .unwrap_or_else(|| seconds.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_json_type_has_its_name() {
        for (value, name) in [
            (json!(null), "null"),
            (json!(true), "boolean"),
            (json!(1), "integer"),
            (json!(1.5), "number"),
            (json!("1"), "string"),
            (json!([]), "array"),
            (json!(["host"]), "array"),
            (json!([["a", "b"]]), "array of pairs"),
            (json!({}), "object"),
        ] {
            assert_eq!(kind(&value), name);
        }
    }

    #[test]
    fn times_are_shown_as_seconds_and_as_a_clock_shows_them() {
        assert_eq!(shown("exp", &json!(1_700_000_000)), "1700000000  (22:13:20 UTC)");
        assert_eq!(shown("other", &json!(7)), "7");
    }
}
