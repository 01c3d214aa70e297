//! Documents of claims as nobody would send them in good faith.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::identity::{claim_at, strict_json};

/// JSON whose names and values are those that decide something, in every wrong place.
fn hostile() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just("a@x.org".to_owned()),
        Just("a@x.org,b@y.org".to_owned()),
        Just("src1".to_owned()),
        Just("true".to_owned()),
        Just("1".to_owned()),
        Just(TENANT.to_owned()),
        any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 4.0)),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            document_of(inner).prop_map(Value::Object),
        ]
    })
}

fn document_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let name = prop_oneof![
        9 => prop::sample::select(vec![
            "iss", "sub", "aud", "acr", "auth_time", "nonce", "sid", "email", "email_verified", "xms_edov", "tid", "hd",
            "groups", "groups:src1", "hasgroups", "_claim_names", "_claim_sources", "src1", "realm_access", "roles",
            "realm_access.roles", "name",
        ])
        .prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec((name, value), 0..8).prop_map(|entries| entries.into_iter().collect())
}

/// Ordinary claims with hostile ones over them.
fn document() -> impl Strategy<Value = Map<String, Value>> {
    let usual = json!({"tid": TENANT, "email": "a@x.org", "groups": ["a"], "realm_access": {"roles": ["b"]}});
    let usual = usual.as_object().unwrap().clone();
    (any::<bool>(), document_of(hostile())).prop_map(move |(ordinary, hostile)| {
        let mut claims = if ordinary { usual.clone() } else { Map::new() };
        claims.extend(hostile);
        claims
    })
}

fn any_provider() -> impl Strategy<Value = Provider> {
    let path = prop::sample::select(vec!["groups", "roles", "realm_access.roles", "a.b.c.d"]);
    let tenant = TENANT.to_owned();
    let dialects = vec![Dialect::Standard, Dialect::Entra { tenant }, Dialect::Google];
    (prop::sample::select(dialects), any::<bool>(), path).prop_map(|(dialect, empty, path)| Provider {
        dialect,
        groups_absent_means_empty: empty,
        groups_claim: path.to_owned(),
        ..provider()
    })
}

proptest! {
    #[test]
    fn s_320_no_document_of_claims_says_more_than_it_may(
        provider in any_provider(), id_token in document(), userinfo in document(),
    ) {
        let ada = identity(&provider, Subject::parse("ada").unwrap(), id_token.clone(), userinfo.clone());
        let tenant = id_token.get("tid").and_then(Value::as_str) == Some(TENANT);
        let is_entra = matches!(provider.dialect, Dialect::Entra { .. });
        let Ok(ada) = ada else {
            prop_assert!(is_entra && !tenant);
            return Ok(());
        };
        prop_assert!(tenant || !is_entra);
        prop_assert_eq!(ada.subject.as_str(), "ada");
        for name in PROTOCOL {
            let said = id_token.get(name).filter(|_| !SPENT.contains(&name));
            prop_assert_eq!(ada.claims.get(name), said, "{}", name);
        }
        let source = if id_token.contains_key("email") { &id_token } else { &userinfo };
        let address = source.get("email").and_then(Value::as_str).and_then(|text| Email::parse(text).ok());
        prop_assert_eq!(ada.email.as_ref().map(Email::as_str), address.as_ref().map(Email::as_str));
        if ada.email_verified {
            let (name, proofs) = if is_entra {
                ("xms_edov", vec![json!(true), json!("1")])
            } else {
                ("email_verified", vec![json!(true)])
            };
            prop_assert!(ada.email.is_some());
            prop_assert!(source.get(name).is_some_and(|said| proofs.contains(said)));
            prop_assert!(provider.dialect != Dialect::Google || ada.text("hd").is_some());
        }
        let claim = claim_at(&ada.claims, &provider.groups_claim);
        match &ada.groups {
            Groups::Known(groups) => match claim {
                Some(claim) => prop_assert!(*claim == json!(groups) || (groups.len() == 1 && *claim == json!(groups[0]))),
                None => prop_assert!(groups.is_empty() && provider.groups_absent_means_empty),
            },
            Groups::Unknown(GroupsUnknown::Absent) => prop_assert!(claim.is_none()),
            Groups::Unknown(GroupsUnknown::WrongType | GroupsUnknown::Overage) => {}
        }
    }

    #[test]
    fn s_182_a_repeated_name_spoils_the_document_at_any_depth(
        claims in document(), name in "[a-z:_.]{1,12}", one in hostile(), other in hostile(), depth in 0_usize..20,
    ) {
        let text = Value::Object(claims.clone()).to_string();
        prop_assert_eq!(strict_json::object(text.as_bytes()).unwrap(), claims);
        let twice = format!("{{\"{name}\":{one},\"{name}\":{other}}}");
        let text = format!("{}{twice}{}", "{\"a\":[".repeat(depth), "]}".repeat(depth));
        prop_assert!(strict_json::object(text.as_bytes()).is_err());
    }
}
