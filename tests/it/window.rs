//! Apps that open and close at a time (C-11).

use serde_json::json;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::api::{TOWNHALL, fetch, refused};
use crate::harness::chromium::{Tab, Visitor};
use crate::harness::{How, Request, Response, World};

const HOUR: i64 = 3600;

#[expect(clippy::disallowed_methods, reason = "the gateway's clock starts at ours")]
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc().truncate_to_second()
}

pub fn written(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap()
}

/// The town hall opens in two hours and closes in three.
fn world() -> World {
    opening_at(now() + Duration::hours(2))
}

fn opening_at(opens: OffsetDateTime) -> World {
    let how = How {
        movable_clock: true,
        ..How::default()
    };
    World::how(how, |settings| {
        let closes = format!("\"{}\"", written(opens + Duration::HOUR));
        settings
            .set("[session]", "idle", "\"8h\"")
            .set("[apps.townhall]", "opens_at", &written(opens))
            .set("[apps.townhall]", "closes_at", &closes);
    })
}

fn has_tile(page: &str) -> bool {
    page.contains("href=\"/launch/townhall\"")
}

#[test]
fn c_11_an_app_opens_goes_on_and_closes() {
    let world = world();
    let mut ada = world.signed_in("ada");
    assert!(has_tile(&ada.get("/").expect(200).text()));
    let early = ada.get("/launch/townhall").expect(403).shows("Town hall");
    let wait = |page: &Response| page.header("Retry-After").unwrap().parse::<i64>().unwrap();
    assert!((2 * HOUR - 120..=2 * HOUR).contains(&wait(&early)));
    let refresh = "<meta http-equiv=\"refresh\" content=\"3600; url=/launch/townhall\">";
    let early = early.shows(refresh).shows("<time datetime=").shows(" UTC<");
    assert!(early.header("Location").is_none());
    let policy = early.header("Content-Security-Policy").unwrap();
    assert!(
        policy.contains("script-src 'self';") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(early.text().contains("<script src=\"/static/opens-"));

    let asked = Request::get("/launch/townhall").header("Accept", "application/json");
    refused(ada.send(asked), 403, "window.not_open");
    let ours = world.usher.url("");
    let answer = refused(ada.send(fetch(TOWNHALL, &ours)), 403, "window.not_open");
    assert!(wait(&answer) > HOUR);
    let reasons = world.usher.audited("denied");
    assert!(reasons.iter().all(|row| row["reason"] == "window.not_open"));
    assert_eq!(reasons.len(), 3);

    world.usher.set_ahead(2 * HOUR - 60);
    let soon = ada.get("/launch/townhall").expect(403);
    assert!((1..=60).contains(&wait(&soon)));
    world.usher.set_ahead(2 * HOUR + 1);
    ada.get("/launch/townhall").expect(302);
    let token = ada.send(fetch(TOWNHALL, &ours)).expect(200).json();
    world
        .usher
        .secrets
        .add_token("a minted token", token["token"].as_str().unwrap());

    world.usher.set_ahead(3 * HOUR + 1);
    let late = ada.get("/launch/townhall").expect(403).shows("help@example.com");
    let late = late.shows("<time datetime=").hides("http-equiv=\"refresh\"");
    assert!(late.header("Retry-After").is_none());
    refused(ada.send(fetch(TOWNHALL, &ours)), 403, "window.closed");
    assert!(!has_tile(&ada.get("/").expect(200).text()));
    assert_eq!(ada.get("/api/apps").expect(200).json(), json!([]));
    assert_eq!(world.usher.audited("launch").len(), 2);
}

#[test]
fn c_11_the_page_leads_back_to_the_same_launch_and_strangers_learn_nothing() {
    let at = written(now() + Duration::HOUR);
    let world = World::with(|settings| {
        settings.set("[apps.support]", "opens_at", &at);
        settings.set("[apps.townhall]", "opens_at", &at);
        settings.set("[apps.townhall]", "confirm", "true");
    });
    let mut ada = world.signed_in("ada");
    let page = ada.get("/launch/support?customer=grace@example.org").expect(403);
    page.shows("; url=/launch/support?customer=grace%40example.org\">");
    // Nobody is asked to confirm what is not open.
    ada.get("/launch/townhall").expect(403).hides("name=\"csrf\"");
    let mut eve = world.signed_in("eve");
    let denied = Request::get("/launch/townhall").header("Accept", "application/json");
    refused(eve.send(denied), 403, "access.not_allowed");
}

fn sign_in(world: &World, visitor: &Visitor) -> Tab {
    let tab = visitor.tab();
    tab.open(&world.usher.url("/auth/login?provider=work"));
    tab.arrive("/sign-in/");
    tab.fill("input[name=login]", "ada");
    tab.click("button");
    tab.arrive(&format!("^{}$", world.usher.url("/")));
    for cookie in visitor.cookies() {
        let value = cookie["value"].as_str().unwrap();
        world.usher.secrets.add("the value of a cookie", value);
    }
    tab
}

#[test]
fn c_11_the_page_goes_on_by_itself_with_and_without_script() {
    for script in [true, false] {
        let opens = now() + Duration::hours(2);
        let world = opening_at(opens);
        let visitor = Visitor::with(json!({ "script": script }));
        let tab = sign_in(&world, &visitor);
        world.usher.set_ahead((opens - now()).whole_seconds() - 4);
        assert_eq!(tab.open(&world.usher.url("/launch/townhall")), 403);
        tab.arrive(&format!("^{}", world.vendor.url("/events/townhall")));
    }
}

#[test]
fn c_11_the_pages_tell_the_visitors_time_and_keep_wcag_in_both_languages() {
    let world = world();
    for (scheme, locale, width) in [("light", "en-GB", 1280), ("dark", "de-DE", 360)] {
        let zone = "Asia/Tokyo";
        let wishes = json!({ "colorScheme": scheme, "locale": locale, "width": width, "timezone": zone });
        let visitor = Visitor::with(wishes);
        world.usher.set_ahead(0);
        let tab = sign_in(&world, &visitor);
        for (ahead, name) in [(0, "early"), (3 * HOUR + 1, "late")] {
            world.usher.set_ahead(ahead);
            assert_eq!(tab.open(&world.usher.url("/launch/townhall")), 403);
            let text = tab.text();
            assert!(text.contains("GMT+9") && !text.contains("UTC"), "{text}");
            assert_eq!(tab.count("[role=timer]"), u64::from(name == "early"));
            // A time that everybody waits for cannot be put off (WCAG 2.2.1, real-time events).
            let broken: Vec<_> = tab
                .axe()
                .into_iter()
                .filter(|rule| !rule.starts_with("meta-refresh"))
                .collect();
            assert!(broken.is_empty(), "{broken:?}");
            assert_eq!(tab.overflow(), 0);
            let blocked = |problem: &String| problem.contains("Content Security Policy");
            assert!(!tab.problems().iter().any(blocked), "{:?}", tab.problems());
        }
    }
}
