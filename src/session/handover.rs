//! The code that a page of the customer's own trades for a token, since it gets no cookie of ours:
//! bound to the session and the app, good for a minute and once (C-32).

use secrecy::SecretString;
use time::{Duration, OffsetDateTime};

use super::SessionKey;
use super::attempt::{decode, encode};
use super::csrf::{Sealed, hash};
use super::seal::{Purpose, Sealer};
use crate::types::AppId;

/// A page trades its code as soon as it opens.
pub const LIFETIME: Duration = Duration::minutes(1);

/// A code that opened: whose it is, and the hash by which the store can tell a second use.
#[derive(Debug)]
pub struct Opened {
    pub session: SessionKey,
    pub hash: [u8; 32],
}

/// A code for `app` in this session.
pub fn issue(sealer: &Sealer, session: SessionKey, app: &AppId, now: OffsetDateTime) -> SecretString {
    let sealed = Sealed::new(session, now);
    sealer
        .seal(Purpose::Handover, app.as_str(), &encode(&sealed))
        .into()
}

/// Opens a code; `None` for one that is of another app, too old or not ours.
pub fn open(sealer: &Sealer, app: &AppId, code: &str, now: OffsetDateTime) -> Option<Opened> {
    let sealed: Sealed = decode(&sealer.open(Purpose::Handover, app.as_str(), code)?)?;
    sealed.is_good(LIFETIME, now).then(|| Opened {
        session: SessionKey(sealed.session),
        hash: hash(code),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::csrf;
    use crate::types::Origin;
    use secrecy::ExposeSecret as _;

    #[test]
    fn c_32_a_code_is_bound_to_session_app_purpose_and_minute() {
        let sealer = Sealer::new(&[[3; 32]], Origin::parse("https://go.example.com").unwrap());
        let now = time::macros::datetime!(2026-11-21 12:00 UTC);
        let [a, b] = ["a", "b"].map(|id| AppId::parse(id).unwrap());
        let key = SessionKey([1; 32]);
        let code = issue(&sealer, key, &a, now);
        let opens = |app, code: &str, now| open(&sealer, app, code, now).map(|opened| opened.session);
        let code = code.expose_secret();
        assert_eq!(opens(&a, code, now), Some(key));
        assert_eq!(opens(&a, code, now + LIFETIME), None);
        assert_eq!(opens(&b, code, now), None);
        assert_eq!(opens(&a, &csrf::issue(&sealer, key, "a", now), now), None);
        assert_eq!(opens(&a, "", now), None);
    }
}
