//! Hand over: from a receipt to what the browser gets.

use secrecy::SecretString;

/// The way on to the vendor. Made only from a [`crate::audit::Receipt`].
pub enum Launch {
    /// A 302 to this address, which carries the token and so cannot be printed.
    Redirect(SecretString),
}

/// Where an app's people are sent, with placeholders for its params.
#[derive(Debug)]
pub struct Target(());

/// Where one launch goes: the target with its params filled in, without the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

/// The address would be longer than browsers and proxies take (S-220).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is longer than 4,096 bytes")]
pub struct TooLong;

impl Target {
    /// The address for these params.
    pub fn address(&self, params: &crate::params::Params) -> Address {
        let _ = params;
        todo!()
    }
}

/// Puts the token into the address.
pub fn hand_over(receipt: crate::audit::Receipt, address: &Address) -> Result<Launch, TooLong> {
    let _ = (receipt, address);
    todo!()
}
