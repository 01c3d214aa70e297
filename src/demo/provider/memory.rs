//! What the provider remembers while it runs: who is signed in, and what it handed out.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::demo::people::Persona;
use crate::types::random_bytes;

const CODE_LIFETIME: Duration = Duration::from_mins(1);
const ACCESS_LIFETIME: Duration = Duration::from_mins(10);

/// A browser that is signed in at the provider.
#[derive(Clone)]
pub struct SignedIn {
    pub persona: &'static Persona,
    pub auth_time: SystemTime,
    /// The `sid` of its ID tokens.
    pub sid: String,
}

/// What a code stands for.
pub struct Grant {
    pub who: SignedIn,
    pub nonce: Option<String>,
    /// `BASE64URL(SHA256(verifier))` (RFC 7636, section 4.2).
    pub challenge: String,
}

#[derive(Default)]
pub struct Memory {
    sessions: HashMap<String, SignedIn>,
    codes: HashMap<String, (SystemTime, Grant)>,
    access: HashMap<String, (SystemTime, &'static Persona)>,
}

/// 256 random bits as unpadded base64url.
fn secret() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

impl Memory {
    /// Signs somebody in; the answer is the value of the cookie.
    pub fn sign_in(&mut self, persona: &'static Persona, now: SystemTime) -> (String, SignedIn) {
        let cookie = secret();
        let who = SignedIn {
            persona,
            auth_time: now,
            sid: secret(),
        };
        self.sessions.insert(cookie.clone(), who.clone());
        (cookie, who)
    }

    pub fn session(&self, cookie: &str) -> Option<&SignedIn> {
        self.sessions.get(cookie)
    }

    pub fn sign_out(&mut self, cookie: &str) {
        self.sessions.remove(cookie);
    }

    /// A code for `grant`, good for a minute and for one use.
    pub fn code(&mut self, grant: Grant, now: SystemTime) -> String {
        self.codes.retain(|_, (until, _)| *until > now);
        let code = secret();
        self.codes.insert(code.clone(), (now + CODE_LIFETIME, grant));
        code
    }

    /// Takes the code: whoever asks, right or wrong, it is gone.
    pub fn redeem(&mut self, code: &str, now: SystemTime) -> Option<Grant> {
        let (until, grant) = self.codes.remove(code)?;
        (until > now).then_some(grant)
    }

    /// An access token for userinfo, and how long it lasts.
    pub fn access(&mut self, persona: &'static Persona, now: SystemTime) -> (String, Duration) {
        self.access.retain(|_, (until, _)| *until > now);
        let token = secret();
        self.access
            .insert(token.clone(), (now + ACCESS_LIFETIME, persona));
        (token, ACCESS_LIFETIME)
    }

    pub fn accessed_by(&self, token: &str, now: SystemTime) -> Option<&'static Persona> {
        self.access
            .get(token)
            .filter(|(until, _)| *until > now)
            .map(|(_, persona)| *persona)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::people::PERSONAS;

    #[test]
    fn a_code_is_good_once_and_for_a_minute() {
        let start = SystemTime::UNIX_EPOCH;
        let mut memory = Memory::default();
        let (_, who) = memory.sign_in(&PERSONAS[0], start);
        let grant = || Grant {
            who: who.clone(),
            nonce: None,
            challenge: String::new(),
        };
        let code = memory.code(grant(), start);
        assert!(memory.redeem(&code, start).is_some());
        assert!(memory.redeem(&code, start).is_none());
        let late = memory.code(grant(), start);
        assert!(memory.redeem(&late, start + CODE_LIFETIME).is_none());
    }
}
