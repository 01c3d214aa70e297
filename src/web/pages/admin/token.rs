//! What an app's token says, and the key that it is signed with.

use time::OffsetDateTime;

use crate::claims::Expectation;
use crate::config::{App, State};
use crate::web::text::Text;
use crate::web::text::xray::{key_goes, provenance};

/// A claim as it is set up.
#[derive(Debug)]
pub struct ClaimLine {
    pub name: String,
    pub from: Text,
    /// Where the same value stands in every token, that value.
    pub constant: Option<String>,
    pub required: bool,
}

impl ClaimLine {
    pub fn of(expected: Expectation<'_>) -> Self {
        Self {
            name: expected.name().to_owned(),
            from: provenance(&expected.provenance()),
            constant: expected.constant().map(ToString::to_string),
            required: expected.required(),
        }
    }
}

/// What there is to say of a key; of a secret next to nothing.
#[derive(Debug)]
pub struct KeyPart {
    pub algorithm: String,
    /// `RSA 2048`.
    pub kind: String,
    pub written: Option<OffsetDateTime>,
    pub pair: Option<Pair>,
}

#[derive(Debug)]
pub struct Pair {
    pub thumbprint: String,
    pub pem: String,
    pub jwk: String,
    /// Where the vendor wants the public key.
    pub goes: Text,
    /// Where it is to be had, as PEM and as a key set.
    pub pem_url: String,
    pub set_url: String,
    /// The key that is to follow: its thumbprint and its PEM.
    pub next: Option<(String, String)>,
    /// The thumbprints of those that came before, and since when they sign no more.
    pub retired: Vec<(String, OffsetDateTime)>,
}

impl KeyPart {
    /// `url` makes a path of ours absolute.
    pub fn of(app: &App, url: impl Fn(&str) -> String) -> Self {
        let key = &app.key;
        let pair = key.public().map(|public| {
            let others = app.published.iter().filter(|other| other.state != State::Active);
            let (mut next, mut retired) = (None, Vec::new());
            for other in others {
                match other.state {
                    State::Retired { at } => retired.push((other.key.thumbprint(), at)),
                    _ => next = Some((other.key.thumbprint(), other.key.pem())),
                }
            }
            Pair {
                thumbprint: public.thumbprint(),
                pem: public.pem(),
                jwk: public.jwk(key.algorithm(), key.kid()).to_string(),
                goes: key_goes(app.vendor).with("app", app.id.as_str()),
                pem_url: url(&format!("/keys/{}.pem", app.id)),
                set_url: url(&format!("/keys/{}.json", app.id)),
                next,
                retired,
            }
        });
        Self {
            algorithm: format!("{:?}", key.algorithm()),
            kind: key.describe(),
            written: app.key_written,
            pair,
        }
    }
}
