//! What a bare signature costs, by aws-lc, which signs in Usher too, and by OpenSSL.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256};
use aws_lc_rs::{hmac, rsa};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};
use usher::signer::{KeyKind, generate};

use crate::algorithm::{Algorithm, SECRET};
use crate::bench::cpu;

/// How many signatures are made between two looks at the clock.
const BATCH: usize = 16;
const KEY: &str = "a key";
const SIGNATURE: &str = "a signature";

type Sign = dyn Fn(&[u8]);

/// A key that is parsed once, and signs with nothing around it, by aws-lc.
pub struct Signer(Box<Sign>);

impl Signer {
    pub fn new(algorithm: Algorithm) -> Self {
        let pkcs8 = |kind| {
            let key = PrivatePkcs8KeyDer::from_pem_slice(generate(kind).as_bytes()).expect(KEY);
            key.secret_pkcs8_der().to_vec()
        };
        let random = SystemRandom::new();
        Self(match algorithm {
            Algorithm::Rs256 => {
                let pair = rsa::KeyPair::from_pkcs8(&pkcs8(KeyKind::Rsa2048)).expect(KEY);
                Box::new(move |message| {
                    let mut signature = [0; 256];
                    let signed = pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature);
                    signed.expect(SIGNATURE);
                    black_box(signature);
                })
            }
            Algorithm::Es256 => {
                let key = pkcs8(KeyKind::P256);
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key).expect(KEY);
                Box::new(move |message| {
                    black_box(pair.sign(&random, message).expect(SIGNATURE));
                })
            }
            Algorithm::EdDsa => {
                let pair = Ed25519KeyPair::from_pkcs8(&pkcs8(KeyKind::Ed25519)).expect(KEY);
                Box::new(move |message| {
                    black_box(pair.try_sign(message).expect(SIGNATURE));
                })
            }
            Algorithm::Hs256 => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
                Box::new(move |message| {
                    black_box(hmac::sign(&key, message));
                })
            }
        })
    }

    /// Signs for so long; how many signatures, and their CPU seconds.
    pub fn sign(&self, message: &[u8], time: Duration) -> (usize, f64) {
        let (clock, before) = (Instant::now(), cpu::own_seconds());
        let mut signatures = 0;
        while clock.elapsed() < time {
            for _ in 0..BATCH {
                (self.0)(message);
            }
            signatures += BATCH;
        }
        (signatures, cpu::own_seconds() - before)
    }
}

/// CPU seconds of a signature as `openssl speed` says: HMAC of so many bytes, the others of a short message.
pub fn openssl(algorithm: Algorithm, bytes: usize) -> Option<f64> {
    let bytes = bytes.to_string();
    let (words, line): (&[&str], _) = match algorithm {
        Algorithm::Rs256 => (&["rsa2048"], "+R1:"),
        Algorithm::Es256 => (&["ecdsap256"], "+R5:"),
        Algorithm::EdDsa => (&["ed25519"], "+R8:"),
        Algorithm::Hs256 => (&["-hmac", "sha256", "-bytes", &bytes], "+R:"),
    };
    let said = Command::new("openssl")
        .args(["speed", "-mr", "-seconds", "1"])
        .args(words)
        .output();
    // Such as "+R1:4020:2048:0.99", among the errors.
    let said = String::from_utf8(said.ok()?.stderr).ok()?;
    let figures = said.lines().find_map(|found| found.strip_prefix(line))?;
    let (signatures, rest) = figures.split_once(':')?;
    let (_, seconds) = rest.rsplit_once(':')?;
    Some(seconds.parse::<f64>().ok()? / signatures.parse::<f64>().ok()?)
}
