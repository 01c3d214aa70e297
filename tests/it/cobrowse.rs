//! Cobrowse: its agent SDK, its policies, and every page of its console.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::harness::keys::{self, STRANGER};
use crate::harness::library::{self, by_pair};
use crate::harness::load::check;
use crate::harness::server::{Answer, Server};
use crate::harness::{Browser, How, Settings, World, names, refused_at_load, token_in};

const AUDIENCE: &str = "https://cobrowse.io";
const HOSTED: &str = "https://cobrowse.io/dashboard";

/// An agent console at `url`, with `more`.
fn app(settings: &mut Settings, id: &str, url: &str, more: &str) {
    let pem = keys::key(STRANGER).pkcs8_pem();
    let body = format!(
        "vendor = \"cobrowse\"\ntitle = \"Console\"\nallow = [\"everyone\"]\nlicense_key = \"lk-1\"\n\
         shared_key = true\nkey = \"\"\"{pem}\"\"\"\nurl = \"{url}\"\n{more}"
    );
    settings.add(&format!("[apps.{id}]"), &body);
}

/// The claims that a launch of the app brings, as the vendor's library reads them.
#[track_caller]
fn claims(browser: &mut Browser, id: &str) -> Value {
    let launch = browser.get(&format!("/launch/{id}")).expect(302);
    let read = by_pair(&token_in(launch.location()), STRANGER, AUDIENCE, None);
    read.expect("the vendor's library takes it")["claims"].clone()
}

/// The vendor's REST API, as far as an agent's page asks it who it is. After the first answer its
/// clock stands at `later`.
fn api(later: i64) -> Server {
    let answered = AtomicUsize::new(0);
    Server::start(move |asked| {
        let first = answered.fetch_add(1, Ordering::SeqCst) == 0;
        let bearer = asked.header("Authorization").unwrap_or_default();
        let token = bearer.strip_prefix("Bearer ").unwrap_or_default();
        assert_eq!(asked.path(), "/api/1/users/me");
        match by_pair(token, STRANGER, AUDIENCE, (!first).then_some(later)) {
            Ok(read) => Answer::json(&json!({ "id": read["claims"]["sub"] })),
            Err(error) => {
                let (_, message) = error.split_once(": ").unwrap_or_default();
                let message = message.lines().next();
                let body = json!({ "id": "authentication", "message": message });
                Answer::new(401, "application/json", body.to_string())
            }
        }
    })
}

#[test]
fn s_465_the_agent_sdk_speaks_for_the_agent_until_the_end_and_again_with_a_fresh_token() {
    let how = How {
        movable_clock: true,
        ..How::default()
    };
    let world = World::how(how, |settings| app(settings, "console", HOSTED, ""));
    let mut ada = world.signed_in("ada");
    let launch = ada.get("/launch/console").expect(302);
    let (address, old) = launch.location().split_once("?token=").unwrap();
    assert_eq!(address, HOSTED);
    let exp = by_pair(old, STRANGER, AUDIENCE, None).unwrap()["claims"]["exp"].clone();

    world.usher.set_ahead(301);
    let fresh = world.ask(&mut ada, "console", []).expect(200).json()["token"].clone();
    let townhall = token_in(ada.get("/launch/townhall").expect(302).location());
    let api = api(exp.as_i64().unwrap() + 1);
    let told = library::must(
        "cobrowse",
        json!({ "api": format!("http://127.0.0.1:{}", api.port), "tokens": [old, old, fresh, townhall] }),
    );
    // `jwt expired` is what the SDK knows the end by.
    assert_eq!(
        told,
        json!([
            "ada@example.com",
            "TokenExpiredError",
            "ada@example.com",
            "APIError"
        ])
    );
}

#[test]
fn s_465_administrators_are_named_by_a_rule_and_none_is_null() {
    let world = World::with(|settings| {
        app(
            settings,
            "console",
            HOSTED,
            "roles = [{ role = \"administrator\", allow = [\"group:comms\"] }]",
        );
        app(
            settings,
            "none",
            HOSTED,
            "role = \"none\"\ndisplay_name = \"Agent {{ user.name }}\"",
        );
        app(
            settings,
            "without",
            HOSTED,
            "roles = [{ role = \"none\", allow = [\"group:comms\"] }, { role = \"administrator\", allow = [\"everyone\"] }]",
        );
    });
    let (mut ada, mut bob) = (world.signed_in("ada"), world.signed_in("bob"));
    assert_eq!(claims(&mut ada, "console")["role"], "administrator");
    assert_eq!(claims(&mut bob, "console")["role"], "agent");
    let none = claims(&mut bob, "none");
    assert_eq!(
        names(&none),
        ["iat", "exp", "aud", "iss", "sub", "displayName", "role"]
    );
    assert_eq!(
        (&none["role"], &none["displayName"]),
        (&Value::Null, &json!("Agent Bob Babbage"))
    );
    assert_eq!(
        claims(&mut ada, "without")["role"],
        Value::Null,
        "the first rule decides"
    );
    assert_eq!(claims(&mut bob, "without")["role"], "administrator");
}

#[test]
fn policies_of_all_three_versions_arrive_as_they_are_written() {
    let region = "{{ user.claims.region }}";
    let policies = [
        (
            "one",
            format!("{{ devices = {{ region = \"{region}\", tier = \"gold\" }} }}"),
            json!({ "devices": { "region": "emea", "tier": "gold" } }),
        ),
        (
            "two",
            format!(
                "{{ version = 2, sessions = {{ custom_data = {{ region = \"{region}\" }} }}, devices = {{ id = \"d-1\" }} }}"
            ),
            json!({ "version": 2, "sessions": { "custom_data": { "region": "emea" } }, "devices": { "id": "d-1" } }),
        ),
        (
            "three",
            format!(
                "{{ version = 3, sessions = {{ permissions = [\"view\"] }}, devices = {{ custom_data = {{ region = \"{region}\" }}, id = \"d-1\" }}, push = {{}}, features = {{ recording = false }} }}"
            ),
            json!({ "version": 3, "sessions": { "permissions": ["view"] },
                "devices": { "custom_data": { "region": "emea" }, "id": "d-1" }, "push": {},
                "features": { "recording": false } }),
        ),
    ];
    let world = World::with(|settings| {
        for (id, policy, _) in &policies {
            app(
                settings,
                id,
                HOSTED,
                &format!("role = \"agent\"\npolicy = {policy}"),
            );
        }
    });
    let mut ada = world.signed_in("ada");
    for (id, _, wanted) in &policies {
        assert_eq!(claims(&mut ada, id)["policy"], *wanted, "{id}");
    }
    let mut bob = world.signed_in("bob");
    for (id, ..) in &policies {
        world.person("bob", json!({ "region": ["emea"] }));
        bob.get(&format!("/launch/{id}")).expect(403).shows("region");
    }
}

#[test]
fn every_page_and_parameter_reaches_the_console_on_whoevers_host() {
    let all = "navigation=none&end_action=code&popout=none&agent_tools=none&device_controls=none\
        &session_details=none&messages=none&lng=de&filter_region=emea&filter_user=x%20y";
    let urls = [
        ("dashboard", "https://cobrowse.io/dashboard".to_owned()),
        ("code", format!("https://cobrowse.acme.example/code?{all}")),
        ("connect", format!("https://cobrowse.io/connect?{all}")),
        ("ended", "https://cobrowse.io/code?end_action=none".to_owned()),
        (
            "again",
            "https://cobrowse.io/code?end_action=dashboard".to_owned(),
        ),
        (
            "device",
            "https://cobrowse.acme.example:8443/connect/device/{id}?navigation=none".to_owned(),
        ),
        (
            "session",
            "https://cobrowse.acme.example/session/{id}?filter_user={id}&filter_user=fixed".to_owned(),
        ),
    ];
    let add = |settings: &mut Settings| {
        for (id, url) in &urls {
            let policy = "role = \"agent\"\npolicy = { version = 3, sessions = {}, devices = {} }";
            let param = if url.contains('{') {
                "\nparams = { id = \"[a-z0-9@. -]+\" }"
            } else {
                ""
            };
            app(settings, id, url, &format!("{policy}{param}"));
        }
    };
    let (status, told) = check(add);
    assert_eq!(status, Some(0), "{told}");
    assert!(
        !told.contains(".url: warning") && !told.contains("agent console"),
        "{told}"
    );
    let world = World::with(add);
    let mut ada = world.signed_in("ada");
    for (id, url) in &urls {
        let query = if url.contains('{') { "?id=a%20b@c.d" } else { "" };
        let launch = ada.get(&format!("/launch/{id}{query}")).expect(302);
        let (address, token) = launch.location().rsplit_once("token=").unwrap();
        let joint = if url.contains('?') { '&' } else { '?' };
        assert_eq!(
            address,
            format!("{}{joint}", url.replace("{id}", "a%20b%40c.d")),
            "{id}"
        );
        let read = by_pair(token, STRANGER, AUDIENCE, None).expect("aud is the vendor's, whoever hosts it");
        assert_eq!(read["claims"]["iss"], "lk-1");
    }
}

#[test]
fn what_the_console_does_not_know_is_warned_of_or_refused() {
    for (url, words) in [
        ("https://cobrowse.io/agents", "is not a page of the agent console"),
        (
            "https://cobrowse.io/dashboard?nochrome=1",
            "nochrome, which is obsolete",
        ),
        (
            "https://cobrowse.io/dashboard?allow_popout=1",
            "allow_popout, which is obsolete",
        ),
        (
            "https://cobrowse.io/dashboard?navigation=all",
            "navigation, which takes none",
        ),
        ("https://cobrowse.io/dashboard?colour=red", "has colour"),
        (
            "https://cobrowse.io/dashboard?token_source=postMessage",
            "waits for a message",
        ),
        (
            "https://cobrowse.io/connect?filter_region=emea",
            "only sorts the view",
        ),
    ] {
        let (status, told) = check(|settings| app(settings, "console", url, ""));
        assert_eq!(status, Some(0), "{told}");
        assert!(told.contains(words), "no {words:?} in:\n{told}");
    }
    for (more, words) in [
        ("role = \"administrator\"", "only from a rule"),
        ("role = \"boss\"", "agent or none"),
        ("policy = { version = 4 }", "version other than"),
        (
            "policy = { version = 2, push = {} }",
            "not part of a policy of this version",
        ),
        (
            "policy = { sessions = {} }",
            "not part of a policy of this version",
        ),
        (
            "policy = { version = 2, sessions = { permissions = [\"view\"] } }",
            "is not custom_data",
        ),
        (
            "policy = { version = 3, devices = { region = \"x\" } }",
            "is not custom_data",
        ),
        ("display_name = \"Support\"", "same for everybody"),
        ("ttl = \"25h\"", "ttl"),
    ] {
        refused_at_load(|settings| app(settings, "console", HOSTED, more), words);
    }
    refused_at_load(
        |settings| app(settings, "console", "https://cobrowse.io/dashboard?token=x", ""),
        "token",
    );
}
