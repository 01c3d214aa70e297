//! Discovery (OpenID Connect Discovery 1.0, section 4) and the public keys.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthUrl, IssuerUrl, JsonWebKeySetUrl, PrivateSigningKey as _,
    ProviderMetadata, ResponseTypes, Scope, TokenUrl, UserInfoUrl,
};
use serde::{Deserialize, Serialize};

use super::Provider;
use crate::demo::answer;

/// What openidconnect's own metadata has no field for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Further {
    /// OpenID Connect RP-Initiated Logout 1.0, section 2.1.
    end_session_endpoint: String,
    /// RFC 9207, section 3.
    authorization_response_iss_parameter_supported: bool,
    /// RFC 8414, section 2.
    code_challenge_methods_supported: Vec<String>,
}

impl AdditionalProviderMetadata for Further {}

type Metadata = ProviderMetadata<
    Further,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

fn metadata(issuer: &IssuerUrl) -> Result<Metadata, url::ParseError> {
    let at = |path: &str| format!("{}{path}", issuer.as_str());
    let further = Further {
        end_session_endpoint: at("/sign-out"),
        authorization_response_iss_parameter_supported: true,
        code_challenge_methods_supported: vec!["S256".to_owned()],
    };
    let scopes = ["openid", "profile", "email"].map(|scope| Scope::new(scope.to_owned()));
    Ok(Metadata::new(
        issuer.clone(),
        AuthUrl::new(at("/authorize"))?,
        JsonWebKeySetUrl::new(at("/jwks"))?,
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Public],
        vec![CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256],
        further,
    )
    .set_token_endpoint(Some(TokenUrl::new(at("/token"))?))
    .set_userinfo_endpoint(Some(UserInfoUrl::new(at("/userinfo"))?))
    .set_scopes_supported(Some(scopes.to_vec()))
    .set_grant_types_supported(Some(vec![CoreGrantType::AuthorizationCode]))
    .set_token_endpoint_auth_methods_supported(Some(vec![CoreClientAuthMethod::ClientSecretBasic])))
}

pub async fn discovery(provider: web::Data<Provider>) -> HttpResponse {
    match metadata(&provider.issuer) {
        Ok(metadata) => answer::builder(StatusCode::OK).json(metadata),
        Err(_) => answer::builder(StatusCode::INTERNAL_SERVER_ERROR).finish(),
    }
}

pub async fn jwks(provider: web::Data<Provider>) -> HttpResponse {
    answer::builder(StatusCode::OK).json(CoreJsonWebKeySet::new(vec![provider.key.as_verification_key()]))
}
