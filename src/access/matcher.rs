//! One line of `allow` or `deny`, and whether it fits a person.

use std::fmt;

use serde_json::Value;

use crate::identity::{Groups, GroupsUnknown, Identity};
use crate::types::{Email, ProviderId};

/// `everyone`, `group:G`, `email:A`, `domain:D`, `provider:P`, `claim:path=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matcher {
    Everyone,
    Group(String),
    Email(Email),
    /// In lower case.
    Domain(String),
    Provider(ProviderId),
    Claim {
        path: String,
        value: String,
    },
}

/// Whether a rule fits, as far as is known (C-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    Yes,
    No,
    Unknown(Unknown),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    Groups(GroupsUnknown),
    /// Not verified, or not there; `matches`: it would fit if it were verified.
    Email {
        matches: bool,
    },
    Claim,
    /// When the person signed in at the provider.
    AuthTime,
    /// How the person signed in at the provider.
    Acr,
    /// An expression names what is not there.
    Missing,
    /// An expression could not be evaluated.
    Failed,
    /// A condition is neither true nor false.
    NotBoolean,
}

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown(_) => "unknown",
        })
    }
}

/// What is not known.
impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Groups(GroupsUnknown::Absent) => "the provider sent no groups",
            Self::Groups(GroupsUnknown::WrongType) => "the groups are not a list of names",
            Self::Groups(GroupsUnknown::Overage) => {
                "the provider left the groups out, because there are too many"
            }
            Self::Email { matches: true } => "the address fits, but is not verified",
            Self::Email { matches: false } => "there is no verified address",
            Self::Claim => "the claim is not there, or not a value that can be compared",
            Self::AuthTime => "the provider did not say when the person signed in",
            Self::Acr => "the provider did not say how the person signed in",
            Self::Missing => "something that it names is not there",
            Self::Failed => "it could not be evaluated",
            Self::NotBoolean => "it is neither true nor false",
        })
    }
}

/// As the configuration has it.
impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("everyone"),
            Self::Group(group) => write!(f, "group:{group}"),
            Self::Email(address) => write!(f, "email:{address}"),
            Self::Domain(domain) => write!(f, "domain:{domain}"),
            Self::Provider(provider) => write!(f, "provider:{provider}"),
            Self::Claim { path, value } => write!(f, "claim:{path}={value}"),
        }
    }
}

impl Matcher {
    /// Reads one rule; the error says what is wrong without repeating it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "everyone" {
            return Ok(Self::Everyone);
        }
        let forms = "everyone, group:G, email:A, domain:D, provider:P and claim:path=value";
        let Some((kind, rest)) = text.split_once(':') else {
            let word = !text.is_empty()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            // Not with the word in it: behind a list that was never closed it may be a secret (C-39).
            let hint = if word {
                "; did you mean group: and that word?"
            } else {
                ""
            };
            return Err(format!("a rule is one of {forms}{hint}"));
        };
        if rest.is_empty() || rest.trim() != rest {
            return Err("a rule has something behind the colon, without spaces around it".into());
        }
        match kind {
            "group" => Ok(Self::Group(rest.to_owned())),
            "email" => Email::parse(rest)
                .map(Self::Email)
                .map_err(|e| format!("the address {e}")),
            "domain" => Email::parse(&format!("x@{rest}"))
                .map(|email| Self::Domain(email.domain().to_owned()))
                .map_err(|_| "a domain looks like example.com, without @ and without *".into()),
            "provider" => ProviderId::parse(rest)
                .map(Self::Provider)
                .map_err(|e| e.to_string()),
            "claim" => match rest.split_once('=') {
                Some(("email", _)) => Err("email:A asks whether it is verified, and a claim does not".into()),
                Some((path, value)) if !path.is_empty() && !value.is_empty() => Ok(Self::Claim {
                    path: path.to_owned(),
                    value: value.to_owned(),
                }),
                _ => Err("a claim's rule is claim:path=value".into()),
            },
            _ => Err(format!("a rule is one of {forms}")),
        }
    }

    pub(super) fn fit(&self, identity: &Identity) -> Fit {
        match self {
            Self::Everyone => Fit::Yes,
            Self::Provider(provider) => yes(identity.provider == *provider),
            Self::Group(group) => match &identity.groups {
                Groups::Known(groups) => yes(groups.contains(group)),
                Groups::Unknown(why) => Fit::Unknown(Unknown::Groups(*why)),
            },
            Self::Email(address) => email(identity, |email| email == address),
            Self::Domain(domain) => email(identity, |email| email.domain() == domain),
            Self::Claim { path, value } => match identity.claim(path) {
                Some(Value::Array(items)) => {
                    yes(items.iter().any(|item| plain(item).as_deref() == Some(value)))
                }
                Some(found) => plain(found).map_or(Fit::Unknown(Unknown::Claim), |text| yes(text == *value)),
                None => Fit::Unknown(Unknown::Claim),
            },
        }
    }
}

fn yes(fits: bool) -> Fit {
    if fits { Fit::Yes } else { Fit::No }
}

fn email(identity: &Identity, fits: impl Fn(&Email) -> bool) -> Fit {
    match &identity.email {
        Some(email) if identity.email_verified => yes(fits(email)),
        Some(email) => Fit::Unknown(Unknown::Email { matches: fits(email) }),
        None => Fit::Unknown(Unknown::Email { matches: false }),
    }
}

/// A string as it is, a boolean or number as JSON writes it; nothing else compares.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}
