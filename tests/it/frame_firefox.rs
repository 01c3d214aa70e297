//! The support console inside a CRM's page in Firefox, whose cookies of other sites are kept apart for each
//! site around or blocked altogether.

use crate::harness::chromium::{Tab, Visitor};
use crate::harness::embedded::{ALOOF, EVIL, FAR, NEAR, names};
use crate::harness::server::{Answer, Server};
use crate::harness::tls::{Authority, Tls};
use crate::harness::{Embedded, Lie, SUPPORT};

/// Asserts what a frame's page brings at its second visit, to the same page around and to another.
fn brings(world: &Embedded, tab: &Tab, again: &str, elsewhere: &str) {
    let echo = world.at(ALOOF, "/?echo=1");
    for (host, brought) in [(FAR, "nothing"), (FAR, again), (EVIL, elsewhere)] {
        tab.open(&world.framing(host, &echo, &[]));
        tab.see_framed(&format!("brought: {brought}"));
    }
}

#[test]
fn s_200_in_firefox_signed_in_at_the_portal_it_just_opens_on_the_same_site() {
    let world = Embedded::start();
    for (launches, blocked) in [false, true].into_iter().enumerate() {
        let visitor = Visitor::in_firefox(blocked);
        let tab = visitor.tab();
        world.sign_in(&tab);
        tab.open(&world.framing(NEAR, &world.url(SUPPORT), &[]));
        world.has_opened(&tab, launches + 1);
        world.cookies(&visitor);
    }
}

#[test]
fn s_208_s_209_in_firefox_signed_out_the_card_s_window_signs_in_on_the_same_site() {
    let world = Embedded::start();
    let visitor = Visitor::in_firefox(true);
    let tab = visitor.tab();
    let page = world.framing(NEAR, &world.url(SUPPORT), &[]);
    tab.open(&page);
    tab.see_framed("Sign in to open");
    tab.click_framed_to_tab("#sign-in").closes();
    world.has_opened(&tab, 1);
    tab.open(&page);
    world.has_opened(&tab, 2);
    world.cookies(&visitor);
}

#[test]
fn s_204_s_209_c_25_in_firefox_across_sites_each_site_signs_in_once_until_the_sign_out() {
    let tls = names();
    let origins = format!("[\"https://{FAR}:{0}\", \"https://{EVIL}:{0}\"]", tls.port);
    let world = Embedded::with(Lie::none(), tls, |settings| {
        settings.set("[apps.support]", "origins", &origins);
    });
    let visitor = Visitor::in_firefox(false);
    let tab = visitor.tab();
    brings(&world, &tab, "third=1", "nothing");
    world.sign_in(&tab);
    let [far, other] = [FAR, EVIL].map(|host| world.framing(host, &world.url(SUPPORT), &[]));
    for (launches, page) in [&far, &other].into_iter().enumerate() {
        tab.open(page);
        tab.see_framed("Sign in to open");
        tab.click_framed_to_tab("#sign-in").closes();
        world.has_opened(&tab, launches + 1);
    }
    assert_eq!(world.world.liar.asked("lie", "authorize"), 1, "nobody asks twice");
    for (launches, page) in [&far, &other].into_iter().enumerate() {
        tab.open(page);
        world.has_opened(&tab, launches + 3);
    }
    world.cookies(&visitor);
    let portal = visitor.tab();
    portal.open(&world.url("/auth/logout"));
    portal.click("main form button");
    portal.arrive("/auth/signed-out");
    for page in [&far, &other] {
        tab.open(page);
        tab.see_framed("Sign in to open");
    }
    world.cookies(&visitor);
}

#[test]
fn s_204_in_firefox_without_cookies_of_other_sites_a_tab_is_the_way() {
    let world = Embedded::start();
    let visitor = Visitor::in_firefox(true);
    let tab = visitor.tab();
    brings(&world, &tab, "nothing", "nothing");
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    tab.see_framed("Sign in to open");
    tab.click_framed_to_tab("#sign-in").closes();
    tab.see_framed("does not keep that inside other pages");
    let own = tab.click_framed_to_tab("#tab a");
    own.arrive(&format!("^{}", world.world.vendor.url("/connect")));
    world.world.usher.secrets.add_url(&own.url());
    world.cookies(&visitor);
}

#[test]
fn s_207_in_firefox_an_unlisted_page_frames_nothing_of_ours() {
    let world = Embedded::start();
    let visitor = Visitor::in_firefox(false);
    let tab = visitor.tab();
    world.sign_in(&tab);
    world.cookies(&visitor);
    let listed = world.framing(NEAR, &world.url(SUPPORT), &[]);
    let own = ["/launch/townhall", "/", SUPPORT].map(|path| world.url(path));
    for src in own.iter().chain([&listed]) {
        tab.open(&world.framing(EVIL, src, &[]));
        tab.arrive_framed("^about:neterror\\?e=cspBlocked&");
    }
    assert_eq!(world.world.usher.audited("launch").len(), 0);
    assert!(world.world.vendor.visits().is_empty());
}

#[test]
fn in_firefox_a_certificate_of_another_authority_opens_nothing() {
    let visitor = Visitor::in_firefox(false);
    let pages = Server::start(|_| Answer::new(200, "text/html", "A page"));
    for (authority, opens) in [(&Authority::new(), false), (Authority::trusted(), true)] {
        let tls = Tls::signed_by(authority, &[FAR]);
        tls.lead(FAR, pages.port);
        let opened = visitor.tab().may_open(&format!("https://{FAR}:{}/", tls.port));
        match opened {
            Ok(status) => assert!(opens && status == 200),
            Err(error) => assert!(!opens && error.contains("SEC_ERROR"), "{error}"),
        }
    }
}
