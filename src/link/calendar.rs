//! An app's window as an event in a calendar (RFC 5545).
//!
//! Written here, since the crates for it let a folded line have 76 octets.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::format_description::FormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::Absent;
use crate::mint::Window;

/// Octets of a line, its break not counted (section 3.1).
const LINE: usize = 75;
const UTC: &[FormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");

pub struct Event<'a> {
    pub window: Window,
    pub title: &'a str,
    pub description: Option<&'a str>,
    pub url: &'a str,
    pub host: &'a str,
}

impl Event<'_> {
    /// The file. Its UID rests on the link alone, so that a later file moves the event and makes no second.
    pub fn file(&self, now: OffsetDateTime) -> Result<String, Absent> {
        let (from, to) = match (self.window.opens_at, self.window.closes_at) {
            (Some(from), Some(to)) => (from, to),
            (None, Some(_)) => return Err(Absent::NoBeginning),
            (Some(_), None) => return Err(Absent::NoEnd),
            (None, None) => return Err(Absent::NoWindow),
        };
        let id = digest(&SHA256, self.url.as_bytes());
        let id = URL_SAFE_NO_PAD.encode(&id.as_ref()[..16]);
        let about = self.description.map(|text| format!("{text}\n"));
        let about = about.unwrap_or_default() + self.url;
        let lines = [
            ("BEGIN", "VCALENDAR".to_owned()),
            ("VERSION", "2.0".to_owned()),
            ("PRODID", "-//Usher//link//EN".to_owned()),
            ("BEGIN", "VEVENT".to_owned()),
            ("UID", text(&format!("{id}@{}", self.host))),
            ("DTSTAMP", utc(now)),
            ("DTSTART", utc(from)),
            ("DTEND", utc(to)),
            ("SUMMARY", text(self.title)),
            ("DESCRIPTION", text(&about)),
            ("LOCATION", text(self.url)),
            ("URL", self.url.to_owned()),
            ("END", "VEVENT".to_owned()),
            ("END", "VCALENDAR".to_owned()),
        ];
        Ok(lines
            .iter()
            .map(|(name, value)| folded(&format!("{name}:{value}")))
            .collect())
    }
}

fn utc(instant: OffsetDateTime) -> String {
    // Only the first and last hours of all years do not have their like in UTC.
    let instant = instant.checked_to_offset(UtcOffset::UTC).unwrap_or(instant);
    instant.format(UTC).unwrap_or_default()
}

/// A TEXT value (section 3.3.11).
fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A content line with its break; a longer one goes on behind a space.
fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 8);
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE {
            folded.push_str("\r\n ");
            octets = 1;
        }
        folded.push(c);
        octets += c.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}
