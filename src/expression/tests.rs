use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::identity::{Groups, GroupsUnknown, Identity};
use crate::params::Params;
use crate::types::{AppId, Email, Issuer, ProviderId, Subject};

fn identity() -> Identity {
    let Value::Object(claims) = json!({
        "name": "Ada Lovelace", "title": "Countess", "level": 3, "vip": true, "gone": null,
        "https://acme.com/groups": ["x"], "list": ["a", null], "teams": ["a", "b"],
        "address": { "country": "GB", "zip": null }
    }) else {
        unreachable!("an object is written above")
    };
    Identity {
        provider: ProviderId::parse("work").unwrap(),
        issuer: Issuer::parse("https://login.example.com").unwrap(),
        subject: Subject::parse("1").unwrap(),
        email: Some(Email::parse("ada@example.com").unwrap()),
        email_verified: false,
        groups: Groups::Unknown(GroupsUnknown::Absent),
        auth_time: None,
        acr: None,
        claims,
    }
}

fn rules() -> ParamRules {
    let mut rules = ParamRules::default();
    rules.declare("customer", ".*", true).unwrap();
    rules
}

fn of(expression: &Expression, identity: &Identity) -> Result<Value, NoValue> {
    let params: Params = rules().accept(&[("customer".into(), "c-1".into())]).unwrap();
    let app = AppId::parse("support").unwrap();
    expression.evaluate(&Context::new(identity, &params, &app, "Support"))
}

fn value(text: &str) -> Result<Value, NoValue> {
    of(&Expression::compile(text, &rules()).unwrap(), &identity())
}

#[test]
fn c_12_one_expression_alone_keeps_its_type() {
    assert_eq!(value("{{ user.claims.level }}"), Ok(json!(3)));
    assert_eq!(value("{{ user.claims.vip }}"), Ok(json!(true)));
    assert_eq!(value("{{ user.claims.teams }}"), Ok(json!(["a", "b"])));
    assert_eq!(
        value("{{ user.claims['https://acme.com/groups'] }}"),
        Ok(json!(["x"]))
    );
    assert_eq!(value("{{ user.claims.address }}"), Ok(json!({ "country": "GB" })));
    assert_eq!(value("{{ user.email }}"), Ok(json!("ada@example.com")));
    assert_eq!(value("plain"), Ok(json!("plain")));
    assert_eq!(value(""), Ok(json!("")));
}

#[test]
fn c_12_mixed_text_takes_only_strings_integers_and_booleans() {
    assert_eq!(
        value("{{ app.title }}/{{ user.claims.level }}/{{ user.claims.vip }}"),
        Ok(json!("Support/3/true"))
    );
    assert_eq!(value("for {{ params.customer }}"), Ok(json!("for c-1")));
    assert_eq!(value("x {{ user.claims.teams }}"), Err(NoValue::Failed));
    assert_eq!(value("x {{ 1.5 }}"), Err(NoValue::Failed));
    assert_eq!(value("x {{ none }}"), Err(NoValue::Missing));
}

#[test]
fn c_12_null_is_missing_and_none_is_explicit_null() {
    assert_eq!(value("{{ user.claims.gone }}"), Err(NoValue::Missing));
    assert_eq!(value("{{ user.claims.address.zip }}"), Err(NoValue::Missing));
    assert_eq!(value("{{ none }}"), Ok(Value::Null));
}

#[test]
fn c_12_undefined_in_a_list_refuses() {
    assert_eq!(value("{{ user.claims.list }}"), Err(NoValue::Missing));
    assert_eq!(value("{{ [user.claims.nothing] }}"), Err(NoValue::Missing));
    assert_eq!(value("{{ user.claims.list | join(',') }}"), Err(NoValue::Missing));
    assert_eq!(value("{{ user.claims.nothing.deeper }}"), Err(NoValue::Missing));
    assert_eq!(value("{{ user.groups }}"), Err(NoValue::Missing));
}

#[test]
fn c_12_names_are_checked_at_load() {
    for (text, says) in [
        (
            "{{ user.clams }}",
            "user.clams does not exist; did you mean claims?",
        ),
        (
            "{{ params.custmer }}",
            "params.custmer is not declared under params; did you mean customer?",
        ),
        (
            "{{ usr.name }}",
            "there is no usr, only user, params and app; did you mean user?",
        ),
        (
            "{{ user.name | uper }}",
            "there is no filter uper; did you mean upper?",
        ),
        (
            "{{ user.name is odd }}",
            "there is no test odd; write is defined, or compare",
        ),
        ("{{ user }}", "user has no such part"),
        ("{{ user.claims }}", "user.claims is all of them; name one"),
        ("{{ user.name", "{{ has no }}"),
        ("{% if 1 %}", "only {{ expressions }} are taken, no statements"),
        ("{{ 1 + }}", "is not an expression"),
    ] {
        assert_eq!(
            Expression::compile(text, &rules()).unwrap_err().to_string(),
            says,
            "{text}"
        );
    }
}

#[test]
fn c_12_default_and_our_filters() {
    assert_eq!(value("{{ user.claims.nothing | default('x') }}"), Ok(json!("x")));
    assert_eq!(
        value("{{ user.claims.gone | default('x') | upper }}"),
        Ok(json!("X"))
    );
    assert_eq!(value("{{ user.claims.level | string }}"), Ok(json!("3")));
    assert_eq!(value("{{ user.email_verified | string }}"), Ok(json!("false")));
    assert_eq!(
        value("{{ [user.email_verified, 1 == 1] | join(' ') }}"),
        Ok(json!("false true"))
    );
    assert_eq!(value("{{ '42' | int }}"), Ok(json!(42)));
    assert_eq!(value("{{ user.claims.teams | join('+') }}"), Ok(json!("a+b")));
    assert_eq!(value("{{ {'a': {'b': 1}} }}"), Ok(json!({ "a": { "b": 1 } })));
}

#[test]
fn c_12_a_result_is_at_most_4_kib() {
    let mut identity = identity();
    identity.claims = Map::from_iter([("big".to_owned(), json!("x".repeat(LARGEST + 1)))]);
    let expression = Expression::compile("{{ user.claims.big }}", &rules()).unwrap();
    assert_eq!(of(&expression, &identity), Err(NoValue::Failed));
}

#[test]
fn c_15_a_condition_over_something_unknown_does_not_hold() {
    for (source, holds) in [
        ("user.claims.vip", true),
        ("user.claims.level > 2 and params.customer == 'c-1'", true),
        ("user.claims.level", false),
        ("'true'", false),
        ("user.claims.nothing != 'x'", false),
        ("user.claims['no thing'] != 'x'", false),
        ("not user.claims.nothing", false),
        ("'staff' not in user.groups", false),
        ("user.claims.nothing is defined", false),
        ("user.claims.nothing is not defined", true),
        ("user.claims.nothing | default('y') != 'x'", true),
    ] {
        let condition = Expression::condition(source, &rules()).unwrap();
        assert_eq!(
            of(&condition, &identity()) == Ok(Value::Bool(true)),
            holds,
            "{source}"
        );
    }
}

#[test]
fn c_12_a_number_in_a_path_is_an_index_of_a_list_only() {
    assert_eq!(value("{{ user.claims.teams[1] }}"), Ok(json!("b")));
    assert_eq!(value("{{ user.claims.teams['1'] }}"), Err(NoValue::Missing));
    assert_eq!(value("{{ user.claims.teams[2] }}"), Err(NoValue::Missing));
    assert_eq!(value("{{ user.claims.list[1] }}"), Err(NoValue::Missing));
    assert_eq!(value("{{ user.claims.title[0] }}"), Err(NoValue::Missing));
}

/// Any JSON value, with few names, so that paths meet some.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("x".repeat(LARGEST / 2))),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec(("[abc]", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn c_12_a_name_alone_is_what_minijinja_would_make_of_it(
        values in proptest::collection::vec(anything(), 4),
        verified: bool,
        groups in proptest::option::of(proptest::collection::vec("[a-z]{0,3}", 0..3)),
        path in prop_oneof![
            "claims\\.(a|name|picture)(\\.[abc]|\\['[abc0]'\\]){0,2}",
            "sub|issuer|provider|email|email_verified|name|given_name|picture|groups",
        ],
    ) {
        let mut identity = identity();
        identity.email_verified = verified;
        identity.groups = groups.map_or(Groups::Unknown(GroupsUnknown::Absent), Groups::Known);
        let names = ["a", "name", "given_name", "picture"];
        identity.claims = names.map(str::to_owned).into_iter().zip(values).collect();
        let evaluated = |text: String| of(&Expression::compile(&text, &rules()).unwrap(), &identity);
        let by_minijinja = evaluated(format!("{{{{ (user.{path}) }}}}"));
        let alone = evaluated(format!("{{{{ user.{path} }}}}"));
        // As text, so that the order of members counts.
        prop_assert_eq!(alone.map(|value| value.to_string()), by_minijinja.map(|value| value.to_string()));
    }
}
