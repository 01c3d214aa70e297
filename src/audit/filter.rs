//! Which records are meant: one reading of it for the command line and the pages.

use std::fmt;

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};
use uuid::Uuid;

use super::{Event, Outcome};
use crate::types::{AppId, Reference};

/// Characters of a subject, an address or a `jti`.
const LONGEST: usize = 320;

/// Conditions that all hold; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
pub struct Filter {
    /// Only of this app
    #[arg(long, value_parser = AppId::parse)]
    pub app: Option<AppId>,
    /// Only of the person with this subject or e-mail address
    #[arg(long, value_parser = word)]
    pub person: Option<String>,
    /// Only this kind: `sign_in`, `launch`, `denied`, `sign_out`, `mint`, `admin` or `lab`
    #[arg(long, value_parser = Event::parse)]
    pub event: Option<Event>,
    /// Only what ended so: `ok` or `refused`
    #[arg(long, value_parser = Outcome::parse)]
    pub outcome: Option<Outcome>,
    /// Not before: a date, or a time in RFC 3339
    #[arg(long, value_parser = moment)]
    pub from: Option<OffsetDateTime>,
    /// Before: a date, or a time in RFC 3339
    #[arg(long, value_parser = moment)]
    pub to: Option<OffsetDateTime>,
    /// Only what has this reference, as error pages show it
    #[arg(long = "ref", value_parser = Reference::parse)]
    pub reference: Option<Reference>,
    /// Only the one with this id
    #[arg(long, value_parser = Uuid::parse_str)]
    pub id: Option<Uuid>,
    /// Only that of the token with this `jti`
    #[arg(long, value_parser = word)]
    pub jti: Option<String>,
    /// Only that of the token with this SHA-256, in hex
    #[arg(long, value_parser = sha256)]
    pub token_sha256: Option<String>,
}

/// Why a filter makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterError {
    /// There is no such condition.
    Unknown(String),
    Repeated(String),
    /// Its value has another form.
    Malformed(&'static str),
    /// `from` is not before `to`.
    Empty,
}

impl Filter {
    /// Reads the pairs of a query. A form sends its empty fields too: they say nothing.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, FilterError> {
        let mut filter = Self::default();
        for (i, (name, value)) in pairs.iter().enumerate() {
            if pairs[..i].iter().any(|(earlier, _)| earlier == name) {
                return Err(FilterError::Repeated(name.clone()));
            }
            let value = value.trim();
            match name.as_str() {
                "app" => filter.app = read("app", value, AppId::parse)?,
                "person" => filter.person = read("person", value, word)?,
                "event" => filter.event = read("event", value, Event::parse)?,
                "outcome" => filter.outcome = read("outcome", value, Outcome::parse)?,
                "from" => filter.from = read("from", value, moment)?,
                "to" => filter.to = read("to", value, moment)?,
                "ref" => filter.reference = read("ref", value, Reference::parse)?,
                "id" => filter.id = read("id", value, Uuid::parse_str)?,
                "jti" => filter.jti = read("jti", value, word)?,
                "token_sha256" => filter.token_sha256 = read("token_sha256", value, sha256)?,
                _ => return Err(FilterError::Unknown(name.clone())),
            }
        }
        filter.check()?;
        Ok(filter)
    }

    /// Whether anything can pass.
    pub fn check(&self) -> Result<(), FilterError> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from >= to => Err(FilterError::Empty),
            _ => Ok(()),
        }
    }
}

fn read<T, E>(
    name: &'static str,
    value: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, FilterError> {
    if value.is_empty() {
        return Ok(None);
    }
    parse(value).map(Some).map_err(|_| FilterError::Malformed(name))
}

impl std::error::Error for FilterError {}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "there is no condition {name}"),
            Self::Repeated(name) => write!(f, "{name} stands there more than once"),
            Self::Malformed(name) => write!(f, "{name} has another form"),
            Self::Empty => f.write_str("from is not before to, so that nothing can lie between them"),
        }
    }
}

/// A date is its first moment, and a time without an offset is meant, in UTC.
pub fn moment(text: &str) -> Result<OffsetDateTime, String> {
    let date = || Date::parse(text, format_description!("[year]-[month]-[day]")).ok();
    let time = || {
        let text = text.replacen(' ', "T", 1);
        let minute = format_description!("[year]-[month]-[day]T[hour]:[minute]");
        PrimitiveDateTime::parse(&text, minute).ok()
    };
    let whole = || OffsetDateTime::parse(text, &Rfc3339).ok();
    let found = date().map(|date| date.midnight().assume_utc());
    let found = found.or_else(|| time().map(PrimitiveDateTime::assume_utc));
    found
        .or_else(whole)
        .and_then(|time| time.checked_to_offset(UtcOffset::UTC))
        .filter(|time| (0..=9999).contains(&time.year()))
        .ok_or_else(|| "use a date such as 2026-11-21, or a time such as 2026-11-21T08:00:00Z".to_owned())
}

fn word(text: &str) -> Result<String, String> {
    let fits = (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "use 1 to {LONGEST} characters, without control characters"
        ))
    }
}

fn sha256(text: &str) -> Result<String, String> {
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("a SHA-256 has 64 hexadecimal digits".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn parsed(pairs: &[(&str, &str)]) -> Result<Filter, FilterError> {
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        Filter::parse(&pairs)
    }

    #[test]
    fn a_form_with_empty_fields_is_no_filter() {
        assert_eq!(
            parsed(&[("app", ""), ("from", " "), ("ref", "")]),
            Ok(Filter::default())
        );
        let filter = parsed(&[
            ("ref", "7q2mokxd9r4lhb3w"),
            ("outcome", "refused"),
            ("from", "2026-11-21"),
        ]);
        let filter = filter.unwrap();
        assert_eq!(filter.reference.unwrap().as_str(), "7Q2M-0KXD-9R41-HB3W");
        assert_eq!(filter.outcome, Some(Outcome::Refused));
        assert_eq!(filter.from, Some(datetime!(2026-11-21 0:00 UTC)));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for (pairs, error) in [
            (vec![("app", "No App")], FilterError::Malformed("app")),
            (vec![("person", "a\u{0}b")], FilterError::Malformed("person")),
            (vec![("event", "Launch")], FilterError::Malformed("event")),
            (vec![("outcome", "failed")], FilterError::Malformed("outcome")),
            (vec![("ref", "7Q2M")], FilterError::Malformed("ref")),
            (vec![("id", "1")], FilterError::Malformed("id")),
            (
                vec![("token_sha256", "ab")],
                FilterError::Malformed("token_sha256"),
            ),
            (vec![("from", "yesterday")], FilterError::Malformed("from")),
            (vec![("to", "2026-02-30")], FilterError::Malformed("to")),
            (
                vec![("to", "9999-12-31T23:59:59-23:59")],
                FilterError::Malformed("to"),
            ),
            (
                vec![("from", "2026-11-21"), ("to", "2026-11-21")],
                FilterError::Empty,
            ),
            (
                vec![("app", "a"), ("app", "b")],
                FilterError::Repeated("app".into()),
            ),
            (vec![("offset", "5")], FilterError::Unknown("offset".into())),
        ] {
            assert_eq!(parsed(&pairs), Err(error), "{pairs:?}");
        }
    }

    #[test]
    fn a_time_may_be_a_date_a_minute_or_rfc_3339() {
        for (text, expected) in [
            ("2026-11-21", datetime!(2026-11-21 0:00 UTC)),
            ("2026-11-21T08:30", datetime!(2026-11-21 8:30 UTC)),
            ("2026-11-21 08:30", datetime!(2026-11-21 8:30 UTC)),
            ("2026-11-21T08:30:00+02:00", datetime!(2026-11-21 6:30 UTC)),
            ("0000-01-01", datetime!(0000-01-01 0:00 UTC)),
        ] {
            assert_eq!(moment(text), Ok(expected), "{text}");
        }
        assert!(moment("0000-01-01T00:00:00+02:00").is_err());
    }
}
