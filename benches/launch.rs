//! What one launch costs: the CPU time of the real binary for a signed-in click over HTTP, with
//! everything on (session, access, claims, durable audit, metrics, JSON log to a file), beside the
//! CPU time of one bare RSA-2048 signature in the same run: by aws-lc, which signs in Usher too, and
//! by `openssl speed`, where that is installed.
//!
//! `cargo bench --bench launch`. Ratios within one run are what counts: machines are noisy.

mod bench;

use std::process::Command;
use std::time::Instant;

use aws_lc_rs::{rand, rsa, signature};
use serde_json::json;
use usher::config::StoreUrl;

use self::bench::clicks::{Click, Crowd, count};
use self::bench::figures::{self, Times};
use self::bench::gateway::{self, Gateway, TOWNHALL};
use self::bench::{cpu, people};

const LAUNCHES: usize = 10_000;
const WARM_UP: usize = 1_000;
const SIGNATURES: usize = 4_000;
const SLICES: usize = 20;
const CONNECTIONS: [usize; 3] = [1, 16, 64];

fn main() {
    let pem = usher::signer::generate_pem();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path();
    gateway::write(directory, "app.pem", &pem);
    gateway::configure(directory, "audit = { key_file = \"audit.key\" }", TOWNHALL);
    let cookies = people::signed_in(
        &StoreUrl::Sqlite(directory.join("usher.db")),
        1,
        time::Duration::ZERO,
    );
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
    let mut figures = Vec::new();
    for connections in CONNECTIONS {
        let server = Gateway::start(directory);
        let crowd = Crowd {
            address: &|_| server.address.clone(),
            cookies: &cookies,
            connections,
            pace: None,
        };
        crowd.click(|click| click < WARM_UP);
        let (mut launching, mut signing, mut elapsed) = (0.0, 0.0, 0.0);
        let mut clicks = Vec::new();
        // The machine's speed drifts, so the two take turns.
        for _ in 0..SLICES {
            signing += signer.sign(SIGNATURES / SLICES);
            let (cpu, clock) = (server.cpu_seconds(), Instant::now());
            clicks.extend(crowd.click(|click| click < LAUNCHES / SLICES));
            launching += server.cpu_seconds() - cpu;
            elapsed += clock.elapsed().as_secs_f64();
        }
        assert!(clicks.iter().all(Click::launched), "a click failed");
        let times = Times::of(&clicks);
        let rate = count(times.count()) / elapsed;
        let (launch, signature) = (launching / count(times.count()), signing / count(SIGNATURES));
        let openssl = openssl();
        println!(
            "{connections:>11} {rate:>10.0} {:>14.1} {:>8.1} {:>9.2} {:>8.1} {:>9.2} {:>7.2} {:>7.2}",
            launch * 1e6,
            signature * 1e6,
            launch / signature,
            openssl * 1e6,
            launch / openssl,
            times.ms(500),
            times.ms(990),
        );
        figures.push(json!({
            "connections": connections,
            "launches_per_second": rate,
            "cpu_us": launch * 1e6,
            "aws_lc_us": signature * 1e6,
            "openssl_us": openssl * 1e6,
            "times": times.json(),
        }));
    }
    figures::keep(&figures.into());
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
        let before = cpu::seconds(std::process::id());
        for _ in 0..times {
            self.0
                .sign(&signature::RSA_PKCS1_SHA256, &random, &message, &mut out)
                .expect("a signature");
        }
        cpu::seconds(std::process::id()) - before
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
