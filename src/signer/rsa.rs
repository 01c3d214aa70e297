//! RSA keys: RS256, RS384, RS512 and their PSS kin.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaParameters,
    RsaSignatureEncoding,
};
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::JwtSigner;
use jsonwebtoken::signature::{Error, Signer};

use super::der::{self, Kind, element};
use super::pem::PrivateDer;
use super::{Parsed, PublicKey, RejectedKey};

struct Rsa {
    algorithm: Algorithm,
    pair: KeyPair,
    encoding: &'static RsaSignatureEncoding,
}

impl Signer<Vec<u8>> for Rsa {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(self.encoding, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| Error::new())?;
        Ok(signature)
    }
}

impl JwtSigner for Rsa {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

pub(super) fn parse(key: &PrivateDer, algorithm: Algorithm) -> Result<Parsed, RejectedKey> {
    let (encoding, verification): (&'static RsaSignatureEncoding, &'static RsaParameters) = match algorithm {
        Algorithm::RS384 => (&RSA_PKCS1_SHA384, &RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => (&RSA_PKCS1_SHA512, &RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => (&RSA_PSS_SHA256, &RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => (&RSA_PSS_SHA384, &RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => (&RSA_PSS_SHA512, &RSA_PSS_2048_8192_SHA512),
        _ => (&RSA_PKCS1_SHA256, &RSA_PKCS1_2048_8192_SHA256),
    };
    let pair = match key {
        PrivateDer::Pkcs1(der) => KeyPair::from_der(der),
        PrivateDer::Pkcs8(der) => KeyPair::from_pkcs8(der),
        PrivateDer::Sec1(_) => return Err(RejectedKey::NotRsa),
    };
    let pair = pair.map_err(|_| rejected(key))?;
    let length = pair.public_modulus_len();
    match length * 8 {
        ..2048 => return Err(RejectedKey::TooShort),
        8193.. => return Err(RejectedKey::TooLong),
        _ => {}
    }
    if exponent(pair.public_key().as_ref()) != Some(&[1, 0, 1]) {
        return Err(RejectedKey::Exponent);
    }
    let public = PublicKey::rsa(pair.public_key())?;
    let raw = pair.public_key().as_ref().to_vec();
    let rsa = Rsa {
        algorithm,
        pair,
        encoding,
    };
    Parsed {
        signer: Box::new(rsa),
        signature_length: length,
        public,
    }
    .tried(verification, &raw)
}

/// Why a key that is well-formed PEM was not taken: its kind, or its length.
fn rejected(key: &PrivateDer) -> RejectedKey {
    match der::kind(key) {
        Kind::RsaPss => return RejectedKey::PssOnly,
        Kind::P256 | Kind::P384 | Kind::Ed25519 | Kind::Other => return RejectedKey::NotRsa,
        Kind::Rsa | Kind::Unknown => {}
    }
    let der = key.bytes();
    // A whole DER sequence of an RSA key under 2048 bits is under 1,150 bytes long, one over 8192
    // bits above 4,700; aws-lc takes only what lies between.
    let whole = element(der, 0x30).is_some_and(|(after, _)| after.is_empty());
    match der.len() {
        _ if !whole => RejectedKey::Corrupt,
        ..=1_150 => RejectedKey::TooShort,
        4_700.. => RejectedKey::TooLong,
        _ => RejectedKey::Corrupt,
    }
}

/// The public exponent out of an `RSAPublicKey` (RFC 8017, appendix A.1.1).
pub(super) fn exponent(der: &[u8]) -> Option<&[u8]> {
    let (_, inside) = element(der, 0x30)?;
    let (rest, _modulus) = element(inside, 0x02)?;
    element(rest, 0x02).map(|(_, exponent)| exponent)
}
