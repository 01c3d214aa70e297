//! A provider's signing keys: read from its JWKS one by one, skipping what cannot be used
//! (S-075, S-347), found by `kid` and algorithm.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use super::strict_json;

pub struct Keys(Vec<Key>);

struct Key {
    kid: Option<String>,
    jwk: Jwk,
    decoding: DecodingKey,
}

/// Why no single key can be named for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    Unknown,
    Ambiguous,
}

impl Keys {
    /// Reads a JWK set (RFC 7517, section 5); `None` when the document is not one.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let document = strict_json::object(body).ok()?;
        let keys = document.get("keys")?.as_array()?;
        Some(Self(keys.iter().filter_map(Key::usable).collect()))
    }

    /// How many keys can be used, and how many of them with one of `algs`.
    pub fn count(&self, algs: &[Algorithm]) -> (usize, usize) {
        let serves = |key: &&Key| algs.iter().any(|alg| key.serves(*alg));
        (self.0.len(), self.0.iter().filter(serves).count())
    }

    /// The one key that may have signed: by `kid` where the token names one, else the only
    /// candidate for the algorithm.
    pub fn find(&self, kid: Option<&str>, alg: Algorithm) -> Result<&DecodingKey, KeyError> {
        let mut candidates = self
            .0
            .iter()
            .filter(|key| key.serves(alg) && (kid.is_none() || key.kid.as_deref() == kid));
        match (candidates.next(), candidates.next()) {
            (None, _) => Err(KeyError::Unknown),
            (Some(key), None) => Ok(&key.decoding),
            (Some(_), Some(_)) => Err(KeyError::Ambiguous),
        }
    }
}

impl Key {
    fn usable(value: &Value) -> Option<Self> {
        if value.get("d").is_some() || value.get("k").is_some() {
            return None;
        }
        let mut value = value.clone();
        // RFC 9864's name of the same algorithm.
        if value.get("alg").is_some_and(|alg| alg == "Ed25519") {
            value["alg"] = "EdDSA".into();
        }
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let signs = match (&jwk.common.public_key_use, &jwk.common.key_operations) {
            (Some(PublicKeyUse::Signature), _) | (None, None) => true,
            (None, Some(operations)) => operations.contains(&KeyOperations::Verify),
            _ => false,
        };
        let sound = match &jwk.algorithm {
            AlgorithmParameters::RSA(rsa) => {
                let modulus = URL_SAFE_NO_PAD.decode(&rsa.n).ok()?;
                // 2048 to 8192 bits, and the exponent 65537.
                (256..=1024).contains(&modulus.len()) && modulus[0] >= 0x80 && rsa.e == "AQAB"
            }
            AlgorithmParameters::EllipticCurve(_) | AlgorithmParameters::OctetKeyPair(_) => true,
            _ => false,
        };
        if !signs || !sound {
            return None;
        }
        let decoding = DecodingKey::from_jwk(&jwk).ok()?;
        Some(Self {
            kid: jwk.common.key_id.clone(),
            jwk,
            decoding,
        })
    }

    fn serves(&self, alg: Algorithm) -> bool {
        use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
        let family = match &self.jwk.algorithm {
            AlgorithmParameters::RSA(_) => matches!(alg, RS256 | RS384 | RS512 | PS256 | PS384 | PS512),
            AlgorithmParameters::EllipticCurve(ec) => {
                matches!(
                    (&ec.curve, alg),
                    (EllipticCurve::P256, ES256) | (EllipticCurve::P384, ES384)
                )
            }
            AlgorithmParameters::OctetKeyPair(okp) => {
                matches!((&okp.curve, alg), (EllipticCurve::Ed25519, EdDSA))
            }
            _ => false,
        };
        let declared = self.jwk.common.key_algorithm;
        family && declared.is_none_or(|declared| Algorithm::try_from(declared).is_ok_and(|d| d == alg))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rsa(extra: &Value) -> Value {
        let mut modulus = vec![0x5a; 256];
        modulus[0] = 0xc3;
        let mut key = json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB"});
        for (name, value) in extra.as_object().unwrap() {
            key[name] = value.clone();
        }
        key
    }

    fn find(keys: &[Value], kid: Option<&str>) -> Result<(), KeyError> {
        let keys = Keys::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap();
        keys.find(kid, Algorithm::RS256).map(|_| ())
    }

    #[test]
    fn s_347_bad_keys_are_skipped_and_good_ones_still_work() {
        let good = rsa(&json!({"kid": "good"}));
        for bad in [
            rsa(&json!({"kid": "bad", "use": "enc"})),
            rsa(&json!({"kid": "bad", "alg": "PS256"})),
            rsa(&json!({"kid": "bad", "e": "Aw"})),
            rsa(&json!({"kid": "bad", "e": "AQ"})),
            rsa(&json!({"kid": "bad", "d": "AQAB"})),
            rsa(&json!({"kid": "bad", "n": URL_SAFE_NO_PAD.encode([0xff; 128])})),
            rsa(&json!({"kid": "bad", "key_ops": ["encrypt"]})),
            json!({"kty": "oct", "k": "c2VjcmV0", "kid": "bad"}),
            json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "bad"}),
            json!(7),
        ] {
            let keys = [bad, good.clone()];
            assert_eq!(find(&keys, Some("bad")), Err(KeyError::Unknown));
            assert_eq!(find(&keys, Some("good")), Ok(()));
        }
    }

    #[test]
    fn s_006_s_007_without_kid_only_a_single_candidate_is_taken() {
        let key = rsa(&json!({}));
        assert_eq!(find(std::slice::from_ref(&key), None), Ok(()));
        assert_eq!(find(&[key.clone(), key.clone()], None), Err(KeyError::Ambiguous));
        assert_eq!(find(&[key], Some("named")), Err(KeyError::Unknown));
    }

    #[test]
    fn s_345_a_kid_is_only_compared() {
        for kid in ["../../etc/passwd", "' OR 1=1 --", "\0"] {
            assert_eq!(
                find(&[rsa(&json!({"kid": "good"}))], Some(kid)),
                Err(KeyError::Unknown)
            );
        }
    }
}
