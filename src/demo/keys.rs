//! The demo's RSA keys, new at every start.

use std::io;
use std::sync::LazyLock;
use std::thread;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::SecretString;

/// An RSA key pair of 2048 bits.
pub struct DemoKey(KeyPair);

impl DemoKey {
    pub fn generate() -> io::Result<Self> {
        KeyPair::generate(KeySize::Rsa2048)
            .map(Self)
            .map_err(|_| io::Error::other("no RSA key could be generated"))
    }

    /// `N` keys at once, a thread each: one after the other they would be felt at start-up.
    pub fn generate_many<const N: usize>() -> io::Result<[Self; N]> {
        thread::scope(|scope| {
            let threads: Vec<_> = (0..N).map(|_| scope.spawn(Self::generate)).collect();
            let keys: io::Result<Vec<Self>> = threads
                .into_iter()
                .map(|thread| {
                    thread
                        .join()
                        .unwrap_or_else(|_| Err(io::Error::other("key generation failed")))
                })
                .collect();
            keys?
                .try_into()
                .map_err(|_| io::Error::other("key generation failed"))
        })
    }

    /// PKCS#8 PEM, as Cobrowse's "Generate" button gives it.
    pub fn private_pem(&self) -> io::Result<SecretString> {
        let der: Pkcs8V1Der<'_> = self
            .0
            .as_der()
            .map_err(|_| io::Error::other("the key has no DER form"))?;
        Ok(pem("PRIVATE KEY", der.as_ref()).into())
    }

    /// SPKI PEM: what an admin pastes at the vendor.
    pub fn public_pem(&self) -> io::Result<String> {
        let der: PublicKeyX509Der<'_> = self
            .0
            .public_key()
            .as_der()
            .map_err(|_| io::Error::other("the key has no DER form"))?;
        Ok(pem("PUBLIC KEY", der.as_ref()))
    }

    /// Modulus and exponent, big-endian.
    pub fn components(&self) -> (Vec<u8>, Vec<u8>) {
        let key = self.0.public_key();
        (
            key.modulus().big_endian_without_leading_zero().to_vec(),
            key.exponent().big_endian_without_leading_zero().to_vec(),
        )
    }

    /// An RS256 signature.
    pub fn sign(&self, message: &[u8]) -> io::Result<Vec<u8>> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| io::Error::other("signing failed"))?;
        Ok(signature)
    }
}

/// A key that a thread of its own is still making.
pub struct ComingKey(LazyLock<DemoKey, Making>);

type Making = Box<dyn FnOnce() -> DemoKey + Send>;

impl ComingKey {
    pub fn begin() -> Self {
        let making = thread::spawn(DemoKey::generate);
        Self(LazyLock::new(Box::new(move || {
            let made = making.join().expect("the thread only makes a key");
            made.expect("the keys before it could be made")
        })))
    }

    /// Waits where it is not there yet.
    pub fn get(&self) -> &DemoKey {
        &self.0
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}
