//! Any other vendor, said in the configuration alone: algorithms, keys, times, and each way to
//! deliver. `jose` verifies, which shares no code with the gateway.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::browser::hidden_fields;
use crate::harness::keys::{self, STRANGER};
use crate::harness::{Settings, World, library, names, refused_at_load};

/// As text of 64 bytes, long enough for HS512.
pub const SECRET: &str = "canary-secret-of-64-bytes-0123456789-abcdefghijklmnopqrstuvwxyz-";

/// A page of the customer's own on the gateway's site, which asks for its token.
const PAGE: &str = "http://127.0.0.1:9/a?lang=de";
const PAGE_ORIGIN: &str = "http://127.0.0.1:9";

/// An app of the custom vendor with SECRET, unless `more` says otherwise.
pub fn app(settings: &mut Settings, id: &str, more: &str) {
    let body =
        format!("vendor = \"custom\"\ntitle = \"Tool\"\nallow = [\"everyone\"]\nshared_key = true\n{more}");
    let section = format!("[apps.{id}]");
    settings.add(&section, &body);
    if !more.contains("key = ") && !more.contains("secret = ") {
        settings.set(&section, "secret", &format!("\"{SECRET}\""));
    }
    if !more.lines().any(|line| line.trim().starts_with("claims = ")) {
        settings.set(&section, "claims", "{ name = \"{{ user.name }}\" }");
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|b| [b >> 4, b & 15])
        .map(|d| char::from_digit(d.into(), 16).unwrap())
        .collect()
}

/// Header and claims, verified with SECRET.
#[track_caller]
pub fn by_secret(token: &str, algorithm: &str) -> Value {
    let args = json!({ "token": token, "algorithm": algorithm, "secret": hex(SECRET.as_bytes()) });
    library::must("jose", args)
}

#[test]
fn each_algorithm_makes_a_signature_that_another_library_verifies() {
    let made = |kind: &str, options: Value| {
        let pair = library::must("pair", json!({ "type": kind, "options": options }));
        [&pair["secret"], &pair["pem"]].map(|pem| pem.as_str().unwrap().to_owned())
    };
    let rsa = [keys::key(STRANGER).pkcs8_pem(), keys::key(STRANGER).public_pem()];
    let p256 = made("ec", json!({ "namedCurve": "P-256" }));
    let p384 = made("ec", json!({ "namedCurve": "P-384" }));
    let edwards = made("ed25519", json!({}));
    let pairs = [
        ("RS256", &rsa),
        ("RS384", &rsa),
        ("RS512", &rsa),
        ("PS256", &rsa),
        ("ES256", &p256),
        ("ES384", &p384),
        ("EdDSA", &edwards),
    ];
    let json = "delivery = \"json\"";
    let world = World::with(|settings| {
        for algorithm in ["HS256", "HS384", "HS512"] {
            app(
                settings,
                &algorithm.to_lowercase(),
                &format!("alg = \"{algorithm}\"\n{json}"),
            );
        }
        for (algorithm, [secret, _]) in &pairs {
            let key = format!("alg = \"{algorithm}\"\n{json}\nkey = \"\"\"{secret}\"\"\"");
            app(settings, &algorithm.to_lowercase(), &key);
        }
    });
    let mut ada = world.signed_in("ada");
    let mut token = |algorithm: &str| {
        let answer = world.ask(&mut ada, &algorithm.to_lowercase(), []).expect(200);
        answer.json()["token"].as_str().unwrap().to_owned()
    };
    let sound = |read: &Value, algorithm: &str| {
        assert_eq!(read["header"], json!({ "alg": algorithm, "typ": "JWT" }));
        assert_eq!(names(&read["claims"]), ["name", "iat", "exp", "jti"]);
        assert_eq!(read["claims"]["name"], "Ada Lovelace");
    };
    for algorithm in ["HS256", "HS384", "HS512"] {
        sound(&by_secret(&token(algorithm), algorithm), algorithm);
    }
    for (algorithm, [_, pem]) in &pairs {
        let token = token(algorithm);
        let args = |token: &str| json!({ "token": token, "algorithm": algorithm, "pem": pem });
        sound(&library::must("jose", args(&token)), algorithm);
        let (message, signature) = token.rsplit_once('.').unwrap();
        let mut bytes = keys::from_base64url(signature);
        bytes[9] ^= 1;
        let spoiled = format!("{message}.{}", keys::base64url(&bytes));
        assert!(library::ask("jose", args(&spoiled)).is_err(), "{algorithm}");
        // What the gateway shows to the vendor's admin is the public half.
        let shown = published(&world, &algorithm.to_lowercase());
        assert_eq!(shown.replace('\r', "").trim(), pem.trim(), "{algorithm}");
    }
    for algorithm in ["none", "PS512", "ES512", "RS1", "hs256"] {
        refused_at_load(
            |s| app(s, "tool", &format!("alg = \"{algorithm}\"\ndelivery = \"json\"")),
            "alg",
        );
    }
}

/// An app's public key, as anybody may read it.
fn published(world: &World, app: &str) -> String {
    world
        .usher
        .browser()
        .get(&format!("/keys/{app}.pem"))
        .expect(200)
        .text()
}

#[test]
fn each_delivery_puts_the_token_where_the_vendor_looks() {
    let url = "url = \"https://tool.example.com/sso?lang=de\"";
    let world = World::with(|settings| {
        app(settings, "query", &format!("{url}\ntoken_param = \"ssoToken\""));
        app(
            settings,
            "fragment",
            &format!("{url}\ndelivery = \"fragment\"\ntoken_param = \"jwt\""),
        );
        app(
            settings,
            "form",
            &format!("{url}\ndelivery = \"form_post\"\ntoken_param = \"assertion\""),
        );
        app(settings, "path", &format!("{url}\ndelivery = \"path\""));
        app(
            settings,
            "page",
            &format!("url = \"{PAGE}\"\norigins = [\"{PAGE_ORIGIN}\"]\ndelivery = \"json\""),
        );
        app(settings, "api", "delivery = \"json\"");
    });
    let mut ada = world.signed_in("ada");
    for (id, start, end) in [
        ("query", "https://tool.example.com/sso?lang=de&ssoToken=", ""),
        ("fragment", "https://tool.example.com/sso?lang=de#jwt=", ""),
        ("path", "https://tool.example.com/sso/", "?lang=de"),
    ] {
        let launch = ada.get(&format!("/launch/{id}")).expect(302);
        let token = launch
            .location()
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end));
        let token = token.unwrap_or_else(|| panic!("{id} is delivered elsewhere"));
        world.usher.secrets.add_token("a minted token", token);
        by_secret(token, "HS256");
    }
    let page = ada.get("/launch/form").expect(200);
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
    let action = page.text();
    assert!(
        action.contains("action=\"https://tool.example.com/sso?lang=de\""),
        "{action}"
    );
    let fields = hidden_fields(&page.text());
    assert_eq!(fields.len(), 1, "the token and nothing else");
    assert_eq!(fields[0].0, "assertion");
    world.usher.secrets.add_token("a minted token", &fields[0].1);
    by_secret(&fields[0].1, "HS256");
    assert!(!page.url.contains("assertion"), "and in no address");

    let launch = ada.get("/launch/page").expect(302);
    assert_eq!(launch.location(), PAGE, "the page asks for its token");
    for id in ["page", "api"] {
        let body = world.ask(&mut ada, id, []).expect(200).json();
        assert_eq!(names(&body), ["token", "expiresAt"]);
        by_secret(body["token"].as_str().unwrap(), "HS256");
    }
    ada.get("/launch/api").expect(404);
    for (more, words) in [
        (
            "url = \"https://tool.example.com/?token=1\"",
            "must not have a token of its own",
        ),
        ("delivery = \"json\"\ntoken_param = \"jwt\"", "names nothing"),
        (
            "delivery = \"cookie\"\nurl = \"https://tool.example.com/\"",
            "is query, fragment",
        ),
        ("delivery = \"path\"", "url"),
        (
            "url = \"https://tool.example.com/\"\ntoken_param = \"a&b\"",
            "token_param",
        ),
    ] {
        refused_at_load(|settings| app(settings, "tool", more), words);
    }
}

#[test]
fn s_407_a_secret_is_read_as_its_encoding_says() {
    let base64 = "a2V5LW9mLTMyLWJ5dGVzLXdpdGg_P35-fn5-fn5+fn4="
        .replace('_', "/")
        .replace('-', "+");
    let raw = format!("{base64}.raw");
    let bytes = hex(&STANDARD.decode(&base64).unwrap());
    let url_safe = base64.replace('/', "_").replace('+', "-");
    let cases = [
        ("raw", raw.clone(), hex(raw.as_bytes())),
        ("hex", bytes.clone(), bytes.clone()),
        ("base64", base64.clone(), bytes.clone()),
        ("base64url", url_safe.clone(), bytes.clone()),
    ];
    let world = World::with(|settings| {
        for (encoding, secret, _) in &cases {
            app(
                settings,
                encoding,
                &format!("delivery = \"json\"\nsecret_encoding = \"{encoding}\"\nsecret = \"{secret}\""),
            );
        }
    });
    let mut ada = world.signed_in("ada");
    for (encoding, secret, bytes) in &cases {
        world.usher.secrets.add("a vendor's secret", secret);
        let answer = world.ask(&mut ada, encoding, []).expect(200);
        let args = json!({ "token": answer.json()["token"], "algorithm": "HS256", "secret": bytes });
        library::must("jose", args);
    }
    for (encoding, secret) in [("hex", &base64), ("base64", &raw), ("utf8", &raw)] {
        let more = format!("delivery = \"json\"\nsecret_encoding = \"{encoding}\"\nsecret = \"{secret}\"");
        refused_at_load(|settings| app(settings, "tool", &more), "encoding");
    }
}

#[test]
fn headers_have_what_is_said_and_never_another_way_to_the_key() {
    let world = World::with(|settings| {
        let more =
            "kid = \"key-1\"\nheader = { cty = \"application/vnd\", iss = \"client-1\", typ = \"at+jwt\" }";
        app(settings, "tool", &format!("delivery = \"json\"\n{more}"));
    });
    let answer = world.ask(&mut world.signed_in("ada"), "tool", []).expect(200);
    let read = by_secret(answer.json()["token"].as_str().unwrap(), "HS256");
    let wanted = json!({ "alg": "HS256", "typ": "at+jwt", "kid": "key-1", "cty": "application/vnd", "iss": "client-1" });
    assert_eq!(read["header"], wanted);
    for name in ["alg", "kid", "crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t"] {
        let more = format!("delivery = \"json\"\nheader = {{ {name} = \"none\" }}");
        refused_at_load(
            |settings| app(settings, "tool", &more),
            "cannot stand in the header",
        );
    }
}

#[test]
fn times_are_set_left_out_renamed_or_counted_in_milliseconds() {
    let json = "delivery = \"json\"";
    let world = World::with(|settings| {
        app(
            settings,
            "all",
            &format!(
                "{json}\nauto_claims = [\"iat\", \"exp\", \"nbf\", \"jti\"]\nttl = \"10m\"\niat_backdate = \"30s\""
            ),
        );
        app(settings, "none", &format!("{json}\nauto_claims = []"));
        app(
            settings,
            "named",
            &format!("{json}\niat_as = \"issued\"\nexp_as = \"until\"\njti_as = \"id\""),
        );
        app(
            settings,
            "milliseconds",
            &format!("{json}\ntime_unit = \"ms\"\nauto_claims = [\"iat\", \"exp\"]"),
        );
    });
    let mut ada = world.signed_in("ada");
    let mut body = |id: &str| world.ask(&mut ada, id, []).expect(200).json();
    let read = |body: &Value| by_secret(body["token"].as_str().unwrap(), "HS256")["claims"].clone();
    let time = |claims: &Value, name: &str| claims[name].as_i64().unwrap();
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();

    let all = read(&body("all"));
    assert_eq!(names(&all), ["name", "iat", "exp", "nbf", "jti"]);
    assert_eq!(time(&all, "exp") - time(&all, "iat"), 600);
    assert_eq!(time(&all, "iat") - time(&all, "nbf"), 30);
    assert!((28..=32).contains(&(now - time(&all, "iat"))), "30 seconds back");
    let none = body("none");
    assert_eq!(names(&none), ["token"], "a token without an end has no expiresAt");
    assert_eq!(names(&read(&none)), ["name"]);
    assert_eq!(names(&read(&body("named"))), ["name", "issued", "until", "id"]);
    let in_ms = read(&body("milliseconds"));
    assert_eq!(time(&in_ms, "exp") - time(&in_ms, "iat"), 300_000);
    assert!((time(&in_ms, "iat") / 1000 - now).abs() <= 2);

    for (more, words) in [
        ("auto_claims = [\"aud\"]", "is not among"),
        ("auto_claims = [\"iat\"]\nexp_as = \"until\"", "renames exp"),
        ("claims = { iat = 1 }", "list it under auto_claims"),
        (
            "claims = { until = \"x\", name = \"{{ user.name }}\" }\nexp_as = \"until\"",
            "has until, which auto_claims sets",
        ),
        ("exp_as = \"iat\"", "is the name of another claim"),
        (
            "auto_claims = [\"exp\"]\nexp_as = \"iat\"",
            "is the name of another claim",
        ),
        ("jti_as = \"aud\"", "is the name of another claim"),
        ("iat_as = \"t\"\nexp_as = \"t\"", "sets t twice"),
        (
            "redirect_uris = [\"https://tool.example.com/cb\"]\nexp_as = \"nonce\"",
            "has nonce, which auto_claims sets",
        ),
        (
            "redirect_uris = [\"https://tool.example.com/cb\"]\nclaims = { nonce = \"x\" }",
            "which redirect_uris echoes",
        ),
        ("claims = { iss = \"{{ user.name }}\" }", "must be constant"),
        ("claims = { aud = \"{{ user.claims.aud }}\" }", "must be constant"),
        ("time_unit = \"us\"", "is s or ms"),
        ("iat_backdate = \"31s\"", "iat_backdate"),
        ("ttl = \"25h\"", "ttl"),
    ] {
        refused_at_load(
            |settings| app(settings, "tool", &format!("{json}\n{more}")),
            words,
        );
    }
}

#[test]
fn an_answer_has_the_names_and_constants_that_are_said() {
    let world = World::with(|settings| {
        let response = "{ accessToken = \"{{ token }}\", validUntil = \"{{ expires_at }}\", server = \"{{ url }}\", region = \"eu\", retries = 3, live = true }";
        app(
            settings,
            "tool",
            &format!(
                "delivery = \"json\"\nurl = \"{PAGE}\"\norigins = [\"{PAGE_ORIGIN}\"]\nresponse = {response}"
            ),
        );
    });
    let body = world
        .ask(&mut world.signed_in("ada"), "tool", [])
        .expect(200)
        .json();
    assert_eq!(
        names(&body),
        ["accessToken", "validUntil", "server", "region", "retries", "live"]
    );
    assert_eq!((&body["server"], &body["region"]), (&json!(PAGE), &json!("eu")));
    assert_eq!((&body["retries"], &body["live"]), (&json!(3), &json!(true)));
    let token = body["accessToken"].as_str().unwrap();
    world.usher.secrets.add_token("a minted token", token);
    let claims = by_secret(token, "HS256")["claims"].clone();
    let until = body["validUntil"].as_str().unwrap();
    let until = library::must("seconds", json!({ "text": until }));
    assert_eq!(until, claims["exp"]);
    for (response, words) in [
        ("{ region = \"eu\" }", "no member for the token"),
        (
            "{ t = \"{{ token }}\", who = \"{{ user.email }}\" }",
            "is a constant",
        ),
        ("{ t = \"Bearer {{ token }}\" }", "is a constant"),
    ] {
        let more = format!("delivery = \"json\"\nresponse = {response}");
        refused_at_load(|settings| app(settings, "tool", &more), words);
    }
}
