//! The pages of a sign-in from a frame, for everybody: by the rules of WCAG 2.2 AA, and with a keyboard alone.

use serde_json::json;

use crate::harness::chromium::{Tab, Visitor};
use crate::harness::embedded::{FAR, NEAR};
use crate::harness::{Embedded, SUPPORT};

/// The frame is as wide as its page: a sidebar in a CRM is as narrow as a phone.
const WIDE: &str = "document.querySelector('iframe').style = 'width: 100%; height: 420px; border: 0';";

#[track_caller]
fn fits(tab: &Tab) {
    assert_eq!(tab.axe_framed(), Vec::<String>::new());
    assert_eq!(tab.overflow_framed(), 0);
}

#[test]
fn lesson_48_gate_card_and_hand_back_keep_wcag_in_every_light_and_width() {
    let world = Embedded::with_a_page_on_the_way(|_| "go();".to_owned(), &[("coop", "1")]);
    for (scheme, width, locale, gate, card) in [
        (
            "light",
            1280,
            "en-GB",
            "It did not open by itself",
            "Sign in to open",
        ),
        ("dark", 1280, "de-DE", "Das ging nicht von selbst", "Anmelden, um"),
        ("light", 320, "de-DE", "Das ging nicht von selbst", "Anmelden, um"),
        (
            "dark",
            320,
            "en-GB",
            "It did not open by itself",
            "Sign in to open",
        ),
    ] {
        let visitor = Visitor::with(json!({
            "colorScheme": scheme, "width": width, "height": 700, "locale": locale, "popups": width < 1000,
        }));
        let tab = visitor.tab();
        let sandboxed = [("sandbox", "allow-scripts allow-popups"), ("js", WIDE)];
        tab.open(&world.framing(NEAR, &world.url(SUPPORT), &sandboxed));
        tab.see_framed(gate);
        fits(&tab);
        tab.open(&world.framing(FAR, &world.url(SUPPORT), &[("js", WIDE)]));
        tab.see_framed(card);
        fits(&tab);
        if width > 1000 {
            tab.click_framed("#sign-in");
            tab.see_framed(if locale == "en-GB" {
                "Nothing came back"
            } else {
                "Es kam nichts zurück"
            });
            fits(&tab);
            world.sign_in(&tab);
            tab.open(&world.url(&format!(
                "/auth/handed-back?app=support&customer=grace@example.org&usher_frame={}",
                "A".repeat(43)
            )));
            is_fine(&tab);
        } else {
            let window = tab.click_framed_to_tab("#sign-in");
            window.arrive("/auth/handed-back");
            is_fine(&window);
        }
        world.cookies(&visitor);
    }
}

#[track_caller]
fn is_fine(tab: &Tab) {
    assert_eq!(tab.count("#handed-back"), 1);
    assert_eq!(tab.axe(), Vec::<String>::new());
    assert_eq!(tab.overflow(), 0);
}

/// Goes on with the Tab key until what is focused has such markup.
#[track_caller]
fn tab_to(tab: &Tab, markup: &str) {
    for _ in 0..12 {
        tab.press("Tab");
        if tab.focused().contains(markup) {
            return;
        }
    }
    panic!("the Tab key does not come to {markup}");
}

#[test]
fn lesson_48_a_keyboard_alone_goes_from_the_card_through_the_window_to_the_console() {
    let world = Embedded::with_a_page_on_the_way(
        |_| {
            "const button = document.createElement('button');
             Object.assign(button, { textContent: 'Let me in', onclick: go });
             document.body.append(button);"
                .to_owned()
        },
        &[],
    );
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    tab.see_framed("Sign in to open");
    tab_to(&tab, "<iframe");
    let window = tab.press_to_tab("Enter");
    window.see("Let me in");
    tab_to(&window, "Let me in");
    window.press("Enter");
    window.closes();
    world.has_opened(&tab, 1);
    world.cookies(&visitor);
}

#[test]
fn lesson_48_a_keyboard_alone_goes_on_where_the_window_stays() {
    let world = Embedded::with_a_page_on_the_way(|_| "go();".to_owned(), &[("coop", "1")]);
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    tab.see_framed("Sign in to open");
    tab_to(&tab, "<iframe");
    let window = tab.press_to_tab("Enter");
    window.arrive("/auth/handed-back");
    tab_to(&window, "/launch/support");
    window.press("Enter");
    window.arrive(&format!("^{}", world.world.vendor.url("/connect")));
    world.world.usher.secrets.add_url(&window.url());
    world.cookies(&visitor);
}
