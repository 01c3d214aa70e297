//! The authorization response: what the browser brings back from the provider (RFC 6749,
//! sections 4.1.2 and 4.1.2.1; RFC 9207).

use secrecy::SecretString;

use crate::types::Issuer;

/// The parameters of a response, each at most once; others are passed over.
#[derive(Default)]
pub struct Response {
    pub code: Option<SecretString>,
    pub state: Option<String>,
    pub iss: Option<String>,
    pub error: Option<String>,
}

/// Why a response is none. Its `code` stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum Malformed {
    Repeated,
    CodeAndError,
    IssuerMismatch,
    IssuerMissing,
}

impl Malformed {
    pub fn code(self) -> &'static str {
        match self {
            Self::Repeated => "callback.duplicate_parameter",
            Self::CodeAndError => "callback.code_and_error",
            Self::IssuerMismatch => "callback.iss_mismatch",
            Self::IssuerMissing => "callback.iss_missing",
        }
    }
}

impl Response {
    /// Reads the decoded pairs of the query (S-148, S-149).
    pub fn parse(pairs: Vec<(String, String)>) -> Result<Self, Malformed> {
        let (mut code, mut state, mut iss, mut error) = (None, None, None, None);
        for (name, value) in pairs {
            let slot = match name.as_str() {
                "code" => &mut code,
                "state" => &mut state,
                "iss" => &mut iss,
                "error" => &mut error,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(Malformed::Repeated);
            }
        }
        if code.is_some() && error.is_some() {
            return Err(Malformed::CodeAndError);
        }
        Ok(Self {
            code: code.map(SecretString::from),
            state,
            iss,
            error,
        })
    }

    /// S-123 to S-126, also for error responses, before anything else is believed.
    pub fn check_issuer(&self, issuer: &Issuer, announced: bool) -> Result<(), Malformed> {
        match &self.iss {
            Some(iss) if iss != issuer.as_str() => Err(Malformed::IssuerMismatch),
            None if announced => Err(Malformed::IssuerMissing),
            _ => Ok(()),
        }
    }
}
