//! `POST /auth/backchannel-logout/{provider}`: the provider ends sessions, and nobody else does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::{Value, json};

use crate::harness::logout_token::{EVENT, LogoutToken, invalid, is_in};
use crate::harness::op::Op;
use crate::harness::{Browser, How, Lie, Lying, Request, World, lying, wire};

/// Signs out at the provider itself; the gateway's pages are not among the steps.
fn sign_out_at_provider(browser: &mut Browser) {
    let page = browser.go(&format!("{}/session/end", Op::issuer())).expect(200);
    browser.submit(&page, [("logout", "yes")]).expect(200);
}

/// The session that a browser has, in another one: two at the same session of the provider's.
fn second_browser(world: &World, browser: &mut Browser) -> Browser {
    let mut other = world.usher.browser();
    other.plant("usher", browser.cookie("usher").expect("a session"));
    browser.forget_cookies();
    browser.go("/auth/login?provider=work").expect(200);
    assert!(browser.is_signed_in(), "the provider's session goes on");
    other
}

#[test]
fn s_024_s_159_a_sign_out_at_the_provider_ends_the_sessions_of_that_sign_in() {
    let world = World::start();
    let mut laptop = world.signed_in("ada");
    let mut second = second_browser(&world, &mut laptop);
    let mut phone = world.signed_in("ada");
    let mut bob = world.signed_in("bob");
    for browser in [&mut laptop, &mut second, &mut phone] {
        is_in(browser, true);
    }
    sign_out_at_provider(&mut laptop);
    assert_eq!(world.op.logouts(), ["ok"], "the provider was answered 200");
    is_in(&mut laptop, false);
    is_in(&mut second, false);
    is_in(&mut phone, true);
    bob.get("/").expect(200).shows("Bob Babbage");

    let rows = world.usher.audited("sign_out");
    assert_eq!(rows.len(), 2, "{rows:?}");
    for row in rows {
        assert_eq!(row["reason"], "logout.backchannel");
        assert_eq!(row["actor"], "provider");
        assert_eq!(row["sub"], world.op.subject("ada"));
    }
    assert_eq!(world.usher.logged("logout.backchannel")["sessions"], 2);
    let counted = world.usher.metric(
        "usher_logouts_total",
        &[
            "provider=\"work\"",
            "outcome=\"ok\"",
            "reason=\"logout.backchannel\"",
        ],
    );
    assert!((counted - 1.0).abs() < 0.1);
}

#[test]
fn s_159_a_provider_that_names_only_the_person_ends_all_their_sessions() {
    let world = World::start();
    world.op.logs_out_by_person();
    let mut laptop = world.signed_in("ada");
    let mut phone = world.signed_in("ada");
    let mut bob = world.signed_in("bob");
    sign_out_at_provider(&mut laptop);
    assert_eq!(world.op.logouts(), ["ok"]);
    is_in(&mut laptop, false);
    is_in(&mut phone, false);
    bob.get("/").expect(200).shows("Bob Babbage");
}

/// The provider calls while the browser still waits for its page, and ends the others (requirements 2.3).
#[test]
fn s_087_s_160_signing_out_here_ends_the_other_browsers_by_way_of_the_provider() {
    let world = World::start();
    let mut here = world.signed_in("ada");
    let mut other = second_browser(&world, &mut here);
    let confirm = here.get("/auth/logout").expect(200);
    let page = here.submit(&confirm, []).expect(200);
    is_in(&mut other, true);
    here.submit(&page, [("logout", "yes")]).expect(200);
    assert_eq!(world.op.logouts(), ["ok"]);
    is_in(&mut other, false);
    let reasons: Vec<Value> = world
        .usher
        .audited("sign_out")
        .iter()
        .map(|row| row["reason"].clone())
        .collect();
    assert_eq!(reasons, [Value::Null, "logout.backchannel".into()]);
}

#[test]
fn s_153_s_157_what_honest_providers_send() {
    let world = lying(Lie::naming_sessions());
    let honest = || world.logout_token();
    let tokens = [
        honest(),
        honest().set("unknown", json!({ "deep": [1, 2] })),
        honest().set("aud", json!(["usher"])),
        honest().set("events", json!({ EVENT: {}, "urn:other": 1 })),
        honest().without("sub"),
        honest().without("sid"),
        honest().header("typ", Value::Null),
        honest().header("typ", "application/logout+jwt"),
        honest().header("typ", "JWT"),
    ];
    for (token, ahead) in tokens.iter().zip(1..) {
        // A sign-in must be newer than the logouts before it.
        world.liar.set_ahead(ahead);
        let mut ada = world.ada_at("lie");
        let answer = world.log_out(token).expect(200);
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
        assert!(answer.body.is_empty() && answer.set_cookies().is_empty());
        is_in(&mut ada, false);
    }
}

#[test]
fn s_153_only_the_token_counts() {
    let world = lying(Lie::naming_sessions());
    let mut ada = world.ada_at("lie");
    let mut bob = world.usher.browser();
    world.sign_in(&mut bob, "honest").expect(200);
    let token = world.logout_token().text();
    world.usher.secrets.add_token("a logout token", &token);
    let more = [
        ("logout_token", token.as_str()),
        ("state", "x"),
        ("other", "y"),
        ("other", "z"),
    ];
    let form = Request::form("/auth/backchannel-logout/lie", more).without_fetch_metadata();
    let form = form.header("Content-Type", "Application/x-www-form-urlencoded; charset=UTF-8");
    let answer = bob.send(form).expect(200);
    assert!(answer.set_cookies().is_empty());
    is_in(&mut ada, false);
    is_in(&mut bob, true);
}

#[test]
fn s_158_s_378_a_token_acts_once() {
    let world = lying(Lie::naming_sessions());
    let mut first = world.ada_at("lie");
    let token = world.logout_token();
    world.log_out(&token).expect(200);
    is_in(&mut first, false);
    world.liar.set_ahead(2);
    let mut again = world.ada_at("lie");
    invalid(&world.log_out(&token));
    // The same name in another token is a second use as well.
    invalid(&world.log_out(&token.clone().set("iat", world.liar.now())));
    world.usher.logged("logout_token.replayed");
    is_in(&mut again, true);
    assert_eq!(world.usher.audited("sign_out").len(), 1);
}

#[test]
fn s_159_s_378_an_unknown_session_or_issuer_is_answered_and_ends_nothing() {
    let world = lying(Lie::naming_sessions());
    let mut ada = world.ada_at("lie");
    world.log_out(&world.logout_token().set("sid", "s2")).expect(200);
    world
        .log_out(&world.logout_token().without("sid").set("sub", "bob"))
        .expect(200);
    // What the honest provider says of `ada` and `s1` is about its own.
    let honest = LogoutToken::of(&world.liar.issuer("honest"), world.liar.now());
    let form = Request::form(
        "/auth/backchannel-logout/honest",
        [("logout_token", honest.text().as_str())],
    );
    world
        .usher
        .browser()
        .send(form.without_fetch_metadata())
        .expect(200);
    invalid(&world.log_out(&honest));
    is_in(&mut ada, true);
    assert!(world.usher.audited("sign_out").is_empty());
}

/// Where a logout that the liar sends finds the gateway.
static RACE: AtomicU16 = AtomicU16::new(0);

#[test]
fn c_25_s_161_a_logout_during_a_sign_in_wins() {
    let sent = Arc::new(std::sync::Mutex::new(None::<LogoutToken>));
    let waiting = Arc::clone(&sent);
    // The provider issues the ID token, ends the session, and only then answers.
    let world = lying(Lie::naming_sessions().in_token_answer(move |_| {
        if let Some(token) = waiting.lock().unwrap().take() {
            let port = RACE.load(Ordering::SeqCst);
            let body = format!("logout_token={}", token.text());
            let request = format!(
                "POST /auth/backchannel-logout/lie HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let answer = wire::send(port, "/auth/backchannel-logout/lie", request.as_bytes());
            assert_eq!(answer.status, 200);
        }
    }));
    RACE.store(world.usher.port, Ordering::SeqCst);
    // A logout of the same second, or a later one, is not older than the ID token.
    let token = world.logout_token().set("iat", world.liar.now() + 5);
    world.usher.secrets.add_token("a logout token", &token.text());
    *sent.lock().unwrap() = Some(token);
    let mut ada = world.usher.browser();
    let page = world.sign_in(&mut ada, "lie").expect(400);
    assert!(!ada.is_signed_in(), "a session was made");
    page.shows("signed out");
    world.usher.logged("callback.logged_out_meanwhile");
    assert!(world.usher.audited("sign_in").is_empty());
    // Started again, with an ID token that is newer, she gets in.
    world.liar.set_ahead(10);
    world.ada_at("lie");
}

#[test]
fn s_161_what_a_session_had_begun_ends_with_it() {
    let world = Lying::with(Lie::naming_sessions(), How::default(), |settings| {
        settings.set("[apps.townhall]", "confirm", "true");
    });
    let mut ada = world.ada_at("lie");
    let confirm = ada.get("/launch/townhall").expect(200);
    world.log_out(&world.logout_token()).expect(200);
    let answer = ada.submit_once(&confirm, []);
    assert!(
        !answer.headers_named("Location").any(|to| to.contains("token=")),
        "{}",
        answer.status
    );
    assert!(world.usher.audited("launch").is_empty());
}
