//! Signing: keys parsed once, tokens that cannot be printed.
//!
//! jsonwebtoken's own `EncodingKey` parses the key at every signature. Here its signer trait is
//! implemented over a key pair that stays parsed, which makes a signature cost what OpenSSL's does.

mod der;
mod elliptic;
mod generate;
mod header;
mod pem;
mod public;
mod refusal;
mod rsa;
mod secret;

use std::fmt::Write as _;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{UnparsedPublicKey, VerificationAlgorithm};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::JwtSigner;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::claims::ClaimSet;
use der::Kind;
pub use generate::{KeyKind, generate, generate_pem};
pub use header::Head;
pub use public::PublicKey;
pub use refusal::RejectedKey;
use secret::Secret;

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

/// A token of which only the signature is missing.
#[derive(Debug)]
pub struct Draft {
    claims: ClaimSet,
    /// Header and payload, with a dot between.
    unsigned: String,
    token_length: usize,
}

impl Draft {
    pub fn claims(&self) -> &ClaimSet {
        &self.claims
    }

    pub fn into_claims(self) -> ClaimSet {
        self.claims
    }

    /// How many bytes the token will have.
    pub fn token_length(&self) -> usize {
        self.token_length
    }
}

/// The key could not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key cannot sign")]
pub struct KeyError;

/// What signs: a private key, or a secret shared with the vendor.
pub type Signer = Box<dyn JwtSigner + Send + Sync>;

/// An app's signing key, parsed and tried once.
pub struct SigningKey {
    signer: Signer,
    signature_length: usize,
    kid: Option<String>,
    /// The encoded header and the dot behind it, the same for every token.
    prefix: String,
    ascii: bool,
    nature: Nature,
}

/// What may be said of a key.
enum Nature {
    Public(PublicKey),
    Secret { length: usize, fingerprint: String },
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

/// A private key out of its file.
struct Parsed {
    signer: Signer,
    signature_length: usize,
    public: PublicKey,
}

impl Parsed {
    /// Signs and verifies once, against the raw public key: some damaged keys parse well (S-405).
    fn tried(
        self,
        verification: &'static dyn VerificationAlgorithm,
        raw: &[u8],
    ) -> Result<Self, RejectedKey> {
        let trial = self.signer.try_sign(b"trial").map_err(|_| RejectedKey::Corrupt)?;
        UnparsedPublicKey::new(verification, raw)
            .verify(b"trial", &trial)
            .map_err(|_| RejectedKey::Corrupt)?;
        Ok(self)
    }
}

impl SigningKey {
    /// Reads a private key in PKCS#1, PKCS#8 or SEC1 PEM, and tries it once.
    pub fn from_pem(text: &str, head: Head) -> Result<Self, RejectedKey> {
        let der = pem::read(text)?;
        let Parsed {
            signer,
            signature_length,
            public,
        } = match head.algorithm {
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => return Err(RejectedKey::NeedsSecret),
            Algorithm::ES256 => elliptic::ecdsa(&der, &elliptic::P256),
            Algorithm::ES384 => elliptic::ecdsa(&der, &elliptic::P384),
            Algorithm::EdDSA => elliptic::ed25519(&der),
            algorithm => rsa::parse(&der, algorithm),
        }?;
        Ok(Self {
            signer,
            signature_length,
            prefix: head.prefix(),
            ascii: head.ascii,
            kid: head.kid,
            nature: Nature::Public(public),
        })
    }

    /// Reads a private key whose algorithm is the usual one for its kind.
    pub fn of_its_kind(text: &str) -> Result<Self, RejectedKey> {
        let algorithm = match der::kind(&pem::read(text)?) {
            Kind::Rsa => Algorithm::RS256,
            Kind::P256 => Algorithm::ES256,
            Kind::P384 => Algorithm::ES384,
            Kind::Ed25519 => Algorithm::EdDSA,
            Kind::RsaPss => return Err(RejectedKey::PssOnly),
            Kind::Other => return Err(RejectedKey::OtherKind),
            Kind::Unknown => return Err(RejectedKey::Corrupt),
        };
        Self::from_pem(text, Head::new(algorithm))
    }

    /// Only what signs, for tokens that are no app's.
    pub fn into_signer(self) -> Signer {
        self.signer
    }

    /// Takes a secret of at least `shortest` bytes, as they are.
    #[expect(clippy::needless_pass_by_value, reason = "the secret ends here")]
    pub fn from_secret(bytes: Zeroizing<Vec<u8>>, head: Head, shortest: usize) -> Result<Self, RejectedKey> {
        let secret = Secret::parse(&bytes, head.algorithm, shortest)?;
        Ok(Self {
            signature_length: secret.signature_length(),
            prefix: head.prefix(),
            ascii: head.ascii,
            kid: head.kid,
            nature: Nature::Secret {
                length: secret.length,
                fingerprint: secret.fingerprint.clone(),
            },
            signer: Box::new(secret),
        })
    }

    /// Writes the claims out for this key.
    pub fn draft(&self, claims: ClaimSet) -> Draft {
        let unsigned = self.unsigned(claims.as_map());
        let signature = (self.signature_length * 4).div_ceil(3);
        Draft {
            claims,
            token_length: unsigned.len() + 1 + signature,
            unsigned,
        }
    }

    /// The token of a draft of this key.
    pub fn sign(&self, draft: &Draft) -> Result<SignedToken, KeyError> {
        let compact = self.signed(&draft.unsigned)?;
        let claims = draft.claims();
        let facts = TokenFacts {
            sha256: sha256_of(&compact),
            kid: self.kid.clone(),
            jti: claims
                .as_map()
                .get("jti")
                .and_then(|jti| jti.as_str())
                .map(str::to_owned),
            issued_at: claims.issued_at(),
            expires_at: claims.expires_at(),
        };
        Ok(SignedToken { compact, facts })
    }

    /// The compact form of claims that are no launch's, such as those of a call to a vendor's API.
    pub(crate) fn compact(&self, claims: &Map<String, Value>) -> Result<SecretString, KeyError> {
        self.signed(&self.unsigned(claims))
    }

    fn signed(&self, unsigned: &str) -> Result<SecretString, KeyError> {
        let signature = self.signer.try_sign(unsigned.as_bytes()).map_err(|_| KeyError)?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok([unsigned, &signature].join(".").into())
    }

    /// Header and payload, with a dot between.
    pub(crate) fn unsigned(&self, claims: &Map<String, Value>) -> String {
        let payload = serde_json::to_string(claims).unwrap_or_default();
        let payload = if self.ascii { escaped(&payload) } else { payload };
        let mut text = self.prefix.clone();
        URL_SAFE_NO_PAD.encode_string(payload, &mut text);
        text
    }

    /// The header of every token.
    pub fn header(&self) -> Value {
        let json = URL_SAFE_NO_PAD.decode(self.prefix.trim_end_matches('.'));
        serde_json::from_slice(&json.unwrap_or_default()).unwrap_or_default()
    }

    pub fn algorithm(&self) -> Algorithm {
        self.signer.algorithm()
    }

    /// Whether `signature` is what this key makes of `message`: for secrets, where whoever checks signs.
    pub fn made(&self, message: &[u8], signature: &str) -> bool {
        let ours = self.signer.try_sign(message).unwrap_or_default();
        let theirs = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        !ours.is_empty() && bool::from(ours.ct_eq(&theirs))
    }

    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The public half; a secret has none.
    pub fn public(&self) -> Option<&PublicKey> {
        match &self.nature {
            Nature::Public(key) => Some(key),
            Nature::Secret { .. } => None,
        }
    }

    /// Equal keys have equal ones (C-9). A secret's is for comparing only: whoever sees it could try
    /// guesses against it.
    pub fn fingerprint(&self) -> String {
        match &self.nature {
            Nature::Public(key) => key.fingerprint(),
            Nature::Secret { fingerprint, .. } => fingerprint.clone(),
        }
    }

    /// `RSA 2048`, `P-256`, `Ed25519`, `HMAC 32 bytes`.
    pub fn describe(&self) -> String {
        match &self.nature {
            Nature::Public(key) => key.describe().to_owned(),
            Nature::Secret { length, .. } => format!("HMAC {length} bytes"),
        }
    }
}

/// JSON text in ASCII: everything else can only stand in strings, where it may be escaped (RFC 8259,
/// section 7).
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String does not fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

/// Lower-case hex of the SHA-256 of a compact token (C-51).
pub(crate) fn sha256_of(compact: &SecretString) -> String {
    hex(digest::digest(&digest::SHA256, compact.expose_secret().as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |d: u8| char::from(DIGITS[usize::from(d)]);
    bytes
        .iter()
        .flat_map(|b| [digit(b >> 4), digit(b & 15)])
        .collect()
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
