//! Tabs, back, reload, bookmarks, strangers' links: every way in which a callback can come at
//! the wrong moment (lessons 1 to 7).

use crate::harness::{Browser, How, Lie, Lying, Request, Response, World, claims_of, keys, lying};

/// Starts a sign-in and stops before the callback: the answer whose Location leads there.
fn up_to_the_callback(world: &Lying, browser: &mut Browser, start: &str) -> Response {
    let page = browser.get(start);
    let _ = world;
    browser.follow_until(page, |to| to.path().starts_with("/auth/callback/"))
}

fn login(app: &str) -> String {
    format!("/auth/login?provider=honest&app={app}")
}

#[test]
fn s_201_lesson_4_three_tabs_all_finish() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let starts = ["townhall", "support&customer=grace@example.org", "townhall"];
    let tabs = starts.map(|app| up_to_the_callback(&world, &mut browser, &login(app)));
    let arrived = tabs.map(|tab| {
        let end = browser.follow(tab).expect(200);
        assert!(end.url.starts_with(&world.vendor.url("/")), "{}", end.path());
        end.path().to_owned()
    });
    assert_eq!(arrived[0], world.vendor.url("/events/townhall"));
    assert_eq!(arrived[1], world.vendor.url("/connect"));
    assert_eq!(arrived[2], world.vendor.url("/events/townhall"));
}

#[test]
fn lesson_4_three_tabs_finish_in_any_order() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let tabs = ["townhall"; 3].map(|app| up_to_the_callback(&world, &mut browser, &login(app)));
    for tab in tabs.into_iter().rev() {
        let end = browser.follow(tab).expect(200);
        claims_of(&end, keys::TOWNHALL);
    }
}

#[test]
fn s_112_lesson_5_a_callback_that_is_reloaded_goes_on_to_the_launch() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let tab = up_to_the_callback(&world, &mut browser, &login("townhall"));
    let callback = tab.location().to_owned();
    browser.follow(tab).expect(200);
    let asked = world.liar.asked("honest", "token");
    for _ in 0..3 {
        let again = browser.get(&callback).expect(303);
        assert!(again.location().contains("/launch/townhall"), "C-18");
        claims_of(&browser.follow(again), keys::TOWNHALL);
    }
    assert_eq!(
        world.liar.asked("honest", "token"),
        asked,
        "a used code was sent again"
    );
}

#[test]
fn s_112_s_306_a_replayed_callback_signs_nobody_in() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let tab = up_to_the_callback(&world, &mut browser, &login("townhall"));
    let callback = tab.location().to_owned();
    browser.follow(tab).expect(200);
    browser.forget_cookies();
    let page = browser.get(&callback).expect(400);
    assert!(!browser.is_signed_in());
    assert!(
        page.set_cookies()
            .iter()
            .all(|(name, value, _)| name != "usher" || value.is_empty())
    );
    let way_on = page_link(&page, "/auth/login");
    assert!(
        way_on.contains("app=townhall"),
        "the button has lost the way: {way_on}"
    );
    claims_of(&browser.go(&way_on), keys::TOWNHALL);
}

#[test]
fn lesson_5_an_old_state_with_a_new_code() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let tab = up_to_the_callback(&world, &mut browser, &login("townhall"));
    let callback = tab.location().to_owned();
    browser.follow(tab).expect(200);
    let renewed = callback.replace("code=", "code=other");
    let again = browser.get(&renewed).expect(303);
    assert!(again.location().contains("/launch/townhall"));
}

#[test]
fn s_305_a_callback_that_another_browser_began() {
    let world = lying(Lie::none());
    let (mut attacker, mut victim) = (world.usher.browser(), world.usher.browser());
    let tab = up_to_the_callback(&world, &mut attacker, &login("townhall"));
    let page = victim.get(tab.location()).expect(400);
    assert!(!victim.is_signed_in());
    assert_eq!(world.liar.asked("honest", "token"), 0, "the code was redeemed");
    page_link(&page, "/auth/login");
    assert_eq!(
        world.usher.logged("callback.cookie_missing")["event"],
        "sign_in.failed"
    );
    // The owner's attempt is as good as before.
    claims_of(&attacker.follow(tab), keys::TOWNHALL);
}

#[test]
fn s_306_a_state_that_is_missing_unknown_or_cut_off() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let tab = up_to_the_callback(&world, &mut browser, &login("townhall"));
    let callback = tab.location().to_owned();
    let state = callback
        .split_once("state=")
        .unwrap()
        .1
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    let flipped = format!(
        "{}{}",
        &state[..state.len() - 3],
        if state.ends_with("AAA") { "BBB" } else { "AAA" }
    );
    for (odd, reason) in [
        (
            callback.replace(&format!("state={state}"), "x=1"),
            "callback.state_missing",
        ),
        (callback.replace(&state, ""), "callback.state_missing"),
        (callback.replace(&state, "unknown"), "callback.state_invalid"),
        (
            callback.replace(&state, &state[..state.len() / 2]),
            "callback.state_invalid",
        ),
        (callback.replace(&state, &flipped), "callback.state_invalid"),
        (
            callback.replace(&state, &"a".repeat(3000)),
            "callback.state_invalid",
        ),
    ] {
        let page = browser.get(&odd).expect(400);
        assert!(!browser.is_signed_in());
        let reference = page.header("X-Request-Id").unwrap().to_owned();
        let line = world.usher.logged(reason);
        assert_eq!(line["event"], "sign_in.failed");
        page.shows(&reference);
    }
    assert_eq!(world.liar.asked("honest", "token"), 0);
    claims_of(&browser.follow(tab), keys::TOWNHALL);
}

#[test]
fn s_148_duplicate_parameters_in_the_address() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let tab = up_to_the_callback(&world, &mut browser, &login("townhall"));
    browser.get(&format!("{}&code=again", tab.location())).expect(400);
    assert_eq!(
        world.usher.logged("callback.duplicate_parameter")["event"],
        "sign_in.failed"
    );
    assert_eq!(world.liar.asked("honest", "token"), 0);
}

#[test]
fn s_203_a_posted_callback_is_405() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let answer = browser.post("/auth/callback/honest", [("code", "c"), ("state", "s")]);
    assert_eq!(answer.status, 405);
}

#[test]
fn s_211_a_prefetched_callback_uses_nothing_up() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let tab = up_to_the_callback(&world, &mut browser, &login("townhall"));
    let answer = browser
        .send(Request::get(tab.location()).header("Sec-Purpose", "prefetch"))
        .expect(503);
    assert!(answer.body.is_empty());
    claims_of(&browser.follow(tab), keys::TOWNHALL);
}

#[test]
fn s_339_attempts_of_two_tabs_do_not_fit_each_other() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let one = up_to_the_callback(&world, &mut browser, &login("townhall"));
    let names: Vec<String> = attempts(&browser);
    let two = up_to_the_callback(&world, &mut browser, &login("townhall"));
    let other = attempts(&browser)
        .into_iter()
        .find(|name| !names.contains(name))
        .unwrap();
    let (a, b) = (
        browser.cookie(&names[0]).unwrap().to_owned(),
        browser.cookie(&other).unwrap().to_owned(),
    );
    browser.plant(&names[0], &b);
    browser.plant(&other, &a);
    browser.get(one.location()).expect(400);
    browser.get(two.location()).expect(400);
    assert!(!browser.is_signed_in());
    assert_eq!(world.liar.asked("honest", "token"), 0);
}

#[test]
fn lesson_6_the_login_page_stayed_open_for_29_minutes() {
    let world = movable();
    let mut browser = world.usher.browser();
    let tab = up_to_the_callback(&world, &mut browser, &login("townhall"));
    ahead(&world, 29 * 60);
    let end = browser.follow_until(tab, |to| to.path().starts_with("/events/"));
    assert_eq!(end.status, 302, "{}", end.text());
}

#[test]
fn lesson_6_s_306_a_state_of_31_minutes_ago_starts_again_with_one_button() {
    let world = movable();
    let mut browser = world.usher.browser();
    let tab = up_to_the_callback(&world, &mut browser, &login("townhall"));
    ahead(&world, 31 * 60);
    let page = browser.get(tab.location()).expect(400);
    assert!(!browser.is_signed_in());
    assert_eq!(world.liar.asked("honest", "token"), 0);
    assert_eq!(
        world.usher.logged("callback.state_stale")["event"],
        "sign_in.failed"
    );
    let start = browser.get(&page_link(&page, "/auth/login"));
    let end = browser.follow_until(start, |to| to.path().starts_with("/events/"));
    assert_eq!(end.status, 302, "{}", end.text());
}

#[test]
fn c_18_a_stale_callback_of_a_signed_in_person_goes_on_to_the_launch() {
    let world = movable();
    let mut browser = world.usher.browser();
    let tab = up_to_the_callback(&world, &mut browser, &login("townhall"));
    ahead(&world, 31 * 60);
    world.sign_in(&mut browser, "honest").expect(200);
    let answer = browser.get(tab.location()).expect(303);
    assert!(answer.location().contains("/launch/townhall"));
}

/// Lesson 1 and C-56: a browser that keeps no session must not go round for ever.
#[test]
fn c_56_three_rounds_in_a_minute_end_at_a_diagnosis_page() {
    let world = World::start();
    let mut browser = world.usher.browser();
    browser.drops = Some("usher");
    let page = world.open(&mut browser, "/launch/townhall", "ada");
    assert!(page.status >= 400, "round and round: {}", page.path());
    let rounds = browser
        .hops
        .iter()
        .filter(|hop| hop.url.contains("/auth/callback/"))
        .count();
    assert_eq!(rounds, 3);
    world.usher.logged("login.loop");
}

#[test]
fn c_56_parallel_tabs_are_not_rounds() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let tabs = ["townhall"; 6].map(|app| up_to_the_callback(&world, &mut browser, &login(app)));
    for tab in tabs {
        claims_of(&browser.follow(tab), keys::TOWNHALL);
    }
}

/// S-308: a flow that one person began is not finished by another.
#[test]
fn s_119_s_308_two_people_in_one_browser() {
    let world = World::start();
    let mut browser = world.usher.browser();
    let ada_form = browser.go("/launch/townhall");
    let bob_form = browser.go("/auth/login?provider=work");
    browser.submit(&bob_form, [("login", "bob")]).expect(200);
    let bobs = browser.cookie("usher").expect("signed in").to_owned();
    let mut end = browser.submit(&ada_form, [("login", "ada")]);
    // The provider notices that its own session changed hands, ends it, and asks once more.
    while end.url.starts_with("http://localhost") && end.text().contains("<form") {
        end = browser.submit(&end, [("login", "ada")]);
    }
    if end.status == 200 && end.url.contains("token=") {
        let claims = claims_of(&end, keys::TOWNHALL);
        let now = browser.cookie("usher").expect("signed in").to_owned();
        match claims["email"].as_str() {
            Some("ada@example.com") => assert_ne!(now, bobs, "Ada sits in Bob's session"),
            Some("bob@example.com") => assert_eq!(now, bobs, "Bob's name in a new session"),
            other => panic!("who is {other:?}"),
        }
    } else {
        assert_eq!(end.status, 400, "{}\n{}", end.path(), end.text());
    }
}

fn attempts(browser: &Browser) -> Vec<String> {
    browser
        .cookie_names()
        .into_iter()
        .filter(|n| n.starts_with("usher-login-"))
        .map(str::to_owned)
        .collect()
}

fn movable() -> Lying {
    Lying::with(
        Lie::none(),
        How {
            movable_clock: true,
            ..How::default()
        },
        |_| (),
    )
}

fn ahead(world: &Lying, seconds: i64) {
    world.usher.set_ahead(seconds);
    world.liar.set_ahead(seconds);
}

/// The page's one link that starts with a path.
#[track_caller]
fn page_link(page: &Response, start: &str) -> String {
    let links = crate::harness::browser::links(&page.text());
    let mut found = links.into_iter().filter(|link| link.contains(start));
    found
        .next()
        .unwrap_or_else(|| panic!("no link to {start} in\n{}", page.text()))
}
