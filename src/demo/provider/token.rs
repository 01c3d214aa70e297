//! The token endpoint (RFC 6749, section 4.1.3; RFC 7636, section 4.5) and userinfo.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, web};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use secrecy::ExposeSecret as _;
use serde_json::json;
use subtle::ConstantTimeEq as _;
use url::form_urlencoded;

use super::{Provider, claims, now};
use crate::demo::answer;

/// `POST /token`
pub async fn token(provider: web::Data<Provider>, request: HttpRequest, form: String) -> HttpResponse {
    if !is_client(&provider, &request) {
        return answer::builder(StatusCode::UNAUTHORIZED)
            .insert_header((WWW_AUTHENTICATE, "Basic realm=\"Acme Staff\""))
            .json(json!({ "error": "invalid_client" }));
    }
    let given: HashMap<_, _> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    if given.get("grant_type").map(String::as_str) != Some("authorization_code") {
        return refuse("unsupported_grant_type");
    }
    let (Some(code), Some(verifier)) = (given.get("code"), given.get("code_verifier")) else {
        return refuse("invalid_request");
    };
    let now = now();
    let mut memory = provider.memory();
    let Some(grant) = memory.redeem(code, now) else {
        return refuse("invalid_grant");
    };
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    let right_address = given.get("redirect_uri") == Some(&provider.client.redirect_uri);
    if challenge != grant.challenge || !right_address {
        return refuse("invalid_grant");
    }
    let access = memory.access(grant.who.persona, now);
    match claims::token_answer(&provider, &grant, access, now) {
        Ok(answer) => answer::builder(StatusCode::OK).json(answer),
        Err(_) => answer::builder(StatusCode::INTERNAL_SERVER_ERROR).json(json!({ "error": "server_error" })),
    }
}

/// `GET` and `POST /userinfo`
pub async fn userinfo(provider: web::Data<Provider>, request: HttpRequest) -> HttpResponse {
    let persona =
        credentials(&request, "Bearer ").and_then(|token| provider.memory().accessed_by(token, now()));
    match persona {
        Some(persona) => answer::builder(StatusCode::OK).json(claims::user_info(persona)),
        None => answer::builder(StatusCode::UNAUTHORIZED)
            .insert_header((WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""))
            .finish(),
    }
}

fn refuse(error: &str) -> HttpResponse {
    answer::builder(StatusCode::BAD_REQUEST).json(json!({ "error": error }))
}

fn credentials<'a>(request: &'a HttpRequest, scheme: &str) -> Option<&'a str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    value
        .get(..scheme.len())
        .filter(|found| found.eq_ignore_ascii_case(scheme))?;
    value.get(scheme.len()..)
}

/// `client_secret_basic`: both halves are form-encoded before they are joined (RFC 6749,
/// section 2.3.1).
fn is_client(provider: &Provider, request: &HttpRequest) -> bool {
    let decoded = credentials(request, "Basic ")
        .and_then(|text| STANDARD.decode(text).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((id, secret)) = decoded.as_deref().and_then(|pair| pair.split_once(':')) else {
        return false;
    };
    let secret = form_decoded(secret);
    form_decoded(id) == provider.client.id
        && bool::from(
            secret
                .as_bytes()
                .ct_eq(provider.client.secret.expose_secret().as_bytes()),
        )
}

fn form_decoded(text: &str) -> String {
    form_urlencoded::parse(text.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}
