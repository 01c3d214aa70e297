//! A vendor's claims, compiled at load.

use std::borrow::Cow;
use std::collections::BTreeSet;

use aws_lc_rs::digest;
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::tree::{Care, Tree};
use super::{ClaimError, ClaimSet, Inputs, clean};
use crate::access::Grant;
use crate::expression::{Context, Expression, NoValue};
use crate::types::Email;

/// Characters of a display name (S-319).
const NAME: usize = 128;
/// Characters of a profile value, and profile entries (S-319).
const VALUE: usize = 256;
pub(crate) const ENTRIES: usize = 20;
/// How far `nbf` lies before `iat`: a small leeway for the vendor's clock.
const LEEWAY: Duration = Duration::seconds(30);

/// What a vendor's token says, in the vendor's order.
#[derive(Debug)]
pub struct Recipe {
    pub claims: Vec<Claim>,
    /// Of every time in it.
    pub unit: Unit,
}

/// What times are counted in, from 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Milliseconds,
}

#[derive(Debug)]
pub struct Claim {
    pub name: Cow<'static, str>,
    pub source: Source,
    /// Refuse, rather than leave the claim out.
    pub required: bool,
}

/// Where a claim's value comes from.
#[derive(Debug)]
pub enum Source {
    IssuedAt,
    ExpiresAt,
    /// Slightly before the time of issue.
    NotBefore,
    /// A random UUID (version 4).
    Jti,
    Constant(Value),
    /// A name to show.
    Name(Expression),
    /// The verified address of the person; without one there is no token.
    VerifiedEmail,
    /// An address, left out when the person's is not verified.
    Email(Expression),
    /// An https link.
    Link(Expression),
    /// Text of at most so many characters; more refuse the launch.
    AtMost(Expression, usize),
    /// `[[key, value], …]`; a pair without a value disappears.
    Pairs(Vec<(String, Expression)>),
    /// All roles as a list; left out when there are none.
    Roles,
    /// The one role, or null.
    Role,
    /// The session of the room that was resolved for this launch.
    SessionId,
    /// `identity/device`: who, and the parameter `device` of the request.
    IdentityAtDevice(Expression),
    Tree(Tree, Care),
}

/// The grant as the sources of claims see it.
pub(super) struct Person<'a> {
    grant: &'a Grant<'a>,
    pub context: Context<'a>,
}

impl Person<'_> {
    pub fn verified_email(&self) -> Option<&Email> {
        let identity = self.grant.identity();
        identity.verified_email()
    }
}

impl Claim {
    pub fn required(name: impl Into<Cow<'static, str>>, source: Source) -> Self {
        Self {
            name: name.into(),
            source,
            required: true,
        }
    }

    pub fn optional(name: impl Into<Cow<'static, str>>, source: Source) -> Self {
        Self {
            required: false,
            ..Self::required(name, source)
        }
    }
}

impl Source {
    fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Name(one)
            | Self::Email(one)
            | Self::Link(one)
            | Self::AtMost(one, _)
            | Self::IdentityAtDevice(one) => vec![one],
            Self::Pairs(pairs) => pairs.iter().map(|(_, value)| value).collect(),
            Self::Tree(tree, _) => tree.expressions(),
            Self::IssuedAt
            | Self::ExpiresAt
            | Self::NotBefore
            | Self::Jti
            | Self::Constant(_)
            | Self::VerifiedEmail
            | Self::Roles
            | Self::Role
            | Self::SessionId => Vec::new(),
        }
    }
}

impl Recipe {
    /// A recipe with its times in seconds, as RFC 7519 has them.
    pub fn new(claims: Vec<Claim>) -> Self {
        Self {
            claims,
            unit: Unit::Seconds,
        }
    }

    /// The expressions in it.
    pub fn expressions(&self) -> Vec<&Expression> {
        let sources = self.claims.iter().map(|claim| &claim.source);
        sources.flat_map(Source::expressions).collect()
    }

    /// Whether it takes the person's verified address without an expression that says so.
    pub fn takes_address(&self) -> bool {
        let mut sources = self.claims.iter().map(|claim| &claim.source);
        sources.any(|source| matches!(source, Source::VerifiedEmail))
    }

    /// The names of the provider's claims that a token is made from.
    pub fn reads(&self) -> BTreeSet<String> {
        let address = self.takes_address().then(|| "email".to_owned());
        let named = self.expressions().into_iter().flat_map(Expression::claims);
        named.chain(address).collect()
    }

    /// Fills in the claims; one without a value is absent, or refuses if required.
    pub fn fill(&self, grant: &Grant<'_>, inputs: &Inputs<'_>) -> Result<ClaimSet, ClaimError> {
        let person = Person {
            grant,
            context: Context::new(grant.identity(), grant.params(), inputs.app, inputs.title),
        };
        let issued_at = inputs.issued_at.truncate_to_second();
        let expires_at = issued_at + inputs.ttl;
        let mut claims = Map::with_capacity(self.claims.len());
        for claim in &self.claims {
            let value = match &claim.source {
                Source::IssuedAt => Ok(self.unit.count(issued_at)),
                Source::ExpiresAt => Ok(self.unit.count(expires_at)),
                Source::NotBefore => Ok(self.unit.count(issued_at - LEEWAY)),
                Source::Jti => Ok(json!(Uuid::new_v4().to_string())),
                Source::SessionId => inputs.session_id.map(Value::from).ok_or(NoValue::Missing),
                Source::Tree(tree, care) => match tree.fill(&person, &claim.name, *care) {
                    Err(ClaimError::Missing { .. } | ClaimError::EmailUnverified) if !claim.required => {
                        continue;
                    }
                    filled => Ok(filled?),
                },
                Source::VerifiedEmail => match person.verified_email() {
                    Some(email) => Ok(json!(email.as_str())),
                    None => return Err(ClaimError::EmailUnverified),
                },
                Source::AtMost(expression, most) => match at_most(expression, &person, *most) {
                    Ok(None) => {
                        let claim = claim.name.clone().into_owned();
                        return Err(ClaimError::TooLong { claim });
                    }
                    Ok(Some(text)) => Ok(Value::String(text)),
                    Err(error) => Err(error),
                },
                Source::IdentityAtDevice(identity) => {
                    if identity.reads("email") && person.verified_email().is_none() {
                        return Err(ClaimError::EmailUnverified);
                    }
                    at_device(identity, &person)
                }
                source => plain(source, &person),
            };
            match value {
                Ok(value) => {
                    claims.insert(claim.name.clone().into_owned(), value);
                }
                Err(_) if !claim.required => {}
                Err(NoValue::Missing) => {
                    return Err(ClaimError::Missing {
                        claim: claim.name.clone().into_owned(),
                    });
                }
                Err(NoValue::Failed) => {
                    return Err(ClaimError::Failed {
                        claim: claim.name.clone().into_owned(),
                    });
                }
            }
        }
        Ok(ClaimSet {
            claims,
            issued_at,
            expires_at: self.expires().then_some(expires_at),
        })
    }

    /// Whether its tokens end by themselves.
    pub fn expires(&self) -> bool {
        let ends = |claim: &Claim| matches!(claim.source, Source::ExpiresAt);
        self.claims.iter().any(ends)
    }
}

impl Unit {
    pub(crate) fn count(self, time: OffsetDateTime) -> Value {
        match self {
            Self::Seconds => json!(time.unix_timestamp()),
            Self::Milliseconds => json!(time.unix_timestamp() * 1000),
        }
    }
}

/// Sources that need nothing but the person.
fn plain(source: &Source, person: &Person<'_>) -> Result<Value, NoValue> {
    let roles = person.grant.roles();
    match source {
        Source::Constant(value) => Ok(value.clone()),
        Source::Name(name) => text(name, person, NAME),
        Source::Email(email) => email_text(email, person),
        Source::Link(link) => match link.evaluate(&person.context)? {
            Value::String(text) => clean::link(&text).map(Value::from).ok_or(NoValue::Missing),
            _ => Err(NoValue::Missing),
        },
        Source::Pairs(pairs) => profile(pairs, person),
        Source::Roles if roles.is_empty() => Err(NoValue::Missing),
        Source::Roles => Ok(json!(roles)),
        Source::Role => Ok(json!(roles.first())),
        _ => Err(NoValue::Failed),
    }
}

/// Cleaned text; another type is as good as absent (S-320).
fn text(expression: &Expression, person: &Person<'_>, most: usize) -> Result<Value, NoValue> {
    match expression.evaluate(&person.context)? {
        Value::String(text) => Some(clean::text(&text, most)).filter(|text| !text.is_empty()),
        _ => None,
    }
    .map(Value::String)
    .ok_or(NoValue::Missing)
}

/// Cleaned text, or nothing where it is over `most` characters long.
fn at_most(expression: &Expression, person: &Person<'_>, most: usize) -> Result<Option<String>, NoValue> {
    let Value::String(text) = text(expression, person, usize::MAX)? else {
        return Err(NoValue::Missing);
    };
    Ok((text.chars().count() <= most).then_some(text))
}

fn email_text(expression: &Expression, person: &Person<'_>) -> Result<Value, NoValue> {
    if person.verified_email().is_none() {
        return Err(NoValue::Missing);
    }
    match expression.evaluate(&person.context)? {
        Value::String(text) => Email::parse(&text)
            .map(|email| json!(email.as_str()))
            .map_err(|_| NoValue::Missing),
        _ => Err(NoValue::Missing),
    }
}

fn profile(pairs: &[(String, Expression)], person: &Person<'_>) -> Result<Value, NoValue> {
    let mut entries = Vec::new();
    for (key, expression) in pairs {
        let Ok(Value::String(value)) = text(expression, person, VALUE) else {
            continue;
        };
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        let value = if is("twitter") || is("linkedin") {
            clean::link_or_handle(&value)
        } else if is("website") {
            clean::link(&value)
        } else {
            Some(value)
        };
        entries.extend(value.map(|value| json!([key, value])));
    }
    if entries.is_empty() {
        Err(NoValue::Missing)
    } else {
        Ok(Value::Array(entries))
    }
}

/// `identity/device` with exactly one slash. An identity that could hold another, or anything else
/// that means something in an address, is replaced by its hash: cleaning would make one of two (S-322).
fn at_device(identity: &Expression, person: &Person<'_>) -> Result<Value, NoValue> {
    let identity = match identity.evaluate(&person.context)? {
        Value::String(text) if !text.trim().is_empty() => text,
        Value::Number(number) => number.to_string(),
        _ => return Err(NoValue::Missing),
    };
    let device = person.grant.params().get("device").ok_or(NoValue::Missing)?;
    let plain = identity.len() <= 128
        && !identity.contains("..")
        && !identity.starts_with("hash:")
        && clean::text(&identity, usize::MAX) == identity
        && identity
            .chars()
            .all(|c| c.is_alphanumeric() || "._:@+-".contains(c));
    if plain {
        return Ok(json!(format!("{identity}/{device}")));
    }
    let hash = digest::digest(&digest::SHA256, identity.as_bytes());
    let hash = u128::from_be_bytes(hash.as_ref()[..16].try_into().expect("SHA-256 is 32 bytes"));
    Ok(json!(format!("hash:{hash:032x}/{device}")))
}
