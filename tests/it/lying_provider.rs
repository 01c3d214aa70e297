//! A provider that lies: nobody is signed in, the log says why, and an honest sign-in works
//! afterwards. Named after the OpenID Foundation's modules (requirements 2.1, 2.2, 2.5).

use serde_json::json;

use crate::harness::keys::{self, base64url};
use crate::harness::lie::{Rotation, append, edit, remove};
use crate::harness::server::Answer;
use crate::harness::{Lie, lying};

#[test]
fn s_001_an_honest_provider() {
    let world = lying(Lie::none()).accepts();
    let asked = world.liar.requests("lie", "authorize").remove(0).query();
    let value = |name: &str| asked.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert_eq!(value("response_type"), Some("code"), "S-070");
    assert_eq!(value("code_challenge_method"), Some("S256"), "S-106");
    assert_eq!(value("code_challenge").map(str::len), Some(43));
    assert_eq!(value("client_id"), Some("usher"));
    assert_eq!(
        value("redirect_uri"),
        Some(world.usher.url("/auth/callback/lie").as_str())
    );
    assert!(value("nonce").is_some_and(|nonce| (22..=43).contains(&nonce.len())));
    assert!(value("state").is_some_and(|state| state.len() <= 1024), "C-18");
}

#[test]
fn s_002_invalid_iss() {
    lying(Lie::none().in_claims(|c| append(&mut c["iss"], "1")))
        .refuses(502, "id_token.iss_mismatch")
        .never_asked("userinfo");
}

#[test]
fn s_003_missing_sub() {
    lying(Lie::none().in_claims(|c| remove(c, "sub")))
        .refuses(502, "id_token.sub_missing")
        .never_asked("userinfo");
}

#[test]
fn s_004_invalid_aud() {
    lying(Lie::none().in_claims(|c| append(&mut c["aud"], "1")))
        .refuses(502, "id_token.aud_mismatch")
        .never_asked("userinfo");
}

#[test]
fn s_005_missing_iat() {
    lying(Lie::none().in_claims(|c| remove(c, "iat")))
        .refuses(502, "id_token.iat_missing")
        .never_asked("userinfo");
}

#[test]
fn s_006_kid_absent_single_jwks() {
    lying(
        Lie::none()
            .in_header(|h| remove(h, "kid"))
            .about_keys(|a| edit(a, |v| v["keys"] = json!([keys::key(keys::PROVIDER).jwk(None)]))),
    )
    .accepts();
}

#[test]
fn s_007_kid_absent_multiple_jwks() {
    let both = || {
        json!([
            keys::key(keys::PROVIDER).jwk(None),
            keys::key(keys::ROTATED).jwk(None)
        ])
    };
    lying(
        Lie::none()
            .in_header(|h| remove(h, "kid"))
            .about_keys(move |a| edit(a, |v| v["keys"] = both())),
    )
    .refuses(502, "id_token.key_ambiguous")
    .never_asked("userinfo");
}

#[test]
fn s_008_idtoken_sig_rs256() {
    lying(Lie::none().in_header(|h| h["typ"] = "JWT".into())).accepts();
}

#[test]
fn s_009_s_018_idtoken_sig_none() {
    lying(Lie::none().in_header(|h| h["alg"] = "none".into()))
        .refuses_any(502, &["id_token.alg_not_allowed", "id_token.malformed"])
        .never_asked("userinfo");
}

#[test]
fn s_010_invalid_sig_rs256() {
    let spoil = |token: &mut String| {
        let (rest, signature) = token.rsplit_once('.').unwrap();
        let mut bytes = keys::from_base64url(signature);
        bytes[0] ^= 1;
        *token = format!("{rest}.{}", base64url(&bytes));
    };
    lying(Lie::none().in_compact(spoil))
        .refuses(502, "id_token.signature_invalid")
        .never_asked("userinfo");
}

#[test]
fn s_011_userinfo_invalid_sub() {
    lying(Lie::none().in_userinfo(|a| edit(a, |v| append(&mut v["sub"], "invalid"))))
        .refuses(502, "userinfo.sub_mismatch");
}

#[test]
fn s_012_nonce_invalid() {
    lying(Lie::none().in_claims(|c| append(&mut c["nonce"], "1")))
        .refuses(502, "id_token.nonce_mismatch")
        .never_asked("userinfo");
}

#[test]
fn s_013_scope_userinfo_claims() {
    let world = lying(Lie::none()).accepts();
    let asked = world.liar.requests("lie", "authorize").remove(0).query();
    let (_, scope) = asked.iter().find(|(name, _)| name == "scope").expect("a scope");
    assert_eq!(scope, "openid profile email");
}

#[test]
fn s_014_client_secret_basic() {
    let world = lying(Lie::none()).accepts();
    let token = world.liar.requests("lie", "token").remove(0);
    assert!(
        token
            .header("Authorization")
            .is_some_and(|value| value.starts_with("Basic "))
    );
    assert!(
        !token.body.contains("client_secret"),
        "S-073: one way of authentication only"
    );
}

#[test]
fn s_017_s_051_discovery_issuer_mismatch() {
    lying(Lie::none().about_metadata(|a| edit(a, |v| append(&mut v["issuer"], "INVALID"))))
        .refuses(502, "provider.issuer_mismatch")
        .never_asked("authorize");
}

#[test]
fn s_019_signing_key_rotation_just_before_signing() {
    lying(Lie::none().rotating(Rotation::BeforeSigning)).accepts();
}

#[test]
fn s_020_signing_key_rotation() {
    let world = lying(Lie::none().rotating(Rotation::AtLaterAuthorize)).accepts();
    let fetched = world.liar.asked("lie", "jwks");
    let world = world.accepts();
    assert!(
        world.liar.asked("lie", "jwks") > fetched,
        "the new keys were not fetched"
    );
}

#[test]
fn s_052_invalid_authorization_response_iss() {
    lying(Lie::none().on_the_way_back(|back| back[2].1 += "x"))
        .refuses(400, "callback.iss_mismatch")
        .never_asked("token");
}

#[test]
fn s_053_remove_authorization_response_iss() {
    lying(Lie::none().on_the_way_back(|back| back.truncate(2)))
        .refuses(400, "callback.iss_missing")
        .never_asked("token");
}

#[test]
fn s_054_authorization_response_with_invalid_state() {
    lying(Lie::none().on_the_way_back(|back| back[1].1 += "x"))
        .refuses(400, "callback.state_invalid")
        .never_asked("token");
}

#[test]
fn s_055_authorization_response_with_missing_state() {
    lying(Lie::none().on_the_way_back(|back| drop(back.remove(1))))
        .refuses(400, "callback.state_missing")
        .never_asked("token");
}

#[test]
fn s_056_invalid_missing_nonce() {
    lying(Lie::none().in_claims(|c| remove(c, "nonce")))
        .refuses(502, "id_token.nonce_missing")
        .never_asked("userinfo");
}

#[test]
fn s_057_invalid_alternate_alg() {
    lying(Lie::none().in_header(|h| h["alg"] = "PS256".into()))
        .refuses(502, "id_token.alg_not_allowed")
        .never_asked("userinfo");
}

#[test]
fn s_058_invalid_missing_iss() {
    lying(Lie::none().in_claims(|c| remove(c, "iss")))
        .refuses_any(502, &["id_token.iss_mismatch", "id_token.malformed"])
        .never_asked("userinfo");
}

#[test]
fn s_037_s_059_invalid_missing_aud() {
    lying(Lie::none().in_claims(|c| remove(c, "aud")))
        .refuses_any(502, &["id_token.aud_mismatch", "id_token.malformed"])
        .never_asked("userinfo");
}

#[test]
fn s_060_invalid_secondary_aud() {
    lying(Lie::none().in_claims(|c| c["aud"] = json!(["usher", "stranger"])))
        .refuses_any(502, &["id_token.aud_mismatch", "id_token.azp_mismatch"])
        .never_asked("userinfo");
}

#[test]
fn s_132_an_azp_that_is_not_ours() {
    lying(Lie::none().in_claims(|c| c["azp"] = "stranger".into()))
        .refuses(502, "id_token.azp_mismatch")
        .never_asked("userinfo");
}

#[test]
fn s_061_valid_aud_as_array() {
    lying(Lie::none().in_claims(|c| c["aud"] = json!(["usher"]))).accepts();
}

#[test]
fn s_062_invalid_expired_exp() {
    let expired = |c: &mut serde_json::Value| c["exp"] = (c["iat"].as_i64().unwrap() - 301).into();
    lying(Lie::none().in_claims(expired))
        .refuses(502, "id_token.expired")
        .never_asked("userinfo");
}

#[test]
fn s_062_invalid_missing_exp() {
    lying(Lie::none().in_claims(|c| remove(c, "exp")))
        .refuses_any(502, &["id_token.exp_missing", "id_token.malformed"])
        .never_asked("userinfo");
}

#[test]
fn s_063_token_type_case_insensitivity() {
    lying(Lie::none().in_token_answer(|a| edit(a, |v| v["token_type"] = "bEaReR".into()))).accepts();
}

#[test]
fn s_064_token_endpoint_response_without_expires_in() {
    lying(Lie::none().in_token_answer(|a| edit(a, |v| remove(v, "expires_in")))).accepts();
}

/// S-370 and C-48: a minute of skew is borne, more is not.
#[test]
fn c_48_an_id_token_that_ended_half_a_minute_ago_is_accepted() {
    lying(Lie::none().in_claims(|c| c["exp"] = (c["iat"].as_i64().unwrap() - 30).into())).accepts();
}

#[test]
fn c_48_an_iat_of_eleven_minutes_ago_is_refused() {
    lying(Lie::none().in_claims(|c| c["iat"] = (c["iat"].as_i64().unwrap() - 660).into()))
        .refuses(502, "id_token.iat_out_of_range");
}

#[test]
fn c_48_an_iat_ninety_seconds_ahead_is_refused() {
    lying(Lie::none().in_claims(|c| c["iat"] = (c["iat"].as_i64().unwrap() + 90).into()))
        .refuses(502, "id_token.iat_out_of_range");
}

#[test]
fn s_140_a_subject_of_256_characters_is_refused() {
    lying(Lie::none().in_claims(|c| c["sub"] = "a".repeat(256).into()))
        .refuses_any(502, &["id_token.sub_missing", "id_token.malformed"])
        .never_asked("userinfo");
}

#[test]
fn s_354_an_access_token_that_is_not_the_hashed_one() {
    lying(Lie::none().in_claims(|c| c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA".into()))
        .refuses(502, "id_token.at_hash_mismatch")
        .never_asked("userinfo");
}

#[test]
fn s_147_a_token_endpoint_that_refuses() {
    let refuse = |a: &mut Answer| *a = Answer::new(400, "application/json", r#"{"error":"invalid_grant"}"#);
    lying(Lie::none().in_token_answer(refuse))
        .refuses(502, "token.refused")
        .never_asked("userinfo");
}

#[test]
fn s_133_a_token_answer_without_an_id_token() {
    lying(Lie::none().in_token_answer(|a| edit(a, |v| remove(v, "id_token"))))
        .refuses(502, "token.wrong_answer")
        .never_asked("userinfo");
}
