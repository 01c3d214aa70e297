//! A session: a person who is signed in in one browser.

pub mod admin;
pub mod attempt;
pub mod cookie;
pub mod csrf;
pub mod frame;
pub mod handover;
pub mod rounds;
pub mod seal;

use std::fmt;

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

/// The name of a session in an address: enough of its key to tell it apart, too little to be it. Written
/// in lower-case hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionName([u8; 12]);

impl SessionKey {
    pub fn name(&self) -> SessionName {
        let mut name = [0; 12];
        name.copy_from_slice(&self.0[..12]);
        SessionName(name)
    }
}

impl SessionName {
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() != 24 || !text.bytes().all(plain) {
            return None;
        }
        let mut name = [0; 12];
        name.copy_from_slice(&u128::from_str_radix(text, 16).ok()?.to_be_bytes()[4..]);
        Some(Self(name))
    }

    /// The first and the last key that a session of this name can have.
    pub fn keys(self) -> [SessionKey; 2] {
        [0x00, 0xff].map(|rest| {
            let mut key = [rest; 32];
            key[..12].copy_from_slice(&self.0);
            SessionKey(key)
        })
    }
}

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

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
    fn c_33_a_name_is_the_beginning_of_a_key_and_finds_it() {
        let key = SessionId::random().key();
        let name = key.name();
        assert_eq!(SessionName::parse(&name.to_string()), Some(name));
        let [first, last] = name.keys();
        assert!(first.0 <= key.0 && key.0 <= last.0);
        for bad in [
            "",
            "0123",
            &name.to_string().to_uppercase().replace(char::is_numeric, "A"),
            "+23456789abc0123456789ab",
        ] {
            assert_eq!(SessionName::parse(bad), None, "{bad}");
        }
    }

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
