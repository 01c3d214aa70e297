//! The provider of the targets that make up tokens: its key, and what every token of its says
//! (RFC 7519, OpenID Connect Core 1.0, section 3.1.3.7), in other words than the gateway's.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use usher::identity::keys::Keys;

pub const ISSUER: &str = "https://op.example";
pub const CLIENT: &str = "usher";

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a key")
}

pub fn keys() -> Keys {
    let public = URL_SAFE_NO_PAD.encode(pair().public_key());
    let set = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "k", "x": public }] });
    Keys::parse(set.to_string().as_bytes()).expect("a JWK set")
}

pub fn sign(header: &[u8], claims: &[u8]) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    let message = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(pair().sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// What the corpus takes for the present.
pub fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).expect("a time")
}

/// The first line, and whatever comes behind it.
pub fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let end = end.unwrap_or(bytes.len());
    (&bytes[..end], bytes.get(end + 1..).unwrap_or_default())
}

/// What was believed is of the provider's, for us, and of the present.
pub fn believed(header: &Value, claims: &Value) {
    // One algorithm by two names (RFC 9864).
    assert!(header["alg"] == "EdDSA" || header["alg"] == "Ed25519");
    assert!(header.get("crit").is_none());
    assert!(header.get("kid").is_none_or(|kid| kid == "k"));
    assert_eq!(claims["iss"], ISSUER);
    let audiences = match &claims["aud"] {
        Value::Array(audiences) => audiences.clone(),
        one => vec![one.clone()],
    };
    assert!(!audiences.is_empty() && audiences.iter().all(|audience| audience == CLIENT));
    assert!(claims.get("azp").is_none_or(|azp| azp == CLIENT));
    let seconds = |name: &str| Duration::seconds_f64(claims[name].as_f64().expect("a number"));
    let now = now() - OffsetDateTime::UNIX_EPOCH;
    assert!(seconds("exp") + Duration::minutes(1) > now);
    // A fraction of a second is cut off.
    assert!(seconds("iat") < now + Duration::minutes(1) + Duration::seconds(1));
    assert!(seconds("iat") >= now - Duration::minutes(10));
}
