//! The support console where tokens go by message (C-31), in Chromium: in a window, and inside a CRM's page over
//! TLS on the same site and across sites. Its stand-in holds every call against `exp`.

use serde_json::json;

use crate::harness::chromium::{Tab, Visitor};
use crate::harness::embedded::{EVIL, FAR, NEAR, names};
use crate::harness::{Console, Embedded, How, Lie, SUPPORT, Settings};
use crate::window::now;

/// The least that a token may live.
pub const TTL: i64 = 30;
/// When 80 % of it have passed.
pub const DUE: i64 = 25;

pub struct Desk {
    pub world: Embedded,
    pub console: Console,
    pub by_message: bool,
}

impl Desk {
    pub fn start() -> Self {
        Self::with(|_| ())
    }

    pub fn with(change: impl Fn(&mut Settings)) -> Self {
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
    pub fn crm(&self, host: &str) -> String {
        self.world.framing(host, &self.world.url(SUPPORT), &[])
    }

    /// All three clocks at so many seconds from the beginning; `by` is the visitors' step.
    pub fn go_on(&self, visitor: &Visitor, to: i64, by: u64) {
        self.world.world.usher.set_ahead(to);
        self.console.set_ahead(to);
        visitor.forward(by);
    }

    pub fn launches(&self) -> usize {
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
pub fn punctual() -> Visitor {
    Visitor::with(json!({ "time": millis() }))
}

/// In milliseconds, as browsers count.
pub fn millis() -> i64 {
    now().unix_timestamp() * 1000
}

/// Asserts that no frame, the console's neither, has a token in its address.
#[track_caller]
pub fn shows_no_token(desk: &Desk, tab: &Tab) {
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
    // Another token or, within one second, the same (C-2).
    tab.see_deep("Agent ada@example.com, token");
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
fn c_31_a_page_that_went_elsewhere_gets_no_token_and_none_is_made_for_it() {
    let desk = Desk::start();
    let visitor = punctual();
    let tab = visitor.tab();
    desk.world.sign_in(&tab);
    tab.open(&desk.world.url(SUPPORT));
    tab.see_framed("Agent ada@example.com, token 1");
    // Long after it began, so that nobody could take the first page's word for the second's.
    visitor.forward(21);
    tab.evaluate_framed(&format!("location.assign('{}')", desk.world.at(EVIL, "/")));
    visitor.forward(1);
    visitor.forward(20);
    tab.finds("#silent:not([hidden])");
    let made = desk.launches();
    assert!(made <= 2, "what was due before anybody could know");
    for _ in 0..4 {
        visitor.forward(20);
    }
    assert_eq!(desk.launches(), made);
    tab.click("#reconnect");
    tab.see_framed("Agent ada@example.com");
    assert_eq!(desk.launches(), made + 1);
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
