//! What an ID token, a logout token and signed userinfo have in common: form, algorithm and signature,
//! then issuer, audience and times. What tells them apart stands with each, so that none passes for
//! another (S-179).

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use super::keys::{KeyError, Keys};
use super::provider::{Provider, ProviderError};
use super::strict_json;

/// How far a provider's clock may be off (C-48).
pub const LEEWAY: Duration = Duration::seconds(60);
/// How old a token may be (C-48).
const OLDEST: Duration = Duration::minutes(10);
const LONGEST: usize = 64 * 1024;

/// What a token says it is, and is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    IdToken,
    LogoutToken,
    Userinfo,
}

/// What is wrong with a token of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Malformed,
    AlgNotAllowed,
    KeyUnknown,
    KeyAmbiguous,
    Signature,
    Issuer,
    Audience,
    AuthorizedParty,
    ExpMissing,
    Expired,
    IatMissing,
    IatOutOfRange,
}

impl Fault {
    /// The reason in the log.
    pub fn code(self, kind: Kind) -> &'static str {
        let (id_token, logout_token) = match self {
            Self::Malformed => ("id_token.malformed", "logout_token.malformed"),
            Self::AlgNotAllowed => ("id_token.alg_not_allowed", "logout_token.alg_not_allowed"),
            Self::KeyUnknown => ("id_token.key_unknown", "logout_token.key_unknown"),
            Self::KeyAmbiguous => ("id_token.key_ambiguous", "logout_token.key_ambiguous"),
            Self::Signature => ("id_token.signature_invalid", "logout_token.signature_invalid"),
            Self::Issuer => ("id_token.iss_mismatch", "logout_token.iss_mismatch"),
            Self::Audience => ("id_token.aud_mismatch", "logout_token.aud_mismatch"),
            Self::AuthorizedParty => ("id_token.azp_mismatch", "logout_token.azp_mismatch"),
            Self::ExpMissing => ("id_token.exp_missing", "logout_token.exp_missing"),
            Self::Expired => ("id_token.expired", "logout_token.expired"),
            Self::IatMissing => ("id_token.iat_missing", "logout_token.iat_missing"),
            Self::IatOutOfRange => ("id_token.iat_out_of_range", "logout_token.iat_out_of_range"),
        };
        match kind {
            Kind::IdToken => id_token,
            Kind::LogoutToken => logout_token,
            Kind::Userinfo => "userinfo.wrong_answer",
        }
    }
}

/// Why a provider's signature could not be found good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unproven {
    Provider(ProviderError),
    Fault(Fault),
}

/// A token that the provider has signed. Nothing that it says has been checked.
#[derive(Debug)]
pub struct Authentic {
    pub claims: Map<String, Value>,
    pub alg: Algorithm,
}

/// The asymmetric algorithms by their names, `EdDSA` also by the one of RFC 9864 (S-183). There is no
/// way to name `none` or HMAC.
pub fn algorithm(name: &str) -> Option<Algorithm> {
    Some(match name {
        "RS256" => Algorithm::RS256,
        "RS384" => Algorithm::RS384,
        "RS512" => Algorithm::RS512,
        "PS256" => Algorithm::PS256,
        "PS384" => Algorithm::PS384,
        "PS512" => Algorithm::PS512,
        "ES256" => Algorithm::ES256,
        "ES384" => Algorithm::ES384,
        "EdDSA" | "Ed25519" => Algorithm::EdDSA,
        _ => return None,
    })
}

/// Checks form, algorithm and signature, with newer keys where the ones at hand do not fit (lesson 14,
/// S-019).
pub async fn authenticate(provider: &Provider, compact: &str, kind: Kind) -> Result<Authentic, Unproven> {
    let algs = &provider.settings.id_token_algs;
    let keys = provider.keys().await.map_err(Unproven::Provider)?;
    match authentic(compact, kind, algs, &keys) {
        // A provider may also give new keys to an old name, or drop the names altogether.
        Err(first @ (Fault::KeyUnknown | Fault::Signature)) => {
            let newer = provider
                .newer_keys(&keys, kind)
                .await
                .map_err(Unproven::Provider)?;
            if Arc::ptr_eq(&newer, &keys) {
                return Err(Unproven::Fault(first));
            }
            authentic(compact, kind, algs, &newer).map_err(Unproven::Fault)
        }
        other => other.map_err(Unproven::Fault),
    }
}

/// The same with these keys alone (S-133, S-134, S-176, S-180, S-181).
pub fn authentic(compact: &str, kind: Kind, algs: &[Algorithm], keys: &Keys) -> Result<Authentic, Fault> {
    let base64url = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let parts: Vec<&str> = compact.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        return Err(Fault::Malformed);
    };
    // A token with `alg: none` has an empty third part; its algorithm is the better reason.
    if compact.len() > LONGEST || !base64url(header) || !base64url(payload) {
        return Err(Fault::Malformed);
    }
    let header = decode(header)?;
    let alg = match header.get("alg").and_then(Value::as_str) {
        Some(name) => algorithm(name).ok_or(Fault::AlgNotAllowed)?,
        None => return Err(Fault::Malformed),
    };
    if !algs.contains(&alg) {
        return Err(Fault::AlgNotAllowed);
    }
    if !base64url(signature) || header.contains_key("crit") || !is_typed(header.get("typ"), kind) {
        return Err(Fault::Malformed);
    }
    let kid = match header.get("kid") {
        None => None,
        Some(Value::String(kid)) => Some(kid.as_str()),
        Some(_) => return Err(Fault::Malformed),
    };
    let key = keys.find(kid, alg).map_err(|error| match error {
        KeyError::Unknown => Fault::KeyUnknown,
        KeyError::Ambiguous => Fault::KeyAmbiguous,
    })?;
    let message = &compact.as_bytes()[..compact.len() - signature.len() - 1];
    match jsonwebtoken::crypto::verify(signature, message, key, alg) {
        Ok(true) => Ok(Authentic {
            claims: decode(payload)?,
            alg,
        }),
        _ => Err(Fault::Signature),
    }
}

fn decode(part: &str) -> Result<Map<String, Value>, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Fault::Malformed)?;
    strict_json::object(&bytes).map_err(|_| Fault::Malformed)
}

/// `typ` is absent or names the kind of token (S-157); `JWT` says nothing, and old providers say it of
/// everything (RFC 7519, section 5.1).
fn is_typed(typ: Option<&Value>, kind: Kind) -> bool {
    let own = match kind {
        Kind::IdToken | Kind::Userinfo => "jwt",
        Kind::LogoutToken => "logout+jwt",
    };
    match typ {
        None => true,
        Some(Value::String(typ)) => {
            let typ = typ.to_ascii_lowercase();
            typ == "jwt" || typ.strip_prefix("application/").unwrap_or(&typ) == own
        }
        Some(_) => false,
    }
}

/// Checks issuer, audience and times, and says when the token was issued.
pub fn addressed(
    claims: &Map<String, Value>,
    issuer: &str,
    client_id: &str,
    now: OffsetDateTime,
) -> Result<OffsetDateTime, Fault> {
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
        return Err(Fault::Issuer);
    }
    audience(claims, client_id)?;
    times(claims, now)
}

/// S-131, S-132: we are the audience, the only one, and the authorized party where one is named.
pub fn audience(claims: &Map<String, Value>, client_id: &str) -> Result<(), Fault> {
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
        return Err(Fault::Audience);
    }
    match claims.get("azp") {
        Some(azp) if azp.as_str() != Some(client_id) => Err(Fault::AuthorizedParty),
        _ => Ok(()),
    }
}

fn times(claims: &Map<String, Value>, now: OffsetDateTime) -> Result<OffsetDateTime, Fault> {
    let expires = claims
        .get("exp")
        .and_then(numeric_date)
        .ok_or(Fault::ExpMissing)?;
    if now >= expires + LEEWAY {
        return Err(Fault::Expired);
    }
    let issued = claims
        .get("iat")
        .and_then(numeric_date)
        .ok_or(Fault::IatMissing)?;
    if issued > now + LEEWAY || issued < now - OLDEST {
        return Err(Fault::IatOutOfRange);
    }
    Ok(issued)
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

#[cfg(test)]
pub(super) mod tests;
