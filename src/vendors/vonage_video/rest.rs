//! The vendor's REST API, as far as it makes sessions.
//!
//! A [`RestToken`] is a root token: it has no `acl` and may do everything. It is a type of its own
//! that only this file reads, so that nothing can hand it to a browser (C-6, S-471).

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};
use url::{Url, form_urlencoded};
use uuid::Uuid;

use super::Room;
use crate::http::{Answer, Request};
use crate::signer::{KeyError, SigningKey};

/// It is used at once, and once.
const LIFETIME: Duration = Duration::minutes(1);
/// Bytes of an answer; a real one has some hundred.
const CAP: usize = 16 * 1024;

/// A token for the REST API. It cannot be printed, stored or delivered.
pub struct RestToken(SecretString);

impl RestToken {
    /// Signs the claims that the vendor's page lists for REST calls, and no other.
    pub fn sign(key: &SigningKey, application_id: Uuid, now: OffsetDateTime) -> Result<Self, KeyError> {
        let issued_at = now.unix_timestamp();
        let claims: Map<String, Value> = [
            ("application_id", json!(application_id.to_string())),
            ("iat", json!(issued_at)),
            ("jti", json!(Uuid::new_v4().to_string())),
            ("exp", json!(issued_at + LIFETIME.whole_seconds())),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        key.compact(&claims).map(Self)
    }
}

/// The address that makes sessions.
pub fn session_address(room: &Room) -> Url {
    let mut url = room.api_url.clone();
    let path = format!("{}/session/create", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

/// The request that makes a session for a room.
pub fn session_request<'a>(room: &Room, url: &'a Url, token: &RestToken) -> Request<'a> {
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair(
            "archiveMode",
            if room.archive_always { "always" } else { "manual" },
        )
        .append_pair(
            "p2p.preference",
            if room.relayed { "enabled" } else { "disabled" },
        )
        .finish();
    let bearer = format!("Bearer {}", token.0.expose_secret());
    let mut headers = vec![
        (ACCEPT, HeaderValue::from_static("application/json")),
        (
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        ),
    ];
    // A compact token is always a header value.
    headers.extend(HeaderValue::from_str(&bearer).ok().map(|mut value| {
        value.set_sensitive(true);
        (AUTHORIZATION, value)
    }));
    Request {
        method: Method::POST,
        url,
        headers,
        body: Some(body.into_bytes()),
        cap: CAP,
    }
}

/// The vendor did not make a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionRefused {
    #[error("the vendor answered with status {0}")]
    Status(u16),
    #[error("the vendor's answer holds no session")]
    Malformed,
}

/// The session in the answer, which is an array of one.
pub fn session_from(answer: &Answer) -> Result<String, SessionRefused> {
    if answer.status != 200 {
        return Err(SessionRefused::Status(answer.status));
    }
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| SessionRefused::Malformed)?;
    body.get(0)
        .and_then(|session| session.get("session_id"))
        .and_then(Value::as_str)
        .filter(|id| (1..=256).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()))
        .map(str::to_owned)
        .ok_or(SessionRefused::Malformed)
}
