//! Trying things out on the command line: what a persona would get, a real token for it, and what
//! its vendor makes of the token.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::harness::usher::{BINARY, run_in, write_secret};
use crate::harness::{World, claims_of, keys, token_in, verify};

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn said(output: &Output) -> String {
    out(output) + &String::from_utf8_lossy(&output.stderr)
}

/// Ada as a persona, with what the provider says of her.
fn ada(world: &World) {
    let claims = json!({ "region": "emea", "title": "Engineer" });
    let ada = json!({ "email": "ada@example.com", "email_verified": true, "name": "Ada Lovelace",
        "groups": ["staff", "comms", "support"], "claims": claims });
    write_secret(world.usher.dir.path(), "ada.json", &ada.to_string());
}

/// Runs a command whose output may hold a token: it is not for the log.
fn run(world: &World, args: &[&str]) -> Output {
    run_in(world.usher.dir.path(), args)
}

/// Mints at an app; the address with the token.
#[track_caller]
fn minted(world: &World, app: &str, more: &[&str]) -> String {
    let args = [&["mint", "--app", app, "--as", "ada.json", "--raw"], more].concat();
    let output = run(world, &args);
    assert!(output.status.success(), "{}", said(&output));
    let address = out(&output);
    world.usher.secrets.add_url(address.trim());
    assert_eq!(address.lines().count(), 1, "--raw prints only the address");
    address.trim().to_owned()
}

/// What `usher verify` says of a token that it reads from its standard input.
fn check(world: &World, app: &str, token: &str) -> Output {
    let mut child = Command::new(BINARY)
        .args(["verify", "-", "--app", app])
        .current_dir(world.usher.dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{token}").unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let signature = token.rsplit('.').next().unwrap_or_default();
    assert!(
        signature.is_empty() || !said(&output).contains(signature),
        "the token is shown"
    );
    output
}

const CUSTOMER: [&str; 2] = ["--param", "customer=grace@example.org"];

#[test]
fn c_50_a_minted_token_is_recorded_and_its_vendor_takes_it() {
    let world = World::start();
    ada(&world);
    for (app, more, key, audience) in [
        ("townhall", &[][..], keys::TOWNHALL, None),
        ("support", &CUSTOMER, keys::SUPPORT, Some("https://cobrowse.io")),
    ] {
        let token = token_in(&minted(&world, app, more));
        let checked = check(&world, app, &token);
        assert!(checked.status.success(), "{}", said(&checked));
        assert!(!said(&checked).contains("FAIL"));
        let by_argument = run(&world, &["verify", &token, "--app", app]);
        let without_times = |text: &str| {
            let timeless = |line: &&str| !line.contains(" iat ") && !line.contains(" exp ");
            text.lines()
                .filter(timeless)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(without_times(&out(&by_argument)), without_times(&out(&checked)));
        verify(&token, key, audience, None).expect("jose takes it");
    }
    let rows = world.usher.audited("mint");
    assert_eq!(rows.len(), 2);
    for (row, app) in rows.iter().zip(["townhall", "support"]) {
        assert_eq!(
            (&row["app"], &row["actor"], &row["outcome"]),
            (&json!(app), &json!("cli"), &json!("ok"))
        );
        assert_eq!(row["email"], "ada@example.com");
        assert_eq!(row["token_sha256"].as_str().unwrap().len(), 64);
    }
    assert!(
        world.usher.run(&["audit", "verify"]).status.success(),
        "two processes, two chains"
    );
}

#[test]
fn the_summary_of_a_minted_token_names_its_record() {
    let world = World::start();
    ada(&world);
    let output = run(&world, &["mint", "--app", "townhall", "--as", "ada.json"]);
    assert!(output.status.success(), "{}", said(&output));
    let text = out(&output);
    let address = text.lines().last().unwrap();
    world.usher.secrets.add_url(address);
    assert!(address.starts_with(&world.vendor.url("/events/townhall?token=")));
    let row = &world.usher.audited("mint")[0];
    for field in ["id", "token_sha256"] {
        let value = row[field].as_str().unwrap();
        assert!(text.contains(value), "{field} is not in:\n{text}");
    }
    assert!(text.contains("ada@example.com"));
}

#[test]
fn c_1_a_refusal_is_recorded_too_and_nothing_is_printed_without_a_record() {
    let world = World::start();
    let eve = json!({ "email": "eve@example.net", "name": "Eve", "groups": [] });
    write_secret(world.usher.dir.path(), "ada.json", &eve.to_string());
    let refused = world
        .usher
        .run(&["mint", "--app", "townhall", "--as", "ada.json"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.is_empty(), "{}", out(&refused));
    assert!(said(&refused).contains("access.not_allowed"));
    let row = &world.usher.audited("mint")[0];
    assert_eq!(
        (&row["outcome"], &row["reason"], &row["actor"]),
        (&json!("refused"), &json!("access.not_allowed"), &json!("cli"))
    );

    ada(&world);
    let support = ["mint", "--app", "support", "--as", "ada.json", "--raw"];
    let without = world.usher.run(&support);
    assert_eq!(without.status.code(), Some(1));
    assert!(
        said(&without).contains("customer is missing"),
        "{}",
        said(&without)
    );

    let store = world.usher.dir.path().join("usher.db");
    fs::rename(&store, store.with_extension("kept")).unwrap();
    fs::create_dir(&store).unwrap();
    let no_store = run(
        &world,
        &["mint", "--app", "townhall", "--as", "ada.json", "--raw"],
    );
    assert!(!no_store.status.success());
    assert!(no_store.stdout.is_empty(), "a token left without its record");
}

#[test]
fn lesson_33_a_launch_a_minted_token_and_an_explanation_say_the_same() {
    let world = World::start();
    ada(&world);
    let bare = |mut claims: Value| {
        let object = claims.as_object_mut().unwrap();
        for name in ["iat", "exp", "jti"] {
            object.shift_remove(name);
        }
        claims.to_string()
    };
    let mut browser = world.signed_in("ada");
    for (app, path, more, key) in [
        ("townhall", "/launch/townhall", &[][..], keys::TOWNHALL),
        ("support", crate::harness::SUPPORT, &CUSTOMER, keys::SUPPORT),
    ] {
        let launched = bare(claims_of(&browser.get(path), key));
        let token = token_in(&minted(&world, app, more));
        let made = verify(&token, key, None, None).unwrap();
        assert_eq!(bare(made["claims"].clone()), launched);
        let args = [
            &["explain", "--app", app, "--as", "ada.json", "--format", "json"],
            more,
        ]
        .concat();
        let explained = world.usher.run(&args);
        assert!(explained.status.success(), "{}", said(&explained));
        let explained: Value = serde_json::from_slice(&explained.stdout).unwrap();
        let claims = explained["claims"].as_array().unwrap();
        let claims = claims.iter().filter(|claim| claim["left_out"] == false);
        let claims: serde_json::Map<String, Value> = claims
            .map(|claim| (claim["name"].as_str().unwrap().to_owned(), claim["value"].clone()))
            .collect();
        assert_eq!(bare(claims.into()), launched);
        assert_eq!(explained["header"], made["header"]);
        assert_eq!(explained["token_bytes"], token.len());
    }
    assert!(world.usher.audited("mint").len() == 2, "explain makes nothing");
}

#[test]
fn an_explanation_says_which_rule_decided_and_where_each_claim_comes_from() {
    let world = World::with(|settings| {
        settings
            .set("[apps.townhall]", "deny", "[\"group:leavers\"]")
            .set("[apps.townhall]", "when", "\"user.claims.region == 'emea'\"");
    });
    ada(&world);
    let explain = ["explain", "--app", "townhall", "--as", "ada.json"];
    let text = said(&world.usher.run(&explain));
    for line in [
        "rule     deny group:leavers  no\n",
        "rule     allow group:staff  yes  <- decided\n",
        "rule     when user.claims.region == 'emea'  yes\n",
        "rule     roles host for group:comms  yes  <- decided\n",
        "claim    displayName = \"Ada Lovelace\"  <- {{ user.name }}, cleaned\n",
        "claim    avatarUrl = left out",
        "claim    roles = [\"host\"]  <- role rules\n",
        "<- time of issue\n",
        "?token=…\n",
    ] {
        assert!(text.contains(line), "{line}\n---\n{text}");
    }
    let una = json!({ "name": "Una", "claims": { "region": "emea" } });
    write_secret(world.usher.dir.path(), "ada.json", &una.to_string());
    let refused = world.usher.run(&explain);
    assert_eq!(refused.status.code(), Some(1));
    let text = said(&refused);
    for line in [
        "rule     deny group:leavers  unknown: the provider sent no groups  <- decided\n",
        "(access.groups_unknown)",
        "help     Have the provider send the groups",
    ] {
        assert!(text.contains(line), "{line}\n---\n{text}");
    }
    write_secret(world.usher.dir.path(), "ada.json", "{ \"nmae\": 7 }");
    let told = said(&world.usher.run(&explain));
    assert!(told.contains("nmae: unknown key; did you mean name?"), "{told}");
    let told = said(&run(&world, &["explain", "--app", "townhal", "--as", "ada.json"]));
    assert!(told.contains("did you mean townhall?"), "{told}");
}

#[test]
fn a_token_that_its_vendor_would_refuse_fails_with_the_line_that_says_why() {
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "ttl", "\"30s\"");
    });
    ada(&world);
    let token = token_in(&minted(&world, "townhall", &[]));
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    let part = |value: &Value| keys::base64url(value.to_string().as_bytes());
    let said_claims: Value = serde_json::from_slice(&keys::from_base64url(claims)).unwrap();
    let signed = |claims: &Value| {
        let message = format!("{header}.{}", part(claims));
        let signature = keys::key(keys::TOWNHALL).rs256(message.as_bytes());
        format!("{message}.{}", keys::base64url(&signature))
    };
    let with = |name: &str, value: Value| {
        let mut claims = said_claims.clone();
        claims[name] = value;
        claims
    };
    let unsigned = part(&json!({ "alg": "none", "typ": "JWT" }));
    let issued = said_claims["iat"].as_i64().unwrap();
    let mut old = with("iat", json!(issued - 600));
    old["exp"] = json!(issued - 300);
    let cases = [
        (
            format!(
                "{header}.{}.{signature}",
                part(&with("roles", json!(["presenter"])))
            ),
            "signature",
            "was not made with the app's key",
        ),
        (signed(&old), "exp", "expired 5 min"),
        (format!("{unsigned}.{claims}."), "alg", "the app's is RS256"),
        (
            signed(&with("admin", json!(true))),
            "claims",
            "not of this vendor: admin",
        ),
        (
            signed(&with("exp", json!((issued + 300) * 1000))),
            "exp",
            "looks like milliseconds",
        ),
        ("no token".to_owned(), "form", "three parts"),
    ];
    for (token, name, why) in cases {
        world.usher.secrets.add_token("a token", &token);
        let output = check(&world, "townhall", &token);
        assert_eq!(output.status.code(), Some(1), "{name}: {}", said(&output));
        let text = out(&output);
        let start = format!("FAIL  {name}");
        let fails = |line: &&str| line.starts_with(&start) && line.contains(why);
        assert!(text.lines().any(|line| fails(&line)), "{name}, {why}:\n{text}");
    }
    let elsewhere = check(&world, "support", &token);
    assert!(
        out(&elsewhere).contains("FAIL  signature"),
        "{}",
        said(&elsewhere)
    );
}
