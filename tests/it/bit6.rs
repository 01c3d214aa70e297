//! Bit6: who somebody is comes from the session, and only the device from the page.

use serde_json::json;

use crate::harness::keys::from_base64url;
use crate::harness::library::{by_secret, opened};
use crate::harness::{Request, Settings, World, names, refused_at_load};

const SECRET: &str = "canary-secret-of-the-phone-7f3b9a";
const AUDIENCE: &str = "https://api.prod.bit6.com/client";

fn app(settings: &mut Settings, more: &str) {
    let body = format!(
        "vendor = \"bit6\"\ntitle = \"Phone\"\nallow = [\"everyone\"]\nkey_id = \"12-abc\"\nsecret = \"{SECRET}\"\n\
         audience = \"{AUDIENCE}\"\nidentity = \"{{{{ user.claims.title }}}}\"\n{more}"
    );
    settings.add("[apps.phone]", &body);
    if !more.contains("grants") {
        settings.set("[apps.phone]", "grants", "{ signal = true, video = false }");
    }
}

fn world() -> World {
    let world = World::with(|settings| app(settings, ""));
    world.usher.secrets.add("a vendor's secret", SECRET);
    world
}

#[test]
fn s_475_json_and_forms_are_answered_with_a_token_that_the_vendors_library_takes() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let json = Request::new("POST", "/api/apps/phone/token")
        .header("Origin", &world.usher.url(""))
        .header("Content-Type", "application/json")
        .body(r#"{"device":"web-1.a_B"}"#.to_owned());
    let json = ada.send(json).expect(200);
    let form = world
        .ask(&mut ada, "phone", [("device", "web-1.a_B")])
        .expect(200);
    for answer in [json, form] {
        let body = answer.json();
        assert_eq!(names(&body), ["token"]);
        let token = body["token"].as_str().unwrap();
        world.usher.secrets.add_token("a minted token", token);
        let made = by_secret(token, SECRET).expect("the vendor's library takes it");
        assert_eq!(names(&made["header"]), ["typ", "alg"]);
        assert_eq!(made["header"], json!({ "typ": "JWT", "alg": "HS256" }));
        let claims = &made["claims"];
        assert_eq!(names(claims), ["aud", "iss", "sub", "grants", "iat", "exp"]);
        assert_eq!(
            (&claims["aud"], &claims["iss"]),
            (&json!(AUDIENCE), &json!("12-abc"))
        );
        assert_eq!(claims["sub"], "Engineer/web-1.a_B");
        assert_eq!(claims["grants"], json!({ "signal": true, "video": false }));
        let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(life, 300, "minutes, not the sample's hour");
    }
}

#[test]
fn a_device_is_needed_and_nothing_else_is_taken() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let long = "d".repeat(65);
    for (params, code) in [
        (vec![], "params.missing"),
        (vec![("device", "")], "params.mismatch"),
        (vec![("device", "a/b")], "params.mismatch"),
        (vec![("device", "a b")], "params.mismatch"),
        (vec![("device", "ü")], "params.mismatch"),
        (vec![("device", "web\n")], "params.control_character"),
        (vec![("device", &long)], "params.mismatch"),
        (vec![("device", "web"), ("device", "phone")], "params.repeated"),
    ] {
        let answer = world.ask(&mut ada, "phone", params).expect(400);
        assert_eq!(answer.json()["code"], code);
        assert!(
            answer.json()["detail"].as_str().unwrap().contains("device"),
            "{}",
            answer.text()
        );
    }
    // Who somebody is, is not theirs to say.
    for name in ["identity", "sub", "grants"] {
        let answer = world.ask(&mut ada, "phone", [("device", "web"), (name, "uid:eve")]);
        assert_eq!(answer.expect(400).json()["code"], "params.undeclared", "{name}");
    }
    let get = Request::get("/api/apps/phone/token?device=web").header("Origin", &world.usher.url(""));
    assert_eq!(ada.send(get).expect(405).header("Allow"), Some("OPTIONS, POST"));
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn s_322_an_identity_has_no_slash_and_the_claims_are_ascii() {
    let world = world();
    let subject = |title: &str| {
        world.person("ada", json!({ "title": title }));
        let answer = world.ask(&mut world.signed_in("ada"), "phone", [("device", "web")]);
        let token = answer.expect(200).json()["token"].as_str().unwrap().to_owned();
        let bytes = from_base64url(token.split('.').nth(1).unwrap());
        assert!(
            bytes.iter().all(|b| (0x20..0x7f).contains(b)),
            "the SDK garbles all else"
        );
        let claims = by_secret(&token, SECRET).unwrap()["claims"].clone();
        assert_eq!(claims, opened(&token)[1], "both libraries read the same");
        claims["sub"].as_str().unwrap().to_owned()
    };
    for plain in ["ada@example.com", "Ädä-Łovelace", "愛田", "+49123", "uid:7"] {
        assert_eq!(subject(plain), format!("{plain}/web"));
    }
    let mut hashed = Vec::new();
    for odd in [
        "a/b",
        "a#b",
        "..",
        "a b",
        "👩",
        "a?b",
        "hash:0",
        "<ada>",
        "ada",
        &"a".repeat(129),
    ] {
        let found = subject(odd);
        let (identity, device) = found.split_once('/').unwrap();
        assert_eq!(device, "web", "exactly one slash");
        if odd != "ada" {
            assert!(
                identity.starts_with("hash:") && identity.len() == 37,
                "{odd}: {found}"
            );
        }
        hashed.push(found);
    }
    hashed.sort();
    hashed.dedup();
    assert_eq!(hashed.len(), 10, "no two people became one");
}

#[test]
fn what_the_vendor_does_not_know_is_refused_at_load() {
    for (more, words) in [
        ("grants = { root = true }", "is not a grant"),
        ("grants = { signal = \"true\" }", "grants"),
        ("grants = { signal = 1 }", "grants"),
        ("params = { device = \".*\" }", "must not declare device"),
        ("ttl = \"2h\"", "ttl"),
        ("roles = []", "has no roles"),
    ] {
        refused_at_load(|settings| app(settings, more), words);
    }
    for (key, value, words) in [
        ("identity", "\"everybody\"", "is the same for everybody"),
        ("identity", "\"{{ params.device }}\"", "is the same for everybody"),
        ("audience", "\"http://api.prod.bit6.com\"", "audience"),
        ("secret", "\"canary-short\"", "secret"),
    ] {
        let with = |settings: &mut Settings| {
            app(settings, "");
            settings.set("[apps.phone]", key, value);
        };
        refused_at_load(with, words);
    }
}
