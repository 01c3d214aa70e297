//! A cursor over the parsed file that knows where everything stands. It reports what is wrong and
//! goes on, so that one pass finds every problem.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::digest::Noted;
use super::duration::{duration, show};
use super::problem::{Problem, Severity};
use crate::expression::meant;

/// The file, and what has been found wrong with it.
pub struct Source<'a> {
    pub path: &'a Path,
    text: &'a str,
    problems: RefCell<Vec<Problem>>,
    pub noted: Noted,
}

impl<'a> Source<'a> {
    pub fn new(path: &'a Path, text: &'a str) -> Self {
        Self {
            path,
            text,
            problems: RefCell::default(),
            noted: Noted::default(),
        }
    }

    /// The line of an offset. What is missing at the end is missing on the last line.
    pub fn line(&self, at: usize) -> usize {
        let end = self.text.trim_end().len();
        let before = &self.text.as_bytes()[..at.min(end)];
        1 + before.iter().filter(|b| **b == b'\n').count()
    }

    pub fn report(
        &self,
        at: usize,
        key: &str,
        message: impl Into<String>,
        cure: Option<&str>,
        severity: Severity,
    ) {
        self.problems.borrow_mut().push(Problem {
            file: self.path.to_owned(),
            line: self.line(at),
            key: (!key.is_empty()).then(|| key.to_owned()),
            message: message.into(),
            cure: cure.map(str::to_owned),
            severity,
        });
    }

    /// A file that the configuration names.
    pub fn relative(&self, name: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(name)
    }

    pub fn into_problems(self) -> (Vec<Problem>, Noted) {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.line);
        // Two readers may stumble over one value.
        problems.dedup();
        (problems, self.noted)
    }
}

/// A table and the keys that it may have.
#[derive(Clone)]
pub struct Table<'a> {
    pub source: &'a Source<'a>,
    pub name: String,
    pub at: usize,
    entries: &'a DeTable<'a>,
    known: Vec<&'static str>,
}

/// A value with its place.
#[derive(Clone)]
pub struct Item<'a> {
    pub source: &'a Source<'a>,
    pub name: String,
    pub at: usize,
    value: &'a DeValue<'a>,
}

impl<'a> Table<'a> {
    /// Takes a table whose keys must be among `known`; the others are reported.
    pub fn new(
        source: &'a Source<'a>,
        name: String,
        at: usize,
        entries: &'a DeTable<'a>,
        known: &[&[&'static str]],
    ) -> Self {
        let known = known.concat();
        for (key, _) in entries {
            let word = key.get_ref().as_ref();
            if !known.contains(&word) {
                let hint = meant(word, &known);
                let message = format!("unknown key{hint}");
                source.report(
                    key.span().start,
                    &join(&name, word),
                    message,
                    None,
                    Severity::Error,
                );
            }
        }
        Self {
            source,
            name,
            at,
            entries,
            known,
        }
    }

    pub fn get(&self, key: &str) -> Option<Item<'a>> {
        debug_assert!(
            self.known.contains(&key),
            "{key} is not among the keys of {}",
            self.name
        );
        let value = self.entries.get(key)?;
        Some(Item {
            source: self.source,
            name: join(&self.name, key),
            at: value.span().start,
            value: value.get_ref(),
        })
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Reports at the key's place, or at the table's where the key is missing.
    pub fn error(&self, key: &str, message: impl Into<String>) {
        let at = self.entries.get(key).map_or(self.at, |value| value.span().start);
        self.source
            .report(at, &join(&self.name, key), message, None, Severity::Error);
    }

    /// Warns at the key's place, or at the table's where the key is missing.
    pub fn warn(&self, key: &str, message: impl Into<String>) {
        let at = self.entries.get(key).map_or(self.at, |value| value.span().start);
        self.source
            .report(at, &join(&self.name, key), message, None, Severity::Warning);
    }

    pub fn require(&self, key: &str) -> Option<Item<'a>> {
        let item = self.get(key);
        if item.is_none() {
            self.error(key, "is missing");
        }
        item
    }

    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key)?.text()
    }

    pub fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(|item| item.boolean()).unwrap_or(false)
    }

    pub fn texts(&self, key: &str) -> Vec<(Item<'a>, &'a str)> {
        let items = self.get(key).and_then(|item| item.list()).unwrap_or_default();
        items
            .into_iter()
            .filter_map(|item| item.text().map(|text| (item, text)))
            .collect()
    }

    /// A value made from text, with the default where the key is absent.
    pub fn parsed<T>(&self, key: &str, default: T, parse: impl FnOnce(&str) -> Result<T, String>) -> T {
        let Some(item) = self.get(key) else { return default };
        item.parsed(parse).unwrap_or(default)
    }

    pub fn duration(&self, key: &str, default: Duration, least: Duration, most: Duration) -> Duration {
        self.parsed(key, default, |text| {
            let found =
                duration(text).ok_or("is not a duration such as \"30s\", \"5m\", \"8h\" or \"400d\"")?;
            if found < least || found > most {
                return Err(format!("must be from {} to {}", show(least), show(most)));
            }
            Ok(found)
        })
    }

    pub fn table(&self, key: &str, known: &[&'static str]) -> Option<Table<'a>> {
        self.get(key)?.table(known)
    }
}

impl<'a> Item<'a> {
    pub fn error(&self, message: impl Into<String>) {
        self.source
            .report(self.at, &self.name, message, None, Severity::Error);
    }

    pub fn error_with(&self, message: impl Into<String>, cure: &str) {
        self.source
            .report(self.at, &self.name, message, Some(cure), Severity::Error);
    }

    pub fn warn(&self, message: impl Into<String>) {
        self.source
            .report(self.at, &self.name, message, None, Severity::Warning);
    }

    fn wrong<T>(&self, wanted: &str) -> Option<T> {
        self.error(format!("must be {wanted}, not {}", self.value.type_str()));
        None
    }

    pub fn text(&self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) if text.contains('\0') => {
                self.error("holds a NUL character");
                None
            }
            DeValue::String(text) => Some(text.as_ref()),
            _ => self.wrong("a string"),
        }
    }

    pub fn parsed<T>(&self, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        parse(self.text()?).map_err(|message| self.error(message)).ok()
    }

    pub fn boolean(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.wrong("true or false"))
    }

    pub fn whole(&self) -> Option<i64> {
        match self.value {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_err(|_| self.error("is too large a number"))
                .ok(),
            _ => self.wrong("a whole number"),
        }
    }

    /// A point in time: a TOML date-time with its offset, or the same as text (RFC 3339).
    pub fn instant(&self) -> Option<OffsetDateTime> {
        let text = match self.value {
            DeValue::Datetime(value) => value.to_string(),
            _ => self.text()?.to_owned(),
        };
        let found = OffsetDateTime::parse(&text, &Rfc3339).ok();
        if found.is_none() {
            self.error("is not a date and time with its offset, such as 2026-11-21T14:00:00+01:00");
        }
        found
    }

    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    pub fn is_text(&self) -> bool {
        self.value.is_str()
    }

    pub fn is_table(&self) -> bool {
        self.value.is_table()
    }

    pub fn list(&self) -> Option<Vec<Item<'a>>> {
        let Some(items) = self.value.as_array() else {
            return self.wrong("a list");
        };
        let item = |value: &'a Spanned<DeValue<'a>>| Item {
            source: self.source,
            name: self.name.clone(),
            at: value.span().start,
            value: value.get_ref(),
        };
        Some(items.iter().map(item).collect())
    }

    pub fn table(&self, known: &[&'static str]) -> Option<Table<'a>> {
        let Some(entries) = self.value.as_table() else {
            return self.wrong("a table");
        };
        Some(Table::new(
            self.source,
            self.name.clone(),
            self.at,
            entries,
            &[known],
        ))
    }

    /// The entries of a table with free keys, in the file's order.
    pub fn entries(&self) -> Option<Vec<(&'a str, Item<'a>)>> {
        let Some(entries) = self.value.as_table() else {
            return self.wrong("a table");
        };
        let item = |(key, value): (&'a Spanned<toml::de::DeString<'a>>, &'a Spanned<DeValue<'a>>)| {
            let word: &'a str = key.get_ref().as_ref();
            let item = Item {
                source: self.source,
                name: join(&self.name, word),
                at: key.span().start,
                value: value.get_ref(),
            };
            (word, item)
        };
        Some(entries.iter().map(item).collect())
    }

    /// The table of an app or provider, whose keys are known once its vendor is.
    pub fn open_table(&self, known: &[&[&'static str]]) -> Option<Table<'a>> {
        let Some(entries) = self.value.as_table() else {
            return self.wrong("a table");
        };
        Some(Table::new(
            self.source,
            self.name.clone(),
            self.at,
            entries,
            known,
        ))
    }

    /// What stands under `key` of this table, before its keys are known.
    pub fn peek(&self, key: &str) -> Option<Item<'a>> {
        let value = self.value.as_table()?.get(key)?;
        Some(Item {
            source: self.source,
            name: join(&self.name, key),
            at: value.span().start,
            value: value.get_ref(),
        })
    }

    /// The value as JSON; dates and times become their text.
    pub fn json(&self) -> Value {
        json(self.value)
    }
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::from)
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Datetime(value) => Value::from(value.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, item)| (key.get_ref().to_string(), json(item.get_ref())))
                .collect::<Map<_, _>>(),
        ),
    }
}

fn join(table: &str, key: &str) -> String {
    if table.is_empty() {
        key.to_owned()
    } else {
        format!("{table}.{key}")
    }
}
