//! What the provider says of a person: who they are in the ID token, the rest from userinfo.

use std::time::{Duration, SystemTime};

use openidconnect::core::{
    CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreTokenType,
};
use openidconnect::{
    AccessToken, AdditionalClaims, Audience, EmptyExtraTokenFields, EndUserEmail, EndUserFamilyName,
    EndUserGivenName, EndUserName, IdToken, IdTokenClaims, IdTokenFields, JsonWebTokenError, Nonce,
    StandardClaims, StandardTokenResponse, SubjectIdentifier, UserInfoClaims,
};
use serde::{Deserialize, Serialize};

use super::Provider;
use super::memory::Grant;
use crate::demo::people::Persona;

const ID_TOKEN_LIFETIME: Duration = Duration::from_mins(5);

/// Acme's own claims.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StaffClaims {
    groups: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
}

impl AdditionalClaims for StaffClaims {}

type Fields = IdTokenFields<
    StaffClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
pub type TokenAnswer = StandardTokenResponse<Fields, CoreTokenType>;
pub type UserInfo = UserInfoClaims<StaffClaims, CoreGenderClaim>;

fn standard(persona: &Persona) -> StandardClaims<CoreGenderClaim> {
    StandardClaims::new(SubjectIdentifier::new(persona.sub.to_owned()))
        .set_name(Some(EndUserName::new(persona.name()).into()))
        .set_given_name(Some(EndUserGivenName::new(persona.given_name.to_owned()).into()))
        .set_family_name(Some(
            EndUserFamilyName::new(persona.family_name.to_owned()).into(),
        ))
        .set_email(Some(EndUserEmail::new(persona.email.to_owned())))
        .set_email_verified(Some(persona.email_verified))
}

fn groups(persona: &Persona) -> Vec<String> {
    persona.groups.iter().map(|&group| group.to_owned()).collect()
}

/// Everything the directory knows.
pub fn user_info(persona: &Persona) -> UserInfo {
    let staff = StaffClaims {
        groups: groups(persona),
        title: Some(persona.title.to_owned()),
        department: Some(persona.department.to_owned()),
        region: Some(persona.region.to_owned()),
        sid: None,
    };
    UserInfo::new(standard(persona), staff)
}

/// The answer of the token endpoint: a signed ID token beside the access token.
pub fn token_answer(
    provider: &Provider,
    grant: &Grant,
    access: (String, Duration),
    now: SystemTime,
) -> Result<TokenAnswer, JsonWebTokenError> {
    let (access_token, lifetime) = access;
    let access_token = AccessToken::new(access_token);
    let staff = StaffClaims {
        groups: groups(grant.who.persona),
        sid: Some(grant.who.sid.clone()),
        ..StaffClaims::default()
    };
    let claims = IdTokenClaims::new(
        provider.issuer.clone(),
        vec![Audience::new(provider.client.id.clone())],
        (now + ID_TOKEN_LIFETIME).into(),
        now.into(),
        standard(grant.who.persona),
        staff,
    )
    .set_auth_time(Some(grant.who.auth_time.into()))
    .set_nonce(grant.nonce.clone().map(Nonce::new));
    let id_token = IdToken::new(
        claims,
        &provider.key,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        Some(&access_token),
        None,
    )?;
    let mut answer = TokenAnswer::new(
        access_token,
        CoreTokenType::Bearer,
        Fields::new(Some(id_token), EmptyExtraTokenFields {}),
    );
    answer.set_expires_in(Some(&lifetime));
    Ok(answer)
}
