//! A record as it is kept and exported: text, so that the chain vouches for what a reader sees.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::chain::ChainKey;
use super::{Actor, Event, Outcome, Record};

/// The fields of a record in the order of the export (C-35); never renamed, only added to.
pub const FIELDS: [&str; 20] = [
    "id",
    "time",
    "event",
    "outcome",
    "reason",
    "reference",
    "issuer",
    "sub",
    "email",
    "provider",
    "app",
    "vendor",
    "kid",
    "jti",
    "token_sha256",
    "issued_at",
    "expires_at",
    "roles",
    "address",
    "actor",
];

/// The fields that place a record in its chain; they follow [`FIELDS`].
pub const LINK_FIELDS: [&str; 4] = ["writer", "seq", "prev", "mac"];

/// What was added to the fields later; it follows [`LINK_FIELDS`].
pub const LAST_FIELD: &str = "decision";

/// All fields of a record, as the export and the store have them.
pub fn columns() -> impl Iterator<Item = &'static str> {
    FIELDS.into_iter().chain(LINK_FIELDS).chain([LAST_FIELD])
}

/// One row of the table `audit`.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// In the order of [`FIELDS`]; `roles` is a JSON list.
    pub fields: [Option<String>; FIELDS.len()],
    pub link: Link,
    /// Why a person was turned away, as JSON.
    pub decision: Option<String>,
}

/// A row's place in the chain of the process that wrote it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Random, new at each start.
    pub writer: String,
    /// From 1.
    pub seq: i64,
    /// The MAC of the row before; of a first row, a MAC over all heads then known.
    pub prev: String,
    /// HMAC-SHA256 over everything else, lower-case hex.
    pub mac: String,
}

/// How much of people the trail says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    Plain,
    /// Plainly, and with the values of claims in decisions.
    Open,
    /// By a keyed hash, which finds all rows of a person whose subject or address one knows.
    Hashed,
}

impl Naming {
    /// A subject or an address as it stands in the trail.
    pub(crate) fn of(self, person: &str, key: &ChainKey) -> String {
        match self {
            Self::Plain | Self::Open => person.to_owned(),
            Self::Hashed => key.person(person),
        }
    }
}

impl Row {
    /// A record in its written form, without a place in the chain yet.
    pub(crate) fn of(record: Record, naming: Naming, key: &ChainKey) -> Self {
        let person = |text: &str| naming.of(text, key);
        let roles = serde_json::Value::from(record.roles).to_string();
        Self {
            fields: [
                Some(record.id.to_string()),
                Some(instant(record.time)),
                Some(record.event.as_str().to_owned()),
                Some(record.outcome.as_str().to_owned()),
                record.reason,
                record.reference.map(|r| r.as_str().to_owned()),
                record.issuer.map(|i| i.as_str().to_owned()),
                record.subject.map(|s| person(s.as_str())),
                record.email.map(|e| person(e.as_str())),
                record.provider.map(|p| p.as_str().to_owned()),
                record.app.map(|a| a.as_str().to_owned()),
                record.vendor.map(str::to_owned),
                record.kid,
                record.jti,
                record.token_sha256,
                record.issued_at.map(second),
                record.expires_at.map(second),
                Some(roles),
                record.address.map(|a| a.to_string()),
                record.actor.map(|actor| match actor {
                    Actor::Cli => "cli".to_owned(),
                    Actor::Provider => "provider".to_owned(),
                    Actor::Admin(subject) => person(subject.as_str()),
                }),
            ],
            link: Link::default(),
            decision: record.decision.map(|decision| decision.written(naming, key)),
        }
    }

    /// The field of this name; `None` where it is absent or there is no such field.
    pub fn get(&self, name: &str) -> Option<&str> {
        let index = FIELDS.iter().position(|field| *field == name)?;
        self.fields[index].as_deref()
    }
}

impl Event {
    pub const ALL: [Self; 7] = [
        Self::SignIn,
        Self::Launch,
        Self::Denied,
        Self::SignOut,
        Self::Mint,
        Self::Admin,
        Self::Lab,
    ];

    pub fn parse(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|event| event.as_str() == text);
        found.ok_or_else(|| format!("it is one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Launch => "launch",
            Self::Denied => "denied",
            Self::SignOut => "sign_out",
            Self::Mint => "mint",
            Self::Admin => "admin",
            Self::Lab => "lab",
        }
    }
}

impl Outcome {
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "ok" => Ok(Self::Ok),
            "refused" => Ok(Self::Refused),
            _ => Err("it is ok or refused".to_owned()),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
        }
    }
}

/// RFC 3339 in UTC with six digits of a second: of one width, so that text sorts as time does.
pub fn instant(time: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    written(time, FORMAT)
}

/// RFC 3339 in UTC, whole seconds, as the times in a token are.
fn second(time: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    written(time, FORMAT)
}

fn written(time: OffsetDateTime, format: &[BorrowedFormatItem<'_>]) -> String {
    time.to_offset(UtcOffset::UTC)
        .format(format)
        .expect("a date and time has all parts of the format")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn c_35_times_are_rfc_3339_utc_and_sort_as_text() {
        assert_eq!(
            instant(datetime!(2026-11-21 08:00:00.5 +02:00)),
            "2026-11-21T06:00:00.500000Z"
        );
        assert_eq!(
            second(datetime!(2026-11-21 06:00:00.999 UTC)),
            "2026-11-21T06:00:00Z"
        );
    }
}
