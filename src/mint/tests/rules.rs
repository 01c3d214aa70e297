//! Rules that hold at every vendor alike, each vendor shown in its smallest configuration.

use std::collections::HashSet;

use super::*;
use crate::config::tests::PEM;

const SECRET: &str = "secret = \"0123456789abcdef0123456789abcdef\"\n";

/// Vendor, fields and the longest life of its tokens in hours.
const SMALLEST: [(&str, &str, i64); 6] = [
    ("frameable", "url = \"https://a.frameable.com/events/e\"\n", 24),
    (
        "cobrowse",
        "url = \"https://cobrowse.io/code\"\nlicense_key = \"k1\"\n",
        24,
    ),
    (
        "vonage-video",
        "application_id = \"7f3b9a52-0c1d-4e8f-9a6b-5d4c3b2a1f00\"\nsession_id = \"1_MX4\"\n",
        24,
    ),
    (
        "soul-machines",
        "SECRETkey_name = \"sm-1\"\nsession_server = \"demo.example\"\n",
        24,
    ),
    (
        "bit6",
        "SECRETkey_id = \"12\"\naudience = \"https://api.prod.bit6.com/client\"\nidentity = \"{{ user.sub }}\"\ngrants = { chat = true }\n",
        1,
    ),
    (
        "custom",
        "url = \"https://v.example/\"\nclaims = { name = \"{{ user.name }}\" }\n",
        24,
    ),
];

/// The text of a file with an app of this vendor, and `more`.
fn smallest(vendor: &str, fields: &str, more: &str) -> String {
    let fields = fields.replace("SECRET", SECRET);
    let text = file(
        "",
        &format!("vendor = \"{vendor}\"\nallow = [\"everyone\"]\n{fields}{more}"),
    );
    if fields.contains(SECRET) {
        text.replace(&format!("key = \"\"\"{}\"\"\"\n", &*PEM), "")
    } else {
        text
    }
}

fn device(app: &App) -> Params {
    let pair = ("device".to_owned(), "web".to_owned());
    app.params.accept(&[pair]).unwrap_or_default()
}

/// What the file is refused for.
fn refusal(text: &str) -> String {
    let read = crate::config::parse(text, std::path::Path::new("usher.toml"));
    read.map(|_| ()).expect_err("the file is refused").to_string()
}

#[test]
fn s_450_a_token_lives_no_longer_than_its_vendor_takes_and_says_so() {
    for (vendor, fields, hours) in SMALLEST {
        let config = loaded(&smallest(vendor, fields, &format!("ttl = \"{hours}h\""))).config;
        let app = &config.apps[0];
        let made = prepare(app, &ada(json!({ "name": "Ada" })), &device(app), now()).unwrap();
        let claims = made.claims().as_map();
        let time = |name: &str| claims.get(name).and_then(Value::as_i64);
        assert_eq!(
            time("exp").unwrap() - time("iat").unwrap(),
            hours * 3600,
            "{vendor}"
        );
        let nbf = (vendor == "soul-machines").then(|| time("iat").unwrap() - 30);
        assert_eq!(time("nbf"), nbf, "{vendor}");
        let longer = format!("ttl = \"{}s\"", hours * 3600 + 1);
        let told = refusal(&smallest(vendor, fields, &longer));
        assert!(told.contains("apps.a.ttl"), "{vendor}: {told}");
    }
}

#[test]
fn s_451_nothing_that_a_person_is_adds_a_claim() {
    let names = |config: &Config, identity: &Identity| -> Vec<String> {
        let app = &config.apps[0];
        let made = prepare(app, identity, &device(app), now()).unwrap();
        made.claims().as_map().keys().cloned().collect()
    };
    let plain = ada(json!({ "name": "Ada", "picture": "https://a.example/p.png" }));
    let mut full = plain.clone();
    for name in [
        "iss",
        "aud",
        "sub",
        "exp",
        "nbf",
        "jti",
        "acl",
        "scope",
        "roles",
        "role",
        "policy",
        "grants",
        "sm-x",
        "kid",
        "session_id",
        "application_id",
        "admin",
        "connection_data",
        "userProfile",
        "displayName",
    ] {
        full.claims.insert(name.to_owned(), json!("made up"));
    }
    for (vendor, fields, _) in SMALLEST {
        let config = loaded(&smallest(vendor, fields, "")).config;
        assert_eq!(names(&config, &full), names(&config, &plain), "{vendor}");
    }
}

#[test]
fn s_314_s_452_no_two_tokens_have_the_same_jti() {
    let (vendor, fields, _) = SMALLEST[2];
    let config = loaded(&smallest(vendor, fields, "")).config;
    let identity = ada(json!({ "name": "Ada" }));
    let mut seen = HashSet::new();
    for _ in 0..10_000 {
        let made = prepare(&config.apps[0], &identity, &Params::default(), now()).unwrap();
        let jti = made.claims().as_map()["jti"].as_str().unwrap().to_owned();
        // Of 122 random bits.
        assert_eq!(Uuid::parse_str(&jti).unwrap().get_version_num(), 4);
        assert!(
            seen.insert(jti),
            "a vendor that remembers would refuse the second person"
        );
    }
}

#[test]
fn s_467_an_administrator_has_signed_in_lately() {
    let config = app(
        COBROWSE,
        "roles = [{ role = \"administrator\", allow = [\"group:comms\"], max_auth_age = \"10m\" }]",
    );
    let mut identity = ada(json!({ "name": "Ada" }));
    let ago = |minutes| Some(now() - time::Duration::minutes(minutes));
    for (auth_time, role) in [(ago(9), "administrator"), (ago(11), "agent"), (None, "agent")] {
        identity.auth_time = auth_time;
        assert_eq!(claims(&config, &identity).unwrap()["role"], role, "{auth_time:?}");
    }
    let (vendor, fields, _) = SMALLEST[1];
    let told = refusal(&smallest(vendor, fields, "role = \"administrator\""));
    assert!(told.contains("only from a rule"), "{told}");
}

#[test]
fn s_477_s_341_a_vendor_that_knows_a_secret_can_forge_for_no_other() {
    let two = |second: &str| {
        let (vendor, fields, _) = SMALLEST[3];
        let other = format!("[apps.b]\ntitle = \"B\"\nallow = [\"everyone\"]\n{second}\n");
        smallest(vendor, fields, "") + &other
    };
    let in_hex = "secret_encoding = \"hex\"\nsecret = \"3031323334353637383961626364656630313233343536373839616263646566\"\n";
    let custom =
        "vendor = \"custom\"\nurl = \"https://v.example/\"\nclaims = { name = \"{{ user.name }}\" }\n";
    for second in [
        format!("vendor = \"bit6\"\n{}", SMALLEST[4].1.replace("SECRET", SECRET)),
        format!("{custom}{in_hex}"),
    ] {
        let told = refusal(&two(&second));
        assert!(told.contains("has the key of a"), "{told}");
        loaded(&two(&second
            .replace("0123456789abcdef0", "another-secret-00")
            .replace("30313233", "31313233")));
    }
}
