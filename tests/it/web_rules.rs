//! What requirements 5.2 and the fine print ask of browsers' headers, where no story tells it.

use std::collections::BTreeSet;

use crate::api;
use crate::frames;
use crate::harness::load::check;
use crate::harness::{Embedded, Request, SUPPORT, World, chromium::Visitor, embedded::FAR};

#[test]
fn s_226_every_navigation_launches_and_nothing_else_does() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let mut launches = 0;
    for site in ["none", "same-origin", "same-site", "cross-site", ""] {
        for (mode, dest) in [
            ("navigate", "document"),
            ("navigate", "iframe"),
            ("no-cors", "image"),
            ("cors", "empty"),
        ] {
            let request = Request::get("/launch/townhall")
                .header("Sec-Fetch-Mode", mode)
                .header("Sec-Fetch-Dest", dest);
            let request = match site {
                "" => request.without("Sec-Fetch-Site"),
                site => request.header("Sec-Fetch-Site", site),
            };
            let mints = dest == "document";
            launches += usize::from(mints);
            ada.send(request).expect(if mints { 302 } else { 403 });
        }
    }
    assert_eq!(world.usher.audited("launch").len(), launches);
}

#[test]
fn s_211_s_212_a_speculative_load_finds_nothing_at_any_address_and_uses_nothing_up() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for path in [
        "/launch/townhall",
        "/auth/login?provider=work",
        "/auth/callback/work?code=x&state=y",
        "/auth/logout",
        "/auth/handed-back?app=support",
    ] {
        for (name, value) in [
            ("Sec-Purpose", "prefetch;prerender"),
            ("Purpose", "prefetch"),
            ("X-Moz", "prefetch"),
            ("X-Purpose", "preview"),
        ] {
            let answer = ada.send(Request::get(path).header(name, value)).expect(503);
            assert!(
                answer.body.is_empty() && answer.set_cookies().is_empty(),
                "{path}"
            );
            assert_eq!(answer.header("Location"), None, "{path}");
            assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{path}");
            assert_eq!(answer.header("Supports-Loading-Mode"), None, "{path}");
        }
    }
    ada.get("/launch/townhall").expect(302);
}

#[test]
fn s_228_s_229_an_answer_for_scripts_is_for_listed_origins_and_no_page_embeds_it() {
    let world = api::world();
    let mut ada = world.signed_in("ada");
    let path = "/api/apps/townhall/token";
    let answer = ada.send(api::fetch(path, frames::CRM)).expect(200);
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    world.usher.secrets.add_token("a minted token", &token);
    api::readable(&answer, frames::CRM);
    assert_eq!(answer.header("Cross-Origin-Resource-Policy"), Some("same-origin"));
    assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    for origin in ["https://evil.example", "null"] {
        api::unreadable(&ada.send(api::fetch(path, origin)).expect(403));
    }
    ada.send(api::fetch(path, frames::CRM).method("GET")).expect(405);
}

#[test]
fn s_232_every_answer_takes_the_powerful_features_away() {
    let world = frames::world();
    let mut ada = world.signed_in("ada");
    let gate = ada.send(frames::framed(SUPPORT, "cross-site"));
    let card = world.usher.browser().send(frames::framed(SUPPORT, "same-origin"));
    let others = ["/", "/account", "/nothing", "/launch/townhall", "/auth/logout"].map(|path| ada.get(path));
    for answer in [gate.expect(200), card.expect(401)].iter().chain(&others) {
        let policy = answer.header("Permissions-Policy").expect("a policy");
        for feature in [
            "camera",
            "microphone",
            "geolocation",
            "display-capture",
            "payment",
            "usb",
        ] {
            let none = format!("{feature}=()");
            assert!(
                policy.split(", ").any(|part| part == none),
                "{}: {policy}",
                answer.path()
            );
        }
        assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"));
    }
}

#[test]
fn s_233_no_provider_is_asked_from_within_a_frame_nor_can_it_be_told_to_be_silent() {
    let (status, told) = check(|settings| {
        settings.set("[providers.work]", "prompt", "\"none\"");
    });
    assert!(
        status == Some(1) && told.contains("providers.work.prompt"),
        "{told}"
    );
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    tab.see_framed("Sign in to open");
    assert_eq!(world.world.liar.asked("lie", "authorize"), 0);
    world.cookies(&visitor);
}

#[test]
fn c_29_files_of_ours_may_be_used_by_any_page_and_run_nothing_as_ours() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    let page = nobody.get("/").expect(200).text();
    let files: BTreeSet<&str> = page
        .split('"')
        .filter(|text| text.starts_with("/static/"))
        .collect();
    assert!(files.len() > 1, "{files:?}");
    for file in files {
        let answer = nobody.get(file).expect(200);
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"), "{file}");
        assert_eq!(
            answer.header("Cross-Origin-Resource-Policy"),
            Some("cross-origin"),
            "{file}"
        );
        let policy = answer.header("Content-Security-Policy").unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("sandbox"),
            "{file}"
        );
    }
}

#[test]
fn c_33_the_routes_take_their_own_method_and_no_other() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    let session = format!("/account/sessions/{}/end", "A".repeat(43));
    for (path, method) in [
        ("/auth/frame", "POST"),
        ("/account/sign-out-everywhere", "POST"),
        (session.as_str(), "POST"),
        ("/auth/handed-back", "GET"),
        ("/static/none.css", "GET"),
    ] {
        let other = if method == "GET" { "POST" } else { "GET" };
        assert_eq!(
            nobody.send(Request::new(other, path)).status,
            405,
            "{other} {path}"
        );
        assert_ne!(
            nobody.send(Request::new(method, path)).status,
            405,
            "{method} {path}"
        );
    }
}

/// The numbers in the names of all tests, such as `s_209` and `c_52`.
fn proven() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut places = vec![
        concat!(env!("CARGO_MANIFEST_DIR"), "/src").into(),
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it").into(),
    ];
    while let Some(place) = places.pop() {
        let place: std::path::PathBuf = place;
        if place.is_dir() {
            places.extend(
                std::fs::read_dir(place)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        if place.extension().is_none_or(|kind| kind != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(place).unwrap();
        // A test is the function right below its attributes.
        for test in text
            .split("#[test]")
            .skip(1)
            .chain(text.split("#[actix_web::test]").skip(1))
        {
            let Some((_, rest)) = test.split_once("fn ") else {
                continue;
            };
            let name = rest.split('(').next().unwrap_or_default();
            let words: Vec<&str> = name.split('_').collect();
            found.extend(words.windows(2).map(|pair| pair.join("_")));
        }
    }
    found
}

#[test]
fn every_rule_of_browsers_and_frames_stands_in_the_name_of_a_test() {
    let proven = proven();
    let requirements = (200..=212).chain(226..=233).chain([313]);
    let wanted: Vec<String> = requirements
        .map(|number| format!("s_{number}"))
        .chain([26, 27, 28, 29, 31, 32, 33, 52].map(|number| format!("c_{number}")))
        .collect();
    let missing: Vec<&String> = wanted.iter().filter(|rule| !proven.contains(*rule)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
