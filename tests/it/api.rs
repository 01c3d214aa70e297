//! The token API: an app's token for the page that runs the vendor's SDK, and for nobody else's.

use serde_json::json;

use crate::harness::{Browser, Request, Response, World, keys, names, token_in, verify};

pub const TOWNHALL: &str = "/api/apps/townhall/token";
const SUPPORT: &str = "/api/apps/support/token";
const CRM: &str = "https://crm.example.com";

pub fn world() -> World {
    World::with(|settings| {
        for app in ["[apps.townhall]", "[apps.support]"] {
            settings.set(app, "origins", &format!("[\"{CRM}\"]"));
        }
    })
}

/// What `fetch` sends from a page of an origin.
pub fn fetch(path: &str, origin: &str) -> Request {
    let request = Request::new("POST", path)
        .header("Accept", "*/*")
        .header("Sec-Fetch-Site", "cross-site")
        .header("Sec-Fetch-Mode", "cors")
        .header("Sec-Fetch-Dest", "empty")
        .without("Sec-Fetch-User");
    request.header("Origin", origin)
}

fn json_body(request: Request, body: &str) -> Request {
    request
        .header("Content-Type", "application/json")
        .body(body.to_owned())
}

/// Asserts that a page of the origin can read the answer, whatever it says.
#[track_caller]
pub fn readable(answer: &Response, origin: &str) {
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some(origin));
    assert_eq!(answer.header("Access-Control-Allow-Credentials"), Some("true"));
    let exposed = answer.header("Access-Control-Expose-Headers").unwrap_or_default();
    assert!(
        exposed.contains("Retry-After") && exposed.contains("X-Request-Id"),
        "{exposed}"
    );
    assert!(answer.header("Vary").unwrap_or_default().contains("Origin"));
}

#[track_caller]
pub fn unreadable(answer: &Response) {
    for name in ["Origin", "Credentials", "Methods", "Headers", "Max-Age"] {
        let name = format!("Access-Control-Allow-{name}");
        assert_eq!(answer.header(&name), None, "{name}");
    }
    assert!(answer.header("Vary").unwrap_or_default().contains("Origin"));
}

/// Asserts a refusal as problem JSON with this code.
#[track_caller]
pub fn refused(answer: Response, status: u16, code: &str) -> Response {
    let answer = answer.expect(status);
    assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
    assert_eq!(answer.json()["code"], code);
    answer
}

fn remember(world: &World, answer: &Response) -> String {
    let token = answer.json()["token"].as_str().expect("a token").to_owned();
    world.usher.secrets.add_token("a minted token", &token);
    token
}

#[test]
fn c_51_frameable_answers_with_token_end_and_address_and_it_is_a_launch() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let answer = ada.send(fetch(TOWNHALL, CRM)).expect(200);
    let token = remember(&world, &answer);
    readable(&answer, CRM);
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    let body = answer.json();
    assert_eq!(names(&body), ["token", "expiresAt", "url"]);
    let url = body["url"].as_str().unwrap();
    assert!(url.starts_with(&world.vendor.url("/events/townhall?token=")));
    assert_eq!(token_in(url), token);
    let claims = verify(&token, keys::TOWNHALL, None, None).expect("Frameable accepts it")["claims"].clone();
    assert_eq!(claims["displayName"], "Ada Lovelace");
    let rows = world.usher.audited("launch");
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (&rows[0]["app"], &rows[0]["outcome"]),
        (&json!("townhall"), &json!("ok"))
    );
    assert_eq!(
        rows[0]["expires_at"].as_str().unwrap()[..19],
        body["expiresAt"].as_str().unwrap()[..19]
    );
    assert_eq!(rows[0]["token_sha256"].as_str().map(str::len), Some(64));
}

#[test]
fn cobrowse_answers_with_token_and_end_for_json_and_for_a_form() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let json = json_body(fetch(SUPPORT, CRM), r#"{"customer":"grace@example.org"}"#);
    let form = Request::form(SUPPORT, [("customer", "grace@example.org")]).header("Origin", CRM);
    for request in [json, form] {
        let answer = ada.send(request).expect(200);
        let token = remember(&world, &answer);
        assert_eq!(names(&answer.json()), ["token", "expiresAt"]);
        let audience = Some("https://cobrowse.io");
        assert!(verify(&token, keys::SUPPORT, audience, None).is_ok());
    }
}

#[test]
fn c_7_c_55_bodies_are_flat_json_or_a_form_and_refusals_name_the_member() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for (body, code, name) in [
        ("", "params.not_json", ""),
        ("[]", "params.not_json", ""),
        (r#"{"customer":"a","customer":"a"}"#, "params.not_json", ""),
        ("{}", "params.missing", "customer"),
        (r#"{"customer":5}"#, "params.not_text", "customer"),
        (r#"{"customer":true}"#, "params.not_text", "customer"),
        (r#"{"customer":null}"#, "params.not_text", "customer"),
        (r#"{"customer":{"a":"b"}}"#, "params.not_text", "customer"),
        (r#"{"customer":"nobody"}"#, "params.mismatch", "customer"),
        (
            r#"{"customer":"a@b.c","role":"host"}"#,
            "params.undeclared",
            "role",
        ),
    ] {
        let answer = refused(ada.send(json_body(fetch(SUPPORT, CRM), body)), 400, code);
        readable(&answer, CRM);
        assert!(answer.json()["detail"].as_str().unwrap().contains(name), "{body}");
    }
    for kind in ["text/plain", "multipart/form-data; boundary=x", "text/json", ""] {
        let request = fetch(SUPPORT, CRM).header("Content-Type", kind);
        let request = request.body(r#"{"customer":"a@b.c"}"#.to_owned());
        let answer = refused(ada.send(request), 415, "media_type.unsupported");
        readable(&answer, CRM);
    }
    let queried = fetch(&format!("{SUPPORT}?customer=a@b.c"), CRM);
    let queried = json_body(queried, r#"{"customer":"a@b.c"}"#);
    refused(ada.send(queried), 400, "params.undeclared");
    let untyped = fetch(SUPPORT, CRM).body("customer=a@b.c".to_owned());
    refused(ada.send(untyped), 415, "media_type.unsupported");
    let typed = fetch(SUPPORT, CRM).header("Content-Type", "Application/JSON; charset=utf-8");
    let answer = ada
        .send(typed.body(r#"{"customer":"a@b.c"}"#.to_owned()))
        .expect(200);
    remember(&world, &answer);
    assert_eq!(world.usher.audited("launch").len(), 1);
}

#[test]
fn s_340_c_36_no_strangers_page_gets_a_token_or_an_answer_that_it_can_read() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for origin in [
        "null",
        "https://evil.example",
        "https://crm.example.com.evil.example",
        "http://crm.example.com",
        "https://CRM.example.com",
        "https://crm.example.com:8443",
        "https://sibling.example.com",
        "",
    ] {
        let answer = refused(ada.send(fetch(TOWNHALL, origin)), 403, "origin.not_allowed");
        unreadable(&answer);
    }
    // Without `Origin` a browser must vouch for the page.
    for site in ["cross-site", "same-site", "none"] {
        let request = fetch(TOWNHALL, CRM)
            .without("Origin")
            .header("Sec-Fetch-Site", site);
        unreadable(&refused(ada.send(request), 403, "origin.not_allowed"));
    }
    let silent = fetch(TOWNHALL, CRM).without("Origin").without_fetch_metadata();
    refused(ada.send(silent), 403, "origin.not_allowed");
    // Two origins are none.
    let port = world.usher.port;
    let cookie = format!("usher={}", ada.cookie("usher").unwrap());
    let request = format!(
        "POST {TOWNHALL} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {CRM}\r\nOrigin: https://evil.example\r\n\
         Cookie: {cookie}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    unreadable(&refused(
        world.usher.raw(request.as_bytes()).unwrap(),
        403,
        "origin.not_allowed",
    ));
    assert_eq!(world.usher.audited("launch").len(), 0, "mint+0");

    // A page of ours needs no grant.
    let ours = world.usher.url("");
    let answer = ada.send(fetch(TOWNHALL, &ours)).expect(200);
    unreadable(&answer);
    remember(&world, &answer);
    let vouched = fetch(TOWNHALL, CRM)
        .without("Origin")
        .header("Sec-Fetch-Site", "same-origin");
    remember(&world, &ada.send(vouched).expect(200));
}

#[test]
fn c_34_signed_out_is_a_401_that_says_where_to_sign_in() {
    let world = World::with(|settings| {
        settings
            .set("[apps.townhall]", "origins", &format!("[\"{CRM}\"]"))
            .set("[apps.support]", "origins", &format!("[\"{CRM}\"]"))
            .set("[apps.townhall]", "providers", "[\"partners\"]")
            .add(
                "[providers.partners]",
                "issuer = \"http://127.0.0.1:1\"\ntitle = \"Partners\"\nclient_id = \"usher\"\nclient_secret = \"canary-secret-of-partners\"",
            );
    });
    let mut nobody = world.usher.browser();
    let body = r#"{"customer":"grace@example.org"}"#;
    let answer = refused(
        nobody.send(json_body(fetch(SUPPORT, CRM), body)),
        401,
        "session.required",
    );
    readable(&answer, CRM);
    assert!(answer.header("Location").is_none() && answer.set_cookies().is_empty());
    let login = answer.json()["login_url"].as_str().unwrap().to_owned();
    let wanted = world
        .usher
        .url("/auth/login?app=support&customer=grace%40example.org");
    assert_eq!(login, wanted);

    // C-19: the same where the session's provider is not among the app's.
    let mut ada = world.signed_in("ada");
    let answer = refused(ada.send(fetch(TOWNHALL, CRM)), 401, "login.wrong_provider");
    readable(&answer, CRM);
    let body = answer.json();
    assert_eq!(body["login_url"], world.usher.url("/auth/login?app=townhall"));
    assert!(body["detail"].as_str().unwrap().contains("Partners"), "{body}");
}

#[test]
fn a_denial_is_recorded_and_readable() {
    let world = world();
    let mut eve = world.signed_in("eve");
    let answer = refused(eve.send(fetch(TOWNHALL, CRM)), 403, "access.not_allowed");
    readable(&answer, CRM);
    let rows = world.usher.audited("denied");
    assert_eq!(
        (rows.len(), &rows[0]["reason"]),
        (1, &json!("access.not_allowed"))
    );
    assert_eq!(rows[0]["reference"], answer.json()["reference"]);
}

#[test]
fn c_38_the_order_of_refusals_is_the_same_signed_in_and_out() {
    let world = World::with(|settings| {
        settings
            .set("[apps.townhall]", "origins", &format!("[\"{CRM}\"]"))
            .set("[apps.townhall]", "confirm", "true");
    });
    let both: [Browser; 2] = [world.usher.browser(), world.signed_in("ada")];
    for mut browser in both {
        let unknown = fetch("/api/apps/nothing/token", "https://evil.example");
        unreadable(&refused(browser.send(unknown), 404, "app.unknown"));
        let foreign = json_body(fetch(TOWNHALL, "https://evil.example"), r#"{"x":1}"#);
        refused(browser.send(foreign), 403, "origin.not_allowed");
        let confirm = json_body(fetch(TOWNHALL, CRM), r#"{"x":1}"#);
        readable(&refused(browser.send(confirm), 403, "launch.needs_confirm"), CRM);
        for odd in [
            "/api/apps/%74ownhall/token",
            "/api/apps/townhall/token/",
            "/api/apps/townhall",
        ] {
            assert_eq!(browser.send(fetch(odd, CRM)).status, 404, "{odd}");
        }
    }
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn c_54_launches_and_answers_are_counted_together() {
    let world = World::with(|settings| {
        settings
            .set("[apps.townhall]", "origins", &format!("[\"{CRM}\"]"))
            .set("[limits]", "launches_per_minute", "2");
    });
    let mut ada = world.signed_in("ada");
    remember(&world, &ada.send(fetch(TOWNHALL, CRM)).expect(200));
    ada.get("/launch/townhall").expect(302);
    let answer = refused(ada.send(fetch(TOWNHALL, CRM)), 429, "rate.limited");
    readable(&answer, CRM);
    assert!(answer.header("Retry-After").is_some());
    ada.get("/launch/townhall").expect(429);
    let mut bob = world.signed_in("bob");
    remember(&world, &bob.send(fetch(TOWNHALL, CRM)).expect(200));
}

#[test]
fn s_312_a_preflight_grants_listed_origins_and_tells_others_nothing() {
    let world = world();
    let mut nobody = world.usher.browser();
    let preflight = |origin: &str| {
        fetch(TOWNHALL, origin)
            .method("OPTIONS")
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type")
    };
    let answer = nobody.send(preflight(CRM)).expect(204);
    readable(&answer, CRM);
    assert_eq!(answer.header("Access-Control-Allow-Methods"), Some("POST"));
    assert_eq!(
        answer.header("Access-Control-Allow-Headers"),
        Some("content-type")
    );
    assert_eq!(answer.header("Access-Control-Max-Age"), Some("600"));
    assert!(answer.body.is_empty());
    for origin in ["https://evil.example", "null", &world.usher.url("")] {
        unreadable(&nobody.send(preflight(origin)).expect(204));
    }
    // Other routes know nothing of origins.
    for path in ["/api/apps", "/", "/launch/townhall"] {
        let answer = nobody.send(fetch(path, CRM).method("GET"));
        assert_eq!(answer.header("Access-Control-Allow-Origin"), None, "{path}");
    }
}

#[test]
fn c_55_other_methods_and_speculation_mint_nothing() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"] {
        let answer = ada.send(fetch(TOWNHALL, CRM).method(method)).expect(405);
        assert_eq!(answer.header("Allow"), Some("OPTIONS, POST"), "{method}");
        readable(&answer, CRM);
    }
    let speculative = fetch(TOWNHALL, CRM).header("Sec-Purpose", "prefetch");
    assert_eq!(ada.send(speculative).status, 503);
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn s_315_a_repeated_request_is_never_304_and_minted_anew() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for _ in 0..2 {
        let request = fetch(TOWNHALL, CRM)
            .header("If-None-Match", "*")
            .header("If-Modified-Since", "Sat, 21 Nov 2037 00:00:00 GMT");
        remember(&world, &ada.send(request).expect(200));
    }
    assert_eq!(world.usher.audited("launch").len(), 2);
}

#[test]
fn c_34_the_tiles_are_those_of_the_portal() {
    let world = World::with(|settings| {
        settings
            .set("[apps.townhall]", "description", "\"Every first Monday\"")
            .set("[apps.support]", "url", "\"https://cobrowse.io/dashboard\"")
            .set("[apps.support]", "new_tab", "true")
            .unset("[apps.support]", "category")
            .unset("[apps.support]", "params");
    });
    let tiles = world.signed_in("ada").get("/api/apps").expect(200).json();
    assert_eq!(
        tiles,
        json!([
            {
                "id": "townhall", "title": "Town hall", "description": "Every first Monday", "category": "Events",
                "icon": null, "launch_url": world.usher.url("/launch/townhall"), "new_tab": false,
            },
            {
                "id": "support", "title": "Support console", "description": null, "category": null,
                "icon": null, "launch_url": world.usher.url("/launch/support"), "new_tab": true,
            },
        ])
    );
    let bob = world.signed_in("bob").get("/api/apps").expect(200).json();
    assert_eq!(bob.as_array().unwrap().len(), 1);
    let answer = refused(world.usher.browser().get("/api/apps"), 401, "session.required");
    let login = world.usher.url("/auth/login?page=portal");
    assert_eq!(answer.json()["login_url"], login);
    assert_eq!(
        world
            .signed_in("ada")
            .send(Request::new("POST", "/api/apps"))
            .status,
        405
    );
}
