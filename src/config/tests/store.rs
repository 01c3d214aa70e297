//! `[store]`: what is taken, what is refused, and that no password is ever said.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::*;
use crate::config::store::{Server, Tls};

/// A directory with the files that a configuration may name.
fn directory() -> TempDir {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(dir.path().join(name), text).unwrap();
        std::fs::set_permissions(dir.path().join(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    write("audit", &STANDARD.encode([7; 32]));
    write("url", "postgres://u:hunter2@db.example.com/usher\n");
    write("ca.pem", include_str!("ca.pem"));
    dir
}

fn with(dir: &TempDir, store: &str, audit: &str) -> Result<Loaded, String> {
    let text = file(&format!("[store]\n{store}\n{audit}"), FRAMEABLE);
    parse(&text, &dir.path().join("usher.toml")).map_err(|problems| problems.to_string())
}

const KEY: &str = "[audit]\nkey_file = \"audit\"";

fn loaded(dir: &TempDir, store: &str) -> Loaded {
    with(dir, store, KEY).unwrap_or_else(|problems| panic!("{store}: {problems}"))
}

fn postgres(loaded: &Loaded) -> &Postgres {
    match &loaded.config.store {
        StoreUrl::Postgres(postgres) => postgres,
        StoreUrl::Sqlite(_) => panic!("a file"),
    }
}

#[test]
fn an_address_says_where_and_who() {
    let dir = directory();
    let whole = loaded(
        &dir,
        "url = \"postgresql://u%40x:p%2Fw@db.example.com:6432/us%65r\"",
    );
    let found = postgres(&whole);
    assert_eq!(found.user.as_deref(), Some("u@x"));
    assert_eq!(found.password.as_ref().unwrap().expose_secret(), "p/w");
    assert_eq!((found.port, found.database.as_str()), (6432, "user"));
    assert_eq!(
        whole.config.store.to_string(),
        "postgres://db.example.com:6432/user"
    );

    let other = loaded(&dir, "url_file = \"url\"");
    assert_eq!(
        postgres(&other).password.as_ref().unwrap().expose_secret(),
        "hunter2"
    );
    assert!(!format!("{:?} {0}", other.config.store).contains("hunter2"));
    for (url, shown) in [
        ("postgres://u@[::1]/d", "postgres://[::1]:5432/d"),
        (
            "postgres:///d?host=/run/postgresql",
            "postgres:///d?host=/run/postgresql",
        ),
        ("postgres://u@%2Frun%2Fpg/d", "postgres:///d?host=/run/pg"),
    ] {
        let found = loaded(&dir, &format!("url = \"{url}\""));
        assert_eq!(found.config.store.to_string(), shown);
    }
    let file = loaded(&dir, "url = \"sqlite:other.db\"");
    assert!(matches!(&file.config.store, StoreUrl::Sqlite(path) if path.ends_with("other.db")));
}

#[test]
fn only_this_machine_is_spoken_to_in_the_clear_unless_the_file_says_so() {
    let dir = directory();
    let tls = |url: &str| {
        let loaded = loaded(&dir, &format!("url = \"{url}\""));
        match &postgres(&loaded).server {
            Server::Tcp { tls, .. } => (tls.clone(), loaded.warnings),
            Server::Socket(_) => panic!("a socket"),
        }
    };
    for url in [
        "postgres://u@db/d",
        "postgres://u@10.0.0.1/d",
        "postgres://u@db/d?sslmode=verify-full",
    ] {
        assert!(matches!(tls(url).0, Tls::Verified { authorities: None }), "{url}");
    }
    let (own, _) = tls("postgres://u@db/d?sslrootcert=ca.pem");
    assert!(matches!(own, Tls::Verified { authorities: Some(pem) } if pem.starts_with(b"-----BEGIN")));
    for url in [
        "postgres://u@localhost/d",
        "postgres://u@127.0.0.1/d",
        "postgres://u@[::1]/d?sslmode=disable",
    ] {
        let (tls, warnings) = tls(url);
        assert!(matches!(tls, Tls::Off) && warnings.is_empty(), "{url}");
    }
    let (open, warnings) = tls("postgres://u@db/d?sslmode=disable");
    assert!(matches!(open, Tls::Off) && warnings[0].message.contains("sslmode=disable"));
}

#[test]
fn each_address_has_its_refusal_and_none_says_the_password() {
    let dir = directory();
    for (store, wanted) in [
        ("url = \"postgres://u:hunter2@h\"", "names no database"),
        ("url = \"postgres://u:hunter2@h/d/e\"", "names no database"),
        ("url = \"postgres://u:hunter2@h/d#e\"", "names no database"),
        ("url = \"postgres:///d\"", "names no host"),
        ("url = \"postgres://u:hunter2#@h/d\"", "is such as"),
        ("url = \"postgres://u:hunter2@h/d?host=/x\"", "names two hosts"),
        (
            "url = \"postgres://u:hunter2@h/d?host=x\"",
            "directory of a socket",
        ),
        (
            "url = \"postgres://u:hunter2@h/d?password=hunter2\"",
            "a parameter other than",
        ),
        (
            "url = \"postgres://u:hunter2@h/d?sslmode=prefer\"",
            "can be talked down",
        ),
        (
            "url = \"postgres://u:hunter2@h/d?sslmode=require\"",
            "sslrootcert=FILE",
        ),
        (
            "url = \"postgres://u@h/d?sslmode=disable&sslrootcert=ca.pem\"",
            "and sslmode=disable",
        ),
        ("url = \"postgres://u@h/d?sslrootcert=no-such\"", "no such file"),
        (
            "url = \"postgres:///d?host=/run&sslmode=disable\"",
            "for a socket",
        ),
        ("url = \"hunter2\"", "begins with"),
        ("url = \"sqlite:\"", "and a file"),
        ("url = \"sqlite:x\"\nurl_file = \"url\"", "more than once"),
        ("url_env = \"NO_SUCH_VARIABLE\"", "not set"),
    ] {
        let told = with(&dir, store, KEY).expect_err("refused");
        assert!(told.contains(wanted), "{store}: {wanted}\n---\n{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn c_53_with_postgresql_the_audit_key_is_given() {
    let dir = directory();
    let told = with(&dir, "url_file = \"url\"", "").expect_err("refused");
    assert!(
        told.contains("audit.key_file: is missing: with PostgreSQL"),
        "{told}"
    );
    let told = with(&dir, "url_file = \"url\"", "[audit]\nkeep = \"9d\"").expect_err("refused");
    assert!(
        told.contains("audit.key_file: is missing: with PostgreSQL"),
        "{told}"
    );
    let told = with(&dir, "url_file = \"url\"", "[audit]\nkey_file = \"no-such\"").expect_err("refused");
    assert!(
        !told.contains("with PostgreSQL"),
        "one problem is told once: {told}"
    );
}
