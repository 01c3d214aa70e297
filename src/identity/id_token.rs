//! The ID token, believed only after every check of OpenID Connect Core 1.0, section 3.1.3.7.
//!
//! The checks are ours, over raw claims, because the typed claims of `openidconnect` refuse a
//! whole sign-in for one odd claim (`"email_verified": "true"`), where Usher must let the person
//! in and treat that claim as absent.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

use super::jwt::{self, Authentic, Fault, Kind};
use crate::types::Subject;

/// What the token must say.
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    /// For `at_hash`.
    pub access_token: &'a str,
}

/// Why an ID token was refused. Its `code` stands in the log; the person sees a neutral page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum Invalid {
    Jwt(Fault),
    SubjectMissing,
    NonceMissing,
    Nonce,
    AtHash,
}

impl Invalid {
    pub fn code(self) -> &'static str {
        match self {
            Self::Jwt(fault) => fault.code(Kind::IdToken),
            Self::SubjectMissing => "id_token.sub_missing",
            Self::NonceMissing => "id_token.nonce_missing",
            Self::Nonce => "id_token.nonce_mismatch",
            Self::AtHash => "id_token.at_hash_mismatch",
        }
    }
}

/// The claims of an ID token that passed every check.
#[derive(Debug)]
pub struct Verified {
    pub subject: Subject,
    pub issued_at: OffsetDateTime,
    pub claims: Map<String, Value>,
}

/// Checks what a token says whose signature is good.
pub fn verify(token: Authentic, expected: &Expected<'_>, now: OffsetDateTime) -> Result<Verified, Invalid> {
    let Authentic { claims, alg } = token;
    let issued_at =
        jwt::addressed(&claims, expected.issuer, expected.client_id, now).map_err(Invalid::Jwt)?;
    match claims.get("nonce").and_then(Value::as_str) {
        None => return Err(Invalid::NonceMissing),
        Some(nonce) if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) => {
            return Err(Invalid::Nonce);
        }
        Some(_) => {}
    }
    if let Some(at_hash) = claims.get("at_hash")
        && at_hash.as_str() != Some(half_hash(alg, expected.access_token).as_str())
    {
        return Err(Invalid::AtHash);
    }
    let subject = claims
        .get("sub")
        .and_then(Value::as_str)
        .and_then(|sub| Subject::parse(sub).ok());
    Ok(Verified {
        subject: subject.ok_or(Invalid::SubjectMissing)?,
        issued_at,
        claims,
    })
}

/// The left half of the access token's hash (OpenID Connect Core 1.0, section 3.1.3.6).
fn half_hash(alg: Algorithm, access_token: &str) -> String {
    use Algorithm::{ES384, EdDSA, PS384, PS512, RS384, RS512};
    let algorithm = match alg {
        RS384 | PS384 | ES384 => &digest::SHA384,
        RS512 | PS512 | EdDSA => &digest::SHA512,
        _ => &digest::SHA256,
    };
    let hash = digest::digest(algorithm, access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..hash.as_ref().len() / 2])
}

#[cfg(test)]
mod tests;
