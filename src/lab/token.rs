//! A token that is wrong in one way, and right in all others.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::LabError;
use super::flaw::{AUDIENCES, Flaw};
use crate::claims::{ClaimSet, Expectation, Moment};
use crate::config::App;
use crate::delivery::{Address, Delivery};
use crate::signer::{Head, KeyError, KeyKind, Signer, SigningKey, TokenFacts, generate, sha256_of};
use crate::types::random_bytes;

/// How long ago an expired token ended: more than a vendor may allow for its clock.
const PAST: Duration = Duration::minutes(10);
/// How far behind its end a token begins that is not valid yet.
const AHEAD: Duration = Duration::hours(1);
/// No host of anybody's (RFC 2606).
const SOMEBODY_ELSE: &str = "https://somebody-else.example";

/// A wrong token on its way to its record. No Debug, no Display, no Serialize, no Clone.
pub(super) struct LabToken {
    compact: SecretString,
    facts: TokenFacts,
}

impl LabToken {
    /// `key` is the stranger's for [`Flaw::OtherKey`].
    pub fn make(app: &App, claims: &ClaimSet, flaw: Flaw, key: Option<Signer>) -> Result<Self, LabError> {
        if !flaw.suits(app) {
            return Err(LabError::Unsuited);
        }
        let mut said = claims.as_map().clone();
        let compact = match flaw {
            Flaw::Expired => {
                expire(app, &mut said);
                app.key.compact(&said)?
            }
            Flaw::NotYetValid => {
                wait(app, claims, &mut said);
                app.key.compact(&said)?
            }
            Flaw::OtherAudience => {
                let name = AUDIENCES.into_iter().find(|name| said.contains_key(*name));
                let value = name.and_then(|name| said.get_mut(name));
                let value = value.ok_or(LabError::Unsuited)?;
                *value = somebody_else(value);
                app.key.compact(&said)?
            }
            Flaw::OtherKey => {
                let message = app.key.unsigned(&said);
                let signature = key.ok_or(KeyError)?.try_sign(message.as_bytes());
                joined(&message, &signature.map_err(|_| KeyError)?)
            }
            Flaw::AlgNone => joined(&beginning_with(app, "none", &said)?, &[]),
            Flaw::Hs256OverPublicKey => {
                let message = beginning_with(app, "HS256", &said)?;
                let pem = app.key.public().ok_or(LabError::Unsuited)?.pem();
                let secret = hmac::Key::new(hmac::HMAC_SHA256, pem.as_bytes());
                joined(&message, hmac::sign(&secret, message.as_bytes()).as_ref())
            }
            Flaw::ChangedPayload => {
                // Whoever undoes the change has a token that has expired: the signature is of nothing else.
                let mut past = said.clone();
                expire(app, &mut past);
                let signed = app.key.compact(&past)?;
                let signature = signed.expose_secret().rsplit('.').next().unwrap_or_default();
                format!("{}.{signature}", app.key.unsigned(&said)).into()
            }
        };
        let facts = TokenFacts {
            sha256: sha256_of(&compact),
            kid: app.key.kid().map(str::to_owned),
            jti: said.get("jti").and_then(Value::as_str).map(str::to_owned),
            issued_at: at(app, &said, Moment::Issue).unwrap_or(claims.issued_at()),
            expires_at: at(app, &said, Moment::Expiry),
        };
        Ok(Self { compact, facts })
    }

    pub fn facts(&self) -> &TokenFacts {
        &self.facts
    }

    pub fn length(&self) -> usize {
        self.compact.expose_secret().len()
    }

    pub fn into_compact(self) -> SecretString {
        self.compact
    }

    /// The address with the token in it.
    pub fn placed(self, delivery: &Delivery, address: &Address) -> SecretString {
        delivery.place(address, self.compact.expose_secret()).into()
    }
}

/// What signs like a key of this algorithm, and is nobody's. It ends with its one signature.
pub(super) fn stranger(algorithm: Algorithm) -> Result<Signer, KeyError> {
    let head = Head::new(algorithm);
    let key = match KeyKind::of(algorithm) {
        Some(kind) => SigningKey::from_pem(&generate(kind), head),
        None => SigningKey::from_secret(Zeroizing::new(random_bytes::<64>().to_vec()), head, 64),
    };
    key.map(SigningKey::into_signer).map_err(|_| KeyError)
}

/// The claims that tell a time.
fn times(app: &App) -> impl Iterator<Item = (Expectation<'_>, Moment)> {
    let expected = app.recipe.expectations();
    expected.filter_map(|expected| Some((expected, expected.moment()?)))
}

fn shift(said: &mut Map<String, Value>, expected: Expectation<'_>, by: Duration) {
    if let Some(value) = said.get_mut(expected.name())
        && let Some(moved) = expected.moved(value, by)
    {
        *value = moved;
    }
}

/// Moves all times back, until the token has ended for longer than anybody's clock may be off.
fn expire(app: &App, said: &mut Map<String, Value>) {
    for (expected, _) in times(app) {
        shift(said, expected, -(app.ttl + PAST));
    }
}

/// Has the token begin behind its end, so that it is never valid. By `nbf`, also where its vendor knows
/// none: `iat` binds nobody (RFC 7519, section 4.1.6).
fn wait(app: &App, claims: &ClaimSet, said: &mut Map<String, Value>) {
    let mut starts = times(app).filter(|(_, moment)| *moment == Moment::Start);
    if let Some((expected, _)) = starts.next() {
        shift(said, expected, app.ttl + AHEAD);
    } else {
        let from = app.recipe.unit.count(claims.issued_at() + app.ttl + AHEAD);
        said.insert("nbf".to_owned(), from);
    }
}

/// A value of the same form that names nobody.
fn somebody_else(audience: &Value) -> Value {
    match audience {
        Value::Array(_) => Value::Array(vec![SOMEBODY_ELSE.into()]),
        Value::String(id) if Uuid::parse_str(id).is_ok() => Uuid::new_v4().to_string().into(),
        _ => SOMEBODY_ELSE.into(),
    }
}

/// Header and payload, with another algorithm in the header.
fn beginning_with(app: &App, algorithm: &str, said: &Map<String, Value>) -> Result<String, KeyError> {
    let mut header = app.key.header();
    *header.get_mut("alg").ok_or(KeyError)? = algorithm.into();
    let message = app.key.unsigned(said);
    let (_, payload) = message.split_once('.').ok_or(KeyError)?;
    Ok(format!(
        "{}.{payload}",
        URL_SAFE_NO_PAD.encode(header.to_string())
    ))
}

fn joined(message: &str, signature: &[u8]) -> SecretString {
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)).into()
}

/// The time that the token tells.
fn at(app: &App, said: &Map<String, Value>, which: Moment) -> Option<OffsetDateTime> {
    let (expected, _) = times(app).find(|(_, moment)| *moment == which)?;
    let seconds = expected.time(said.get(expected.name())?)?;
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}
