//! A vendor's claims, compiled at load.

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::{ClaimError, ClaimSet, clean, times};
use crate::access::Grant;
use crate::expression::{Context, Expression, NoValue};
use crate::types::{AppId, Email};

/// Characters of a display name (S-319).
const NAME: usize = 128;
/// Characters of a profile or policy value, and profile entries (S-319).
const VALUE: usize = 256;
pub(crate) const ENTRIES: usize = 20;

/// What a vendor's token says, in the vendor's order.
#[derive(Debug)]
pub struct Recipe(pub Vec<Claim>);

#[derive(Debug)]
pub struct Claim {
    pub name: &'static str,
    pub source: Source,
    /// Refuse, rather than leave the claim out.
    pub required: bool,
}

/// Where a claim's value comes from.
#[derive(Debug)]
pub enum Source {
    IssuedAt,
    ExpiresAt,
    Constant(String),
    /// A name to show.
    Name(Expression),
    /// The verified address of the person; without one there is no token.
    VerifiedEmail,
    /// An address, left out when the person's is not verified.
    Email(Expression),
    /// An https link.
    Link(Expression),
    /// `[[key, value], …]`; a pair without a value disappears.
    Pairs(Vec<(String, Expression)>),
    /// All roles as a list; left out when there are none.
    Roles,
    /// The one role, or null.
    Role,
    /// A tree in which everything is required (C-4).
    Tree(Tree),
}

/// A typed tree of constants and expressions.
#[derive(Debug)]
pub enum Tree {
    Constant(Value),
    Expression(Expression),
    List(Vec<Tree>),
    Table(Vec<(String, Tree)>),
}

impl Recipe {
    /// Fills in the claims of a token issued at `from`; a claim without a value is absent, or refuses
    /// if required.
    pub fn fill(
        &self,
        grant: &Grant,
        app: (&AppId, &str),
        from: OffsetDateTime,
        ttl: Duration,
    ) -> Result<ClaimSet, ClaimError> {
        let context = Context::new(grant.identity(), grant.params(), app.0, app.1);
        let (issued_at, expires_at) = times(from, ttl);
        let mut claims = Map::new();
        for claim in &self.0 {
            let value = match &claim.source {
                Source::IssuedAt => Ok(json!(issued_at.unix_timestamp())),
                Source::ExpiresAt => Ok(json!(expires_at.unix_timestamp())),
                Source::Constant(text) => Ok(json!(text)),
                Source::Name(name) => text(name, &context, NAME),
                Source::VerifiedEmail => match verified(grant) {
                    Some(email) => Ok(json!(email.as_str())),
                    None => return Err(ClaimError::EmailUnverified),
                },
                Source::Email(email) => email_text(email, &context, grant),
                Source::Link(link) => match link.evaluate(&context) {
                    Ok(Value::String(text)) => clean::link(&text).map(Value::from).ok_or(NoValue::Missing),
                    Ok(_) => Err(NoValue::Missing),
                    Err(error) => Err(error),
                },
                Source::Pairs(pairs) => profile(pairs, &context),
                Source::Roles if grant.roles().is_empty() => Err(NoValue::Missing),
                Source::Roles => Ok(json!(grant.roles())),
                Source::Role => Ok(json!(grant.roles().first())),
                Source::Tree(tree) => Ok(tree.fill(&context, claim.name)?),
            };
            match value {
                Ok(value) => {
                    claims.insert(claim.name.to_owned(), value);
                }
                Err(_) if !claim.required => {}
                Err(NoValue::Missing) => {
                    return Err(ClaimError::Missing {
                        claim: claim.name.to_owned(),
                    });
                }
                Err(NoValue::Failed) => {
                    return Err(ClaimError::Failed {
                        claim: claim.name.to_owned(),
                    });
                }
            }
        }
        Ok(ClaimSet {
            claims,
            issued_at,
            expires_at,
        })
    }
}

/// Cleaned text; another type is as good as absent (S-320).
fn text(expression: &Expression, context: &Context, most: usize) -> Result<Value, NoValue> {
    match expression.evaluate(context)? {
        Value::String(text) => Some(clean::text(&text, most)).filter(|text| !text.is_empty()),
        _ => None,
    }
    .map(Value::String)
    .ok_or(NoValue::Missing)
}

fn verified(grant: &Grant) -> Option<&Email> {
    grant
        .identity()
        .email
        .as_ref()
        .filter(|_| grant.identity().email_verified)
}

fn email_text(expression: &Expression, context: &Context, grant: &Grant) -> Result<Value, NoValue> {
    if verified(grant).is_none() {
        return Err(NoValue::Missing);
    }
    match expression.evaluate(context)? {
        Value::String(text) => Email::parse(&text)
            .map(|email| json!(email.as_str()))
            .map_err(|_| NoValue::Missing),
        _ => Err(NoValue::Missing),
    }
}

fn profile(pairs: &[(String, Expression)], context: &Context) -> Result<Value, NoValue> {
    let mut entries = Vec::new();
    for (key, expression) in pairs {
        let Ok(Value::String(value)) = text(expression, context, VALUE) else {
            continue;
        };
        let value = match key.to_ascii_lowercase().as_str() {
            "twitter" | "linkedin" => clean::link_or_handle(&value),
            "website" => clean::link(&value),
            _ => Some(value),
        };
        entries.extend(value.map(|value| json!([key, value])));
    }
    if entries.is_empty() {
        Err(NoValue::Missing)
    } else {
        Ok(Value::Array(entries))
    }
}

impl Tree {
    fn fill(&self, context: &Context, name: &str) -> Result<Value, ClaimError> {
        match self {
            Self::Constant(value) => Ok(value.clone()),
            Self::List(items) => items
                .iter()
                .map(|item| item.fill(context, name))
                .collect::<Result<_, _>>()
                .map(Value::Array),
            Self::Table(entries) => {
                let mut object = Map::new();
                for (key, entry) in entries {
                    object.insert(key.clone(), entry.fill(context, &format!("{name}.{key}"))?);
                }
                Ok(Value::Object(object))
            }
            Self::Expression(expression) => {
                let claim = || name.to_owned();
                match expression.evaluate(context) {
                    Ok(Value::String(text)) if text.trim().is_empty() => {
                        Err(ClaimError::Missing { claim: claim() })
                    }
                    // A filter that cleaning would change would match something else: refused.
                    Ok(Value::String(text)) if clean::text(&text, VALUE) == text => Ok(Value::String(text)),
                    Ok(value @ (Value::Bool(_) | Value::Number(_))) => Ok(value),
                    Ok(Value::Null) | Err(NoValue::Missing) => Err(ClaimError::Missing { claim: claim() }),
                    Ok(_) | Err(NoValue::Failed) => Err(ClaimError::Failed { claim: claim() }),
                }
            }
        }
    }
}
