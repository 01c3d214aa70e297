//! A logout token as the provider `lie` would send it, or as somebody makes one up.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::keys::{self, base64url};
use super::liar::{CLIENT, random};
use super::lie::{append, remove};
use super::{Browser, Lie, Lying, Request, Response};

pub const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

#[derive(Clone)]
pub struct LogoutToken {
    pub header: Value,
    pub claims: Value,
    key: usize,
}

impl LogoutToken {
    /// An honest one of the provider at this path, about the session `s1` of `ada`.
    pub fn of(issuer: &str, now: i64) -> Self {
        let claims = json!({
            "iss": issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": random(),
            "events": { EVENT: {} }, "sub": "ada", "sid": "s1",
        });
        Self {
            header: json!({ "alg": "RS256", "kid": "k0", "typ": "logout+jwt" }),
            claims,
            key: keys::PROVIDER,
        }
    }

    pub fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims[name] = value.into();
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        remove(&mut self.claims, name);
        self
    }

    pub fn appending(mut self, name: &str, more: &str) -> Self {
        append(&mut self.claims[name], more);
        self
    }

    /// Sets a member of the header; null takes it out.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self.header
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        self
    }

    /// Signed by somebody else.
    pub fn by(mut self, key: usize) -> Self {
        self.key = key;
        self
    }

    fn message(&self) -> String {
        let [header, claims] =
            [&self.header, &self.claims].map(|part| base64url(part.to_string().as_bytes()));
        format!("{header}.{claims}")
    }

    pub fn text(&self) -> String {
        self.signed(|message| match self.header["alg"].as_str() {
            Some("RS256") => keys::key(self.key).rs256(message),
            _ => Vec::new(),
        })
    }

    pub fn signed(&self, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        let message = self.message();
        let signature = sign(message.as_bytes());
        format!("{message}.{}", base64url(&signature))
    }
}

/// An elliptic key that the provider has too, as a JWK, and what signs with it.
pub fn elliptic() -> (Value, impl Fn(&[u8]) -> Vec<u8>) {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pair = EcdsaKeyPair::generate(algorithm).expect("a key");
    let point = pair.public_key().as_ref();
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "e0",
        "x": base64url(&point[1..33]), "y": base64url(&point[33..]),
    });
    let sign = move |message: &[u8]| {
        let signature = pair.sign(&SystemRandom::new(), message);
        signature.expect("a signature").as_ref().to_vec()
    };
    (jwk, sign)
}

impl Lie {
    /// A provider whose sessions are all named `s1`.
    pub fn naming_sessions() -> Self {
        Self::none().in_claims(|claims| claims["sid"] = "s1".into())
    }
}

impl Lying {
    /// Ada in a browser of her own, signed in at one of the two.
    #[track_caller]
    pub fn ada_at(&self, provider: &str) -> Browser {
        let mut ada = self.usher.browser();
        self.sign_in(&mut ada, provider).expect(200);
        assert!(ada.is_signed_in());
        ada
    }

    /// An honest logout token of the lying provider's.
    pub fn logout_token(&self) -> LogoutToken {
        LogoutToken::of(&self.liar.issuer("lie"), self.liar.now())
    }

    /// Posts a token as the provider's server does.
    pub fn log_out(&self, token: &LogoutToken) -> Response {
        self.log_out_by(&token.text())
    }

    pub fn log_out_by(&self, token: &str) -> Response {
        self.usher.secrets.add_token("a logout token", token);
        self.usher.browser().send(logout_request(token))
    }
}

/// Asserts that this is Ada's browser and she is signed in, or that nobody is.
#[track_caller]
pub fn is_in(browser: &mut Browser, yes: bool) {
    let page = browser.get("/").expect(200).text();
    assert_eq!(page.contains("Ada Lovelace"), yes, "{page}");
}

/// Asserts that the gateway says no as the specification has it (S-160).
#[track_caller]
pub fn invalid(answer: &Response) {
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(answer.json(), json!({ "error": "invalid_request" }));
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
}

/// What a provider's server sends.
pub fn logout_request(token: &str) -> Request {
    let form = Request::form("/auth/backchannel-logout/lie", [("logout_token", token)]);
    form.without_fetch_metadata().header("Accept", "*/*")
}
