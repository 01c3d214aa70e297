//! What one launch costs: the CPU time of the real binary for a signed-in click over HTTP, with
//! everything on (session, access, claims, durable audit, metrics, JSON log to a file), beside the
//! CPU time of one bare RSA-2048 signature in the same run: by aws-lc, which signs in Usher too, and
//! by `openssl speed`, where that is installed.
//!
//! `cargo bench --bench launch`. Ratios within one run are what counts: machines are noisy.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::{rand, rsa, signature};
use secrecy::SecretBox;
use serde_json::json;
use usher::audit::{Occasion, Record};
use usher::clock::{Clock as _, SystemClock};
use usher::config::{Person, StoreUrl};
use usher::identity::{Groups, Identity};
use usher::session::{Session, SessionId};
use usher::store::{Options, Store};
use usher::types::{Email, Issuer, ProviderId, Reference, Subject};

const LAUNCHES: usize = 10_000;
const WARM_UP: usize = 1_000;
const SIGNATURES: usize = 4_000;
const SLICES: usize = 20;
const CONNECTIONS: [usize; 3] = [1, 16, 64];

fn main() {
    let pem = usher::signer::generate_pem();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path();
    write(directory, "app.pem", &pem);
    write(
        directory,
        "audit.key",
        "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    );
    write(
        directory,
        "usher.toml",
        r#"public_url = "http://127.0.0.1:8080"
server = { listen = "127.0.0.1:0", ops_listen = "127.0.0.1:0" }
log = { format = "json" }
limits = { launches_per_minute = 0 }
audit = { key_file = "audit.key" }

[providers.work]
issuer = "http://localhost:9"
client_id = "usher"
client_secret = "not-used-in-this-benchmark"

[apps.townhall]
vendor = "frameable"
title = "Town hall"
url = "https://acme.frameable.com/events/townhall"
key_file = "app.pem"
allow = ["group:staff"]
roles = [{ role = "host", allow = ["group:comms"] }]
user_profile = [["organization", "Acme"], ["title", "{{ user.claims.title }}"]]
"#,
    );
    let cookie = signed_in(&directory.join("usher.db"));
    let signer = Signer::new(&pem);
    println!(
        "{:>11} {:>10} {:>14} {:>8} {:>9} {:>8} {:>9} {:>7} {:>7}",
        "connections",
        "launches/s",
        "CPU µs/launch",
        "aws-lc",
        "ratio",
        "OpenSSL",
        "ratio",
        "p50 ms",
        "p99 ms"
    );
    for connections in CONNECTIONS {
        let server = Server::start(directory);
        drive(&server.address, &cookie, connections, WARM_UP);
        let (mut launching, mut signing, mut elapsed) = (0.0, 0.0, 0.0);
        let mut latencies = Vec::new();
        // The machine's speed drifts, so the two take turns.
        for _ in 0..SLICES {
            signing += signer.sign(SIGNATURES / SLICES);
            let (cpu, clock) = (cpu_seconds(server.child.id()), Instant::now());
            latencies.extend(drive(&server.address, &cookie, connections, LAUNCHES / SLICES));
            launching += cpu_seconds(server.child.id()) - cpu;
            elapsed += clock.elapsed().as_secs_f64();
        }
        latencies.sort_by(f64::total_cmp);
        let (launch, signature) = (launching / count(latencies.len()), signing / count(SIGNATURES));
        let openssl = openssl();
        println!(
            "{connections:>11} {:>10.0} {:>14.1} {:>8.1} {:>9.2} {:>8.1} {:>9.2} {:>7.2} {:>7.2}",
            count(latencies.len()) / elapsed,
            launch * 1e6,
            signature * 1e6,
            launch / signature,
            openssl * 1e6,
            launch / openssl,
            latencies[latencies.len() / 2] * 1e3,
            latencies[latencies.len() * 99 / 100] * 1e3,
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of thousands")]
fn count(number: usize) -> f64 {
    number as f64
}

fn write(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    fs::write(&path, text).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its mode");
}

/// Puts a session into the store, as a sign-in would, and returns its cookie.
fn signed_in(database: &Path) -> String {
    let now = SystemClock.now();
    let id = SessionId::random();
    let claims =
        json!({"name": "Ada Lovelace", "title": "Countess", "picture": "https://example.com/ada.png"});
    let identity = Identity {
        provider: ProviderId::parse("work").expect("an id"),
        issuer: Issuer::parse("http://localhost:9").expect("an issuer"),
        subject: Subject::parse("ada").expect("a subject"),
        email: Email::parse("ada@example.com").ok(),
        email_verified: true,
        groups: Groups::Known(vec!["staff".into(), "comms".into()]),
        auth_time: None,
        acr: None,
        claims: claims.as_object().expect("an object").clone(),
    };
    let occasion = Occasion {
        now,
        reference: Reference::random(),
        address: None,
    };
    let record = Record::sign_in(&identity, &occasion);
    let session = Session {
        parent: None,
        key: id.key(),
        identity,
        sid: None,
        id_token_sealed: None,
        created_at: now,
        last_seen: now,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let key = SecretBox::new(Box::new(*b"01234567890123456789012345678901"));
        let options = Options {
            audit_key: key,
            keep: time::Duration::days(400),
            person: Person::Plain,
        };
        let store = Store::open(
            &StoreUrl::Sqlite(database.to_owned()),
            options,
            Arc::new(SystemClock),
        )
        .await
        .expect("a store");
        store
            .sign_in(&session, session.created_at, [0; 32], None, record)
            .await
            .expect("a session");
        store.close().await;
    });
    format!("usher={}", id.expose())
}

/// A key that is parsed once, and signs with nothing around it.
struct Signer(rsa::KeyPair);

impl Signer {
    fn new(pem: &str) -> Self {
        Self(rsa::KeyPair::from_pkcs8(&pem_to_der(pem)).expect("a key"))
    }

    /// CPU seconds of so many signatures.
    fn sign(&self, times: usize) -> f64 {
        let random = rand::SystemRandom::new();
        let message = [7; 400];
        let mut out = vec![0; self.0.public_modulus_len()];
        let before = cpu_seconds(std::process::id());
        for _ in 0..times {
            self.0
                .sign(&signature::RSA_PKCS1_SHA256, &random, &message, &mut out)
                .expect("a signature");
        }
        cpu_seconds(std::process::id()) - before
    }
}

/// CPU seconds of a signature as `openssl speed` says; not a number where there is no OpenSSL.
fn openssl() -> f64 {
    let said = Command::new("openssl")
        .args(["speed", "-seconds", "2", "rsa2048"])
        .output();
    let said = said
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    let line = said
        .lines()
        .find(|line| line.starts_with("rsa") && line.contains("2048"));
    let seconds = line.and_then(|line| {
        line.split_whitespace()
            .find_map(|word| word.strip_suffix('s')?.parse().ok())
    });
    seconds.unwrap_or(f64::NAN)
}

fn pem_to_der(pem: &str) -> Vec<u8> {
    use rustls_pki_types::pem::PemObject as _;
    let key = rustls_pki_types::PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).expect("a PKCS#8 key");
    key.secret_pkcs8_der().to_vec()
}

/// CPU time of the threads of a process, to the nanosecond.
fn cpu_seconds(pid: u32) -> f64 {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).expect("a running process");
    let nanoseconds = threads.map(|thread| {
        let stat = fs::read_to_string(thread.expect("a thread").path().join("schedstat")).unwrap_or_default();
        stat.split(' ')
            .next()
            .and_then(|first| first.parse::<f64>().ok())
            .unwrap_or(0.0)
    });
    nanoseconds.sum::<f64>() / 1e9
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(directory: &Path) -> Self {
        let log = fs::File::create(directory.join("usher.log")).expect("a log file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_usher"))
            .args(["serve", "-c"])
            .arg(directory.join("usher.toml"))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the gateway starts");
        let mut address = None;
        for line in BufReader::new(child.stdout.take().expect("its output")).lines() {
            let line = line.expect("a line");
            if let Some(at) = line.strip_prefix("listening on ") {
                address = Some(at.to_owned());
            }
            if line == "ready" {
                break;
            }
        }
        Self {
            child,
            address: address.expect("the gateway names its address"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Clicks `launches` times over `connections` kept-alive connections; the seconds of each click.
fn drive(address: &str, cookie: &str, connections: usize, launches: usize) -> Vec<f64> {
    let clickers: Vec<_> = (0..connections)
        .map(|_| {
            let (address, cookie) = (address.to_owned(), cookie.to_owned());
            std::thread::spawn(move || click(&address, &cookie, launches / connections))
        })
        .collect();
    clickers
        .into_iter()
        .flat_map(|clicker| clicker.join().expect("a clicker"))
        .collect()
}

fn click(address: &str, cookie: &str, times: usize) -> Vec<f64> {
    let mut connection = TcpStream::connect(address).expect("a connection");
    connection.set_nodelay(true).expect("no delay");
    let request = format!(
        "GET /launch/townhall HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n\r\n"
    );
    let mut buffer = [0; 8192];
    (0..times)
        .map(|_| {
            let clock = Instant::now();
            connection.write_all(request.as_bytes()).expect("a request");
            let mut read = 0;
            while !buffer[..read].windows(4).any(|end| end == b"\r\n\r\n") {
                read += connection.read(&mut buffer[read..]).expect("an answer");
            }
            assert!(
                buffer.starts_with(b"HTTP/1.1 302"),
                "{}",
                String::from_utf8_lossy(&buffer[..read])
            );
            clock.elapsed().as_secs_f64()
        })
        .collect()
}
