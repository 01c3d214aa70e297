use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::identity::Groups;
use crate::params::ParamRules;
use crate::types::{Email, Issuer, Subject};

fn person(email: Option<&str>, verified: bool, groups: Groups) -> Identity {
    let Value::Object(claims) = json!({
        "dept": "it", "level": 3, "vip": true, "teams": ["a", 7], "realm": { "roles": ["x"] },
        "https://acme.com/groups": "y"
    }) else {
        unreachable!("an object is written above")
    };
    Identity {
        provider: ProviderId::parse("work").unwrap(),
        issuer: Issuer::parse("https://login.example.com").unwrap(),
        subject: Subject::parse("1").unwrap(),
        email: email.map(|text| Email::parse(text).unwrap()),
        email_verified: verified,
        groups,
        auth_time: None,
        acr: None,
        claims,
    }
}

pub(super) fn ada() -> Identity {
    person(Some("ada@example.com"), true, Groups::Known(vec!["staff".into()]))
}

fn rules(allow: &[&str], deny: &[&str]) -> Rules {
    let matchers = |list: &[&str]| list.iter().map(|text| Matcher::parse(text).unwrap()).collect();
    Rules {
        allow: matchers(allow),
        deny: matchers(deny),
        ..Rules::default()
    }
}

fn verdict(identity: &Identity, rules: &Rules) -> Result<Vec<String>, Denial> {
    let app = AppId::parse("app").unwrap();
    let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    decide(identity, rules, &Params::default(), (&app, "App"), now).map(|grant| grant.roles)
}

#[test]
fn allow_is_any_of_and_exact() {
    for fits in [
        "everyone",
        "group:staff",
        "email:ada@EXAMPLE.com",
        "domain:Example.com",
        "provider:work",
        "claim:dept=it",
        "claim:level=3",
        "claim:vip=true",
        "claim:teams=a",
        "claim:teams=7",
        "claim:realm.roles=x",
        "claim:https://acme.com/groups=y",
    ] {
        assert!(
            verdict(&ada(), &rules(&["group:none", fits], &[])).is_ok(),
            "{fits}"
        );
    }
    for not in [
        "group:Staff",
        "group:staff2",
        "email:Ada@example.com",
        "domain:ample.com",
        "domain:sub.example.com",
        "provider:home",
        "claim:dept=IT",
        "claim:realm=x",
        "claim:nothing=x",
    ] {
        assert_eq!(
            verdict(&ada(), &rules(&[not], &[])),
            Err(Denial::NotAllowed),
            "{not}"
        );
    }
    assert_eq!(verdict(&ada(), &rules(&[], &[])), Err(Denial::NotAllowed));
}

#[test]
fn deny_wins() {
    assert_eq!(
        verdict(&ada(), &rules(&["everyone"], &["group:staff"])),
        Err(Denial::Denied)
    );
    assert!(verdict(&ada(), &rules(&["everyone"], &["group:leavers"])).is_ok());
}

#[test]
fn c_15_what_is_unknown_never_opens() {
    let unknown = |why| person(None, false, Groups::Unknown(why));
    for (why, denial) in [
        (GroupsUnknown::Overage, Denial::GroupsOverage),
        (GroupsUnknown::Absent, Denial::GroupsUnknown),
        (GroupsUnknown::WrongType, Denial::GroupsUnknown),
    ] {
        assert_eq!(
            verdict(&unknown(why), &rules(&["group:staff"], &[])),
            Err(denial.clone())
        );
        assert_eq!(
            verdict(&unknown(why), &rules(&["everyone"], &["group:leavers"])),
            Err(denial)
        );
    }
    let unverified = person(Some("ada@example.com"), false, Groups::Known(vec![]));
    assert_eq!(
        verdict(&unverified, &rules(&["domain:example.com"], &[])),
        Err(Denial::EmailUnverified)
    );
    assert_eq!(
        verdict(&unverified, &rules(&["domain:other.com"], &[])),
        Err(Denial::NotAllowed)
    );
    assert_eq!(
        verdict(&unverified, &rules(&["everyone"], &["domain:other.com"])),
        Err(Denial::EmailUnverified)
    );
    assert_eq!(
        verdict(&ada(), &rules(&["everyone"], &["claim:nothing=x"])),
        Err(Denial::Denied)
    );
}

#[test]
fn s_327_a_group_differing_in_case_or_space_gives_nothing() {
    for odd in ["Staff", "staff ", " staff", "st\u{200b}aff", "ｓtaff"] {
        let person = person(None, false, Groups::Known(vec![odd.into()]));
        assert_eq!(
            verdict(&person, &rules(&["group:staff"], &[])),
            Err(Denial::NotAllowed),
            "{odd}"
        );
    }
}

#[test]
fn when_must_hold_too_and_an_app_may_name_its_providers() {
    let with = |when: &str| Rules {
        when: Some(Expression::condition(when, &ParamRules::default()).unwrap()),
        ..rules(&["everyone"], &[])
    };
    assert!(verdict(&ada(), &with("user.claims.level >= 3")).is_ok());
    assert_eq!(
        verdict(&ada(), &with("user.claims.level > 3")),
        Err(Denial::WhenNotMet)
    );
    assert_eq!(
        verdict(&ada(), &with("user.claims.nothing != 1")),
        Err(Denial::WhenNotMet)
    );
    let other = Rules {
        providers: vec![ProviderId::parse("home").unwrap()],
        ..rules(&["everyone"], &[])
    };
    assert_eq!(verdict(&ada(), &other), Err(Denial::NotAllowed));
}

#[test]
fn c_5_all_roles_or_the_first_and_only_for_a_fresh_sign_in() {
    let rule = |role: &str, allow: &str, age: Option<i64>| RoleRule {
        role: Some(role.to_owned()),
        allow: vec![Matcher::parse(allow).unwrap()],
        max_auth_age: age.map(Duration::seconds),
    };
    let roles = |collect| Rules {
        roles: Roles {
            rules: vec![
                rule("host", "group:staff", Some(60)),
                rule("presenter", "everyone", None),
                rule("transcriber", "group:none", None),
                rule("interpreter", "claim:dept=it", None),
            ],
            collect,
            otherwise: Some("agent".to_owned()),
        },
        ..rules(&["everyone"], &[])
    };
    let mut ada = ada();
    assert_eq!(verdict(&ada, &roles(true)).unwrap(), ["presenter", "interpreter"]);
    assert_eq!(verdict(&ada, &roles(false)).unwrap(), ["presenter"]);
    ada.auth_time = OffsetDateTime::from_unix_timestamp(1_800_000_000 - 60).ok();
    assert_eq!(
        verdict(&ada, &roles(true)).unwrap(),
        ["host", "presenter", "interpreter"]
    );
    // A time that is yet to come is none.
    ada.auth_time = OffsetDateTime::from_unix_timestamp(1_800_000_000 + 61).ok();
    assert_eq!(verdict(&ada, &roles(false)).unwrap(), ["presenter"]);
    ada.auth_time = OffsetDateTime::from_unix_timestamp(1_800_000_000 - 61).ok();
    assert_eq!(verdict(&ada, &roles(false)).unwrap(), ["presenter"]);
    let none = Rules {
        roles: Roles {
            otherwise: Some("agent".into()),
            ..Roles::default()
        },
        ..rules(&["everyone"], &[])
    };
    assert_eq!(verdict(&ada, &none).unwrap(), ["agent"]);
}

#[test]
fn rules_that_cannot_be_meant_are_refused() {
    for bad in [
        "",
        "staff",
        "group:",
        "group: staff",
        "email:nobody",
        "domain:@example.com",
        "domain:*.com",
        "domain:a b",
        "provider:No",
        "claim:x",
        "claim:=x",
        "claim:x=",
        "role:host",
    ] {
        assert!(Matcher::parse(bad).is_err(), "{bad}");
    }
}

/// Rules are shown as they were written.
#[test]
fn a_rule_reads_as_in_the_file() {
    for text in [
        "everyone",
        "group:staff",
        "email:ada@example.com",
        "domain:example.com",
        "provider:work",
        "claim:realm.roles=x",
    ] {
        assert_eq!(Matcher::parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn a_trace_names_the_rule_that_decided() {
    let traced = |identity: &Identity, rules: &Rules| {
        let app = AppId::parse("app").unwrap();
        let trace = trace(
            identity,
            rules,
            &Params::default(),
            (&app, "App"),
            OffsetDateTime::UNIX_EPOCH,
        );
        let decided: Vec<_> = trace.steps.into_iter().filter(|step| step.decided).collect();
        decided
            .iter()
            .map(|step| format!("{} {} {}", step.key, step.rule, step.fit))
            .collect::<Vec<_>>()
    };
    let both = rules(&["group:x", "group:staff", "everyone"], &["group:leavers"]);
    assert_eq!(traced(&ada(), &both), ["allow group:staff yes"]);
    let denied = rules(&["everyone"], &["group:leavers", "group:staff"]);
    assert_eq!(traced(&ada(), &denied), ["deny group:staff yes"]);
    let groups = person(None, false, Groups::Unknown(GroupsUnknown::Overage));
    assert_eq!(
        traced(&groups, &rules(&["domain:example.com", "group:staff"], &[])),
        ["allow group:staff unknown"]
    );
    assert!(traced(&ada(), &rules(&["group:x"], &[])).is_empty());
    let mut with_roles = rules(&["everyone"], &[]);
    with_roles.roles.rules = vec![RoleRule {
        role: Some("host".into()),
        allow: vec![Matcher::parse("group:staff").unwrap()],
        max_auth_age: None,
    }];
    assert_eq!(
        traced(&ada(), &with_roles),
        ["allow everyone yes", "roles host for group:staff yes"]
    );
}

fn any_matchers() -> impl Strategy<Value = Vec<Matcher>> {
    let text = prop_oneof![
        Just("everyone"),
        Just("group:staff"),
        Just("group:comms"),
        Just("email:ada@example.com"),
        Just("domain:example.com"),
        Just("provider:work"),
        Just("provider:home"),
        Just("claim:dept=it"),
        Just("claim:nothing=x"),
    ];
    proptest::collection::vec(text.prop_map(|text| Matcher::parse(text).unwrap()), 0..3)
}

fn any_person() -> impl Strategy<Value = Identity> {
    let groups = prop_oneof![
        proptest::collection::vec("(staff|comms|x)", 0..3).prop_map(Groups::Known),
        Just(Groups::Unknown(GroupsUnknown::Overage)),
        Just(Groups::Unknown(GroupsUnknown::Absent)),
    ];
    let email = prop_oneof![
        Just(None),
        Just(Some("ada@example.com")),
        Just(Some("eve@example.net"))
    ];
    let signed_in = proptest::option::of(-200i64..600);
    let acr = proptest::option::of("(gold|bronze)");
    (email, any::<bool>(), groups, signed_in, acr).prop_map(|(email, verified, groups, ago, acr)| {
        let mut person = person(email, verified, groups);
        person.acr = acr;
        person.auth_time = ago.and_then(|ago| OffsetDateTime::from_unix_timestamp(1_800_000_000 - ago).ok());
        person
    })
}

fn any_step_up() -> impl Strategy<Value = StepUp> {
    let age = proptest::option::of(Just(Duration::minutes(5)));
    let acr = prop_oneof![Just(vec![]), Just(vec!["gold".to_owned()])];
    (age, acr).prop_map(|(max_auth_age, acr_values)| StepUp {
        max_auth_age,
        acr_values,
    })
}

fn any_rules() -> impl Strategy<Value = Rules> {
    let when = proptest::option::of(prop_oneof![
        Just("user.claims.level == 3"),
        Just("user.claims.nothing"),
        Just("user.name == 'Ada'"),
        Just("user.email_verified"),
    ]);
    let role = (
        proptest::option::of("(host|presenter)"),
        any_matchers(),
        proptest::option::of(Just(Duration::minutes(5))),
    );
    let role = role.prop_map(|(role, allow, max_auth_age)| RoleRule {
        role,
        allow,
        max_auth_age,
    });
    let roles = (proptest::collection::vec(role, 0..3), any::<bool>());
    (
        any_matchers(),
        any_matchers(),
        when,
        roles,
        any::<[bool; 2]>(),
        any_step_up(),
    )
        .prop_map(
            |(allow, deny, when, (rules, collect), [home, bind_email], step_up)| Rules {
                bind_email,
                step_up,
                providers: home
                    .then(|| ProviderId::parse("home").unwrap())
                    .into_iter()
                    .collect(),
                allow,
                deny,
                when: when.map(|text| Expression::condition(text, &ParamRules::default()).unwrap()),
                roles: Roles {
                    rules,
                    collect,
                    otherwise: (!collect).then(|| "agent".to_owned()),
                },
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn lesson_33_the_trace_and_the_decision_agree(person in any_person(), rules in any_rules()) {
        let app = AppId::parse("app").unwrap();
        let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let trace = trace(&person, &rules, &Params::default(), (&app, "App"), now);
        prop_assert_eq!(&trace.verdict, &verdict(&person, &rules));
        // Whoever comes was let in by a rule that fits, and kept out by none.
        if trace.verdict.is_ok() {
            for step in &trace.steps {
                let fits = step.fit == Fit::Yes;
                prop_assert!(!(step.key == "deny" && step.fit != Fit::No));
                prop_assert!(fits || step.key == "allow" || step.key == "deny" || step.key == "roles");
                prop_assert!(fits || !step.decided);
            }
            prop_assert_eq!(trace.steps.iter().filter(|s| s.key == "allow" && s.decided).count(), 1);
        }
    }
}
