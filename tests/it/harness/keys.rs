//! RSA keys for apps and lying providers; made once a test run.

use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

pub struct Key(KeyPair);

/// One of a few keys that never change during a run.
pub fn key(number: usize) -> &'static Key {
    static KEYS: [OnceLock<Key>; 6] = [const { OnceLock::new() }; 6];
    KEYS[number].get_or_init(|| Key(KeyPair::generate(KeySize::Rsa2048).expect("a key")))
}

/// Keys 0 and 1 belong to apps, the others to lying providers and to clients.
pub const TOWNHALL: usize = 0;
pub const SUPPORT: usize = 1;
pub const PROVIDER: usize = 2;
pub const ROTATED: usize = 3;
pub const STRANGER: usize = 4;
/// By which a provider knows the gateway.
pub const CLIENT: usize = 5;

impl Key {
    fn pkcs8(&self) -> Vec<u8> {
        let der: Pkcs8V1Der = self.0.as_der().expect("the key has a DER form");
        der.as_ref().to_vec()
    }

    /// As Cobrowse's Generate button gives it.
    pub fn pkcs8_pem(&self) -> String {
        pem("PRIVATE KEY", &self.pkcs8())
    }

    /// As `ssh-keygen -m PEM` gives it: what stands inside PKCS#8 of an RSA key of 2048 bits.
    pub fn pkcs1_pem(&self) -> String {
        pem("RSA PRIVATE KEY", &self.pkcs8()[26..])
    }

    pub fn public_pem(&self) -> String {
        let der: PublicKeyX509Der = self.0.public_key().as_der().expect("the key has a DER form");
        pem("PUBLIC KEY", der.as_ref())
    }

    pub fn jwk(&self, kid: Option<&str>) -> Value {
        let public = self.0.public_key();
        let mut jwk = json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "n": base64url(public.modulus().big_endian_without_leading_zero()),
            "e": base64url(public.exponent().big_endian_without_leading_zero()),
        });
        if let Some(kid) = kid {
            jwk["kid"] = kid.into();
        }
        jwk
    }

    /// A compact token, signed by RS256 whatever its header says.
    pub fn token(&self, header: &Value, claims: &Value) -> String {
        let message = unsigned(header, claims);
        format!("{message}.{}", base64url(&self.rs256(message.as_bytes())))
    }

    pub fn rs256(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .expect("a signature");
        signature
    }
}

/// A P-256 key of a provider's, whose keys are otherwise RSA.
pub struct P256(EcdsaKeyPair);

pub fn p256() -> &'static P256 {
    static KEY: OnceLock<P256> = OnceLock::new();
    KEY.get_or_init(|| P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key")))
}

impl P256 {
    pub fn jwk(&self, kid: &str) -> Value {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        json!({ "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y), "kid": kid })
    }

    /// The token, signed anew by ES256 under this name.
    pub fn sign_anew(&self, token: &str, kid: &str) -> String {
        let claims = token.split('.').nth(1).expect("three parts");
        let header = base64url(json!({ "alg": "ES256", "kid": kid }).to_string().as_bytes());
        let message = format!("{header}.{claims}");
        let signature = self
            .0
            .sign(&SystemRandom::new(), message.as_bytes())
            .expect("a signature");
        format!("{message}.{}", base64url(signature.as_ref()))
    }
}

/// What a token's signature is made over.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|part| base64url(part.to_string().as_bytes()));
    format!("{header}.{claims}")
}

pub fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn from_base64url(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}
