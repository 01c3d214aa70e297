//! A launch where tokens go by message: what the page that frames the vendor's is, and what it never holds.

use crate::api::fetch;
use crate::frames::{CRM, framed, goes_on_to, is_card, may_be_framed_by};
use crate::harness::{Request, Response, SUPPORT, Settings, World};

fn posting(settings: &mut Settings) {
    settings
        .set("[apps.support]", "origins", &format!("[\"{CRM}\"]"))
        .set("[apps.support]", "delivery", "\"post_message\"");
}

/// The parts of the page's policy under one name.
fn directive(page: &Response, name: &str) -> String {
    let policy = page.header("Content-Security-Policy").expect("a policy");
    let mut parts = policy.split("; ").filter_map(|part| part.split_once(' '));
    let found = parts.find(|(directive, _)| *directive == name);
    found.map(|(_, value)| value.to_owned()).unwrap_or_default()
}

#[test]
fn c_31_the_page_frames_the_vendor_and_holds_no_token() {
    let world = World::with(posting);
    let mut ada = world.signed_in("ada");
    let vendor = world.vendor.url("");
    for (request, place) in [
        (Request::get(SUPPORT), "'none'"),
        (framed(SUPPORT, "same-origin"), CRM),
    ] {
        let page = ada.send(request).expect(200);
        may_be_framed_by(&page, place);
        assert_eq!(directive(&page, "frame-src"), vendor);
        assert_eq!(directive(&page, "script-src"), "'self'");
        assert_eq!(directive(&page, "connect-src"), "'self'");
        assert_eq!(directive(&page, "default-src"), "'none'");
        assert_eq!(page.header("Cache-Control"), Some("no-store"));
        let opener = page.header("Cross-Origin-Opener-Policy");
        assert_eq!(opener, Some("same-origin-allow-popups"), "a console may pop out");
        let granted = page.header("Permissions-Policy").unwrap();
        assert!(
            granted.contains(&format!("camera=(self \"{vendor}\")")),
            "C-29: {granted}"
        );
        assert!(granted.contains("geolocation=()"), "{granted}");
        let html = page.text();
        let address = world.vendor.url(
            "/connect?filter_user_email=grace%40example.org&#38;navigation=none&#38;token_source=postMessage",
        );
        assert!(html.contains(&format!("data-address=\"{address}\"")), "{html}");
        assert!(
            html.contains("data-lifetime=\"300\"") && !html.contains("eyJ"),
            "{html}"
        );
        assert!(html.contains(&format!("allow=\"camera {vendor}; ")), "{html}");
    }
    assert_eq!(world.usher.audited("launch").len(), 0, "the token has the row");
    world
        .ask(&mut ada, "support", [("customer", "grace@example.org")])
        .expect(200);
    assert_eq!(world.usher.audited("launch").len(), 1);
    // On every other page nobody is granted anything.
    let portal = ada.get("/").expect(200);
    assert!(portal.header("Permissions-Policy").unwrap().contains("camera=()"));
    assert_eq!(portal.header("Cross-Origin-Opener-Policy"), Some("same-origin"));
}

#[test]
fn whoever_may_not_come_in_gets_no_frame() {
    let world = World::with(posting);
    for who in ["bob", "una"] {
        let mut browser = world.signed_in(who);
        let page = browser.get(SUPPORT).expect(403);
        assert!(!page.text().contains("iframe"), "{}", page.text());
    }
    assert_eq!(world.usher.audited("denied").len(), 2);
    let mut nobody = world.usher.browser();
    let login = nobody.get(SUPPORT).expect(302);
    assert!(login.location().starts_with("/auth/login"));
    let gate = nobody.send(framed(SUPPORT, "cross-site")).expect(200);
    assert!(!gate.text().contains("iframe"));
    let card = nobody.send(framed(&goes_on_to(&gate).unwrap(), "same-origin"));
    is_card(&card, &SUPPORT.replace('@', "%40"));
    nobody.get("/launch/support").expect(400).shows("customer");
}

#[test]
fn c_22_a_step_up_that_is_due_stops_the_tokens_and_leads_back_to_the_launch() {
    let world = World::with(|settings| {
        posting(settings);
        settings.set("[apps.support]", "max_auth_age", "\"5m\"");
    });
    let mut ada = world.signed_in("ada");
    let due = world.ask(&mut ada, "support", [("customer", "grace@example.org")]);
    assert_eq!(due.expect(401).json()["code"], "login.step_up");
    let card = ada.send(framed(SUPPORT, "same-origin"));
    is_card(&card, &SUPPORT.replace('@', "%40"));
    let page = world.open(&mut ada, SUPPORT, "ada").expect(200);
    assert!(page.text().contains("<iframe"), "{}", page.text());
    world
        .ask(&mut ada, "support", [("customer", "grace@example.org")])
        .expect(200);
}

#[test]
fn s_211_c_55_nothing_but_a_person_s_own_click_opens_it() {
    let world = World::with(posting);
    let mut ada = world.signed_in("ada");
    ada.send(Request::get(SUPPORT).method("HEAD")).expect(405);
    ada.send(Request::get(SUPPORT).header("Sec-Purpose", "prefetch"))
        .expect(503);
    ada.send(Request::form(
        "/launch/support",
        [("customer", "grace@example.org")],
    ))
    .expect(405);
    ada.send(Request::get(SUPPORT).header("Sec-Fetch-Dest", "image"))
        .expect(403);
    // Nor does a page of a stranger's get at the token.
    let ask = fetch("/api/apps/support/token", &world.vendor.url(""))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("customer=grace@example.org".to_owned());
    ada.send(ask).expect(403);
}

#[test]
fn c_50_the_commands_know_that_its_address_carries_nothing() {
    let world = World::with(posting);
    let persona = r#"{"email":"ada@example.com","email_verified":true,"name":"Ada","groups":["support"],"claims":{"region":"emea"}}"#;
    std::fs::write(world.usher.dir.path().join("ada.json"), persona).unwrap();
    let run = |args: &[&str]| {
        let with = [
            "-c",
            "usher.toml",
            "--app",
            "support",
            "--as",
            "ada.json",
            "--param",
            "customer=g@e.org",
        ];
        let output = world.usher.run(&[args, &with[..]].concat());
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{told}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        told
    };
    let explained = run(&["explain"]);
    let vendor = world.vendor.url("");
    assert!(explained.contains("token_source=postMessage\n"), "{explained}");
    assert!(
        explained.contains(&format!("posts each token to {vendor}\n")),
        "{explained}"
    );
    let args = [
        "mint",
        "--raw",
        "-c",
        "usher.toml",
        "--app",
        "support",
        "--as",
        "ada.json",
    ];
    let args = [&args[..], &["--param", "customer=g@e.org"]].concat();
    let minted = crate::harness::usher::run_in(world.usher.dir.path(), &args);
    let token = String::from_utf8(minted.stdout).unwrap();
    assert!(token.starts_with("eyJ") && token.trim().split('.').count() == 3);
    let args = ["verify", token.trim(), "--app", "support", "-c", "usher.toml"];
    let verified = crate::harness::usher::run_in(world.usher.dir.path(), &args);
    assert!(verified.status.success());
    let args = [
        "link",
        "support",
        "-c",
        "usher.toml",
        "--only",
        "iframe",
        "--param",
        "customer=g@e.org",
    ];
    let kit = String::from_utf8(world.usher.run(&args).stdout).unwrap();
    let ours = world.usher.url("");
    assert!(
        kit.contains(&format!("allow=\"camera {ours} {vendor}; ")),
        "{kit}"
    );
}
