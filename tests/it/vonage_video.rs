//! Vonage Video: its official SDK makes the same token, and a room's session is made once.

use std::sync::{Arc, Condvar, Mutex};

use serde_json::{Value, json};

use crate::harness::keys::{self, STRANGER};
use crate::harness::library::{self, opened};
use crate::harness::server::{Answer, Asked, Server};
use crate::harness::{Browser, Response, Settings, World, names, refused_at_load, verify};

const APPLICATION: &str = "7f3b9a52-0c1d-4e8f-9a6b-5d4c3b2a1f00";
const SESSION: &str = "2_MX43ZjNiOWE1Mn5-MTcwMDAwMDAwMDAwMH5hYmM-fn4";

/// A stand-in for the vendor's REST API.
pub struct Api {
    server: Server,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Api {
    /// Answers the nth request as `answer` says.
    pub fn start(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let book = Arc::clone(&asked);
        let server = Server::start(move |request| {
            let number = {
                let mut book = book.lock().unwrap();
                book.push(request.clone());
                book.len()
            };
            answer(number)
        });
        Self { server, asked }
    }

    /// A vendor in good health, whose sessions are numbered.
    pub fn sound() -> Self {
        Self::start(session)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// The vendor's answer: an array of one.
pub fn session(number: usize) -> Answer {
    Answer::json(&json!([{
        "session_id": format!("{SESSION}{number}"), "application_id": APPLICATION,
        "create_dt": "Sat Nov 21 08:00:00 PST 2026", "media_server_url": "",
    }]))
}

/// An app with the account's fields and `more`.
fn app(settings: &mut Settings, id: &str, more: &str) {
    let pem = keys::key(STRANGER).pkcs8_pem();
    let body = format!(
        "vendor = \"vonage-video\"\ntitle = \"Video\"\nallow = [\"everyone\"]\nshared_key = true\n\
         application_id = \"{APPLICATION}\"\nkey = \"\"\"{pem}\"\"\"\n{more}"
    );
    settings.add(&format!("[apps.{id}]"), &body);
}

/// A gateway with a room at `api` for each value of the parameter `case`.
pub fn with_room(api: &Api) -> World {
    World::with(|settings| add_room(settings, api))
}

pub fn add_room(settings: &mut Settings, api: &Api) {
    let room = format!(
        "room = \"case {{case}}\"\nparams = {{ case = \"[0-9]{{1,6}}\" }}\napi_url = \"{}\"",
        api.url()
    );
    app(settings, "room", &room);
}

pub fn join(world: &World, browser: &mut Browser, case: &str) -> Response {
    world.ask(browser, "room", [("case", case)])
}

pub fn token_of(answer: &Response) -> String {
    answer.json()["token"].as_str().expect("a token").to_owned()
}

/// The name of a JSON type.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Asserts that the official SDK makes this token when it is told the same.
#[track_caller]
fn as_the_sdk_makes_it(token: &str, session: &str, mut options: Value) {
    let [header, claims] = opened(token);
    options["expireTime"] = claims["exp"].clone();
    let account = json!({
        "application": APPLICATION, "key": keys::key(STRANGER).pkcs8_pem(), "session": session, "options": options,
    });
    let theirs = library::must("vonage_token", account);
    let [their_header, their_claims] = opened(theirs.as_str().unwrap());
    assert_eq!(header, their_header);
    assert_eq!(header, json!({ "alg": "RS256", "typ": "JWT" }));
    let sorted = |claims: &Value| {
        let mut found: Vec<(String, &str)> = names(claims)
            .iter()
            .map(|name| ((*name).to_owned(), kind(&claims[*name])))
            .collect();
        found.sort();
        found
    };
    assert_eq!(sorted(&claims), sorted(&their_claims));
    for name in names(&claims) {
        if !["jti", "iat", "exp"].contains(&name) {
            assert_eq!(claims[name], their_claims[name], "{name}");
        }
    }
    let uuid = uuid::Uuid::parse_str(claims["jti"].as_str().unwrap()).unwrap();
    assert_eq!(uuid.get_version_num(), 4, "as the SDK's");
    let pem = keys::key(STRANGER).public_pem();
    let accepted = library::must("vonage_accepts", json!({ "token": token, "pem": pem }));
    assert_eq!(accepted, true, "the official library verifies it");
    let stranger = keys::key(keys::TOWNHALL).public_pem();
    let accepted = library::must("vonage_accepts", json!({ "token": token, "pem": stranger }));
    assert_eq!(accepted, false, "and with another key it does not");
}

#[test]
fn s_470_the_token_is_the_one_that_the_official_sdk_makes() {
    let world = World::with(|settings| {
        let session = format!("session_id = \"{SESSION}\"\n");
        app(settings, "plain", &session);
        app(
            settings,
            "full",
            &format!(
                "{session}role = \"subscriber\"\nttl = \"24h\"\nconnection_data = \"name={{{{ user.name }}}}\"\n\
                 layout_classes = [\"focus\", \"full\"]"
            ),
        );
        app(
            settings,
            "quiet",
            &format!("{session}role = \"publisheronly\"\niat_backdate = \"20s\""),
        );
    });
    let mut ada = world.signed_in("ada");
    for (id, ttl, options) in [
        ("plain", 300, json!({})),
        (
            "full",
            86_400,
            json!({ "role": "subscriber", "data": "name=Ada Lovelace",
                "initialLayoutClassList": ["focus", "full"] }),
        ),
        ("quiet", 300, json!({ "role": "publisheronly" })),
    ] {
        let answer = world.ask(&mut ada, id, []).expect(200);
        let body = answer.json();
        assert_eq!(names(&body), ["applicationId", "sessionId", "token", "expiresAt"]);
        assert_eq!(
            (&body["applicationId"], &body["sessionId"]),
            (&json!(APPLICATION), &json!(SESSION))
        );
        let token = token_of(&answer);
        as_the_sdk_makes_it(&token, SESSION, options);
        let claims = &opened(&token)[1];
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            ttl
        );
    }
}

#[test]
fn s_471_s_472_a_room_is_made_with_a_root_token_that_no_browser_sees() {
    let api = Api::sound();
    let world = with_room(&api);
    let mut ada = world.signed_in("ada");
    let answer = join(&world, &mut ada, "7").expect(200);
    let session = format!("{SESSION}1");
    assert_eq!(answer.json()["sessionId"], session);
    as_the_sdk_makes_it(&token_of(&answer), &session, json!({}));

    let asked = api.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].target, "/session/create");
    assert_eq!(asked[0].header("Accept"), Some("application/json"));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        asked[0].form(),
        [pair("archiveMode", "manual"), pair("p2p.preference", "disabled")]
    );
    let root = asked[0].header("Authorization").unwrap();
    let root = root.strip_prefix("Bearer ").expect("a bearer token").to_owned();
    world.usher.secrets.add_token("a root token", &root);
    let claims = verify(&root, STRANGER, None, None).unwrap()["claims"].clone();
    assert_eq!(names(&claims), ["application_id", "iat", "jti", "exp"]);
    assert_eq!(claims["application_id"], APPLICATION);
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(life, 60, "used at once");

    // The official SDK asks for a session in the same words.
    library::must(
        "vonage_session",
        json!({ "application": APPLICATION, "key": keys::key(STRANGER).pkcs8_pem(), "api": api.url() }),
    );
    let (ours, theirs) = (&asked[0], &api.asked()[1]);
    assert_eq!(ours.target, theirs.target);
    for (name, value) in ours.form() {
        assert!(theirs.form().contains(&(name.clone(), value)), "{name}");
    }

    // Nothing that a browser got is a root token, whoever asked for whatever room.
    let mut bob = world.signed_in("bob");
    for case in ["7", "8", "9"] {
        let answer = join(&world, &mut bob, case).expect(200);
        let claims = opened(&token_of(&answer))[1].clone();
        assert_eq!(claims["acl"], json!({ "paths": { "/session/**": {} } }));
        assert_eq!(claims["scope"], "session.connect");
        assert_eq!(claims["session_id"], answer.json()["sessionId"]);
        answer.hides(&root);
    }
    let all = world.ask(&mut bob, "room", [("case", "7"), ("session_id", "mine")]);
    assert_eq!(all.expect(400).json()["code"], "params.undeclared");
}

#[test]
fn c_6_a_crowd_that_comes_at_once_makes_one_session_and_a_restart_none() {
    const CROWD: usize = 16;
    let come = Arc::new((Mutex::new(0), Condvar::new()));
    let all_here = Arc::clone(&come);
    // The vendor thinks until everybody has come.
    let api = Api::start(move |number| {
        let (count, changed) = &*all_here;
        drop(
            changed
                .wait_while(count.lock().unwrap(), |count| *count < CROWD)
                .unwrap(),
        );
        session(number)
    });
    let mut world = with_room(&api);
    let cookie = world.signed_in("ada").cookie("usher").unwrap().to_owned();
    let sessions: Vec<Value> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CROWD)
            .map(|_| {
                scope.spawn(|| {
                    let mut browser = world.usher.browser();
                    browser.plant("usher", &cookie);
                    let (count, changed) = &*come;
                    *count.lock().unwrap() += 1;
                    changed.notify_all();
                    join(&world, &mut browser, "7").expect(200).json()["sessionId"].clone()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(sessions.iter().all(|id| *id == format!("{SESSION}1")));
    assert_eq!(api.asked().len(), 1, "one session for the whole crowd");

    world.usher.stop();
    world.usher.start_again();
    let mut ada = world.signed_in("ada");
    let answer = join(&world, &mut ada, "7").expect(200);
    assert_eq!(
        answer.json()["sessionId"],
        format!("{SESSION}1"),
        "kept in the store"
    );
    assert_eq!(api.asked().len(), 1);
    let other = join(&world, &mut ada, "8").expect(200);
    assert_eq!(
        other.json()["sessionId"],
        format!("{SESSION}2"),
        "another room is another session"
    );
}

#[test]
fn a_vendor_that_fails_is_a_clear_problem_and_no_token_is_on_record() {
    let long = "x".repeat(20_000);
    let answers = move |number| match number {
        1 => Answer::new(500, "text/plain", "broken"),
        2 => Answer::new(200, "text/html", "<h1>Welcome</h1>"),
        3 => Answer::json(&json!({ "session_id": SESSION })),
        4 => Answer::json(&json!([])),
        5 => Answer::json(&json!([{ "session_id": 7 }])),
        6 => Answer::json(&json!([{ "session_id": "with a space" }])),
        7 => Answer::redirect(302, "http://127.0.0.1:1/"),
        8 => Answer::json(&json!([{ "session_id": long }])),
        9 => Answer::new(401, "application/json", "{}"),
        10 => Answer::Silence,
        _ => session(number),
    };
    let api = Api::start(answers);
    let world = with_room(&api);
    let mut ada = world.signed_in("ada");
    for number in 1..=10 {
        let (status, code) = if number == 10 {
            (504, "room.slow")
        } else {
            (502, "room.failed")
        };
        let answer = join(&world, &mut ada, "7").expect(status);
        assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
        assert_eq!(answer.json()["code"], code, "answer {number}");
        assert_eq!(api.asked().len(), number, "a failure is not kept");
    }
    let rows = world.usher.audit();
    assert!(
        rows.iter()
            .all(|row| row["event"] != "launch" && row["token_sha256"].is_null()),
        "{rows:?}"
    );
    join(&world, &mut ada, "7").expect(200);
    assert_eq!(world.usher.audited("launch").len(), 1);
}

#[test]
fn s_328_c_5_moderators_are_named_by_a_rule() {
    let world = World::with(|settings| {
        app(
            settings,
            "stage",
            &format!(
                "session_id = \"{SESSION}\"\nroles = [{{ role = \"moderator\", allow = [\"group:comms\"] }}]"
            ),
        );
    });
    let role = |login: &str| {
        let answer = world.ask(&mut world.signed_in(login), "stage", []).expect(200);
        opened(&token_of(&answer))[1]["role"].clone()
    };
    assert_eq!(
        (role("ada"), role("bob")),
        (json!("moderator"), json!("publisher"))
    );
    let mut bob = world.signed_in("bob");
    let asked = world.ask(&mut bob, "stage", [("role", "moderator")]).expect(400);
    assert_eq!(asked.json()["code"], "params.undeclared");
}

#[test]
fn connection_data_over_1000_characters_is_refused_and_1000_go_through() {
    let world = World::with(|settings| {
        app(
            settings,
            "stage",
            &format!("session_id = \"{SESSION}\"\nconnection_data = \"{{{{ user.claims.title }}}}\""),
        );
    });
    let data = |length: usize| {
        world.person("ada", json!({ "title": "ä".repeat(length) }));
        world.ask(&mut world.signed_in("ada"), "stage", [])
    };
    let claims = opened(&token_of(&data(1000).expect(200)))[1].clone();
    assert_eq!(claims["connection_data"].as_str().unwrap().chars().count(), 1000);
    let refused = data(1001).expect(403);
    assert_eq!(refused.json()["code"], "claims.too_long");
    assert_eq!(world.usher.audited("launch").len(), 1);
}

#[test]
fn what_the_vendor_would_refuse_is_refused_at_load() {
    for (more, words) in [
        (
            "room = \"r\"\narchive_mode = \"always\"\nmedia_mode = \"relayed\"",
            "routed",
        ),
        (
            "session_id = \"1\"\narchive_mode = \"always\"",
            "archive_mode: is for a room",
        ),
        ("session_id = \"1\"\nroom = \"r\"", "two ways"),
        ("session_id = \"1\"\nrole = \"moderator\"", "only from a rule"),
        ("session_id = \"1\"\nrole = \"host\"", "role"),
        ("session_id = \"1\"\nttl = \"25h\"", "ttl"),
        ("session_id = \"1\"\ndata_claim = \"acl\"", "data_claim"),
        ("", "session_id"),
    ] {
        refused_at_load(|settings| app(settings, "stage", more), words);
    }
}
