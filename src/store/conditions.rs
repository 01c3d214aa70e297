//! What rows must be like, as SQL that names only what is asked for: an index serves no `$1 IS NULL OR …`.

use std::fmt::Write as _;

use super::db::Value;
use crate::audit::{Event, Filter, Order, Outcome, Position, instant};
use crate::types::AppId;

/// Conditions, and the values in them.
#[derive(Clone, Default)]
pub(super) struct Conditions {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Conditions {
    /// What must hold besides; each `?` is one of the values.
    pub(super) fn and<'a>(self, text: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        self.and_all(Self {
            text: format!(" WHERE {text}").replace('?', "$0"),
            values: values.into_iter().map(Value::from).collect(),
        })
    }

    pub(super) fn and_all(mut self, other: Self) -> Self {
        let Some(text) = other.text.strip_prefix(" WHERE ") else {
            return self;
        };
        self.text
            .push_str(if self.text.is_empty() { " WHERE " } else { " AND " });
        let mut parts = text.split('$');
        self.text.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(other.values) {
            self.values.push(value);
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            let _ = write!(self.text, "${}{rest}", self.values.len());
        }
        self
    }

    /// From when on, until when, and behind which row.
    pub(super) fn bounds(filter: &Filter, order: Order, after: Option<&Position>) -> Self {
        let mut bounds = Self::default();
        if let Some(from) = filter.from {
            bounds = bounds.and("time >= ?", [&*instant(from)]);
        }
        if let Some(to) = filter.to {
            bounds = bounds.and("time < ?", [&*instant(to)]);
        }
        let Some(place) = after else { return bounds };
        bounds = bounds.and(order.pick("time <= ?", "time >= ?"), [&*place.time]);
        let behind = order.pick(
            " WHERE (time, writer, seq) < ($0, $0, $0)",
            " WHERE (time, writer, seq) > ($0, $0, $0)",
        );
        bounds.and_all(Self {
            text: behind.to_owned(),
            values: vec![
                place.time.as_str().into(),
                place.writer.as_str().into(),
                Value::Whole(place.seq),
            ],
        })
    }

    /// What the counts by hour know of, too.
    pub(super) fn of_kind(filter: &Filter) -> Self {
        let mut kind = Self::default();
        let texts = [
            ("app = ?", filter.app.as_ref().map(AppId::as_str)),
            ("event = ?", filter.event.map(Event::as_str)),
            ("outcome = ?", filter.outcome.map(Outcome::as_str)),
        ];
        for (condition, value) in texts {
            if let Some(value) = value {
                kind = kind.and(condition, [value]);
            }
        }
        kind
    }
}
