//! A session as a row, and back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::db::{Error, Row};
use crate::identity::{Groups, GroupsUnknown, Identity};
use crate::session::{Session, SessionKey};
use crate::types::{Email, Issuer, ProviderId, Subject};

/// The columns that [`read`] needs.
pub(super) const COLUMNS: &str =
    "key, parent, provider, issuer, sub, sid, identity, id_token_sealed, created_at, last_seen";

/// What of an identity has no column of its own.
#[derive(Serialize, Deserialize)]
struct Kept {
    email: Option<String>,
    email_verified: bool,
    groups: KeptGroups,
    /// Unix microseconds.
    auth_time: Option<i64>,
    acr: Option<String>,
    claims: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptGroups {
    Known(Vec<String>),
    Absent,
    WrongType,
    Overage,
}

/// The identity's JSON.
pub(super) fn identity_json(identity: &Identity) -> String {
    let kept = Kept {
        email: identity.email.as_ref().map(|email| email.as_str().to_owned()),
        email_verified: identity.email_verified,
        groups: match &identity.groups {
            Groups::Known(groups) => KeptGroups::Known(groups.clone()),
            Groups::Unknown(GroupsUnknown::Absent) => KeptGroups::Absent,
            Groups::Unknown(GroupsUnknown::WrongType) => KeptGroups::WrongType,
            Groups::Unknown(GroupsUnknown::Overage) => KeptGroups::Overage,
        },
        auth_time: identity.auth_time.map(micros),
        acr: identity.acr.clone(),
        claims: identity.claims.clone(),
    };
    serde_json::to_string(&kept).expect("strings, numbers and JSON values are JSON")
}

/// A row's session; `None` for a row that this version does not understand, whose owner then
/// signs in again.
pub(super) fn read(row: &Row) -> Result<Option<Session>, Error> {
    let texts: [String; 4] = [
        row.get("provider")?,
        row.get("issuer")?,
        row.get("sub")?,
        row.get("identity")?,
    ];
    let key: Vec<u8> = row.get("key")?;
    let parent: Option<Vec<u8>> = row.get("parent")?;
    let created_at: i64 = row.get("created_at")?;
    let last_seen: i64 = row.get("last_seen")?;
    let sid = row.get("sid")?;
    let id_token_sealed = row.get("id_token_sealed")?;
    let session = || {
        Some(Session {
            key: SessionKey(key.try_into().ok()?),
            parent: match parent {
                Some(key) => Some(SessionKey(key.try_into().ok()?)),
                None => None,
            },
            identity: identity(&texts)?,
            sid,
            id_token_sealed,
            created_at: moment(created_at)?,
            last_seen: moment(last_seen)?,
        })
    };
    Ok(session())
}

fn identity([provider, issuer, subject, json]: &[String; 4]) -> Option<Identity> {
    let kept: Kept = serde_json::from_str(json).ok()?;
    Some(Identity {
        provider: ProviderId::parse(provider).ok()?,
        issuer: Issuer::parse(issuer).ok()?,
        subject: Subject::parse(subject).ok()?,
        email: match kept.email {
            Some(email) => Some(Email::parse(&email).ok()?),
            None => None,
        },
        email_verified: kept.email_verified,
        groups: match kept.groups {
            KeptGroups::Known(groups) => Groups::Known(groups),
            KeptGroups::Absent => Groups::Unknown(GroupsUnknown::Absent),
            KeptGroups::WrongType => Groups::Unknown(GroupsUnknown::WrongType),
            KeptGroups::Overage => Groups::Unknown(GroupsUnknown::Overage),
        },
        auth_time: match kept.auth_time {
            Some(micros) => Some(moment(micros)?),
            None => None,
        },
        acr: kept.acr,
        claims: kept.claims,
    })
}

/// Unix microseconds.
pub(super) fn micros(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

fn moment(micros: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok()
}
