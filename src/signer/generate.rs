//! New keys.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair,
};
use jsonwebtoken::Algorithm;
use zeroize::Zeroizing;

use super::pem;

/// The kinds of keys that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Rsa2048,
    Rsa3072,
    Rsa4096,
    P256,
    P384,
    Ed25519,
}

impl KeyKind {
    /// What `algorithm` needs; `None` where that is a secret.
    pub fn of(algorithm: Algorithm) -> Option<Self> {
        match algorithm {
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => None,
            Algorithm::ES256 => Some(Self::P256),
            Algorithm::ES384 => Some(Self::P384),
            Algorithm::EdDSA => Some(Self::Ed25519),
            _ => Some(Self::Rsa2048),
        }
    }
}

/// A new key as PKCS#8 PEM.
///
/// # Panics
/// When the crypto library cannot make one, as without memory.
pub fn generate(kind: KeyKind) -> Zeroizing<String> {
    match kind {
        KeyKind::Rsa2048 => rsa(KeySize::Rsa2048),
        KeyKind::Rsa3072 => rsa(KeySize::Rsa3072),
        KeyKind::Rsa4096 => rsa(KeySize::Rsa4096),
        KeyKind::P256 => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING),
        KeyKind::P384 => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING),
        KeyKind::Ed25519 => {
            let pair = Ed25519KeyPair::generate().expect("an Ed25519 key can be generated");
            let der: Pkcs8V1Der<'_> = pair.as_der().expect("a key pair has a PKCS#8 form");
            pem::write("PRIVATE KEY", der.as_ref())
        }
    }
}

/// A new RSA key of 2048 bits as PKCS#8 PEM.
pub fn generate_pem() -> Zeroizing<String> {
    generate(KeyKind::Rsa2048)
}

fn rsa(size: KeySize) -> Zeroizing<String> {
    let pair = KeyPair::generate(size).expect("an RSA key can be generated");
    let der: Pkcs8V1Der<'_> = pair.as_der().expect("a key pair has a PKCS#8 form");
    pem::write("PRIVATE KEY", der.as_ref())
}

fn ecdsa(curve: &'static EcdsaSigningAlgorithm) -> Zeroizing<String> {
    let pair = EcdsaKeyPair::generate(curve).expect("a key on a curve can be generated");
    let der = pair.to_pkcs8v1().expect("a key pair has a PKCS#8 form");
    pem::write("PRIVATE KEY", der.as_ref())
}
