//! Hand over: from a receipt to what the browser gets.

mod answer;
mod features;
mod placeholders;
mod target;

use secrecy::{ExposeSecret as _, SecretString};

use crate::audit::{PlainReceipt, Receipt};
use crate::types::Origin;
pub use answer::{Answer, Part, answer};
pub use features::{FEATURES, allow};
pub use placeholders::Placeholders;
pub use target::{REDIRECT_URI, STATE, Target, TargetError};

/// Bytes that an address may have (S-220); proxies and browsers begin to refuse above.
const LONGEST: usize = 4096;

/// How an app wants its token. The name in it is a query parameter's, a fragment's or a form field's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// `?token=…`, by a redirect.
    Query(String),
    /// `#token=…`, by a redirect: the token is in no server's log.
    Fragment(String),
    /// A form that submits itself: the token is in no address at all.
    FormPost(String),
    /// The last segment of the path, by a redirect.
    Path,
    /// The answer of the token API; a launch only leads to the page that asks it.
    Json,
    /// A page of ours frames the vendor's, asks the token API, and posts each token to exactly this
    /// origin: the token is in no address, and a fresh one comes before the old one ends.
    PostMessage(Origin),
}

impl Default for Delivery {
    fn default() -> Self {
        Self::Query("token".to_owned())
    }
}

/// The way on to the vendor. Made only from a [`Receipt`].
pub enum Launch {
    /// A 302 to this address, which carries the token and so cannot be printed.
    Redirect(SecretString),
    /// A form to post to the vendor.
    Form(Form),
    /// The body of a 200, with the token in it.
    Json(SecretString),
}

/// A form with the token in its one field.
pub struct Form {
    pub action: String,
    pub field: String,
    pub token: SecretString,
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
}

impl Delivery {
    /// Whether a launch carries the token. Where it does not, a page asks the token API.
    pub fn is_by_launch(&self) -> bool {
        !matches!(self, Self::Json | Self::PostMessage(_))
    }

    /// Checks that a token of so many bytes still fits into the address, before one is recorded.
    pub fn fits(&self, address: &Address, token_length: usize) -> Result<(), TooLong> {
        if self.length(address, token_length) > LONGEST {
            Err(TooLong)
        } else {
            Ok(())
        }
    }

    /// The bytes of the address with a token of so many.
    pub fn length(&self, address: &Address, token_length: usize) -> usize {
        match self {
            Self::Query(name) | Self::Fragment(name) => address.0.len() + name.len() + 2 + token_length,
            Self::Path => address.0.len() + 1 + token_length,
            Self::FormPost(_) | Self::Json | Self::PostMessage(_) => address.0.len(),
        }
    }

    /// The address with an ellipsis where its token will stand.
    pub fn masked(&self, address: &Address) -> String {
        self.place(address, "…")
    }

    /// The address with `token` where this delivery puts it. A compact token is URL-safe as it is.
    pub fn place(&self, Address(address): &Address, token: &str) -> String {
        match self {
            Self::Query(name) => {
                let joint = if address.contains('?') { '&' } else { '?' };
                format!("{address}{joint}{name}={token}")
            }
            Self::Fragment(name) => format!("{address}#{name}={token}"),
            Self::Path => {
                let (path, query) = match address.find('?') {
                    Some(at) => address.split_at(at),
                    None => (address.as_str(), ""),
                };
                format!("{}/{token}{query}", path.trim_end_matches('/'))
            }
            Self::FormPost(_) | Self::Json | Self::PostMessage(_) => address.clone(),
        }
    }
}

/// The recorded token by itself, for an operator who asked for it (C-50).
pub fn bare(receipt: Receipt) -> SecretString {
    receipt.into_token().compact().clone()
}

/// Sends the browser to the address without a token. The code, for the page there, stands in the
/// fragment, which no server gets to see (C-32).
pub fn pass_on(_receipt: PlainReceipt, address: &Address, code: Option<&SecretString>) -> Launch {
    let fragment = code.map_or(String::new(), |code| {
        format!("#usher_code={}", code.expose_secret())
    });
    Launch::Redirect(format!("{}{fragment}", address.0).into())
}

/// Hands the recorded token over.
pub fn hand_over(receipt: Receipt, address: &Address, delivery: &Delivery) -> Result<Launch, TooLong> {
    let token = receipt.into_token();
    let compact = token.compact();
    delivery.fits(address, compact.expose_secret().len())?;
    Ok(match delivery {
        Delivery::FormPost(field) => Launch::Form(Form {
            action: address.0.clone(),
            field: field.clone(),
            token: compact.clone(),
        }),
        _ => Launch::Redirect(delivery.place(address, compact.expose_secret()).into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_delivery_puts_the_token_where_the_vendor_looks() {
        let plain = Address("https://v.example/a/".into());
        let query = Address("https://v.example/a?b=c".into());
        let name = || "jwt".to_owned();
        for (delivery, address, wanted) in [
            (Delivery::Query(name()), &plain, "https://v.example/a/?jwt=x.y.z"),
            (
                Delivery::Query(name()),
                &query,
                "https://v.example/a?b=c&jwt=x.y.z",
            ),
            (
                Delivery::Fragment(name()),
                &query,
                "https://v.example/a?b=c#jwt=x.y.z",
            ),
            (Delivery::Path, &plain, "https://v.example/a/x.y.z"),
            (Delivery::Path, &query, "https://v.example/a/x.y.z?b=c"),
        ] {
            assert_eq!(delivery.place(address, "x.y.z"), wanted);
            assert!(delivery.length(address, 5) >= wanted.len());
        }
        let form = Delivery::FormPost(name());
        assert_eq!(
            form.length(&plain, 100_000),
            plain.0.len(),
            "a form has no such limit"
        );
    }
}
