//! A session: a person who is signed in in one browser.

pub mod admin;
pub mod attempt;
pub mod cookie;
pub mod csrf;
pub mod frame;
pub mod handover;
pub mod rounds;
pub mod seal;

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use time::{Duration, OffsetDateTime};

use crate::identity::Identity;
use crate::types::random_bytes;

/// The secret in the cookie: 32 random bytes as unpadded base64url (C-57). Cannot be printed.
#[derive(Clone)]
pub struct SessionId(SecretString);

impl SessionId {
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random_bytes::<32>()).into())
    }

    /// The id in a cookie; `None` for anything that Usher cannot have made.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned().into()))
    }

    /// What the store knows of it.
    pub fn key(&self) -> SessionKey {
        let hash = digest::digest(&digest::SHA256, self.0.expose_secret().as_bytes());
        SessionKey(hash.as_ref().try_into().expect("SHA-256 is 32 bytes"))
    }

    /// The text for Set-Cookie, and for nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// SHA-256 of a [`SessionId`]: whoever reads the store cannot ride a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionKey(pub [u8; 32]);

/// A signed-in browser as the store holds it.
#[derive(Debug, Clone)]
pub struct Session {
    pub key: SessionKey,
    /// The session that this one, of a frame, hangs on and ends with.
    pub parent: Option<SessionKey>,
    pub identity: Identity,
    /// The provider's session id (`sid`), where it sends one.
    pub sid: Option<String>,
    /// The ID token for RP-initiated logout, sealed, where it is not over 4 KiB (C-24).
    pub id_token_sealed: Option<Vec<u8>>,
    pub created_at: OffsetDateTime,
    pub last_seen: OffsetDateTime,
}

/// `[session]`: how long a session lives.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Without a click.
    pub idle: Duration,
    /// In all.
    pub lifetime: Duration,
}

impl Session {
    pub fn is_alive(&self, limits: Limits, now: OffsetDateTime) -> bool {
        now < self.last_seen + limits.idle && now < self.created_at + limits.lifetime
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_57_an_id_is_43_characters_and_its_key_is_not_the_id() {
        let id = SessionId::random();
        assert_eq!(id.expose().len(), 43);
        assert_eq!(SessionId::parse(id.expose()).unwrap().key(), id.key());
        for bad in ["", "abc", "%41", &format!("{}=", id.expose()), &id.expose()[1..]] {
            assert!(SessionId::parse(bad).is_none(), "{bad}");
        }
    }
}
