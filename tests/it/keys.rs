//! Keys: made and rotated at the command line, shown under `/keys/`, held against real tokens.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::usher::{run_in, write_secret};
use crate::harness::vendor::verify_in_set;
use crate::harness::{How, World, keys, names, token_in, verify};

const SET: &str = "/keys/townhall.json";

fn run(dir: &Path, args: &[&str]) -> String {
    let output = run_in(dir, args);
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    said(&output)
}

fn said(output: &Output) -> String {
    let texts = [&output.stdout, &output.stderr];
    texts.map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

fn public_pem(text: &str) -> &str {
    let from = text.find("-----BEGIN PUBLIC KEY-----").expect("a public key");
    let end = "-----END PUBLIC KEY-----\n";
    let to = text.find(end).expect("its end") + end.len();
    &text[from..to]
}

fn set(world: &World) -> Value {
    world.usher.browser().get(SET).expect(200).json()
}

fn launched(world: &World) -> String {
    let answer = world.signed_in("ada").get("/launch/townhall").expect(302);
    token_in(answer.location())
}

#[test]
fn c_45_a_key_is_made_shown_and_takes_over_and_the_earlier_one_goes_in_time() {
    let how = How {
        movable_clock: true,
        ..How::default()
    };
    let mut world = World::how(how, |_| ());
    let dir = world.usher.dir.path().to_owned();
    let before = launched(&world);
    verify_in_set(&before, &set(&world)).unwrap();

    let made = run(&dir, &["keys", "new", "--app", "townhall"]);
    let next = public_pem(&made).to_owned();
    assert!(made.contains("Settings of the event"), "{made}");
    let private = fs::read_to_string(dir.join("keys/townhall.next.pem")).unwrap();
    world.usher.secrets.add_pem(&private);
    assert!(
        private.lines().all(|line| !made.contains(line)),
        "the private key is shown"
    );
    let third = run_in(&dir, &["keys", "new", "--app", "townhall"]);
    assert!(
        !third.status.success() && said(&third).contains("keys rotate"),
        "{}",
        said(&third)
    );

    // Shown, and not signing.
    world.usher.stop();
    world.usher.start_again();
    assert_eq!(set(&world)["keys"].as_array().unwrap().len(), 2);
    let pem = |world: &World| world.usher.browser().get("/keys/townhall.pem").expect(200).text();
    assert_eq!(pem(&world), keys::key(keys::TOWNHALL).public_pem());
    let shown = run(&dir, &["keys", "show", "--app", "townhall", "--state", "next"]);
    assert_eq!(public_pem(&shown), next);

    // Signing, with the earlier one beside it.
    let rotated = run(&dir, &["keys", "rotate", "--app", "townhall"]);
    assert!(rotated.contains("reload usher"), "{rotated}");
    world.usher.reload();
    assert_eq!(pem(&world), next);
    let after = launched(&world);
    for token in [&before, &after] {
        verify_in_set(token, &set(&world)).unwrap();
    }
    verify(&before, keys::TOWNHALL, None, None).unwrap();
    let told = said(&run_in(&dir, &["verify", &before, "--app", "townhall"]));
    assert!(
        told.contains("FAIL  signature     was made with a retired key"),
        "{told}"
    );
    assert!(verify(&after, keys::TOWNHALL, None, None).is_err());
    let table = run(&dir, &["keys", "list"]);
    let states: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("townhall "))
        .filter_map(|line| line.split_whitespace().nth(5))
        .collect();
    assert_eq!(states, ["active", "retired"], "{table}");

    // Five minutes and the skew later nobody needs it.
    world.usher.set_ahead(420);
    assert_eq!(set(&world)["keys"].as_array().unwrap().len(), 1);
    assert!(verify_in_set(&before, &set(&world)).is_err());
}

#[test]
fn c_45_what_is_public_is_public_to_all_and_the_rest_is_not_there() {
    let world = World::with(|settings| {
        settings.set("[apps.support]", "kid", "\"support-1\"");
    });
    let mut browser = world.usher.browser();
    for (path, media) in [
        ("/keys/support.json", "application/jwk-set+json"),
        ("/keys/support.pem", "application/x-pem-file"),
    ] {
        let answer = browser.get(path).expect(200);
        assert_eq!(answer.header("Content-Type"), Some(media));
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"));
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
        assert!(!answer.text().contains("PRIVATE"));
    }
    let set = browser.get("/keys/support.json").json();
    assert_eq!(names(&set["keys"][0]), ["e", "kty", "n", "use", "alg", "kid"]);
    assert_eq!(set["keys"][0]["kid"], "support-1");
    for path in [
        "/keys/support",
        "/keys/support.jwk",
        "/keys/support.next.pem",
        "/keys/nobody.json",
        "/keys/.json",
        "/keys/../keys/support.retired-1.pem",
    ] {
        browser.get(path).expect(404);
    }
    browser.post("/keys/support.pem", []).expect(405);
}

#[test]
fn c_45_the_first_key_is_made_before_the_configuration_is_sound() {
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let app = |extra: &str| {
        format!(
            "public_url = \"https://go.example.com\"
[providers.work]
issuer = \"https://login.example.com\"
client_id = \"usher\"
client_secret = \"a-secret-of-this-test\"
[apps.townhall]
vendor = \"frameable\"
title = \"Town hall\"
url = \"https://acme.frameable.com/events/townhall\"
allow = [\"group:staff\"]
{extra}\n"
        )
    };
    write_secret(dir.path(), "usher.toml", &app("key_file = \"made/townhall.pem\""));
    assert!(!run_in(dir.path(), &["check"]).status.success());
    run(
        dir.path(),
        &["keys", "new", "--app", "townhall", "--bits", "3072"],
    );
    run(dir.path(), &["check"]);
    assert!(run(dir.path(), &["keys", "list"]).contains("RSA 3072"));
    let shown = run(
        dir.path(),
        &["keys", "show", "--app", "townhall", "-c", "usher.toml"],
    );
    assert!(
        shown.contains("\"kty\":\"RSA\"") && shown.contains("thumbprint  "),
        "{shown}"
    );
    let early = run_in(dir.path(), &["keys", "rotate", "--app", "townhall"]);
    assert_eq!(early.status.code(), Some(1));
    assert!(
        said(&early).contains("keys new --app townhall"),
        "{}",
        said(&early)
    );

    write_secret(dir.path(), "usher.toml", &app("key_env = \"TOWNHALL_KEY\""));
    let by_hand = run_in(dir.path(), &["keys", "rotate", "--app", "townhall"]);
    assert_eq!(by_hand.status.code(), Some(1));
    assert!(said(&by_hand).contains("Restart usher"), "{}", said(&by_hand));
    let unknown = run_in(dir.path(), &["keys", "new", "--app", "townhal"]);
    assert!(said(&unknown).contains("no [apps.townhal]"), "{}", said(&unknown));
}

#[test]
fn a_new_secret_is_written_in_the_encoding_that_the_app_reads() {
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let app = |encoding: &str| {
        format!(
            "public_url = \"https://go.example.com\"\n[providers.work]\nissuer = \"https://login.example.com\"\n\
             client_id = \"usher\"\nauth_method = \"none\"\n[apps.wiki]\ntitle = \"Wiki\"\nvendor = \"custom\"\n\
             url = \"https://wiki.example.com\"\nalg = \"HS512\"\nsecret_file = \"secrets/{encoding}\"\n\
             secret_encoding = \"{encoding}\"\nallow = [\"everyone\"]\nclaims = {{ sub = \"{{{{ user.sub }}}}\" }}\n"
        )
    };
    // 64 random bytes in each; as raw text they are the text itself.
    for (encoding, characters, bytes) in [
        ("raw", 86, 86),
        ("hex", 128, 64),
        ("base64", 88, 64),
        ("base64url", 86, 64),
    ] {
        write_secret(dir.path(), "usher.toml", &app(encoding));
        run(dir.path(), &["keys", "new", "--app", "wiki"]);
        let text = fs::read_to_string(dir.path().join("secrets").join(encoding)).unwrap();
        assert_eq!(text.len(), characters, "{encoding}");
        let checked = run(dir.path(), &["check"]);
        assert!(
            checked.contains(&format!("HMAC {bytes} bytes")),
            "{encoding}: {checked}"
        );
    }
    write_secret(dir.path(), "usher.toml", &app("utf8"));
    let refused = said(&run_in(dir.path(), &["keys", "new", "--app", "wiki"]));
    assert!(refused.contains("secret_encoding: is raw, hex"), "{refused}");
}
