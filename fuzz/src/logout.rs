//! The body of a logout by the back channel. A media type, whatever stands in the form beside the
//! token, and the token's header and claims, a line each: a key of the provider's signs them. Or a
//! whole body, in which nobody signed anything.

use jsonwebtoken::Algorithm;
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use usher::identity::id_token::{self, Expected};
use usher::identity::jwt::{self, Fault, Kind};
use usher::identity::logout_token::{self, Invalid, Logout, Whose};
use usher::params;
use usher::types::{Issuer, Subject};
use usher::web::backchannel;

use super::op;

const FORM: &str = "application/x-www-form-urlencoded";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

pub fn holds(bytes: &[u8]) -> bool {
    if let Ok(unsigned) = backchannel::token(FORM, bytes) {
        assert!(read(&unsigned).is_err(), "nobody signed it");
    }

    let (media_type, rest) = op::line(bytes);
    let (beside, rest) = op::line(rest);
    let (header, claims) = op::line(rest);
    let media_type = std::str::from_utf8(media_type).unwrap_or_default();
    let compact = op::sign(header, claims);
    let body = [beside, b"&logout_token=", compact.as_bytes()].concat();
    let found = backchannel::token(media_type, &body);
    assert_eq!(found.is_ok(), is_form(media_type) && is_alone(beside), "S-153");
    let Ok(found) = found else { return false };
    assert_eq!(found, compact, "what was sent is what is read");

    match read(&found) {
        Err(error) => {
            assert_ne!(error, Invalid::Jwt(Fault::Signature), "the signature is good");
            false
        }
        Ok(logout) => {
            let value = |part| serde_json::from_slice::<Value>(part).expect("JSON");
            let (header, claims) = (value(header), value(claims));
            op::believed(&header, &claims);
            believed(&header, &claims);
            says(&logout, &claims);
            known_again(&logout, &claims);
            assert!(!is_id_token(&compact), "S-179");
            true
        }
    }
}

fn authentic(compact: &str, kind: Kind) -> Result<jwt::Authentic, Fault> {
    jwt::authentic(compact, kind, &[Algorithm::EdDSA], &op::keys())
}

fn read(compact: &str) -> Result<Logout, Invalid> {
    let token = authentic(compact, Kind::LogoutToken).map_err(Invalid::Jwt)?;
    let issuer = Issuer::parse(op::ISSUER).expect("an issuer");
    logout_token::read(&token, &issuer, op::CLIENT, op::now())
}

fn is_id_token(compact: &str) -> bool {
    let expected = Expected {
        issuer: op::ISSUER,
        client_id: op::CLIENT,
        nonce: "",
        access_token: "",
    };
    authentic(compact, Kind::IdToken).is_ok_and(|token| id_token::verify(token, &expected, op::now()).is_ok())
}

/// A form by RFC 9110, section 8.3.1: in any case of letters, and with parameters.
fn is_form(media_type: &str) -> bool {
    let lower = media_type.to_ascii_lowercase();
    let behind = lower.trim_start().strip_prefix(FORM).map(str::trim_start);
    behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(';'))
}

/// Whether a form can be read, and says nothing of a token itself.
fn is_alone(beside: &[u8]) -> bool {
    params::pairs(beside).is_some_and(|pairs| !pairs.iter().any(|(name, _)| name == "logout_token"))
}

/// OpenID Connect Back-Channel Logout 1.0, sections 2.4 and 2.6, beyond what holds for any token.
fn believed(header: &Value, claims: &Value) {
    if let Some(typ) = header.get("typ") {
        let typ = typ.as_str().expect("a text").to_ascii_lowercase();
        assert!(
            ["jwt", "logout+jwt", "application/logout+jwt"].contains(&typ.as_str()),
            "S-157"
        );
    }
    assert!(claims["events"][EVENT].is_object(), "S-155");
    assert!(claims.get("nonce").is_none(), "S-156");
    let text = |name: &str| claims[name].as_str().is_some_and(|text| !text.is_empty());
    assert!(text("jti"), "S-156");
    assert!(text("sub") || text("sid"), "S-156");
    for name in ["sub", "sid"] {
        assert!(claims.get(name).is_none() || text(name), "{name} is no text");
    }
}

/// Nobody is logged out but whom the token names (S-159).
fn says(logout: &Logout, claims: &Value) {
    let (sid, subject) = match &logout.whose {
        Whose::Sid { sid, subject } => (Some(sid.as_str()), subject.as_ref()),
        Whose::Subject(subject) => (None, Some(subject)),
    };
    assert_eq!(claims["sid"].as_str(), sid);
    assert_eq!(claims["sub"].as_str(), subject.map(Subject::as_str));
    assert_eq!(logout.issuer.as_str(), op::ISSUER);
    let issued = Duration::seconds_f64(claims["iat"].as_f64().expect("a number"));
    let cut_off = OffsetDateTime::UNIX_EPOCH + issued - logout.issued_at;
    assert!((Duration::ZERO..Duration::SECOND).contains(&cut_off));
}

/// A second use is known by `jti` alone, whatever else the token says (S-158).
fn known_again(logout: &Logout, claims: &Value) {
    let once = |changes: &[(&str, &str)]| {
        let mut claims = claims.clone();
        for (name, value) in changes {
            claims[*name] = Value::from(*value);
        }
        let compact = op::sign(br#"{"alg":"EdDSA"}"#, claims.to_string().as_bytes());
        read(&compact).expect("an honest token").once
    };
    assert_eq!(once(&[("sub", "grace"), ("sid", "elsewhere")]), logout.once);
    assert_eq!(
        once(&[("jti", "another")]) == logout.once,
        claims["jti"] == "another"
    );
}
