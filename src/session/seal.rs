//! Sealing: what a browser carries for us can be neither read nor changed nor moved elsewhere.
//!
//! AES-256-GCM-SIV under a key of its own for each purpose (HKDF label), bound to the cookie's
//! name and to `public_url`; an id of the key stands in front, so that keys can rotate (C-27).

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, hkdf, hmac};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::types::{Origin, random_bytes};

/// What a sealed text is for; one sealed for another purpose does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    State,
    Login,
    Rounds,
    IdToken,
    Csrf,
    Handover,
    Frame,
}

impl Purpose {
    const ALL: [Self; 7] = [
        Self::State,
        Self::Login,
        Self::Rounds,
        Self::IdToken,
        Self::Csrf,
        Self::Handover,
        Self::Frame,
    ];

    fn label(self) -> &'static [u8] {
        match self {
            Self::State => b"usher state",
            Self::Login => b"usher login",
            Self::Rounds => b"usher rounds",
            Self::IdToken => b"usher id token",
            Self::Csrf => b"usher csrf",
            Self::Handover => b"usher handover",
            Self::Frame => b"usher frame",
        }
    }
}

const KEY_ID: usize = 4;

/// Seals with the first key, opens with all.
pub struct Sealer {
    keys: Vec<SealingKey>,
    origin: Origin,
}

struct SealingKey {
    id: [u8; KEY_ID],
    by_purpose: [LessSafeKey; Purpose::ALL.len()],
    fingerprint: hmac::Key,
}

impl SealingKey {
    fn new(bytes: &[u8; 32]) -> Self {
        let hash = digest::digest(&digest::SHA256, bytes);
        let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, b"usher sealing").extract(bytes);
        let by_purpose = Purpose::ALL.map(|purpose| {
            let label = [purpose.label()];
            let derived = secret
                .expand(&label, &AES_256_GCM_SIV)
                .expect("32 bytes are within HKDF's reach");
            LessSafeKey::new(UnboundKey::from(derived))
        });
        Self {
            id: hash.as_ref()[..KEY_ID].try_into().expect("four bytes"),
            by_purpose,
            fingerprint: secret
                .expand(&[b"usher fingerprint"], hmac::HMAC_SHA256)
                .expect("32 bytes are within HKDF's reach")
                .into(),
        }
    }
}

impl Sealer {
    /// `keys` holds at least one key.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a [u8; 32]>, origin: Origin) -> Self {
        let keys: Vec<_> = keys.into_iter().map(SealingKey::new).collect();
        assert!(!keys.is_empty(), "a sealer needs a key");
        Self { keys, origin }
    }

    /// Seals `plain` as base64url; `name` is the cookie, field or parameter that carries it.
    pub fn seal(&self, purpose: Purpose, name: &str, plain: &[u8]) -> String {
        let key = &self.keys[0];
        let nonce: [u8; NONCE_LEN] = random_bytes();
        let mut text = Zeroizing::new(plain.to_vec());
        let tag = key.by_purpose[purpose as usize]
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), self.aad(name), &mut text)
            .expect("a short text can be sealed");
        URL_SAFE_NO_PAD.encode([&key.id[..], &nonce, &text, tag.as_ref()].concat())
    }

    /// The plain text; `None` for anything not sealed here, for this purpose and name.
    pub fn open(&self, purpose: Purpose, name: &str, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (id, rest) = bytes.split_at_checked(KEY_ID)?;
        let (nonce, text) = rest.split_at_checked(NONCE_LEN)?;
        let key = self.keys.iter().find(|key| key.id == id)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = Zeroizing::new(text.to_vec());
        let length = key.by_purpose[purpose as usize]
            .open_in_place(nonce, self.aad(name), &mut text)
            .ok()?
            .len();
        text.truncate(length);
        Some(text)
    }

    /// Tells whether what two replicas with the same keys have is the same, and nobody else what it is.
    pub fn fingerprint(&self, of: &[u8]) -> u64 {
        let tag = hmac::sign(&self.keys[0].fingerprint, of);
        u64::from_be_bytes(tag.as_ref()[..8].try_into().expect("SHA-256 has 32 bytes"))
    }

    fn aad(&self, name: &str) -> Aad<Vec<u8>> {
        Aad::from(format!("{name}\n{}", self.origin).into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sealer(keys: &[[u8; 32]], origin: &str) -> Sealer {
        Sealer::new(keys, Origin::parse(origin).unwrap())
    }

    #[test]
    fn c_27_the_first_key_seals_and_all_open() {
        let (old, new) = ([1; 32], [2; 32]);
        let sealed = sealer(&[old], "https://go.example.com").seal(Purpose::State, "state", b"x");
        let rotated = sealer(&[new, old], "https://go.example.com");
        assert_eq!(
            rotated.open(Purpose::State, "state", &sealed).unwrap().as_slice(),
            b"x"
        );
        let sealed = rotated.seal(Purpose::State, "state", b"x");
        assert!(
            sealer(&[old], "https://go.example.com")
                .open(Purpose::State, "state", &sealed)
                .is_none()
        );
    }

    #[test]
    fn a_fingerprint_is_that_of_whoever_seals_by_the_same_key() {
        let here = sealer(&[[1; 32]], "https://go.example.com");
        assert_eq!(
            here.fingerprint(b"x"),
            sealer(&[[1; 32], [2; 32]], "https://go.example.com").fingerprint(b"x")
        );
        assert_ne!(here.fingerprint(b"x"), here.fingerprint(b"y"));
        let other = sealer(&[[2; 32]], "https://go.example.com");
        assert_ne!(
            here.fingerprint(b"x"),
            other.fingerprint(b"x"),
            "nobody else can try guesses"
        );
    }

    #[test]
    fn s_339_nothing_opens_elsewhere() {
        let here = sealer(&[[1; 32]], "https://go.example.com");
        let sealed = here.seal(Purpose::Login, "a", b"secret");
        assert!(here.open(Purpose::Login, "a", &sealed).is_some());
        assert!(
            here.open(Purpose::Login, "b", &sealed).is_none(),
            "another cookie"
        );
        assert!(
            here.open(Purpose::State, "a", &sealed).is_none(),
            "another purpose"
        );
        let elsewhere = sealer(&[[1; 32]], "https://other.example.com");
        assert!(
            elsewhere.open(Purpose::Login, "a", &sealed).is_none(),
            "another deployment"
        );
    }

    proptest! {
        #[test]
        fn s_339_each_flipped_byte_is_noticed(plain in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), flip in 1u8..) {
            let sealer = sealer(&[[7; 32]], "https://go.example.com");
            let sealed = sealer.seal(Purpose::Csrf, "csrf", &plain);
            prop_assert_eq!(sealer.open(Purpose::Csrf, "csrf", &sealed).unwrap().to_vec(), plain);
            let mut bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            prop_assert!(sealer.open(Purpose::Csrf, "csrf", &URL_SAFE_NO_PAD.encode(bytes)).is_none());
        }

        #[test]
        fn s_339_garbage_never_opens(text in ".{0,300}") {
            let sealer = sealer(&[[7; 32]], "https://go.example.com");
            prop_assert!(sealer.open(Purpose::State, "state", &text).is_none());
        }
    }
}
