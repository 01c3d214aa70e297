use super::*;
use proptest::prelude::*;

fn rules() -> ParamRules {
    let mut rules = ParamRules::default();
    rules.declare("customer", "[a-z]+@[a-z.]+|guest", false).unwrap();
    rules.declare("page_", ".*", true).unwrap();
    rules
}

fn accept(pairs: &[(&str, &str)]) -> Result<Params, ParamError> {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    rules().accept(&pairs)
}

#[test]
fn c_7_the_whole_value_must_match_and_refusals_name_the_parameter() {
    assert_eq!(
        accept(&[("customer", "a@b.c")]).unwrap().get("customer"),
        Some("a@b.c")
    );
    assert_eq!(
        accept(&[("customer", "xguest")]),
        Err(ParamError::Mismatch("customer".into()))
    );
    assert_eq!(
        accept(&[("customer", "guest!")]),
        Err(ParamError::Mismatch("customer".into()))
    );
    assert_eq!(accept(&[]), Err(ParamError::Missing("customer".into())));
    assert_eq!(
        accept(&[("customer", "guest"), ("x", "1")]),
        Err(ParamError::Undeclared("x".into()))
    );
    let twice = [("customer", "guest"), ("customer", "guest")];
    assert_eq!(accept(&twice), Err(ParamError::Repeated("customer".into())));
}

#[test]
fn c_7_a_value_has_at_most_256_bytes_and_all_together_512() {
    let long = "x".repeat(257);
    assert_eq!(
        accept(&[("page_", &long)]),
        Err(ParamError::TooLong("page_".into()))
    );
    let mut rules = ParamRules::default();
    for name in ["a", "b", "c"] {
        rules.declare(name, ".*", true).unwrap();
    }
    let pairs: Vec<_> = ["a", "b", "c"].map(|n| (n.to_owned(), "x".repeat(200))).into();
    assert_eq!(rules.accept(&pairs), Err(ParamError::TooLong("c".into())));
}

#[test]
fn c_49_a_control_character_is_refused_whatever_the_pattern_says() {
    for control in ["a\0", "a\n", "\u{85}", "a\u{7f}"] {
        assert_eq!(
            accept(&[("customer", "guest"), ("page_", control)]),
            Err(ParamError::ControlCharacter("page_".into()))
        );
    }
}

#[test]
fn s_318_a_strangers_name_does_not_turn_the_page_around() {
    assert_eq!(
        accept(&[("\u{202e}cba\u{2066}\u{85}", "x")]),
        Err(ParamError::Undeclared("cba".into()))
    );
}

#[test]
fn lesson_8_s_302_a_return_address_stays_under_the_places_that_are_listed() {
    let mut rules = ParamRules::default();
    let places = ["https://acme.zendesk.com/hc", "https://help.acme.com"];
    rules.declare_within("return_to", &places, true).unwrap();
    let takes = |value: &str| rules.accept(&[("return_to".into(), value.into())]).is_ok();
    for good in [
        "https://acme.zendesk.com/hc",
        "https://acme.zendesk.com/hc/en-us/requests?x=1#top",
        "https://help.acme.com/anything",
        "/hc/en-us",
    ] {
        assert!(takes(good), "{good}");
    }
    for bad in [
        "https://acme.zendesk.com/admin",
        "https://acme.zendesk.com/hcx",
        "https://acme.zendesk.com/hc/../admin",
        "https://acme.zendesk.com/hc/%2e%2e/admin",
        "https://acme.zendesk.com/hc/..%2fadmin",
        "https://acme.zendesk.com.evil.test/hc",
        "https://acme.zendesk.com@evil.test/hc",
        "http://acme.zendesk.com/hc",
        "https:acme.zendesk.com/hc",
        "//evil.test/hc",
        "/\\evil.test/hc",
        "/\tevil",
        "\\\\evil.test",
        "javascript:alert(1)",
        "/admin",
        "hc",
        "",
        "https://acme.zendesk.com/h c",
    ] {
        assert!(!takes(bad), "{bad}");
    }
    // A vendor that resolves or decodes a path must not find another host in it.
    let mut anywhere = ParamRules::default();
    anywhere
        .declare_within("return_to", &["https://help.acme.com"], true)
        .unwrap();
    let takes = |value: &str| anywhere.accept(&[("return_to".into(), value.into())]).is_ok();
    for good in ["/", "/a/b.c?next=//x/../y%2f", "https://help.acme.com"] {
        assert!(takes(good), "{good}");
    }
    for bad in [
        "/..//evil.test",
        "/a/..//evil.test",
        "/.//evil.test",
        "/a//evil.test",
        "/%2fevil.test",
        "/%5Cevil.test",
        "/%2e%2e/evil.test",
        "https://help.acme.com//evil.test",
        "https://help.acme.com/..//evil.test",
    ] {
        assert!(!takes(bad), "{bad}");
    }
    for place in [
        "http://a.example",
        "https://a.example/?q",
        "https://a.example/#f",
        "x",
    ] {
        assert!(rules.declare_within("x", &[place], true).is_err(), "{place}");
    }
}

#[test]
fn names_and_patterns_that_cannot_stand_are_refused() {
    let mut rules = ParamRules::default();
    for name in ["", "1a", "a-b", "ä", &"a".repeat(33)] {
        assert_eq!(rules.declare(name, ".", false), Err(DeclareError::Name), "{name}");
    }
    for name in RESERVED {
        assert_eq!(rules.declare(name, ".", false), Err(DeclareError::Reserved));
    }
    for pattern in ["(", "a)|(b", "a{100000}{100000}"] {
        assert_eq!(
            rules.declare("x", pattern, false),
            Err(DeclareError::Pattern),
            "{pattern}"
        );
    }
}

proptest! {
    #[test]
    fn what_is_accepted_is_declared_and_bounded(
        pairs in proptest::collection::vec(("(customer|page_|x)", any::<String>()), 0..4)
    ) {
        if let Ok(params) = rules().accept(&pairs) {
            for (name, value) in params.iter() {
                prop_assert!(["customer", "page_"].contains(&name));
                prop_assert!(value.len() <= LONGEST && !value.chars().any(char::is_control));
            }
        }
    }
}

#[test]
fn s_367_no_pattern_takes_longer_than_its_value_is_long() {
    // Each of these keeps an engine that tries one way after the other busy for years.
    for pattern in ["(a*)*b", "(a|aa)+$", "(a|a?)+x", "([a-z]+)*@([a-z]+)*\\.b"] {
        let mut rules = ParamRules::default();
        rules.declare("p", pattern, false).unwrap();
        let near = vec![("p".to_owned(), "a".repeat(255) + "!")];
        assert_eq!(
            rules.accept(&near),
            Err(ParamError::Mismatch("p".into())),
            "{pattern}"
        );
    }
}
