//! The parameters of a launch, from its query (C-7, C-49).

use std::sync::LazyLock;

use url::Url;
use usher::params::{ParamRules, Params, pairs};

const CUSTOMER: &str = "[^@ ]{1,64}@[^@ ]{1,180}";
const PLACE: &str = "https://crm.example.com/calls";

pub fn holds(query: &[u8]) -> bool {
    let Some(pairs) = pairs(query) else { return false };
    let Ok(params) = RULES.accept(&pairs) else {
        return false;
    };

    let accepted = params.to_pairs();
    assert_eq!(accepted.len(), pairs.len(), "nothing is dropped in silence");
    assert!(accepted.iter().map(|(_, value)| value.len()).sum::<usize>() <= 512);
    for (name, value) in &accepted {
        assert!(pairs.iter().any(|(n, v)| n == name && v == value));
        assert!(value.len() <= 256 && !value.chars().any(char::is_control), "C-49");
    }
    assert_eq!(RULES.accept(&accepted).as_ref(), Ok(&params));
    patterns(&params);
    if let Some(back) = params.get("back") {
        let place = Url::parse(PLACE).expect("a place");
        let url = place.join(back).expect("an address");
        assert_eq!(url.origin(), place.origin());
        assert!(url.path() == "/calls" || url.path().starts_with("/calls/"));
        assert!(url.username().is_empty() && url.password().is_none());
    }
    true
}

static RULES: LazyLock<ParamRules> = LazyLock::new(|| {
    let mut rules = ParamRules::default();
    rules.declare("customer", CUSTOMER, true).expect("a pattern");
    rules.declare("plain", "a|b", true).expect("a pattern");
    rules.declare_within("back", &[PLACE], true).expect("a place");
    rules
});

fn patterns(params: &Params) {
    assert!(
        params
            .get("plain")
            .is_none_or(|value| value == "a" || value == "b")
    );
    if let Some(customer) = params.get("customer") {
        let (name, domain) = customer.split_once('@').expect("one @");
        assert!(!name.is_empty() && name.chars().count() <= 64);
        assert!(!domain.is_empty() && domain.chars().count() <= 180);
        assert!(!domain.contains('@') && !customer.contains(' '));
    }
}
