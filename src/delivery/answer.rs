//! The JSON that the token API answers with, in the vendor's shape.

use serde_json::Value;

/// The members of the answer, in order.
#[derive(Debug, Default)]
pub struct Answer(pub Vec<(String, Part)>);

/// Where a member's value comes from.
#[derive(Debug)]
pub enum Part {
    Token,
    /// RFC 3339, UTC.
    ExpiresAt,
    /// The app's address with the token in it.
    Address,
    /// The app's address without the token.
    PlainAddress,
    /// The claim of this name.
    Claim(String),
    Constant(Value),
}
