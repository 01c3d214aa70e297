//! ID tokens: a header and claims, a line each, which a key of the provider's signs; or a whole
//! token that nobody signed.

use jsonwebtoken::Algorithm;
use serde_json::Value;
use usher::identity::id_token::{self, Expected, Invalid, Verified};
use usher::identity::jwt::{self, Fault, Kind};

use super::op;

const NONCE: &str = "n-0S6_WzA2Mj";

pub fn holds(bytes: &[u8]) -> bool {
    let keys = op::keys();
    let expected = Expected {
        issuer: op::ISSUER,
        client_id: op::CLIENT,
        nonce: NONCE,
        access_token: "access",
    };

    let verify = |compact: &str| -> Result<Verified, Invalid> {
        let token =
            jwt::authentic(compact, Kind::IdToken, &[Algorithm::EdDSA], &keys).map_err(Invalid::Jwt)?;
        id_token::verify(token, &expected, op::now())
    };

    if let Ok(unsigned) = std::str::from_utf8(bytes) {
        assert!(verify(unsigned).is_err(), "nobody signed it");
    }
    let (header, claims) = op::line(bytes);
    let compact = op::sign(header, claims);
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
            assert_eq!(claims["nonce"], NONCE);
            op::believed(&header, &claims);
            let changed = compact.replacen('.', "..", 1);
            assert!(verify(&changed).is_err());
            true
        }
    }
}
