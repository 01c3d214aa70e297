//! From two documents of claims to one identity.

use serde_json::{Map, Value};

use super::Identity;
use super::groups::groups;
use super::id_token::Invalid;
use super::jwt::numeric_date;
use super::oidc::SignInError;
use super::settings::{Dialect, Provider};
use crate::types::{Email, Subject};

/// C-24: the most bytes of claims that a session holds, as JSON.
const LARGEST: usize = 64 * 1024;

/// Claims that speak about the sign-in rather than the person; userinfo has no say in them (C-14).
const PROTOCOL: [&str; 17] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "acr",
    "amr",
    "auth_time",
    "azp",
    "sid",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "events",
];

/// Claims that have done their duty once the ID token is verified.
const SPENT: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

/// What speaks of an address; all of it comes from one document (C-14).
const ADDRESS: [&str; 3] = ["email", "email_verified", "xms_edov"];

/// Joins the verified ID token's claims with userinfo's into an identity.
pub fn identity(
    provider: &Provider,
    subject: Subject,
    id_token: Map<String, Value>,
    userinfo: Map<String, Value>,
) -> Result<Identity, SignInError> {
    // S-324: the signature is of a key that many tenants share, so the token itself must say whose it is.
    if let Dialect::Entra { tenant } = &provider.dialect
        && id_token.get("tid").and_then(Value::as_str) != Some(tenant)
    {
        return Err(Invalid::Tenant.into());
    }
    let claims = merge(id_token, userinfo);
    let size = |value: &Value| value.to_string().len();
    if claims
        .iter()
        .map(|(name, value)| name.len() + size(value) + 4)
        .sum::<usize>()
        > LARGEST
    {
        let largest = claims
            .iter()
            .max_by_key(|(_, value)| size(value))
            .map(|(name, _)| name.clone());
        return Err(SignInError::ClaimsTooLarge {
            claim: largest.unwrap_or_default(),
        });
    }
    let email = claims
        .get("email")
        .and_then(Value::as_str)
        .and_then(|text| Email::parse(text).ok());
    Ok(Identity {
        provider: provider.id.clone(),
        issuer: provider.issuer.clone(),
        subject,
        email_verified: email
            .as_ref()
            .is_some_and(|email| vouches(provider, email, &claims)),
        email,
        groups: groups(provider, &claims),
        auth_time: claims.get("auth_time").and_then(numeric_date),
        acr: claims.get("acr").and_then(Value::as_str).map(str::to_owned),
        claims,
    })
}

/// Whether the provider says that the address belongs to the person.
fn vouches(provider: &Provider, email: &Email, claims: &Map<String, Value>) -> bool {
    let said = claims.get("email_verified");
    let verified = said == Some(&Value::Bool(true));
    let vouched = match provider.dialect {
        Dialect::Standard => verified,
        Dialect::Entra { .. } => owns_domain(claims.get("xms_edov")) && (verified || said.is_none()),
        Dialect::Google => verified && (is_workspace(claims.get("hd")) || email.domain() == "gmail.com"),
    };
    provider.trust_email || vouched
}

/// Google's `hd` names the Workspace that an account is of
/// (developers.google.com/identity/gsi/web/guides/verify-google-id-token).
fn is_workspace(hd: Option<&Value>) -> bool {
    hd.and_then(Value::as_str)
        .is_some_and(|domain| !domain.trim().is_empty())
}

/// Entra's optional claim `xms_edov`, "email domain owner verified": Microsoft calls it a Boolean
/// (learn.microsoft.com/entra/identity-platform/optional-claims-reference), and tokens in the wild
/// say either `true` or `"1"`. Nothing else counts.
fn owns_domain(xms_edov: Option<&Value>) -> bool {
    match xms_edov {
        Some(Value::Bool(said)) => *said,
        Some(Value::String(said)) => said == "1",
        _ => false,
    }
}

/// C-14: the ID token wins, userinfo adds; an address and its verification come from one document.
fn merge(mut claims: Map<String, Value>, userinfo: Map<String, Value>) -> Map<String, Value> {
    let address_is_ours = claims.contains_key("email");
    if !address_is_ours && userinfo.contains_key("email") {
        for name in ADDRESS {
            claims.remove(name);
        }
    }
    for (name, value) in userinfo {
        let name_is_in = |list: &[&str]| list.contains(&name.as_str());
        if name_is_in(&PROTOCOL) || (address_is_ours && name_is_in(&ADDRESS)) {
            continue;
        }
        claims.entry(name).or_insert(value);
    }
    for name in SPENT {
        claims.remove(name);
    }
    claims
}

#[cfg(test)]
mod tests;
