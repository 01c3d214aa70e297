//! What the vendors' own libraries, and others that share no code with the gateway, make of a token.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::keys::{self, from_base64url};
use super::script::Script;

/// Asks one of the libraries of `vendors.mjs`; an error is the library's own.
pub fn ask(name: &str, args: Value) -> Result<Value, String> {
    static NODE: OnceLock<Script> = OnceLock::new();
    NODE.get_or_init(|| Script::node("vendors.mjs")).ask(name, args)
}

#[track_caller]
pub fn must(name: &str, args: Value) -> Value {
    ask(name, args).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Header and claims of a token of this secret, by npm `jsonwebtoken`.
pub fn by_secret(token: &str, secret: &str) -> Result<Value, String> {
    ask(
        "jsonwebtoken",
        json!({ "token": token, "key": secret, "algorithm": "HS256" }),
    )
}

/// Header and claims of an RS256 token, by npm `jsonwebtoken`; `now` is the vendor's clock.
pub fn by_pair(token: &str, key: usize, audience: &str, now: Option<i64>) -> Result<Value, String> {
    let pem = keys::key(key).public_pem();
    let args = json!({ "token": token, "key": pem, "algorithm": "RS256", "audience": audience, "now": now });
    ask("jsonwebtoken", args)
}

/// Header and claims as they stand in a token, without any check.
pub fn opened(token: &str) -> [Value; 2] {
    let part = |n| serde_json::from_slice(&from_base64url(token.split('.').nth(n).expect("a part")));
    [0, 1].map(|n| part(n).expect("a part is JSON"))
}
