use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use serde_json::json;

use super::*;
use crate::config::Config;
use crate::config::tests::{COBROWSE, FRAMEABLE, PEM, file, loaded};

static FRAMEABLE_APP: LazyLock<Config> = LazyLock::new(|| loaded(&file("", FRAMEABLE)).config);
static COBROWSE_APP: LazyLock<Config> = LazyLock::new(|| {
    let policy = "role = \"agent\"\npolicy = { version = 3, sessions = {}, devices = { custom_data = { region = \"{{ user.claims.region }}\" } } }";
    loaded(&file("", &format!("{COBROWSE}{policy}"))).config
});

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_100).unwrap()
}

/// A token of these claims, signed without our signer.
fn signed(header: &Value, claims: &Value) -> String {
    let body: String = PEM.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(body).unwrap();
    let pair = KeyPair::from_pkcs8(&der).unwrap();
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let message = format!("{header}.{claims}");
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        message.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn rs256() -> Value {
    json!({ "alg": "RS256", "typ": "JWT" })
}

fn event() -> Value {
    json!({ "displayName": "Ada", "email": "ada@example.com", "userProfile": [["title", "Countess"]],
        "roles": ["host"], "iat": 1_800_000_000, "exp": 1_800_000_300 })
}

fn agent() -> Value {
    json!({ "iat": 1_800_000_000, "exp": 1_800_000_300, "aud": "https://cobrowse.io", "iss": "k1",
        "sub": "ada@example.com", "displayName": "Ada", "role": null,
        "policy": { "version": 3, "sessions": {}, "devices": { "custom_data": { "region": "emea" } } } })
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

/// The lines that fail.
fn failures(config: &Config, token: &str) -> Vec<String> {
    let checks = verify(&config.apps[0], token, now());
    checks
        .into_iter()
        .filter_map(|check| Some(format!("{}: {}", check.name, check.outcome.err()?)))
        .collect()
}

#[track_caller]
fn fails(config: &Config, claims: &Value, wanted: &str) {
    let found = failures(config, &signed(&rs256(), claims));
    assert_eq!(found.len(), 1, "{wanted}: {found:?}");
    assert!(found[0].starts_with(wanted), "{wanted}: {found:?}");
}

#[test]
fn a_right_token_passes_every_check() {
    for (config, claims) in [(&*FRAMEABLE_APP, event()), (&*COBROWSE_APP, agent())] {
        assert_eq!(failures(config, &signed(&rs256(), &claims)), Vec::<String>::new());
    }
}

#[test]
fn each_wrong_claim_has_its_line() {
    let frameable = |name, value, wanted| fails(&FRAMEABLE_APP, &with(event(), name, value), wanted);
    let cobrowse = |name, value, wanted| fails(&COBROWSE_APP, &with(agent(), name, value), wanted);
    frameable("iat", json!(1_800_000_101), "iat: lies 1 s in the future");
    frameable("exp", json!(1_800_000_100), "exp: expired 0 s ago");
    frameable("exp", json!(1_800_086_401), "lifetime: 1 d 0 h");
    frameable("exp", json!("1800000300"), "exp: must be a whole number");
    frameable("sub", json!("ada"), "claims: not of this vendor: sub");
    frameable(
        "userProfile",
        json!({ "title": "Countess" }),
        "userProfile: must be a list of",
    );
    frameable(
        "userProfile",
        json!([["title"]]),
        "userProfile: must be a list of",
    );
    frameable("roles", json!("host"), "roles: must be a list of role names");
    frameable(
        "avatarUrl",
        json!("http://x.example"),
        "avatarUrl: must be an https",
    );
    frameable("displayName", json!(""), "displayName: must be a string");
    cobrowse(
        "exp",
        json!(1_800_000_300_000_i64),
        "exp: looks like milliseconds",
    );
    cobrowse(
        "aud",
        json!("https://other.io"),
        "aud: must be \"https://cobrowse.io\"",
    );
    cobrowse("iss", json!("k2"), "iss: must be \"k1\"");
    cobrowse("sub", json!("ada"), "sub: must be an e-mail address");
    cobrowse("role", json!(["agent"]), "role: must be one role's name");
    cobrowse(
        "policy",
        json!({ "version": 3, "sessions": {} }),
        "policy: devices is missing",
    );
    let mut open = agent();
    open["policy"]["devices"]["custom_data"] = json!({});
    fails(
        &COBROWSE_APP,
        &open,
        "policy: devices.custom_data.region is missing",
    );
    open["policy"]["push"] = json!({});
    fails(&COBROWSE_APP, &open, "policy: push is not part of it");
    let mut absent = agent();
    absent.as_object_mut().unwrap().remove("sub");
    fails(&COBROWSE_APP, &absent, "sub: is missing");
}

#[test]
fn s_409_another_algorithm_or_key_or_claim_fails_the_signature() {
    for alg in ["none", "HS256", "RS384", "ES256"] {
        let found = failures(
            &FRAMEABLE_APP,
            &signed(&json!({ "alg": alg, "typ": "JWT" }), &event()),
        );
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("alg: is") && found[1].starts_with("signature: cannot be"));
    }
    let token = signed(&rs256(), &event());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let tampered = with(event(), "roles", json!(["presenter"])).to_string();
    let tampered = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(tampered));
    for bad in [tampered, format!("{message}."), format!("{message}.AAAA")] {
        let found = failures(&FRAMEABLE_APP, &bad);
        assert!(
            found.len() == 1 && found[0].starts_with("signature: was not made"),
            "{found:?}"
        );
    }
    let extra = json!({ "alg": "RS256", "typ": "JWT", "kid": "x" });
    let found = failures(&FRAMEABLE_APP, &signed(&extra, &event()));
    assert_eq!(found, ["header: kid is not in the app's header"]);
}

#[test]
fn s_182_what_is_no_token_fails_by_its_form_alone() {
    let [header, claims] = [rs256(), event()].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let twice = URL_SAFE_NO_PAD.encode(r#"{"exp":1,"exp":2}"#);
    for bad in [
        String::new(),
        "a.b".into(),
        "a.b.c.d".into(),
        format!("{header}.{twice}.AAAA"),
        format!("{header}.{claims}.AA="),
        format!("{header}.{}.AAAA", URL_SAFE_NO_PAD.encode("[]")),
    ] {
        let found = failures(&FRAMEABLE_APP, &bad);
        assert!(
            found.len() == 1 && found[0].starts_with("form: "),
            "{bad}: {found:?}"
        );
    }
}
