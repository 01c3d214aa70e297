//! The first configuration: what `usher init` writes, and how little is left to do.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::usher::{BINARY, run_in, write_secret};

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn said(output: &Output) -> String {
    out(output) + &String::from_utf8_lossy(&output.stderr)
}

/// Runs `usher init` in a new directory, with a text on its standard input.
fn init(args: &[&str], input: &str) -> (TempDir, Output) {
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let output = init_in(dir.path(), args, input);
    (dir, output)
}

fn init_in(dir: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(BINARY)
        .arg("init")
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses at once reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// All that `usher init` can begin with, and what each one's token says: see the unit tests there.
fn goldens() -> Vec<(String, Value)> {
    let golden = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/vendors/presets/golden"));
    let files = fs::read_dir(golden).unwrap().map(|entry| entry.unwrap().path());
    let named = files.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path));
    let read = |path: &Path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut found: Vec<_> = named
        .filter(|(name, _)| name != "ada")
        .map(|(name, path)| (name, read(&path)))
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

/// What stands in double quotes behind `before`.
fn quoted<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split('"').next()
}

#[test]
fn after_init_only_the_secrets_are_missing_and_with_them_check_passes_and_tokens_are_right() {
    const ADA: &str = include_str!("../../src/vendors/presets/golden/ada.json");
    for (vendor, golden) in goldens() {
        let (dir, output) = init(&["--vendor", &vendor, "--client-id", "usher-2"], "");
        assert!(output.status.success(), "{vendor}: {}", said(&output));
        let config = fs::read_to_string(dir.path().join("usher.toml")).unwrap();
        let secret = quoted(&config, "\nsecret_file = \"");
        let text = out(&output);
        for wanted in [
            "https://go.example.com/auth/callback/work",
            "https://go.example.com/auth/signed-out",
            "https://go.example.com/auth/backchannel-logout/work",
            "secrets/work",
            secret.unwrap_or("-----BEGIN PUBLIC KEY-----"),
        ] {
            assert!(text.contains(wanted), "{vendor}: {wanted}:\n{text}");
        }
        assert!(!text.contains("PRIVATE"), "{vendor}");
        let told = said(&run_in(dir.path(), &["check"]));
        assert!(told.contains("client_secret_file: is empty"), "{vendor}: {told}");
        assert_eq!(
            told.contains(".secret_file: is empty"),
            secret.is_some(),
            "{vendor}: {told}"
        );
        // Without its secret the app cannot be used, which its test says too.
        let missing = if secret.is_some() { "3 errors" } else { "1 error" };
        assert!(told.contains(&format!(" {missing}, ")), "{vendor}: {told}");
        write_secret(dir.path(), "secrets/work", "a-secret-from-the-provider\n");
        if let Some(name) = secret {
            write_secret(dir.path(), name, "a-secret-of-the-vendor-0123456789\n");
        }
        let check = run_in(dir.path(), &["check"]);
        assert_eq!(check.status.code(), Some(0), "{vendor}: {}", said(&check));
        if golden["claims"]["session_id"].is_string() {
            continue; // Its token needs a session, which is made at Vonage.
        }
        write_secret(dir.path(), "ada.json", ADA);
        let minted = run_in(dir.path(), &mint(&config));
        assert!(minted.status.success(), "{vendor}: {}", said(&minted));
        let (address, token) = match out(&minted).trim() {
            address if address.starts_with("https:") => {
                let token = address.rsplit('=').next().unwrap().to_owned();
                (address.replace(&token, "…"), token)
            }
            token => (
                golden["delivery"]["address"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                token.to_owned(),
            ),
        };
        assert_eq!(
            address,
            golden["delivery"]["address"].as_str().unwrap_or_default(),
            "{vendor}"
        );
        let parts: Vec<Value> = token.split('.').take(2).map(json_of).collect();
        assert_eq!(parts[0], golden["header"], "{vendor}");
        assert_eq!(timeless(&parts[1]), timeless(&golden["claims"]), "{vendor}");
    }
}

/// The command that mints for Ada, with the parameters of the file's own test.
fn mint(config: &str) -> Vec<&str> {
    let app = quoted(config, "\napp = \"").unwrap();
    let mut args = vec!["mint", "--raw", "--app", app, "--as", "ada.json"];
    for param in [
        "device=phone",
        "companyID=company-id",
        "redirect=https://acme.canny.io/ideas",
    ] {
        let name = param.split('=').next().unwrap();
        let tested = config.rsplit_once("[[test]]").unwrap().1;
        if tested.contains(&format!("{name} = ")) {
            args.extend(["--param", param]);
        }
    }
    args
}

fn json_of(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Claims with a mark in the place of what differs from one moment to the next.
fn timeless(claims: &Value) -> Value {
    let mut claims = claims.clone();
    for name in ["iat", "exp", "nbf", "jti"] {
        if let Some(value) = claims.get_mut(name) {
            let digits = value.as_i64().map(|at| at.to_string().len());
            *value = digits.map_or_else(|| "an id".into(), |digits| format!("{digits} digits").into());
        }
    }
    claims
}

#[test]
fn s_342_one_secret_for_the_provider_and_the_vendor_is_refused_at_start() {
    let (dir, _) = init(&["--vendor", "zendesk"], "");
    for name in ["secrets/work", "secrets/zendesk"] {
        write_secret(dir.path(), name, "0123456789abcdef0123456789abcdef\n");
    }
    for command in ["check", "serve"] {
        let output = run_in(dir.path(), &[command]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        let told = said(&output);
        assert!(
            told.contains("apps.zendesk: has the client secret of providers.work"),
            "{told}"
        );
        assert!(!told.contains("0123456789abcdef"), "the secret is shown");
    }
}

#[test]
fn a_wrong_name_is_answered_with_all_names() {
    let (_dir, output) = init(&["--vendor", "zendeks"], "");
    let told = said(&output);
    let list = told
        .split_once("possible values: ")
        .unwrap()
        .1
        .split(']')
        .next()
        .unwrap();
    let mut names: Vec<&str> = list.split(", ").collect();
    names.sort_unstable();
    let goldens = goldens();
    let known: Vec<&str> = goldens.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, known);
    assert!(told.contains("'zendesk'"), "{told}");
}

#[test]
fn c_41_what_init_writes_is_complete_with_a_secret_and_never_overwrites() {
    let args = [
        "--client-secret-file",
        "-",
        "--public-url",
        "http://127.0.0.1:8080",
    ];
    let (dir, output) = init(&args, "a-secret-from-the-provider\n");
    assert!(output.status.success(), "{}", said(&output));
    assert!(!said(&output).contains("a-secret-from"), "the secret is shown");
    assert!(out(&output).contains("http://127.0.0.1:8080/auth/callback/work"));
    let check = run_in(dir.path(), &["check"]);
    assert_eq!(check.status.code(), Some(0), "{}", said(&check));
    for name in ["keys/townhall.pem", "secrets/work", "secrets/audit"] {
        let mode = fs::metadata(dir.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let key = fs::read(dir.path().join("keys/townhall.pem")).unwrap();
    for gone in ["usher.toml", "secrets/work", "secrets/audit", ""] {
        let again = init_in(dir.path(), &args, "another\n");
        assert_eq!(again.status.code(), Some(1));
        assert!(said(&again).contains("is there already"), "{}", said(&again));
        if !gone.is_empty() {
            fs::remove_file(dir.path().join(gone)).unwrap();
        }
        assert_eq!(fs::read(dir.path().join("keys/townhall.pem")).unwrap(), key);
    }
    for bad in [
        ["--public-url", "http://go.example.com"],
        ["--issuer", "x"],
        ["--client-id", ""],
        ["--vendor", "acme"],
    ] {
        let (dir, output) = init(&bad, "");
        assert!(!output.status.success(), "{bad:?}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "{bad:?}");
    }
}

#[test]
fn what_init_writes_serves() {
    let (dir, output) = init(&["--client-secret-file", "-"], "a-secret-from-the-provider\n");
    assert!(output.status.success(), "{}", said(&output));
    let path = dir.path().join("usher.toml");
    let mut text = fs::read_to_string(&path).unwrap();
    text += "\n[server]\nlisten = \"127.0.0.1:0\"\nops_listen = \"127.0.0.1:0\"\n";
    fs::write(&path, text).unwrap();
    let mut child = Command::new(BINARY)
        .arg("serve")
        .current_dir(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines.map_while(Result::ok).any(|line| line == "ready");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(ready, "it serves");
}

/// The output of a command for Ada, after `init` for a vendor, its secrets and `change`.
fn tried(vendor: &str, command: &str, change: impl Fn(String) -> String) -> String {
    let (dir, _) = init(&["--vendor", vendor], "");
    let path = dir.path().join("usher.toml");
    let config = change(fs::read_to_string(&path).unwrap());
    fs::write(&path, &config).unwrap();
    for name in config.lines().filter_map(|line| quoted(line, "secret_file = \"")) {
        write_secret(dir.path(), name, &format!("a-secret-for-{name}-0123456789\n"));
    }
    let ada = include_str!("../../src/vendors/presets/golden/ada.json");
    write_secret(dir.path(), "ada.json", ada);
    let app = quoted(&config, "\napp = \"").unwrap();
    said(&run_in(dir.path(), &[command, "--app", app, "--as", "ada.json"]))
}

#[test]
fn what_is_said_of_a_token_is_true_and_said_once() {
    let told = tried("zendesk", "explain", |config| config);
    assert!(told.contains(" bytes, without an end of its own\n"), "{told}");
    let told = tried("frameable", "explain", |config| config);
    assert!(
        told.contains("userProfile = left out  <- no pairs\n") && told.contains("good for 300 s"),
        "{told}"
    );
    let nowhere = "room = \"standup\"\napi_url = \"http://127.0.0.1:1\" #";
    let told = tried("vonage-video", "mint", |config| {
        config.replace("room = \"standup\"", nowhere)
    });
    assert_eq!(told.matches("could not be reached").count(), 1, "{told}");
}
