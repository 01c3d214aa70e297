use proptest::prelude::*;

use super::*;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|m| m.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

pub fn any_identity() -> impl Strategy<Value = Identity> {
    let names = "(name|title|picture|region|roles|role|exp|iat|email)";
    let claims = proptest::collection::vec((names, any_json()), 0..8);
    let groups = proptest::collection::vec("(staff|comms|bosses|x)", 0..4);
    (claims, groups, any::<bool>()).prop_map(|(claims, groups, verified)| {
        let mut identity = ada(Value::Object(claims.into_iter().collect()));
        identity.groups = Groups::Known(groups);
        identity.email_verified = verified;
        identity
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn c_3_every_token_ends_after_its_ttl_and_holds_only_roles_of_its_rules(
        identity in any_identity(), seconds in 0i64..4_000_000_000
    ) {
        static APPS: std::sync::LazyLock<[Config; 2]> = std::sync::LazyLock::new(|| [
            app(FRAMEABLE, "ttl = \"90s\"\niat_backdate = \"25s\"\nuser_profile = [[\"title\", \"{{ user.claims.title }}\"]]\nroles = [{ role = \"host\", allow = [\"group:comms\"] }]"),
            app(COBROWSE, "ttl = \"90s\"\nroles = [{ role = \"administrator\", allow = [\"group:bosses\"] }]"),
        ]);
        let now = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        for config in &*APPS {
            let Ok(made) = prepare(&config.apps[0], &identity, &Params::default(), now) else { continue };
            let claims = made.claims().as_map();
            let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
            prop_assert_eq!(exp - iat, 90);
            let backdate = if config.apps[0].vendor == "frameable" { 25 } else { 0 };
            prop_assert_eq!(iat, seconds - backdate);
            let groups = identity.groups.known().unwrap();
            let host = groups.iter().any(|g| g == "comms");
            let boss = groups.iter().any(|g| g == "bosses");
            let hosts = host.then(|| json!(["host"]));
            if config.apps[0].vendor == "frameable" { prop_assert_eq!(claims.get("roles"), hosts.as_ref()) } else { prop_assert_eq!(&claims["role"], &json!(if boss { "administrator" } else { "agent" })) }
        }
    }
}
