//! The support console where tokens go by message (C-31), in Chromium: in a window, and inside a CRM's page over
//! TLS on the same site and across sites. Its stand-in holds every call against `exp`.

use std::time::Duration;

use serde_json::json;

use crate::harness::chromium::{Tab, Visitor};
use crate::harness::embedded::{EVIL, FAR, NEAR, names};
use crate::harness::{Console, Embedded, How, Lie, SUPPORT, Settings};
use crate::window::{now, written};

/// The least that a token may live.
const TTL: i64 = 30;
/// When 80 % of it have passed.
const DUE: i64 = 25;
const PATIENCE: Duration = Duration::from_secs(20);
const API: &str = "**/api/apps/support/token";

struct Desk {
    world: Embedded,
    console: Console,
    by_message: bool,
}

impl Desk {
    fn start() -> Self {
        Self::with(|_| ())
    }

    fn with(change: impl Fn(&mut Settings)) -> Self {
        let console = Console::start();
        let how = How {
            movable_clock: true,
            ..How::default()
        };
        let world = Embedded::how(Lie::none(), how, names(), |settings| {
            let url = console.url("/connect?filter_user_email={customer}&navigation=none");
            settings
                .set("[apps.support]", "url", &format!("\"{url}\""))
                .set("[apps.support]", "delivery", "\"post_message\"")
                .set("[apps.support]", "ttl", &format!("\"{TTL}s\""));
            change(settings);
        });
        Self {
            world,
            console,
            by_message: true,
        }
    }

    /// The page of a site that frames the console.
    fn crm(&self, host: &str) -> String {
        self.world.framing(host, &self.world.url(SUPPORT), &[])
    }

    /// All three clocks at so many seconds from the beginning; `by` is the visitors' step.
    fn go_on(&self, visitor: &Visitor, to: i64, by: u64) {
        self.world.world.usher.set_ahead(to);
        self.console.set_ahead(to);
        visitor.forward(by);
    }

    fn launches(&self) -> usize {
        self.world.world.usher.audited("launch").len()
    }
}

impl Drop for Desk {
    /// What holds at the end of every one of these stories.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for token in self.console.tokens() {
            self.world.world.usher.secrets.add_token("a minted token", &token);
        }
        if self.by_message {
            self.console.saw_tokens_in_messages_only();
        }
    }
}

/// With clocks that can be moved.
fn punctual() -> Visitor {
    Visitor::with(json!({ "time": millis() }))
}

/// In milliseconds, as browsers count.
fn millis() -> i64 {
    now().unix_timestamp() * 1000
}

/// Asserts that no frame, the console's neither, has a token in its address.
#[track_caller]
fn shows_no_token(desk: &Desk, tab: &Tab) {
    let tokens = desk.console.tokens();
    assert!(!tokens.is_empty());
    for url in tab.frames().into_iter().chain([tab.url()]) {
        let shown = tokens.iter().any(|token| url.contains(token));
        assert!(!shown && !url.contains("token="), "a token is in an address");
    }
}

#[test]
fn c_31_in_a_window_and_on_the_same_site_it_opens_without_a_token_in_any_address() {
    let desk = Desk::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.world.url(SUPPORT));
    tab.see_framed("Agent ada@example.com, token 1");
    shows_no_token(&desk, &tab);
    assert_eq!(tab.axe(), Vec::<String>::new());
    assert_eq!(tab.overflow(), 0);
    tab.open(&desk.crm(NEAR));
    tab.see_deep("Agent ada@example.com, token 2");
    shows_no_token(&desk, &tab);
    assert_eq!(tab.axe_outer(), Vec::<String>::new());
    assert_eq!(tab.problems(), Vec::<String>::new());
    assert_eq!(desk.launches(), 2);
}

#[test]
fn c_31_across_sites_with_third_party_cookies_allowed_and_blocked() {
    let desk = Desk::start();
    for allowed in [true, false] {
        let visitor = Visitor::with(json!({ "thirdParty": allowed }));
        let tab = visitor.tab();
        tab.open(&desk.crm(FAR));
        tab.see_framed("Sign in to open");
        tab.click_framed_to_tab("#sign-in").closes();
        tab.see_deep("Agent ada@example.com");
        shows_no_token(&desk, &tab);
        tab.open(&desk.crm(FAR));
        tab.see_deep("Agent ada@example.com");
    }
    assert_eq!(desk.launches(), 4);
}

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
fn c_31_a_page_of_the_console_that_begins_anew_gets_the_token_that_still_holds() {
    let desk = Desk::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.world.url(SUPPORT));
    tab.see_framed("token 1");
    tab.click_framed("a");
    tab.see_framed("Console page 2");
    tab.see_framed("Agent ada@example.com, token 1");
    assert_eq!(desk.launches(), 1);
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
        desk.world.sign_in(&tab);
        tab.open(&desk.world.url(SUPPORT));
        tab.see_framed(&format!("token {}", 2 * round + 1));
        desk.go_on(&visitor, 20, 20);
        tab.see_framed(&format!("token {}", 2 * round + 1));
        assert_eq!(desk.launches(), 2 * round + 1);
        desk.go_on(&visitor, DUE, 5);
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
fn s_522_only_the_framed_page_of_the_vendor_s_origin_is_answered() {
    let desk = Desk::start();
    let visitor = punctual();
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    let js = format!(
        "const init = {{ cobrowseio: true, event: 'init', data: null, trustedOnly: false }};
        addEventListener('message', ({{ data }}) => {{ if (data?.data) document.body.append('leaked'); }});
        onload = () => {{
          setInterval(() => frames[0].postMessage(init, '*'), 100);
          const other = document.createElement('iframe');
          other.src = '{}';
          document.body.append(other);
        }};",
        desk.console.url("/stranger")
    );
    let crm = desk.world.framing(NEAR, &desk.world.url(SUPPORT), &[("js", &js)]);
    tab.open(&crm);
    tab.see_deep("token 1");
    desk.go_on(&visitor, DUE, 25);
    tab.see_deep("token 2");
    assert!(!tab.text().contains("leaked"), "{}", tab.text());

    // Nor are they taken for it where it says nothing itself.
    desk.console.fall_silent();
    tab.open(&crm);
    tab.see_framed("Opening");
    visitor.forward(21);
    tab.see_framed("does not answer");
    let opener = format!(
        "onclick = () => {{ const other = open('{}');
          setInterval(() => other.postMessage({{ cobrowseio: true, event: 'init' }}, '*'), 100); }};",
        desk.world.url(SUPPORT)
    );
    tab.open(&desk.world.framing(EVIL, "", &[("js", &opener)]));
    let window = tab.click_to_tab("h1");
    window.see("Opening");
    visitor.forward(21);
    window.see("does not answer");
    assert_eq!(desk.launches(), 2);
}

#[test]
fn without_scripts_the_page_says_what_it_needs() {
    let desk = Desk::start();
    let wanted = "Support console needs scripts.";
    let visitor = Visitor::with(json!({ "script": false }));
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.world.url(SUPPORT));
    assert!(tab.text().contains(wanted), "{}", tab.text());
    tab.open(&desk.crm(NEAR));
    let told = tab.text_framed(".told");
    assert!(told.contains(wanted), "{told}");
    assert_eq!(desk.launches(), 0);
}

#[test]
fn c_29_the_vendor_s_page_may_ask_for_what_the_link_kit_s_frame_passes_on() {
    let desk = Desk::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.world.url(SUPPORT));
    tab.see_framed("token 1");
    tab.see_framed("may camera may clipboard-write");
    let args = ["link", "support", "-c", "usher.toml", "--only", "iframe"];
    let args = [&args[..], &["--param", "customer=grace@example.org"]].concat();
    let kit = desk.world.world.usher.run(&args).stdout;
    let kit = String::from_utf8(kit).unwrap().replace("&#38;", "&");
    let allow = kit
        .split("allow=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let allow = allow.expect("a frame that grants");
    tab.open(
        &desk
            .world
            .framing(NEAR, &desk.world.url(SUPPORT), &[("allow", allow)]),
    );
    tab.see_deep("token 2");
    tab.see_deep("may camera may clipboard-write");
    let own = desk.world.url("");
    let vendor_alone = allow.replace(&format!("{own} "), "");
    assert_ne!(vendor_alone, allow);
    tab.open(
        &desk
            .world
            .framing(NEAR, &desk.world.url(SUPPORT), &[("allow", &vendor_alone)]),
    );
    assert!(
        !tab.deep_framed("may camera"),
        "our own page must have it to pass it on"
    );
}
