//! Who may have whose key, and which roles nobody has by default.

use std::fmt::Write as _;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

const SECRET: &str = "00112233445566778899aabbccddeeff";

/// A custom app that signs with [`SECRET`], or with what `key` says.
fn hmac(id: &str, key: &str, group: &str, sub: &str, more: &str) -> String {
    format!(
        "[apps.{id}]\ntitle = \"{id}\"\nvendor = \"custom\"\nurl = \"https://{id}.example/\"\n{key}\n\
         allow = [\"group:{group}\"]\nclaims = {{ sub = \"{{{{ {sub} }}}}\" }}\n{more}\n"
    )
}

fn plain(id: &str, group: &str, sub: &str, more: &str) -> String {
    hmac(id, &format!("secret = \"{SECRET}\""), group, sub, more)
}

fn with(apps: &[String]) -> String {
    format!("{TOP}{PROVIDER}{}", apps.concat())
}

#[test]
fn c_9_a_secret_is_shared_only_by_equals_or_by_word() {
    let one = || plain("one", "staff", "user.sub", "");
    let agreed = "shared_key = true";
    for (first, second) in [
        (one(), plain("two", "staff", "user.sub", "ttl = \"2m\"")),
        (
            plain("one", "staff", "user.sub", agreed),
            plain("two", "guests", "user.email", agreed),
        ),
    ] {
        assert_eq!(loaded(&with(&[first, second])).config.apps.len(), 2);
    }
    for (first, second) in [
        (one(), plain("two", "guests", "user.sub", "")),
        (one(), plain("two", "staff", "user.email", "")),
        (
            one(),
            plain("two", "staff", "user.sub", "deny = [\"group:guests\"]"),
        ),
        (one(), plain("two", "guests", "user.sub", agreed)),
        (
            plain("one", "staff", "user.sub", agreed),
            plain("two", "guests", "user.sub", ""),
        ),
    ] {
        let told = refusal(&with(&[first, second]));
        assert!(
            told.contains("apps.two") && told.contains("has the key of one"),
            "{told}"
        );
        assert!(!told.contains(SECRET), "{told}");
    }
}

#[test]
fn c_9_equal_bytes_are_one_secret_however_they_are_written() {
    let hex = SECRET.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let key = format!("secret = \"{hex}\"\nsecret_encoding = \"hex\"");
    let two = hmac("two", &key, "guests", "user.sub", "");
    let told = refusal(&with(&[plain("one", "staff", "user.sub", ""), two]));
    assert!(told.contains("has the key of one"), "{told}");
    // The same text in another encoding stands for other bytes.
    let key = format!("secret = \"{SECRET}{SECRET}\"\nsecret_encoding = \"hex\"");
    let two = hmac("two", &key, "guests", "user.sub", "");
    assert_eq!(
        loaded(&with(&[plain("one", "staff", "user.sub", ""), two]))
            .config
            .apps
            .len(),
        2
    );
}

#[test]
fn s_342_c_9_no_app_signs_with_a_providers_client_secret() {
    let client = |text: &str, secret: &str| text.replace("hunter2hunter2", secret);
    let app = plain("one", "staff", "user.sub", "shared_key = true");
    let text = with(std::slice::from_ref(&app));
    assert_eq!(loaded(&text).config.apps.len(), 1);
    let basic = client(&text, SECRET);
    let post = basic.replace("client_id", "auth_method = \"client_secret_post\"\nclient_id");
    // The app reads the same characters as hex, so its bytes are others.
    let long = SECRET.repeat(2);
    let key = format!("secret = \"{long}\"\nsecret_encoding = \"hex\"");
    let hex = client(&with(&[hmac("one", &key, "staff", "user.sub", "")]), &long);
    for text in [basic, post, hex] {
        let told = refusal(&text);
        assert!(
            told.contains("apps.one: has the client secret of providers.work"),
            "{told}"
        );
        assert!(!told.contains(SECRET), "{told}");
    }
    // A key pair's file given as the client's secret.
    let pem = file("", FRAMEABLE).replace(
        "client_secret = \"hunter2hunter2\"",
        &format!("client_secret = \"\"\"{}\"\"\"", &*PEM),
    );
    let told = refusal(&pem);
    assert!(told.contains("has the client secret of providers.work"), "{told}");
    assert!(!told.contains("BEGIN"), "{told}");
}

#[test]
fn c_9_no_vendor_knows_a_key_of_ushers_own() {
    let dir = tempfile::tempdir().unwrap();
    let own = dir.path().join("own");
    std::fs::write(&own, format!("{}\n", STANDARD.encode([7; 32]))).unwrap();
    std::fs::set_permissions(&own, Permissions::from_mode(0o600)).unwrap();
    let own = own.display();
    let key = format!("secret_file = \"{own}\"\nsecret_encoding = \"base64\"");
    let app = hmac("one", &key, "staff", "user.sub", "");
    let text = with(&[app]);
    assert_eq!(loaded(&text).config.apps.len(), 1);
    for section in ["[server]\nsealing_key_file", "[audit]\nkey_file"] {
        let told = refusal(&format!("{text}\n{section} = \"{own}\"\n"));
        assert!(
            told.contains("apps.one: has a key of Usher's own"),
            "{section}: {told}"
        );
    }
}

#[test]
fn c_5_the_highest_roles_come_only_from_rules() {
    const VONAGE: &str = "vendor = \"vonage-video\"\napplication_id = \"00000000-0000-4000-8000-000000000000\"\nroom = \"a\"\nallow = [\"everyone\"]\n";
    for (vendor, high, cure) in [
        (VONAGE, "moderator", "role = \"moderator\", allow"),
        (COBROWSE, "administrator", "role = \"administrator\", allow"),
        (FRAMEABLE, "host", "unknown key; did you mean roles?"),
    ] {
        let told = refusal(&file("", &format!("{vendor}role = \"{high}\"\n")));
        assert!(told.contains("apps.a.role: ") && told.contains(cure), "{told}");
        let expression = refusal(&file(
            "",
            &format!("{vendor}role = \"{{{{ user.claims.role }}}}\"\n"),
        ));
        assert!(expression.contains("apps.a.role: "), "{expression}");
        let rule = format!("{vendor}roles = [{{ role = \"{high}\", allow = [\"group:g\"] }}]\n");
        let found = loaded(&file("", &rule)).config;
        let roles = &found.apps[0].access.roles;
        assert!(roles.rules.iter().any(|rule| rule.role.as_deref() == Some(high)));
        assert_ne!(roles.otherwise.as_deref(), Some(high));
    }
}
