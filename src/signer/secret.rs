//! Shared secrets: HS256, HS384 and HS512.

use aws_lc_rs::{digest, hmac};
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::JwtSigner;
use jsonwebtoken::signature::{Error, Signer};
use zeroize::Zeroizing;

use super::{RejectedKey, hex};

pub(super) struct Secret {
    algorithm: Algorithm,
    key: hmac::Key,
    pub length: usize,
    pub fingerprint: String,
}

impl Signer<Vec<u8>> for Secret {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(hmac::sign(&self.key, message).as_ref().to_vec())
    }
}

impl JwtSigner for Secret {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl Secret {
    /// Takes the bytes as they are; fewer than `shortest` are refused (S-406).
    pub fn parse(
        bytes: &Zeroizing<Vec<u8>>,
        algorithm: Algorithm,
        shortest: usize,
    ) -> Result<Self, RejectedKey> {
        let kind = match algorithm {
            Algorithm::HS256 => hmac::HMAC_SHA256,
            Algorithm::HS384 => hmac::HMAC_SHA384,
            Algorithm::HS512 => hmac::HMAC_SHA512,
            _ => return Err(RejectedKey::NeedsPrivateKey),
        };
        if bytes.windows(10).any(|window| window == b"-----BEGIN") {
            return Err(RejectedKey::SecretIsPem);
        }
        if is_jwk(bytes) {
            return Err(RejectedKey::SecretIsJwk);
        }
        if bytes.len() < shortest {
            return Err(RejectedKey::ShortSecret {
                wanted: shortest,
                found: bytes.len(),
            });
        }
        let secret = Self {
            algorithm,
            key: hmac::Key::new(kind, bytes),
            length: bytes.len(),
            fingerprint: fingerprint(bytes),
        };
        let trial = secret.try_sign(b"trial").map_err(|_| RejectedKey::Corrupt)?;
        hmac::verify(&secret.key, b"trial", &trial).map_err(|_| RejectedKey::Corrupt)?;
        Ok(secret)
    }

    pub fn signature_length(&self) -> usize {
        self.key.algorithm().tag_len()
    }
}

/// Tells equal secrets from others, and means nothing anywhere else.
fn fingerprint(bytes: &[u8]) -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(b"usher: an app's secret\0");
    hash.update(bytes);
    hex(hash.finish().as_ref())
}

/// A JSON object with `kty` (RFC 7517). Its values are skipped, and so never copied.
fn is_jwk(bytes: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Jwk {
        #[serde(rename = "kty")]
        _kty: serde::de::IgnoredAny,
    }
    serde_json::from_slice::<Jwk>(bytes).is_ok()
}
