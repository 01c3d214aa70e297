//! From two documents of claims to one identity.

use serde_json::{Map, Value};

use super::jwt::numeric_date;
use super::oidc::SignInError;
use super::settings::Provider;
use super::{Groups, GroupsUnknown, Identity, claim_at};
use crate::types::{Email, Subject};

/// C-24: the most bytes of claims that a session holds, as JSON.
const LARGEST: usize = 64 * 1024;

/// Claims that speak about the sign-in rather than the person; userinfo has no say in them (C-14).
const PROTOCOL: [&str; 17] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "acr",
    "amr",
    "auth_time",
    "azp",
    "sid",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "events",
];

/// Claims that have done their duty once the ID token is verified.
const SPENT: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

/// Joins the verified ID token's claims with userinfo's into an identity.
pub fn identity(
    provider: &Provider,
    subject: Subject,
    id_token: Map<String, Value>,
    userinfo: Map<String, Value>,
) -> Result<Identity, SignInError> {
    let claims = merge(id_token, userinfo);
    let size = |value: &Value| value.to_string().len();
    if claims
        .iter()
        .map(|(name, value)| name.len() + size(value) + 4)
        .sum::<usize>()
        > LARGEST
    {
        let largest = claims
            .iter()
            .max_by_key(|(_, value)| size(value))
            .map(|(name, _)| name.clone());
        return Err(SignInError::ClaimsTooLarge {
            claim: largest.unwrap_or_default(),
        });
    }
    let email = claims
        .get("email")
        .and_then(Value::as_str)
        .and_then(|text| Email::parse(text).ok());
    let verified = provider.trust_email || claims.get("email_verified") == Some(&Value::Bool(true));
    Ok(Identity {
        provider: provider.id.clone(),
        issuer: provider.issuer.clone(),
        subject,
        email_verified: verified && email.is_some(),
        email,
        groups: groups(provider, &claims),
        auth_time: claims.get("auth_time").and_then(numeric_date),
        acr: claims.get("acr").and_then(Value::as_str).map(str::to_owned),
        claims,
    })
}

/// C-14: the ID token wins, userinfo adds; an address and its verification come from one document.
fn merge(mut claims: Map<String, Value>, userinfo: Map<String, Value>) -> Map<String, Value> {
    let address_is_ours = claims.contains_key("email");
    if !address_is_ours && userinfo.contains_key("email") {
        claims.remove("email_verified");
    }
    for (name, value) in userinfo {
        let address = name == "email" || name == "email_verified";
        if PROTOCOL.contains(&name.as_str()) || (address && address_is_ours) {
            continue;
        }
        claims.entry(name).or_insert(value);
    }
    for name in SPENT {
        claims.remove(name);
    }
    claims
}

fn groups(provider: &Provider, claims: &Map<String, Value>) -> Groups {
    let path = provider.groups_claim.as_str();
    match claim_at(claims, path) {
        // One group may come as a string. One with a separator may be several, and is not split.
        Some(Value::String(group)) if !group.contains([' ', ',', ';']) => Groups::Known(vec![group.clone()]),
        Some(Value::Array(list)) => {
            let groups: Option<Vec<String>> = list.iter().map(|g| g.as_str().map(str::to_owned)).collect();
            groups.map_or(Groups::Unknown(GroupsUnknown::WrongType), Groups::Known)
        }
        Some(_) => Groups::Unknown(GroupsUnknown::WrongType),
        None if overage(claims, path) => Groups::Unknown(GroupsUnknown::Overage),
        None if provider.groups_absent_means_empty => Groups::Known(Vec::new()),
        None => Groups::Unknown(GroupsUnknown::Absent),
    }
}

/// Entra's two ways to say that there are too many groups to send (lesson 30).
fn overage(claims: &Map<String, Value>, path: &str) -> bool {
    let elsewhere = claims
        .get("_claim_names")
        .and_then(|names| names.get(path))
        .is_some();
    elsewhere
        || claims
            .get("hasgroups")
            .is_some_and(|value| *value != Value::Bool(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::settings::ClientAuth;
    use crate::types::{Issuer, ProviderId};
    use serde_json::json;

    fn provider() -> Provider {
        Provider {
            id: ProviderId::parse("work").unwrap(),
            title: "Work".into(),
            issuer: Issuer::parse("https://op.example").unwrap(),
            client_id: "usher".into(),
            auth: ClientAuth::None,
            scopes: vec!["openid".into()],
            groups_claim: "groups".into(),
            groups_absent_means_empty: false,
            trust_email: false,
            id_token_algs: vec![jsonwebtoken::Algorithm::RS256],
            prompt: None,
            extra_params: Vec::new(),
            ca_pem: None,
            allow_private_network: false,
        }
    }

    fn made(provider: &Provider, id_token: &Value, userinfo: &Value) -> Result<Identity, SignInError> {
        let map = |value: &Value| value.as_object().unwrap().clone();
        identity(
            provider,
            Subject::parse("ada").unwrap(),
            map(id_token),
            map(userinfo),
        )
    }

    #[test]
    fn c_14_the_id_token_wins_and_protocol_claims_never_come_from_userinfo() {
        let userinfo =
            json!({"name": "Other", "title": "Engineer", "auth_time": 1, "acr": "high", "sid": "s"});
        let ada = made(&provider(), &json!({"name": "Ada"}), &userinfo).unwrap();
        assert_eq!(ada.text("name"), Some("Ada"));
        assert_eq!(ada.text("title"), Some("Engineer"));
        assert_eq!(
            (ada.auth_time, ada.acr.as_deref(), ada.text("sid")),
            (None, None, None)
        );
    }

    #[test]
    fn c_14_an_address_and_its_verification_come_from_one_document() {
        let mixed = [
            (
                json!({"email": "a@x.org"}),
                json!({"email": "b@x.org", "email_verified": true}),
                "a@x.org",
                false,
            ),
            (
                json!({"email_verified": true}),
                json!({"email": "b@x.org"}),
                "b@x.org",
                false,
            ),
            (
                json!({}),
                json!({"email": "b@x.org", "email_verified": true}),
                "b@x.org",
                true,
            ),
        ];
        for (id_token, userinfo, address, verified) in mixed {
            let who = made(&provider(), &id_token, &userinfo).unwrap();
            assert_eq!(
                (who.email.unwrap().as_str(), who.email_verified),
                (address, verified),
                "{id_token}"
            );
        }
    }

    #[test]
    fn s_323_only_the_boolean_true_verifies_an_address() {
        for not_true in [json!(false), json!("true"), json!(1), json!(null)] {
            let claims = json!({"email": "a@x.org", "email_verified": not_true});
            assert!(
                !made(&provider(), &claims, &json!({})).unwrap().email_verified,
                "{claims}"
            );
        }
        let trusting = Provider {
            trust_email: true,
            ..provider()
        };
        assert!(
            made(&trusting, &json!({"email": "a@x.org"}), &json!({}))
                .unwrap()
                .email_verified
        );
    }

    #[test]
    fn c_15_overage_wrong_type_and_absence_are_unknown() {
        let groups = |claims: Value| made(&provider(), &claims, &json!({})).unwrap().groups;
        assert_eq!(
            groups(json!({"groups": ["a", "b"]})),
            Groups::Known(vec!["a".into(), "b".into()])
        );
        assert_eq!(groups(json!({"groups": "a"})), Groups::Known(vec!["a".into()]));
        // S-327: nothing is split, and what might be several opens no `allow` and slips past no `deny`.
        for several in ["a b", "a,b", "a; b"] {
            let unknown = Groups::Unknown(GroupsUnknown::WrongType);
            assert_eq!(groups(json!({"groups": several})), unknown);
        }
        assert_eq!(
            groups(json!({"groups": ["a", 1]})),
            Groups::Unknown(GroupsUnknown::WrongType)
        );
        assert_eq!(groups(json!({})), Groups::Unknown(GroupsUnknown::Absent));
        assert_eq!(
            groups(json!({"_claim_names": {"groups": "src1"}})),
            Groups::Unknown(GroupsUnknown::Overage)
        );
        assert_eq!(
            groups(json!({"hasgroups": true})),
            Groups::Unknown(GroupsUnknown::Overage)
        );
        let says_empty = Provider {
            groups_absent_means_empty: true,
            ..provider()
        };
        assert_eq!(
            made(&says_empty, &json!({}), &json!({})).unwrap().groups,
            Groups::Known(Vec::new())
        );
        let nested = Provider {
            groups_claim: "realm_access.roles".into(),
            ..provider()
        };
        let claims = json!({"realm_access": {"roles": ["staff"]}});
        assert_eq!(
            made(&nested, &claims, &json!({})).unwrap().groups,
            Groups::Known(vec!["staff".into()])
        );
    }

    #[test]
    fn c_24_claims_over_64_kib_are_refused_and_the_largest_is_named() {
        let groups: Vec<String> = (0..10_000).map(|n| format!("group-{n}")).collect();
        let error = made(&provider(), &json!({"name": "Ada", "groups": groups}), &json!({})).unwrap_err();
        assert_eq!(
            error,
            SignInError::ClaimsTooLarge {
                claim: "groups".into()
            }
        );
    }
}
