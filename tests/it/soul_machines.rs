//! Soul Machines: `{url, jwt}` for its SDK, made with a shared string as it is written.

use serde_json::{Value, json};

use crate::api_browser::sign_in;
use crate::harness::chromium::Visitor;
use crate::harness::library::by_secret;
use crate::harness::load::check;
use crate::harness::server::{Answer, Server};
use crate::harness::{Request, Response, Settings, World, names, refused_at_load};

/// Not ASCII, so that only its UTF-8 bytes make the vendor's signature.
const SECRET: &str = "canary-Schlüssel-des-Löwen-7f3b9a52";
/// Looks like base64, and is taken for the text that it is.
const ENCODED: &str = "Y2FuYXJ5LXNlY3JldC1pbi1iYXNlNjQtdGV4dA==";
const SERVER: &str = "demo.example.soulmachines.cloud";

/// An app with the vendor's two mandatory fields and `more`.
fn app(settings: &mut Settings, id: &str, secret: &str, more: &str) {
    let body = format!(
        "vendor = \"soul-machines\"\ntitle = \"Guide\"\nallow = [\"everyone\"]\nkey_name = \"sm-1234\"\n\
         secret = \"{secret}\"\nsession_server = \"{SERVER}\"\n{more}"
    );
    settings.add(&format!("[apps.{id}]"), &body);
}

/// The one string of an answer that has two: asserts its form.
fn jwt_of(answer: &Response) -> String {
    let body = answer.json();
    assert_eq!(names(&body), ["url", "jwt"]);
    // The SDK appends `?access_token=`.
    assert_eq!(body["url"], format!("wss://{SERVER}"));
    body["jwt"].as_str().unwrap().to_owned()
}

#[test]
fn s_476_get_and_post_answer_with_an_address_and_a_token_for_the_raw_secret() {
    let world = World::with(|settings| {
        app(settings, "guide", SECRET, "ttl = \"30m\"");
        app(settings, "encoded", ENCODED, "");
    });
    world.usher.secrets.add("a vendor's secret", SECRET);
    world.usher.secrets.add("a vendor's secret", ENCODED);
    let mut ada = world.signed_in("ada");
    let get = Request::get("/api/apps/guide/token").header("Origin", &world.usher.url(""));
    let got = ada.send(get).expect(200);
    let posted = world.ask(&mut ada, "guide", []).expect(200);
    for answer in [got, posted] {
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
        let jwt = jwt_of(&answer);
        world.usher.secrets.add_token("a minted token", &jwt);
        let made = by_secret(&jwt, SECRET).expect("the vendor's library takes it");
        assert_eq!(made["header"], json!({ "alg": "HS256", "typ": "JWT" }));
        let claims = &made["claims"];
        assert_eq!(
            names(claims),
            ["sm-control", "sm-session-server", "iss", "iat", "nbf", "exp"]
        );
        assert_eq!(claims["iss"], "sm-1234");
        assert_eq!(
            (&claims["sm-session-server"], &claims["sm-control"]),
            (&json!(SERVER), &json!(""))
        );
        let [iat, nbf, exp] = ["iat", "nbf", "exp"].map(|name| claims[name].as_i64().unwrap());
        assert_eq!(
            (exp - iat, iat - nbf),
            (1800, 30),
            "nbf lies slightly in the past"
        );
    }
    let jwt = jwt_of(&world.ask(&mut ada, "encoded", []).expect(200));
    by_secret(&jwt, ENCODED).expect("the text itself is the secret");
    assert!(by_secret(&jwt, "canary-secret-in-base64-text").is_err());
    assert_eq!(world.usher.audited("launch").len(), 3);
}

#[test]
fn the_vendors_claims_are_typed_and_own_ones_go_along() {
    let world = World::with(|settings| {
        let more = "control = \"wss://control.example.com/ws\"\ncontrol_via_browser = true\n\
            control_cookie_header = \"session=abc; path=/\"\n\
            claims = { who = \"{{ user.name }}\", level = 7, tags = [\"a\", \"{{ user.claims.region }}\"], \"nick?\" = \"{{ user.claims.nickname }}\" }";
        app(settings, "guide", SECRET, more);
    });
    let answer = world.ask(&mut world.signed_in("ada"), "guide", []).expect(200);
    let claims = by_secret(&jwt_of(&answer), SECRET).unwrap()["claims"].clone();
    for (name, value) in [
        ("sm-control", json!("wss://control.example.com/ws")),
        ("sm-control-via-browser", json!(true)),
        ("sm-control-cookie-header", json!("session=abc; path=/")),
        ("who", json!("Ada Lovelace")),
        ("level", json!(7)),
        ("tags", json!(["a", "emea"])),
        ("nick", Value::Null),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    assert!(claims.get("nick").is_none(), "left out, and not null");
}

#[test]
fn s_320_s_322_what_only_the_vendor_may_say_is_refused_at_load() {
    for (more, words) in [
        ("claims = { sm-x = \"1\" }", "sm-"),
        ("claims = { \"sm-control?\" = \"wss://evil.example\" }", "sm-"),
        ("claims = { iss = \"other\" }", "set by this profile"),
        ("claims = { exp = 1 }", "set by this profile"),
        ("control = \"https://control.example.com\"", "control"),
        ("control = \"ws://control.example.com\"", "control"),
        ("control_via_browser = \"true\"", "control_via_browser"),
        (
            "control_cookie_header = \"a=b\\r\\nX-Other: 1\"",
            "control_cookie_header",
        ),
        ("roles = []", "has no roles"),
    ] {
        refused_at_load(|settings| app(settings, "guide", SECRET, more), words);
    }
    for server in [
        "wss://demo.example",
        "demo.example/path",
        "demo.example?x=1",
        "a@demo.example",
        "",
    ] {
        let with = |settings: &mut Settings| {
            app(settings, "guide", SECRET, "");
            settings.set("[apps.guide]", "session_server", &format!("\"{server}\""));
        };
        refused_at_load(with, "session_server");
    }
}

#[test]
fn s_476_what_is_for_development_only_is_refused_in_production() {
    let told = |more: &str| check(|settings| app(settings, "guide", SECRET, more));
    let (status, text) = told("ttl = \"30m\"");
    assert!(
        status == Some(0) && !text.contains("apps.guide.ttl") && !text.contains("development"),
        "{text}"
    );
    let (status, text) = told("ttl = \"5m\"\ncontrol_via_browser = false");
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("development"), "{text}");
    assert!(text.contains("whose client retries"), "{text}");
    for value in [true, false] {
        let deployed = |settings: &mut Settings| {
            app(
                settings,
                "guide",
                SECRET,
                &format!("control_via_browser = {value}"),
            );
            settings.set("", "public_url", "\"https://go.example.com\"");
        };
        refused_at_load(deployed, "control_via_browser: is for development");
    }
}

/// The vendor's SDK, as a page of the same site uses it.
const PAGE: &str =
    "<!doctype html><html lang=en><title>Guide</title><video></video><script src=/sdk.js></script><script>
const gateway = new URLSearchParams(location.search).get('gateway');
fetch(`${gateway}/api/apps/guide/token`, { credentials: 'include' })
  .then((answer) => answer.json())
  .then(({ url: uri, jwt: token }) => {
    const videoElement = document.querySelector('video');
    const none = { microphone: false, camera: false };
    const scene = new smwebsdk.Scene({
      videoElement, tracerOptions: { disableTracing: true }, requestedMediaDevices: none, requiredMediaDevices: none,
    });
    scene.connect({ tokenServer: { uri, token } });
    location.hash = 'connecting';
  });
</script>";

#[test]
fn the_vendors_sdk_connects_with_the_answer_as_it_is() {
    let sdk = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/node_modules/@soulmachines/smwebsdk/bundles/smwebsdk.min.js"
    );
    let sdk = std::fs::read(sdk).expect("tests/run installs the SDK");
    let site = Server::start(move |asked| match asked.path() {
        "/sdk.js" => Answer::new(200, "text/javascript", sdk.clone()),
        _ => Answer::new(200, "text/html; charset=utf-8", PAGE),
    });
    let world = World::with(|settings| {
        let origins = format!("origins = [\"http://127.0.0.1:{}\"]", site.port);
        app(settings, "guide", SECRET, &origins);
    });
    let visitor = Visitor::new();
    let tab = visitor.tab();
    sign_in(&world, &visitor, &tab);
    tab.open(&format!(
        "http://127.0.0.1:{}/?gateway={}",
        site.port,
        world.usher.url("")
    ));
    tab.arrive("#connecting$");
    let dialled = tab.dialled();
    let token = dialled
        .strip_prefix(&format!("wss://{SERVER}/?access_token="))
        .unwrap_or_else(|| panic!("not the session server's address: {dialled}"));
    world.usher.secrets.add_token("a minted token", token);
    let claims = by_secret(token, SECRET).expect("the vendor's server takes it")["claims"].clone();
    assert_eq!(claims["sm-session-server"], SERVER);
}
