mod golden;
mod limits;
mod rules;
mod stated;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::*;
use crate::audit::Receipt;
use crate::config::tests::{COBROWSE, FRAMEABLE, file, loaded};
use crate::config::{Config, Loaded};
use crate::delivery::{Answer, Launch, Part, answer, hand_over};
use crate::identity::Groups;
use crate::types::{Email, Issuer, ProviderId, Subject};

fn app(vendor: &str, extra: &str) -> Config {
    let Loaded { config, .. } = loaded(&file("", &format!("{vendor}{extra}")));
    config
}

fn ada(claims: Value) -> Identity {
    let Value::Object(claims) = claims else {
        unreachable!("tests write objects")
    };
    Identity {
        provider: ProviderId::parse("work").unwrap(),
        issuer: Issuer::parse("https://login.example.com").unwrap(),
        subject: Subject::parse("1").unwrap(),
        email: Email::parse("ada@example.com").ok(),
        email_verified: true,
        groups: Groups::Known(vec!["staff".into(), "comms".into()]),
        auth_time: None,
        acr: None,
        claims,
    }
}

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(1_800_000_000_700_000_000).unwrap()
}

fn claims(config: &Config, identity: &Identity) -> Result<Map<String, Value>, Refusal> {
    prepare(&config.apps[0], identity, &Params::default(), now()).map(|made| made.claims().as_map().clone())
}

/// The whole way but the record.
fn mint(app: &App, identity: &Identity) -> Result<Minted, Refusal> {
    mint_with(app, identity, &Params::default(), None)
}

fn mint_with(
    app: &App,
    identity: &Identity,
    params: &Params,
    session_id: Option<&str>,
) -> Result<Minted, Refusal> {
    let granted = grant(app, identity, params, now())?;
    granted.prepare(session_id, now())?.sign(app)
}

#[test]
fn c_4_a_policy_value_that_is_missing_empty_or_odd_refuses_and_is_named() {
    let config = app(
        COBROWSE,
        "role = \"agent\"\npolicy = { version = 3, sessions = {}, devices = { custom_data = { region = \"{{ user.claims.region }}\" } } }",
    );
    let claim = "policy.devices.custom_data.region".to_owned();
    for (value, failed) in [
        (json!({}), false),
        (json!({ "region": null }), false),
        (json!({ "region": " " }), false),
        (json!({ "region": [] }), true),
        (json!({ "region": "a\u{202e}b" }), true),
    ] {
        let error = match claims(&config, &ada(value)) {
            Err(Refusal::Claims(error)) => error,
            other => panic!("{other:?}"),
        };
        let claim = claim.clone();
        assert_eq!(
            error,
            if failed {
                ClaimError::Failed { claim }
            } else {
                ClaimError::Missing { claim }
            }
        );
    }
}

#[test]
fn s_323_cobrowse_takes_verified_addresses_only() {
    let config = app(COBROWSE, "");
    let mut unverified = ada(json!({ "email_verified": "true" }));
    unverified.email_verified = false;
    assert_eq!(
        claims(&config, &unverified).unwrap_err().code(),
        "claims.email_unverified"
    );
    let mut absent = ada(json!({}));
    absent.email = None;
    assert_eq!(
        claims(&config, &absent).unwrap_err().code(),
        "claims.email_unverified"
    );
}

#[test]
fn s_317_a_required_name_that_is_empty_after_cleaning_refuses() {
    let config = app(FRAMEABLE, "");
    for odd in [
        json!({ "name": "\u{202e}\n" }),
        json!({ "name": ["Ada"] }),
        json!({ "name": 7 }),
        json!({}),
    ] {
        assert_eq!(claims(&config, &ada(odd)).unwrap_err().code(), "claims.missing");
    }
}

#[test]
fn s_320_claims_of_the_person_never_replace_the_tokens_own() {
    let config = app(COBROWSE, "");
    let identity = ada(json!({
        "name": "Ada", "exp": 1, "iss": "x", "aud": "x", "sub": "x", "role": "administrator", "policy": {}
    }));
    let made = claims(&config, &identity).unwrap();
    assert_eq!(made["exp"], 1_800_000_300);
    assert_eq!((&made["iss"], &made["role"]), (&json!("k1"), &json!("agent")));
    assert!(!made.contains_key("policy"));
}

#[test]
fn lesson_33_the_token_is_what_was_prepared_and_an_independent_library_verifies_it() {
    let config = app(FRAMEABLE, "kid = \"k-1\"\n");
    let app = &config.apps[0];
    let identity = ada(json!({ "name": "Ada" }));
    let prepared = prepare(app, &identity, &Params::default(), now()).unwrap();
    let minted = mint(app, &identity).unwrap();
    let length = prepared.token_length();
    let facts = minted.token.facts().clone();
    assert_eq!(facts.expires_at.unwrap() - facts.issued_at, app.ttl);
    let receipt = Receipt::after_commit(minted.token, Uuid::now_v7());
    let launch = hand_over(receipt, &minted.address.unwrap(), &app.delivery).unwrap();
    let Launch::Redirect(location) = launch else {
        panic!("it is a redirect")
    };
    let token = location
        .expose_secret()
        .strip_prefix("https://acme.frameable.com/events/e?token=")
        .unwrap();
    assert_eq!(token.len(), length);
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    let key = DecodingKey::from_rsa_pem(app.key.public().unwrap().pem().as_bytes()).unwrap();
    let decoded = decode::<Map<String, Value>>(token, &key, &validation).unwrap();
    assert_eq!(&decoded.claims, prepared.claims().as_map());
    assert_eq!(decoded.header.kid.as_deref(), Some("k-1"));
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    let hex: String = hash
        .as_ref()
        .iter()
        .flat_map(|b| [b >> 4, b & 15])
        .filter_map(|d| char::from_digit(d.into(), 16))
        .collect();
    assert_eq!(facts.sha256, hex);
}

#[test]
fn the_token_api_answers_with_the_members_that_the_vendor_names() {
    let config = app(FRAMEABLE, "");
    let app = &config.apps[0];
    let minted = mint(app, &ada(json!({ "name": "Ada" }))).unwrap();
    let members = Answer::of([
        ("jwt", Part::Token),
        ("expiresAt", Part::ExpiresAt),
        ("link", Part::Address),
        ("page", Part::PlainAddress),
        ("who", Part::Claim("displayName".to_owned())),
        ("none", Part::Claim("twitter".to_owned())),
        ("region", Part::Constant(json!(["eu"]))),
    ]);
    let receipt = Receipt::after_commit(minted.token, Uuid::now_v7());
    let Launch::Json(body) = answer(
        receipt,
        &members,
        &app.delivery,
        minted.address.as_ref(),
        minted.claims.as_map(),
    )
    .unwrap() else {
        panic!("an answer is JSON")
    };
    let body: Map<String, Value> = serde_json::from_str(body.expose_secret()).unwrap();
    let names: Vec<_> = body.keys().map(String::as_str).collect();
    assert_eq!(names, ["jwt", "expiresAt", "link", "page", "who", "region"]);
    let link = format!(
        "https://acme.frameable.com/events/e?token={}",
        body["jwt"].as_str().unwrap()
    );
    assert_eq!(body["link"], link);
    assert_eq!(body["page"], "https://acme.frameable.com/events/e");
    assert_eq!(body["expiresAt"], "2027-01-15T08:05:00Z");
    assert_eq!((&body["who"], &body["region"]), (&json!("Ada"), &json!(["eu"])));
}

#[test]
fn s_220_no_token_is_made_that_could_not_leave() {
    let config = app(
        FRAMEABLE,
        &format!(
            "user_profile = [{}]",
            "[\"k\", \"{{ user.claims.v }}\"],".repeat(20)
        ),
    );
    let identity = ada(json!({ "name": "Ada", "v": "v".repeat(256) }));
    let refusal = mint(&config.apps[0], &identity).err().unwrap();
    assert_eq!(refusal.code(), "delivery.too_long");
}

#[test]
fn c_16_personas_run_through_the_same_mint() {
    let tests = "[[test]]\nas = { email = \"ada@example.com\", email_verified = true, name = \"Ada\", groups = [\"staff\"] }\napp = \"a\"\nexpect = { allowed = true, claims = { displayName = \"Ada\" } }\n\
        [[test]]\nas = { name = \"Eve\", groups = [] }\napp = \"a\"\nexpect = { allowed = false, reason = \"access.not_allowed\" }\n\
        [[test]]\nas = { name = \"Eve\", groups = [] }\napp = \"a\"\nexpect = { allowed = true }\n";
    let app = FRAMEABLE.replace("everyone", "group:staff");
    let Loaded { config, tests, .. } = loaded(&(file("", &app) + tests));
    let results: Vec<_> = tests
        .iter()
        .map(|test| crate::cli::check::persona(&config, test, now()))
        .collect();
    assert_eq!(results[0], Ok(()));
    assert_eq!(results[1], Ok(()));
    assert!(results[2].as_ref().unwrap_err().contains("access.not_allowed"));
}
