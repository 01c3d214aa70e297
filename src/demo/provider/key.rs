//! The provider's signing key, in the form that openidconnect signs ID tokens with.

use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey, SigningError};

use crate::demo::keys::ComingKey;
use crate::types::random_bytes;

/// An RS256 key with its id. The crate's own private key brings a second RSA implementation along.
pub struct ProviderKey {
    key: ComingKey,
    id: JsonWebKeyId,
}

impl ProviderKey {
    pub fn new(key: ComingKey) -> Self {
        let id = format!("staff-{:08x}", u32::from_ne_bytes(random_bytes()));
        Self {
            key,
            id: JsonWebKeyId::new(id),
        }
    }
}

impl PrivateSigningKey for ProviderKey {
    type VerificationKey = CoreJsonWebKey;

    fn sign(&self, algorithm: &CoreJwsSigningAlgorithm, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        match algorithm {
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256 => self
                .key
                .get()
                .sign(message)
                .map_err(|_| SigningError::CryptoError),
            other => Err(SigningError::UnsupportedAlg(format!("{other:?}"))),
        }
    }

    fn as_verification_key(&self) -> CoreJsonWebKey {
        let (modulus, exponent) = self.key.get().components();
        CoreJsonWebKey::new_rsa(modulus, exponent, Some(self.id.clone()))
    }
}
