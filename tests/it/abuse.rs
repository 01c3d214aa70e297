//! What a hostile page, neighbour or proxy hop tries, and what must come of it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::harness::{Request, World};

/// A request as a page on another site makes it without anybody clicking.
fn pulled(url: &str, dest: &str, mode: &str) -> Request {
    Request::get(url)
        .header("Sec-Fetch-Site", "cross-site")
        .header("Sec-Fetch-Mode", mode)
        .header("Sec-Fetch-Dest", dest)
}

const PULLS: [(&str, &str); 4] = [
    ("image", "no-cors"),
    ("script", "no-cors"),
    ("empty", "cors"),
    ("iframe", "navigate"),
];

#[test]
fn s_313_lesson_3_nothing_but_a_navigation_starts_a_sign_in() {
    let world = World::start();
    let mut ada = world.usher.browser();
    for (dest, mode) in PULLS {
        for url in ["/auth/login?provider=work", "/auth/login?app=townhall"] {
            let answer = ada.send(pulled(url, dest, mode)).expect(403);
            assert!(answer.set_cookies().is_empty(), "{url} as {dest}");
        }
    }
    ada.get("/auth/login?provider=work").expect(303);
}

#[test]
fn c_20_a_hostile_page_cannot_lock_a_company_out_of_the_callback() {
    let world = World::with(|settings| {
        settings.set("[limits]", "sign_ins_per_minute", "3");
    });
    let mut bob = world.usher.browser();
    for (dest, mode) in PULLS {
        bob.send(pulled("/auth/callback/work?code=x&state=x", dest, mode))
            .expect(403);
    }
    // The same address, as behind a company's one way out.
    world.signed_in("ada");
}

#[test]
fn c_54_a_hostile_page_cannot_lock_a_company_out_of_signing_out() {
    let world = World::with(|settings| {
        settings.set("[limits]", "logouts_per_minute", "3");
    });
    let mut bob = world.usher.browser();
    for _ in 0..5 {
        bob.send(Request::form("/auth/logout", []).header("Sec-Fetch-Site", "cross-site"))
            .expect(403);
    }
    let mut ada = world.signed_in("ada");
    let page = ada.get("/auth/logout").expect(200);
    ada.submit_once(&page, []).expect(303);
}

#[test]
fn s_333_no_path_is_known_under_an_encoded_name() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for path in [
        "/%61ccount",
        "/auth/%6cogin?provider=work",
        "/%61uth/login?provider=work",
        "/auth/callback/%77ork",
        "/auth/logou%74",
        "/launch/%74ownhall",
        "/%6caunch/townhall",
    ] {
        ada.get(path).expect(404);
    }
    let prefetch = Request::get("/auth/%6cogin?provider=work").header("Sec-Purpose", "prefetch");
    assert!(ada.send(prefetch).set_cookies().is_empty(), "S-211");
}

#[test]
fn s_331_bytes_that_are_not_text_do_not_hide_an_address() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    ada.send(Request::get("/launch/townhall").header("X-Forwarded-For", "é, 203.0.113.9"))
        .expect(302);
    assert_eq!(world.usher.audited("launch").remove(0)["address"], "203.0.113.9");
}

#[test]
fn s_375_a_session_ends_with_its_provider() {
    let mut world = World::start();
    let mut ada = world.signed_in("ada");
    world.usher.stop();
    let path = world.usher.dir.path().join("usher.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("[providers.work]", "[providers.successor]")).unwrap();
    world.usher.start_again();
    ada.get("/launch/townhall").expect(302).hides("token=");
    assert!(
        world.usher.audited("launch").is_empty(),
        "no token for a removed provider's people"
    );
}

#[test]
fn s_365_a_body_that_does_not_come_is_not_waited_for() {
    let world = World::start();
    let mut stream = TcpStream::connect(("127.0.0.1", world.usher.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST /auth/logout HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 100\r\n\r\n",
        world.usher.port
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).expect("an answer or an end");
    assert_eq!(&start, b"HTTP/1.1 408");
}

#[test]
fn c_54_denials_of_an_app_that_asks_first_are_limited_too() {
    let world = World::with(|settings| {
        settings
            .set("[limits]", "launches_per_minute", "2")
            .set("[apps.townhall]", "confirm", "true");
    });
    let mut eve = world.signed_in("eve");
    for status in [403, 403, 429, 429] {
        eve.get("/launch/townhall").expect(status);
    }
    // Both denials, and one row that stands for what the limit refused.
    assert_eq!(world.usher.audited("denied").len(), 3);
}
