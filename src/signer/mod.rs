//! Signing: keys parsed once, tokens that cannot be printed.
//!
//! jsonwebtoken's own `EncodingKey` parses the RSA key at every signature. Here its signer trait is
//! implemented over a key pair that stays parsed, which makes a signature cost what OpenSSL's does.

mod pem;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use aws_lc_rs::{digest, encoding};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::crypto::JwtSigner;
use jsonwebtoken::signature::{self, Signer};
use jsonwebtoken::{Algorithm, Header};
use secrecy::SecretString;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::claims::ClaimSet;
use pem::PrivateDer;

/// A signed compact token, on its way to the audit record. No Debug, no Display, no Serialize.
pub struct SignedToken {
    compact: SecretString,
    facts: TokenFacts,
}

/// What may be said of a token in the audit trail.
#[derive(Debug, Clone)]
pub struct TokenFacts {
    /// Lower-case hex of the SHA-256 of the compact token (C-51).
    pub sha256: String,
    pub kid: Option<String>,
    pub jti: Option<String>,
    pub issued_at: OffsetDateTime,
    pub expires_at: Option<OffsetDateTime>,
}

impl SignedToken {
    pub fn facts(&self) -> &TokenFacts {
        &self.facts
    }

    /// The compact form, for `delivery` only: whoever holds it is the person until it ends.
    pub(crate) fn compact(&self) -> &SecretString {
        &self.compact
    }
}

/// Why a key is refused at load. Says what to do, and nothing of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RejectedKey {
    #[error("is not a PEM private key")]
    NotPem,
    #[error("holds several PEM blocks")]
    SeveralBlocks,
    #[error("is encrypted with a passphrase")]
    Encrypted,
    #[error("is a public key; the private one is needed")]
    Public,
    #[error("is a certificate; the private key is needed")]
    Certificate,
    #[error("is in OpenSSH's own format")]
    OpenSsh,
    #[error("is not an RSA key, and this vendor takes RS256 only")]
    NotRsa,
    #[error("is an RSA key for PSS alone (RSASSA-PSS), and this vendor takes RS256 only")]
    PssOnly,
    #[error("is damaged")]
    Corrupt,
    #[error("has under 2048 bits")]
    TooShort,
    #[error("has over 8192 bits")]
    TooLong,
    #[error("has a public exponent other than 65537")]
    Exponent,
}

impl RejectedKey {
    /// What to do about it.
    pub fn cure(self) -> &'static str {
        match self {
            Self::SeveralBlocks => "keep the private key's block only",
            Self::Encrypted => "take the passphrase off: openssl pkey -in KEY -out KEY.pem",
            Self::Public | Self::Certificate => {
                "name the file that begins with PRIVATE KEY or RSA PRIVATE KEY"
            }
            Self::OpenSsh => "convert it: ssh-keygen -p -m PEM -f KEY",
            // No plain conversion of openssl's drops the restriction; the RSA key itself lies inside.
            Self::PssOnly => {
                "convert it: openssl asn1parse -in KEY -strparse N -noout -out KEY.der, where N is the number in \
                 front of the OCTET STRING that openssl asn1parse -in KEY shows; then openssl rsa -inform DER \
                 -in KEY.der -out KEY.pem"
            }
            _ => "make a new one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out KEY.pem",
        }
    }
}

/// The key could not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key cannot sign")]
pub struct KeyError;

/// An app's signing key, parsed and tried once.
pub struct SigningKey {
    rsa: Rs256,
    kid: Option<String>,
    /// The encoded header and the dot behind it, the same for every token.
    prefix: String,
    public_der: Vec<u8>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

struct Rs256(KeyPair);

impl Signer<Vec<u8>> for Rs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| signature::Error::new())?;
        Ok(signature)
    }
}

impl JwtSigner for Rs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}

impl SigningKey {
    /// Reads an RSA key in PKCS#1 or PKCS#8 PEM, and tries it once (S-405).
    pub fn from_pem(text: &str, kid: Option<String>) -> Result<Self, RejectedKey> {
        let pair = match pem::read(text)? {
            PrivateDer::Pkcs1(der) => KeyPair::from_der(&der).map_err(|_| rejected(&der)),
            PrivateDer::Pkcs8(der) => KeyPair::from_pkcs8(&der).map_err(|_| rejected(&der)),
        }?;
        let bits = pair.public_modulus_len() * 8;
        if bits < 2048 {
            return Err(RejectedKey::TooShort);
        }
        if bits > 8192 {
            return Err(RejectedKey::TooLong);
        }
        if exponent(pair.public_key().as_ref()) != Some(&[1, 0, 1]) {
            return Err(RejectedKey::Exponent);
        }
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| RejectedKey::Corrupt)?;
        let public_der = public.as_ref().to_vec();
        let rsa = Rs256(pair);
        let mut header = Header::new(rsa.algorithm());
        header.kid.clone_from(&kid);
        let header = serde_json::to_vec(&header).map_err(|_| RejectedKey::Corrupt)?;
        let prefix = URL_SAFE_NO_PAD.encode(header) + ".";
        let trial = rsa
            .try_sign(prefix.as_bytes())
            .map_err(|_| RejectedKey::Corrupt)?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, rsa.0.public_key().as_ref())
            .verify(prefix.as_bytes(), &trial)
            .map_err(|_| RejectedKey::Corrupt)?;
        Ok(Self {
            rsa,
            kid,
            prefix,
            public_der,
        })
    }

    /// The compact token of `claims`.
    pub fn sign(&self, claims: &ClaimSet) -> Result<SignedToken, KeyError> {
        let mut compact = self.unsigned(claims);
        let signature = self.rsa.try_sign(compact.as_bytes()).map_err(|_| KeyError)?;
        compact.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut compact);
        let facts = TokenFacts {
            sha256: hex(digest::digest(&digest::SHA256, compact.as_bytes()).as_ref()),
            kid: self.kid.clone(),
            jti: claims
                .as_map()
                .get("jti")
                .and_then(|jti| jti.as_str())
                .map(str::to_owned),
            issued_at: claims.issued_at(),
            expires_at: Some(claims.expires_at()),
        };
        Ok(SignedToken {
            compact: compact.into(),
            facts,
        })
    }

    /// How many bytes the token of `claims` has, without signing it.
    pub fn token_length(&self, claims: &ClaimSet) -> usize {
        let signature = (self.rsa.0.public_modulus_len() * 4).div_ceil(3);
        self.unsigned(claims).len() + 1 + signature
    }

    fn unsigned(&self, claims: &ClaimSet) -> String {
        let payload = serde_json::Value::Object(claims.as_map().clone()).to_string();
        let mut text = self.prefix.clone();
        URL_SAFE_NO_PAD.encode_string(payload, &mut text);
        text
    }

    /// The header of every token.
    pub fn header(&self) -> serde_json::Value {
        let json = URL_SAFE_NO_PAD.decode(self.prefix.trim_end_matches('.'));
        serde_json::from_slice(&json.unwrap_or_default()).unwrap_or_default()
    }

    /// SPKI PEM of the public half, as vendors want it pasted.
    pub fn public_pem(&self) -> String {
        pem::write("PUBLIC KEY", &self.public_der).to_string()
    }

    /// Lower-case hex of the SHA-256 of the public half's SPKI DER; equal keys have equal ones (C-9).
    pub fn fingerprint(&self) -> String {
        hex(digest::digest(&digest::SHA256, &self.public_der).as_ref())
    }

    pub fn bits(&self) -> usize {
        self.rsa.0.public_modulus_len() * 8
    }

    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }
}

/// A new RSA key of 2048 bits as PKCS#8 PEM.
///
/// # Panics
/// When the crypto library cannot make one, as without memory.
pub fn generate_pem() -> Zeroizing<String> {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("an RSA key can be generated");
    let der: Pkcs8V1Der<'_> = encoding::AsDer::as_der(&pair).expect("a key pair has a PKCS#8 form");
    pem::write("PRIVATE KEY", der.as_ref())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |d: u8| char::from(DIGITS[usize::from(d)]);
    bytes
        .iter()
        .flat_map(|b| [digit(b >> 4), digit(b & 15)])
        .collect()
}

/// Why a key that is well-formed PEM was not taken: from the object identifier of its algorithm, or
/// from its length.
fn rejected(der: &[u8]) -> RejectedKey {
    const RSA_ENCRYPTION: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const RSASSA_PSS: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
    const EC: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    const EDWARDS: [u8; 2] = [0x2b, 0x65];
    let head = &der[..der.len().min(40)];
    let names = |oid: &[u8]| head.windows(oid.len()).any(|window| window == oid);
    let rsa = names(&RSA_ENCRYPTION);
    if !rsa && (names(&EC) || names(&EDWARDS)) {
        return RejectedKey::NotRsa;
    }
    if !rsa && names(&RSASSA_PSS) {
        return RejectedKey::PssOnly;
    }
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
fn exponent(der: &[u8]) -> Option<&[u8]> {
    let (_, inside) = element(der, 0x30)?;
    let (rest, _modulus) = element(inside, 0x02)?;
    element(rest, 0x02).map(|(_, exponent)| exponent)
}

/// What follows a DER element of this tag, and its content.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if bytes.len() > 3 {
            return None;
        }
        (bytes.iter().fold(0, |sum, b| sum << 8 | usize::from(*b)), rest)
    };
    let (content, after) = rest.split_at_checked(length)?;
    (found == tag).then_some((after, content))
}

#[cfg(test)]
impl SignedToken {
    /// A token that nobody signed, for the tests of what comes after the signer.
    pub(crate) fn for_test(compact: &str, facts: TokenFacts) -> Self {
        Self {
            compact: compact.to_owned().into(),
            facts,
        }
    }
}

#[cfg(test)]
mod tests;
