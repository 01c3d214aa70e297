//! Clicks that are none, parameters that nobody declared, people who may not: nothing is minted.

use crate::harness::{Request, SUPPORT, World, token_in};

#[test]
fn s_309_s_313_c_55_subresources_and_frames_never_mint() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for (mode, destination) in [
        ("no-cors", "image"),
        ("no-cors", "script"),
        ("no-cors", "style"),
        ("cors", "empty"),
        ("no-cors", "empty"),
        ("same-origin", "empty"),
        ("navigate", "iframe"),
        ("navigate", "frame"),
        ("navigate", "embed"),
        ("navigate", "object"),
        ("no-cors", "audio"),
        ("websocket", "websocket"),
        ("navigate", ""),
        ("", "document"),
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
    for (name, value) in [
        ("Sec-Purpose", "prefetch"),
        ("Sec-Purpose", "prefetch;anonymous-client-ip"),
        ("Sec-Purpose", "prefetch;prerender"),
        ("Purpose", "prefetch"),
        ("X-Moz", "prefetch"),
        ("X-Purpose", "preview"),
    ] {
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
    for query in [
        "role=host",
        "roles%5B%5D=host",
        "roles=host",
        "x=y%0d%0aSet-Cookie:a=b%23frag",
        "%00=1",
        "token=a.b.c",
    ] {
        let answer = bob.get(&format!("/launch/townhall?{query}")).expect(400);
        assert!(
            answer
                .headers_named("Set-Cookie")
                .all(|cookie| !cookie.starts_with("a="))
        );
    }
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn s_303_the_way_on_is_the_configured_one() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for path in [
        "/launch/townhall/",
        "/launch/townhall/x.png",
        "/launch/townhall;x.js",
        "/launch/townhall.css",
        "/launch/%2e%2e",
        "/launch//townhall",
        "//launch/townhall",
        "/LAUNCH/townhall",
        "/launch/Townhall",
        "/launch/town%68all/..",
        "/launch/",
        "/launch",
        "/launch/@evil.test",
    ] {
        let answer = ada.get(path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(answer.header("Location").is_none(), "{path}");
    }
    let customer = "a%26token=b%23@evil.test/..%3f";
    let answer = ada
        .get(&format!("/launch/support?customer={customer}"))
        .expect(302);
    assert!(
        answer.location().starts_with(
            &world
                .vendor
                .url("/connect?filter_user_email=a%26token%3Db%23%40evil.test")
        )
    );
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
    page.shows("Town hall")
        .shows("eve@example.net")
        .shows("help@example.com")
        .shows(&reference)
        .shows("switch=1");
    let denied = world.usher.audited("denied").remove(0);
    assert_eq!(denied["reason"], "access.not_allowed");
    assert_eq!(denied["reference"], reference);
    assert_eq!(denied["app"], "townhall");
    assert_eq!(
        world.usher.logged("access.not_allowed")["event"],
        "launch.refused"
    );
}

#[test]
fn s_334_no_value_of_a_parameter_ends_a_header() {
    // The pattern takes everything; what breaks lines is refused all the same (C-49).
    let world = World::with(|settings| {
        settings.set("[apps.support]", "params", "{ customer = \"(?s).*\" }");
    });
    let mut ada = world.signed_in("ada");
    let mut nobody = world.usher.browser();
    for broken in [
        "%0d%0aX-Injected:%201",
        "%0aX-Injected:%201",
        "%0dX-Injected:%201",
        "x%0d%0a%0d%0a<html>injected",
        "%c2%85X-Injected:%201",
        "x%00",
    ] {
        let launch = format!("/launch/support?customer={broken}");
        let login = format!("/auth/login?provider=work&app=support&customer={broken}");
        for answer in [ada.get(&launch), nobody.get(&launch), nobody.get(&login)] {
            let answer = answer.expect(400);
            assert_eq!(answer.header("Location"), None, "{broken}");
            assert_eq!(answer.header("X-Injected"), None, "{broken}");
            assert!(answer.set_cookies().is_empty(), "{broken}");
            answer.hides("<html>injected");
        }
    }
    // Names and paths are values of strangers too.
    for path in [
        "/launch/support%0d%0aX-Injected:%201",
        "/launch/support?customer=x&%0d%0aX-Injected=1",
        "/auth/login?provider=work%0d%0aX-Injected:%201",
        "/auth/signed-out?state=%0d%0aX-Injected:%201&provider=%0d%0aX-Injected:%201",
    ] {
        for browser in [&mut ada, &mut nobody] {
            let answer = browser.get(path);
            assert!(answer.status < 500, "{path}: {}", answer.status);
            assert_eq!(answer.header("X-Injected"), None, "{path}");
            assert_eq!(answer.header("Location"), None, "{path}");
        }
    }
    // What is only odd goes through, encoded.
    let fine = ada.get("/launch/support?customer=%25250d%25250a%20x").expect(302);
    assert!(fine.location().contains("filter_user_email=%25250d%25250a"));
}
