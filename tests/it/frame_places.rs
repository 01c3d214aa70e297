//! Where a frame may stand: pages in between, plug-in elements, a page on loopback; and what its history
//! keeps. In Chromium over TLS.

use crate::harness::chromium::Visitor;
use crate::harness::embedded::{EVIL, FAR, NEAR, page};
use crate::harness::server::Server;
use crate::harness::{Embedded, SUPPORT};

const REFUSED: &str = "chrome-error://chromewebdata/";

/// Scripts that put a frame of the address `src` into a page in between.
fn between(src: &str) -> [(&'static str, String); 5] {
    let inner = format!("<iframe src=\"{}\"></iframe>", src.replace('&', "&amp;"));
    let script = |how: &str| {
        format!(
            "const inner = `{inner}`;
             const frame = document.createElement('iframe');
             {how}"
        )
    };
    [
        (
            "srcdoc",
            script("frame.srcdoc = inner; document.body.append(frame);"),
        ),
        (
            "about:blank",
            script("document.body.append(frame); frame.contentDocument.body.innerHTML = inner;"),
        ),
        (
            "data:",
            script("frame.src = 'data:text/html,' + encodeURIComponent(inner); document.body.append(frame);"),
        ),
        (
            "blob:",
            script(
                "frame.src = URL.createObjectURL(new Blob([inner], { type: 'text/html' })); document.body.append(frame);",
            ),
        ),
        (
            "sandboxed srcdoc",
            script("frame.sandbox = 'allow-scripts'; frame.srcdoc = inner; document.body.append(frame);"),
        ),
    ]
}

#[test]
fn s_207_a_page_in_between_counts_for_the_origin_that_made_it() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    for (name, js) in between(&world.url(SUPPORT)) {
        tab.open(&world.framing(EVIL, "", &[("js", &js)]));
        assert_eq!(tab.innermost(2), REFUSED, "{name} of nobody's page");
        tab.open(&world.framing(FAR, "", &[("js", &js)]));
        // A page without an origin is on no list.
        if matches!(name, "data:" | "sandboxed srcdoc") {
            assert_eq!(tab.innermost(2), REFUSED, "{name}");
        } else {
            assert!(tab.deep_framed("Sign in to open"), "{name}: {:?}", tab.frames());
        }
    }
}

#[test]
fn s_207_an_object_or_an_embed_of_a_listed_page_opens_nothing() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    world.sign_in(&tab);
    world.cookies(&visitor);
    for (round, element) in ["object type='text/html' data", "embed type='text/html' src"]
        .into_iter()
        .enumerate()
    {
        let js = format!(
            "document.body.insertAdjacentHTML('beforeend', `<{element}='{}' width=400 height=300>`);",
            world.url(SUPPORT)
        );
        tab.open(&world.framing(NEAR, "", &[("js", &js)]));
        let log = &world.world.usher.log;
        let refused = log.wait_for(std::time::Duration::from_secs(10), |text| {
            (text.matches("launch.framed").count() > round).then_some(())
        });
        assert!(refused.is_some(), "{element}: {}", log.text());
    }
    assert_eq!(world.world.usher.audited("launch").len(), 0);
    assert!(world.world.vendor.visits().is_empty());
}

#[test]
fn s_207_a_sandbox_that_only_runs_scripts_mints_nothing() {
    let world = Embedded::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    world.sign_in(&tab);
    world.cookies(&visitor);
    for (sandbox, shown) in [
        ("allow-scripts", "It did not open by itself"),
        ("allow-forms", "Open Support console"),
    ] {
        tab.open(&world.framing(NEAR, &world.url(SUPPORT), &[("sandbox", sandbox)]));
        tab.see_framed(shown);
        tab.click_framed("main a");
        tab.see_framed("It did not open by itself");
    }
    assert_eq!(world.world.usher.audited("launch").len(), 0);
}

#[test]
fn c_48_a_listed_page_on_plain_http_loopback_frames_it_and_its_neighbour_does_not() {
    let [listed, neighbour] = [(); 2].map(|()| Server::start(page));
    let world = Embedded::with_settings(|settings| {
        let origins = format!("[\"http://localhost:{}\"]", listed.port);
        settings.set("[apps.support]", "origins", &origins);
    });
    let framing = |server: &Server| {
        let src = world.url(SUPPORT);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("src", &src)
            .finish();
        format!("http://localhost:{}/?{query}", server.port)
    };
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&framing(&listed));
    tab.see_framed("Sign in to open");
    tab.click_framed_to_tab("#sign-in").closes();
    world.has_opened(&tab, 1);
    world.cookies(&visitor);
    tab.open(&framing(&neighbour));
    assert_eq!(tab.frames(), [REFUSED]);
    assert_eq!(world.world.usher.audited("launch").len(), 1);
}

#[test]
fn s_209_neither_our_pages_nor_the_code_stand_in_any_history() {
    let world = Embedded::with_a_page_on_the_way(|_| "go();".to_owned(), &[("coop", "1")]);
    let visitor = Visitor::new();
    let tab = visitor.tab();
    let before = world.at(FAR, "/");
    tab.open(&before);
    tab.open(&world.framing(FAR, &world.url(SUPPORT), &[]));
    tab.see_framed("Sign in to open");
    let entries = tab.history();
    let window = tab.click_framed_to_tab("#sign-in");
    window.see("You are signed in");
    let code = window.attribute("#handed-back", "data-code");
    world.world.usher.secrets.add("a frame's code", &code);
    assert!(!window.url().contains(&code));
    tab.click_framed_to_tab("#sign-in").closes();
    world.has_opened(&tab, 1);
    assert_eq!(tab.history(), entries, "neither gate nor card is an entry");
    // Inside the console, back leads to the console, without another launch.
    tab.click_framed("a");
    tab.see_framed("/inside");
    assert_eq!(tab.history(), entries + 1);
    tab.back_in_frame();
    world.has_opened(&tab, 1);
    tab.back();
    assert_eq!(tab.url(), before);
    world.cookies(&visitor);
}
