//! What operators see: health, metrics, logs, limits, signals.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::log::Log;
use crate::harness::secrets::Secrets;
use crate::harness::usher::Usher;
use crate::harness::world::bare;
use crate::harness::{How, Lie, Lying, Request, SUPPORT, World, lying, wire};

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
    let launches = world
        .usher
        .metric("usher_launches_total", &["app=\"townhall\"", "outcome=\"ok\""]);
    assert!((launches - 2.0).abs() < 0.1, "{page}");
    assert!(
        !page.contains("ada@example.com") && !page.contains("Ada"),
        "people in metrics"
    );
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
        assert!(
            !line.to_string().contains("customer="),
            "a query in the log: {line}"
        );
    }
    let text_lines = text.lines().filter(|line| !line.is_empty()).count();
    let json_lines = Log::lines(&text).len();
    assert!(
        text_lines - json_lines <= 12,
        "only the start-up summary is prose:\n{text}"
    );
}

#[test]
fn lesson_41_a_launch_with_parameters_leaves_none_of_them_in_the_log() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    ada.get("/launch/support?customer=canary-person@example.org")
        .expect(302);
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
    let wait: u32 = refused
        .header("Retry-After")
        .expect("Retry-After")
        .parse()
        .expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(refused.header("Location").is_none());
    ada.get("/launch/townhall").expect(429);
    world.signed_in("bob").get("/launch/townhall").expect(302);
    assert_eq!(world.usher.audited("launch").len(), 4);
    let rows = world.usher.audited("denied");
    assert_eq!(rows.len(), 1, "one for all of a minute");
    assert_eq!(rows[0]["reason"], "rate.limited");
    assert_eq!(rows[0]["reference"].as_str(), refused.header("X-Request-Id"));
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
    ada.send(Request::get(
        "/auth/callback/honest?code=canary-code-1234&state=canary-state-1234",
    ));
    let confirm = ada.get("/auth/logout").expect(200);
    ada.submit(&confirm, []);
    let found = world.usher.secrets.found_in("x canary-code-1234 y");
    assert_eq!(found.len(), 1, "the scan itself sees what it looks for");
    let lines: Vec<Value> = Log::lines(&world.usher.log.text());
    assert!(lines.len() > 5, "there is a log to look through");
}

#[test]
fn c_43_a_gateway_without_apps_is_not_ready() {
    let secrets = Arc::<Secrets>::default();
    let usher = Usher::start(secrets, How::default(), |port| {
        let mut settings = bare(port);
        let body = "issuer = \"http://localhost:1\"\nclient_id = \"usher\"\nauth_method = \"none\"";
        settings.add("[providers.work]", body);
        settings
    });
    let answer = usher.ops("/readyz").expect(503).json();
    assert_eq!(answer["ready"], false);
    assert_eq!(answer["store"], "up");
    usher.ops("/healthz").expect(200);
}

#[test]
fn c_43_a_gateway_that_drains_is_not_ready_and_finishes_what_is_under_way() {
    let (arrived, has_arrived) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let may_go_on = Mutex::new(may_go_on);
    let world = lying(Lie::none().in_token_answer(move |_| {
        let _ = arrived.send(());
        let _ = may_go_on.lock().unwrap().recv();
    }));
    world.usher.ops("/readyz").expect(200);
    std::thread::scope(|scope| {
        let sign_in = scope.spawn(|| {
            let mut ada = world.usher.browser();
            let begun = ada.get("/auth/login?provider=lie").expect(303);
            let back = ada.follow_until(begun, |to| to.path().starts_with("/auth/callback/"));
            (ada.get(back.location()), ada.is_signed_in())
        });
        has_arrived.recv().expect("the code is being redeemed");
        world.usher.signal("TERM");
        let mut looks = std::iter::repeat_with(|| world.usher.ops("/readyz")).take(1000);
        let refused = looks.find(|answer| answer.status == 503);
        let said = refused.expect("still ready").json();
        assert_eq!(said["draining"], true);
        assert_eq!(said["store"], "up");
        go_on.send(()).expect("the provider waits");
        let (answer, signed_in) = sign_in.join().unwrap();
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert!(signed_in, "what was under way has ended well");
    });
    world.usher.logged("stopped");
}

#[test]
fn s_371_a_clock_that_leaps_mints_nothing_until_it_keeps_pace() {
    let how = How {
        movable_clock: true,
        ..How::default()
    };
    let world = World::how(how, |_| ());
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    for ahead in [600, 0] {
        world.usher.leap(ahead);
        let refused = ada.get("/launch/townhall").expect(503);
        assert_eq!(refused.header("Retry-After"), Some("1"));
        refused.shows("clock");
        world.usher.logged("clock.leapt");
        world.usher.set_ahead(ahead);
        ada.get("/launch/townhall").expect(302);
    }
    assert_eq!(world.usher.audited("launch").len(), 3);
}

#[test]
fn s_418_no_core_is_dumped() {
    let world = World::start();
    let limits = world.usher.proc("limits");
    let cores = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(
        cores.split_whitespace().filter(|word| *word == "0").count(),
        2,
        "{cores}"
    );
}

#[test]
fn c_30_a_unix_socket_answers_and_its_peer_is_trusted() {
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let socket = dir.path().join("usher.sock");
    let mut world = Lying::with(Lie::none(), How::default(), |settings| {
        settings
            .set("[server]", "listen", &format!("\"unix:{}\"", socket.display()))
            .set("[limits]", "sign_ins_per_minute", "1");
    });
    let ask = |target: &str, client: &str| {
        let mut stream = UnixStream::connect(&socket).expect("somebody listens");
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {client}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        wire::parse(target, &answer).expect("an answer")
    };
    ask("/", "203.0.113.1").expect(200).shows("Acme");
    let failing = "/auth/callback/honest?code=a&state=b";
    ask(failing, "203.0.113.1").expect(400);
    ask(failing, "203.0.113.1").expect(429);
    ask(failing, "203.0.113.2").expect(400);

    // The socket that a killed process leaves behind is in nobody's way.
    world.usher.kill();
    assert!(socket.exists());
    world.usher.start_again();
    ask("/", "203.0.113.1").expect(200);
}
