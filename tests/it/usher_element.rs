//! `<usher-app>` in pages whose policy allows its script and nothing else, in Chromium over TLS.

use serde_json::{Value, json};

use crate::harness::chromium::{Tab, Visitor};
use crate::harness::embedded::{EVIL, FAR, NEAR};
use crate::harness::{Embedded, SUPPORT};

/// Writes down what the element tells the page.
const LISTEN: &str = "if (self === top) {
    globalThis.states = [];
    addEventListener('usher-state', (event) => states.push(event.detail.state));
}";
const STATES: &str = "states.join(' ')";

/// What `usher link` prints for pages to paste.
fn snippet(world: &Embedded) -> String {
    let args = [
        "link",
        "support",
        "--param",
        "customer=grace@example.org",
        "--only",
        "element",
    ];
    let output = world.world.usher.run(&args);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// The page of a host with this in it; its policy allows the gateway and the vendor.
fn page(world: &Embedded, host: &str, body: &str) -> String {
    let (gateway, vendor) = (world.url(""), world.world.vendor.url(""));
    let policy = format!(
        "default-src 'none'; script-src {gateway}; frame-src {gateway} {vendor} {}; style-src 'none'; \
         require-trusted-types-for 'script'",
        world.at(EVIL, "")
    );
    world.hosting(host, body, &policy)
}

fn visitor() -> Visitor {
    visitor_with(json!({}))
}

fn visitor_with(wishes: Value) -> Visitor {
    let visitor = Visitor::with(wishes);
    visitor.run_first(LISTEN);
    visitor
}

#[track_caller]
fn is(tab: &Tab, state: &str) {
    tab.finds(&format!("usher-app[data-state={state}]"));
}

fn height(tab: &Tab) -> f64 {
    let script = "document.querySelector('usher-app').shadowRoot.querySelector('iframe').offsetHeight";
    tab.evaluate(script).as_f64().unwrap()
}

/// Forgets what must not be in the log.
fn remember(world: &Embedded, visitor: &Visitor, tab: &Tab) {
    for cookie in visitor.cookies() {
        let value = cookie["value"].as_str().unwrap();
        world.world.usher.secrets.add("the value of a cookie", value);
    }
    for url in tab.frames() {
        world.world.usher.secrets.add_url(&url);
    }
}

#[test]
fn c_29_on_the_same_site_it_opens_with_what_the_vendor_s_page_may_ask_for() {
    let world = Embedded::start();
    let visitor = visitor();
    let tab = visitor.tab();
    world.sign_in(&tab);
    tab.open(&page(&world, NEAR, &snippet(&world)));
    is(&tab, "open");
    world.has_opened(&tab, 1);
    assert_eq!(tab.evaluate(STATES), "opening open");
    tab.see("Signed in");
    let features = "['camera', 'microphone', 'display-capture', 'clipboard-write', 'usb'].map((feature) => \
                    document.featurePolicy.allowsFeature(feature)).join()";
    assert_eq!(tab.evaluate_framed(features), "true,true,true,true,false");
    assert!(height(&tab) > 600.0, "{}", height(&tab));
    assert_eq!(tab.overflow(), 0);
    assert_eq!((tab.axe(), tab.problems()), (vec![], vec![]));
    remember(&world, &visitor, &tab);
}

#[test]
fn s_209_across_sites_the_card_is_small_and_its_sign_in_leads_to_the_console() {
    let world = Embedded::start();
    let visitor = visitor();
    let tab = visitor.tab();
    tab.open(&page(&world, FAR, &snippet(&world)));
    is(&tab, "signed-out");
    tab.see("Sign-in needed");
    assert!((100.0..400.0).contains(&height(&tab)), "{}", height(&tab));
    let hidden = "document.documentElement.scrollHeight - innerHeight";
    assert_eq!(tab.evaluate_framed(hidden), 0, "all of the card is to be seen");
    assert_eq!((tab.axe(), tab.axe_framed()), (vec![], vec![]));
    tab.click_framed_to_tab("#sign-in").closes();
    is(&tab, "open");
    world.has_opened(&tab, 1);
    assert_eq!(tab.evaluate(STATES), "opening signed-out opening open");
    assert!(height(&tab) > 600.0, "{}", height(&tab));
    remember(&world, &visitor, &tab);
}

#[test]
fn c_31_when_the_token_s_life_is_over_it_offers_to_reconnect_and_a_lost_session_is_the_card() {
    let world = Embedded::start();
    let visitor = visitor_with(json!({ "time": 978_307_200_000_i64 }));
    let tab = visitor.tab();
    world.sign_in(&tab);
    tab.open(&page(&world, NEAR, &snippet(&world)));
    is(&tab, "open");
    visitor.forward(290);
    is(&tab, "open");
    visitor.forward(20);
    is(&tab, "expired");
    tab.see("Has it stopped working?");
    world.has_opened(&tab, 1);
    assert_eq!(tab.axe(), Vec::<String>::new());
    // By keyboard, as any other button.
    tab.press("Tab");
    tab.press("Enter");
    is(&tab, "open");
    world.has_opened(&tab, 2);

    let portal = visitor.tab();
    portal.open(&world.url("/auth/logout"));
    portal.click("main form button");
    portal.arrive("/auth/signed-out");
    visitor.forward(310);
    is(&tab, "expired");
    tab.click("button");
    is(&tab, "signed-out");
    tab.click_framed_to_tab("#sign-in").closes();
    is(&tab, "open");
    world.has_opened(&tab, 3);
    let states = "opening open expired opening open expired opening signed-out opening open";
    assert_eq!(tab.evaluate(STATES), states);
    remember(&world, &visitor, &tab);
}

#[test]
fn c_29_a_page_that_pins_other_bytes_runs_none_and_keeps_the_link() {
    let world = Embedded::start();
    let visitor = visitor();
    let tab = visitor.tab();
    let tampered = snippet(&world).replacen("sha384-", "sha384-AAAA", 1);
    tab.open(&page(&world, NEAR, &tampered));
    assert_eq!(tab.count("usher-app:defined"), 0);
    assert!(tab.problems()[0].contains("integrity"), "{:?}", tab.problems());
    let link = tab.click_to_tab("usher-app a");
    link.arrive(&world.world.vendor.url("/connect"));
    world.world.usher.secrets.add_url(&link.url());
    remember(&world, &visitor, &tab);
}

#[test]
fn s_208_without_scripts_it_is_a_link() {
    let world = Embedded::start();
    let visitor = Visitor::with(json!({ "script": false }));
    let tab = visitor.tab();
    world.sign_in(&tab);
    tab.open(&page(&world, NEAR, &snippet(&world)));
    tab.see("Support console");
    assert_eq!(tab.frames(), Vec::<String>::new());
    let link = tab.click_to_tab("usher-app a");
    link.arrive(&world.world.vendor.url("/connect"));
    world.world.usher.secrets.add_url(&link.url());
    remember(&world, &visitor, &tab);
}

#[test]
fn c_29_the_name_that_stays_leads_to_the_bytes_that_stay() {
    let world = Embedded::start();
    let visitor = visitor();
    let tab = visitor.tab();
    world.sign_in(&tab);
    let snippet = snippet(&world).replace("embed-1.js", "embed.js");
    tab.open(&page(&world, NEAR, &snippet));
    is(&tab, "open");
    assert_eq!(tab.problems(), Vec::<String>::new());
    remember(&world, &visitor, &tab);
}

#[test]
fn each_change_of_what_it_launches_launches_once() {
    let world = Embedded::start();
    let visitor = visitor();
    let tab = visitor.tab();
    world.sign_in(&tab);
    let other = snippet(&world).replace("grace@", "linus@");
    let (_, other) = other.split_once("</script>").unwrap();
    tab.open(&page(
        &world,
        NEAR,
        &format!("{}<section>{other}</section>", snippet(&world)),
    ));
    is(&tab, "open");
    tab.finds("section usher-app[data-state=open]");
    let launched = || world.world.usher.audited("launch").len();
    assert_eq!(launched(), 2, "each for itself");

    let change = |script: &str| {
        tab.evaluate(&format!(
            "states.length = 0; app = document.querySelector('usher-app'); {script}"
        ));
    };
    change("app.className = 'wide'; app.dataset.x = '1'; app.setAttribute('height', '300')");
    is(&tab, "open");
    assert!((290.0..310.0).contains(&height(&tab)), "{}", height(&tab));
    change(
        "app.setAttribute('customer', 'x@example.org'); app.setAttribute('customer', 'o\\'neil+a&b@example.org')",
    );
    tab.finds("main > usher-app[data-state=open]");
    let wanted = "filter_user_email=o%27neil%2Ba%26b%40example.org";
    assert_eq!(launched(), 3);
    let addresses = tab.frames();
    assert!(addresses.iter().any(|url| url.contains(wanted)), "{addresses:?}");
    let link = tab.evaluate("app.querySelector('a').href");
    assert!(
        link.as_str()
            .unwrap()
            .ends_with("customer=o%27neil%2Ba%26b%40example.org"),
        "{link}"
    );

    change("app.remove()");
    let framed = "app.shadowRoot.querySelectorAll('iframe').length";
    assert_eq!(tab.evaluate(framed), 0);
    tab.evaluate("document.querySelector('main').append(app)");
    tab.finds("section ~ usher-app[data-state=open]");
    assert_eq!((tab.evaluate(framed), launched()), (json!(1), 4));
    remember(&world, &visitor, &tab);
}

#[test]
fn s_522_what_else_stands_in_the_page_chooses_no_gateway_and_ends_no_console() {
    let world = Embedded::start();
    let visitor = visitor();
    let tab = visitor.tab();
    world.sign_in(&tab);
    // Most that cleans other people's HTML lets this through.
    let named = format!(
        "<img name=\"currentScript\" alt=\"\" src=\"{}\">{}",
        world.at(EVIL, "/x.png"),
        snippet(&world)
    );
    tab.open(&page(&world, NEAR, &named));
    is(&tab, "open");
    world.has_opened(&tab, 1);
    assert!(
        tab.attribute("usher-app a", "href")
            .starts_with(&world.url("/launch/support"))
    );
    // Translators and frameworks write what they like.
    tab.evaluate(
        "app = document.querySelector('usher-app'); \
         for (const name of ['translate', '_msthash', 'popover', 'foo', 'x-bar']) app.setAttribute(name, 'no')",
    );
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
    assert_eq!(tab.evaluate(STATES), "opening open");
    world.has_opened(&tab, 1);
    remember(&world, &visitor, &tab);
}

#[test]
fn what_cannot_even_begin_says_so_in_words_of_its_own() {
    let world = Embedded::start();
    let visitor = visitor();
    let tab = visitor.tab();
    for app in ["nobody-listed-it", "..", "a b"] {
        let wrong = snippet(&world).replace("app=\"support\"", &format!("app=\"{app}\""));
        tab.open(&page(&world, NEAR, &wrong));
        is(&tab, "refused");
        tab.see("It did not open.");
        tab.see("Reconnect");
        let frame = "document.querySelector('usher-app').shadowRoot.querySelector('iframe').src";
        let src = tab.evaluate(frame);
        assert!(src.as_str().unwrap().starts_with(&world.url("/launch/")), "{src}");
    }
    remember(&world, &visitor, &tab);
}

#[test]
fn what_went_wrong_is_told_and_can_be_tried_again() {
    let world = Embedded::start();
    let visitor = visitor();
    let tab = visitor.tab();
    world.sign_in(&tab);
    let wrong = snippet(&world).replace("grace@example.org", "nobody");
    tab.open(&page(&world, NEAR, &wrong));
    is(&tab, "refused");
    tab.see_framed("customer");
    tab.see("It did not open.");
    assert_eq!(tab.axe_framed(), Vec::<String>::new());
    assert_eq!(tab.evaluate(STATES), "opening refused");
    tab.evaluate("document.querySelector('usher-app').setAttribute('customer', 'grace@example.org')");
    is(&tab, "open");
    remember(&world, &visitor, &tab);

    // Where nobody may frame it, nothing of ours ever stands.
    tab.open(&page(&world, EVIL, &snippet(&world)));
    is(&tab, "refused");
    assert_eq!(world.world.usher.audited("launch").len(), 1);
    tab.see("Support console");
}

#[test]
fn nobody_else_tells_it_anything() {
    let world = Embedded::start();
    let visitor = visitor();
    visitor.run_first(
        "if (self === top) { globalThis.heard = []; addEventListener('message', ({ data }) => heard.push(data.by)); }",
    );
    let tab = visitor.tab();
    world.sign_in(&tab);
    let lie = |by: &str| format!("{{ usher: 'refused', allow: 'usb *', by: '{by}' }}");
    let evil = world.framing(
        EVIL,
        "",
        &[("js", &format!("parent.postMessage({}, '*')", lie("evil")))],
    );
    let body = format!(
        "{}<iframe title=other src=\"{}\"></iframe>",
        snippet(&world),
        evil.replace('&', "&amp;")
    );
    tab.open(&page(&world, NEAR, &body));
    is(&tab, "open");
    tab.evaluate(&format!(
        "new Promise((done) => {{ addEventListener('message', done, {{ once: true }}); postMessage({}, '*'); }})",
        lie("page")
    ));
    let heard = tab.evaluate("heard.filter(Boolean).sort().join()");
    assert_eq!(heard, "evil,page");
    assert_eq!(tab.evaluate(STATES), "opening open");
    let allow = "document.querySelector('usher-app').shadowRoot.querySelector('iframe').allow";
    assert!(!tab.evaluate(allow).as_str().unwrap().contains("usb"));
    remember(&world, &visitor, &tab);
}

#[test]
fn the_keyboard_reaches_the_link_before_the_frame() {
    let world = Embedded::start();
    let visitor = visitor();
    let tab = visitor.tab();
    world.sign_in(&tab);
    tab.open(&page(&world, NEAR, &snippet(&world)));
    is(&tab, "open");
    tab.press("Tab");
    assert_eq!(
        tab.evaluate("document.activeElement.textContent"),
        "Support console"
    );
    // One that the page has not written is made.
    let (head, _) = snippet(&world)
        .split_once("<a ")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    tab.open(&page(&world, NEAR, &format!("{head}</usher-app>")));
    is(&tab, "open");
    tab.press("Tab");
    let focused = "document.activeElement.shadowRoot.activeElement";
    assert_eq!(
        tab.evaluate(&format!("{focused}.textContent")),
        "Open in a new tab"
    );
    let wanted = world.url(SUPPORT).replace('@', "%40");
    assert_eq!(tab.evaluate(&format!("{focused}.href")), wanted.as_str());
    assert_eq!(tab.axe(), Vec::<String>::new());
    remember(&world, &visitor, &tab);
}
