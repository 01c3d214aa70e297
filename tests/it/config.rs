//! `usher check`: every problem at once, where it stands, and what to do about it.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use tempfile::TempDir;

use crate::harness::keys;
use crate::harness::secrets::Secrets;
use crate::harness::usher::{directory, run_in, write_secret};
use crate::harness::vendor::Vendor;
use crate::harness::{Settings, world::standard};

fn settings() -> Settings {
    let mut settings = standard(8080, &Vendor::start());
    settings.add(
        "[providers.work]",
        "issuer = \"https://login.example.com\"\nclient_id = \"usher\"\nclient_secret = \"canary-client-secret-in-a-file\"",
    );
    settings
}

/// A directory with the standard settings as `change` leaves them.
fn with(change: impl Fn(&mut Settings) -> &mut Settings) -> (TempDir, Settings) {
    let mut settings = settings();
    change(&mut settings);
    (directory(&settings, &Secrets::default()), settings)
}

fn check(dir: &TempDir) -> (Output, String) {
    let output = run_in(dir.path(), &["check", "-c", "usher.toml"]);
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!text.contains("canary-"), "a secret in what check says:\n{text}");
    assert!(!text.contains("panicked"), "{text}");
    (output, text)
}

/// Asserts that the settings are refused at the line of `start`, in words that hold `words`, and
/// that `serve` refuses them too.
#[track_caller]
fn refused(change: impl Fn(&mut Settings) -> &mut Settings, start: &str, words: &[&str]) {
    let (dir, settings) = with(change);
    let (output, text) = check(&dir);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let place = format!("usher.toml:{}", settings.line_of(start));
    assert!(text.contains(&place), "no {place} in:\n{text}");
    for word in words {
        assert!(text.contains(word), "no {word:?} in:\n{text}");
    }
    let serve = run_in(dir.path(), &["serve", "-c", "usher.toml"]);
    assert!(!serve.status.success(), "serve starts with what check refuses");
}

#[test]
fn a_right_file_is_right() {
    let (dir, _) = with(|s| s);
    let (output, text) = check(&dir);
    assert_eq!(output.status.code(), Some(0), "{text}");
}

#[test]
fn lesson_38_a_typo_is_an_error_with_a_suggestion() {
    refused(
        |s| s.set("[apps.townhall]", "alow", "[\"everyone\"]"),
        "alow",
        &["alow", "allow"],
    );
    refused(|s| s.set("[session]", "idel", "\"5m\""), "idel", &["idle"]);
    refused(
        |s| s.set("[apps.townhall]", "vendor", "\"framable\""),
        "vendor = \"framable\"",
        &["frameable"],
    );
}

#[test]
fn every_problem_is_told_at_once() {
    let (dir, settings) = with(|s| {
        s.set("[session]", "idle", "\"soon\"")
            .set("[apps.support]", "role", "\"boss\"")
            .set("[brand]", "accent", "\"purple\"")
            .set("[apps.townhall]", "colour", "1")
    });
    let (_, text) = check(&dir);
    for start in ["idle = \"soon\"", "role = \"boss\"", "accent", "colour"] {
        assert!(
            text.contains(&format!("usher.toml:{}", settings.line_of(start))),
            "{start}:\n{text}"
        );
    }
}

#[test]
fn closed_by_default() {
    refused(
        |s| s.unset("[apps.townhall]", "allow"),
        "[apps.townhall]",
        &["allow"],
    );
    refused(
        |s| s.set("[apps.townhall]", "allow", "[]"),
        "allow = []",
        &["allow"],
    );
    refused(
        |s| s.set("[apps.townhall]", "allow", "[\"staff\"]"),
        "allow = [\"staff\"]",
        &["did you mean group:"],
    );
}

#[test]
fn c_11_a_window_is_two_instants_in_order() {
    refused(
        |s| s.set("[apps.townhall]", "opens_at", "2026-11-21T14:00:00"),
        "opens_at",
        &["with its offset"],
    );
    refused(
        |s| {
            s.set("[apps.townhall]", "opens_at", "2026-11-21T14:00:00+01:00")
                .set("[apps.townhall]", "closes_at", "\"2026-11-21T13:00:00Z\"")
        },
        "closes_at",
        &["after opens_at"],
    );
}

#[test]
fn c_11_c_16_a_persona_is_told_when_an_app_has_closed() {
    let (dir, _) = with(|s| {
        s.set("[apps.townhall]", "closes_at", "2020-01-01T00:00:00Z").add(
            "[[test]]",
            "as = { name = \"Ada\", groups = [\"staff\"] }
                app = \"townhall\"
                expect = { allowed = false, reason = \"window.closed\" }",
        )
    });
    let (output, text) = check(&dir);
    assert_eq!(output.status.code(), Some(0), "{text}");
}

#[test]
fn c_5_high_roles_need_a_rule() {
    refused(
        |s| s.set("[apps.support]", "role", "\"administrator\""),
        "role = \"administrator\"",
        &["roles"],
    );
    refused(
        |s| {
            s.set(
                "[apps.townhall]",
                "roles",
                "[{ role = \"king\", allow = [\"everyone\"] }]",
            )
        },
        "roles",
        &["host"],
    );
}

#[test]
fn c_12_expressions_are_checked_at_load() {
    let profile = |text: &str| format!("[[\"title\", \"{text}\"]]");
    for text in [
        "{{ user.clams.title }}",
        "{{ usr.name }}",
        "{{ params.customer }}",
        "{{ user.name",
        "{{ user.name | nonsense }}",
    ] {
        refused(
            |s| s.set("[apps.townhall]", "user_profile", &profile(text)),
            "user_profile",
            &[],
        );
    }
    refused(
        |s| s.set("[apps.townhall]", "user_profile", &profile("{{ user.clams.x }}")),
        "user_profile",
        &["claims"],
    );
}

#[test]
fn addresses_that_would_lead_a_token_astray() {
    for address in [
        "http://acme.frameable.com/events/a",
        "https://{host}.frameable.com/events/a",
        "https://ada@acme.frameable.com/events/a",
        "https://acme.frameable.com/events/{undeclared}",
        "https://acme.frameable.com/events/a?token=x",
        "https://acme.frameable.com/events/a\\r\\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "/events/a",
    ] {
        refused(
            |s| s.set("[apps.townhall]", "url", &format!("\"{address}\"")),
            "url = ",
            &[],
        );
    }
    refused(
        |s| s.set("", "public_url", "\"http://go.example.com\""),
        "public_url",
        &["https"],
    );
    refused(
        |s| s.set("", "public_url", "\"https://go.example.com/path\""),
        "public_url",
        &[],
    );
    refused(
        |s| s.set("[providers.work]", "issuer", "\"http://login.example.com\""),
        "issuer",
        &["https"],
    );
}

#[test]
fn s_403_s_404_keys_that_cannot_sign() {
    for (pem, words) in [
        (keys::key(keys::STRANGER).public_pem(), "public"),
        (keys::pem("ENCRYPTED PRIVATE KEY", &[1; 64]), "ncrypted"),
        (keys::pem("CERTIFICATE", &[1; 64]), "ertificate"),
        (String::new(), "empty"),
        ("not a key".to_owned(), "PEM"),
        (keys::pem("PRIVATE KEY", &[1; 64]), ""),
        (
            format!(
                "{}{}",
                keys::key(keys::TOWNHALL).pkcs8_pem(),
                keys::key(keys::SUPPORT).pkcs8_pem()
            ),
            "several",
        ),
    ] {
        let (dir, settings) = with(|s| s);
        write_secret(dir.path(), "keys/townhall.pem", &pem);
        let (output, text) = check(&dir);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(
            text.contains(&format!(
                "usher.toml:{}",
                settings.line_of("key_file = \"keys/townhall.pem\"")
            )),
            "{text}"
        );
        assert!(text.contains(words), "no {words:?} in\n{text}");
        let body = pem.lines().nth(1).unwrap_or("-----");
        assert!(
            body.starts_with("---") || !text.contains(body),
            "the key stands in the message"
        );
    }
}

#[test]
fn lesson_37_line_ends_of_key_files_do_not_matter() {
    for change in [
        |pem: String| pem.replace('\n', "\r\n"),
        |pem: String| pem.trim_end().to_owned(),
        |pem: String| format!("{pem}\n\n"),
    ] {
        let (dir, _) = with(|s| s);
        for (name, pem) in [
            ("keys/townhall.pem", keys::key(keys::TOWNHALL).pkcs1_pem()),
            ("keys/support.pem", keys::key(keys::SUPPORT).pkcs8_pem()),
        ] {
            write_secret(dir.path(), name, &change(pem));
        }
        let (output, text) = check(&dir);
        assert_eq!(output.status.code(), Some(0), "{text}");
    }
}

#[test]
fn s_414_a_key_that_others_can_read_is_refused_off_loopback() {
    let (dir, _) = with(|s| s.set("", "public_url", "\"https://go.example.com\""));
    assert_eq!(check(&dir).0.status.code(), Some(0), "{}", check(&dir).1);
    let path = dir.path().join("keys/support.pem");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (output, text) = check(&dir);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("chmod 600"), "{text}");
}

#[test]
fn c_9_s_341_two_apps_do_not_share_a_key() {
    let (dir, _) = with(|s| s);
    // The same key in another form and file: compared by what it is.
    write_secret(
        dir.path(),
        "keys/support.pem",
        &keys::key(keys::TOWNHALL).pkcs8_pem(),
    );
    let (output, text) = check(&dir);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("townhall") && text.contains("support"), "{text}");
}

#[test]
fn secrets_are_given_in_exactly_one_way() {
    refused(
        |s| s.set("[providers.work]", "client_secret_file", "\"secret\""),
        "client_secret",
        &["one"],
    );
    refused(
        |s| s.unset("[providers.work]", "client_secret"),
        "[providers.work]",
        &["client_secret"],
    );
    refused(
        |s| s.set("[apps.townhall]", "key_file", "\"keys/none.pem\""),
        "key_file = \"keys/none.pem\"",
        &[],
    );
}

#[test]
fn a_secret_file_may_end_with_a_line_end() {
    for end in ["", "\n", "\r\n"] {
        let (dir, _) = with(|s| {
            s.unset("[providers.work]", "client_secret").set(
                "[providers.work]",
                "client_secret_file",
                "\"work.secret\"",
            )
        });
        write_secret(dir.path(), "work.secret", &format!("canary-client-secret{end}"));
        assert_eq!(check(&dir).0.status.code(), Some(0));
    }
}

#[test]
fn s_329_a_shared_name_in_an_audit_trail_is_refused() {
    refused(
        |s| s.set("[apps.support]", "display_name", "\"Support team\""),
        "display_name",
        &[],
    );
}

#[test]
fn c_39_a_broken_file_shows_no_value() {
    let (dir, _) = with(|s| s);
    let text = settings().text().replace(
        "client_secret = \"canary-client-secret-in-a-file\"",
        "client_secret = \"canary-open",
    );
    write_secret(dir.path(), "usher.toml", &text);
    let (output, text) = check(&dir);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("usher.toml:"), "{text}");
}

#[test]
fn a_file_that_is_not_there() {
    let dir = TempDir::new().unwrap();
    let output = run_in(dir.path(), &["check", "-c", "nowhere.toml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).contains("nowhere.toml"));
}

#[test]
fn machines_read_json() {
    let (dir, _) = with(|s| s.set("[session]", "idle", "\"soon\""));
    let output = run_in(dir.path(), &["check", "-c", "usher.toml", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(json.to_string().contains("idle"), "{json}");
}

const PERSONA: &str =
    r#"as = { email = "ada@example.com", email_verified = true, name = "Ada", groups = ["staff", "comms"] }"#;

#[test]
fn c_16_personas_are_tried() {
    let good = format!(
        "{PERSONA}\napp = \"townhall\"\nexpect = {{ allowed = true, claims = {{ roles = [\"host\"] }} }}"
    );
    let (dir, _) = with(|s| s.add("[[test]]", &good));
    assert_eq!(check(&dir).0.status.code(), Some(0), "{}", check(&dir).1);
    for bad in [
        "expect = { allowed = false }",
        "expect = { allowed = true, claims = { roles = [\"presenter\"] } }",
        "expect = { allowed = true, claims = { displayName = \"Bob\" } }",
    ] {
        let (dir, _) = with(|s| s.add("[[test]]", &format!("{PERSONA}\napp = \"townhall\"\n{bad}")));
        let (output, text) = check(&dir);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("townhall"), "{text}");
    }
}
