//! Who signed in: what a provider said about a person, checked and given types.

mod cached;
mod calls;
mod claims;
mod groups;
mod par;
mod userinfo;

pub mod assertion;
pub mod id_token;
pub mod jwt;
pub mod keys;
pub mod logout;
pub mod logout_token;
pub mod metadata;
pub mod oidc;
pub mod provider;
pub mod response;
pub mod settings;
pub mod strict_json;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::types::{Email, Issuer, ProviderId, Subject};

/// A signed-in person. Two identities are the same person when issuer and subject are equal, and
/// never because of an e-mail address (OpenID Connect Core 1.0, section 5.7).
#[derive(Debug, Clone)]
pub struct Identity {
    pub provider: ProviderId,
    pub issuer: Issuer,
    pub subject: Subject,
    /// Absent when the provider sent none, or one that is not an address.
    pub email: Option<Email>,
    /// The JSON boolean `true`, or the provider's `trust_email`; nothing else verifies an address.
    pub email_verified: bool,
    pub groups: Groups,
    /// When the person last proved who they are, where the provider says so.
    pub auth_time: Option<OffsetDateTime>,
    pub acr: Option<String>,
    /// Every claim of the ID token, and those that userinfo added; protocol claims only from the ID token.
    pub claims: Map<String, Value>,
}

/// What is known of a person's groups. Rules over unknown groups fail closed (C-15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Groups {
    Known(Vec<String>),
    Unknown(GroupsUnknown),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupsUnknown {
    /// The claim was not sent.
    Absent,
    /// The claim is neither a string nor a list of strings.
    WrongType,
    /// The provider left the groups out because there are too many (Entra: `_claim_names`, `hasgroups`).
    Overage,
}

impl Groups {
    pub fn known(&self) -> Option<&[String]> {
        match self {
            Self::Known(groups) => Some(groups),
            Self::Unknown(_) => None,
        }
    }
}

impl Identity {
    /// The address, where the provider vouches for it.
    pub fn verified_email(&self) -> Option<&Email> {
        self.email.as_ref().filter(|_| self.email_verified)
    }

    /// The claim at `path`: first as one literal name (C-13: `https://acme.com/groups` has dots),
    /// then as a path of names between dots.
    pub fn claim(&self, path: &str) -> Option<&Value> {
        claim_at(&self.claims, path)
    }

    /// A claim's text, where it is a string with something in it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.claims
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.trim().is_empty())
    }

    /// The name to show: `name`, else given and family name, else `preferred_username`.
    pub fn name(&self) -> Option<String> {
        if let Some(name) = self.text("name") {
            return Some(name.to_owned());
        }
        let parts: Vec<&str> = ["given_name", "family_name"]
            .iter()
            .filter_map(|n| self.text(n))
            .collect();
        if !parts.is_empty() {
            return Some(parts.join(" "));
        }
        self.text("preferred_username").map(str::to_owned)
    }
}

/// The value at `path` in `claims`; see [`Identity::claim`].
pub fn claim_at<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    match claims.get(first)? {
        Value::Object(inner) => claim_at(inner, rest),
        _ => None,
    }
}
