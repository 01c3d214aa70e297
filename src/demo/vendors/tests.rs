use std::sync::{Arc, OnceLock};

use actix_web::http::StatusCode;
use actix_web::{App, test as actix, web};
use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::verify::{Refusal, Verifier};
use super::vonage::Connection;
use super::{Bit6, Board, Cobrowse, Frameable, HelpDesk, Quoted, SoulMachines, Vonage};
use crate::clock::{Clock as _, SystemClock};
use crate::demo::keys::DemoKey;
use crate::demo::settings::Settings;
use crate::demo::vendors::frameable::Guest;

fn keys() -> &'static [DemoKey; 2] {
    static KEYS: OnceLock<[DemoKey; 2]> = OnceLock::new();
    KEYS.get_or_init(|| DemoKey::generate_many().unwrap())
}

fn now() -> i64 {
    SystemClock.now().unix_timestamp()
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

fn signed(key: &DemoKey, claims: &Value) -> String {
    let input = unsigned(&json!({ "alg": "RS256", "typ": "JWT" }), claims);
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn event_claims() -> Value {
    json!({
        "displayName": "Maya <b>Okafor</b>",
        "email": "maya@acme.example",
        "userProfile": [["organization", "Acme"]],
        "roles": ["host"],
        "iat": now(),
        "exp": now() + 300,
    })
}

fn agent_claims() -> Value {
    json!({
        "iat": now(), "exp": now() + 300, "aud": "https://cobrowse.io", "iss": "licence",
        "sub": "maya@acme.example", "displayName": "Maya Okafor", "role": "agent",
        "policy": { "version": 3, "sessions": {}, "devices": { "custom_data": { "region": "emea" } } },
    })
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

fn without(mut claims: Value, name: &str) -> Value {
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn event() -> Verifier {
    Verifier::new(&keys()[0].public_pem().unwrap()).unwrap()
}

fn account() -> Verifier {
    event().for_account("https://cobrowse.io", "licence")
}

fn refused(verifier: &Verifier, token: &str) -> Refusal {
    verifier.check(Some(token)).expect_err("the token was taken")
}

#[test]
fn c_46_a_token_is_checked_with_the_public_key_alone() {
    let token = event().check(Some(&signed(&keys()[0], &event_claims()))).unwrap();
    assert_eq!(token.header["alg"], "RS256");
    assert_eq!(Guest::of(&token).unwrap().roles, ["host"]);
    assert!(
        account()
            .check(Some(&signed(&keys()[0], &agent_claims())))
            .is_ok()
    );
}

#[test]
fn an_hmac_keyed_with_the_public_key_is_refused() {
    let pem = keys()[0].public_pem().unwrap();
    let input = unsigned(&json!({ "alg": "HS256", "typ": "JWT" }), &event_claims());
    let key = hmac::Key::new(hmac::HMAC_SHA256, pem.as_bytes());
    let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&key, input.as_bytes()));
    assert_eq!(refused(&event(), &format!("{input}.{tag}")), Refusal::Algorithm);
}

#[test]
fn an_unsigned_token_is_refused() {
    let input = unsigned(&json!({ "alg": "none", "typ": "JWT" }), &event_claims());
    assert_eq!(refused(&event(), &format!("{input}.")), Refusal::Malformed);
    assert_eq!(refused(&event(), &input), Refusal::Malformed);
    assert_eq!(refused(&event(), ""), Refusal::Absent);
    assert_eq!(event().check(None).unwrap_err(), Refusal::Absent);
}

#[test]
fn another_events_key_does_not_open_this_one() {
    assert_eq!(
        refused(&event(), &signed(&keys()[1], &event_claims())),
        Refusal::Signature
    );
}

#[test]
fn an_expired_token_is_refused_at_once() {
    let late = with(event_claims(), "exp", json!(now() - 1));
    assert_eq!(refused(&event(), &signed(&keys()[0], &late)), Refusal::Expired);
    let endless = without(event_claims(), "exp");
    assert_eq!(
        refused(&event(), &signed(&keys()[0], &endless)),
        Refusal::Missing("exp".to_owned())
    );
}

#[test]
fn an_account_takes_only_its_own_audience_and_licence() {
    let other = with(agent_claims(), "aud", json!("https://cobrowse.example"));
    assert_eq!(
        refused(&account(), &signed(&keys()[0], &other)),
        Refusal::Audience
    );
    let other = with(agent_claims(), "iss", json!("another"));
    assert_eq!(refused(&account(), &signed(&keys()[0], &other)), Refusal::Issuer);
    for claim in ["aud", "iss", "sub", "exp"] {
        let token = signed(&keys()[0], &without(agent_claims(), claim));
        assert_eq!(refused(&account(), &token), Refusal::Missing(claim.to_owned()));
    }
}

#[test]
fn a_guest_needs_a_name_and_well_formed_claims() {
    for claims in [
        without(event_claims(), "displayName"),
        with(event_claims(), "displayName", json!("  ")),
        with(event_claims(), "displayName", json!(7)),
        with(event_claims(), "userProfile", json!({ "organization": "Acme" })),
        with(event_claims(), "userProfile", json!([["organization"]])),
        with(event_claims(), "roles", json!("host")),
        with(event_claims(), "roles", json!(["admin"])),
    ] {
        let token = event().check(Some(&signed(&keys()[0], &claims))).unwrap();
        assert!(Guest::of(&token).is_err(), "{claims} was taken");
    }
}

#[test]
fn an_agents_policy_closes_what_it_does_not_name() {
    use super::cobrowse::Agent;
    let agent = |claims: &Value| Agent::of(&account().check(Some(&signed(&keys()[0], claims))).unwrap());
    let found = agent(&agent_claims()).unwrap();
    assert!(found.devices);
    assert_eq!(found.only, [("region".to_owned(), "emea".to_owned())]);
    let closed = with(agent_claims(), "policy", json!({ "version": 3, "sessions": {} }));
    assert!(!agent(&closed).unwrap().devices);
    assert!(agent(&with(agent_claims(), "role", json!("owner"))).is_err());
    assert!(agent(&with(agent_claims(), "sub", json!("maya"))).is_err());
    assert_eq!(
        agent(&with(agent_claims(), "role", Value::Null)).unwrap().role,
        None
    );
}

fn quoted() -> Quoted {
    Arc::new(Settings::new(&[]))
}

/// One of each vendor.
fn stand_ins(routes: &mut web::ServiceConfig) {
    let pem = || keys()[0].public_pem().unwrap();
    let events = [("townhall", "Town hall", pem())];
    let secret = "a secret of thirty-two characters".into();
    let origin = "http://localhost:1";
    routes
        .app_data(web::Data::new(Frameable::new(events, quoted()).unwrap()))
        .app_data(web::Data::new(
            Cobrowse::new("licence", &pem(), quoted()).unwrap(),
        ))
        .app_data(web::Data::new(Vonage::new(&pem(), quoted()).unwrap()))
        .app_data(web::Data::new(SoulMachines::new(&secret, 1, quoted())))
        .app_data(web::Data::new(Bit6::new(&secret, origin, quoted())))
        .app_data(web::Data::new(HelpDesk::new(&secret, origin, quoted())))
        .app_data(web::Data::new(Board::new(&secret, quoted())));
}

async fn visit(path: &str, cookie: Option<&str>) -> (StatusCode, String) {
    at(Frameable::configure, path, cookie).await
}

type Site = fn(&mut web::ServiceConfig);

async fn at(site: Site, path: &str, cookie: Option<&str>) -> (StatusCode, String) {
    let app = actix::init_service(App::new().configure(stand_ins).configure(site)).await;
    let mut request = actix::TestRequest::get().uri(path);
    if let Some(cookie) = cookie {
        request = request.insert_header(("Cookie", cookie));
    }
    let answer = actix::call_service(&app, request.to_request()).await;
    assert_eq!(answer.headers().get("cache-control").unwrap(), "no-store");
    assert_eq!(answer.headers().get("referrer-policy").unwrap(), "no-referrer");
    let status = answer.status();
    let body = actix::read_body(answer).await;
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[actix_web::test]
async fn a_lobby_shows_each_claim_with_its_origin_and_escapes_it() {
    let token = signed(&keys()[0], &event_claims());
    let (status, body) = visit(&format!("/events/townhall?token={token}"), None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!body.contains("<b>Okafor"));
    for shown in [
        "displayName",
        "userProfile",
        "usher.toml:",
        "array of pairs",
        "ends at",
    ] {
        assert!(body.contains(shown), "{shown} is not on the page");
    }
    let (status, body) = visit("/events/townhall", None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(body.contains("jwt must be provided"));
    assert_eq!(
        visit("/events/other?token=x", None).await.0,
        StatusCode::NOT_FOUND
    );
}

#[actix_web::test]
async fn c_46_a_cookie_of_the_gateway_is_an_error_here() {
    for cookie in ["usher=x", "a=b; usher-login-1=x", "__Host-usher=x"] {
        for path in ["/events/townhall", "/elsewhere"] {
            let (status, _) = visit(path, Some(cookie)).await;
            assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{cookie} at {path}");
        }
        let others: [(Site, &str, &str); 6] = [
            (Cobrowse::configure, "/dashboard", "cobrowse"),
            (Vonage::configure, "/connect", "vonage"),
            (SoulMachines::configure, "/?access_token=x", "soul"),
            (Bit6::configure, "/client", "bit6"),
            (HelpDesk::configure, "/access/jwt", "desk"),
            (Board::configure, "/embed/dashboard/x", "board"),
        ];
        for (site, path, name) in others {
            let (status, body) = at(site, path, Some(cookie)).await;
            assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{cookie} at {path}");
            let livery = format!("<body class=\"{name}\">");
            assert!(body.contains(&livery), "the page is another vendor's");
        }
    }
    let (status, _) = visit("/events/townhall", Some("acme_staff=x")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn a_console_shows_only_what_policy_and_filter_leave() {
    let token = signed(&keys()[0], &agent_claims());
    let (status, body) = at(Cobrowse::configure, &format!("/dashboard?token={token}"), None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("grace@example.com") && body.contains("lucia@example.com"));
    assert!(!body.contains("walter@example.com"), "he is in another region");
    let path = format!("/connect?filter_user_email=grace%40example.com&navigation=none&token={token}");
    let (status, body) = at(Cobrowse::configure, &path, None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("grace@example.com") && !body.contains("lucia@example.com"));
    assert!(!body.contains("Dashboard"), "navigation=none");
}

#[actix_web::test]
async fn c_31_a_console_that_waits_for_messages_reads_no_address_and_may_be_framed() {
    let token = signed(&keys()[0], &agent_claims());
    let path = format!("/dashboard?token_source=postMessage&token={token}");
    let (status, body) = at(Cobrowse::configure, &path, None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        body.contains("Waiting for a token") && !body.contains("example.com"),
        "{body}"
    );
    let (status, body) = at(Cobrowse::configure, "/api/1/users/me", None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(body.contains("jwt must be provided"), "{body}");
}

#[test]
fn s_471_a_rest_token_makes_sessions_and_opens_none() {
    use crate::demo::settings::APPLICATION_ID;
    let vonage = Vonage::new(&keys()[0].public_pem().unwrap(), quoted()).unwrap();
    let rest = json!({
        "application_id": APPLICATION_ID, "jti": "1", "iat": now(), "exp": now() + 60,
    });
    let token = |claims: &Value| signed(&keys()[0], claims);
    let session = vonage.create(Some(&token(&rest))).unwrap();
    let connect = |claims: &Value| {
        let joined = vonage.connect(&Connection {
            application_id: APPLICATION_ID.to_owned(),
            session_id: session.clone(),
            token: token(claims),
        });
        joined.map(|joined| joined.name)
    };
    assert_eq!(connect(&rest), Err(Refusal::Missing("sub".to_owned())));

    let mut client = rest;
    for (name, value) in [
        ("sub", json!("video")),
        ("scope", json!("session.connect")),
        ("acl", json!({ "paths": { "/session/**": {} } })),
        ("session_id", json!(session)),
        ("role", json!("publisher")),
        ("connection_data", json!("Maya Okafor")),
    ] {
        client = with(client, name, value);
    }
    assert_eq!(connect(&client), Ok("Maya Okafor".to_owned()));
    assert!(
        vonage.create(Some(&token(&client))).is_err(),
        "it would be a root token"
    );
    for claim in ["acl", "scope", "session_id", "role", "jti", "application_id"] {
        let refusal = connect(&without(client.clone(), claim)).unwrap_err();
        assert_eq!(refusal, Refusal::Missing(claim.to_owned()));
    }
    let other = with(client.clone(), "session_id", json!("2_another"));
    assert!(connect(&other).is_err(), "a session of somebody else");
    let other = with(client, "application_id", json!("another"));
    assert!(connect(&other).is_err(), "an application of somebody else");
}
