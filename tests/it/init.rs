//! The first configuration: what `usher init` writes, and how little is left to do.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

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

#[test]
fn after_init_only_the_clients_secret_is_missing_and_with_it_the_gateway_starts() {
    for vendor in ["frameable", "cobrowse"] {
        let (dir, output) = init(&["--vendor", vendor, "--client-id", "usher-2"], "");
        assert!(output.status.success(), "{}", said(&output));
        let text = out(&output);
        for wanted in [
            "https://go.example.com/auth/callback/work",
            "https://go.example.com/auth/signed-out",
            "https://go.example.com/auth/backchannel-logout/work",
            "-----BEGIN PUBLIC KEY-----",
            "secrets/work",
        ] {
            assert!(text.contains(wanted), "{wanted}:\n{text}");
        }
        assert!(!text.contains("PRIVATE"));
        let check = run_in(dir.path(), &["check"]);
        assert_eq!(check.status.code(), Some(1));
        let told = said(&check);
        assert!(told.contains("client_secret_file: is empty"), "{told}");
        assert!(told.contains("1 error, 0 warnings"), "{told}");
        write_secret(dir.path(), "secrets/work", "a-secret-from-the-provider\n");
        let check = run_in(dir.path(), &["check"]);
        assert_eq!(check.status.code(), Some(0), "{}", said(&check));
    }
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
