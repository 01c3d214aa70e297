//! A code in place of a cookie, for a page of the customer's own on another site (C-32).

use serde_json::json;

use crate::api::{TOWNHALL, fetch, readable, refused, unreadable};
use crate::harness::{Browser, How, Request, Response, Settings, World, keys, verify};

/// The town hall is a page of the customer's own, on another site than the gateway; so is the console.
fn world() -> World {
    let how = How {
        movable_clock: true,
        ..How::default()
    };
    World::how(how, |settings| {
        let origins = format!("[\"{}\"]", page_origin(settings));
        for app in ["[apps.townhall]", "[apps.support]"] {
            own_page(settings, app);
            settings.set(app, "origins", &origins);
        }
    })
}

/// Makes an app's address a page of the customer's own, which asks for its token with a code.
pub fn own_page(settings: &mut Settings, app: &str) {
    for key in ["roles", "user_profile", "license_key", "role", "policy"] {
        settings.unset(app, key);
    }
    settings
        .set(app, "vendor", "\"custom\"")
        .set(app, "delivery", "\"json\"")
        .set(app, "claims", "{ name = \"{{ user.name }}\" }")
        .set(app, "handover", "\"code\"");
}

fn page_origin(settings: &Settings) -> String {
    let text = settings.text();
    let at = text.find("http://localhost:").expect("the vendor's address");
    let origin: Vec<&str> = text[at..].splitn(4, '/').take(3).collect();
    origin.join("/")
}

/// Launches, and takes the code out of the address.
pub fn code(world: &World, browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).expect(302);
    assert!(answer.body.is_empty() && !answer.location().contains("token="));
    let (_, code) = answer.location().split_once("#usher_code=").expect("a code");
    world.usher.secrets.add("a handover code", code);
    code.to_owned()
}

/// What the page sends: from its origin, without a cookie.
pub fn offer(code: &str, origin: &str) -> Request {
    let request = fetch(TOWNHALL, origin).header("Content-Type", "application/json");
    request.body(json!({ "code": code }).to_string())
}

fn trade(world: &World, code: &str, origin: &str) -> Response {
    world.usher.browser().send(offer(code, origin))
}

#[track_caller]
fn traded(world: &World, answer: Response) -> String {
    let token = answer.expect(200).json()["token"].as_str().unwrap().to_owned();
    world.usher.secrets.add_token("a minted token", &token);
    token
}

#[test]
fn c_32_a_page_on_another_site_trades_its_code_for_a_token_once() {
    let world = world();
    let origin = world.vendor.url("");
    let mut ada = world.signed_in("ada");
    let answer = ada.get("/launch/townhall").expect(302);
    let address = world.vendor.url("/events/townhall#usher_code=");
    assert!(answer.location().starts_with(&address));
    let rows = world.usher.audited("launch");
    assert_eq!(rows.len(), 1, "C-1: on record before it leaves");
    assert!(rows[0]["token_sha256"].is_null() && rows[0]["expires_at"].is_null());
    assert_eq!(rows[0]["outcome"], "ok");

    let first = code(&world, &mut ada, "/launch/townhall");
    let answer = trade(&world, &first, &origin);
    readable(&answer, &origin);
    let token = traded(&world, answer);
    let claims = verify(&token, keys::TOWNHALL, None, None).expect("Frameable accepts it")["claims"].clone();
    assert_eq!(claims["name"], "Ada Lovelace");
    let rows = world.usher.audited("launch");
    assert_eq!(rows[2]["token_sha256"].as_str().map(str::len), Some(64));
    assert_eq!(rows[2]["email"], "ada@example.com");

    // Replay.
    let again = refused(trade(&world, &first, &origin), 403, "code.invalid");
    readable(&again, &origin);
    assert_eq!(world.usher.audited("launch").len(), 3);

    // As a form.
    let second = code(&world, &mut ada, "/launch/townhall");
    let form = Request::form(TOWNHALL, [("code", second.as_str())])
        .header("Sec-Fetch-Site", "cross-site")
        .header("Origin", &origin);
    traded(&world, world.usher.browser().send(form));
}

#[test]
fn c_32_a_stolen_foreign_or_made_up_code_is_worth_nothing() {
    let world = world();
    let origin = world.vendor.url("");
    let mut ada = world.signed_in("ada");
    let good = code(&world, &mut ada, "/launch/townhall");
    for thief in ["https://evil.example", "null"] {
        unreadable(&refused(trade(&world, &good, thief), 403, "origin.not_allowed"));
    }
    // Our own pages have cookies, and no use for a code.
    refused(trade(&world, &good, &world.usher.url("")), 403, "code.invalid");
    let body = json!({ "code": good }).to_string();
    let unsaid = fetch(TOWNHALL, &origin)
        .without("Origin")
        .header("Sec-Fetch-Site", "same-origin")
        .header("Content-Type", "application/json");
    refused(world.usher.browser().send(unsaid.body(body)), 403, "code.invalid");

    let foreign = code(&world, &mut ada, "/launch/support?customer=grace@example.org");
    for bad in [foreign.as_str(), "", "made-up", &good[1..], &format!("{good}A")] {
        readable(
            &refused(trade(&world, bad, &origin), 403, "code.invalid"),
            &origin,
        );
    }
    let twice = Request::form(TOWNHALL, [("code", good.as_str()), ("code", good.as_str())]);
    let twice = world.usher.browser().send(twice.header("Origin", &origin));
    refused(twice, 403, "code.invalid");
    // A wrong code is not made good by a cookie.
    let request = fetch(TOWNHALL, &origin).header("Content-Type", "application/json");
    refused(
        ada.send(request.body(json!({ "code": foreign }).to_string())),
        403,
        "code.invalid",
    );
    assert_eq!(world.usher.audited("launch").len(), 2, "mint+0");
    traded(&world, trade(&world, &good, &origin));
}

#[test]
fn c_32_a_code_ends_after_a_minute_and_with_the_session() {
    let world = world();
    let origin = world.vendor.url("");
    let mut ada = world.signed_in("ada");
    let [slow, quick] = [(); 2].map(|()| code(&world, &mut ada, "/launch/townhall"));
    world.usher.set_ahead(40);
    traded(&world, trade(&world, &quick, &origin));
    world.usher.set_ahead(61);
    refused(trade(&world, &slow, &origin), 403, "code.invalid");

    let late = code(&world, &mut ada, "/launch/townhall");
    let page = ada.get("/auth/logout").expect(200);
    ada.submit_once(&page, []).expect(303);
    let answer = refused(trade(&world, &late, &origin), 401, "session.required");
    readable(&answer, &origin);
    let login = world.usher.url("/auth/login?app=townhall");
    assert_eq!(answer.json()["login_url"], login);
}

#[test]
fn c_32_whoever_is_refused_gets_no_code() {
    let world = world();
    let mut eve = world.signed_in("eve");
    let page = eve.get("/launch/townhall").expect(403);
    assert!(page.header("Location").is_none() && !page.text().contains("usher_code"));
    assert_eq!(world.usher.audited("denied").len(), 1);
    let mut nobody = world.usher.browser();
    let answer = nobody.get("/launch/townhall").expect(302);
    assert!(answer.location().starts_with("/auth/login?app=townhall"));
}

/// Elsewhere `code` is a parameter like any other.
#[test]
fn c_7_without_handover_a_code_is_an_undeclared_parameter() {
    let world = World::start();
    let request = Request::form(TOWNHALL, [("code", "x")]);
    let answer = world.signed_in("ada").send(request);
    let answer = refused(answer, 400, "params.undeclared");
    assert!(answer.json()["detail"].as_str().unwrap().contains("code"));
}

#[test]
fn c_32_of_many_who_hand_in_one_code_at_once_one_gets_a_token() {
    let world = world();
    let origin = world.vendor.url("");
    let code = code(&world, &mut world.signed_in("ada"), "/launch/townhall");
    let answers: Vec<Response> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..12)
            .map(|_| scope.spawn(|| trade(&world, &code, &origin)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (good, bad): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((good.len(), bad.len()), (1, 11));
    for answer in good {
        traded(&world, answer);
    }
    for answer in bad {
        refused(answer, 403, "code.invalid");
    }
    let rows = world.usher.audited("launch");
    let minted = rows.iter().filter(|row| !row["token_sha256"].is_null());
    assert_eq!(minted.count(), 1);
}
