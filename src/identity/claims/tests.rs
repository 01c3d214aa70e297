mod hostile;

use serde_json::json;

use super::*;
use crate::identity::settings::{AuthTime, ClientAuth};
use crate::identity::{Groups, GroupsUnknown};
use crate::types::{Issuer, ProviderId};

const TENANT: &str = "7f3c1a52-0b1d-4c7e-9a55-6d0d2e8c4b10";

fn provider() -> Provider {
    Provider {
        id: ProviderId::parse("work").unwrap(),
        title: "Work".into(),
        issuer: Issuer::parse("https://op.example").unwrap(),
        client_id: "usher".into(),
        auth: ClientAuth::None,
        par: false,
        scopes: vec!["openid".into()],
        groups_claim: "groups".into(),
        groups_absent_means_empty: false,
        trust_email: false,
        dialect: Dialect::Standard,
        id_token_algs: vec![jsonwebtoken::Algorithm::RS256],
        prompt: None,
        auth_time: AuthTime::Provider,
        ends_by_form: false,
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
    let userinfo = json!({"name": "Other", "title": "Engineer", "auth_time": 1, "acr": "high", "sid": "s"});
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

fn entra() -> Provider {
    Provider {
        dialect: Dialect::Entra {
            tenant: TENANT.into(),
        },
        ..provider()
    }
}

#[test]
fn s_324_an_entra_token_must_name_the_tenant_of_its_issuer() {
    for tid in [
        json!("11111111-2222-3333-4444-555555555555"),
        json!(TENANT.to_uppercase()),
        json!([TENANT]),
        json!(null),
        json!(""),
    ] {
        let error = made(&entra(), &json!({"tid": tid}), &json!({})).unwrap_err();
        assert_eq!(error, SignInError::IdToken(Invalid::Tenant), "{tid}");
    }
    // Userinfo cannot say it in the token's place.
    let error = made(&entra(), &json!({}), &json!({"tid": TENANT})).unwrap_err();
    assert_eq!(error.code(), "id_token.tid_mismatch");
    assert!(made(&entra(), &json!({"tid": TENANT}), &json!({})).is_ok());
    assert!(made(&provider(), &json!({"tid": "elsewhere"}), &json!({})).is_ok());
}

#[test]
fn s_324_only_the_owner_of_its_domain_verifies_an_entra_address() {
    let verified = |provider: &Provider, extra: Value, userinfo: Value| {
        let mut id_token = json!({"tid": TENANT, "email": "a@x.org"});
        id_token
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        made(provider, &id_token, &userinfo).unwrap().email_verified
    };
    for said in [json!(true), json!("1")] {
        assert!(verified(&entra(), json!({"xms_edov": said}), json!({})));
        // To any other provider the claim means nothing.
        assert!(!verified(&provider(), json!({"xms_edov": said}), json!({})));
    }
    for said in [
        json!(false),
        json!("0"),
        json!("true"),
        json!(1),
        json!(null),
        json!([true]),
    ] {
        assert!(
            !verified(&entra(), json!({"xms_edov": said}), json!({})),
            "{said}"
        );
    }
    assert!(!verified(&entra(), json!({}), json!({})));
    assert!(!verified(&entra(), json!({"email_verified": true}), json!({})));
    let contradicted = json!({"xms_edov": true, "email_verified": false});
    assert!(!verified(&entra(), contradicted, json!({})));
    assert!(
        !verified(&entra(), json!({}), json!({"xms_edov": true})),
        "C-14: of another document than the address"
    );
    let trusting = Provider {
        trust_email: true,
        ..entra()
    };
    assert!(verified(&trusting, json!({}), json!({})));
    let elsewhere = made(
        &entra(),
        &json!({"tid": TENANT, "xms_edov": true}),
        &json!({"email": "b@x.org"}),
    );
    assert!(!elsewhere.unwrap().email_verified, "C-14: the other way round");
}

#[test]
fn lesson_30_every_spelling_of_too_many_groups_is_understood() {
    let too_many = Groups::Unknown(GroupsUnknown::Overage);
    let says_empty = Provider {
        groups_absent_means_empty: true,
        ..provider()
    };
    for claims in [
        json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph.example"}}}),
        json!({"groups": "src1", "_claim_sources": {"src1": {"endpoint": "https://graph.example"}}}),
        json!({"groups:src1": "https://graph.example"}),
        json!({"hasgroups": true}),
        json!({"hasgroups": "true"}),
        // A list beside the mark is not the whole list.
        json!({"groups": ["a"], "hasgroups": true}),
        json!({"groups": [], "_claim_names": {"groups": "src1"}}),
    ] {
        for provider in [&provider(), &says_empty] {
            assert_eq!(
                made(provider, &claims, &json!({})).unwrap().groups,
                too_many,
                "{claims}"
            );
            assert_eq!(
                made(provider, &json!({}), &claims).unwrap().groups,
                too_many,
                "{claims}"
            );
        }
    }
    // App roles are the cure: they come although the groups do not.
    let roles = Provider {
        groups_claim: "roles".into(),
        ..provider()
    };
    let claims = json!({"roles": ["staff"], "hasgroups": true, "_claim_names": {"groups": "src1"}});
    assert_eq!(
        made(&roles, &claims, &json!({})).unwrap().groups,
        Groups::Known(vec!["staff".into()])
    );
    let nested = Provider {
        groups_claim: "realm_access.roles".into(),
        ..provider()
    };
    let claims = json!({"_claim_names": {"realm_access": "src1"}});
    assert_eq!(made(&nested, &claims, &json!({})).unwrap().groups, too_many);
}

#[test]
fn c_15_a_path_that_breaks_off_is_no_way_to_say_no_groups() {
    let nested = Provider {
        groups_claim: "realm_access.roles".into(),
        groups_absent_means_empty: true,
        ..provider()
    };
    let groups = |claims: Value| made(&nested, &claims, &json!({})).unwrap().groups;
    for broken in [json!("staff"), json!(["roles"]), json!(null), json!(7)] {
        assert_eq!(
            groups(json!({"realm_access": broken})),
            Groups::Unknown(GroupsUnknown::WrongType),
            "{broken}"
        );
    }
    assert_eq!(groups(json!({"realm_access": {}})), Groups::Known(Vec::new()));
    assert_eq!(groups(json!({})), Groups::Known(Vec::new()));
    // C-13: a claim of the whole name comes first.
    let both = json!({"realm_access.roles": ["literal"], "realm_access": {"roles": ["nested"]}});
    assert_eq!(groups(both), Groups::Known(vec!["literal".into()]));
}

#[test]
fn s_325_google_answers_for_its_own_addresses_only() {
    let google = Provider {
        dialect: Dialect::Google,
        ..provider()
    };
    let verified = |claims: Value| made(&google, &claims, &json!({})).unwrap().email_verified;
    assert!(verified(
        json!({"email": "ada@gmail.com", "email_verified": true})
    ));
    assert!(verified(
        json!({"email": "ada@x.org", "email_verified": true, "hd": "x.org"})
    ));
    // A private account that was made with the company's address outlives the job.
    assert!(!verified(json!({"email": "ada@x.org", "email_verified": true})));
    for hd in [json!(""), json!(true), json!(["x.org"]), json!(null)] {
        assert!(!verified(
            json!({"email": "ada@x.org", "email_verified": true, "hd": hd})
        ));
    }
    assert!(!verified(
        json!({"email": "ada@x.org", "email_verified": "true", "hd": "x.org"})
    ));
    assert!(!verified(
        json!({"email": "ada@notgmail.com", "email_verified": true})
    ));
    let trusting = Provider {
        trust_email: true,
        ..google
    };
    let claims = json!({"email": "ada@x.org", "email_verified": true});
    assert!(made(&trusting, &claims, &json!({})).unwrap().email_verified);
}

#[test]
fn lesson_44_an_address_with_several_ats_is_none() {
    for email in [
        json!("ada@x.org@evil.test"),
        json!("ada@evil.test,ada@x.org"),
        json!("\"ada@x.org\"@evil.test"),
        json!("Ada <ada@x.org>"),
        json!(["ada@x.org"]),
        json!({"value": "ada@x.org"}),
    ] {
        let claims = json!({"email": email, "email_verified": true});
        let who = made(&provider(), &claims, &json!({})).unwrap();
        assert_eq!((who.email, who.email_verified), (None, false), "{email}");
    }
}
