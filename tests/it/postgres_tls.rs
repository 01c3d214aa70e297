//! Who the database is, and who listens on the way to it.

use std::fs;

use crate::harness::postgres::{PASSWORD, Postgres, USER, count};
use crate::harness::secrets::Secrets;
use crate::harness::tls::Authority;
use crate::harness::usher::{directory, free_port, run_in};
use crate::harness::world::bare;
use crate::harness::{Settings, World};

fn secured(authority: &Authority) -> Postgres {
    let [certificate, key] = authority.issue_pem(&["localhost"]);
    Postgres::with("ssl = on", &[("server.crt", &certificate), ("server.key", &key)])
}

/// What a gateway says that has this database and trusts this authority; it does not get as far as to serve.
fn refused(database: &str, authority: &str) -> String {
    let mut settings: Settings = bare(free_port());
    settings.keep_in(database).add(
        "[providers.work]",
        "issuer = \"https://login.example.com\"\nclient_id = \"usher\"\nclient_secret = \"canary-client-secret\"",
    );
    let dir = directory(&settings, &Secrets::default());
    fs::write(dir.path().join("ca.pem"), authority).unwrap();
    let output = run_in(dir.path(), &["serve", "-c", "usher.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!told.contains(PASSWORD), "{told}");
    told
}

#[test]
fn the_database_is_spoken_to_by_tls_and_must_be_the_one_that_is_meant() {
    let (own, stranger) = (Authority::new(), Authority::new());
    let postgres = secured(&own);
    let plain = postgres.database();
    let by_name = plain.replace("127.0.0.1", "localhost");
    let authority = tempfile::tempdir().unwrap();
    let file = authority.path().join("ca.pem");
    fs::write(&file, own.pem()).unwrap();
    let world = World::with(|settings| {
        settings.keep_in(&format!("{by_name}?sslrootcert={}", file.display()));
    });
    world.usher.secrets.add("the database's password", PASSWORD);
    world.signed_in("ada").get("/launch/townhall").expect(302);
    assert_eq!(world.usher.audited("launch").len(), 1);
    let of = |tls: &str| {
        let text = match tls {
            "with" => {
                "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                 WHERE application_name = 'usher' AND ssl"
            }
            _ => {
                "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                 WHERE application_name = 'usher' AND NOT ssl"
            }
        };
        count(&plain, text)
    };
    assert!(of("with") >= 2 && of("without") == 0);

    let told = refused(&format!("{by_name}?sslrootcert=ca.pem"), &stranger.pem());
    assert!(told.contains("invalid peer certificate"), "{told}");
    let told = refused(&format!("{by_name}?sslmode=verify-full"), "");
    assert!(
        told.contains("UnknownIssuer"),
        "no public authority knows it: {told}"
    );
    let told = refused(&format!("{plain}?sslrootcert=ca.pem"), &own.pem());
    assert!(told.contains("not valid for name"), "{told}");
}

#[test]
fn a_database_without_tls_gets_no_password_where_tls_is_asked_for() {
    let postgres = Postgres::shared();
    let database = postgres.database();
    assert!(database.contains(USER));
    let told = refused(&format!("{database}?sslmode=verify-full"), "");
    assert!(told.contains("server does not support TLS"), "{told}");
}
