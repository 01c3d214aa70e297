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

fn ada() -> Identity {
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
