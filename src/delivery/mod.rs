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
