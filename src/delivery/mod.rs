//! Hand over: from a receipt to what the browser gets.

mod answer;
mod target;

use secrecy::{ExposeSecret as _, SecretString};

use crate::audit::{PlainReceipt, Receipt};
pub use answer::{Answer, Part, answer};
pub use target::{Target, TargetError};

/// Bytes that a Location may have (S-220); proxies and browsers begin to refuse above.
const LONGEST: usize = 4096;

/// The way on to the vendor. Made only from a [`Receipt`].
pub enum Launch {
    /// A 302 to this address, which carries the token and so cannot be printed.
    Redirect(SecretString),
    /// The body of a 200, with the token in it.
    Json(SecretString),
}

/// Where one launch goes: the target with its params filled in, still without the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

/// The address would be longer than browsers and proxies take (S-220).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is longer than 4,096 bytes")]
pub struct TooLong;

impl Address {
    /// The address without the token.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks that a token of so many bytes still fits, before one is recorded.
    pub fn fits(&self, token_length: usize) -> Result<(), TooLong> {
        if self.length(token_length) > LONGEST {
            Err(TooLong)
        } else {
            Ok(())
        }
    }

    /// The bytes of the address with a token of so many.
    pub fn length(&self, token_length: usize) -> usize {
        self.0.len() + self.joint().len() + token_length
    }

    /// The address with the token. A compact token is URL-safe as it is.
    fn with(&self, token: &str) -> Result<SecretString, TooLong> {
        self.fits(token.len())?;
        Ok(format!("{}{}{token}", self.0, self.joint()).into())
    }

    fn joint(&self) -> &'static str {
        if self.0.contains('?') {
            "&token="
        } else {
            "?token="
        }
    }
}

/// Sends the browser to the address without a token. The code, for the page there, stands in the
/// fragment, which no server gets to see (C-32).
pub fn pass_on(_receipt: PlainReceipt, address: &Address, code: Option<&SecretString>) -> Launch {
    let fragment = code.map_or(String::new(), |code| {
        format!("#usher_code={}", code.expose_secret())
    });
    Launch::Redirect(format!("{}{fragment}", address.0).into())
}

/// Puts the recorded token into the address.
pub fn hand_over(receipt: Receipt, address: &Address) -> Result<Launch, TooLong> {
    let token = receipt.into_token();
    address
        .with(token.compact().expose_secret())
        .map(Launch::Redirect)
}
