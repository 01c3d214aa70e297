//! What `<usher-app>` rests on: its script, the hash that pages pin, and what our pages in a frame tell.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::frames::{CRM, framed, may_be_framed_by, world};
use crate::harness::{SUPPORT, World};

#[test]
fn c_52_for_the_element_our_first_page_waits_and_tells_listed_origins_alone() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let gate = ada
        .send(framed(&format!("{SUPPORT}&usher_gate=app"), "cross-site"))
        .expect(200);
    may_be_framed_by(&gate, CRM);
    let policy = gate.header("Content-Security-Policy").unwrap();
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let html = gate.text();
    let on = format!("{SUPPORT}&usher_gate=1")
        .replace('@', "%40")
        .replace('&', "&#38;");
    assert!(html.contains(&format!("content=\"3; url={on}\"")), "{html}");
    assert!(html.contains(&format!("data-on=\"{on}\"")), "{html}");
    let told = told(&html);
    assert_eq!(
        (&told["usher"], &told["lifetime"]),
        (&json!("opening"), &json!(300))
    );
    assert_eq!(world.usher.audited("launch").len(), 0);

    let mut nobody = world.usher.browser();
    let card = nobody.send(framed(SUPPORT, "same-origin")).expect(401);
    assert_eq!(self::told(&card.text())["usher"], "signed-out");
    let german = framed("/launch/support?customer=grace", "cross-site").header("Accept-Language", "de");
    let refused = self::told(&nobody.send(german).expect(400).text());
    assert_eq!(
        (
            &refused["usher"],
            &refused["lang"],
            &refused["texts"]["reconnect"]
        ),
        (&json!("refused"), &json!("de"), &json!("Neu verbinden"))
    );
    nobody
        .get(&format!("{SUPPORT}&usher_gate=app"))
        .expect(400)
        .shows("usher_gate");
}

/// What a page in a frame tells the page around it; only the CRM hears it.
#[track_caller]
fn told(html: &str) -> Value {
    assert!(html.contains(&format!("data-origins=\"{CRM}\"")), "{html}");
    let (_, rest) = html.split_once("data-message=\"").expect("a message");
    let message = rest.split('"').next().unwrap().replace("&#34;", "\"");
    serde_json::from_str(&message).expect("JSON")
}

#[test]
fn c_29_pages_of_any_site_get_the_script_and_keep_it() {
    let world = World::start();
    let mut anyone = world.usher.browser();
    let newest = anyone.get("/static/embed.js").expect(302);
    assert_eq!(newest.location(), "/static/embed-1.js");
    assert_eq!(newest.header("Cache-Control"), Some("public, max-age=3600"));
    let script = anyone.get("/static/embed-1.js").expect(200);
    let kept = Some("public, max-age=31536000, immutable");
    assert_eq!(script.header("Cache-Control"), kept);
    for answer in [&newest, &script] {
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"));
        assert_eq!(
            answer.header("Cross-Origin-Resource-Policy"),
            Some("cross-origin")
        );
    }
}

#[test]
fn check_says_what_pages_pin_where_an_app_may_be_framed() {
    let world = world();
    let script = world.usher.browser().get("/static/embed-1.js").expect(200);
    assert_eq!(script.header("Vary"), None, "the same bytes for everybody");
    let hash = digest::digest(&digest::SHA384, &script.body);
    let integrity = format!("sha384-{}", STANDARD.encode(hash));
    let said = |world: &World, args: &[&str]| {
        let output = world.usher.run(&[&["check"], args].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let table = said(&world, &[]);
    let src = world.usher.url("/static/embed-1.js");
    assert!(
        table.contains(&format!("\nscript  {src}  {integrity}\n")),
        "{table}"
    );
    let found: Value = serde_json::from_str(&said(&world, &["--format", "json"])).unwrap();
    assert_eq!(found["element"], json!({ "src": src, "integrity": integrity }));

    let unframed = World::start();
    assert!(!said(&unframed, &[]).contains("\nscript"));
    let found: Value = serde_json::from_str(&said(&unframed, &["--format", "json"])).unwrap();
    assert_eq!(found["element"], Value::Null);
}
