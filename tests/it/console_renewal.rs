//! Fresh tokens for a console that stays open, in Chromium: its stand-in holds every call against `exp` (C-31).

use std::time::Duration;

use serde_json::json;

use crate::console_browser::{DUE, Desk, TTL, millis, punctual, shows_no_token};
use crate::harness::SUPPORT;
use crate::harness::chromium::Visitor;
use crate::harness::embedded::NEAR;
use crate::window::{now, written};

const PATIENCE: Duration = Duration::from_secs(20);
/// Where the page asks.
const API: &str = "**/api/apps/support/token";

#[test]
fn c_31_a_fresh_token_keeps_the_console_alive_past_the_end_of_the_first() {
    let desk = Desk::start();
    let visitor = punctual();
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.crm(NEAR));
    tab.see_deep("token 1");
    desk.go_on(&visitor, DUE, 25);
    tab.see_deep("token 2");
    desk.go_on(&visitor, TTL + 5, 10);
    tab.see_deep("Agent ada@example.com, token 2");
    desk.go_on(&visitor, DUE + TTL, 20);
    tab.see_deep("Agent ada@example.com, token 3");
    assert_eq!(desk.launches(), 3, "each one a row");
    shows_no_token(&desk, &tab);
}

#[test]
fn c_31_a_computer_that_slept_past_the_end_gets_a_token_as_it_wakes() {
    let desk = Desk::start();
    let visitor = punctual();
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.world.url(SUPPORT));
    tab.see_framed("token 1");
    desk.world.world.usher.set_ahead(600);
    desk.console.set_ahead(600);
    visitor.wake(millis() + 600_000);
    tab.see_framed("Agent ada@example.com, token 2");
}

#[test]
fn c_31_by_a_redirect_the_console_ends_with_its_token() {
    let mut desk = Desk::with(|settings| {
        settings.set("[apps.support]", "delivery", "\"redirect\"");
    });
    desk.by_message = false;
    let visitor = punctual();
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.crm(NEAR));
    tab.see_framed("token 1");
    desk.go_on(&visitor, TTL + 1, 31);
    tab.see_framed("Session ended: jwt expired");
}

#[test]
fn c_31_signed_out_in_between_the_next_renewal_is_the_sign_in() {
    let desk = Desk::start();
    for framed in [true, false] {
        let visitor = punctual();
        let tab = visitor.tab();
        desk.world.sign_in(&tab);
        if framed {
            tab.open(&desk.crm(NEAR));
            tab.see_deep("Agent ada@example.com");
        } else {
            tab.open(&desk.world.url(SUPPORT));
            tab.see_framed("Agent ada@example.com");
        }
        let portal = visitor.tab();
        portal.open(&desk.world.url("/auth/logout"));
        portal.click("main form button");
        portal.arrive("/auth/signed-out");
        let (asked, launches) = (desk.world.world.liar.asked("lie", "authorize"), desk.launches());
        visitor.forward(25);
        if framed {
            tab.see_framed("Sign in to open");
            assert_eq!(desk.launches(), launches);
        } else {
            // The provider of this test knows her still.
            desk.world.world.usher.log.wait_for(PATIENCE, |_| {
                (desk.world.world.liar.asked("lie", "authorize") > asked).then_some(())
            });
            tab.see_framed("Agent ada@example.com");
            assert_eq!(desk.launches(), launches + 1);
        }
    }
}

#[test]
fn c_31_a_visitor_s_clock_may_be_wrong_by_years() {
    let desk = Desk::start();
    for (round, time) in [978_307_200_000_i64, 2_208_988_800_000].into_iter().enumerate() {
        let visitor = Visitor::with(json!({ "time": time }));
        let tab = visitor.tab();
        // Tokens of one second may be equal (C-2).
        let begun = 100 * i64::try_from(round).unwrap();
        desk.go_on(&visitor, begun, 0);
        desk.world.sign_in(&tab);
        tab.open(&desk.world.url(SUPPORT));
        tab.see_framed(&format!("token {}", 2 * round + 1));
        desk.go_on(&visitor, begun + 20, 20);
        tab.see_framed(&format!("token {}", 2 * round + 1));
        assert_eq!(desk.launches(), 2 * round + 1);
        desk.go_on(&visitor, begun + DUE, 5);
        tab.see_framed(&format!("token {}", 2 * round + 2));
    }
}

#[test]
fn c_31_a_gateway_that_is_down_is_asked_again_when_it_says_and_by_a_press() {
    let desk = Desk::start();
    let visitor = punctual();
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.world.url(SUPPORT));
    tab.see_framed("token 1");
    visitor.instead(API, 503, &json!({ "retry-after": "120" }));
    desk.go_on(&visitor, DUE, 25);
    tab.see("is interrupted");
    assert_eq!(tab.axe(), Vec::<String>::new());
    visitor.resume(API);
    visitor.forward(60);
    assert_eq!(desk.launches(), 1, "it said 120 s");
    visitor.forward(100);
    tab.see_framed("token 2");
    assert!(!tab.text().contains("interrupted"), "{}", tab.text());

    visitor.instead(API, 502, &json!({}));
    desk.go_on(&visitor, 2 * DUE, 25);
    let given_up = (0..60).any(|_| {
        visitor.forward(80);
        tab.text().contains("is lost.")
    });
    assert!(given_up, "{}", tab.text());
    visitor.resume(API);
    tab.click("#reconnect");
    tab.see_framed("token 3");
    assert_eq!(desk.launches(), 3);
}

#[test]
fn c_54_too_many_launches_are_told_in_the_page() {
    let desk = Desk::with(|settings| {
        settings.set("[limits]", "launches_per_minute", "1");
    });
    let visitor = punctual();
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.world.url(SUPPORT));
    tab.see_framed("token 1");
    visitor.forward(25);
    tab.see("is interrupted");
    tab.see("Reconnect");
    assert_eq!(desk.launches(), 1);
}

#[test]
fn c_11_an_app_that_closes_in_between_says_so_and_is_asked_no_more() {
    let desk = Desk::with(|settings| {
        let closes = written(now() + time::Duration::minutes(10));
        settings.set("[apps.support]", "closes_at", &format!("\"{closes}\""));
    });
    let visitor = Visitor::with(json!({ "time": millis(), "locale": "de-DE" }));
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.world.url(SUPPORT));
    tab.see_framed("token 1");
    desk.go_on(&visitor, 700, 25);
    tab.see("Neu verbinden");
    assert_eq!(tab.axe(), Vec::<String>::new());
    for _ in 0..5 {
        visitor.forward(600);
    }
    tab.see("Neu verbinden");
    assert_eq!(desk.world.world.usher.audited("denied").len(), 1);
}

#[test]
fn c_31_a_shorter_life_after_a_reload_is_heard_of_with_the_next_token() {
    let desk = Desk::with(|settings| {
        settings.set("[apps.support]", "ttl", "\"120s\"");
    });
    let visitor = punctual();
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.world.url(SUPPORT));
    tab.see_framed("token 1");
    let usher = &desk.world.world.usher;
    usher.edit("ttl = \"120s\"", "ttl = \"30s\"");
    assert_eq!(usher.reload()["event"], "config.reloaded");
    desk.go_on(&visitor, 97, 97);
    tab.see_framed("token 2");
    desk.go_on(&visitor, 97 + DUE, 25);
    tab.see_framed("token 3");
}
