//! What operators see: health, metrics, logs, limits, signals.

use serde_json::Value;

use crate::harness::log::Log;
use crate::harness::{Lie, Request, SUPPORT, World, lying};

#[test]
fn lesson_42_health_and_metrics_are_on_their_own_port_only() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    for path in ["/healthz", "/readyz", "/metrics"] {
        nobody.get(path).expect(404);
        world.usher.ops(path).expect(200);
        world.usher.ops(&format!("{path}/")).expect(404);
    }
    world.usher.ops("/").expect(404);
    world.usher.ops("/launch/townhall").expect(404);
}

#[test]
fn c_43_readiness_tells_providers_and_keys() {
    let world = World::start();
    let ready = world.usher.ops("/readyz").expect(200).json();
    assert!(ready.to_string().contains("work"), "{ready}");
    assert!(ready.to_string().contains("townhall"), "{ready}");
}

#[test]
fn launches_denials_and_sign_ins_are_counted() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    ada.get("/launch/townhall").expect(302);
    ada.get(SUPPORT).expect(302);
    world.signed_in("eve").get("/launch/townhall").expect(403);
    let page = world.usher.ops("/metrics").expect(200).text();
    let launches = world.usher.metric("usher_launches_total", &["app=\"townhall\"", "outcome=\"ok\""]);
    assert!((launches - 2.0).abs() < 0.1, "{page}");
    assert!(!page.contains("ada@example.com") && !page.contains("Ada"), "people in metrics");
}

#[test]
fn lesson_40_s_335_every_line_is_json_and_every_request_has_its_reference() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let answer = ada.get("/launch/townhall").expect(302);
    let launch = world.usher.logged("launch");
    assert_eq!(launch["request_id"].as_str(), answer.header("X-Request-Id"));
    assert_eq!(launch["app"], "townhall");
    let text = world.usher.log.text();
    for line in Log::lines(&text) {
        assert!(!line.to_string().contains("customer="), "a query in the log: {line}");
    }
    let text_lines = text.lines().filter(|line| !line.is_empty()).count();
    let json_lines = Log::lines(&text).len();
    assert!(text_lines - json_lines <= 12, "only the start-up summary is prose:\n{text}");
}

#[test]
fn lesson_41_a_launch_with_parameters_leaves_none_of_them_in_the_log() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    ada.get("/launch/support?customer=canary-person@example.org").expect(302);
    ada.get("/launch/support?customer=canary-nonsense").expect(400);
    world.usher.logged("launch");
    assert!(!world.usher.log.text().contains("canary-person"));
    assert!(!world.usher.log.text().contains("canary-nonsense"));
}

#[test]
fn s_369_c_54_too_many_launches_are_429() {
    let world = World::with(|settings| {
        settings.set("[limits]", "launches_per_minute", "3");
    });
    let mut ada = world.signed_in("ada");
    for _ in 0..3 {
        ada.get("/launch/townhall").expect(302);
    }
    let refused = ada.get("/launch/townhall").expect(429);
    let wait: u32 = refused.header("Retry-After").expect("Retry-After").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(refused.header("Location").is_none());
    world.signed_in("bob").get("/launch/townhall").expect(302);
    assert_eq!(world.usher.audited("launch").len(), 4);
}

#[test]
fn a_limit_of_zero_is_none() {
    let world = World::with(|settings| {
        settings.set("[limits]", "launches_per_minute", "0");
    });
    let mut ada = world.signed_in("ada");
    for _ in 0..70 {
        ada.get("/launch/townhall").expect(302);
    }
}

#[test]
fn c_20_failed_callbacks_of_an_address_are_limited_and_good_ones_are_not() {
    let world = crate::harness::Lying::with(Lie::none(), crate::harness::How::default(), |settings| {
        settings.set("[limits]", "sign_ins_per_minute", "3");
    });
    for _ in 0..6 {
        let mut good = world.usher.browser();
        world.sign_in(&mut good, "honest").expect(200);
        assert!(good.is_signed_in());
    }
    let mut bad = world.usher.browser();
    for _ in 0..3 {
        bad.get("/auth/callback/honest?code=a&state=b").expect(400);
    }
    let refused = bad.get("/auth/callback/honest?code=a&state=b").expect(429);
    assert!(refused.header("Retry-After").is_some());
}

#[test]
fn a_term_ends_the_process_in_peace() {
    let mut world = World::start();
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    world.usher.stop();
    let text = world.usher.log.text();
    assert!(!text.contains("panicked"), "{text}");
}

#[test]
fn a_trace_of_everything_at_once_holds_no_secret() {
    // S-300 itself runs whenever a gateway ends; here every kind of secret has gone through one.
    let world = lying(Lie::none());
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    ada.get("/launch/townhall").expect(302);
    ada.get("/launch/support?customer=grace@example.org").expect(302);
    ada.send(Request::get("/auth/callback/honest?code=canary-code-1234&state=canary-state-1234"));
    let confirm = ada.get("/auth/logout").expect(200);
    ada.submit(&confirm, []);
    let found = world.usher.secrets.found_in("x canary-code-1234 y");
    assert_eq!(found.len(), 1, "the scan itself sees what it looks for");
    let lines: Vec<Value> = Log::lines(&world.usher.log.text());
    assert!(lines.len() > 5, "there is a log to look through");
}
