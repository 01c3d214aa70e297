use super::*;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use proptest::prelude::*;
use serde_json::json;

/// What a provider signs with.
pub struct Op(Ed25519KeyPair);

impl Op {
    pub fn new() -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap())
    }

    fn keys(&self) -> Keys {
        let x = URL_SAFE_NO_PAD.encode(self.0.public_key().as_ref());
        let jwks = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": x}]});
        Keys::parse(jwks.to_string().as_bytes()).unwrap()
    }

    pub fn sign(&self, header: &str, payload: &str) -> String {
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

    /// A token of `claims` with `changes` on top; null removes a claim.
    pub fn token(&self, mut claims: Value, changes: &Value) -> String {
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        self.sign(r#"{"alg":"EdDSA","kid":"k"}"#, &claims.to_string())
    }

    pub fn read(&self, compact: &str, kind: Kind) -> Result<Authentic, Fault> {
        authentic(compact, kind, &[Algorithm::EdDSA], &self.keys())
    }

    fn verdict(&self, compact: &str) -> Result<(), Fault> {
        self.read(compact, Kind::IdToken).map(drop)
    }
}

const PAYLOAD: &str = r#"{"iss":"https://op.example"}"#;

#[test]
fn s_344_s_346_s_348_headers_and_forms_that_are_not_ours() {
    let op = Op::new();
    let honest = op.sign(r#"{"alg":"EdDSA","kid":"k"}"#, PAYLOAD);
    for (header, verdict) in [
        (r#"{"alg":"none"}"#, Fault::AlgNotAllowed),
        (r#"{"alg":"None"}"#, Fault::AlgNotAllowed),
        (r#"{"alg":"eddsa"}"#, Fault::AlgNotAllowed),
        (r#"{"alg":"HS256"}"#, Fault::AlgNotAllowed),
        (r#"{"alg":"RS256"}"#, Fault::AlgNotAllowed),
        (r#"{"alg":["EdDSA"]}"#, Fault::Malformed),
        (r#"{"kid":"k"}"#, Fault::Malformed),
        (r#"{"alg":"EdDSA","alg":"EdDSA"}"#, Fault::Malformed),
        (r#"{"alg":"EdDSA","crit":["exp"],"exp":1}"#, Fault::Malformed),
        (r#"{"alg":"EdDSA","typ":"logout+jwt"}"#, Fault::Malformed),
        (r#"{"alg":"EdDSA","kid":7}"#, Fault::Malformed),
        (r#"{"alg":"EdDSA","kid":"other"}"#, Fault::KeyUnknown),
    ] {
        assert_eq!(op.verdict(&op.sign(header, PAYLOAD)), Err(verdict), "{header}");
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
    assert_eq!(op.verdict(&unsigned), Err(Fault::Malformed));
}

#[test]
fn s_157_s_179_the_type_keeps_the_kinds_apart() {
    let op = Op::new();
    for (typ, id_token, logout_token) in [
        ("JWT", true, true),
        ("jwt", true, true),
        ("application/jwt", true, false),
        ("logout+jwt", false, true),
        ("Application/Logout+JWT", false, true),
        ("at+jwt", false, false),
        ("application/logout", false, false),
        ("", false, false),
    ] {
        let token = op.sign(&format!(r#"{{"alg":"EdDSA","typ":"{typ}"}}"#), PAYLOAD);
        assert_eq!(op.read(&token, Kind::IdToken).is_ok(), id_token, "{typ}");
        assert_eq!(op.read(&token, Kind::LogoutToken).is_ok(), logout_token, "{typ}");
    }
    let odd = op.sign(r#"{"alg":"EdDSA","typ":["logout+jwt"]}"#, PAYLOAD);
    assert_eq!(op.read(&odd, Kind::LogoutToken).err(), Some(Fault::Malformed));
}

proptest! {
    #[test]
    fn s_133_no_changed_byte_goes_unnoticed(at in any::<prop::sample::Index>(), flip in 1u8..128) {
        let op = Op::new();
        let mut bytes = op.sign(r#"{"alg":"EdDSA","kid":"k"}"#, PAYLOAD).into_bytes();
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
