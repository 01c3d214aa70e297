//! The demo's intranet with the agents' console in it: on the gateway's own site and on another one.

use serde_json::json;

use crate::demo::{Demo, pick_a_persona};
use crate::harness::chromium::{Tab, Visitor};

/// The desks on both sites, the gateway's own first.
fn desks(demo: &Demo) -> [String; 2] {
    let visitor = Visitor::new();
    let tab = visitor.tab();
    let far = format!("{}care", demo.intranet());
    tab.open(&far);
    let near = tab.attribute("a.plain", "href");
    assert!(near.starts_with("http://127.0.0.1:"), "{near}");
    [near, far]
}

fn shows_the_console(tab: &Tab) {
    tab.see_deep("Waiting for help");
    tab.see_deep("grace@example.com");
}

#[test]
fn c_46_signed_out_the_desk_shows_a_card_and_one_press_later_the_console() {
    let demo = Demo::start();
    let desks = desks(&demo);
    // The other site is a stranger's to this browser, as it is to most.
    for wishes in [json!({}), json!({ "thirdParty": true })] {
        for (site, desk) in desks.iter().enumerate() {
            let visitor = Visitor::with(wishes.clone());
            let tab = visitor.tab();
            tab.open(desk);
            tab.see_framed("Sign in to open");
            let window = tab.click_framed_to_tab("#sign-in");
            pick_a_persona(&window);
            window.closes();
            shows_the_console(&tab);
            assert_eq!(tab.attribute("usher-app", "data-state"), "open");
            let cookies = visitor.cookies();
            let own = cookies.iter().any(|cookie| cookie["name"] == "usher-frame");
            assert_eq!(
                own,
                site == 1,
                "a session of the frame's own on the other site only"
            );
            // From then on it is just there.
            tab.open(desk);
            shows_the_console(&tab);
        }
    }
}

#[test]
fn c_46_signed_in_the_desk_on_the_gateways_site_shows_the_console_at_once() {
    let demo = Demo::start();
    let [near, _] = desks(&demo);
    for (width, scheme) in [(1280, "light"), (390, "dark")] {
        let visitor = Visitor::with(json!({ "width": width, "colorScheme": scheme }));
        let tab = visitor.tab();
        tab.open(&format!("{}/account", demo.address));
        pick_a_persona(&tab);
        tab.arrive("/account$");
        tab.open(&near);
        shows_the_console(&tab);
        assert_eq!(tab.axe(), Vec::<String>::new());
        assert_eq!(tab.overflow(), 0);
        assert_eq!(tab.problems(), Vec::<String>::new());
    }
}
