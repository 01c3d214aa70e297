//! `private_key_jwt`: Usher says who it is by a token of its own (RFC 7523, section 2.2; S-077).

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::JwtSigner;
use secrecy::SecretString;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::jwt;
use super::provider::ProviderError;
use crate::types::Issuer;

/// What an assertion may call itself; providers that do not know the second yet may refuse it (S-129).
pub const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];
/// S-129: long enough for one call.
const LIFE: Duration = Duration::seconds(60);

/// The key pair that a provider knows Usher by.
pub struct ClientKey {
    signer: Box<dyn JwtSigner + Send + Sync>,
    kid: String,
    typ: &'static str,
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientKey")
    }
}

impl ClientKey {
    pub fn new(signer: Box<dyn JwtSigner + Send + Sync>, kid: String, typ: &'static str) -> Self {
        Self { signer, kid, typ }
    }

    pub fn algorithm(&self) -> Algorithm {
        self.signer.algorithm()
    }

    /// The name that the provider finds the public half by.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Whether a provider that takes assertions signed by `names` takes ours.
    pub fn is_among(&self, names: &[String]) -> bool {
        names
            .iter()
            .any(|name| jwt::algorithm(name) == Some(self.algorithm()))
    }

    /// The form fields that say who asks. The audience is the issuer alone: an address of its
    /// metadata would let another provider take our assertion there (S-129).
    pub fn says(
        &self,
        client_id: &str,
        issuer: &Issuer,
        now: OffsetDateTime,
    ) -> Result<[(&'static str, SecretString); 2], ProviderError> {
        let header = json!({ "alg": format!("{:?}", self.algorithm()), "typ": self.typ, "kid": self.kid });
        let claims = json!({
            "iss": client_id,
            "sub": client_id,
            "aud": issuer.as_str(),
            "jti": Uuid::new_v4().to_string(),
            "iat": now.unix_timestamp(),
            "exp": (now + LIFE).unix_timestamp(),
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = self.signer.try_sign(message.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.map_err(|_| ProviderError::ClientKey)?);
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned();
        Ok([
            ("client_assertion_type", kind.into()),
            ("client_assertion", format!("{message}.{signature}").into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    struct Silly;

    impl jsonwebtoken::signature::Signer<Vec<u8>> for Silly {
        fn try_sign(&self, _: &[u8]) -> Result<Vec<u8>, jsonwebtoken::signature::Error> {
            Ok(vec![7])
        }
    }

    impl JwtSigner for Silly {
        fn algorithm(&self) -> Algorithm {
            Algorithm::EdDSA
        }
    }

    #[test]
    fn s_077_s_129_an_assertion_is_for_the_issuer_alone_and_for_a_minute() {
        let key = ClientKey::new(Box::new(Silly), "k".into(), TYPES[0]);
        let issuer = Issuer::parse("https://op.example:8443/acme/").unwrap();
        let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let said = |_| {
            let [(_, kind), (name, assertion)] = key.says("usher", &issuer, now).unwrap();
            assert_eq!(
                kind.expose_secret(),
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            );
            assert_eq!(name, "client_assertion");
            let parts: Vec<Value> = assertion
                .expose_secret()
                .split('.')
                .take(2)
                .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
                .collect();
            assert_eq!(parts[0], json!({ "alg": "EdDSA", "typ": "JWT", "kid": "k" }));
            parts[1].clone()
        };
        let [first, second] = [0, 1].map(said);
        assert_eq!(first["aud"], "https://op.example:8443/acme/", "one string");
        assert_eq!((&first["iss"], &first["sub"]), (&json!("usher"), &json!("usher")));
        assert_eq!(
            first["exp"].as_i64().unwrap() - first["iat"].as_i64().unwrap(),
            60
        );
        assert_ne!(first["jti"], second["jti"], "used once");
        assert!(key.is_among(&["RS256".into(), "Ed25519".into()]), "S-183");
        assert!(!key.is_among(&["RS256".into()]));
    }
}
