use super::super::jwt::tests::Op;
use super::*;
use proptest::prelude::*;
use serde_json::json;

const NOW: i64 = 1_800_000_000;

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).unwrap()
}

fn issuer() -> Issuer {
    Issuer::parse("https://op.example").unwrap()
}

fn read_text(compact: &str) -> Result<Logout, Invalid> {
    let token = Op::new().read(compact, Kind::LogoutToken).map_err(Invalid::Jwt)?;
    read(&token, &issuer(), "usher", now())
}

/// What becomes of an honest token with `changes`.
fn verdict(changes: &Value) -> Result<Whose, Invalid> {
    let claims = json!({
        "iss": "https://op.example", "aud": "usher", "exp": NOW + 120, "iat": NOW, "jti": "once",
        "events": { EVENT: {} }, "sub": "ada", "sid": "s1",
    });
    read_text(&Op::new().token(claims, changes)).map(|logout| logout.whose)
}

#[test]
fn s_154_s_155_s_156_each_claim_is_checked() {
    let ada = Subject::parse("ada").unwrap();
    let sid = |subject: Option<&Subject>| {
        Ok(Whose::Sid {
            sid: "s1".to_owned(),
            subject: subject.cloned(),
        })
    };
    let jwt = |fault| Err(Invalid::Jwt(fault));
    for (changes, expected) in [
        (json!({}), sid(Some(&ada))),
        (json!({"sub": null}), sid(None)),
        (json!({"sid": null}), Ok(Whose::Subject(ada.clone()))),
        (json!({"unknown": [1]}), sid(Some(&ada))),
        (
            json!({"events": {EVENT: {"more": 1}, "other": 1}}),
            sid(Some(&ada)),
        ),
        (json!({"sub": null, "sid": null}), Err(Invalid::NobodyNamed)),
        (json!({"sub": ""}), Err(Invalid::SubInvalid)),
        (json!({"sub": 7}), Err(Invalid::SubInvalid)),
        (json!({"sid": 7}), Err(Invalid::SidInvalid)),
        (json!({"sid": ""}), Err(Invalid::SidInvalid)),
        (json!({"jti": null}), Err(Invalid::JtiMissing)),
        (json!({"jti": ""}), Err(Invalid::JtiMissing)),
        (json!({"jti": 7}), Err(Invalid::JtiMissing)),
        (json!({"jti": "x".repeat(1025)}), Err(Invalid::JtiMissing)),
        (json!({"nonce": ""}), Err(Invalid::Nonce)),
        (json!({"nonce": "n"}), Err(Invalid::Nonce)),
        (json!({"nonce": false}), Err(Invalid::Nonce)),
        (json!({"events": null}), Err(Invalid::NoEvent)),
        (json!({"events": EVENT}), Err(Invalid::NoEvent)),
        (json!({"events": [EVENT]}), Err(Invalid::NoEvent)),
        (json!({"events": {}}), Err(Invalid::NoEvent)),
        (json!({"events": {EVENT: true}}), Err(Invalid::NoEvent)),
        (json!({"events": {EVENT: [{}]}}), Err(Invalid::NoEvent)),
        (
            json!({"events": {format!("{EVENT}/foobar"): {}}}),
            Err(Invalid::NoEvent),
        ),
        (json!({"iss": "https://op.example/"}), jwt(Fault::Issuer)),
        (json!({"aud": "other"}), jwt(Fault::Audience)),
        (json!({"aud": ["usher", "other"]}), jwt(Fault::Audience)),
        (json!({"exp": null}), jwt(Fault::ExpMissing)),
        (json!({"exp": NOW - 60}), jwt(Fault::Expired)),
        (json!({"iat": null}), jwt(Fault::IatMissing)),
        (json!({"iat": NOW - 601}), jwt(Fault::IatOutOfRange)),
        (json!({"iat": NOW + 61}), jwt(Fault::IatOutOfRange)),
    ] {
        assert_eq!(verdict(&changes), expected, "{changes}");
    }
}

#[test]
fn s_158_a_token_is_known_by_issuer_and_jti() {
    let other = Issuer::parse("https://other.example").unwrap();
    assert_eq!(once(&issuer(), "a"), once(&issuer(), "a"));
    assert_ne!(once(&issuer(), "a"), once(&issuer(), "b"));
    assert_ne!(once(&issuer(), "a"), once(&other, "a"));
}

proptest! {
    #[test]
    fn s_379_any_text_is_refused_without_panic(text in ".{0,400}") {
        prop_assert!(read_text(&text).is_err());
    }

    /// Signed or not, whatever stands in the claims never ends in a panic.
    #[test]
    fn s_379_any_claim_is_read_without_panic(
        name in "sub|sid|jti|nonce|events|iat|exp|aud|iss|azp",
        value in prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,40}".prop_map(Value::from),
            prop::collection::vec(".{0,9}", 0..3).prop_map(Value::from),
        ],
    ) {
        let _ = verdict(&json!({ name: value }));
    }
}
