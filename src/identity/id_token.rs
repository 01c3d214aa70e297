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
use time::{Duration, OffsetDateTime};

use super::keys::{KeyError, Keys};
use super::strict_json;
use crate::types::Subject;

/// How far a provider's clock may be off (C-48).
const LEEWAY: Duration = Duration::seconds(60);
/// How old an ID token may be (C-48).
const OLDEST: Duration = Duration::minutes(10);
const LONGEST: usize = 64 * 1024;

/// What the token must say.
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub algs: &'a [Algorithm],
    /// For `at_hash`.
    pub access_token: &'a str,
}

/// Why an ID token was refused. Its `code` stands in the log; the person sees a neutral page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum Invalid {
    Malformed,
    AlgNotAllowed,
    KeyUnknown,
    KeyAmbiguous,
    Signature,
    Issuer,
    SubjectMissing,
    Audience,
    AuthorizedParty,
    ExpMissing,
    Expired,
    IatMissing,
    IatOutOfRange,
    NonceMissing,
    Nonce,
    AtHash,
    /// Entra: the token speaks of another tenant than its issuer does.
    Tenant,
}

impl Invalid {
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "id_token.malformed",
            Self::AlgNotAllowed => "id_token.alg_not_allowed",
            Self::KeyUnknown => "id_token.key_unknown",
            Self::KeyAmbiguous => "id_token.key_ambiguous",
            Self::Signature => "id_token.signature_invalid",
            Self::Issuer => "id_token.iss_mismatch",
            Self::SubjectMissing => "id_token.sub_missing",
            Self::Audience => "id_token.aud_mismatch",
            Self::AuthorizedParty => "id_token.azp_mismatch",
            Self::ExpMissing => "id_token.exp_missing",
            Self::Expired => "id_token.expired",
            Self::IatMissing => "id_token.iat_missing",
            Self::IatOutOfRange => "id_token.iat_out_of_range",
            Self::NonceMissing => "id_token.nonce_missing",
            Self::Nonce => "id_token.nonce_mismatch",
            Self::AtHash => "id_token.at_hash_mismatch",
            Self::Tenant => "id_token.tid_mismatch",
        }
    }
}

/// The claims of an ID token that passed every check.
pub struct Verified {
    pub subject: Subject,
    pub claims: Map<String, Value>,
}

/// Verifies `compact`: signature first, then what it says.
pub fn verify(
    compact: &str,
    expected: &Expected<'_>,
    keys: &Keys,
    now: OffsetDateTime,
) -> Result<Verified, Invalid> {
    let (claims, alg) = authentic(compact, expected.algs, keys)?;
    if claims.get("iss").and_then(Value::as_str) != Some(expected.issuer) {
        return Err(Invalid::Issuer);
    }
    audience(&claims, expected.client_id)?;
    times(&claims, now)?;
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
        claims,
    })
}

/// Checks form, algorithm and signature (S-133, S-134, S-176, S-180, S-181).
fn authentic(
    compact: &str,
    algs: &[Algorithm],
    keys: &Keys,
) -> Result<(Map<String, Value>, Algorithm), Invalid> {
    let base64url = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let parts: Vec<&str> = compact.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        return Err(Invalid::Malformed);
    };
    // A token with `alg: none` has an empty third part; its algorithm is the better reason.
    if compact.len() > LONGEST || !base64url(header) || !base64url(payload) {
        return Err(Invalid::Malformed);
    }
    let header = decode(header)?;
    let alg: Algorithm = match header.get("alg").and_then(Value::as_str) {
        Some(name) => name.parse().map_err(|_| Invalid::AlgNotAllowed)?,
        None => return Err(Invalid::Malformed),
    };
    if !algs.contains(&alg) {
        return Err(Invalid::AlgNotAllowed);
    }
    if !base64url(signature) || header.contains_key("crit") || !is_jwt(header.get("typ")) {
        return Err(Invalid::Malformed);
    }
    let kid = match header.get("kid") {
        None => None,
        Some(Value::String(kid)) => Some(kid.as_str()),
        Some(_) => return Err(Invalid::Malformed),
    };
    let key = keys.find(kid, alg).map_err(|error| match error {
        KeyError::Unknown => Invalid::KeyUnknown,
        KeyError::Ambiguous => Invalid::KeyAmbiguous,
    })?;
    let message = &compact.as_bytes()[..compact.len() - signature.len() - 1];
    match jsonwebtoken::crypto::verify(signature, message, key, alg) {
        Ok(true) => Ok((decode(payload)?, alg)),
        _ => Err(Invalid::Signature),
    }
}

fn decode(part: &str) -> Result<Map<String, Value>, Invalid> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Invalid::Malformed)?;
    strict_json::object(&bytes).map_err(|_| Invalid::Malformed)
}

/// `typ` is absent or says JWT (RFC 7519, section 5.1): never another kind of token (S-179).
fn is_jwt(typ: Option<&Value>) -> bool {
    match typ {
        None => true,
        Some(Value::String(typ)) => {
            typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("application/jwt")
        }
        Some(_) => false,
    }
}

/// S-131, S-132: we are the audience, the only one, and the authorized party where one is named.
fn audience(claims: &Map<String, Value>, client_id: &str) -> Result<(), Invalid> {
    let alone = match claims.get("aud") {
        Some(Value::String(audience)) => audience == client_id,
        Some(Value::Array(audiences)) => {
            !audiences.is_empty()
                && audiences
                    .iter()
                    .all(|audience| audience.as_str() == Some(client_id))
        }
        _ => false,
    };
    if !alone {
        return Err(Invalid::Audience);
    }
    match claims.get("azp") {
        Some(azp) if azp.as_str() != Some(client_id) => Err(Invalid::AuthorizedParty),
        _ => Ok(()),
    }
}

fn times(claims: &Map<String, Value>, now: OffsetDateTime) -> Result<(), Invalid> {
    let expires = claims
        .get("exp")
        .and_then(numeric_date)
        .ok_or(Invalid::ExpMissing)?;
    if now >= expires + LEEWAY {
        return Err(Invalid::Expired);
    }
    let issued = claims
        .get("iat")
        .and_then(numeric_date)
        .ok_or(Invalid::IatMissing)?;
    if issued > now + LEEWAY || issued < now - OLDEST {
        return Err(Invalid::IatOutOfRange);
    }
    Ok(())
}

/// A `NumericDate` (RFC 7519, section 2) within the years that the clock can name.
pub fn numeric_date(value: &Value) -> Option<OffsetDateTime> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float beyond i64 saturates, and is refused below"
    )]
    let seconds = value
        .as_i64()
        .or_else(|| value.as_f64().map(|f| f.floor() as i64))?;
    // Far from the ends of the calendar, so that adding a leeway cannot leave it.
    (0..=250_000_000_000)
        .contains(&seconds)
        .then(|| OffsetDateTime::from_unix_timestamp(seconds).ok())?
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
