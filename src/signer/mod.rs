//! Signing: keys parsed once, tokens that cannot be printed.

use secrecy::SecretString;
use time::OffsetDateTime;

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

/// An app's signing key, parsed and tried once.
pub struct SigningKey(());

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

/// The key could not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key cannot sign")]
pub struct KeyError;

impl SigningKey {
    /// SPKI PEM of the public half.
    pub fn public_pem(&self) -> String {
        todo!()
    }
}

/// A new RSA 2048 key as PKCS#8 PEM, for `init`, the demo and tests.
pub fn generate_pem() -> zeroize::Zeroizing<String> {
    todo!()
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
