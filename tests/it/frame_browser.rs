//! The support console inside a CRM's page, in Chromium over TLS: on the same site and across sites, with
//! third-party cookies and without.

use serde_json::{Value, json};

use crate::harness::chromium::Visitor;
use crate::harness::embedded::{EVIL, FAR, NEAR};
use crate::harness::server::{Answer, Server};
use crate::harness::tls::{Authority, Tls};
use crate::harness::{Embedded, SUPPORT};

fn has_cookie(cookies: &[Value], name: &str) -> bool {
    cookies.iter().any(|cookie| cookie["name"] == name)
}

#[test]
fn s_200_s_226_signed_in_at_the_portal_it_just_opens_on_the_same_site() {
    let world = Embedded::start();
    for (launches, wishes) in [
        json!({}),
        json!({ "thirdParty": true }),
        json!({ "script": false }),
    ]
    .into_iter()
    .enumerate()
    {
        let visitor = Visitor::with(wishes);
        let tab = visitor.tab();
        world.sign_in(&tab);
        tab.open(&world.framing(NEAR, &world.url(SUPPORT), &[]));
        world.has_opened(&tab, launches + 1);
        assert!(!has_cookie(&world.cookies(&visitor), "__Host-usher-frame"));
    }
}

#[test]
fn s_208_s_209_signed_out_the_card_s_window_signs_in_on_the_same_site() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.framing(NEAR, &world.url(SUPPORT), &[]));
    tab.see_framed("Sign in to open");
    let window = tab.click_framed_to_tab("#sign-in");
    window.closes();
    world.has_opened(&tab, 1);
    assert!(
        !has_cookie(&world.cookies(&visitor), "__Host-usher-frame"),
        "Lax does"
    );
    tab.open(&world.framing(NEAR, &world.url(SUPPORT), &[]));
    world.has_opened(&tab, 2);
}

#[test]
fn s_204_s_209_across_sites_with_third_party_cookies_allowed_and_blocked() {
    let world = Embedded::start();
    for (round, allowed) in [true, false].into_iter().enumerate() {
        let visitor = Visitor::with(json!({ "thirdParty": allowed }));
        let tab = visitor.tab();
        let other = world.framing(FAR, &world.at(EVIL, "/?echo=1"), &[]);
        tab.open(&other);
        tab.open(&other);
        tab.see_framed(if allowed {
            "brought: third=1"
        } else {
            "brought: nothing"
        });
        let page = world.framing(FAR, &world.url(SUPPORT), &[]);
        tab.open(&page);
        tab.see_framed("Sign in to open");
        assert_eq!(tab.axe_framed(), Vec::<String>::new());
        tab.click_framed_to_tab("#sign-in").closes();
        world.has_opened(&tab, round * 2 + 1);
        let cookies = world.cookies(&visitor);
        let frame = cookies
            .iter()
            .find(|cookie| cookie["name"] == "__Host-usher-frame");
        let frame = frame.expect("C-26: a cookie of the frame's own");
        assert_eq!(frame["partitionKey"], "https://other.test", "{allowed}");
        assert_eq!(
            (&frame["sameSite"], &frame["secure"]),
            (&json!("None"), &json!(true))
        );
        // The next visit needs no click.
        tab.open(&page);
        world.has_opened(&tab, round * 2 + 2);
        // Of the card's status, and of no policy that stops a page of ours.
        let problems = tab.problems();
        assert!(
            problems.iter().all(|problem| problem.contains("401")),
            "{problems:?}"
        );
    }
}

#[test]
fn s_509_signed_in_at_the_portal_a_frame_across_sites_takes_one_click() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    world.sign_in(&tab);
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    tab.see_framed("Sign in to open");
    tab.click_framed_to_tab("#sign-in").closes();
    world.has_opened(&tab, 1);
    assert_eq!(world.world.liar.asked("lie", "authorize"), 1, "nobody asks twice");
    world.cookies(&visitor);
}

#[test]
fn c_25_signed_out_elsewhere_the_frame_shows_the_card_again() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    let page = world.framing(FAR, &world.url(SUPPORT), &[]);
    tab.open(&page);
    tab.click_framed_to_tab("#sign-in").closes();
    world.has_opened(&tab, 1);
    world.cookies(&visitor);
    let portal = visitor.tab();
    portal.open(&world.url("/auth/logout"));
    portal.click("main form button");
    portal.arrive("/auth/signed-out");
    tab.open(&page);
    tab.see_framed("Sign in to open");
    world.cookies(&visitor);
}

#[test]
fn s_208_without_scripts_the_card_is_a_link_to_a_tab() {
    let world = Embedded::start();
    let visitor = Visitor::with(json!({ "script": false }));
    let tab = visitor.tab();
    let page = world.framing(NEAR, &world.url(SUPPORT), &[]);
    tab.open(&page);
    tab.see_framed("Sign in to open");
    let own = tab.click_framed_to_tab("#sign-in");
    own.arrive(&format!("^{}", world.world.vendor.url("/connect")));
    world.world.usher.secrets.add_url(&own.url());
    tab.open(&page);
    world.has_opened(&tab, 2);
    world.cookies(&visitor);
}

#[test]
fn s_210_where_windows_are_blocked_a_tab_is_the_way() {
    let world = Embedded::start();
    let visitor = Visitor::with(json!({ "popups": false }));
    let tab = visitor.tab();
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    tab.see_framed("Sign in to open");
    tab.click_framed("#sign-in");
    tab.see_framed("Nothing came back");
    let own = tab.click_framed_to_tab("#tab a");
    own.arrive(&format!("^{}", world.world.vendor.url("/connect")));
    world.world.usher.secrets.add_url(&own.url());
    world.cookies(&visitor);
}

#[test]
fn s_210_a_provider_that_cuts_the_opener_off_costs_a_second_press() {
    let world = Embedded::with_a_page_on_the_way(|_| "go()".to_owned(), &[("coop", "1")]);
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    let window = tab.click_framed_to_tab("#sign-in");
    window.arrive("/auth/handed-back");
    window.see("You are signed in");
    window.see("Close this window and press");
    tab.see_framed("Nothing came back");
    // Either way goes on: the button once more, or here.
    tab.click_framed_to_tab("#sign-in").closes();
    world.has_opened(&tab, 1);
    window.click("main a.button");
    window.arrive(&format!("^{}", world.world.vendor.url("/connect")));
    world.world.usher.secrets.add_url(&window.url());
    world.cookies(&visitor);
}

#[test]
fn s_210_a_window_that_is_closed_on_the_way_is_noticed_and_can_be_opened_again() {
    let world = Embedded::with_a_page_on_the_way(|_| String::new(), &[]);
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    let window = tab.click_framed_to_tab("#sign-in");
    window.evaluate("setTimeout(close)");
    window.closes();
    tab.see_framed("Nothing came back");
    let window = tab.click_framed_to_tab("#sign-in");
    window.evaluate("setTimeout(close)");
    window.closes();
    world.cookies(&visitor);
}

#[test]
fn s_210_a_framing_page_that_cuts_windows_off_leaves_the_tab() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[("coop", "1")]));
    tab.see_framed("Sign in to open");
    tab.click_framed("#sign-in");
    tab.see_framed("Nothing came back");
    tab.click_framed("#tab a");
    world.world.usher.logged("launch");
    world.cookies(&visitor);
}

#[test]
fn s_204_a_browser_that_keeps_no_cookie_in_frames_is_told_so() {
    let world = Embedded::start();
    let visitor =
        Visitor::with(json!({ "thirdParty": true, "cookieless": "[*.]example.test,[*.]other.test" }));
    let tab = visitor.tab();
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    tab.see_framed("Sign in to open");
    tab.click_framed_to_tab("#sign-in").closes();
    tab.see_framed("does not keep that inside other pages");
    world.cookies(&visitor);
}

#[test]
fn c_33_what_usher_link_prints_opens_the_console_where_it_is_pasted() {
    let world = Embedded::start();
    let customer = "customer=grace@example.org";
    let args = ["link", "support", "--only", "iframe", "--param", customer];
    let printed = world.world.usher.run(&args);
    let html = String::from_utf8(printed.stdout).unwrap();
    assert!(html.starts_with("<iframe "), "{html}");
    let visitor = Visitor::new();
    let tab = visitor.tab();
    for (launches, host) in [NEAR, FAR].into_iter().enumerate() {
        tab.open(&world.framing(host, "", &[("html", &html)]));
        tab.see_framed("Sign in to open");
        tab.click_framed_to_tab("#sign-in").closes();
        world.has_opened(&tab, launches + 1);
        assert_eq!(tab.attribute("iframe", "title"), "Support console");
    }
    world.cookies(&visitor);
    tab.open(&world.framing(EVIL, "", &[("html", &html)]));
    assert_eq!(tab.frames(), ["chrome-error://chromewebdata/"]);
}

#[test]
fn a_certificate_of_another_authority_opens_nothing() {
    let visitor = Visitor::new();
    let pages = Server::start(|_| Answer::new(200, "text/html", "A page"));
    for (authority, opens) in [(&Authority::new(), false), (Authority::trusted(), true)] {
        let tls = Tls::signed_by(authority, &[FAR]);
        tls.lead(FAR, pages.port);
        let opened = visitor.tab().may_open(&format!("https://{FAR}:{}/", tls.port));
        match opened {
            Ok(status) => assert!(opens && status == 200),
            Err(error) => assert!(!opens && error.contains("ERR_CERT_AUTHORITY_INVALID"), "{error}"),
        }
    }
}
