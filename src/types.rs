//! The words of the domain as types: private fields, made only by `parse`,
//! right by construction everywhere past the edge.

use std::fmt;

use aws_lc_rs::rand;
use url::{Host, Url};

/// Why a text is not the value that it should be. Never holds the text itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseError(pub String);

impl ParseError {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// The id of an app: `[a-z0-9-]{1,64}`.
    AppId
}
text! {
    /// The id of a provider: `[a-z0-9-]{1,64}`.
    ProviderId
}
text! {
    /// An issuer identifier, compared as an exact string (OpenID Connect Discovery 1.0, section 4.3).
    Issuer
}
text! {
    /// A subject identifier: 1 to 255 ASCII characters (OpenID Connect Core 1.0, section 2).
    Subject
}
text! {
    /// An e-mail address: one `@`, an ASCII dot-atom before it, a lower-case domain behind it, at most 254 bytes.
    Email
}
text! {
    /// The id that stands on an error page, in the log and in `X-Request-Id`: 80 random bits.
    Reference
}
text! {
    /// An origin as browsers write it: scheme, host and, where it is not the default, port.
    Origin
}

fn slug(text: &str) -> Result<String, ParseError> {
    let fits = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fits {
        Ok(text.to_owned())
    } else {
        Err(ParseError::new("an id is 1 to 64 of a-z, 0-9 and -"))
    }
}

impl AppId {
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        slug(text).map(Self)
    }
}

impl ProviderId {
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        slug(text).map(Self)
    }
}

/// Whether a host is this machine: `localhost`, `*.localhost`, 127/8 or `[::1]`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Parses an `https` URL; `http` is taken where the host is loopback.
pub fn secure_url(text: &str) -> Result<Url, ParseError> {
    secure(text, "https", "http")
}

/// Parses a `wss` URL; `ws` is taken where the host is loopback.
pub fn secure_websocket(text: &str) -> Result<Url, ParseError> {
    secure(text, "wss", "ws")
}

fn secure(text: &str, scheme: &str, plain: &str) -> Result<Url, ParseError> {
    // The parser would leave them out, and whoever keeps the text would not.
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(ParseError::new("must not hold spaces or control characters"));
    }
    let url = Url::parse(text).map_err(|e| ParseError::new(format!("is not a URL: {e}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ParseError::new("must not carry a user name or password"));
    }
    match url.scheme() {
        found if found == scheme => Ok(url),
        found if found == plain && is_loopback(&url) => Ok(url),
        found if found == plain => Err(ParseError::new(format!(
            "must be {scheme}; plain {plain} is for loopback only"
        ))),
        // The scheme of a secret that stands in the wrong place is a part of it (C-39).
        _ => Err(ParseError::new(format!("must be {scheme}"))),
    }
}

impl Issuer {
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let url = secure_url(text)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ParseError::new("an issuer has no query and no fragment"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Subject {
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if (1..=255).contains(&text.len()) && text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseError::new(
                "a subject is 1 to 255 printable ASCII characters",
            ))
        }
    }
}

impl Email {
    /// Parses the dot-atom form of RFC 5322, section 3.4.1: no quoted local part, no comment, no
    /// domain literal. The domain is lower-cased; the local part is kept, since only its owner
    /// knows whether case matters there.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let bad = || ParseError::new("is not an e-mail address of the form name@domain");
        if text.len() > 254 {
            return Err(bad());
        }
        let (local, domain) = text.split_once('@').ok_or_else(bad)?;
        let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
        let local_fits = (1..=64).contains(&local.len())
            && local
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(atom));
        let label = |part: &str| {
            (1..=63).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !part.starts_with('-')
                && !part.ends_with('-')
        };
        if local_fits && domain.split('.').all(label) {
            Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
        } else {
            Err(bad())
        }
    }

    /// The part behind the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl Origin {
    /// Parses `scheme://host[:port]`, and nothing behind it.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let url = secure_url(text)?;
        let origin = url.origin().ascii_serialization();
        if origin == text.strip_suffix('/').unwrap_or(text) {
            Ok(Self(origin))
        } else {
            Err(ParseError::new(
                "an origin is scheme, host and port only, such as https://crm.example.com",
            ))
        }
    }
}

/// <https://www.crockford.com/base32.html>
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Reference {
    /// 80 bits in Crockford's base 32, in four groups of four.
    pub fn of(bits: u128) -> Self {
        let mut text = String::with_capacity(19);
        for (i, place) in (0..80).step_by(5).rev().enumerate() {
            if i > 0 && i % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(CROCKFORD[(bits >> place & 31) as usize]));
        }
        Self(text)
    }

    pub fn bits(&self) -> u128 {
        let digit = |c| CROCKFORD.iter().position(|digit| *digit == c);
        let digits = self.0.bytes().filter_map(digit);
        digits.fold(0, |bits, digit| bits << 5 | digit as u128)
    }

    /// Reads one as people copy it: in lower case, without dashes, with the letters that Crockford leaves
    /// out because they look like digits.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut read = String::with_capacity(19);
        for c in text.trim().chars().filter(|c| *c != '-') {
            if read.len() % 5 == 4 {
                read.push('-');
            }
            read.push(match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c if c.is_ascii_alphanumeric() && c != 'U' => c,
                _ => '?',
            });
        }
        if read.len() == 19 && !read.contains('?') {
            Ok(Self(read))
        } else {
            Err(ParseError::new("a reference looks like 7Q2M-0KXD-9R4T-HB3W"))
        }
    }
}

/// Random bytes from the operating system's generator, by way of aws-lc.
///
/// # Panics
/// When the generator fails: without it nothing that Usher makes is safe to hand out.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the system's random generator works");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_326_odd_addresses_are_refused() {
        for odd in [
            "",
            "@",
            "a@",
            "@b",
            "a@b@c",
            "\"a b\"@example.com",
            "a(comment)@example.com",
            "a@example.com.",
            " a@example.com",
            "a@example.com ",
            "ünïcode@example.com",
            "a@münchen.de",
            ".a@example.com",
            "a..b@example.com",
            "a@[127.0.0.1]",
            "a@-example.com",
            "a\n@example.com",
        ] {
            assert!(Email::parse(odd).is_err(), "{odd:?} was taken for an address");
        }
        assert!(Email::parse(&format!("{}@example.com", "a".repeat(65))).is_err());
        assert_eq!(
            Email::parse("Ada.L+x@EXAMPLE.Com").unwrap().as_str(),
            "Ada.L+x@example.com"
        );
    }

    #[test]
    fn c_34_a_reference_is_80_bits_in_crockford_base_32() {
        let reference = Reference::of(0x0123_4567_89ab_cdef_f7fe);
        assert_eq!(reference.as_str(), "04HM-ASW9-NF6Y-ZXZY");
        assert_eq!(reference.bits(), 0x0123_4567_89ab_cdef_f7fe);
        assert_eq!(Reference::parse(reference.as_str()).as_ref(), Ok(&reference));
        for copied in [
            "7Q2M-0KXD-9R41-HB3W",
            "7q2mokxd9r4lhb3w",
            " 7Q2M-OKXD-9R4I-HB3W\n",
        ] {
            assert_eq!(Reference::parse(copied).unwrap().as_str(), "7Q2M-0KXD-9R41-HB3W");
        }
        for wrong in [
            "",
            "7Q2M-0KXD-9R4T",
            "7Q2M-0KXD-9R4T-HB3U",
            "7Q2M-0KXD-9R4T-HB3W-0",
            "7Q2M 0KXD 9R4T HB3W",
            "7Q2M-0KXD-9R4T-HB3é",
        ] {
            assert!(Reference::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn s_080_an_issuer_keeps_its_trailing_slash_path_and_port() {
        assert_eq!(
            Issuer::parse("https://op.example:8443/a/b/").unwrap().as_str(),
            "https://op.example:8443/a/b/"
        );
        assert!(Issuer::parse("http://op.example").is_err());
        assert!(Issuer::parse("https://op.example/?x=1").is_err());
        assert!(Issuer::parse("http://localhost:9000").is_ok());
    }

    #[test]
    fn a_url_with_what_the_parser_would_drop_is_refused() {
        for text in [
            "https://a.example/\n",
            "https://a.exa\tmple/",
            " https://a.example",
            "https://a.example/ b",
        ] {
            assert!(secure_url(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn c_39_a_refused_url_is_not_repeated() {
        for text in [
            "canary://a.example",
            "canary:canary",
            "https://canary:canary@a.example",
            "http://canary.example",
            "https://canary:x",
            "canary",
        ] {
            for error in [secure_url(text), secure_websocket(text)].map(Result::unwrap_err) {
                assert!(!error.0.contains("canary"), "{error}");
            }
        }
    }

    #[test]
    fn an_origin_is_nothing_but_an_origin() {
        assert_eq!(
            Origin::parse("https://crm.example.com").unwrap().as_str(),
            "https://crm.example.com"
        );
        for bad in [
            "https://crm.example.com/path",
            "http://crm.example.com",
            "crm.example.com",
            "*",
            "null",
        ] {
            assert!(Origin::parse(bad).is_err(), "{bad}");
        }
    }
}
