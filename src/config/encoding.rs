//! How a file writes down a secret's bytes.

use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::{DecodeError, Engine as _};
use zeroize::Zeroizing;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The text's own bytes.
    Raw,
    Hex,
    Base64,
    Base64Url,
}

impl Encoding {
    pub(super) const ALL: [Self; 4] = [Self::Raw, Self::Hex, Self::Base64, Self::Base64Url];

    /// The encoding that `secret_encoding` names so.
    pub(super) fn parse(name: &str) -> Result<Self, &'static str> {
        match name {
            "raw" => Ok(Self::Raw),
            "hex" => Ok(Self::Hex),
            "base64" => Ok(Self::Base64),
            "base64url" => Ok(Self::Base64Url),
            _ => Err("is raw, hex, base64 or base64url"),
        }
    }

    /// The bytes that a text stands for.
    pub(super) fn read(self, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Raw => Some(Zeroizing::new(text.as_bytes().to_vec())),
            Self::Hex => hex(text),
            Self::Base64 => decoded(STANDARD.decode(text)),
            Self::Base64Url => decoded(URL_SAFE_NO_PAD.decode(text.trim_end_matches('='))),
        }
    }

    /// A text for random bytes. Raw text has to be text, and so is base64url of them.
    pub fn write(self, random: &[u8]) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Raw | Self::Base64Url => URL_SAFE_NO_PAD.encode(random),
            Self::Hex => random
                .iter()
                .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
                .collect(),
            Self::Base64 => STANDARD.encode(random),
        })
    }
}

fn decoded(bytes: Result<Vec<u8>, DecodeError>) -> Option<Zeroizing<Vec<u8>>> {
    bytes.ok().map(Zeroizing::new)
}

fn digit(half: u8) -> char {
    char::from_digit(half.into(), 16).unwrap_or_default()
}

fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |b: &u8| char::from(*b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    pairs.collect::<Option<Vec<u8>>>().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_407_hex_is_read_whole_or_not_at_all() {
        assert_eq!(hex("00fFa1").as_deref(), Some(&vec![0, 255, 161]));
        for bad in ["0", "0g", "äé", "+1"] {
            assert!(hex(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same_bytes() {
        let bytes: Vec<u8> = (0..=255).collect();
        for encoding in Encoding::ALL {
            let read = encoding.read(&encoding.write(&bytes)).unwrap();
            match encoding {
                Encoding::Raw => assert!(read.len() >= bytes.len()),
                _ => assert_eq!(*read, bytes, "{encoding:?}"),
            }
        }
    }
}
