//! The logout token: the provider's word that a session of its own has ended (OpenID Connect
//! Back-Channel Logout 1.0, sections 2.4 and 2.6).

use aws_lc_rs::digest;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::jwt::{self, Authentic, Fault, Kind, Unproven};
use super::provider::{Provider, ProviderError};
use crate::types::{Issuer, Subject};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Longer names of a token or a session are nobody's.
const LONGEST: usize = 1024;

/// What a logout token that passed every check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logout {
    pub issuer: Issuer,
    pub whose: Whose,
    pub issued_at: OffsetDateTime,
    /// SHA-256 of issuer and `jti`, by which a second use is known.
    pub once: [u8; 32],
}

/// Which sessions have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// One session of the provider's, and whose it was where the token says.
    Sid { sid: String, subject: Option<Subject> },
    /// All of a person's.
    Subject(Subject),
}

/// Why a logout token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    Jwt(Fault),
    NoEvent,
    /// An ID token, or a token that could pass for one.
    Nonce,
    JtiMissing,
    /// Neither `sub` nor `sid`.
    NobodyNamed,
    SubInvalid,
    SidInvalid,
}

impl Invalid {
    pub fn code(self) -> &'static str {
        match self {
            Self::Jwt(fault) => fault.code(Kind::LogoutToken),
            Self::NoEvent => "logout_token.no_event",
            Self::Nonce => "logout_token.nonce_present",
            Self::JtiMissing => "logout_token.jti_missing",
            Self::NobodyNamed => "logout_token.sub_and_sid_missing",
            Self::SubInvalid => "logout_token.sub_invalid",
            Self::SidInvalid => "logout_token.sid_invalid",
        }
    }
}

/// Why a logout token was not acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutError {
    Invalid(Invalid),
    /// Its keys could not be had, so that nothing is known of the token.
    Provider(ProviderError),
}

/// Verifies a token that came in the name of this provider.
pub async fn verify(provider: &Provider, compact: &str, now: OffsetDateTime) -> Result<Logout, LogoutError> {
    let token = jwt::authenticate(provider, compact, Kind::LogoutToken).await;
    let token = token.map_err(|unproven| match unproven {
        Unproven::Provider(error) => LogoutError::Provider(error),
        Unproven::Fault(fault) => LogoutError::Invalid(Invalid::Jwt(fault)),
    })?;
    let settings = &provider.settings;
    read(&token, &settings.issuer, &settings.client_id, now).map_err(LogoutError::Invalid)
}

/// Checks what a token says whose signature is good.
pub fn read(
    token: &Authentic,
    issuer: &Issuer,
    client_id: &str,
    now: OffsetDateTime,
) -> Result<Logout, Invalid> {
    let claims = &token.claims;
    let issued_at = jwt::addressed(claims, issuer.as_str(), client_id, now).map_err(Invalid::Jwt)?;
    if !claims
        .get("events")
        .and_then(|events| events.get(EVENT))
        .is_some_and(Value::is_object)
    {
        return Err(Invalid::NoEvent);
    }
    if claims.contains_key("nonce") {
        return Err(Invalid::Nonce);
    }
    let whose = whose(claims)?;
    let jti = claims
        .get("jti")
        .and_then(Value::as_str)
        .filter(|jti| is_name(jti));
    Ok(Logout {
        issuer: issuer.clone(),
        whose,
        issued_at,
        once: once(issuer, jti.ok_or(Invalid::JtiMissing)?),
    })
}

fn whose(claims: &Map<String, Value>) -> Result<Whose, Invalid> {
    let subject = match claims.get("sub") {
        None => None,
        Some(sub) => Some(
            sub.as_str()
                .and_then(|sub| Subject::parse(sub).ok())
                .ok_or(Invalid::SubInvalid)?,
        ),
    };
    let sid = match claims.get("sid") {
        None => None,
        Some(sid) => Some(
            sid.as_str()
                .filter(|sid| is_name(sid))
                .ok_or(Invalid::SidInvalid)?,
        ),
    };
    match (sid, subject) {
        (Some(sid), subject) => Ok(Whose::Sid {
            sid: sid.to_owned(),
            subject,
        }),
        (None, Some(subject)) => Ok(Whose::Subject(subject)),
        (None, None) => Err(Invalid::NobodyNamed),
    }
}

/// Whether a `sid` or `jti` is one that a store can hold and search for.
pub fn is_name(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && !text.contains('\0')
}

fn once(issuer: &Issuer, jti: &str) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    // No address holds a line break, so that no two pairs are one text.
    for part in ["logout_token\n", issuer.as_str(), "\n", jti] {
        context.update(part.as_bytes());
    }
    context.finish().as_ref().try_into().expect("SHA-256 is 32 bytes")
}

#[cfg(test)]
mod tests;
