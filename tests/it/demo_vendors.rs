//! The demo's vendors one by one: each takes the token that a launch or the token API made, shows
//! whose it is, and refuses it with one byte changed.

use std::sync::Arc;

use serde_json::{Value, json};
use url::Url;

use crate::api::fetch;
use crate::demo::{Demo, pick_a_persona};
use crate::harness::browser::{hidden_fields, links};
use crate::harness::chromium::{Tab, Visitor};
use crate::harness::secrets::Secrets;
use crate::harness::server::value_of;
use crate::harness::{Browser, Request, Response};

/// Maya the member, signed in at the demo's gateway.
fn maya(demo: &Demo) -> Browser {
    person(demo, "member")
}

fn person(demo: &Demo, persona: &str) -> Browser {
    let mut browser = Browser::new(&demo.address, Arc::<Secrets>::default());
    let page = browser.go("/auth/login?provider=staff&page=portal").expect(200);
    browser.submit(&page, [("persona", persona)]).expect(200);
    assert!(browser.is_signed_in());
    browser
}

/// The same token, but for one byte of its signature.
fn forged(token: &str) -> String {
    let at = token.len() - 10;
    let other = if &token[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}

/// A request of a page's script to somebody else's service: no cookie goes with it.
fn ask(request: Request) -> Response {
    Browser::new("http://127.0.0.1", Arc::<Secrets>::default()).send(request)
}

/// What the vendor's service says, with the claims that it read under `token`.
#[track_caller]
fn claim<'a>(told: &'a Value, name: &str) -> &'a str {
    let rows = told["token"]["claims"].as_array().expect("the claims");
    let row = rows.iter().find(|row| row["name"] == name).expect("the claim");
    row["value"].as_str().unwrap()
}

#[track_caller]
fn refused(answer: Response) {
    assert_eq!(answer.expect(401).json(), json!({ "error": "invalid signature" }));
}

/// The value of an attribute of a page's `<main>`.
fn data(page: &Response, name: &str) -> String {
    let html = page.text();
    let (_, rest) = html
        .split_once(&format!("data-{name}=\""))
        .expect("the attribute");
    rest.split('"').next().unwrap().replace("&#x2F;", "/")
}

fn origin_of(page: &Response) -> String {
    Url::parse(&page.url).unwrap().origin().ascii_serialization()
}

#[test]
fn c_46_the_help_desk_takes_a_posted_token_and_opens_the_ticket_of_return_to() {
    let demo = Demo::start();
    let mut maya = maya(&demo);
    let intranet = demo.intranet();
    let front = maya.get(&intranet).expect(200).text();
    let ticket = links(&front)
        .into_iter()
        .find(|link| link.contains("4711"))
        .expect("a link to a ticket");
    let page = maya.get(&ticket).expect(200);
    let desk = maya.submit(&page, []).expect(200);
    desk.shows("Maya Okafor")
        .shows("maya.okafor@acme.example")
        .shows("Stuck at the checkout</h1>");

    let jwt = value_of(&hidden_fields(&page.text()), "jwt").unwrap().to_owned();
    let desk = maya.hops.last().unwrap().url.clone();
    let post = |jwt: &str| ask(Request::form(&desk, [("jwt", jwt)]));
    post(&jwt).expect(200);
    post(&forged(&jwt)).expect(401).shows("invalid signature");

    let elsewhere = "/launch/helpdesk?return_to=https%3A%2F%2Fevil.example%2Ftickets%2F4711";
    maya.get(elsewhere).expect(400).shows("return_to");
}

#[test]
fn c_46_the_board_takes_a_token_in_its_path() {
    let demo = Demo::start();
    let mut maya = maya(&demo);
    let answer = maya.get("/launch/orders").expect(302);
    let (board, token) = answer.location().rsplit_once('/').unwrap();
    let shown = maya.get(answer.location()).expect(200);
    shown.shows("Shown to Maya Okafor").shows("region = emea");
    let answer = maya.get(&format!("{board}/{}", forged(token)));
    answer.expect(401).shows("invalid signature");
}

#[test]
fn s_471_the_stand_up_takes_a_connection_token_that_makes_no_session() {
    let demo = Demo::start();
    for (who, name, role) in [
        ("member", "Maya Okafor", "publisher"),
        ("host", "Henrike Solberg", "moderator"),
    ] {
        let mut browser = person(&demo, who);
        let answer = browser.get("/launch/standup").expect(302);
        let (_, code) = answer.location().split_once("#usher_code=").expect("a code");
        let page = browser.get(answer.location()).expect(200);
        let api = format!("{}/api/apps/standup/token", demo.address);
        let trade = fetch(&api, &origin_of(&page)).header("Content-Type", "application/json");
        let seat = ask(trade.body(json!({ "code": code }).to_string()))
            .expect(200)
            .json();
        let text = |name: &str| seat[name].as_str().unwrap();

        let vonage = data(&page, "vonage");
        let connect = |token: &str| {
            let fields = [
                ("applicationId", text("applicationId")),
                ("sessionId", text("sessionId")),
                ("token", token),
            ];
            ask(Request::form(&format!("{vonage}/connect"), fields))
        };
        let joined = connect(text("token")).expect(200).json();
        assert_eq!(joined["name"], name);
        assert_eq!(joined["role"], role);
        assert_eq!(joined["session_id"], text("sessionId"));
        refused(connect(&forged(text("token"))));

        let create = Request::new("POST", &format!("{vonage}/session/create"));
        let bearer = format!("Bearer {}", text("token"));
        ask(create.header("Authorization", &bearer)).expect(403);
    }
}

#[test]
fn c_31_the_console_for_the_day_outlives_its_tokens_and_the_one_in_an_address_does_not() {
    let demo = Demo::start();
    let visitor = Visitor::with(json!({ "time": 978_307_200_000_i64 }));
    let tab = visitor.tab();
    tab.open(&format!("{}/launch/dayshift", demo.address));
    pick_a_persona(&tab);
    tab.see_framed("Waiting for help");
    tab.see_framed("grace@example.com");
    assert!(
        tab.frames()
            .iter()
            .all(|url| url.ends_with("/dashboard?token_source=postMessage"))
    );
    assert_eq!(tab.axe(), Vec::<String>::new());
    assert_eq!(tab.axe_framed(), Vec::<String>::new());
    let first = ends_at(&tab);
    visitor.forward(50);
    let later = (0..1000).any(|_| ends_at(&tab) != first);
    assert!(later, "no fresh token came");
    tab.see_framed("Waiting for help");
    assert_eq!(tab.problems(), Vec::<String>::new());
}

/// The end of the framed console's token, as its panel tells it.
fn ends_at(tab: &Tab) -> String {
    tab.text_framed(".left small")
}

#[test]
fn c_46_nora_greets_the_person_of_the_token() {
    let demo = Demo::start();
    let mut maya = maya(&demo);
    let page = maya.go("/launch/reception").expect(200);
    let pass = token_for(&mut maya, &page, "GET", "reception", None);
    let server = pass["url"].as_str().unwrap().replace("wss://", "http://");
    let meet = |token: &str| ask(Request::get(&format!("{server}/?access_token={token}")));
    let jwt = pass["jwt"].as_str().unwrap();
    let met = meet(jwt).expect(200).json();
    assert_eq!(met["name"], "Maya");
    assert!(met["greeting"].as_str().unwrap().contains("Maya"));
    refused(meet(&forged(jwt)));
}

#[test]
fn c_46_the_softphone_registers_the_device_of_the_page_and_the_identity_of_the_session() {
    let demo = Demo::start();
    let mut maya = maya(&demo);
    let page = maya.go("/launch/softphone").expect(200);
    let pass = token_for(&mut maya, &page, "POST", "softphone", Some("device=mobile"));
    let client = format!("{}/client", data(&page, "bit6"));
    let register = |token: &str| ask(Request::form(&client, [("token", token)]));
    let token = pass["token"].as_str().unwrap();
    let registered = register(token).expect(200).json();
    assert_eq!(registered["identity"], "maya.okafor@acme.example");
    assert_eq!(registered["device"], "mobile");
    let grants = json!({ "signal": true, "video": true, "chat": true, "push": false });
    assert_eq!(registered["grants"], grants);
    assert_eq!(claim(&registered, "sub"), "\"maya.okafor@acme.example/mobile\"");
    refused(register(&forged(token)));

    let mut idris = person(&demo, "unverified");
    let page = idris.go("/launch/softphone").expect(200);
    let answer = idris.send(call(
        &page,
        "POST",
        &demo.address,
        "softphone",
        Some("device=mobile"),
    ));
    answer.expect(403);
}

/// What the script of a page on the gateway's site asks, with the cookie.
fn call(page: &Response, method: &str, gateway: &str, app: &str, body: Option<&str>) -> Request {
    let api = format!("{gateway}/api/apps/{app}/token");
    let request = fetch(&api, &origin_of(page))
        .header("Sec-Fetch-Site", "same-site")
        .method(method);
    match body {
        Some(body) => request
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body.to_owned()),
        None => request,
    }
}

fn token_for(browser: &mut Browser, page: &Response, method: &str, app: &str, body: Option<&str>) -> Value {
    let gateway = data(page, "gateway");
    let answer = browser.send(call(page, method, &gateway, app, body)).expect(200);
    let origin = origin_of(page);
    assert_eq!(
        answer.header("Access-Control-Allow-Origin"),
        Some(origin.as_str())
    );
    answer.json()
}

#[test]
fn c_46_each_tile_leads_to_a_vendor_that_knows_the_person() {
    let demo = Demo::start();
    for wishes in [
        json!({}),
        json!({ "colorScheme": "dark", "width": 390, "height": 844 }),
    ] {
        let visitor = Visitor::with(wishes);
        let tab = visitor.tab();
        tab.open(&format!("{}/launch/standup", demo.address));
        pick_a_persona(&tab);
        tab.see("You are in.");
        let text = tab.text();
        assert!(
            text.contains("Maya Okafor") && text.contains("publisher"),
            "{text}"
        );
        assert!(
            text.contains("connection_data") && !tab.url().contains('#'),
            "{text}"
        );
        assert_eq!(tab.axe(), Vec::<String>::new());
        assert_eq!(tab.overflow(), 0);
        for (app, shown) in [
            ("reception", "Good to see you, Maya."),
            ("softphone", "Where should it ring?"),
            ("helpdesk", "maya.okafor@acme.example"),
            ("orders", "Shown to Maya Okafor"),
        ] {
            tab.open(&demo.address);
            tab.click(&format!("a[href='/launch/{app}']"));
            tab.see(shown);
            if app == "softphone" {
                tab.click("main button");
                tab.see("maya.okafor@acme.example/browser");
            }
            assert_eq!(tab.axe(), Vec::<String>::new(), "{app}");
            assert_eq!(tab.overflow(), 0, "{app}");
        }
        assert_eq!(tab.problems(), Vec::<String>::new());
    }
}

#[test]
fn a_page_of_ones_own_says_why_it_gets_no_token_and_leads_to_the_sign_in_and_back() {
    let demo = Demo::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&format!("{}standup", demo.intranet()));
    tab.see("You came here without a code");
    tab.open(&format!("{}/launch/softphone", demo.address));
    pick_a_persona(&tab);
    tab.see("Where should it ring?");
    let page = tab.url();
    visitor.forget_cookies();
    tab.open(&page);
    tab.click("main button");
    tab.see("Please sign in first.");
    tab.click("[data-say] a");
    pick_a_persona(&tab);
    tab.arrive("/softphone$");
}
