//! One click through to an app: what is minted, for whom, and for which requests never.

use serde_json::json;

use crate::harness::world::LICENCE;
use crate::harness::{Request, SUPPORT, World, claims_of, keys, names, token_in, verify};

#[test]
fn frameable_gets_exactly_what_it_lists() {
    let world = World::start();
    world.person("ada", json!({
        "groups": ["staff", "comms"], "title": "Engineer", "picture": "https://pictures.example.com/ada.png",
        "nickname": "never asked for",
    }));
    let mut ada = world.signed_in("ada");
    let answer = ada.get("/launch/townhall").expect(302);
    assert!(answer.location().starts_with(&world.vendor.url("/events/townhall?token=")));
    let verified = verify(&token_in(answer.location()), keys::TOWNHALL, None, None).expect("Frameable accepts it");
    assert_eq!(verified["header"], json!({ "alg": "RS256", "typ": "JWT" }));
    let claims = &verified["claims"];
    assert_eq!(names(claims), ["displayName", "email", "avatarUrl", "userProfile", "roles", "iat", "exp"]);
    assert_eq!(claims["displayName"], "Ada Lovelace");
    assert_eq!(claims["email"], "ada@example.com");
    assert_eq!(claims["avatarUrl"], "https://pictures.example.com/ada.png");
    assert_eq!(claims["userProfile"], json!([["organization", "Acme"], ["title", "Engineer"]]));
    assert_eq!(claims["roles"], json!(["host"]));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
}

#[test]
fn s_461_frameable_leaves_out_what_there_is_not() {
    let world = World::start();
    let mut bob = world.signed_in("bob");
    let claims = claims_of(&bob.get("/launch/townhall").expect(302), keys::TOWNHALL);
    assert_eq!(names(&claims), ["displayName", "email", "userProfile", "iat", "exp"]);
    assert_eq!(claims["userProfile"], json!([["organization", "Acme"]]), "C-4: the whole pair goes");
}

#[test]
fn cobrowse_gets_exactly_what_it_lists() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let answer = ada.get(SUPPORT).expect(302);
    let address = answer.location().split("token=").next().unwrap();
    let wanted = world.vendor.url("/connect?filter_user_email=grace%40example.org&navigation=none&");
    assert_eq!(address, wanted);
    let token = token_in(answer.location());
    let verified = verify(&token, keys::SUPPORT, Some("https://cobrowse.io"), None).expect("Cobrowse accepts it");
    assert_eq!(verified["header"], json!({ "alg": "RS256", "typ": "JWT" }));
    let claims = &verified["claims"];
    assert_eq!(names(claims), ["iat", "exp", "aud", "iss", "sub", "displayName", "role", "policy"]);
    assert_eq!(claims["aud"], "https://cobrowse.io");
    assert_eq!(claims["iss"], LICENCE);
    assert_eq!(claims["sub"], "ada@example.com");
    assert_eq!(claims["displayName"], "Ada Lovelace");
    assert_eq!(claims["role"], "agent");
    let policy = json!({ "version": 3, "sessions": {}, "devices": { "custom_data": { "region": "emea" } } });
    assert_eq!(claims["policy"], policy);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
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
    assert!(answer.header("Content-Security-Policy").is_some_and(|csp| csp.contains("frame-ancestors 'none'")));
}

#[test]
fn s_315_no_conditional_request_gets_a_304() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let first = ada.get("/launch/townhall").expect(302);
    assert!(first.header("ETag").is_none() && first.header("Last-Modified").is_none());
    for (name, value) in [("If-None-Match", "*"), ("If-Modified-Since", "Sat, 21 Nov 2099 00:00:00 GMT")] {
        let again = ada.send(Request::get("/launch/townhall").header(name, value)).expect(302);
        claims_of(&again, keys::TOWNHALL);
    }
    assert_eq!(world.usher.audited("launch").len(), 3);
}

#[test]
fn c_8_a_client_without_fetch_metadata_is_a_navigation() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let answer = ada.send(Request::get("/launch/townhall").without_fetch_metadata()).expect(302);
    claims_of(&answer, keys::TOWNHALL);
}

#[test]
fn s_310_a_link_on_another_site_launches_at_once() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for site in ["same-origin", "same-site", "cross-site", "none"] {
        ada.send(Request::get("/launch/townhall").header("Sec-Fetch-Site", site)).expect(302);
    }
}

#[test]
fn s_309_s_313_c_55_subresources_and_frames_never_mint() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for (mode, destination) in [
        ("no-cors", "image"), ("no-cors", "script"), ("no-cors", "style"), ("cors", "empty"), ("no-cors", "empty"),
        ("same-origin", "empty"), ("navigate", "iframe"), ("navigate", "frame"), ("navigate", "embed"),
        ("navigate", "object"), ("no-cors", "audio"), ("websocket", "websocket"), ("navigate", ""), ("", "document"),
        ("nonsense", "nonsense"),
    ] {
        for site in ["same-origin", "cross-site"] {
            let request = Request::get("/launch/townhall")
                .header("Sec-Fetch-Mode", mode)
                .header("Sec-Fetch-Dest", destination)
                .header("Sec-Fetch-Site", site);
            let answer = ada.send(request);
            assert_eq!(answer.status, 403, "{mode} {destination} {site}");
            assert!(answer.header("Location").is_none());
        }
    }
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn s_208_signed_out_in_a_frame_starts_no_login() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    let answer = nobody.send(Request::get("/launch/townhall").header("Sec-Fetch-Dest", "iframe"));
    assert!(matches!(answer.status, 401 | 403), "{}", answer.status);
    assert!(answer.header("Location").is_none() && answer.set_cookies().is_empty());
}

#[test]
fn s_211_s_213_s_312_nothing_but_a_real_get_mints() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for method in ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        let answer = ada.send(Request::new(method, "/launch/townhall"));
        assert_eq!(answer.status, 405, "{method}");
        assert!(answer.header("Access-Control-Allow-Origin").is_none());
    }
    let disguised = Request::form("/launch/townhall", []).header("X-HTTP-Method-Override", "GET");
    assert!(matches!(ada.send(disguised).status, 403 | 405));
    for (name, value) in [("Sec-Purpose", "prefetch"), ("Sec-Purpose", "prefetch;anonymous-client-ip"),
        ("Sec-Purpose", "prefetch;prerender"), ("Purpose", "prefetch"), ("X-Moz", "prefetch"), ("X-Purpose", "preview")]
    {
        let answer = ada.send(Request::get("/launch/townhall").header(name, value));
        assert_eq!(answer.status, 503, "{name}: {value}");
        assert!(answer.body.is_empty() && answer.header("Location").is_none());
    }
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn c_7_parameters_are_declared_whole_and_named_when_wrong() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for (query, name) in [
        ("", "customer"),
        ("?customer=", "customer"),
        ("?customer=grace", "customer"),
        ("?customer=x%20grace@example.org", "customer"),
        ("?customer=grace@example.org%0a", "customer"),
        ("?customer=grace@example.org%00", "customer"),
        ("?customer=a@b.c&customer=d@e.f", "customer"),
        ("?customer=grace@example.org&agent=me", "agent"),
        ("?customer=grace@example.org&role=administrator", "role"),
        ("?customer=grace@example.org&token=eyJ", "token"),
        ("?customer=grace@example.org&Customer=x", "Customer"),
    ] {
        let page = ada.get(&format!("/launch/support{query}")).expect(400);
        page.shows(name);
    }
    let long = format!("/launch/support?customer={}@{}", "a".repeat(64), "b".repeat(200));
    ada.get(&long).expect(400);
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn s_304_s_328_what_nobody_declared_changes_nothing() {
    let world = World::start();
    let mut bob = world.signed_in("bob");
    for query in ["role=host", "roles%5B%5D=host", "roles=host", "x=y%0d%0aSet-Cookie:a=b%23frag", "%00=1", "token=a.b.c"] {
        let answer = bob.get(&format!("/launch/townhall?{query}")).expect(400);
        assert!(answer.headers_named("Set-Cookie").all(|cookie| !cookie.starts_with("a=")));
    }
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn s_303_the_way_on_is_the_configured_one() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for path in ["/launch/townhall/", "/launch/townhall/x.png", "/launch/townhall;x.js", "/launch/townhall.css",
        "/launch/%2e%2e", "/launch//townhall", "//launch/townhall", "/LAUNCH/townhall", "/launch/Townhall",
        "/launch/town%68all/..", "/launch/", "/launch", "/launch/@evil.test"]
    {
        let answer = ada.get(path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(answer.header("Location").is_none(), "{path}");
    }
    let customer = "a%26token=b%23@evil.test/..%3f";
    let answer = ada.get(&format!("/launch/support?customer={customer}")).expect(302);
    assert!(answer.location().starts_with(&world.vendor.url("/connect?filter_user_email=a%26token%3Db%23%40evil.test")));
    token_in(answer.location());
}

#[test]
fn c_38_unknown_is_404_bad_is_400_also_for_strangers() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    nobody.get("/launch/unknown").expect(404);
    nobody.get("/launch/townhall?x=1").expect(400).shows("x");
    nobody.get("/launch/support").expect(400).shows("customer");
    let mut bob = world.signed_in("bob");
    bob.get(SUPPORT).expect(403);
    bob.get("/launch/unknown").expect(404);
}

#[test]
fn lesson_9_a_denial_helps() {
    let world = World::start();
    let mut eve = world.signed_in("eve");
    let page = eve.get("/launch/townhall").expect(403);
    let reference = page.header("X-Request-Id").expect("C-34").to_owned();
    page.shows("Town hall").shows("eve@example.net").shows("help@example.com").shows(&reference).shows("switch=1");
    let denied = world.usher.audited("denied").remove(0);
    assert_eq!(denied["reason"], "access.not_allowed");
    assert_eq!(denied["reference"], reference);
    assert_eq!(denied["app"], "townhall");
    assert_eq!(world.usher.logged("access.not_allowed")["event"], "launch.refused");
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
    let page = ada.get("/launch/townhall").expect(200).shows("Town hall").hides("token=");
    let csrf = crate::harness::browser::hidden_fields(&page.text());
    let csrf = csrf.iter().find(|(name, _)| name == "csrf").expect("C-34").1.clone();
    let origin = world.usher.url("").trim_end_matches('/').to_owned();
    for (value, from) in [("", origin.as_str()), ("wrong", &origin), (&csrf, "https://evil.test"), (&csrf, "null")] {
        let form = Request::form("/launch/townhall", [("csrf", value)]).header("Origin", from);
        ada.send(form).expect(403);
    }
    let stranger = world.signed_in("bob").send(Request::form("/launch/townhall", [("csrf", csrf.as_str())]));
    assert_eq!(stranger.status, 403);
    assert_eq!(world.usher.audited("launch").len(), 0);
    let launch = ada.submit_once(&page, []);
    assert!(matches!(launch.status, 302 | 303));
    claims_of(&ada.follow(launch), keys::TOWNHALL);
    ada.submit_once(&page, []).expect(403);
    assert_eq!(world.usher.audited("launch").len(), 1, "single use");
}
