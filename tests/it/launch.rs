//! One click through to an app: what is minted, for whom, and for which requests never.

use serde_json::json;

use crate::harness::world::LICENCE;
use crate::harness::{Request, SUPPORT, World, claims_of, keys, names, token_in, verify};

#[test]
fn c_2_frameable_gets_exactly_what_it_lists() {
    let world = World::start();
    world.person("ada", json!({
        "groups": ["staff", "comms"], "title": "Engineer", "picture": "https://pictures.example.com/ada.png",
        "nickname": "never asked for",
    }));
    let mut ada = world.signed_in("ada");
    let answer = ada.get("/launch/townhall").expect(302);
    assert!(
        answer
            .location()
            .starts_with(&world.vendor.url("/events/townhall?token="))
    );
    let verified =
        verify(&token_in(answer.location()), keys::TOWNHALL, None, None).expect("Frameable accepts it");
    assert_eq!(verified["header"], json!({ "alg": "RS256", "typ": "JWT" }));
    let claims = &verified["claims"];
    assert_eq!(
        names(claims),
        [
            "displayName",
            "email",
            "avatarUrl",
            "userProfile",
            "roles",
            "iat",
            "exp"
        ]
    );
    assert_eq!(claims["displayName"], "Ada Lovelace");
    assert_eq!(claims["email"], "ada@example.com");
    assert_eq!(claims["avatarUrl"], "https://pictures.example.com/ada.png");
    assert_eq!(
        claims["userProfile"],
        json!([["organization", "Acme"], ["title", "Engineer"]])
    );
    assert_eq!(claims["roles"], json!(["host"]));
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        300
    );
}

#[test]
fn s_461_frameable_leaves_out_what_there_is_not() {
    let world = World::start();
    let mut bob = world.signed_in("bob");
    let claims = claims_of(&bob.get("/launch/townhall").expect(302), keys::TOWNHALL);
    assert_eq!(
        names(&claims),
        ["displayName", "email", "userProfile", "iat", "exp"]
    );
    assert_eq!(
        claims["userProfile"],
        json!([["organization", "Acme"]]),
        "C-4: the whole pair goes"
    );
}

#[test]
fn c_2_cobrowse_gets_exactly_what_it_lists() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let answer = ada.get(SUPPORT).expect(302);
    let address = answer.location().split("token=").next().unwrap();
    let wanted = world
        .vendor
        .url("/connect?filter_user_email=grace%40example.org&navigation=none&");
    assert_eq!(address, wanted);
    let token = token_in(answer.location());
    let verified =
        verify(&token, keys::SUPPORT, Some("https://cobrowse.io"), None).expect("Cobrowse accepts it");
    assert_eq!(verified["header"], json!({ "alg": "RS256", "typ": "JWT" }));
    let claims = &verified["claims"];
    assert_eq!(
        names(claims),
        ["iat", "exp", "aud", "iss", "sub", "displayName", "role", "policy"]
    );
    assert_eq!(claims["aud"], "https://cobrowse.io");
    assert_eq!(claims["iss"], LICENCE);
    assert_eq!(claims["sub"], "ada@example.com");
    assert_eq!(claims["displayName"], "Ada Lovelace");
    assert_eq!(claims["role"], "agent");
    let policy = json!({ "version": 3, "sessions": {}, "devices": { "custom_data": { "region": "emea" } } });
    assert_eq!(claims["policy"], policy);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        300
    );
}

#[test]
fn s_341_a_token_for_one_app_opens_no_other() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let token = token_in(ada.get("/launch/townhall").expect(302).location());
    assert!(verify(&token, keys::SUPPORT, None, None).is_err());
}

/// C-4: a filter that cannot be filled in must not vanish.
#[test]
fn c_4_a_policy_without_its_claim_refuses_and_names_it() {
    let world = World::start();
    for region in [json!(null), json!(""), json!(["emea"]), json!({})] {
        world.person("ada", json!({ "groups": ["support"], "region": region }));
        let mut ada = world.signed_in("ada");
        ada.get(SUPPORT).expect(403).shows("region");
    }
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn s_215_the_answer_of_a_launch_to_the_letter() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let answer = ada.get("/launch/townhall").expect(302);
    assert!(answer.body.is_empty());
    for (name, value) in [
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Length", "0"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert!(
        answer
            .header("Content-Security-Policy")
            .is_some_and(|csp| csp.contains("frame-ancestors 'none'"))
    );
}

#[test]
fn s_315_no_conditional_request_gets_a_304() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let first = ada.get("/launch/townhall").expect(302);
    assert!(first.header("ETag").is_none() && first.header("Last-Modified").is_none());
    for (name, value) in [
        ("If-None-Match", "*"),
        ("If-Modified-Since", "Sat, 21 Nov 2099 00:00:00 GMT"),
    ] {
        let again = ada
            .send(Request::get("/launch/townhall").header(name, value))
            .expect(302);
        claims_of(&again, keys::TOWNHALL);
    }
    assert_eq!(world.usher.audited("launch").len(), 3);
}

#[test]
fn c_8_a_client_without_fetch_metadata_is_a_navigation() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let answer = ada
        .send(Request::get("/launch/townhall").without_fetch_metadata())
        .expect(302);
    claims_of(&answer, keys::TOWNHALL);
}

#[test]
fn s_310_a_link_on_another_site_launches_at_once() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for site in ["same-origin", "same-site", "cross-site", "none"] {
        ada.send(Request::get("/launch/townhall").header("Sec-Fetch-Site", site))
            .expect(302);
    }
}

#[test]
fn a_provider_that_an_app_does_not_take_leads_to_one_that_it_does() {
    let world = World::with(|settings| {
        settings.add(
            "[providers.partners]",
            "issuer = \"http://127.0.0.1:1\"\nclient_id = \"usher\"\nclient_secret = \"canary-secret-of-partners\"",
        );
        settings.set("[apps.townhall]", "providers", "[\"partners\"]");
    });
    let mut ada = world.signed_in("ada");
    let answer = ada.get("/launch/townhall").expect(302);
    assert!(answer.location().contains("/auth/login?"), "C-19");
}

#[test]
fn s_311_a_confirm_page_is_asked_for_by_the_person() {
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "confirm", "true");
    });
    let mut ada = world.signed_in("ada");
    let page = ada
        .get("/launch/townhall")
        .expect(200)
        .shows("Town hall")
        .hides("token=");
    let csrf = crate::harness::browser::hidden_fields(&page.text());
    let csrf = csrf
        .iter()
        .find(|(name, _)| name == "csrf")
        .expect("C-34")
        .1
        .clone();
    let origin = world.usher.url("").trim_end_matches('/').to_owned();
    // Under `no-referrer` browsers send `Origin: null` with our own form too; only the site tells.
    for (value, from, site) in [
        ("", origin.as_str(), "same-origin"),
        ("wrong", &origin, "same-origin"),
        (&csrf, "https://evil.test", "same-origin"),
        (&csrf, "https://evil.test", "cross-site"),
        (&csrf, "null", "cross-site"),
        (&csrf, "null", "same-site"),
    ] {
        let form = Request::form("/launch/townhall", [("csrf", value)]).header("Origin", from);
        ada.send(form.header("Sec-Fetch-Site", site)).expect(403);
    }
    let form = Request::form("/launch/townhall", [("csrf", csrf.as_str())]).header("Origin", "null");
    ada.send(form.without_fetch_metadata()).expect(403);
    let stranger = world
        .signed_in("bob")
        .send(Request::form("/launch/townhall", [("csrf", csrf.as_str())]));
    assert_eq!(stranger.status, 403);
    assert_eq!(world.usher.audited("launch").len(), 0);
    let launch = ada.submit_once(&page, []);
    assert!(matches!(launch.status, 302 | 303));
    claims_of(&ada.follow(launch), keys::TOWNHALL);
    ada.submit_once(&page, []).expect(403);
    assert_eq!(world.usher.audited("launch").len(), 1, "single use");
}
