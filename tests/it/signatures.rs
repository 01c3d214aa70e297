//! By what a provider may sign, and by which of its keys (requirements S-038 to S-041, S-075,
//! S-134, S-135, S-170 to S-181).

use serde_json::{Value, json};

use crate::harness::keys::{self, base64url, p256};
use crate::harness::liar::SECRET;
use crate::harness::lie::{append, edit, remove};
use crate::harness::server::Answer;
use crate::harness::{How, Lie, Lying, lying};

/// A gateway that takes ID tokens by `algs` only.
fn taking(algs: &'static str, lie: Lie) -> Lying {
    Lying::with(lie, How::default(), move |settings| {
        settings.set("[providers.lie]", "id_token_algs", algs);
    })
}

/// A provider whose P-256 key is as good as its RSA key, and which signs by the former.
fn by_es256() -> Lie {
    let also = |a: &mut Answer| edit(a, |v| v["keys"].as_array_mut().unwrap().push(p256().jwk("ec")));
    Lie::none()
        .about_keys(also)
        .in_compact(|token| *token = p256().sign_anew(token, "ec"))
}

#[test]
fn s_028_s_057_a_real_key_of_the_provider_by_another_algorithm() {
    lying(by_es256())
        .refuses(502, "id_token.alg_not_allowed")
        .never_asked("userinfo");
    taking("[\"ES256\"]", by_es256()).accepts();
    taking("[\"RS256\", \"ES256\"]", by_es256()).accepts();
}

#[test]
fn s_172_rs256_is_refused_where_only_es256_is_allowed() {
    taking("[\"ES256\"]", Lie::none())
        .refuses(502, "id_token.alg_not_allowed")
        .never_asked("userinfo");
}

#[test]
fn s_038_invalid_sig_es256() {
    let spoiled = by_es256().in_compact(|token| {
        let signed = p256().sign_anew(token, "ec");
        let (message, signature) = signed.rsplit_once('.').unwrap();
        let mut bytes = keys::from_base64url(signature);
        bytes[40] ^= 1;
        *token = format!("{message}.{}", base64url(&bytes));
    });
    taking("[\"ES256\"]", spoiled)
        .refuses(502, "id_token.signature_invalid")
        .never_asked("userinfo");
}

#[test]
fn s_039_s_135_hs256_with_the_client_secret() {
    let lie = Lie::none()
        .with_hmac(SECRET.as_bytes().to_vec())
        .in_header(|h| h["alg"] = "HS256".into());
    lying(lie)
        .refuses(502, "id_token.alg_not_allowed")
        .never_asked("userinfo");
}

#[test]
fn s_171_names_of_algorithms_are_compared_as_they_are_written() {
    for name in ["rs256", "RS256 ", "Rs256"] {
        lying(Lie::none().in_header(move |h| h["alg"] = name.into()))
            .refuses(502, "id_token.alg_not_allowed")
            .never_asked("userinfo");
    }
}

#[test]
fn s_173_a_key_of_another_provider_does_not_verify() {
    // The honest provider signs by the key that is missing here.
    let others = |a: &mut Answer| {
        edit(a, |v| {
            v["keys"] = json!([keys::key(keys::STRANGER).jwk(Some("k0"))]);
        });
    };
    lying(Lie::none().about_keys(others))
        .refuses(502, "id_token.signature_invalid")
        .never_asked("userinfo");
}

#[test]
fn s_178_s_179_a_token_of_another_kind_is_no_id_token() {
    for typ in ["logout+jwt", "application/logout+jwt", "at+jwt", "userinfo+jwt"] {
        lying(Lie::none().in_header(move |h| h["typ"] = typ.into()))
            .refuses(502, "id_token.malformed")
            .never_asked("userinfo");
    }
}

#[test]
fn s_075_a_crowd_of_keys_without_algorithms() {
    let crowd = |a: &mut Answer| {
        edit(a, |v| {
            let own = v["keys"][0].take();
            let bare = |mut jwk: Value| {
                remove(&mut jwk, "alg");
                jwk
            };
            let encrypts = |mut jwk: Value| {
                jwk["use"] = "enc".into();
                jwk
            };
            let x = base64url(&[9; 32]);
            v["keys"] = json!([
                encrypts(bare(keys::key(keys::STRANGER).jwk(Some("k0")))),
                encrypts(p256().jwk("k0")),
                bare(keys::key(keys::ROTATED).jwk(Some("other"))),
                { "kty": "EC", "crv": "secp256k1", "use": "sig", "kid": "koblitz", "x": x, "y": x },
                { "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "edwards", "x": x },
                p256().jwk("ec-1"),
                p256().jwk("ec-2"),
                bare(own),
            ]);
        });
    };
    lying(Lie::none().about_keys(crowd)).accepts();
}

#[test]
fn s_041_s_144_signed_userinfo_counts_where_all_of_it_is_right() {
    lying(Lie::none().signing_userinfo(|_| ())).accepts();
}

#[test]
fn s_041_signed_userinfo_that_is_not_for_us() {
    let changes: [fn(&mut Value); 7] = [
        |claims| claims["exp"] = 1_700_000_000.into(),
        |claims| append(&mut claims["iss"], "/"),
        |claims| remove(claims, "iss"),
        |claims| claims["aud"] = json!(["usher", "stranger"]),
        |claims| remove(claims, "aud"),
        |claims| remove(claims, "sub"),
        // S-179: an ID token in the place of userinfo.
        |claims| claims["nonce"] = "n".into(),
    ];
    for change in changes {
        lying(Lie::none().signing_userinfo(change)).refuses(502, "userinfo.wrong_answer");
    }
    lying(Lie::none().signing_userinfo(|claims| append(&mut claims["sub"], "x")))
        .refuses(502, "userinfo.sub_mismatch");
}

#[test]
fn s_134_the_pin_holds_for_signed_userinfo_too() {
    let by_another = |a: &mut Answer| {
        if let Answer::Full { body, .. } = a {
            let token = String::from_utf8(body.clone()).unwrap();
            *body = p256().sign_anew(&token, "ec").into_bytes();
        }
    };
    let also = |a: &mut Answer| edit(a, |v| v["keys"].as_array_mut().unwrap().push(p256().jwk("ec")));
    let lie = || {
        Lie::none()
            .about_keys(also)
            .signing_userinfo(|_| ())
            .in_userinfo(by_another)
    };
    lying(lie()).refuses(502, "userinfo.wrong_answer");
    taking("[\"RS256\", \"ES256\"]", lie()).accepts();
}

#[test]
fn s_361_a_flood_of_bad_signatures_does_not_become_a_flood_of_fetches() {
    let spoil = |token: &mut String| {
        let message = token.rsplit_once('.').unwrap().0.to_owned();
        *token = format!("{message}.{}", base64url(&[7; 256]));
    };
    let world = lying(Lie::none().in_compact(spoil));
    for _ in 0..12 {
        let mut mallory = world.usher.browser();
        world.sign_in(&mut mallory, "lie").expect(502);
    }
    let fetched = world.liar.asked("lie", "jwks");
    assert!(fetched <= 4, "{fetched} fetches: one, and a burst of three");
}
