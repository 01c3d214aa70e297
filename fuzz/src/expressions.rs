//! `{{ expressions }}` of a configuration (C-12), over one person.

use std::sync::LazyLock;

use serde_json::{Value, json};
use usher::expression::{Context, Expression};
use usher::identity::{Groups, Identity};
use usher::params::{ParamRules, pairs};
use usher::types::{AppId, Email, Issuer, ProviderId, Subject};

pub fn holds(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    // A configuration file is short.
    if text.len() > 4096 {
        return false;
    }
    let sent = pairs(b"customer=grace@example.org").expect("pairs");
    let params = RULES.accept(&sent).expect("params");
    let app = AppId::parse("support").expect("an id");
    let context = Context::new(&ADA, &params, &app, "Support");

    if let Ok(condition) = Expression::condition(text, &RULES) {
        let _ = condition.evaluate(&context);
    }
    let Ok(expression) = Expression::compile(text, &RULES) else {
        return false;
    };
    assert_eq!(expression.source(), text);
    let value = expression.evaluate(&context);
    assert_eq!(value, expression.evaluate(&context), "the same each time");
    if expression.is_constant() {
        let constant = Value::from(text);
        assert!(
            value
                .as_ref()
                .map_or(text.len() > 4096, |value| *value == constant)
        );
    }
    if let Ok(value) = &value {
        let size = value.as_str().map_or_else(|| value.to_string().len(), str::len);
        assert!(size <= 4096, "C-12");
    }
    value.is_ok()
}

static RULES: LazyLock<ParamRules> = LazyLock::new(|| {
    let mut rules = ParamRules::default();
    rules.declare("customer", ".*", true).expect("a pattern");
    rules
});

static ADA: LazyLock<Identity> = LazyLock::new(|| Identity {
    provider: ProviderId::parse("work").expect("an id"),
    issuer: Issuer::parse("https://op.example").expect("an issuer"),
    subject: Subject::parse("ada").expect("a subject"),
    email: Email::parse("ada@example.com").ok(),
    email_verified: true,
    groups: Groups::Known(vec!["staff".into(), "support".into()]),
    auth_time: None,
    acr: None,
    claims: json!({
        "name": "Ada Lovelace", "title": "Engineer", "level": 7, "half": 0.5, "nothing": null,
        "address": { "city": "London" }, "list": [1, "two", { "three": 3 }],
    })
    .as_object()
    .cloned()
    .expect("an object"),
});
