//! The public half of a key, in the forms that vendors take it in.

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RsaKeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::elliptic::Curve;
use super::header::name_of;
use super::{RejectedKey, hex, pem};

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    spki: Vec<u8>,
    /// What RFC 7638 hashes: the required members of the JWK, in the order of their names.
    members: Vec<(&'static str, String)>,
    /// `RSA 2048`.
    description: String,
}

impl PublicKey {
    pub(super) fn rsa(key: &<RsaKeyPair as KeyPair>::PublicKey) -> Result<Self, RejectedKey> {
        let modulus = key.modulus().big_endian_without_leading_zero();
        let exponent = key.exponent().big_endian_without_leading_zero();
        Self::new(
            key,
            vec![
                ("e", encoded(exponent)),
                ("kty", "RSA".into()),
                ("n", encoded(modulus)),
            ],
            format!("RSA {}", modulus.len() * 8),
        )
    }

    /// From a point in uncompressed form: a 4 and both coordinates.
    pub(super) fn ecdsa<K>(key: &K, curve: &Curve) -> Result<Self, RejectedKey>
    where
        K: AsRef<[u8]> + AsDer<PublicKeyX509Der<'static>>,
    {
        let point = key.as_ref().strip_prefix(&[4]).ok_or(RejectedKey::Corrupt)?;
        let (x, y) = point.split_at_checked(curve.width).ok_or(RejectedKey::Corrupt)?;
        Self::new(
            key,
            vec![
                ("crv", curve.name.into()),
                ("kty", "EC".into()),
                ("x", encoded(x)),
                ("y", encoded(y)),
            ],
            curve.name.to_owned(),
        )
    }

    pub(super) fn ed25519(key: &<Ed25519KeyPair as KeyPair>::PublicKey) -> Result<Self, RejectedKey> {
        Self::new(
            key,
            vec![
                ("crv", "Ed25519".into()),
                ("kty", "OKP".into()),
                ("x", encoded(key.as_ref())),
            ],
            "Ed25519".to_owned(),
        )
    }

    fn new(
        key: &impl AsDer<PublicKeyX509Der<'static>>,
        members: Vec<(&'static str, String)>,
        description: String,
    ) -> Result<Self, RejectedKey> {
        let spki = key.as_der().map_err(|_| RejectedKey::Corrupt)?;
        Ok(Self {
            spki: spki.as_ref().to_vec(),
            members,
            description,
        })
    }

    /// SPKI PEM, as vendors want it pasted.
    pub fn pem(&self) -> String {
        pem::write("PUBLIC KEY", &self.spki).to_string()
    }

    /// The JWK; without a `kid` of its own it has its thumbprint for one (S-410).
    pub fn jwk(&self, algorithm: Algorithm, kid: Option<&str>) -> Value {
        let mut jwk = self.required();
        jwk.insert("use".to_owned(), "sig".into());
        jwk.insert("alg".to_owned(), name_of(algorithm).into());
        let kid = kid.map_or_else(|| self.thumbprint(), str::to_owned);
        jwk.insert("kid".to_owned(), kid.into());
        Value::Object(jwk)
    }

    /// RFC 7638, base64url of SHA-256.
    pub fn thumbprint(&self) -> String {
        let text = Value::Object(self.required()).to_string();
        encoded(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
    }

    /// Lower-case hex of the SHA-256 of the SPKI DER; equal keys have equal ones (C-9).
    pub fn fingerprint(&self) -> String {
        hex(digest::digest(&digest::SHA256, &self.spki).as_ref())
    }

    /// `RSA 2048`, `P-256`, `Ed25519`.
    pub fn describe(&self) -> &str {
        &self.description
    }

    fn required(&self) -> Map<String, Value> {
        let member = |(name, value): &(&str, String)| ((*name).to_owned(), Value::from(value.as_str()));
        self.members.iter().map(member).collect()
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7638, section 3.1.
    #[test]
    fn s_410_the_thumbprint_is_that_of_rfc_7638() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = PublicKey {
            spki: Vec::new(),
            members: vec![("e", "AQAB".into()), ("kty", "RSA".into()), ("n", n.into())],
            description: String::new(),
        };
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        let jwk = key.jwk(Algorithm::RS256, None);
        assert_eq!(jwk["kid"], key.thumbprint());
        assert_eq!(jwk["use"], "sig");
        assert_eq!(jwk["alg"], "RS256");
        assert_eq!(key.jwk(Algorithm::RS256, Some("k-1"))["kid"], "k-1");
    }
}
