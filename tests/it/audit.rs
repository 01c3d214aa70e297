//! Recorded before it leaves: no row, no token.

use aws_lc_rs::digest;
use serde_json::Value;

use crate::harness::{How, SUPPORT, World, token_in};

const FIELDS: [&str; 23] = [
    "id",
    "time",
    "event",
    "outcome",
    "reason",
    "reference",
    "issuer",
    "sub",
    "email",
    "provider",
    "app",
    "vendor",
    "kid",
    "jti",
    "token_sha256",
    "issued_at",
    "expires_at",
    "roles",
    "address",
    "actor",
    "writer",
    "seq",
    "prev",
];

pub fn sha256(text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    hash.as_ref()
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[test]
fn c_35_c_51_a_launch_leaves_a_full_row() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let answer = ada.get("/launch/townhall").expect(302);
    let row = world.usher.audited("launch").remove(0);
    let members: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members[..23], FIELDS);
    assert_eq!(members[23..], ["mac", "decision"]);
    assert_eq!(row["token_sha256"], sha256(&token_in(answer.location())));
    assert_eq!(row["outcome"], "ok");
    assert_eq!(row["app"], "townhall");
    assert_eq!(row["vendor"], "frameable");
    assert_eq!(row["sub"], world.op.subject("ada"));
    assert_eq!(row["email"], "ada@example.com");
    assert_eq!(row["provider"], "work");
    assert_eq!(row["reference"].as_str(), answer.header("X-Request-Id"));
    assert!(row["time"].as_str().unwrap().ends_with('Z'), "RFC 3339, UTC");
    assert!(
        row["id"].as_str().unwrap().chars().nth(14) == Some('7'),
        "a UUIDv7"
    );
    assert!(row["jti"].is_null(), "C-2: only where the vendor lists one");
    let roles = row["roles"].to_string();
    assert!(roles.contains("host"), "{roles}");
}

#[test]
fn sign_ins_denials_and_sign_outs_are_rows_and_failures_are_not() {
    let world = World::start();
    let mut stranger = world.usher.browser();
    stranger.get("/auth/callback/work?code=a&state=b").expect(400);
    stranger.get("/launch/unknown").expect(404);
    let mut eve = world.signed_in("eve");
    eve.get("/launch/townhall").expect(403);
    let confirm = eve.get("/auth/logout").expect(200);
    eve.submit_once(&confirm, []).expect(303);
    let events: Vec<Value> = world
        .usher
        .audit()
        .into_iter()
        .map(|row| row["event"].clone())
        .collect();
    assert_eq!(events, ["sign_in", "denied", "sign_out"]);
}

#[test]
fn after_a_kill_every_token_that_left_has_its_row() {
    let mut world = World::with(|settings| {
        settings.set("[limits]", "launches_per_minute", "0");
    });
    let ada = world.signed_in("ada");
    let cookie = format!("usher={}", ada.cookie("usher").unwrap());
    let (port, secrets) = (world.usher.port, std::sync::Arc::clone(&world.usher.secrets));
    let clickers: Vec<_> = (0..4)
        .map(|_| {
            let cookie = cookie.clone();
            std::thread::spawn(move || {
                let request = format!(
                    "GET /launch/townhall HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
                );
                let mut tokens = Vec::new();
                while let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) {
                    let mut answer = Vec::new();
                    let _ = std::io::Write::write_all(&mut stream, request.as_bytes());
                    let _ = std::io::Read::read_to_end(&mut stream, &mut answer);
                    let Some(answer) = crate::harness::wire::parse("/launch/townhall", &answer) else { break };
                    if answer.status == 302 {
                        tokens.push(token_in(answer.location()));
                    }
                }
                tokens
            })
        })
        .collect();
    // Under load: some launches have been made, and more are on their way.
    let launched = world
        .usher
        .log
        .wait_for(std::time::Duration::from_secs(30), |text| {
            (text.matches("\"launch\"").count() >= 60).then_some(())
        });
    assert!(launched.is_some(), "no launches");
    world.usher.kill();
    let tokens: Vec<String> = clickers
        .into_iter()
        .flat_map(|clicker| clicker.join().unwrap())
        .collect();
    for token in &tokens {
        secrets.add_token("a minted token", token);
    }
    assert!(tokens.len() >= 40);
    let rows: std::collections::HashSet<String> = world
        .usher
        .audited("launch")
        .into_iter()
        .map(|row| row["token_sha256"].as_str().unwrap().to_owned())
        .collect();
    for token in &tokens {
        assert!(rows.contains(&sha256(token)), "a token left without a row");
    }
    let verified = world.usher.run(&["audit", "verify", "-c", "usher.toml"]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
}

/// C-40: `kill -9` alone cannot see a missing fsync; strace can.
#[test]
fn c_40_the_row_is_on_the_disk_before_the_answer_leaves() {
    let world = World::how(
        How {
            traced: true,
            ..How::default()
        },
        |_| (),
    );
    let mut ada = world.signed_in("ada");
    let before = world.usher.trace().len();
    ada.get("/launch/townhall").expect(302);
    // strace writes a line when the call has ended, a moment after our answer may have come.
    let trace = wait_for(|| {
        let trace = world.usher.trace();
        trace
            .get(before..)
            .filter(|new| new.contains("302 Found"))
            .map(str::to_owned)
    });
    let answer = trace.find("302 Found").unwrap();
    let synced = trace.find("sync(").expect("nothing was synced");
    assert!(synced < answer, "the answer left first:\n{trace}");
}

#[test]
fn c_40_concurrent_launches_share_a_commit() {
    let world = World::how(
        How {
            traced: true,
            ..How::default()
        },
        |settings| {
            settings.set("[limits]", "launches_per_minute", "0");
        },
    );
    let ada = world.signed_in("ada");
    let cookie = format!("usher={}", ada.cookie("usher").unwrap());
    let before = syncs(&world.usher.trace());
    let request = format!(
        "GET /launch/townhall HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
        world.usher.port
    );
    let port = world.usher.port;
    let clickers: Vec<_> = (0..256)
        .map(|_| {
            let request = request.clone();
            std::thread::spawn(move || crate::harness::wire::exchange(port, request.as_bytes()))
        })
        .collect();
    let mut launched = 0;
    for clicker in clickers {
        let answer =
            crate::harness::wire::parse("/launch/townhall", &clicker.join().unwrap()).expect("an answer");
        world.usher.secrets.add_answer(&answer);
        launched += usize::from(answer.status == 302);
    }
    assert_eq!(launched, 256);
    let made = syncs(&world.usher.trace()) - before;
    assert!(
        made >= 1 && made < launched / 2,
        "{made} syncs for {launched} launches"
    );
}

fn syncs(trace: &str) -> usize {
    trace
        .lines()
        .filter(|line| line.contains("fsync(") || line.contains("fdatasync("))
        .count()
}

/// Polls until there is something, or fails after a while.
fn wait_for<T>(look: impl Fn() -> Option<T>) -> T {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(std::time::Instant::now() < until, "it never came");
        std::thread::yield_now();
    }
}

#[test]
fn the_trail_can_be_read_in_three_forms() {
    let world = World::start();
    world.person("ada", serde_json::json!({ "name": "Ada", "email": "ada@example.com", "groups": ["staff", "support"], "region": "emea" }));
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    ada.get(SUPPORT).expect(302);
    let csv = world
        .usher
        .run(&["audit", "export", "-c", "usher.toml", "--format", "csv"]);
    let csv = String::from_utf8(csv.stdout).unwrap();
    let mut lines = csv.lines();
    assert_eq!(
        lines.next(),
        Some(format!("{},mac,decision", FIELDS.join(",")).as_str())
    );
    assert_eq!(lines.count(), 3);
    let table = world.usher.run(&["audit", "list", "-c", "usher.toml"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains("townhall") && table.contains("support") && table.contains("ada@example.com"),
        "{table}"
    );
    let some = world
        .usher
        .run(&["audit", "list", "-c", "usher.toml", "--app", "support"]);
    assert!(!String::from_utf8_lossy(&some.stdout).contains("townhall"));
}

/// What `usher audit export` writes with these options.
pub fn exported(world: &World, options: &[&str]) -> String {
    let command = [&["audit", "export", "-c", "usher.toml"], options].concat();
    let done = world.usher.run(&command);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn c_35_an_export_takes_the_filter_of_a_list() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    let mut eve = world.signed_in("eve");
    let denied = eve.get("/launch/townhall").expect(403);
    let reference = denied.header("X-Request-Id").unwrap();
    let copied = reference.replace('-', "").to_lowercase();
    for (options, events) in [
        (vec![], vec!["sign_in", "launch", "sign_in", "denied"]),
        (vec!["--person", "ada@example.com"], vec!["sign_in", "launch"]),
        (
            vec!["--person", "eve@example.net", "--app", "townhall"],
            vec!["denied"],
        ),
        (vec!["--outcome", "refused"], vec!["denied"]),
        (vec!["--event", "sign_in"], vec!["sign_in", "sign_in"]),
        (vec!["--ref", &copied], vec!["denied"]),
        (vec!["--jti", "none"], vec![]),
        (vec!["--from", "2099-01-01"], vec![]),
        (
            vec!["--to", "2099-01-01", "--app", "townhall"],
            vec!["launch", "denied"],
        ),
    ] {
        let lines = exported(&world, &[&["--format", "jsonl"], &*options].concat());
        let found: Vec<String> = lines
            .lines()
            .map(|line| {
                serde_json::from_str::<Value>(line).unwrap()["event"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert_eq!(found, events, "{options:?}");
    }
    for wrong in [
        ["--from", "yesterday"],
        ["--outcome", "failed"],
        ["--ref", "7Q2M"],
        ["--event", "party"],
    ] {
        let done = world
            .usher
            .run(&[&["audit", "export", "-c", "usher.toml"], &wrong[..]].concat());
        assert_eq!(done.status.code(), Some(2), "{wrong:?}");
    }
    let nothing = [
        "audit",
        "list",
        "-c",
        "usher.toml",
        "--from",
        "2026-01-02",
        "--to",
        "2026-01-01",
    ];
    let done = world.usher.run(&nothing);
    assert!(!done.status.success());
    assert!(String::from_utf8_lossy(&done.stderr).contains("from is not before to"));
}

#[test]
fn c_41_a_row_taken_out_is_noticed() {
    let mut world = World::start();
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    ada.get("/launch/townhall").expect(302);
    world.usher.stop();
    assert!(
        world
            .usher
            .run(&["audit", "verify", "-c", "usher.toml"])
            .status
            .success()
    );
    // Whoever can write the file can take a row out, but not hide it.
    let db = world.usher.dir.path().join("usher.db");
    let bytes = std::fs::read(&db).unwrap();
    let needle = sha256_of_first_launch(&world);
    let at = crate::harness::wire::find(&bytes, needle.as_bytes()).expect("the row is in the file");
    let mut changed = bytes;
    changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
    std::fs::write(&db, changed).unwrap();
    let verified = world.usher.run(&["audit", "verify", "-c", "usher.toml"]);
    assert_eq!(
        verified.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
}

fn sha256_of_first_launch(world: &World) -> String {
    world.usher.audited("launch")[0]["token_sha256"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_person_can_be_named_by_a_hash_only() {
    let world = World::with(|settings| {
        settings.set("[audit]", "person", "\"hash\"");
    });
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    for row in world.usher.audit() {
        assert!(!row.to_string().contains("ada@example.com"), "{row}");
        assert_ne!(row["sub"], world.op.subject("ada"));
        assert!(!row["sub"].is_null());
    }
}
