//! In Chromium: what no list of headers can prove.

use serde_json::json;

use crate::harness::chromium::{Tab, Visitor};
use crate::harness::{Lie, SUPPORT, World, keys, lying, token_in, verify};

const LOGIN: &str = "input[name=login]";

/// Signs in where the tab stands at the provider's form.
pub fn sign_in(tab: &Tab, login: &str) {
    tab.arrive("/sign-in/");
    tab.fill(LOGIN, login);
    tab.click("button");
}

/// A visitor who is signed in and stands at the portal.
fn at_the_portal(world: &World, login: &str) -> (Visitor, Tab) {
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.usher.url("/auth/login?provider=work"));
    sign_in(&tab, login);
    tab.arrive(&format!("^{}$", world.usher.url("/")));
    world.remember(&visitor);
    (visitor, tab)
}

impl World {
    /// A real browser's cookies are secrets of the log scan too.
    pub fn remember(&self, visitor: &Visitor) {
        for cookie in visitor.cookies() {
            if cookie["name"].as_str().is_some_and(|name| name.contains("usher")) {
                self.usher
                    .secrets
                    .add("the value of a cookie", cookie["value"].as_str().unwrap());
            }
        }
    }

    /// Asserts that the tab is at the vendor with a token that the vendor accepts.
    #[track_caller]
    pub fn has_arrived(&self, tab: &Tab, path: &str, key: usize) -> serde_json::Value {
        tab.arrive(&format!("^{}", self.vendor.url(path)));
        let token = token_in(&tab.url());
        self.usher.secrets.add_token("a minted token", &token);
        verify(&token, key, None, None).expect("a vendor accepts it")["claims"].clone()
    }
}

#[test]
fn from_the_portal_through_the_sign_in_to_the_event() {
    let world = World::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    assert_eq!(tab.open(&world.usher.url("/")), 200);
    tab.click("a[href^='/auth/login']");
    sign_in(&tab, "ada");
    tab.arrive(&format!("^{}$", world.usher.url("/")));
    assert!(tab.text().contains("Ada Lovelace"));
    tab.click("a[href='/launch/townhall']");
    let claims = world.has_arrived(&tab, "/events/townhall", keys::TOWNHALL);
    assert_eq!(claims["displayName"], "Ada Lovelace");
    assert_eq!(claims["roles"], json!(["host"]));

    // The second click needs no sign-in.
    tab.open(&world.usher.url(SUPPORT));
    world.has_arrived(&tab, "/connect", keys::SUPPORT);
    world.vendor.saw_nothing_but_tokens();
    world.remember(&visitor);
}

#[test]
fn s_227_from_an_event_link_on_another_site() {
    let world = World::start();
    let visitor = Visitor::new();
    visitor.page_elsewhere(
        "http://intranet.test/",
        &format!(
            "<a id=go href='{}'>Join the town hall</a>",
            world.usher.url("/launch/townhall")
        ),
    );
    let tab = visitor.tab();
    tab.open("http://intranet.test/");
    tab.click("#go");
    sign_in(&tab, "ada");
    world.has_arrived(&tab, "/events/townhall", keys::TOWNHALL);
    world.vendor.saw_nothing_but_tokens();
    tab.open("http://intranet.test/");
    tab.click("#go");
    world.has_arrived(&tab, "/events/townhall", keys::TOWNHALL);
    world.remember(&visitor);
}

#[test]
fn lesson_4_three_tabs_all_arrive() {
    let world = World::start();
    let visitor = Visitor::new();
    let tabs = [visitor.tab(), visitor.tab(), visitor.tab()];
    for tab in &tabs {
        tab.open(&world.usher.url("/launch/townhall"));
        tab.arrive("/sign-in/");
    }
    for tab in &tabs {
        sign_in(tab, "ada");
        world.has_arrived(tab, "/events/townhall", keys::TOWNHALL);
    }
    world.remember(&visitor);
}

#[test]
fn a_restart_between_two_clicks_goes_unnoticed() {
    let mut world = World::start();
    let (visitor, tab) = at_the_portal(&world, "ada");
    world.usher.stop();
    world.usher.start_again();
    tab.click("a[href='/launch/townhall']");
    world.has_arrived(&tab, "/events/townhall", keys::TOWNHALL);
    drop(visitor);
}

#[test]
fn a_denial_says_who_what_and_whom_to_ask() {
    let world = World::start();
    let (_visitor, tab) = at_the_portal(&world, "eve");
    assert_eq!(tab.open(&world.usher.url("/launch/townhall")), 403);
    let text = tab.text();
    for wanted in ["Town hall", "eve@example.net"] {
        assert!(text.contains(wanted), "{wanted}:\n{text}");
    }
    assert!(tab.count("a[href*='help@example.com']") > 0);
    // Another account: the provider lets her choose, and the way to the app is kept (lesson 7).
    tab.click("a[href*='switch=1']");
    assert!(tab.url().contains("localhost"), "{}", tab.path());
}

#[test]
fn s_218_after_signing_out_back_shows_nothing_of_the_person() {
    let world = World::start();
    let (visitor, tab) = at_the_portal(&world, "ada");
    tab.open(&world.usher.url("/account"));
    tab.open(&world.usher.url("/auth/logout"));
    tab.click("main form button");
    tab.arrive("/session/end");
    tab.click("button[name=logout]");
    tab.arrive("/auth/signed-out");
    for _ in 0..4 {
        tab.back();
        assert!(
            !tab.text().contains("ada@example.com"),
            "at {}:\n{}",
            tab.path(),
            tab.text()
        );
    }
    assert!(visitor.cookies().iter().all(|cookie| cookie["name"] != "usher"));
}

/// C-10: Chromium applies `form-action` to the redirects behind a form too.
#[test]
fn c_10_forms_get_through_two_foreign_redirects() {
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "confirm", "true");
        settings.replace("/events/townhall", "/far");
    });
    let (_visitor, tab) = at_the_portal(&world, "ada");
    tab.open(&world.usher.url("/launch/townhall"));
    tab.click("main form button");
    tab.arrive("/events/there$");
    assert_eq!(tab.problems(), Vec::<String>::new());
}

#[test]
fn everything_works_without_script_and_by_keyboard() {
    let world = World::start();
    let visitor = Visitor::with(json!({ "script": false }));
    let tab = visitor.tab();
    tab.open(&world.usher.url("/"));
    tab.press("Tab");
    tab.press("Enter");
    tab.open(&world.usher.url("/auth/login?provider=work"));
    sign_in(&tab, "ada");
    tab.fill("input[name=q]", "town");
    tab.press("Enter");
    tab.arrive("q=town");
    tab.click("a[href='/launch/townhall']");
    world.has_arrived(&tab, "/events/townhall", keys::TOWNHALL);
    world.remember(&visitor);
}

#[test]
fn s_207_a_frame_on_another_site_never_gets_a_token() {
    let world = World::start();
    let (visitor, tab) = at_the_portal(&world, "ada");
    visitor.page_elsewhere(
        "http://crm.test/",
        &format!(
            "<iframe src='{}'></iframe><img src='{0}'>",
            world.usher.url("/launch/townhall")
        ),
    );
    tab.open("http://crm.test/");
    assert!(world.vendor.visits().is_empty(), "a frame reached the vendor");
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn c_10_a_tile_gets_through_two_foreign_redirects() {
    let world = World::with(|settings| {
        settings.replace("/events/townhall", "/far");
    });
    let (_visitor, tab) = at_the_portal(&world, "ada");
    tab.click("a[href='/launch/townhall']");
    tab.arrive("/events/there$");
    assert_eq!(tab.problems(), Vec::<String>::new());
    let paths: Vec<String> = world
        .vendor
        .visits()
        .iter()
        .map(|v| v.path().to_owned())
        .collect();
    assert_eq!(paths, ["/far", "/farther", "/events/there"]);
    world.vendor.saw_nothing_but_tokens();
}

#[test]
fn c_10_signing_out_gets_through_two_foreign_redirects() {
    let world = lying(Lie::none().ending_sessions());
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.usher.url("/auth/login?provider=lie"));
    tab.arrive(&format!("^{}$", world.usher.url("/")));
    for cookie in visitor.cookies() {
        let value = cookie["value"].as_str().unwrap();
        world.usher.secrets.add("the value of a cookie", value);
    }
    tab.click("a[href='/auth/logout']");
    tab.click("main form button");
    tab.arrive(&format!("^{}", world.usher.url("/auth/signed-out")));
    assert_eq!(tab.problems(), Vec::<String>::new());
    for endpoint in ["end", "ended"] {
        assert_eq!(world.liar.asked("lie", endpoint), 1, "{endpoint}");
    }
    let last = &world.liar.requests("lie", "ended")[0];
    assert!(
        last.header("Host")
            .is_some_and(|host| host.starts_with("two.localhost:"))
    );
    assert!(visitor.cookies().iter().all(|cookie| cookie["name"] != "usher"));
}
