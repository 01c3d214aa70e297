//! The header of an app's tokens, byte for byte as its vendor expects it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

/// What stands in the header, the same for every token of an app.
#[derive(Debug, Clone)]
pub struct Head {
    pub algorithm: Algorithm,
    pub kid: Option<String>,
    /// `typ` stands before `alg`.
    pub typ_first: bool,
    /// The claims are written in ASCII, with `\u` escapes.
    pub ascii: bool,
    /// More members, in order; one named `typ` takes the place of `JWT`.
    pub extras: Map<String, Value>,
}

impl Head {
    pub fn new(algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            kid: None,
            typ_first: false,
            ascii: false,
            extras: Map::new(),
        }
    }

    fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let first = if self.typ_first {
            ["typ", "alg"]
        } else {
            ["alg", "typ"]
        };
        for name in first {
            let value = if name == "alg" {
                name_of(self.algorithm)
            } else {
                "JWT".to_owned()
            };
            members.insert(name.to_owned(), value.into());
        }
        if let Some(kid) = &self.kid {
            members.insert("kid".to_owned(), kid.as_str().into());
        }
        for (name, value) in &self.extras {
            // The key alone says which algorithm it is.
            if name != "alg" {
                members.insert(name.clone(), value.clone());
            }
        }
        members
    }

    /// The encoded header and the dot behind it.
    pub(super) fn prefix(&self) -> String {
        URL_SAFE_NO_PAD.encode(Value::Object(self.members()).to_string()) + "."
    }
}

/// The algorithm's name in RFC 7518 and RFC 8037, which the variants of the enum have.
pub(super) fn name_of(algorithm: Algorithm) -> String {
    format!("{algorithm:?}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn text(head: &Head) -> String {
        let prefix = head.prefix();
        let bytes = URL_SAFE_NO_PAD.decode(prefix.strip_suffix('.').unwrap()).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_header_is_alg_and_typ_then_the_kid_then_what_else_is_set() {
        let mut head = Head::new(Algorithm::RS256);
        assert_eq!(text(&head), r#"{"alg":"RS256","typ":"JWT"}"#);
        head.kid = Some("k1".into());
        assert_eq!(text(&head), r#"{"alg":"RS256","typ":"JWT","kid":"k1"}"#);
        head.extras.insert("iss".into(), json!("app"));
        head.extras.insert("typ".into(), json!("at+jwt"));
        head.extras.insert("alg".into(), json!("none"));
        assert_eq!(
            text(&head),
            r#"{"alg":"RS256","typ":"at+jwt","kid":"k1","iss":"app"}"#
        );
        let bit6 = Head {
            typ_first: true,
            ..Head::new(Algorithm::HS256)
        };
        assert_eq!(text(&bit6), r#"{"typ":"JWT","alg":"HS256"}"#);
        assert_eq!(
            text(&Head::new(Algorithm::EdDSA)),
            r#"{"alg":"EdDSA","typ":"JWT"}"#
        );
    }

    proptest! {
        #[test]
        fn headers_stay_exact(
            kid in proptest::option::of(".{1,20}"),
            typ_first: bool,
            extras in proptest::collection::vec(("x[a-z]{1,6}", ".{0,12}"), 0..4),
        ) {
            let head = Head { kid: kid.clone(), typ_first, ..Head::new(Algorithm::ES256) };
            let mut wanted = if typ_first {
                r#"{"typ":"JWT","alg":"ES256""#.to_owned()
            } else {
                r#"{"alg":"ES256","typ":"JWT""#.to_owned()
            };
            if let Some(kid) = kid {
                wanted += r#","kid":"#;
                wanted += &json!(kid).to_string();
            }
            let extras: Map<String, Value> = extras.into_iter().map(|(name, value)| (name, value.into())).collect();
            for (name, value) in &extras {
                let (name, value) = (json!(name).to_string(), value.to_string());
                wanted.extend([",", &name, ":", &value]);
            }
            prop_assert_eq!(text(&Head { extras, ..head }), wanted + "}");
        }
    }
}
