//! What the token API answers: one JSON object, under the names that the vendor's SDK reads.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;

use super::{Address, Delivery, Launch, TooLong};
use crate::audit::Receipt;

/// The members of the object, in order.
#[derive(Debug, Clone, Default)]
pub struct Answer(pub Vec<(String, Part)>);

/// What a member holds.
#[derive(Debug, Clone)]
pub enum Part {
    Token,
    /// RFC 3339 in UTC; left out where the token has no end.
    ExpiresAt,
    /// The app's address with the token in it.
    Address,
    /// The app's address without it.
    PlainAddress,
    /// The claim of this name; left out where the token has none.
    Claim(String),
    Constant(Value),
}

impl Answer {
    pub fn of<const N: usize>(members: [(&str, Part); N]) -> Self {
        Self(members.map(|(name, part)| (name.to_owned(), part)).into())
    }
}

/// Fills the answer in with the recorded token.
pub fn answer(
    receipt: Receipt,
    answer: &Answer,
    delivery: &Delivery,
    address: Option<&Address>,
    claims: &Map<String, Value>,
) -> Result<Launch, TooLong> {
    let token = receipt.into_token();
    let compact = token.compact().expose_secret();
    let mut object = Map::new();
    for (name, part) in &answer.0 {
        let value = match part {
            Part::Token => Some(Value::from(compact)),
            Part::ExpiresAt => {
                let ends = token.facts().expires_at.and_then(|at| at.format(&Rfc3339).ok());
                ends.map(Value::from)
            }
            Part::Address => match address {
                Some(address) => {
                    delivery.fits(address, compact.len())?;
                    Some(delivery.place(address, compact).into())
                }
                None => None,
            },
            Part::PlainAddress => address.map(|address| address.as_str().into()),
            Part::Claim(claim) => claims.get(claim).cloned(),
            Part::Constant(value) => Some(value.clone()),
        };
        if let Some(value) = value {
            object.insert(name.clone(), value);
        }
    }
    Ok(Launch::Json(SecretString::from(
        Value::Object(object).to_string(),
    )))
}
