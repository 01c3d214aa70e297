use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use actix_web::{App, test as actix, web};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet};
use openidconnect::{ClientId, IssuerUrl, Nonce};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::{Client, Provider, configure};
use crate::demo::keys::ComingKey;

const ISSUER: &str = "http://localhost:4711";
const BACK: &str = "http://127.0.0.1:4712/auth/callback/staff";
const SIGNED_OUT: &str = "http://127.0.0.1:4712/auth/signed-out";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-it-is";
const SECRET: &str = "s3cret+with/odd=characters";

fn provider() -> web::Data<Provider> {
    let client = Client {
        id: "usher".to_owned(),
        secret: SECRET.into(),
        redirect_uri: BACK.to_owned(),
        post_logout_redirect_uri: SIGNED_OUT.to_owned(),
    };
    web::Data::new(Provider::new(
        IssuerUrl::new(ISSUER.to_owned()).unwrap(),
        client,
        ComingKey::begin(),
    ))
}

async fn call(provider: &web::Data<Provider>, request: TestRequest) -> ServiceResponse {
    let app = App::new().app_data(provider.clone()).configure(configure);
    let app = actix::init_service(app).await;
    actix::call_service(&app, request.to_request()).await
}

fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn question(extra: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
    let mut pairs = vec![
        ("client_id", "usher"),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("nonce", "a-nonce"),
        ("state", "a-state"),
    ];
    pairs.retain(|(name, _)| extra.iter().all(|(other, _)| other != name));
    pairs.extend(extra);
    format!("/authorize?{}", form(&pairs))
}

fn back(answer: &ServiceResponse) -> Url {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    Url::parse(answer.headers().get("location").unwrap().to_str().unwrap()).unwrap()
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}

/// Presses a persona's button; the cookie and the code.
async fn sign_in(provider: &web::Data<Provider>, persona: &str) -> (String, String) {
    let request = TestRequest::post()
        .uri(&question(&[]))
        .set_payload(form(&[("persona", persona)]));
    let answer = call(provider, request).await;
    let cookie = answer.headers().get("set-cookie").unwrap().to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    (cookie, parameter(&back(&answer), "code").unwrap())
}

async fn redeem(
    provider: &web::Data<Provider>,
    secret: &str,
    code: &str,
    verifier: &str,
) -> (StatusCode, Value) {
    let half = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = STANDARD.encode(format!("usher:{}", half(secret)));
    let body = form(&[
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", verifier),
    ]);
    let request = TestRequest::post()
        .uri("/token")
        .insert_header(("Authorization", format!("Basic {basic}")))
        .set_payload(body);
    let answer = call(provider, request).await;
    let status = answer.status();
    (status, actix::read_body_json(answer).await)
}

#[actix_web::test]
async fn a_sign_in_ends_with_an_id_token_that_holds() {
    let provider = provider();
    let (_, code) = sign_in(&provider, "member").await;
    let (status, body) = redeem(&provider, SECRET, &code, VERIFIER).await;
    assert_eq!(status, StatusCode::OK);

    let keys = call(&provider, TestRequest::get().uri("/jwks")).await;
    let keys: CoreJsonWebKeySet = actix::read_body_json(keys).await;
    let verifier = CoreIdTokenVerifier::new_public_client(
        ClientId::new("usher".to_owned()),
        IssuerUrl::new(ISSUER.to_owned()).unwrap(),
        keys,
    );
    let token: CoreIdToken = body["id_token"].as_str().unwrap().parse().unwrap();
    let claims = token
        .claims(&verifier, &Nonce::new("a-nonce".to_owned()))
        .unwrap();
    assert_eq!(claims.email_verified(), Some(true));
    assert!(claims.auth_time().is_some());

    let access = body["access_token"].as_str().unwrap();
    let request = TestRequest::get()
        .uri("/userinfo")
        .insert_header(("Authorization", format!("Bearer {access}")));
    let info: Value = actix::read_body_json(call(&provider, request).await).await;
    assert_eq!(info["sub"].as_str(), Some(claims.subject().as_str()));
    assert_eq!(info["region"], "emea");
    let request = TestRequest::get()
        .uri("/userinfo")
        .insert_header(("Authorization", "Bearer x"));
    assert_eq!(call(&provider, request).await.status(), StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn the_token_endpoint_refuses_a_wrong_verifier_and_a_used_code() {
    let provider = provider();
    let (_, code) = sign_in(&provider, "host").await;
    let (status, body) = redeem(&provider, SECRET, &code, "another-verifier").await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::BAD_REQUEST, &"invalid_grant".into())
    );
    // The wrong guess has used the code up.
    let (status, _) = redeem(&provider, SECRET, &code, VERIFIER).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);

    let (_, code) = sign_in(&provider, "host").await;
    assert_eq!(redeem(&provider, SECRET, &code, VERIFIER).await.0, StatusCode::OK);
    let (status, body) = redeem(&provider, SECRET, &code, VERIFIER).await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::BAD_REQUEST, &"invalid_grant".into())
    );
}

#[actix_web::test]
async fn the_token_endpoint_knows_its_client() {
    let provider = provider();
    let (_, code) = sign_in(&provider, "member").await;
    let (status, body) = redeem(&provider, "guess", &code, VERIFIER).await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::UNAUTHORIZED, &"invalid_client".into())
    );
}

#[actix_web::test]
async fn a_second_sign_in_is_silent_unless_the_client_asks_otherwise() {
    let provider = provider();
    let (cookie, _) = sign_in(&provider, "outsider").await;
    let ask = |extra: &'static [(&'static str, &'static str)], cookie: &str| {
        let request = TestRequest::get()
            .uri(&question(extra))
            .insert_header(("Cookie", cookie.to_owned()));
        let provider = provider.clone();
        async move { call(&provider, request).await }
    };
    let url = back(&ask(&[], &cookie).await);
    assert!(parameter(&url, "code").is_some());
    assert_eq!(parameter(&url, "state").as_deref(), Some("a-state"));
    assert_eq!(parameter(&url, "iss").as_deref(), Some(ISSUER));
    for prompt in ["login", "select_account"] {
        let answer = match prompt {
            "login" => ask(&[("prompt", "login")], &cookie).await,
            _ => ask(&[("prompt", "select_account")], &cookie).await,
        };
        assert_eq!(answer.status(), StatusCode::OK, "{prompt} was silent");
    }
    assert_eq!(ask(&[], "acme_staff=x").await.status(), StatusCode::OK);
    let url = back(&ask(&[("prompt", "none")], "a=b").await);
    assert_eq!(parameter(&url, "error").as_deref(), Some("login_required"));

    let out = TestRequest::get()
        .uri(&format!(
            "/sign-out?{}",
            form(&[("post_logout_redirect_uri", SIGNED_OUT), ("state", "s")])
        ))
        .insert_header(("Cookie", cookie.clone()));
    assert_eq!(
        back(&call(&provider, out).await).as_str(),
        format!("{SIGNED_OUT}?state=s")
    );
    assert_eq!(ask(&[], &cookie).await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn only_a_whole_request_of_the_known_client_is_answered() {
    let provider = provider();
    for extra in [
        [("client_id", "another")],
        [("redirect_uri", "http://127.0.0.1:4712/elsewhere")],
    ] {
        let answer = call(&provider, TestRequest::get().uri(&question(&extra))).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    }
    for (extra, error) in [
        ([("response_type", "token")], "unsupported_response_type"),
        ([("scope", "profile")], "invalid_scope"),
        ([("code_challenge_method", "plain")], "invalid_request"),
    ] {
        let url = back(&call(&provider, TestRequest::get().uri(&question(&extra))).await);
        assert_eq!(parameter(&url, "error").as_deref(), Some(error));
        assert_eq!(parameter(&url, "iss").as_deref(), Some(ISSUER));
    }
}

#[actix_web::test]
async fn discovery_says_what_a_client_must_know() {
    let answer = call(
        &provider(),
        TestRequest::get().uri("/.well-known/openid-configuration"),
    )
    .await;
    let metadata: Value = actix::read_body_json(answer).await;
    assert_eq!(metadata["issuer"], ISSUER);
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    assert_eq!(
        metadata["code_challenge_methods_supported"],
        serde_json::json!(["S256"])
    );
    assert_eq!(metadata["end_session_endpoint"], format!("{ISSUER}/sign-out"));
}
