//! ID tokens and keys crafted to be believed (requirements 6.4: S-343 to S-348).

use serde_json::{Value, json};

use crate::harness::keys::{self, base64url, from_base64url};
use crate::harness::lie::edit;
use crate::harness::server::{Answer, Server};
use crate::harness::{Lie, Lying, lying};

/// An ID token that must not sign anybody in; the log may give any reason of this kind.
#[track_caller]
fn refused(lie: Lie) -> Lying {
    let reasons = [
        "id_token.malformed",
        "id_token.alg_not_allowed",
        "id_token.signature_invalid",
        "id_token.key_unknown",
        "id_token.key_ambiguous",
        "id_token.exp_missing",
        "id_token.expired",
        "token.wrong_answer",
    ];
    lying(lie).refuses_any(502, &reasons).never_asked("userinfo")
}

#[test]
fn s_343_hs256_with_the_public_key_as_secret() {
    let pem = keys::key(keys::PROVIDER).public_pem();
    let secrets = [
        pem.clone().into_bytes(),
        pem.trim_end().as_bytes().to_vec(),
        keys::key(keys::PROVIDER).jwk(Some("k0")).to_string().into_bytes(),
    ];
    for secret in secrets {
        refused(Lie::none().with_hmac(secret).in_header(|h| h["alg"] = "HS256".into()));
    }
}

#[test]
fn s_344_every_spelling_of_no_algorithm() {
    for alg in [json!("none"), json!("None"), json!("nOnE"), json!(""), json!(null), json!(["RS256"])] {
        refused(Lie::none().in_header(move |h| h["alg"] = alg.clone()));
    }
    refused(Lie::none().in_header(|h| crate::harness::lie::remove(h, "alg")));
    refused(Lie::none().in_compact(|token| *token = format!("{}.", token.rsplit_once('.').unwrap().0)));
}

#[test]
fn s_345_a_kid_is_nothing_but_a_name() {
    let kids = [json!("../../etc/passwd"), json!("' OR 1=1 --"), json!("a\u{0}b"), json!(["k0"]), json!(7)];
    for kid in kids {
        let world = refused(Lie::none().in_header(move |h| h["kid"] = kid.clone()));
        assert!(world.liar.asked("lie", "jwks") <= 2, "more than one refetch");
    }
}

#[test]
fn s_346_keys_that_the_token_brings_along_are_not_followed() {
    let hits = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&hits);
    let listener = Server::start(move |_| {
        counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Answer::json(&json!({ "keys": [keys::key(keys::STRANGER).jwk(Some("stranger"))] }))
    });
    let sign_as_stranger = |token: &mut String| {
        let message = token.rsplit_once('.').unwrap().0.to_owned();
        let signature = keys::key(keys::STRANGER).rs256(message.as_bytes());
        *token = format!("{message}.{}", base64url(&signature));
    };
    let there = format!("http://localhost:{}/keys", listener.port);
    let tricks = [
        ("jwk", keys::key(keys::STRANGER).jwk(None)),
        ("jku", json!(there)),
        ("x5u", json!(there)),
        ("x5c", json!(["MIIB"])),
    ];
    for (name, value) in tricks {
        refused(Lie::none().in_header(move |h| h[name] = value.clone()).in_compact(sign_as_stranger));
    }
    assert_eq!(hits.load(std::sync::atomic::Ordering::SeqCst), 0, "an address in a token was asked");
}

#[test]
fn s_346_an_unknown_crit_refuses() {
    refused(Lie::none().in_header(|h| h["crit"] = json!(["exp"])));
    refused(Lie::none().in_header(|h| {
        h["crit"] = json!(["b64"]);
        h["b64"] = json!(false);
    }));
}

#[test]
fn s_347_keys_that_must_not_verify() {
    let tricks: [fn(&mut Value); 4] = [
        |jwk| jwk["use"] = "enc".into(),
        |jwk| jwk["alg"] = "RS512".into(),
        |jwk| *jwk = json!({ "kty": "oct", "kid": "k0", "k": "c2VjcmV0" }),
        |jwk| jwk["n"] = base64url(&[0xc3; 128]).into(),
    ];
    for trick in tricks {
        refused(Lie::none().about_keys(move |a| edit(a, |v| trick(&mut v["keys"][0]))));
    }
}

#[test]
fn s_347_other_keys_still_work() {
    let crowd = |a: &mut Answer| {
        edit(a, |v| {
            let odd = [
                json!({ "kty": "oct", "kid": "o", "k": "c2VjcmV0" }),
                json!({ "kty": "EC", "crv": "secp256k1", "kid": "e", "x": "AA", "y": "AA", "use": "sig" }),
                json!({ "kty": "nobody-knows", "kid": "n" }),
            ];
            v["keys"].as_array_mut().unwrap().splice(0..0, odd);
        });
    };
    lying(Lie::none().about_keys(crowd)).accepts();
}

#[test]
fn s_348_forms_that_are_not_a_compact_token() {
    let forms: [fn(&str) -> String; 7] = [
        |t| t.rsplit_once('.').unwrap().0.to_owned(),
        |t| format!("{t}.e30.e30"),
        |t| format!(" {t}"),
        |t| format!("{t}="),
        |t| format!("{t}."),
        |t| t.replacen('.', "+.", 1),
        |_| json!({ "payload": "e30", "signatures": [] }).to_string(),
    ];
    for form in forms {
        refused(Lie::none().in_compact(move |token| *token = form(token)));
    }
}

#[test]
fn s_348_exp_of_every_wrong_kind() {
    for exp in ["\"tomorrow\"", "1e400", "-1", "[9999999999]", "null", "true"] {
        refused(Lie::none().in_compact(move |token| *token = with_claims(token, |text| {
            let (head, tail) = text.split_once("\"exp\":").unwrap();
            let rest = tail.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{head}\"exp\":{exp}{rest}")
        })));
    }
}

#[test]
fn s_182_duplicate_members_and_bad_utf_8() {
    refused(Lie::none().in_compact(|token| {
        *token = with_claims(token, |text| text.replacen('{', "{\"sub\":\"mallory\",", 1));
    }));
    refused(Lie::none().in_compact(|token| {
        let header = token.split('.').next().unwrap().to_owned();
        let message = format!("{header}.{}", base64url(b"{\"sub\":\"\xff\xfe\"}"));
        let signature = keys::key(keys::PROVIDER).rs256(message.as_bytes());
        *token = format!("{message}.{}", base64url(&signature));
    }));
}

/// The token with its claims as `change` leaves their text, properly signed.
fn with_claims(token: &str, change: impl Fn(&str) -> String) -> String {
    let mut parts = token.split('.');
    let header = parts.next().unwrap();
    let claims = String::from_utf8(from_base64url(parts.next().unwrap())).unwrap();
    let message = format!("{header}.{}", base64url(change(&claims).as_bytes()));
    let signature = keys::key(keys::PROVIDER).rs256(message.as_bytes());
    format!("{message}.{}", base64url(&signature))
}
