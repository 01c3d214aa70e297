//! Hostile pages around the support console, in Chromium over TLS.

use crate::harness::chromium::Visitor;
use crate::harness::embedded::{EVIL, FAR, NEAR};
use crate::harness::{Embedded, SUPPORT};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn window(world: &Embedded) -> String {
    world.url(&format!(
        "/auth/handed-back?app=support&customer=grace@example.org&usher_frame={CHALLENGE}"
    ))
}

#[test]
fn s_207_an_unlisted_page_frames_nothing_of_ours() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    world.sign_in(&tab);
    world.cookies(&visitor);
    for path in [
        SUPPORT,
        &format!("{SUPPORT}&usher_gate=1"),
        "/launch/townhall",
        "/auth/login?provider=lie",
        "/",
    ] {
        tab.open(&world.framing(EVIL, &world.url(path), &[]));
        assert_eq!(tab.frames(), ["chrome-error://chromewebdata/"], "{path}");
    }
    tab.open(&world.framing(EVIL, &window(&world), &[]));
    assert_eq!(tab.frames(), ["chrome-error://chromewebdata/"]);
    assert_eq!(world.world.usher.audited("launch").len(), 0);
    assert!(world.world.vendor.visits().is_empty());
}

#[test]
fn s_207_double_framing_a_listed_page_in_an_unlisted_one_shows_no_card() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    world.sign_in(&tab);
    world.cookies(&visitor);
    for host in [NEAR, FAR] {
        let listed = world.framing(host, &world.url(SUPPORT), &[]);
        tab.open(&world.framing(EVIL, &listed, &[]));
        let frames = tab.frames();
        assert_eq!(frames.len(), 2);
        assert_eq!(frames[1], "chrome-error://chromewebdata/", "{host}");
    }
    // A listed page in a listed page is fine.
    let listed = world.framing(NEAR, &world.url(SUPPORT), &[]);
    tab.open(&world.framing(NEAR, &listed, &[]));
    let arrived = tab.deep_framed("Arrived");
    assert!(arrived, "{:?}", tab.frames());
    world.world.usher.secrets.add_url(tab.frames().last().unwrap());
    assert_eq!(world.world.usher.audited("launch").len(), 1);
}

#[test]
fn s_209_a_fake_opener_is_told_nothing() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    world.sign_in(&tab);
    world.cookies(&visitor);
    let js = format!(
        "onmessage = () => {{ document.title = 'told'; }};
         onkeydown = () => {{ document.body.append('pressed'); }};
         onclick = () => open('{}', '', 'popup');",
        window(&world)
    );
    for host in [EVIL, FAR] {
        tab.open(&world.framing(host, "", &[("js", &js)]));
        let opened = tab.click_to_tab("h1");
        opened.see("You are signed in");
        tab.press("a");
        tab.see("pressed");
        assert_eq!(tab.title(), "CRM", "{host}");
    }
}

#[test]
fn s_209_a_stranger_s_message_is_not_listened_to() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    let js = "onclick = () => { frames[0].postMessage({ code: 'stolen' }, '*'); };";
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[("js", js)]));
    tab.see_framed("Sign in to open");
    for _ in 0..3 {
        tab.click("h1");
    }
    // The honest way still works behind it, and nothing was posted before.
    tab.click_framed_to_tab("#sign-in").closes();
    world.has_opened(&tab, 1);
    world.cookies(&visitor);
    let posts = world.world.usher.log.times("/auth/frame\"", 2);
    assert_eq!(posts, 2, "the code, and whether its cookie was kept");
}

#[test]
fn a_sandbox_without_an_origin_turns_in_no_circles() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    let sandbox = [("sandbox", "allow-scripts allow-forms allow-popups")];
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &sandbox));
    tab.see_framed("It did not open by itself");
    assert_eq!(world.world.usher.audited("launch").len(), 0);
}
