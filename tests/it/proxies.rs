//! Behind the proxies of `examples/proxies`, each the real server of the distribution with that very file.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::harness::postgres::{PASSWORD, Postgres};
use crate::harness::proxy::{HOST, Kind, Proxy};
use crate::harness::usher::free_port;
use crate::harness::{Browser, How, Lie, Lying, Request, Response, Settings, claims_of, keys, tunnel, wire};

const PUBLIC: &str = "https://go.example.com";

fn deployed(change: impl Fn(&mut Settings)) -> Lying {
    Lying::with(Lie::none(), How::default(), |settings| {
        settings
            .set("", "public_url", &format!("\"{PUBLIC}\""))
            // The others of this network are clients here.
            .set("[server]", "trusted_proxies", "[\"127.0.0.1\"]");
        change(settings);
    })
}

fn visitor(world: &Lying, proxy: &Proxy) -> Browser {
    Browser::through_a_proxy(PUBLIC, proxy.port, Arc::clone(&world.usher.secrets))
}

/// A gateway behind a proxy which knows of another replica, too; that one is down.
fn behind(kind: Kind, change: impl Fn(&mut Settings)) -> (Lying, Proxy, Browser) {
    let world = deployed(change);
    let proxy = Proxy::start(kind, [free_port(), world.usher.port]);
    let browser = visitor(&world, &proxy);
    (world, proxy, browser)
}

/// Asserts that the proxy kept to itself what people carried through it.
#[track_caller]
fn kept_quiet(world: &Lying, proxy: &Proxy) {
    let printed = proxy.printed();
    let found = world.usher.secrets.found_in(&printed);
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(!printed.contains("canary"), "{printed}");
}

fn a_visit(kind: Kind) {
    let (world, proxy, mut ada) = behind(kind, |_| ());
    // Whichever of these comes to the replica that is down goes on to the other, and is in nobody's log.
    for _ in 0..2 {
        ada.get("/auth/callback/honest?code=canary-code&state=canary-state")
            .expect(400);
    }
    let arrived = ada.go("/auth/login?provider=honest&app=townhall").expect(200);
    assert_eq!(claims_of(&arrived, keys::TOWNHALL)["displayName"], "Ada Lovelace");
    assert!(ada.cookie("__Host-usher").is_some());

    let mut forged = Request::get("/launch/townhall");
    for name in ["X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP"] {
        forged = forged.header(name, "203.0.113.9");
    }
    forged = forged
        .header("Forwarded", "for=203.0.113.9;host=evil.test")
        .header("X-Forwarded-Host", "evil.test");
    let launch = ada.send(forged).expect(302);
    claims_of(&launch, keys::TOWNHALL);
    let launches = world.usher.audited("launch");
    assert_eq!(launches.len(), 2);
    for row in launches.iter().chain(&world.usher.audited("sign_in")) {
        assert_eq!(row["address"], tunnel::CLIENT.to_string(), "{row}");
    }

    let confirm = ada.get("/auth/logout").expect(200);
    ada.submit(&confirm, []).expect(200).hides("Ada Lovelace");
    assert!(ada.cookie("__Host-usher").is_none(), "a form comes through, too");
    kept_quiet(&world, &proxy);
}

fn raw(proxy: &Proxy, head: &str) -> Response {
    let request = format!("GET {head}\r\nConnection: close\r\n\r\n");
    let answer = wire::exchange(proxy.port, request.as_bytes());
    wire::parse(PUBLIC, &answer).expect("an answer")
}

fn limits(kind: Kind) {
    let (world, proxy, mut ada) = behind(kind, |settings| {
        let long = format!("/events/townhall?pad={}", "x".repeat(3000));
        settings.replace("/events/townhall", &long);
    });
    let other = raw(&proxy, "/ HTTP/1.1\r\nHost: evil.test");
    assert_eq!(other.status, 421, "S-331");

    let long = raw(
        &proxy,
        &format!("/?q={} HTTP/1.1\r\nHost: {HOST}", "x".repeat(9000)),
    );
    let pad = "x".repeat(12_000);
    let many = raw(
        &proxy,
        &format!("/ HTTP/1.1\r\nHost: {HOST}\r\nX-A: {pad}\r\nX-B: {pad}\r\nX-C: {pad}"),
    );
    for (answer, status) in [(long, 414), (many, 431)] {
        assert!(
            answer.header("X-Request-Id").is_some(),
            "the page of {status} is the gateway's own: {}",
            answer.text()
        );
        answer.expect(status);
    }

    ada.go("/auth/login?provider=honest").expect(200);
    let launch = ada.get("/launch/townhall").expect(302);
    let length = launch.location().len();
    assert!((3600..=4096).contains(&length), "{length} bytes");
    claims_of(&launch, keys::TOWNHALL);
    kept_quiet(&world, &proxy);
}

/// Clicks go now here, now there, and one replica's end is nobody's.
fn replicas(kind: Kind) {
    let database = Postgres::shared().database();
    let world = deployed(|settings| {
        settings.keep_in(&database);
    });
    world.usher.secrets.add("the database's password", PASSWORD);
    let mut other = world.usher.replica(|_| ());
    let proxy = Proxy::start(kind, [world.usher.port, other.port]);
    let mut ada = visitor(&world, &proxy);
    ada.go("/auth/login?provider=honest&app=townhall").expect(200);
    for _ in 0..4 {
        ada.get("/launch/townhall").expect(302);
    }
    let launches = world.usher.audited("launch");
    let writers: BTreeSet<String> = launches.iter().map(|row| row["writer"].to_string()).collect();
    assert_eq!((launches.len(), writers.len()), (5, 2));
    other.kill();
    for _ in 0..4 {
        ada.get("/launch/townhall").expect(302);
    }
    kept_quiet(&world, &proxy);
}

#[test]
fn two_replicas_behind_nginx_are_one_gateway() {
    replicas(Kind::Nginx);
}

#[test]
fn two_replicas_behind_caddy_are_one_gateway() {
    replicas(Kind::Caddy);
}

/// Nobody is there to take the code, and it is in no log.
fn alone(kind: Kind) {
    let proxy = Proxy::start(kind, [free_port(), free_port()]);
    let code = "/auth/callback/work?code=canary-code&state=canary-state";
    let head =
        format!("{code} HTTP/1.1\r\nHost: {HOST}\r\nReferer: https://login.test/?canary\r\nCookie: a=canary");
    assert_eq!(raw(&proxy, &head).status, 502);
    let printed = proxy.printed();
    assert!(!printed.contains("canary"), "S-300: {printed}");
}

#[test]
fn s_300_nginx_alone_writes_down_no_code() {
    alone(Kind::Nginx);
}

#[test]
fn s_300_caddy_alone_writes_down_no_code() {
    alone(Kind::Caddy);
}

#[test]
fn s_085_s_331_s_525_a_visit_behind_nginx() {
    a_visit(Kind::Nginx);
}

#[test]
fn s_085_s_331_s_525_a_visit_behind_caddy() {
    a_visit(Kind::Caddy);
}

#[test]
fn lesson_2_s_221_s_331_what_is_long_or_strange_behind_nginx() {
    limits(Kind::Nginx);
}

#[test]
fn lesson_2_s_221_s_331_what_is_long_or_strange_behind_caddy() {
    limits(Kind::Caddy);
}
