//! What strangers send to `POST /auth/backchannel-logout/{provider}`, and that nothing comes of it.

use serde_json::{Value, json};

use crate::harness::lie::{Rotation, edit};
use crate::harness::logout_token::{EVENT, elliptic, invalid, is_in, logout_request};
use crate::harness::server::Answer;
use crate::harness::{How, Lie, Lying, Request, keys, lying, token_in};

#[test]
fn s_025_to_s_031_s_154_to_s_157_wrong_tokens_end_nothing() {
    let (jwk, sign) = elliptic();
    let world = lying(Lie::naming_sessions().about_keys(move |answer: &mut Answer| {
        edit(answer, |v| v["keys"].as_array_mut().unwrap().push(jwk.clone()));
    }));
    let mut ada = world.ada_at("lie");
    let honest = || world.logout_token();
    let now = world.liar.now();
    let foobar = format!("{EVENT}/foobar");
    let public = keys::key(keys::PROVIDER).public_pem();
    let hmac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, public.as_bytes());
    let hs256 = |message: &[u8]| aws_lc_rs::hmac::sign(&hmac, message).as_ref().to_vec();
    let cases: Vec<(&str, String)> = vec![
        ("alg_not_allowed", honest().header("alg", "none").text()), // S-025
        ("no_event", honest().without("events").text()),            // S-026
        ("nonce_present", honest().set("nonce", "n").text()),       // S-027
        (
            "alg_not_allowed",
            honest().header("alg", "ES256").header("kid", "e0").signed(&sign),
        ), // S-028
        ("aud_mismatch", honest().appending("aud", "INVALID").text()), // S-029
        ("no_event", honest().set("events", json!({ foobar: {} })).text()), // S-030
        ("iss_mismatch", honest().appending("iss", "INVALID").text()), // S-031
        (
            "iss_mismatch",
            honest().set("iss", world.liar.issuer("honest")).text(),
        ),
        ("alg_not_allowed", honest().header("alg", "HS256").signed(hs256)), // S-343
        ("signature_invalid", honest().by(keys::STRANGER).text()),
        (
            "key_unknown",
            honest().by(keys::STRANGER).header("kid", "stranger").text(),
        ),
        ("exp_missing", honest().without("exp").text()),
        ("expired", honest().set("exp", now - 61).text()),
        ("iat_missing", honest().without("iat").text()),
        ("iat_out_of_range", honest().set("iat", now - 700).text()),
        ("no_event", honest().set("events", json!({ EVENT: 1 })).text()), // S-155
        ("no_event", honest().set("events", json!([EVENT])).text()),
        ("nonce_present", honest().set("nonce", Value::Null).text()), // S-156
        (
            "sub_and_sid_missing",
            honest().without("sub").without("sid").text(),
        ),
        ("jti_missing", honest().without("jti").text()),
        ("malformed", honest().header("typ", "at+jwt").text()), // S-157
        ("malformed", honest().header("typ", "application/jwt").text()),
        ("malformed", honest().header("crit", json!(["exp"])).text()),
        ("malformed", "not a token".to_owned()),
        ("malformed", String::new()),
    ];
    for (reason, token) in cases {
        let answer = world.log_out_by(&token);
        invalid(&answer);
        let refused = world
            .usher
            .log
            .wait_for(std::time::Duration::from_secs(5), |text| {
                crate::harness::log::Log::lines(text).into_iter().find(|line| {
                    line["event"] == "sign_out.refused"
                        && line["request_id"].as_str() == answer.header("X-Request-Id")
                })
            });
        let said = refused.expect("a line in the log");
        assert_eq!(said["reason"], format!("logout_token.{reason}"), "{token}");
    }
    is_in(&mut ada, true);
    assert!(world.usher.audited("sign_out").is_empty());
    world.log_out(&honest()).expect(200);
    is_in(&mut ada, false);
}

#[test]
fn s_179_s_342_tokens_of_another_kind_are_no_logout_tokens() {
    let world = lying(Lie::naming_sessions().ending_sessions());
    let mut ada = world.ada_at("lie");
    let launch = ada.get("/launch/townhall").expect(302);
    invalid(&world.log_out_by(&token_in(launch.location())));

    // Her own ID token, which the sign-out of another browser hands to that browser.
    let mut other = world.ada_at("lie");
    let confirm = other.get("/auth/logout").expect(200);
    let over = other.submit_once(&confirm, []).expect(303);
    let to = url::Url::parse(over.location()).unwrap();
    let (_, id_token) = to
        .query_pairs()
        .find(|(name, _)| name == "id_token_hint")
        .unwrap();
    invalid(&world.log_out_by(&id_token));
    world.usher.logged("logout_token.no_event");
    is_in(&mut ada, true);
}

#[test]
fn s_153_s_162_requests_that_are_none() {
    let world = lying(Lie::naming_sessions());
    let mut ada = world.ada_at("lie");
    let token = world.logout_token().text();
    world.usher.secrets.add_token("a logout token", &token);
    let path = "/auth/backchannel-logout/lie";
    let send = |request: Request| world.usher.browser().send(request.without_fetch_metadata());
    let honest = || logout_request(&token);
    invalid(&send(honest().header("Content-Type", "application/json")));
    invalid(&send(honest().header("Content-Type", "text/plain")));
    invalid(&send(honest().without("Content-Type")));
    invalid(&send(honest().body(String::new())));
    invalid(&send(
        honest().body(format!("logout_token={token}&logout_token={token}")),
    ));
    invalid(&send(honest().body(format!("logout_token={token}%ff"))));
    send(honest().body(format!("logout_token={token}&filler={}", "x".repeat(16 * 1024)))).expect(413);
    for method in ["GET", "HEAD", "PUT", "DELETE"] {
        assert_eq!(send(Request::new(method, path)).status, 405, "{method}");
    }
    send(Request::form(
        "/auth/backchannel-logout/nobody",
        [("logout_token", token.as_str())],
    ))
    .expect(404);
    is_in(&mut ada, true);
}

#[test]
fn s_360_c_54_a_flood_of_bad_tokens_fetches_no_keys_and_stops_no_good_one() {
    let world = lying(Lie::naming_sessions());
    let mut ada = world.ada_at("lie");
    let fetched = world.liar.asked("lie", "jwks");
    let mut statuses = Vec::new();
    for number in 0..200 {
        let token = world
            .logout_token()
            .by(keys::STRANGER)
            .header("kid", format!("kid-{number}"));
        let answer = world.log_out(&token);
        if answer.status == 429 {
            let wait: u32 = answer
                .header("Retry-After")
                .expect("Retry-After")
                .parse()
                .unwrap();
            assert!((1..=60).contains(&wait));
        }
        statuses.push(answer.status);
    }
    assert!(statuses.iter().all(|status| [400, 429].contains(status)));
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 60);
    let refetched = world.liar.asked("lie", "jwks") - fetched;
    assert!(refetched <= 4, "{refetched} fetches");
    assert_eq!(world.liar.asked("lie", ".well-known/openid-configuration"), 1);
    is_in(&mut ada, true);
    world.log_out(&world.logout_token()).expect(200);
    is_in(&mut ada, false);
}

#[test]
fn s_019_s_162_a_flood_does_not_keep_new_keys_from_sign_ins() {
    let world = lying(Lie::naming_sessions().rotating(Rotation::AtLaterAuthorize));
    world.ada_at("lie");
    for number in 0..6 {
        let token = world
            .logout_token()
            .by(keys::STRANGER)
            .header("kid", format!("kid-{number}"));
        world.log_out(&token).expect(400);
    }
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "lie").expect(200);
    assert!(ada.is_signed_in(), "{}", world.usher.log.text());
}

#[test]
fn c_54_a_flood_does_not_keep_people_from_signing_out() {
    let world = Lying::with(Lie::naming_sessions(), How::default(), |settings| {
        settings.set("[limits]", "logouts_per_minute", "2");
    });
    let mut ada = world.ada_at("lie");
    for status in [400, 400, 429] {
        world.log_out_by("nonsense").expect(status);
    }
    let confirm = ada.get("/auth/logout").expect(200);
    ada.submit_once(&confirm, []).expect(303);
}
