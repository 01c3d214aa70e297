//! The authorization code flow (OpenID Connect Core 1.0, section 3.1) with PKCE: the way to the
//! provider, and from its code to a verified identity.

use std::fmt;
use std::time::Duration;

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse as _,
    TokenUrl,
};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use url::Url;

use super::calls::Endpoint;
use super::claims;
use super::id_token::{self, Expected, Invalid, Verified};
use super::jwt::{self, Kind, Unproven};
use super::logout_token::is_name;
use super::provider::{Metadata, Provider, ProviderError};
use super::settings::ClientAuth;
use super::{Identity, par, userinfo};
use crate::http::{self, HttpError};

const TOKEN_CAP: usize = 64 * 1024;
/// C-20: how long a token request may wait for its turn.
const TURN: Duration = Duration::from_secs(10);
/// C-58: from the code to the identity, all calls together.
pub const EXCHANGE: Duration = Duration::from_secs(11);

/// What one login attempt must keep to itself: sealed into its cookie, never logged.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secrets {
    nonce: String,
    verifier: String,
}

impl Secrets {
    /// A fresh nonce and code verifier, 32 random bytes each (RFC 7636, section 4.1).
    pub fn random() -> Self {
        let nonce = openidconnect::Nonce::new_random_len(32);
        let verifier = PkceCodeVerifier::new(openidconnect::Nonce::new_random_len(32).secret().clone());
        Self {
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        }
    }
}

/// Why a code did not become an identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("the token endpoint refused the code")]
    CodeRefused,
    #[error("the token endpoint's answer is not a token response")]
    TokenAnswer,
    #[error(transparent)]
    IdToken(#[from] Invalid),
    #[error("userinfo speaks of another person")]
    UserinfoSubject,
    #[error(
        "userinfo's answer is neither a JSON object with a subject nor one that the provider signed for us"
    )]
    UserinfoAnswer,
    #[error("the claims are larger than 64 KiB; the largest is {claim}")]
    ClaimsTooLarge { claim: String },
}

impl SignInError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Provider(error) => error.code(),
            Self::CodeRefused => "token.refused",
            Self::TokenAnswer => "token.wrong_answer",
            Self::IdToken(invalid) => invalid.code(),
            Self::UserinfoSubject => "userinfo.sub_mismatch",
            Self::UserinfoAnswer => "userinfo.wrong_answer",
            Self::ClaimsTooLarge { .. } => "claims.too_large",
        }
    }
}

/// A person whom the provider vouched for.
pub struct SignedIn {
    pub identity: Identity,
    /// The provider's session id.
    pub sid: Option<String>,
    /// When the ID token was issued.
    pub issued_at: OffsetDateTime,
    /// Kept for RP-initiated logout only.
    pub id_token: SecretString,
}

/// What an authorization request may ask for besides identity.
#[derive(Default)]
pub struct Wishes<'a> {
    pub prompt: Option<&'a str>,
    /// Always more than zero seconds, and never with `prompt=none` (S-071).
    pub max_age: Option<Duration>,
    pub acr_values: &'a [String],
    pub login_hint: Option<&'a str>,
    pub ui_locales: Option<&'a str>,
}

impl Wishes<'_> {
    fn params(&self) -> impl Iterator<Item = (&'static str, String)> {
        let acr_values = (!self.acr_values.is_empty()).then(|| self.acr_values.join(" "));
        let said = [
            ("prompt", self.prompt.map(str::to_owned)),
            ("max_age", self.max_age.map(|age| age.as_secs().to_string())),
            ("acr_values", acr_values),
            ("login_hint", self.login_hint.map(str::to_owned)),
            ("ui_locales", self.ui_locales.map(str::to_owned)),
        ];
        said.into_iter()
            .filter_map(|(name, value)| value.map(|value| (name, value)))
    }
}

#[derive(Serialize, Deserialize)]
struct IdTokenField {
    #[serde(default, skip_serializing)]
    id_token: Option<SecretString>,
}

impl fmt::Debug for IdTokenField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdTokenField")
    }
}

impl ExtraTokenFields for IdTokenField {}

type OidcClient = Client<
    BasicErrorResponse,
    StandardTokenResponse<IdTokenField, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

fn client(provider: &Provider, metadata: &Metadata, redirect_uri: &str) -> Result<OidcClient, ProviderError> {
    let settings = &provider.settings;
    let redirect = RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| ProviderError::WrongAnswer)?;
    let client = Client::new(ClientId::new(settings.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(metadata.authorization_endpoint.clone()))
        .set_token_uri(TokenUrl::from_url(metadata.token_endpoint.clone()))
        .set_redirect_uri(redirect);
    let secret = |secret: &SecretString| ClientSecret::new(secret.expose_secret().to_owned());
    Ok(match &settings.auth {
        ClientAuth::SecretBasic(s) => client
            .set_client_secret(secret(s))
            .set_auth_type(AuthType::BasicAuth),
        ClientAuth::SecretPost(s) => client
            .set_client_secret(secret(s))
            .set_auth_type(AuthType::RequestBody),
        ClientAuth::PrivateKeyJwt(_) | ClientAuth::None => client.set_auth_type(AuthType::RequestBody),
    })
}

/// The address that starts the flow: code, PKCE S256, state, nonce. Where the provider wants the
/// request pushed, the address only refers to it (S-127); a push that fails is never made up for by
/// plain parameters (S-128).
pub async fn authorize(
    provider: &Provider,
    metadata: &Metadata,
    request: Request<'_>,
    now: OffsetDateTime,
    within: Duration,
) -> Result<Url, ProviderError> {
    let url = address(provider, metadata, &request)?;
    if !(metadata.requires_par || provider.settings.par) {
        return Ok(url);
    }
    let pushed = async {
        let _turn = provider.pushes.acquire().await;
        par::push(provider, metadata, &url, now).await
    };
    tokio::time::timeout(within, pushed)
        .await
        .unwrap_or(Err(ProviderError::Slow))
}

/// What an authorization request says.
pub struct Request<'a> {
    pub redirect_uri: &'a str,
    pub state: &'a str,
    pub secrets: &'a Secrets,
    pub wishes: Wishes<'a>,
}

fn address(provider: &Provider, metadata: &Metadata, request: &Request<'_>) -> Result<Url, ProviderError> {
    let Request {
        redirect_uri,
        state,
        secrets,
        wishes,
    } = request;
    let client = client(provider, metadata, redirect_uri)?;
    let challenge =
        PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(secrets.verifier.clone()));
    let mut request = client
        .authorize_url(|| CsrfToken::new((*state).to_owned()))
        .add_scopes(provider.settings.scopes.iter().cloned().map(Scope::new))
        .set_pkce_challenge(challenge)
        .add_extra_param("nonce", secrets.nonce.clone());
    for (name, value) in &provider.settings.extra_params {
        request = request.add_extra_param(name.clone(), value.clone());
    }
    for (name, value) in wishes.params() {
        request = request.add_extra_param(name, value);
    }
    Ok(request.url().0)
}

/// A code, and what is needed to redeem it.
pub struct Code<'a> {
    pub code: String,
    pub redirect_uri: &'a str,
    pub secrets: &'a Secrets,
}

/// Redeems a code and verifies all that comes back, `within` this time and the wait for a turn.
pub async fn redeem(
    provider: &Provider,
    metadata: &Metadata,
    code: Code<'_>,
    now: OffsetDateTime,
    within: Duration,
) -> Result<SignedIn, SignInError> {
    let turn = tokio::time::timeout(TURN, provider.token_requests.acquire()).await;
    let Ok(Ok(_turn)) = turn else {
        return Err(ProviderError::Slow.into());
    };
    // Made only now, so that a crowd in line holds little.
    let exchange = Box::pin(exchange(provider, metadata, code, now));
    tokio::time::timeout(within, exchange)
        .await
        .unwrap_or(Err(ProviderError::Slow.into()))
}

async fn exchange(
    provider: &Provider,
    metadata: &Metadata,
    code: Code<'_>,
    now: OffsetDateTime,
) -> Result<SignedIn, SignInError> {
    let Code {
        code,
        redirect_uri,
        secrets,
    } = code;
    let settings = &provider.settings;
    let client = client(provider, metadata, redirect_uri)?;
    let mut request = client
        .exchange_code(AuthorizationCode::new(code))
        .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()));
    if let ClientAuth::PrivateKeyJwt(key) = &settings.auth {
        for (name, value) in key.says(&settings.client_id, &settings.issuer, now)? {
            request = request.add_extra_param(name, value.expose_secret().to_owned());
        }
    }
    let tokens = request
        .request_async(&|request| call(provider, request))
        .await
        .map_err(|error| match error {
            RequestTokenError::Request(CallError(error)) => ProviderError::from(error).into(),
            RequestTokenError::ServerResponse(_) => SignInError::CodeRefused,
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => SignInError::TokenAnswer,
        })?;
    if !matches!(tokens.token_type(), BasicTokenType::Bearer) {
        return Err(SignInError::TokenAnswer);
    }
    let id_token = tokens
        .extra_fields()
        .id_token
        .clone()
        .ok_or(SignInError::TokenAnswer)?;
    let access_token = tokens.access_token().secret();
    let expected = Expected {
        issuer: provider.settings.issuer.as_str(),
        client_id: &provider.settings.client_id,
        nonce: &secrets.nonce,
        access_token,
    };
    let token = jwt::authenticate(provider, id_token.expose_secret(), Kind::IdToken).await;
    let token = token.map_err(|unproven| match unproven {
        Unproven::Provider(error) => SignInError::Provider(error),
        Unproven::Fault(fault) => SignInError::IdToken(Invalid::Jwt(fault)),
    })?;
    let Verified {
        subject,
        issued_at,
        claims,
    } = id_token::verify(token, &expected, now)?;
    let userinfo = match &metadata.userinfo_endpoint {
        Some(endpoint) => userinfo::fetch(provider, endpoint, access_token, subject.as_str(), now).await?,
        None => Map::new(),
    };
    let sid = claims.get("sid").and_then(Value::as_str);
    let sid = sid.filter(|sid| is_name(sid)).map(str::to_owned);
    let identity = claims::identity(settings, subject, claims, userinfo)?;
    Ok(SignedIn {
        identity,
        sid,
        issued_at,
        id_token,
    })
}

/// [`HttpError`] as the `oauth2` crate wants it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct CallError(HttpError);

/// The token request over our own client.
async fn call(provider: &Provider, request: HttpRequest) -> Result<HttpResponse, CallError> {
    let (parts, body) = request.into_parts();
    let url = Url::parse(&parts.uri.to_string()).map_err(|_| CallError(HttpError::Unreachable))?;
    let mut headers: Vec<_> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (_, value) in &mut headers {
        value.set_sensitive(true);
    }
    let request = http::Request {
        method: parts.method,
        url: &url,
        headers,
        body: Some(body),
        cap: TOKEN_CAP,
    };
    let answer = provider.call(Endpoint::Token, request).await.map_err(CallError)?;
    let mut response = HttpResponse::new(answer.body);
    *response.status_mut() =
        reqwest::StatusCode::from_u16(answer.status).map_err(|_| CallError(HttpError::Unreachable))?;
    if let Ok(value) = HeaderValue::from_str(&answer.content_type) {
        response
            .headers_mut()
            .insert(reqwest::header::CONTENT_TYPE, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_105_s_120_nonce_and_verifier_are_43_unreserved_characters_and_never_the_same() {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1000 {
            let Secrets { nonce, verifier } = Secrets::random();
            for text in [nonce, verifier] {
                assert_eq!(text.len(), 43);
                assert!(
                    text.bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
                );
                assert!(seen.insert(text), "it came twice");
            }
        }
    }
}
