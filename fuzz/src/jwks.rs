//! A provider's JWK set (S-347): what serves to verify a signature may.

use jsonwebtoken::Algorithm;
use serde_json::Value;
use usher::identity::keys::Keys;

const ALGS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

pub fn holds(body: &[u8]) -> bool {
    let Some(keys) = Keys::parse(body) else {
        return false;
    };
    let document: Value = serde_json::from_slice(body).expect("a JWK set is JSON");
    let written = document["keys"].as_array().expect("a list of keys");
    let kids: Vec<Option<&str>> = written.iter().map(|key| key["kid"].as_str()).collect();
    let mut found = false;
    for kid in kids.into_iter().chain([None, Some("another")]) {
        for alg in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            assert!(keys.find(kid, alg).is_err(), "S-343: a public key made a MAC");
        }
        for alg in ALGS {
            if keys.find(kid, alg).is_ok() {
                found = true;
                let named = |key: &&Value| kid.is_none() || key["kid"].as_str() == kid;
                assert!(
                    written.iter().filter(named).any(|key| may_verify(key, alg)),
                    "{alg:?} with a key that is not for it"
                );
            }
        }
    }
    found
}

/// Whether a key says of itself that it verifies signatures by `alg`.
fn may_verify(key: &Value, alg: Algorithm) -> bool {
    let family = match alg {
        Algorithm::ES256 => key["kty"] == "EC" && key["crv"] == "P-256",
        Algorithm::ES384 => key["kty"] == "EC" && key["crv"] == "P-384",
        Algorithm::EdDSA => key["kty"] == "OKP" && key["crv"] == "Ed25519",
        _ => key["kty"] == "RSA" && key["e"] == "AQAB" && key["n"].as_str().is_some_and(|n| n.len() >= 342),
    };
    let secret = ["d", "k"].iter().any(|name| key.get(name).is_some());
    let signs = key["use"].is_null() || key["use"] == "sig";
    let declared = key["alg"].is_null() || key["alg"] == format!("{alg:?}");
    family && !secret && signs && declared
}
