//! The code by which a frame gets a session of its own: the small window that signed somebody in hands
//! it back. Bound to the app and to a challenge that the frame made, good for a minute and once (S-209).

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use super::SessionKey;
use super::attempt::{decode, encode};
use super::csrf::{Sealed, hash};
use super::seal::{Purpose, Sealer};
use crate::types::AppId;

/// A frame redeems its code as soon as it comes.
pub const LIFETIME: Duration = Duration::minutes(1);

/// SHA-256 of a text that never leaves the frame before the code is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge([u8; 32]);

impl Challenge {
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    fn is_met_by(&self, verifier: &str) -> bool {
        let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
        self.0.ct_eq(hash.as_ref()).into()
    }
}

/// A code that opened: the session to hang on, and the hash by which the store can tell a second use.
#[derive(Debug)]
pub struct Opened {
    pub parent: SessionKey,
    pub hash: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Code {
    sealed: Sealed,
    challenge: Challenge,
}

/// A code for the frame of `app` that made the challenge.
pub fn issue(
    sealer: &Sealer,
    session: SessionKey,
    app: &AppId,
    challenge: Challenge,
    now: OffsetDateTime,
) -> SecretString {
    let sealed = Sealed::new(session, now);
    let code = Code { sealed, challenge };
    sealer.seal(Purpose::Frame, app.as_str(), &encode(&code)).into()
}

/// Opens a code; `None` for one that is of another app or another frame, too old or not ours.
pub fn open(sealer: &Sealer, app: &AppId, code: &str, verifier: &str, now: OffsetDateTime) -> Option<Opened> {
    let Code { sealed, challenge } = decode(&sealer.open(Purpose::Frame, app.as_str(), code)?)?;
    (sealed.is_good(LIFETIME, now) && challenge.is_met_by(verifier)).then(|| Opened {
        parent: SessionKey(sealed.session),
        hash: hash(code),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::handover;
    use crate::types::Origin;
    use secrecy::ExposeSecret as _;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn s_209_a_code_is_bound_to_app_frame_purpose_and_minute() {
        let sealer = Sealer::new(&[[3; 32]], Origin::parse("https://go.example.com").unwrap());
        let now = time::macros::datetime!(2026-11-21 12:00 UTC);
        let [a, b] = ["a", "b"].map(|id| AppId::parse(id).unwrap());
        let key = SessionKey([1; 32]);
        let challenge = Challenge::parse(CHALLENGE).unwrap();
        let code = issue(&sealer, key, &a, challenge, now);
        let code = code.expose_secret();
        let opens = |app, code: &str, verifier, now| {
            open(&sealer, app, code, verifier, now).map(|opened| opened.parent)
        };
        assert_eq!(opens(&a, code, VERIFIER, now), Some(key));
        assert_eq!(opens(&a, code, VERIFIER, now + LIFETIME), None);
        assert_eq!(opens(&b, code, VERIFIER, now), None);
        assert_eq!(opens(&a, code, CHALLENGE, now), None, "what an onlooker knows");
        assert_eq!(opens(&a, code, "", now), None);
        let other = handover::issue(&sealer, key, &a, now);
        assert_eq!(opens(&a, other.expose_secret(), VERIFIER, now), None);
    }

    #[test]
    fn a_challenge_is_32_bytes() {
        assert_eq!(Challenge::parse(CHALLENGE).unwrap().text(), CHALLENGE);
        for bad in ["", "abc", &CHALLENGE[1..], &format!("{CHALLENGE}="), "%41"] {
            assert!(Challenge::parse(bad).is_none(), "{bad}");
        }
    }
}
