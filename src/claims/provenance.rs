//! Where claims come from, for people to read.

use std::fmt;

use serde_json::Value;

use super::{Source, Tree};
use crate::expression::Expression;

/// Where a claim's value comes from. The texts are templates as the configuration has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provenance {
    Issue,
    Expiry,
    BeforeIssue,
    Random,
    RoomSession,
    Constant,
    VerifiedEmail,
    Roles,
    NoPairs,
    Pairs(String),
    Template(String),
    Cleaned(String),
    WhereVerified(String),
    HttpsLink(String),
    AtMost(String, usize),
    Tree(Value),
}

impl Source {
    pub(super) fn provenance(&self) -> Provenance {
        match self {
            Self::IssuedAt => Provenance::Issue,
            Self::ExpiresAt => Provenance::Expiry,
            Self::NotBefore => Provenance::BeforeIssue,
            Self::Jti => Provenance::Random,
            Self::SessionId => Provenance::RoomSession,
            Self::AtMost(text, most) => Provenance::AtMost(text.source().to_owned(), *most),
            Self::IdentityAtDevice(identity) => {
                Provenance::Template(format!("{}/{{device}}", identity.source()))
            }
            Self::Constant(_) => Provenance::Constant,
            Self::Name(name) => Provenance::Cleaned(name.source().to_owned()),
            Self::VerifiedEmail => Provenance::VerifiedEmail,
            Self::Email(email) => Provenance::WhereVerified(email.source().to_owned()),
            Self::Link(link) => Provenance::HttpsLink(link.source().to_owned()),
            Self::Pairs(pairs) if pairs.is_empty() => Provenance::NoPairs,
            Self::Pairs(pairs) => {
                let pair = |(key, value): &(String, Expression)| format!("{key} = {}", value.source());
                Provenance::Pairs(pairs.iter().map(pair).collect::<Vec<_>>().join(", "))
            }
            Self::Roles | Self::Role => Provenance::Roles,
            Self::Tree(Tree::Expression(expression), _) => {
                Provenance::Template(expression.source().to_owned())
            }
            Self::Tree(tree, _) => Provenance::Tree(tree.describe()),
        }
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issue => f.write_str("time of issue"),
            Self::Expiry => f.write_str("time of issue and ttl"),
            Self::BeforeIssue => f.write_str("slightly before the time of issue"),
            Self::Random => f.write_str("random"),
            Self::RoomSession => f.write_str("the room's session"),
            Self::Constant => f.write_str("constant"),
            Self::VerifiedEmail => f.write_str("verified e-mail"),
            Self::Roles => f.write_str("role rules"),
            Self::NoPairs => f.write_str("no pairs"),
            Self::Pairs(pairs) => write!(f, "pairs: {pairs}"),
            Self::Template(text) => f.write_str(text),
            Self::Cleaned(text) => write!(f, "{text}, cleaned"),
            Self::WhereVerified(text) => write!(f, "{text}, where it is verified"),
            Self::HttpsLink(text) => write!(f, "{text}, an https link"),
            Self::AtMost(text, most) => write!(f, "{text}, at most {most} characters"),
            Self::Tree(tree) => write!(f, "tree: {tree}"),
        }
    }
}
