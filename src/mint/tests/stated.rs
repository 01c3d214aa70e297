//! For anybody, any request and any configuration: a token keeps to what its vendor states, or there
//! is none.

use std::cell::Cell;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestCaseError, TestRunner};

use super::limits::any_identity;
use super::*;
use crate::config::parse;
use crate::config::tests::PEM;

type Outcome = Result<(), TestCaseError>;

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9._-]{1,12}",
        "[a-z\u{0}-\u{1f}<>/#\u{202e}\u{200b}\u{e9}]{0,12}",
        (900usize..1100).prop_map(|length| "x".repeat(length)),
    ]
}

/// A text of the configuration, with or without a value of the person in it, as TOML.
fn any_template() -> impl Strategy<Value = String> {
    let value = "(name|email|sub|picture|claims.title|claims.region|groups|email_verified)";
    let plain = value.prop_map(|name| format!("{{{{ user.{name} }}}}"));
    prop_oneof![
        4 => plain.clone(),
        1 => (any_text(), plain).prop_map(|(text, plain)| text + &plain),
        1 => "[a-zA-Z0-9 é<>]{0,12}",
    ]
    .prop_map(|text| quoted(&text))
}

/// JSON's strings are TOML's, but for DEL.
fn quoted(text: &str) -> String {
    json!(text).to_string().replace('\u{7f}', "\\u007f")
}

fn any_ttl(longest: i64) -> impl Strategy<Value = String> {
    let sound = (60..=longest, 0i64..30);
    prop_oneof![8 => sound, 1 => (0i64..100_000, 0i64..60)]
        .prop_map(|(ttl, backdate)| format!("ttl = \"{ttl}s\"\niat_backdate = \"{backdate}s\"\n"))
}

fn any_device() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-zA-Z0-9._-]{1,66}", 1 => any_text()]
}

fn any_roles(names: &'static str) -> impl Strategy<Value = String> {
    let rule = (names, "(group:staff|group:bosses|everyone)")
        .prop_map(|(role, allow)| format!("{{ role = \"{role}\", allow = [\"{allow}\"] }}"));
    proptest::collection::vec(rule, 0..4).prop_map(|rules| format!("roles = [{}]\n", rules.join(", ")))
}

/// Mints at apps out of `fields` for anybody, and asserts of each token what `holds` of all of the
/// vendor's. The times are checked for every vendor: no token outlives `longest` seconds.
fn always(
    vendor: &str,
    longest: i64,
    fields: impl Strategy<Value = String>,
    holds: impl Fn(&Identity, &Map<String, Value>, &str) -> Outcome,
) {
    let minted = Cell::new(0);
    let cases = (any_ttl(longest), fields, any_identity(), any_device(), any_text());
    let mut runner = TestRunner::new(Cases {
        failure_persistence: None,
        ..Cases::with_cases(300)
    });
    let outcome = runner.run(&cases, |(ttl, fields, mut identity, device, name)| {
        let mut text = file(
            "",
            &format!("vendor = \"{vendor}\"\nallow = [\"everyone\"]\n{ttl}{fields}"),
        );
        if fields.contains("secret = ") {
            text = text.replace(&format!("key = \"\"\"{}\"\"\"\n", &*PEM), "");
        }
        let Ok(Loaded { config, .. }) = parse(&text, Path::new("usher.toml")) else {
            return Ok(());
        };
        // Half of the people have a name that is one.
        if name.len() % 2 == 0 {
            identity.claims.insert("name".into(), name.into());
        }
        let app = &config.apps[0];
        let device = Some(("device".to_owned(), device)).filter(|_| vendor == "bit6");
        let Ok(params) = app.params.accept(&device.into_iter().collect::<Vec<_>>()) else {
            return Ok(());
        };
        let Ok(made) = mint_with(app, &identity, &params, app.room.as_ref().map(|_| "2_MX4")) else {
            return Ok(());
        };
        minted.set(minted.get() + 1);
        let claims = made.claims.as_map();
        let time = |name: &str| claims[name].as_i64().expect("whole seconds");
        prop_assert_eq!(time("exp") - time("iat"), app.ttl.whole_seconds());
        prop_assert!((30..=longest).contains(&(time("exp") - time("iat"))));
        prop_assert!((0..=30).contains(&(now().unix_timestamp() - time("iat"))));
        let payload = made.token.compact().expose_secret().split('.').nth(1).unwrap();
        let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        // JSON would write a control character as an escape.
        let read: Value = serde_json::from_str(&payload).unwrap();
        prop_assert_eq!(read.as_object(), Some(claims));
        prop_assert!(is_plain(&read), "{}", payload);
        holds(&identity, claims, &payload)
    });
    outcome.unwrap();
    assert!(
        minted.get() > 5,
        "only {} of {vendor} were minted at all",
        minted.get()
    );
}

/// No text in it has a control character.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.chars().any(char::is_control),
        Value::Array(items) => items.iter().all(is_plain),
        Value::Object(members) => members
            .iter()
            .all(|(name, value)| !name.chars().any(char::is_control) && is_plain(value)),
        _ => true,
    }
}

/// Every claim is of this vendor, and those that are required are there.
fn closed(claims: &Map<String, Value>, required: &[&str], optional: &[&str]) -> Outcome {
    for name in claims.keys().map(String::as_str) {
        prop_assert!(required.contains(&name) || optional.contains(&name), "{}", name);
    }
    for name in required {
        prop_assert!(claims.contains_key(*name), "{}", name);
    }
    Ok(())
}

/// A text of 1 to `most` characters.
fn is_text(value: &Value, most: usize) -> bool {
    value
        .as_str()
        .is_some_and(|text| (1..=most).contains(&text.chars().count()))
}

fn is_email_of(value: &Value, identity: &Identity) -> bool {
    identity.email_verified && value.as_str().is_some_and(|text| Email::parse(text).is_ok())
}

#[test]
fn s_460_s_462_frameable_takes_whatever_is_minted() {
    let pairs = proptest::collection::vec((any_text(), any_template()), 0..4).prop_map(|pairs| {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(key, value)| format!("[{}, {value}]", quoted(key)))
            .collect();
        format!("user_profile = [{}]\n", pairs.join(", "))
    });
    let fields = (
        any_template(),
        pairs,
        any_roles("(host|presenter|transcriber|interpreter)"),
    )
        .prop_map(|(name, pairs, roles)| {
            format!("url = \"https://a.frameable.com/events/e\"\ndisplay_name = {name}\n{pairs}{roles}")
        });
    always("frameable", 86_400, fields, |identity, claims, _| {
        closed(
            claims,
            &["displayName", "iat", "exp"],
            &["email", "avatarUrl", "userProfile", "roles"],
        )?;
        prop_assert!(is_text(&claims["displayName"], 128));
        prop_assert!(
            claims
                .get("email")
                .is_none_or(|email| is_email_of(email, identity))
        );
        let https = |url: &Value| is_text(url, 512) && url.as_str().unwrap().starts_with("https://");
        prop_assert!(claims.get("avatarUrl").is_none_or(https));
        if let Some(profile) = claims.get("userProfile") {
            let profile = profile.as_array().unwrap();
            prop_assert!((1..=20).contains(&profile.len()));
            for pair in profile {
                let pair = pair.as_array().unwrap();
                prop_assert!(pair.len() == 2 && is_text(&pair[0], 64) && is_text(&pair[1], 256));
            }
        }
        if let Some(roles) = claims.get("roles") {
            let roles = roles.as_array().unwrap();
            let known = ["host", "presenter", "transcriber", "interpreter"];
            prop_assert!(
                !roles.is_empty() && roles.iter().all(|role| known.contains(&role.as_str().unwrap()))
            );
        }
        Ok(())
    });
}

#[test]
fn s_465_s_466_cobrowse_takes_whatever_is_minted() {
    let policy = prop_oneof![
        Just(String::new()),
        any_template().prop_map(|value| format!("policy = {{ version = 3, sessions = {{}}, devices = {{ custom_data = {{ region = {value} }} }} }}\n")),
    ];
    let fields = (any_template(), policy, any_roles("(agent|administrator|none)"), prop_oneof![6 => "(agent|none)", 1 => "administrator"])
        .prop_map(|(name, policy, roles, role)| {
            format!("url = \"https://cobrowse.io/code\"\nlicense_key = \"k1\"\nrole = \"{role}\"\ndisplay_name = {name}\n{policy}{roles}")
        });
    always("cobrowse", 86_400, fields, |identity, claims, _| {
        closed(
            claims,
            &["iat", "exp", "aud", "iss", "sub", "role"],
            &["displayName", "policy"],
        )?;
        prop_assert_eq!(&claims["aud"], "https://cobrowse.io");
        prop_assert_eq!(&claims["iss"], "k1");
        prop_assert!(is_email_of(&claims["sub"], identity), "accounts are made by it");
        prop_assert!(claims.get("displayName").is_none_or(|name| is_text(name, 128)));
        prop_assert!(
            claims["role"].is_null()
                || ["agent", "administrator"].contains(&claims["role"].as_str().unwrap())
        );
        if let Some(policy) = claims.get("policy") {
            let region = &policy["devices"]["custom_data"]["region"];
            let stands = region.is_string() || region.is_boolean() || region.is_number();
            prop_assert!(stands, "a filter never vanishes");
        }
        Ok(())
    });
}

#[test]
fn s_471_no_token_for_vonage_is_without_acl_scope_and_session() {
    let place = prop_oneof![
        any_text().prop_map(|id| format!("session_id = {}\n", quoted(&id))),
        Just("session_id = \"1_MX4\"\n".to_owned()),
        any_text().prop_map(|room| format!("room = {}\n", quoted(&room))),
    ];
    let data = prop_oneof![
        Just(String::new()),
        any_template().prop_map(|data| format!("connection_data = {data}\n"))
    ];
    let classes = proptest::collection::vec(prop_oneof![9 => "[a-z-]{1,9}", 1 => any_text()], 0..3)
        .prop_map(|names| format!("layout_classes = {}\n", json!(names)));
    let roles = any_roles("(publisher|subscriber|publisheronly|moderator)");
    let fields = (
        place,
        data,
        classes,
        roles,
        "(publisher|subscriber|publisheronly|moderator)",
        "(connection_data|data)",
    )
        .prop_map(|(place, data, classes, roles, role, claim)| {
            let id = "application_id = \"7f3b9a52-0c1d-4e8f-9a6b-5d4c3b2a1f00\"\n";
            format!("{id}{place}{data}{classes}{roles}role = \"{role}\"\ndata_claim = \"{claim}\"\n")
        });
    always("vonage-video", 86_400, fields, |_, claims, _| {
        let required = [
            "application_id",
            "sub",
            "scope",
            "session_id",
            "role",
            "acl",
            "initial_layout_class_list",
            "iat",
            "exp",
            "jti",
        ];
        closed(claims, &required, &["connection_data", "data"])?;
        prop_assert_eq!(&claims["acl"], &json!({ "paths": { "/session/**": {} } }));
        prop_assert_eq!(
            (&claims["scope"], &claims["sub"]),
            (&json!("session.connect"), &json!("video"))
        );
        prop_assert!(is_text(&claims["session_id"], 256));
        prop_assert!(
            ["publisher", "subscriber", "publisheronly", "moderator"]
                .contains(&claims["role"].as_str().unwrap())
        );
        prop_assert!(claims["initial_layout_class_list"].is_string());
        for name in ["connection_data", "data"] {
            prop_assert!(claims.get(name).is_none_or(|data| is_text(data, 1000)));
        }
        for name in ["application_id", "jti"] {
            prop_assert!(Uuid::parse_str(claims[name].as_str().unwrap()).is_ok());
        }
        Ok(())
    });
}

const SECRET: &str = "secret = \"0123456789abcdef0123456789abcdef\"\n";

#[test]
fn s_476_soul_machines_takes_whatever_is_minted() {
    let own = proptest::collection::vec(("(sm-)?[a-z]{2,4}[?]?", any_template()), 0..4).prop_map(|own| {
        let own: Vec<_> = own
            .iter()
            .map(|(name, value)| format!("\"{name}\" = {value}"))
            .collect();
        format!("claims = {{ {} }}\n", own.join(", "))
    });
    let control = "(control = \"\"|control = \"wss://c.example/x\"|control = \"c.example\"|control_via_browser = false|control_cookie_header = \"a=b\")\n";
    let server = prop_oneof![4 => Just("demo.example".to_owned()), 1 => any_text()];
    let fields = (
        own,
        control,
        server,
        prop_oneof![4 => Just("sm-1".to_owned()), 1 => any_text()],
    )
        .prop_map(|(own, control, server, key)| {
            format!(
                "{SECRET}{own}{control}session_server = {}\nkey_name = {}\n",
                quoted(&server),
                quoted(&key)
            )
        });
    always("soul-machines", 86_400, fields, |_, claims, _| {
        let ours = ["sm-control", "sm-session-server", "iss", "iat", "nbf", "exp"];
        let optional = ["sm-control-via-browser", "sm-control-cookie-header"];
        for name in ours {
            prop_assert!(claims.contains_key(name), "{}", name);
        }
        for name in claims.keys().filter(|name| name.starts_with("sm-")) {
            prop_assert!(
                ours.contains(&name.as_str()) || optional.contains(&name.as_str()),
                "{}",
                name
            );
        }
        prop_assert!(is_text(&claims["iss"], 128) && is_text(&claims["sm-session-server"], 512));
        let control = claims["sm-control"].as_str().unwrap();
        prop_assert!(control.is_empty() || control.starts_with("wss://"));
        prop_assert!(claims.get("sm-control-via-browser").is_none_or(Value::is_boolean));
        prop_assert!(claims["nbf"].as_i64() < claims["iat"].as_i64());
        Ok(())
    });
}

#[test]
fn s_322_s_475_bit6_takes_whatever_is_minted() {
    let grants = proptest::collection::vec(("(signal|video|chat|push|root)", any::<bool>()), 0..3).prop_map(
        |grants| {
            let grants: std::collections::BTreeMap<_, _> = grants.into_iter().collect();
            let grants: Vec<_> = grants.iter().map(|(name, on)| format!("{name} = {on}")).collect();
            format!("grants = {{ {} }}\n", grants.join(", "))
        },
    );
    let key = prop_oneof![4 => Just("12".to_owned()), 1 => any_text()];
    let fields = (any_template(), grants, key).prop_map(|(identity, grants, key)| {
        format!("{SECRET}audience = \"https://api.prod.bit6.com/client\"\nidentity = {identity}\n{grants}key_id = {}\n", quoted(&key))
    });
    always("bit6", 3600, fields, |_, claims, payload| {
        closed(claims, &["aud", "iss", "sub", "grants", "iat", "exp"], &[])?;
        prop_assert!(
            payload.bytes().all(|b| (0x20..0x7f).contains(&b)),
            "the SDK garbles all else"
        );
        prop_assert!(is_text(&claims["iss"], 128));
        let parts: Vec<_> = claims["sub"].as_str().unwrap().split('/').collect();
        prop_assert!(
            parts.len() == 2 && parts.iter().all(|part| !part.is_empty()),
            "{}",
            claims["sub"]
        );
        prop_assert!(!parts[0].contains(['#', '?', '%', '\\', ' ']) && !parts[0].contains(".."));
        let grants = claims["grants"].as_object().unwrap();
        let known = ["signal", "video", "chat", "push"];
        prop_assert!(
            grants
                .iter()
                .all(|(name, on)| known.contains(&name.as_str()) && on.is_boolean())
        );
        Ok(())
    });
}
