//! The `csrf` field of our forms: bound to the session and to one form (C-34).

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use super::SessionKey;
use super::attempt::{decode, encode};
use super::seal::{Purpose, Sealer};
use crate::types::random_bytes;

/// How long a page with a form may stay open.
pub const LIFETIME: Duration = Duration::hours(1);

/// What a text holds that a session hands out.
#[derive(Serialize, Deserialize)]
pub(super) struct Sealed {
    pub(super) session: [u8; 32],
    started: i64,
    /// Makes each token another, so that one that may be used once can be told apart.
    salt: [u8; 16],
}

impl Sealed {
    pub(super) fn new(session: SessionKey, now: OffsetDateTime) -> Self {
        Self {
            session: session.0,
            started: now.unix_timestamp(),
            salt: random_bytes(),
        }
    }

    pub(super) fn is_good(&self, lifetime: Duration, now: OffsetDateTime) -> bool {
        OffsetDateTime::from_unix_timestamp(self.started).is_ok_and(|started| now < started + lifetime)
    }
}

/// By what the store remembers that a text was used.
pub(super) fn hash(text: &str) -> [u8; 32] {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    hash.as_ref().try_into().expect("SHA-256 is 32 bytes")
}

/// A token for `form` (its path) in this session.
pub fn issue(sealer: &Sealer, session: SessionKey, form: &str, now: OffsetDateTime) -> String {
    sealer.seal(Purpose::Csrf, form, &encode(&Sealed::new(session, now)))
}

/// Checks a token; the answer is its hash, by which the store can tell a second use.
pub fn check(
    sealer: &Sealer,
    session: SessionKey,
    form: &str,
    token: &str,
    now: OffsetDateTime,
) -> Option<[u8; 32]> {
    let sealed: Sealed = decode(&sealer.open(Purpose::Csrf, form, token)?)?;
    let ours = bool::from(sealed.session.ct_eq(&session.0));
    (ours && sealed.is_good(LIFETIME, now)).then(|| hash(token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Origin;

    #[test]
    fn c_34_a_token_is_bound_to_session_form_and_time() {
        let sealer = Sealer::new(&[[3; 32]], Origin::parse("https://go.example.com").unwrap());
        let now = time::macros::datetime!(2026-11-21 12:00 UTC);
        let (mine, yours) = (SessionKey([1; 32]), SessionKey([2; 32]));
        let token = issue(&sealer, mine, "/launch/a", now);
        assert!(check(&sealer, mine, "/launch/a", &token, now).is_some());
        assert!(check(&sealer, yours, "/launch/a", &token, now).is_none());
        assert!(check(&sealer, mine, "/launch/b", &token, now).is_none());
        assert!(check(&sealer, mine, "/launch/a", &token, now + LIFETIME).is_none());
        assert!(check(&sealer, mine, "/launch/a", "", now).is_none());
        assert_ne!(token, issue(&sealer, mine, "/launch/a", now));
    }
}
