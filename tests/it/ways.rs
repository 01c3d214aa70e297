//! Ways that end at a page still lead on, and say who is who.

use crate::harness::browser::links;
use crate::harness::{Lie, Request, World, lying};

#[test]
fn c_56_the_account_page_does_not_loop_either() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    browser.drops = Some("usher");
    let end = browser.go("/auth/login?page=account&provider=honest");
    assert_eq!(end.status, 400, "{}", end.path());
    world.usher.logged("login.loop");
}

#[test]
fn lesson_7_trying_again_after_too_many_clicks_leads_to_the_launch() {
    let world = World::with(|settings| {
        settings.set("[limits]", "launches_per_minute", "1");
    });
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    let page = ada.get("/launch/townhall").expect(429);
    assert!(
        links(&page.text()).contains(&"/launch/townhall".to_owned()),
        "{}",
        page.text()
    );
}

#[test]
fn who_may_not_enter_is_not_asked_to_confirm() {
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "confirm", "true");
    });
    let mut eve = world.signed_in("eve");
    eve.get("/launch/townhall").expect(403).shows("eve@example.net");
    assert_eq!(world.usher.audited("denied").len(), 1);
}

#[test]
fn lesson_3_only_navigations_start_a_sign_in() {
    let world = World::start();
    let mut browser = world.usher.browser();
    for dest in ["image", "script", "iframe", "empty"] {
        let answer = browser.send(Request::get("/auth/login?app=townhall").header("Sec-Fetch-Dest", dest));
        let answer = answer.expect(403);
        assert!(
            answer.set_cookies().is_empty() && answer.header("Location").is_none(),
            "{dest}"
        );
    }
}

#[test]
fn every_error_page_says_who_is_signed_in() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for (path, status) in [
        ("/nowhere", 404),
        ("/launch/unknown", 404),
        ("/launch/townhall?x=1", 400),
    ] {
        ada.get(path).expect(status).shows("Ada Lovelace");
    }
}

#[test]
fn lesson_25_scripts_get_a_401_with_the_way_in() {
    let world = World::start();
    let asked = Request::get("/account").header("Accept", "application/json");
    let answer = world.usher.browser().send(asked).expect(401);
    assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
    assert_eq!(
        answer.json()["login_url"],
        world.usher.url("/auth/login?page=account")
    );
    assert_eq!(answer.json()["reference"].as_str(), answer.header("X-Request-Id"));
}

#[test]
fn a_405_names_the_methods_that_there_are() {
    let world = World::start();
    let mut browser = world.usher.browser();
    for (path, allow) in [
        ("/", "GET"),
        ("/launch/townhall", "GET, POST"),
        ("/account/sign-out-everywhere", "POST"),
    ] {
        let answer = browser.send(Request::new("PUT", path)).expect(405);
        assert_eq!(answer.header("Allow"), Some(allow), "{path}");
    }
}

#[test]
fn lesson_13_readiness_names_the_failure_of_a_provider() {
    let world = World::with(|settings| {
        settings.set("[providers.work]", "issuer", "\"http://localhost:9\"");
    });
    let mut browser = world.usher.browser();
    browser.get("/auth/login?provider=work").expect(502);
    let ready = world.usher.ops("/readyz").expect(200).json();
    assert_eq!(ready["providers"][0]["last_failure"], "provider.unreachable");
}
