//! A token checked as a vendor checks it: with the public key that an admin pasted, or the secret
//! that the vendor gave out, by a library that the gateway does not sign with.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rustls_pki_types::{SubjectPublicKeyInfoDer, pem::PemObject as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// A key with the rules of its account or event.
pub struct Verifier {
    key: DecodingKey,
    rules: Validation,
}

/// A token that holds.
#[derive(Debug)]
pub struct Token {
    pub header: Map<String, Value>,
    pub claims: Map<String, Value>,
}

/// Why a token was refused; says what a vendor's log would say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("jwt must be provided")]
    Absent,
    #[error("jwt malformed")]
    Malformed,
    #[error("invalid algorithm")]
    Algorithm,
    #[error("invalid signature")]
    Signature,
    #[error("jwt expired")]
    Expired,
    #[error("jwt not active")]
    NotActive,
    #[error("jwt audience invalid")]
    Audience,
    #[error("jwt issuer invalid")]
    Issuer,
    #[error("{0} is required")]
    Missing(String),
    #[error("{claim} must be {wanted}")]
    Form {
        claim: &'static str,
        wanted: &'static str,
    },
}

impl Refusal {
    /// What to tell the person.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Absent => "It carries no token. Come through your company's portal instead.",
            Self::NotActive => "Its time has not come yet. Go back and click again.",
            Self::Expired => "It was made for one click, some minutes ago. Go back and click again.",
            Self::Malformed | Self::Algorithm | Self::Signature => {
                "Its token was not signed with the key that this account knows."
            }
            Self::Audience | Self::Issuer => "Its token was made for somebody else.",
            Self::Missing(_) | Self::Form { .. } => {
                "Its token is genuine, but says too little or says it wrongly."
            }
        }
    }
}

/// The pasted text is no public key.
#[derive(Debug, thiserror::Error)]
#[error("this is not a public key in PEM")]
pub struct InvalidKey;

impl Verifier {
    /// RS256 only, `exp` required, without leeway: Node.js's jsonwebtoken has none either.
    pub fn new(public_pem: &str) -> Result<Self, InvalidKey> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(public_pem.as_bytes()).map_err(|_| InvalidKey)?;
        Ok(Self {
            key: DecodingKey::from_rsa_der(&der),
            rules: strict(Algorithm::RS256),
        })
    }

    /// The same for HS256, over the bytes of the secret as they are.
    pub fn with_secret(secret: &SecretString) -> Self {
        Self {
            key: DecodingKey::from_secret(secret.expose_secret().as_bytes()),
            rules: strict(Algorithm::HS256),
        }
    }

    /// Requires this `iss`.
    pub fn for_issuer(mut self, issuer: &str) -> Self {
        self.rules.set_issuer(&[issuer]);
        self.rules.set_required_spec_claims(&["exp", "iss"]);
        self
    }

    /// Requires this `aud`, this `iss`, and a `sub`.
    pub fn for_account(mut self, audience: &str, issuer: &str) -> Self {
        self.rules.validate_aud = true;
        self.rules.set_audience(&[audience]);
        self.rules.set_issuer(&[issuer]);
        self.rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        self
    }

    pub fn check(&self, token: Option<&str>) -> Result<Token, Refusal> {
        let token = token.filter(|token| !token.is_empty()).ok_or(Refusal::Absent)?;
        let decoded = jsonwebtoken::decode::<Map<String, Value>>(token, &self.key, &self.rules)
            .map_err(|error| refusal(error.kind()))?;
        let header = token
            .split_once('.')
            .and_then(|(header, _)| URL_SAFE_NO_PAD.decode(header).ok())
            .and_then(|json| serde_json::from_slice(&json).ok())
            .ok_or(Refusal::Malformed)?;
        Ok(Token {
            header,
            claims: decoded.claims,
        })
    }
}

fn strict(algorithm: Algorithm) -> Validation {
    let mut rules = Validation::new(algorithm);
    rules.leeway = 0;
    rules.validate_aud = false;
    rules.validate_nbf = true;
    rules
}

fn refusal(kind: &ErrorKind) -> Refusal {
    match kind {
        ErrorKind::InvalidSignature => Refusal::Signature,
        ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => Refusal::Algorithm,
        ErrorKind::ExpiredSignature => Refusal::Expired,
        ErrorKind::ImmatureSignature => Refusal::NotActive,
        ErrorKind::InvalidAudience => Refusal::Audience,
        ErrorKind::InvalidIssuer => Refusal::Issuer,
        ErrorKind::MissingRequiredClaim(name) => Refusal::Missing(name.clone()),
        _ => Refusal::Malformed,
    }
}

impl Token {
    /// A required string with something in it.
    pub fn required(&self, claim: &'static str) -> Result<String, Refusal> {
        self.optional(claim)?
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| Refusal::Missing(claim.to_owned()))
    }

    /// A string, where the claim is there.
    pub fn optional(&self, claim: &'static str) -> Result<Option<String>, Refusal> {
        match self.claims.get(claim) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Refusal::Form {
                claim,
                wanted: "a string",
            }),
        }
    }

    /// A required object.
    pub fn object(&self, claim: &'static str) -> Result<&Map<String, Value>, Refusal> {
        let value = self
            .claims
            .get(claim)
            .ok_or_else(|| Refusal::Missing(claim.to_owned()))?;
        value.as_object().ok_or(Refusal::Form {
            claim,
            wanted: "an object",
        })
    }

    /// A required string that must be this one.
    pub fn exactly(&self, claim: &'static str, wanted: &'static str) -> Result<(), Refusal> {
        if self.required(claim)? == wanted {
            Ok(())
        } else {
            Err(Refusal::Form { claim, wanted })
        }
    }

    /// A time in whole seconds; milliseconds are a mistake that a popular generator makes.
    pub fn seconds(&self, claim: &'static str) -> Result<i64, Refusal> {
        const YEAR_3000: i64 = 32_503_680_000;
        let value = self
            .claims
            .get(claim)
            .ok_or_else(|| Refusal::Missing(claim.to_owned()))?;
        value
            .as_i64()
            .filter(|seconds| (0..YEAR_3000).contains(seconds))
            .ok_or(Refusal::Form {
                claim,
                wanted: "a time in seconds",
            })
    }
}
