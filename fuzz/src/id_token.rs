//! ID tokens: a header and claims, a line each, which a key of the provider's signs; or a whole
//! token that nobody signed.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use usher::identity::id_token::{self, Expected, Invalid, Verified};
use usher::identity::jwt::{self, Fault, Kind};
use usher::identity::keys::Keys;

const ISSUER: &str = "https://op.example";
const CLIENT: &str = "usher";
const NONCE: &str = "n-0S6_WzA2Mj";
/// What the corpus takes for the present.
const NOW: i64 = 1_800_000_000;

pub fn holds(bytes: &[u8]) -> bool {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a key");
    let public = URL_SAFE_NO_PAD.encode(pair.public_key());
    let set = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "k", "x": public }] });
    let keys = Keys::parse(set.to_string().as_bytes()).expect("a JWK set");
    let now = OffsetDateTime::from_unix_timestamp(NOW).expect("a time");
    let expected = Expected {
        issuer: ISSUER,
        client_id: CLIENT,
        nonce: NONCE,
        access_token: "access",
    };

    let verify = |compact: &str| -> Result<Verified, Invalid> {
        let token =
            jwt::authentic(compact, Kind::IdToken, &[Algorithm::EdDSA], &keys).map_err(Invalid::Jwt)?;
        id_token::verify(token, &expected, now)
    };

    if let Ok(unsigned) = std::str::from_utf8(bytes) {
        assert!(verify(unsigned).is_err(), "nobody signed it");
    }
    let at = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(bytes.len());
    let (header, claims) = (&bytes[..at], bytes.get(at + 1..).unwrap_or_default());
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes()));
    let compact = format!("{message}.{signature}");
    match verify(&compact) {
        Err(error) => {
            assert_ne!(error, Invalid::Jwt(Fault::Signature), "the signature is good");
            false
        }
        Ok(verified) => {
            let read = |part| serde_json::from_slice::<Value>(part).expect("JSON");
            let (header, claims) = (read(header), read(claims));
            assert_eq!(
                Value::Object(verified.claims),
                claims,
                "what was signed is what is believed"
            );
            assert_eq!(claims["sub"], verified.subject.as_str());
            assert!((1..=255).contains(&verified.subject.as_str().len()));
            believed(&header, &claims, now);
            let changed = compact.replacen('.', "..", 1);
            assert!(verify(&changed).is_err());
            true
        }
    }
}

/// OpenID Connect Core 1.0, section 3.1.3.7, in other words than the gateway's.
fn believed(header: &Value, claims: &Value, now: OffsetDateTime) {
    assert_eq!(header["alg"], "EdDSA");
    assert!(header.get("crit").is_none());
    assert!(header.get("kid").is_none_or(|kid| kid == "k"));
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["nonce"], NONCE);
    let audiences = match &claims["aud"] {
        Value::Array(audiences) => audiences.clone(),
        one => vec![one.clone()],
    };
    assert!(!audiences.is_empty() && audiences.iter().all(|audience| audience == CLIENT));
    assert!(claims.get("azp").is_none_or(|azp| azp == CLIENT));
    let seconds = |name: &str| Duration::seconds_f64(claims[name].as_f64().expect("a number"));
    let now = now - OffsetDateTime::UNIX_EPOCH;
    assert!(seconds("exp") + Duration::minutes(1) > now);
    // A fraction of a second is cut off.
    assert!(seconds("iat") < now + Duration::minutes(1) + Duration::seconds(1));
    assert!(seconds("iat") >= now - Duration::minutes(10));
}
