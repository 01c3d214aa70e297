//! What the gateway says on the way to a provider and back, and what it keeps to itself
//! (requirements S-101 to S-110, S-121, S-145).

use std::collections::HashSet;

use serde_json::json;

use crate::harness::server::value_of;
use crate::harness::usher::write_secret;
use crate::harness::{Lie, World, lying};

#[test]
fn s_104_s_106_s_121_every_code_needs_a_verifier_that_no_browser_sees() {
    let world = lying(Lie::none());
    let mut ada = world.usher.browser();
    let mut seen = Vec::new();
    let start = ada.get("/auth/login?provider=lie").expect(303);
    let page = ada.follow(start).expect(200);
    for hop in ada.hops.iter().chain([&page]) {
        seen.extend(hop.headers.iter().map(|(_, value)| value.clone()));
        seen.push(hop.text());
    }
    let asked = world.liar.requests("lie", "authorize").remove(0).query();
    assert_eq!(value_of(&asked, "code_challenge_method"), Some("S256"));
    let form = world.liar.requests("lie", "token").remove(0).form();
    let verifier = value_of(&form, "code_verifier").expect("a verifier");
    assert_ne!(value_of(&asked, "code_challenge"), Some(verifier));
    assert!(seen.iter().all(|text| !text.contains(verifier)));
}

#[test]
fn s_101_s_102_s_103_an_answer_is_good_only_in_the_browser_that_asked() {
    let world = lying(Lie::none());
    let mut mallory = world.usher.browser();
    let start = mallory.get("/auth/login?provider=lie").expect(303);
    let answer = mallory.follow_until(start, |to| to.path().starts_with("/auth/callback/"));
    let mut ada = world.usher.browser();
    ada.get(answer.location()).expect(400);
    // Not even where she is on her way herself.
    ada.get("/auth/login?provider=lie").expect(303);
    ada.get(answer.location()).expect(400);
    assert!(!ada.is_signed_in());
    assert_eq!(world.liar.asked("lie", "token"), 0);
}

#[test]
fn s_108_only_codes_are_redeemed() {
    let world = lying(Lie::none()).accepts();
    let form = world.liar.requests("lie", "token").remove(0).form();
    assert_eq!(value_of(&form, "grant_type"), Some("authorization_code"));
    for name in ["username", "password", "refresh_token", "scope"] {
        assert_eq!(value_of(&form, name), None, "{name}");
    }
}

#[test]
fn s_110_endpoints_come_from_metadata_alone() {
    let world = lying(Lie::none());
    let dir = world.usher.dir.path();
    let text = std::fs::read_to_string(dir.join("usher.toml")).unwrap();
    for key in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
    ] {
        let line = format!("[providers.lie]\n{key} = \"https://op.example/x\"\n");
        write_secret(dir, "changed.toml", &text.replace("[providers.lie]\n", &line));
        let output = world.usher.run(&["check", "-c", "changed.toml"]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(&format!("{key}: unknown key")), "{said}");
    }
}

#[test]
fn s_145_people_with_one_address_are_two_people() {
    let world = World::start();
    world.person("twin", json!({ "groups": ["staff"] }));
    for login in ["ada", "twin"] {
        world.signed_in(login).get("/launch/townhall").expect(302);
    }
    let launches = world.usher.audited("launch");
    let emails: HashSet<_> = launches.iter().map(|row| row["email"].to_string()).collect();
    let subjects: HashSet<_> = launches.iter().map(|row| row["sub"].to_string()).collect();
    assert_eq!((emails.len(), subjects.len()), (1, 2));
}
