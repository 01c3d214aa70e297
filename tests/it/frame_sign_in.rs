//! How a frame on another site gets a session: a window signs in and hands back a one-time code.
//! Two browsers here are one in life: the window, and the frame with cookies of its own.

use aws_lc_rs::digest;
use serde_json::json;

use crate::api::fetch;
use crate::frames::{CRM, framed, is_card, world};
use crate::harness::keys::base64url;
use crate::harness::{Browser, How, Lie, Lying, Request, Response, SUPPORT, World, token_in};

pub const VERIFIER: &str = "canary-verifier-that-only-the-frame-knows-0";

fn challenge(verifier: &str) -> String {
    base64url(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref())
}

fn window_for(app: &str) -> String {
    format!("/auth/handed-back?app={app}&usher_frame={}", challenge(VERIFIER))
}

pub fn window() -> String {
    format!("{}&customer=grace@example.org", window_for("support"))
}

pub fn code_on(page: &Response) -> String {
    let html = page.text();
    let (_, rest) = html.split_once("data-code=\"").expect("a code");
    rest.split('"').next().unwrap().to_owned()
}

/// What the frame's script posts.
fn redemption(app: &str, code: &str, verifier: &str) -> Request {
    let fields = [("app", app), ("code", code), ("verifier", verifier)];
    Request::form("/auth/frame", fields)
        .header("Sec-Fetch-Mode", "cors")
        .header("Sec-Fetch-Dest", "empty")
}

pub fn redeem(frame: &mut Browser, code: &str) -> Response {
    let origin = frame_origin(frame);
    frame.send(redemption("support", code, VERIFIER).header("Origin", &origin))
}

fn frame_origin(frame: &mut Browser) -> String {
    let here = frame.get("/healthz").url;
    here.strip_suffix("/healthz").unwrap().to_owned()
}

/// A window in which Ada is signed in, and the frame that it signed in.
fn signed_in_frame(world: &World) -> (Browser, Browser) {
    let mut ada = world.signed_in("ada");
    let code = code_on(&ada.get(&window()).expect(200));
    world.usher.secrets.add("a frame's code", &code);
    let mut frame = world.usher.browser();
    redeem(&mut frame, &code).expect(204);
    (ada, frame)
}

/// Whether the console opens in the frame.
#[track_caller]
fn opens(frame: &mut Browser, yes: bool) {
    let answer = frame.send(framed(SUPPORT, "same-origin"));
    if yes {
        token_in(answer.expect(302).location());
    } else {
        is_card(&answer, &SUPPORT.replace('@', "%40"));
    }
}

#[test]
fn s_209_c_33_a_window_signs_in_and_the_frame_goes_on_to_the_very_console() {
    let world = world();
    world.usher.secrets.add("a frame's verifier", VERIFIER);
    let mut ada = world.usher.browser();
    let form = ada.go(&window());
    let done = world.pass_provider(&mut ada, form, "ada").expect(200);
    assert!(done.path().ends_with("/auth/handed-back"), "{}", done.path());
    let ours = ada
        .hops
        .iter()
        .filter(|hop| hop.url.starts_with(&world.usher.url("/")));
    for hop in ours {
        assert_eq!(
            hop.header("Cross-Origin-Opener-Policy"),
            None,
            "C-28: {}",
            hop.path()
        );
    }
    let policy = done.header("Content-Security-Policy").unwrap();
    assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"));
    let code = code_on(&done);
    world.usher.secrets.add("a frame's code", &code);

    let mut frame = world.usher.browser();
    opens(&mut frame, false);
    let answer = redeem(&mut frame, &code).expect(204);
    let [(name, _, attributes)] = &answer.set_cookies()[..] else {
        panic!("{:?}", answer.set_cookies())
    };
    assert_eq!(name, "usher-frame");
    for wanted in ["SameSite=None", "Secure", "Partitioned", "HttpOnly", "Path=/"] {
        assert!(attributes.contains(wanted), "C-26: {wanted} in {attributes}");
    }
    let [_, row] = &world.usher.audited("sign_in")[..] else {
        panic!("the window's and the frame's")
    };
    assert_eq!(
        (&row["reason"], &row["app"]),
        (&json!("sign_in.in_frame"), &json!("support"))
    );
    opens(&mut frame, true);
    let rows = world.usher.audited("launch");
    assert_eq!(
        (rows.len(), rows[0]["email"].as_str()),
        (1, Some("ada@example.com"))
    );
}

#[test]
fn s_204_c_26_the_frame_s_cookie_opens_nothing_but_framed_apps_of_listed_origins() {
    let world = world();
    let (_, mut frame) = signed_in_frame(&world);
    assert_eq!(frame.cookie_names(), ["usher-frame"]);
    assert!(
        frame
            .get(SUPPORT)
            .expect(302)
            .location()
            .starts_with("/auth/login")
    );
    // C-8: who says nothing of frames is taken for a tab.
    let old = frame
        .send(Request::get(SUPPORT).without_fetch_metadata())
        .expect(302);
    assert!(old.location().starts_with("/auth/login"));
    frame.get("/").expect(200).hides("Ada Lovelace");
    frame.get("/account").expect(302);
    frame.get("/api/apps").expect(401);
    // Under the session's name it is none, and a session under the frame's name is none.
    let value = frame.cookie("usher-frame").unwrap().to_owned();
    let mut other = world.usher.browser();
    other.plant("usher", &value);
    other
        .get(SUPPORT)
        .expect(302)
        .location()
        .starts_with("/auth/login");
    let ada = world.signed_in("ada");
    let mut other = world.usher.browser();
    other.plant("usher-frame", ada.cookie("usher").unwrap());
    opens(&mut other, false);
}

#[test]
fn c_36_the_token_api_takes_the_frame_s_cookie_where_the_origin_is_known() {
    let world = world();
    let (_, mut frame) = signed_in_frame(&world);
    let body = || "{\"customer\":\"grace@example.org\"}".to_owned();
    let ask = |origin: &str| {
        fetch("/api/apps/support/token", origin)
            .header("Content-Type", "application/json")
            .body(body())
    };
    let own = world.usher.url("");
    for origin in [CRM, &own] {
        let answer = frame.send(ask(origin)).expect(200);
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        world.usher.secrets.add_token("a minted token", &token);
    }
    frame.send(ask("https://evil.example")).expect(403);
    frame.send(ask("null")).expect(403);
    let unsaid = ask(CRM).without("Origin").header("Sec-Fetch-Site", "same-origin");
    frame.send(unsaid).expect(401);
    // An app that lists no origins knows no frames.
    frame.send(fetch("/api/apps/townhall/token", &own)).expect(401);
}

#[test]
fn s_209_a_stolen_replayed_or_foreign_code_is_worth_nothing() {
    let world = World::with(|settings| {
        for app in ["[apps.support]", "[apps.townhall]"] {
            settings.set(app, "origins", &format!("[\"{CRM}\"]"));
        }
    });
    let own = world.usher.url("");
    let mut ada = world.signed_in("ada");
    let code = code_on(&ada.get(&window()).expect(200));
    let mut frame = world.usher.browser();
    let try_it = |frame: &mut Browser, app: &str, code: &str, verifier: &str| {
        let answer = frame.send(redemption(app, code, verifier).header("Origin", &own));
        assert!(answer.set_cookies().is_empty() || answer.status == 204);
        answer.status
    };
    for verifier in ["", "canary-verifier-of-a-thief", &challenge(VERIFIER)] {
        assert_eq!(try_it(&mut frame, "support", &code, verifier), 403);
    }
    assert_eq!(
        try_it(&mut frame, "townhall", &code, VERIFIER),
        403,
        "another app"
    );
    assert_eq!(try_it(&mut frame, "support", &code[1..], VERIFIER), 403);
    assert_eq!(try_it(&mut frame, "support", "", VERIFIER), 403);
    assert_eq!(try_it(&mut frame, "support", &code, VERIFIER), 204);
    let mut thief = world.usher.browser();
    assert_eq!(
        try_it(&mut thief, "support", &code, VERIFIER),
        403,
        "a second time"
    );
    assert!(!thief.cookie_names().contains(&"usher-frame"));
    assert_eq!(
        try_it(&mut frame, "support", &code, VERIFIER),
        204,
        "it has what it asks for"
    );
    opens(&mut frame, true);

    // What a stranger's page, or one of the CRM's, posts.
    let code = code_on(&ada.get(&window()).expect(200));
    let good = || redemption("support", &code, VERIFIER);
    for request in [
        good()
            .header("Origin", "https://evil.example")
            .header("Sec-Fetch-Site", "cross-site"),
        good().header("Origin", CRM).header("Sec-Fetch-Site", "same-site"),
        good()
            .header("Origin", "null")
            .header("Sec-Fetch-Site", "cross-site"),
        good().header("Origin", &own).without_fetch_metadata(),
        good().without_fetch_metadata(),
    ] {
        let answer = world.usher.browser().send(request).expect(403);
        assert!(answer.set_cookies().is_empty());
    }
    frame.get("/auth/frame").expect(405);
}

#[test]
fn s_209_a_code_is_good_for_a_minute() {
    let how = How {
        movable_clock: true,
        ..How::default()
    };
    let world = Lying::with(Lie::none(), how, |settings| {
        settings.set("[apps.support]", "origins", &format!("[\"{CRM}\"]"));
    });
    let mut ada = world.ada_at("lie");
    let code = code_on(&ada.get(&window()).expect(200));
    world.usher.set_ahead(61);
    redeem(&mut world.usher.browser(), &code).expect(403);
    let code = code_on(&ada.get(&window()).expect(200));
    let mut frame = world.usher.browser();
    redeem(&mut frame, &code).expect(204);
    // Whoever works in the frame is at work, and eight hours are the end of both.
    for minutes in (20..480).step_by(20) {
        world.usher.set_ahead(minutes * 60);
        opens(&mut frame, true);
    }
    ada.get("/").expect(200).shows("Ada Lovelace");
    world.usher.set_ahead(8 * 3600 + 1);
    opens(&mut frame, false);
}

#[test]
fn c_25_a_frame_s_session_ends_with_the_one_that_it_hangs_on() {
    let world = world();
    let (mut ada, mut frame) = signed_in_frame(&world);
    opens(&mut frame, true);
    let page = ada.get("/account").expect(200);
    assert_eq!(
        page.text().matches("/account/sessions/").count(),
        1,
        "a frame is no device"
    );
    let confirm = ada.get("/auth/logout").expect(200);
    ada.submit_once(&confirm, []).expect(303);
    opens(&mut frame, false);
    // A code that was on its way comes too late.
    let mut ada = world.signed_in("ada");
    let code = code_on(&ada.get(&window()).expect(200));
    let confirm = ada.get("/auth/logout").expect(200);
    ada.submit_once(&confirm, []).expect(303);
    redeem(&mut frame, &code).expect(401);
    opens(&mut frame, false);
}

#[test]
fn c_25_another_sign_in_in_the_window_ends_the_frame_s_session() {
    let world = world();
    let (mut ada, mut frame) = signed_in_frame(&world);
    ada.go("/auth/login?provider=work").expect(200);
    opens(&mut frame, false);
    let code = code_on(&ada.get(&window()).expect(200));
    redeem(&mut frame, &code).expect(204);
    opens(&mut frame, true);
}

#[test]
fn c_25_a_back_channel_logout_ends_the_frame_s_session() {
    let world = Lying::with(Lie::naming_sessions(), How::default(), |settings| {
        settings.set("[apps.support]", "origins", &format!("[\"{CRM}\"]"));
    });
    let mut ada = world.ada_at("lie");
    let code = code_on(&ada.get(&window()).expect(200));
    let mut frame = world.usher.browser();
    redeem(&mut frame, &code).expect(204);
    opens(&mut frame, true);
    world.log_out(&world.logout_token()).expect(200);
    opens(&mut frame, false);
}

#[test]
fn on_the_same_site_the_window_s_own_cookie_is_enough() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let code = code_on(&ada.get(&window()).expect(200));
    let answer = redeem(&mut ada, &code).expect(204);
    assert!(answer.set_cookies().is_empty());
    opens(&mut ada, true);
}

#[test]
fn c_19_the_way_of_the_window_takes_what_the_app_declares_and_nothing_else() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let good = challenge(VERIFIER);
    let customer = "customer=grace@example.org";
    for (query, status) in [
        (format!("app=support&{customer}"), 400),
        (format!("app=support&{customer}&usher_frame=short"), 400),
        (
            format!("app=support&{customer}&usher_frame={good}&usher_frame={good}"),
            400,
        ),
        (format!("app=support&usher_frame={good}"), 400),
        (
            format!("app=support&{customer}&role=admin&usher_frame={good}"),
            400,
        ),
        (format!("app=nothing&{customer}&usher_frame={good}"), 404),
        (format!("app=townhall&usher_frame={good}"), 403),
    ] {
        ada.get(&format!("/auth/handed-back?{query}")).expect(status);
        let login = ada.get(&format!("/auth/login?provider=work&{query}"));
        let without = status == 400 && !query.contains("usher_frame");
        assert_eq!(login.status, if without { 303 } else { status }, "{query}");
    }
    ada.get(&format!("/auth/login?page=portal&usher_frame={good}"))
        .expect(400);
    for request in [
        framed(&window(), "same-origin"),
        Request::get(&window()).header("Sec-Fetch-Dest", "image"),
    ] {
        ada.send(request).expect(403);
    }
    for request in [Request::get(&window()), redemption("support", "x", "y")] {
        ada.send(request.header("Sec-Purpose", "prefetch")).expect(503);
    }
}
