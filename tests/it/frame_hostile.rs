//! Hostile pages that got hold of something, lie over the card or stand on the window's way, in Chromium
//! over TLS.

use serde_json::{Value, json};

use crate::harness::chromium::{Tab, Visitor};
use crate::harness::embedded::{ALOOF, EVIL, FAR, NEAR};
use crate::harness::{Browser, Embedded, Request, Response, SUPPORT};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn window() -> String {
    format!("/auth/handed-back?app=support&customer=grace@example.org&usher_frame={CHALLENGE}")
}

/// A code that the visitor's own window shows, by whatever way somebody came by it.
fn stolen_code(world: &Embedded, tab: &Tab) -> String {
    tab.open(&world.url(&window()));
    let code = tab.attribute("#handed-back", "data-code");
    world.world.usher.secrets.add("a frame's code", &code);
    code
}

fn has_frame_session(world: &Embedded, visitor: &Visitor) -> bool {
    let cookies: Vec<Value> = world.cookies(visitor);
    cookies
        .iter()
        .any(|cookie| cookie["name"] == "__Host-usher-frame")
}

/// What somebody's server posts who says that it is our card.
fn redeem(client: &mut Browser, world: &Embedded, code: &str, verifier: &str) -> Response {
    let fields = [("app", "support"), ("code", code), ("verifier", verifier)];
    let request = Request::form("/auth/frame", fields)
        .header("Origin", &world.url(""))
        .header("Sec-Fetch-Mode", "cors")
        .header("Sec-Fetch-Dest", "empty");
    client.send(request)
}

#[test]
fn s_209_no_page_but_the_card_can_redeem_a_code_in_a_visitor_s_browser() {
    let world = Embedded::start();
    let visitor = Visitor::with(json!({ "thirdParty": true }));
    let tab = visitor.tab();
    world.sign_in(&tab);
    let code = stolen_code(&world, &tab);
    // Even one that has the right text, as for a code of the thief's own: nobody is signed in as the thief.
    let body = format!("{{ app: 'support', code: '{code}', verifier: '{VERIFIER}' }}");
    let to = world.url("/auth/frame");
    let fetches = format!(
        "const post = (mode) => fetch('{to}', {{ method: 'POST', mode, credentials: 'include', body: new URLSearchParams({body}) }});
         Promise.allSettled([post('no-cors'), post('cors')]).then(() => document.body.append('posted'));"
    );
    let form = format!(
        "const form = document.createElement('form');
         Object.assign(form, {{ method: 'post', action: '{to}' }});
         for (const pair of Object.entries({body})) {{
           const field = document.createElement('input');
           [field.name, field.value] = pair;
           form.append(field);
         }}
         document.body.append(form);
         onclick = () => form.submit();"
    );
    for host in [EVIL, FAR, NEAR] {
        tab.open(&world.framing(host, "", &[("js", &fetches)]));
        tab.see("posted");
        tab.open(&world.framing(host, "", &[("js", &form)]));
        tab.click("h1");
        tab.arrive("/auth/frame$");
        tab.see("This page was out of date");
        assert!(!has_frame_session(&world, &visitor), "{host}");
    }
    assert_eq!(world.world.usher.log.times("csrf.foreign_origin", 9), 9);
    // None of them used it up, either.
    redeem(&mut world.client(), &world, &code, VERIFIER).expect(204);
}

#[test]
fn s_209_a_thief_s_own_server_needs_the_text_that_only_the_frame_knows() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    world.sign_in(&tab);
    world.cookies(&visitor);
    let code = stolen_code(&world, &tab);
    let mut thief = world.client();
    for made_up in ["", "made-up", CHALLENGE] {
        redeem(&mut thief, &world, &code, made_up).expect(403);
    }
    redeem(&mut world.client(), &world, &code, VERIFIER).expect(204);
    for _ in 0..2 {
        redeem(&mut thief, &world, &code, VERIFIER).expect(403);
    }
    assert!(thief.cookie_names().is_empty());
}

#[test]
fn s_231_a_stolen_click_on_the_card_shows_the_provider_and_tells_the_page_nothing() {
    let world = Embedded::with_a_page_on_the_way(|_| "onclick = go;".to_owned(), &[]);
    let visitor = Visitor::new();
    let tab = visitor.tab();
    let over = "document.querySelector('iframe').style = 'position: fixed; inset: 0; opacity: 0; z-index: 9';
                onmessage = ({ data }) => { if (JSON.stringify(data)?.includes('code')) document.title = 'told'; };";
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[("js", over)]));
    tab.see_framed("Sign in to open");
    let window = tab.click_through_to_tab("#sign-in");
    window.arrive(&format!("^https://{ALOOF}"));
    for event in ["sign_in", "launch"] {
        assert_eq!(world.world.usher.audited(event).len(), 0, "{event}");
    }
    assert!(!has_frame_session(&world, &visitor));
    // Whoever does sign in there, sees the console where it may stand.
    window.click("h1");
    window.closes();
    world.has_opened(&tab, 1);
    world.cookies(&visitor);
    assert_eq!(tab.title(), "CRM");
}

#[test]
fn s_231_the_question_of_an_app_that_asks_cannot_lie_under_a_page() {
    let world = Embedded::with_settings(|settings| {
        settings.set("[apps.support]", "confirm", "true");
    });
    let visitor = Visitor::new();
    let tab = visitor.tab();
    world.sign_in(&tab);
    world.cookies(&visitor);
    for host in [NEAR, FAR] {
        tab.open(&world.framing(host, &world.url(SUPPORT), &[]));
        tab.see_framed("This app asks before it opens");
        let acts = "form, button:not([data-copies]), input:not([readonly])";
        assert_eq!(tab.count_framed(acts), 0);
    }
    let own = tab.click_framed_to_tab("a.button");
    assert_eq!(own.count("main form button"), 1);
    tab.open(&world.framing(EVIL, &world.url(SUPPORT), &[]));
    assert_eq!(tab.frames(), ["chrome-error://chromewebdata/"]);
    assert_eq!(world.world.usher.audited("launch").len(), 0);
}

#[test]
fn s_209_a_page_on_the_window_s_way_cannot_speak_for_it_nor_move_the_frame() {
    let world = Embedded::with_a_page_on_the_way(
        |tls| {
            format!(
                "for (const said of [{{ code: 'stolen' }}, {{ code: ['x'] }}, 'code', null]) opener.postMessage(said, '*');
                 try {{ opener.location = 'https://{EVIL}:{}/'; }} catch {{ }}
                 go();",
                tls.port
            )
        },
        &[],
    );
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    tab.see_framed("Sign in to open");
    tab.click_framed_to_tab("#sign-in").closes();
    world.has_opened(&tab, 1);
    world.cookies(&visitor);
    assert_eq!(
        redemptions(&world, 2),
        2,
        "the code, and whether its cookie was kept"
    );
}

#[test]
fn s_209_a_window_led_astray_brings_the_frame_no_session() {
    let world = Embedded::with_a_page_on_the_way(
        |tls| {
            format!(
                "if (sessionStorage.led) go();
                 else {{ sessionStorage.led = 1; location = 'https://go.example.test:{}{}'; }}",
                tls.port,
                window()
            )
        },
        &[],
    );
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    tab.see_framed("Sign in to open");
    let window = tab.click_framed_to_tab("#sign-in");
    window.arrive(CHALLENGE);
    window.see("You are signed in");
    tab.see_framed("Nothing came back");
    assert!(!has_frame_session(&world, &visitor), "the code of another frame");
    assert_eq!(redemptions(&world, 1), 1);
    // The card's own way is as good as before.
    tab.click_framed_to_tab("#sign-in").closes();
    world.has_opened(&tab, 1);
    world.cookies(&visitor);
}

#[test]
fn s_209_a_window_whose_opener_was_replaced_hands_its_code_to_nobody() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    world.sign_in(&tab);
    world.cookies(&visitor);
    // The hostile page opens ours by a name, and another of its pages takes the window over by that name.
    let inner = "onmessage = () => parent.document.body.append('told');
                 parent.take = (url) => open(url, 'ours');";
    let src = world.framing(EVIL, "", &[("js", inner)]);
    let js = format!(
        "onmessage = () => document.body.append('told');
         onkeydown = () => document.body.append('pressed');
         onclick = () => {{ open('about:blank', 'ours'); take('{}'); }};",
        world.url(&window())
    );
    tab.open(&world.framing(EVIL, &src, &[("js", &js)]));
    let opened = tab.click_to_tab("h1");
    opened.see("You are signed in");
    tab.press("a");
    tab.see("pressed");
    assert!(!tab.text().contains("told"), "{}", tab.text());
    assert_eq!(redemptions(&world, 0), 0);
}

#[test]
fn s_209_a_flood_of_messages_posts_nothing_and_drowns_nothing() {
    let world = Embedded::with_a_page_on_the_way(|_| "onclick = go;".to_owned(), &[]);
    let visitor = Visitor::new();
    let tab = visitor.tab();
    let js = "onclick = () => {
      for (let i = 0; i < 5000; i += 1) {
        for (const said of [{ code: `stolen-${i}` }, { code: i }, 'code', null, new ArrayBuffer(9)]) {
          frames[0].postMessage(said, '*');
        }
      }
      document.body.append('said');
    };";
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[("js", js)]));
    tab.see_framed("Sign in to open");
    let window = tab.click_framed_to_tab("#sign-in");
    tab.click("h1");
    tab.see("said");
    window.click("h1");
    window.closes();
    world.has_opened(&tab, 1);
    world.cookies(&visitor);
    assert_eq!(redemptions(&world, 2), 2);
}

/// How many codes were posted to the gateway.
fn redemptions(world: &Embedded, at_least: usize) -> usize {
    world.world.usher.log.times("/auth/frame\"", at_least)
}
