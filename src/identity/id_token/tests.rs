use super::super::jwt::tests::Op;
use super::*;
use serde_json::json;

const NOW: i64 = 1_800_000_000;

/// What becomes of an honest token with `changes`.
fn verdict(changes: &Value) -> Result<(), Invalid> {
    let op = Op::new();
    let claims = json!({
        "iss": "https://op.example", "sub": "ada", "aud": "usher", "exp": NOW + 300, "iat": NOW,
        "nonce": "n", "at_hash": half_hash(Algorithm::EdDSA, "access"),
    });
    let expected = Expected {
        issuer: "https://op.example",
        client_id: "usher",
        nonce: "n",
        access_token: "access",
    };
    let token = op.read(&op.token(claims, changes), Kind::IdToken).unwrap();
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    verify(token, &expected, now).map(drop)
}

#[test]
fn s_130_to_s_140_each_claim_is_checked() {
    let cases = [
        (json!({}), Ok(())),
        (json!({"aud": ["usher"]}), Ok(())),
        (json!({"azp": "usher"}), Ok(())),
        (json!({"at_hash": null}), Ok(())),
        (
            json!({"iss": "https://op.example/"}),
            Err(Invalid::Jwt(Fault::Issuer)),
        ),
        (json!({"iss": null}), Err(Invalid::Jwt(Fault::Issuer))),
        (json!({"sub": null}), Err(Invalid::SubjectMissing)),
        (json!({"sub": ""}), Err(Invalid::SubjectMissing)),
        (json!({"sub": "x".repeat(256)}), Err(Invalid::SubjectMissing)),
        (json!({"sub": "ä"}), Err(Invalid::SubjectMissing)),
        (json!({"aud": "other"}), Err(Invalid::Jwt(Fault::Audience))),
        (json!({"aud": []}), Err(Invalid::Jwt(Fault::Audience))),
        (json!({"aud": null}), Err(Invalid::Jwt(Fault::Audience))),
        (
            json!({"aud": ["usher", "other"]}),
            Err(Invalid::Jwt(Fault::Audience)),
        ),
        (
            json!({"aud": ["usher", "other"], "azp": "usher"}),
            Err(Invalid::Jwt(Fault::Audience)),
        ),
        (json!({"azp": "other"}), Err(Invalid::Jwt(Fault::AuthorizedParty))),
        (json!({"nonce": null}), Err(Invalid::NonceMissing)),
        (json!({"nonce": "m"}), Err(Invalid::Nonce)),
        (json!({"at_hash": "AAAA"}), Err(Invalid::AtHash)),
        (json!({"at_hash": 1}), Err(Invalid::AtHash)),
    ];
    for (changes, expected) in cases {
        assert_eq!(verdict(&changes), expected, "{changes}");
    }
}

#[test]
fn c_48_s_370_s_372_times_have_a_minute_of_leeway_and_no_more() {
    let cases = [
        (json!({"exp": NOW - 30}), Ok(())),
        (json!({"exp": NOW - 59}), Ok(())),
        (json!({"exp": NOW - 60}), Err(Invalid::Jwt(Fault::Expired))),
        (json!({"exp": null}), Err(Invalid::Jwt(Fault::ExpMissing))),
        (
            json!({"exp": (NOW + 300).to_string()}),
            Err(Invalid::Jwt(Fault::ExpMissing)),
        ),
        (json!({"exp": -1}), Err(Invalid::Jwt(Fault::ExpMissing))),
        (json!({"exp": u64::MAX}), Err(Invalid::Jwt(Fault::ExpMissing))),
        (
            json!({"exp": 9_223_372_036_854_775_807_i64}),
            Err(Invalid::Jwt(Fault::ExpMissing)),
        ),
        (
            json!({"exp": 253_402_300_799_i64}),
            Err(Invalid::Jwt(Fault::ExpMissing)),
        ),
        (json!({"iat": NOW + 60}), Ok(())),
        (json!({"iat": NOW + 61}), Err(Invalid::Jwt(Fault::IatOutOfRange))),
        (json!({"iat": NOW - 600}), Ok(())),
        (json!({"iat": NOW - 601}), Err(Invalid::Jwt(Fault::IatOutOfRange))),
        (json!({"iat": 1_800_000_000.5}), Ok(())),
        (json!({"iat": null}), Err(Invalid::Jwt(Fault::IatMissing))),
    ];
    for (changes, expected) in cases {
        assert_eq!(verdict(&changes), expected, "{changes}");
    }
}
