//! Where a record stands among all: pages go on from there, and no row is counted.

use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::row::{Row, instant};

/// Records are ordered by time, then by writer, then by their number there. Written `time_writer_seq`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub time: String,
    pub writer: String,
    pub seq: i64,
}

/// Which records come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Newest,
    Oldest,
}

impl Position {
    pub fn of(row: &Row) -> Self {
        Self {
            time: row.get("time").unwrap_or_default().to_owned(),
            writer: row.link.writer.clone(),
            seq: row.link.seq,
        }
    }

    /// Behind all records of this time, in this order.
    pub fn past(time: String, order: Order) -> Self {
        // No text comes after this character's.
        let (writer, seq) = match order {
            Order::Newest => ("", i64::MIN),
            Order::Oldest => ("\u{10ffff}", i64::MAX),
        };
        Self {
            time,
            writer: writer.to_owned(),
            seq,
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('_');
        let (time, writer, seq) = (parts.next()?, parts.next()?, parts.next()?);
        let read = OffsetDateTime::parse(time, &Rfc3339).ok()?;
        let fits = instant(read) == time
            && writer.len() <= 64
            && writer.bytes().all(|b| b.is_ascii_alphanumeric())
            && parts.next().is_none();
        fits.then_some(Self {
            time: time.to_owned(),
            writer: writer.to_owned(),
            seq: seq.parse().ok()?,
        })
    }
}

impl Order {
    pub(crate) fn pick<'a>(self, newest: &'a str, oldest: &'a str) -> &'a str {
        match self {
            Self::Newest => newest,
            Self::Oldest => oldest,
        }
    }

    /// The last moment of an hour in this order.
    pub(crate) fn end_of(self, hour: &str) -> String {
        format!("{hour}{}", self.pick(":00:00.000000Z", ":59:59.999999Z"))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}_{}", self.time, self.writer, self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_was_written_and_nothing_else_is() {
        for text in [
            "2026-11-21T06:00:00.500000Z_00ff_12",
            "2026-11-21T06:00:00.500000Z__-9223372036854775808",
        ] {
            assert_eq!(Position::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "2026-11-21T06:00:00Z_00ff_12",
            "2026-11-21T06:00:00.500000+00:00_00ff_12",
            "2026-11-21T06:00:00.500000Z_00ff",
            "2026-11-21T06:00:00.500000Z_00ff_12_1",
            "2026-11-21T06:00:00.500000Z_' OR 1_12",
            "2026-11-21T06:00:00.500000Z_00ff_x",
        ] {
            assert_eq!(Position::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn past_a_time_lies_none_of_its_records() {
        let time = "2026-11-21T06:00:00.500000Z";
        let record = Position::parse(&format!("{time}_00ff_12")).unwrap();
        assert!(Position::past(time.to_owned(), Order::Newest) < record);
        assert!(Position::past(time.to_owned(), Order::Oldest) > record);
    }
}
