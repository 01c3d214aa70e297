//! The relying-party profiles where no other story tells them: what is done first, and what is left
//! alone because nobody needs it (requirements, section 2).

use std::collections::HashSet;
use std::fs;

use serde_json::json;

use crate::harness::lie::{append, edit, remove};
use crate::harness::server::value_of;
use crate::harness::{Lie, Request, lying};

#[test]
fn s_015_discovery_openid_config() {
    let world = lying(Lie::none()).accepts();
    assert_eq!(world.liar.asked("lie", ".well-known/openid-configuration"), 1);
}

/// S-033 session management, S-043 mTLS, S-045 registration, S-065 JARM, S-066 `DPoP`.
#[test]
fn s_033_s_043_s_045_s_065_s_066_what_nobody_needs_is_left_alone() {
    let offers = |document: &mut serde_json::Value| {
        let at = document["issuer"].as_str().expect("an issuer").to_owned();
        document["check_session_iframe"] = format!("{at}/check").into();
        document["mtls_endpoint_aliases"] = json!({ "token_endpoint": format!("{at}/mtls") });
        document["registration_endpoint"] = format!("{at}/register").into();
        document["authorization_signing_alg_values_supported"] = json!(["RS256"]);
        document["response_modes_supported"] = json!(["query.jwt", "form_post", "query"]);
        document["dpop_signing_alg_values_supported"] = json!(["ES256"]);
    };
    let world = lying(Lie::none().about_metadata(move |answer| edit(answer, offers))).accepts();
    for endpoint in ["check", "mtls", "register"] {
        assert_eq!(world.liar.asked("lie", endpoint), 0, "{endpoint}");
    }
    let asked = world.liar.requests("lie", "authorize").remove(0).query();
    for name in ["response_mode", "dpop_jkt", "request", "registration"] {
        assert_eq!(value_of(&asked, name), None, "{name}");
    }
    let token = world.liar.requests("lie", "token").remove(0);
    assert!(token.header("DPoP").is_none());
}

#[test]
fn s_034_s_035_no_answer_comes_by_a_form() {
    let world = lying(Lie::none());
    let mut ada = world.usher.browser();
    let start = ada.get("/auth/login?provider=lie").expect(303);
    let asked = url::Url::parse(start.location()).expect("an address");
    assert!(asked.query_pairs().all(|(name, _)| name != "response_mode"));
    let answer = ada.follow_until(start, |to| to.path().starts_with("/auth/callback/"));
    let (path, query) = answer.location().split_once('?').expect("an answer");
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    ada.send(Request::form(path, fields)).expect(405);
    assert!(!ada.is_signed_in());
    assert_eq!(world.liar.asked("lie", "token"), 0);
}

#[test]
fn s_044_a_refresh_token_is_neither_asked_for_nor_kept() {
    const REFRESH: &str = "canary-refresh-token-of-the-provider";
    let world = lying(Lie::none().in_token_answer(|a| edit(a, |v| v["refresh_token"] = REFRESH.into())));
    world.usher.secrets.add("a refresh token", REFRESH);
    let mut world = world.accepts();
    let asked = world.liar.requests("lie", "authorize").remove(0).query();
    assert!(
        !value_of(&asked, "scope")
            .expect("a scope")
            .contains("offline_access")
    );
    world.usher.stop();
    for entry in fs::read_dir(world.usher.dir.path()).expect("the gateway's directory") {
        let path = entry.expect("a file").path();
        if let Ok(bytes) = fs::read(&path) {
            let kept = bytes
                .windows(REFRESH.len())
                .any(|window| window == REFRESH.as_bytes());
            assert!(!kept, "it stands in {}", path.display());
        }
    }
}

#[test]
fn s_046_what_belongs_to_other_flows_decides_nothing_in_this_one() {
    // A hash of a code is for tokens that come with one, by the browser; a nonce is always ours.
    lying(Lie::none().in_claims(|claims| claims["c_hash"] = "bm90LXRoZS1oYXNo".into())).accepts();
    lying(Lie::none().in_claims(|claims| remove(claims, "nonce"))).refuses(502, "id_token.nonce_missing");
    // An ID token that comes by the browser is none.
    let world = lying(Lie::none().on_the_way_back(|params| {
        params.retain(|(name, _)| name != "code");
        params.push(("id_token".to_owned(), "e30.e30.e30".to_owned()));
    }));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "lie").expect(400);
    assert!(!ada.is_signed_in());
}

#[test]
fn s_086_each_fault_has_a_reason_of_its_own_in_the_log() {
    let lies = [
        Lie::none().in_claims(|claims| append(&mut claims["iss"], "1")),
        Lie::none().in_claims(|claims| append(&mut claims["aud"], "1")),
        Lie::none().in_claims(|claims| append(&mut claims["nonce"], "1")),
        Lie::none().in_claims(|claims| remove(claims, "iat")),
        Lie::none().in_claims(|claims| remove(claims, "exp")),
        Lie::none().in_claims(|claims| remove(claims, "sub")),
        Lie::none().in_userinfo(|answer| edit(answer, |userinfo| append(&mut userinfo["sub"], "x"))),
    ];
    let count = lies.len();
    let mut reasons = HashSet::new();
    for lie in lies {
        let world = lying(lie);
        world.sign_in(&mut world.usher.browser(), "lie").expect(502);
        let line = world.usher.logged("sign_in.failed");
        let reason = line["reason"].as_str().expect("a reason").to_owned();
        assert!(
            reason.contains('.')
                && reason
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b"._".contains(&b)),
            "{reason}"
        );
        reasons.insert(reason);
    }
    assert_eq!(reasons.len(), count, "{reasons:?}");
}

#[test]
fn s_118_no_script_speaks_to_pages_of_any_origin() {
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/static");
    let mut seen = 0;
    for entry in fs::read_dir(scripts).expect("the static files") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "js") {
            seen += 1;
            let text = fs::read_to_string(&path).expect("a script");
            for said in text.split("postMessage(").skip(1) {
                let call = said.split(';').next().unwrap_or_default();
                assert!(
                    call.contains(',') && !call.contains("'*'") && !call.contains("\"*\""),
                    "{}: {call}",
                    path.display()
                );
            }
        }
    }
    assert!(seen > 0);
}
