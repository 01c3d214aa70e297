//! Keys on curves: ES256, ES384 and Ed25519.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, ED25519, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair,
    KeyPair as _, VerificationAlgorithm,
};
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::JwtSigner;
use jsonwebtoken::signature::{Error, Signer};

use super::der::{self, Kind};
use super::pem::PrivateDer;
use super::{Parsed, PublicKey, RejectedKey};

struct Ecdsa {
    algorithm: Algorithm,
    pair: EcdsaKeyPair,
}

impl Signer<Vec<u8>> for Ecdsa {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.pair.sign(&SystemRandom::new(), message);
        Ok(signature.map_err(|_| Error::new())?.as_ref().to_vec())
    }
}

impl JwtSigner for Ecdsa {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// A curve of RFC 7518, section 3.4, with what it is called.
pub(super) struct Curve {
    algorithm: Algorithm,
    pub name: &'static str,
    kind: Kind,
    signing: &'static EcdsaSigningAlgorithm,
    verification: &'static dyn VerificationAlgorithm,
    /// Bytes of a coordinate; a signature is two.
    pub width: usize,
    otherwise: RejectedKey,
}

pub(super) static P256: Curve = Curve {
    algorithm: Algorithm::ES256,
    name: "P-256",
    kind: Kind::P256,
    signing: &ECDSA_P256_SHA256_FIXED_SIGNING,
    verification: &ECDSA_P256_SHA256_FIXED,
    width: 32,
    otherwise: RejectedKey::NotP256,
};

pub(super) static P384: Curve = Curve {
    algorithm: Algorithm::ES384,
    name: "P-384",
    kind: Kind::P384,
    signing: &ECDSA_P384_SHA384_FIXED_SIGNING,
    verification: &ECDSA_P384_SHA384_FIXED,
    width: 48,
    otherwise: RejectedKey::NotP384,
};

pub(super) fn ecdsa(key: &PrivateDer, curve: &'static Curve) -> Result<Parsed, RejectedKey> {
    let pair = match key {
        PrivateDer::Sec1(der) => EcdsaKeyPair::from_private_key_der(curve.signing, der),
        PrivateDer::Pkcs8(der) => EcdsaKeyPair::from_pkcs8(curve.signing, der),
        PrivateDer::Pkcs1(_) => return Err(curve.otherwise),
    };
    let pair = pair.map_err(|_| rejected(key, curve.kind, curve.otherwise))?;
    let raw = pair.public_key().as_ref().to_vec();
    let public = PublicKey::ecdsa(pair.public_key(), curve)?;
    let ecdsa = Ecdsa {
        algorithm: curve.algorithm,
        pair,
    };
    Parsed {
        signer: Box::new(ecdsa),
        signature_length: 2 * curve.width,
        public,
    }
    .tried(curve.verification, &raw)
}

struct Ed25519(Ed25519KeyPair);

impl Signer<Vec<u8>> for Ed25519 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.0.try_sign(message).map_err(|_| Error::new())?;
        Ok(signature.as_ref().to_vec())
    }
}

impl JwtSigner for Ed25519 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

pub(super) fn ed25519(key: &PrivateDer) -> Result<Parsed, RejectedKey> {
    let PrivateDer::Pkcs8(der) = key else {
        return Err(RejectedKey::NotEd25519);
    };
    let pair =
        Ed25519KeyPair::from_pkcs8(der).map_err(|_| rejected(key, Kind::Ed25519, RejectedKey::NotEd25519))?;
    let raw = pair.public_key().as_ref().to_vec();
    let public = PublicKey::ed25519(pair.public_key())?;
    Parsed {
        signer: Box::new(Ed25519(pair)),
        signature_length: 64,
        public,
    }
    .tried(&ED25519, &raw)
}

/// A key of another kind, or a damaged one of this.
fn rejected(key: &PrivateDer, wanted: Kind, otherwise: RejectedKey) -> RejectedKey {
    match der::kind(key) {
        Kind::Unknown => RejectedKey::Corrupt,
        found if found == wanted => RejectedKey::Corrupt,
        _ => otherwise,
    }
}
