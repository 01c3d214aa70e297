//! Userinfo (OpenID Connect Core 1.0, section 5.3): by Authorization header, and only of the ID
//! token's subject (S-143, S-144).

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use url::Url;

use super::calls::Endpoint;
use super::jwt::{self, Kind, Unproven};
use super::oidc::SignInError;
use super::provider::{Provider, ProviderError};
use super::strict_json;
use crate::http::Request;

const CAP: usize = 256 * 1024;

/// What only another kind of token says (S-179).
const OF_OTHER_TOKENS: [&str; 4] = ["nonce", "at_hash", "c_hash", "events"];

pub async fn fetch(
    provider: &Provider,
    endpoint: &Url,
    access_token: &str,
    subject: &str,
    now: OffsetDateTime,
) -> Result<Map<String, Value>, SignInError> {
    let bearer = format!("Bearer {access_token}");
    let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| SignInError::TokenAnswer)?;
    bearer.set_sensitive(true);
    let accept = HeaderValue::from_static("application/json, application/jwt;q=0.9");
    let request = Request {
        method: Method::GET,
        url: endpoint,
        headers: vec![(AUTHORIZATION, bearer), (ACCEPT, accept)],
        body: None,
        cap: CAP,
    };
    let answer = provider.call(Endpoint::Userinfo, request).await;
    let answer = answer.map_err(ProviderError::from)?;
    let media_type = answer.content_type.split(';').next().unwrap_or_default().trim();
    let claims = match (answer.status, media_type) {
        (200, "application/json") => {
            strict_json::object(&answer.body).map_err(|_| SignInError::UserinfoAnswer)?
        }
        (200, "application/jwt") => signed(provider, &answer.body, now).await?,
        _ => return Err(SignInError::UserinfoAnswer),
    };
    match claims.get("sub").and_then(Value::as_str) {
        Some(sub) if sub == subject => Ok(claims),
        Some(_) => Err(SignInError::UserinfoSubject),
        None => Err(SignInError::UserinfoAnswer),
    }
}

/// Signed userinfo: the provider's, for us, and no token of another kind.
async fn signed(
    provider: &Provider,
    body: &[u8],
    now: OffsetDateTime,
) -> Result<Map<String, Value>, SignInError> {
    let compact = std::str::from_utf8(body).map_err(|_| SignInError::UserinfoAnswer)?;
    let token = jwt::authenticate(provider, compact, Kind::Userinfo).await;
    let claims = match token {
        Ok(token) => token.claims,
        Err(Unproven::Provider(error)) => return Err(error.into()),
        Err(Unproven::Fault(_)) => return Err(SignInError::UserinfoAnswer),
    };
    // It need not end; where it does, it must not have.
    let fresh = claims
        .get("exp")
        .is_none_or(|exp| jwt::numeric_date(exp).is_some_and(|exp| now < exp + jwt::LEEWAY));
    let ours = claims.get("iss").and_then(Value::as_str) == Some(provider.settings.issuer.as_str())
        && jwt::audience(&claims, &provider.settings.client_id).is_ok()
        && !OF_OTHER_TOKENS.iter().any(|name| claims.contains_key(*name));
    if ours && fresh {
        Ok(claims)
    } else {
        Err(SignInError::UserinfoAnswer)
    }
}
