use super::*;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use proptest::prelude::*;
use serde_json::json;

const NOW: i64 = 1_800_000_000;

struct Op(Ed25519KeyPair);

impl Op {
    fn new() -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap())
    }

    fn keys(&self) -> Keys {
        let x = URL_SAFE_NO_PAD.encode(self.0.public_key().as_ref());
        let jwks = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": x}]});
        Keys::parse(jwks.to_string().as_bytes()).unwrap()
    }

    fn sign(&self, header: &str, payload: &str) -> String {
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        );
        format!(
            "{message}.{}",
            URL_SAFE_NO_PAD.encode(self.0.sign(message.as_bytes()))
        )
    }

    /// An honest token with `changes` on top; null removes a claim.
    fn token(&self, changes: &Value) -> String {
        let mut claims = json!({
            "iss": "https://op.example", "sub": "ada", "aud": "usher", "exp": NOW + 300, "iat": NOW,
            "nonce": "n", "at_hash": half_hash(Algorithm::EdDSA, "access"),
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        self.sign(r#"{"alg":"EdDSA","kid":"k"}"#, &claims.to_string())
    }

    fn verdict(&self, compact: &str) -> Result<(), Invalid> {
        let expected = Expected {
            issuer: "https://op.example",
            client_id: "usher",
            nonce: "n",
            algs: &[Algorithm::EdDSA],
            access_token: "access",
        };
        let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
        verify(compact, &expected, &self.keys(), now).map(|_| ())
    }
}

#[test]
fn s_130_to_s_140_each_claim_is_checked() {
    let op = Op::new();
    let cases = [
        (json!({}), Ok(())),
        (json!({"aud": ["usher"]}), Ok(())),
        (json!({"azp": "usher"}), Ok(())),
        (json!({"at_hash": null}), Ok(())),
        (json!({"iss": "https://op.example/"}), Err(Invalid::Issuer)),
        (json!({"iss": null}), Err(Invalid::Issuer)),
        (json!({"sub": null}), Err(Invalid::SubjectMissing)),
        (json!({"sub": ""}), Err(Invalid::SubjectMissing)),
        (json!({"sub": "x".repeat(256)}), Err(Invalid::SubjectMissing)),
        (json!({"sub": "ä"}), Err(Invalid::SubjectMissing)),
        (json!({"aud": "other"}), Err(Invalid::Audience)),
        (json!({"aud": []}), Err(Invalid::Audience)),
        (json!({"aud": null}), Err(Invalid::Audience)),
        (json!({"aud": ["usher", "other"]}), Err(Invalid::Audience)),
        (
            json!({"aud": ["usher", "other"], "azp": "usher"}),
            Err(Invalid::Audience),
        ),
        (json!({"azp": "other"}), Err(Invalid::AuthorizedParty)),
        (json!({"nonce": null}), Err(Invalid::NonceMissing)),
        (json!({"nonce": "m"}), Err(Invalid::Nonce)),
        (json!({"at_hash": "AAAA"}), Err(Invalid::AtHash)),
        (json!({"at_hash": 1}), Err(Invalid::AtHash)),
    ];
    for (changes, verdict) in cases {
        assert_eq!(op.verdict(&op.token(&changes)), verdict, "{changes}");
    }
}

#[test]
fn c_48_s_370_s_372_times_have_a_minute_of_leeway_and_no_more() {
    let op = Op::new();
    let cases = [
        (json!({"exp": NOW - 30}), Ok(())),
        (json!({"exp": NOW - 59}), Ok(())),
        (json!({"exp": NOW - 60}), Err(Invalid::Expired)),
        (json!({"exp": null}), Err(Invalid::ExpMissing)),
        (json!({"exp": (NOW + 300).to_string()}), Err(Invalid::ExpMissing)),
        (json!({"exp": -1}), Err(Invalid::ExpMissing)),
        (json!({"exp": u64::MAX}), Err(Invalid::ExpMissing)),
        (
            json!({"exp": 9_223_372_036_854_775_807_i64}),
            Err(Invalid::ExpMissing),
        ),
        (json!({"exp": 253_402_300_799_i64}), Err(Invalid::ExpMissing)),
        (json!({"iat": NOW + 60}), Ok(())),
        (json!({"iat": NOW + 61}), Err(Invalid::IatOutOfRange)),
        (json!({"iat": NOW - 600}), Ok(())),
        (json!({"iat": NOW - 601}), Err(Invalid::IatOutOfRange)),
        (json!({"iat": 1_800_000_000.5}), Ok(())),
        (json!({"iat": null}), Err(Invalid::IatMissing)),
    ];
    for (changes, verdict) in cases {
        assert_eq!(op.verdict(&op.token(&changes)), verdict, "{changes}");
    }
}

#[test]
fn s_344_s_346_s_348_headers_and_forms_that_are_not_ours() {
    let op = Op::new();
    let honest = op.token(&json!({}));
    let payload = r#"{"iss":"https://op.example"}"#;
    for (header, verdict) in [
        (r#"{"alg":"none"}"#, Invalid::AlgNotAllowed),
        (r#"{"alg":"None"}"#, Invalid::AlgNotAllowed),
        (r#"{"alg":"eddsa"}"#, Invalid::AlgNotAllowed),
        (r#"{"alg":"HS256"}"#, Invalid::AlgNotAllowed),
        (r#"{"alg":"RS256"}"#, Invalid::AlgNotAllowed),
        (r#"{"alg":["EdDSA"]}"#, Invalid::Malformed),
        (r#"{"kid":"k"}"#, Invalid::Malformed),
        (r#"{"alg":"EdDSA","alg":"EdDSA"}"#, Invalid::Malformed),
        (r#"{"alg":"EdDSA","crit":["exp"],"exp":1}"#, Invalid::Malformed),
        (r#"{"alg":"EdDSA","typ":"logout+jwt"}"#, Invalid::Malformed),
        (r#"{"alg":"EdDSA","kid":7}"#, Invalid::Malformed),
        (r#"{"alg":"EdDSA","kid":"other"}"#, Invalid::KeyUnknown),
    ] {
        assert_eq!(op.verdict(&op.sign(header, payload)), Err(verdict), "{header}");
    }
    for form in [
        format!("{honest}."),
        format!("{honest}.x.y"),
        format!(" {honest}"),
        format!("{honest}="),
        honest.replacen('.', "", 1),
        honest.replace('_', "/"),
        "{}".to_owned(),
        String::new(),
    ] {
        if form != honest {
            assert!(op.verdict(&form).is_err(), "{form}");
        }
    }
    let unsigned = honest.rsplit_once('.').unwrap().0.to_owned() + ".";
    assert_eq!(op.verdict(&unsigned), Err(Invalid::Malformed));
}

proptest! {
    #[test]
    fn s_133_no_changed_byte_goes_unnoticed(at in any::<prop::sample::Index>(), flip in 1u8..128) {
        let op = Op::new();
        let mut bytes = op.token(&json!({})).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        // The last character of a part may hold bits that base64url ignores; those are refused too.
        prop_assert!(op.verdict(&changed).is_err());
    }

    #[test]
    fn s_379_any_text_is_refused_without_panic(text in ".{0,400}") {
        prop_assert!(Op::new().verdict(&text).is_err());
    }
}
