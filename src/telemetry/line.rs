//! A line of the log in JSON: the time, the level, and what the event says, in the order in which it says it.

use std::fmt::{self, Debug, Write as _};

use serde_json::Number;
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{DefaultFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent};
use tracing_subscriber::registry::LookupSpan;

use crate::clock::{Clock as _, SystemClock};

/// Most lines are shorter.
const LENGTH: usize = 256;

/// How events become lines.
pub struct Json;

impl<S> FormatEvent<S, DefaultFields> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, DefaultFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Line::begin(SystemClock.now(), *event.metadata().level());
        event.record(&mut line);
        writer.write_str(&line.end())
    }
}

struct Line(String);

impl Line {
    fn begin(now: OffsetDateTime, level: Level) -> Self {
        let mut line = String::with_capacity(LENGTH);
        line.push_str("{\"timestamp\":\"");
        push_time(&mut line, now);
        line.push_str("\",\"level\":\"");
        line.push_str(level.as_str());
        line.push('"');
        Self(line)
    }

    fn end(mut self) -> String {
        self.0.push_str("}\n");
        self.0
    }

    fn name(&mut self, field: &Field) {
        self.0.push(',');
        self.text(field.name());
        self.0.push(':');
    }

    fn text(&mut self, text: &str) {
        self.0.push('"');
        push_escaped(&mut self.0, text);
        self.0.push('"');
    }

    /// A number or a word of JSON's own.
    fn bare(&mut self, field: &Field, value: impl fmt::Display) {
        self.name(field);
        let _ = write!(self.0, "{value}");
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.name(field);
        self.text(value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.bare(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.bare(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.bare(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        match Number::from_f64(value) {
            Some(number) => self.bare(field, number),
            None => self.bare(field, "null"),
        }
    }

    /// All else, errors and what is only displayed among it, is a text.
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.name(field);
        self.0.push('"');
        // A value that breaks off is written as far as it went, and the line goes on.
        let _ = write!(Escaped(&mut self.0), "{value:?}");
        self.0.push('"');
    }
}

/// What is written here stands inside a text.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_escaped(self.0, text);
        Ok(())
    }
}

/// RFC 8259, section 7.
fn push_escaped(line: &mut String, mut text: &str) {
    let must_go = |byte| matches!(byte, b'"' | b'\\' | ..b' ');
    while let Some(at) = text.bytes().position(must_go) {
        line.push_str(&text[..at]);
        match text.as_bytes()[at] {
            b'"' => line.push_str("\\\""),
            b'\\' => line.push_str("\\\\"),
            b'\n' => line.push_str("\\n"),
            b'\r' => line.push_str("\\r"),
            b'\t' => line.push_str("\\t"),
            b'\x08' => line.push_str("\\b"),
            b'\x0c' => line.push_str("\\f"),
            control => {
                let _ = write!(line, "\\u{control:04x}");
            }
        }
        text = &text[at + 1..];
    }
    line.push_str(text);
}

/// RFC 3339, in UTC, to the microsecond.
fn push_time(line: &mut String, utc: OffsetDateTime) {
    let (year, month, day) = utc.to_calendar_date();
    let (hour, minute, second, microsecond) = utc.to_hms_micro();
    let mut time = *b"0000-00-00T00:00:00.000000Z";
    let numbers = [
        (0..4, year.unsigned_abs()),
        (5..7, u8::from(month).into()),
        (8..10, day.into()),
        (11..13, hour.into()),
        (14..16, minute.into()),
        (17..19, second.into()),
        (20..26, microsecond),
    ];
    for (place, mut number) in numbers {
        for digit in time[place].iter_mut().rev() {
            *digit = b"0123456789"[number as usize % 10];
            number /= 10;
        }
    }
    line.push_str(str::from_utf8(&time).expect("digits are ASCII"));
}

#[cfg(test)]
mod tests;
