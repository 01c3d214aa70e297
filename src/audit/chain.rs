//! The chain that shows whether a row was removed, changed or moved (C-41).

use std::fmt;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use secrecy::{ExposeSecret as _, SecretBox};

use super::row::Row;
use crate::types::random_bytes;

/// The audit key, made ready for its uses, each under a label of its own. Cannot be printed.
pub struct ChainKey {
    chain: hmac::Key,
    people: hmac::Key,
    pub(super) references: hmac::Key,
}

/// The last row of a chain. Written `writer seq mac`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub writer: String,
    pub seq: i64,
    pub mac: String,
}

/// What retention leaves of the rows it removed: the last one, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    pub last: Head,
    pub cut_at: String,
    pub mac: String,
}

impl ChainKey {
    pub fn new(secret: &SecretBox<[u8; 32]>) -> Self {
        let root = hmac::Key::new(HMAC_SHA256, secret.expose_secret());
        let derive = |label: &[u8]| hmac::Key::new(HMAC_SHA256, hmac::sign(&root, label).as_ref());
        Self {
            chain: derive(b"usher audit chain 1"),
            people: derive(b"usher audit people 1"),
            references: derive(b"usher audit references 1"),
        }
    }

    /// How a person's subject or address stands in the trail under `person = "hash"`.
    pub fn person(&self, text: &str) -> String {
        hex(hmac::sign(&self.people, text.as_bytes()).as_ref())
    }

    /// The MAC of a row: over every field and its place, `mac` itself apart. Rows from before there were
    /// decisions have the same one as rows without.
    pub fn row(&self, row: &Row) -> String {
        let link = &row.link;
        let seq = link.seq.to_string();
        let place = [&link.writer, &seq, &link.prev].map(|text| Some(text.as_str()));
        let decision = row.decision.as_deref().map(Some);
        let parts = row.fields.iter().map(Option::as_deref).chain(place);
        self.mac("row", parts.chain(decision))
    }

    /// The `prev` of a writer's first row, which names all heads that were known.
    pub fn start(&self, writer: &str, heads: &str) -> String {
        self.mac("start", [writer, heads].into_iter().map(Some))
    }

    pub fn tombstone(&self, last: &Head, cut_at: &str) -> String {
        let seq = last.seq.to_string();
        let parts = [last.writer.as_str(), &seq, &last.mac, cut_at];
        self.mac("tombstone", parts.into_iter().map(Some))
    }

    /// Each part goes in behind its length, and what is absent differs from what is empty, so
    /// that no two lists of parts are the same bytes.
    fn mac<'a>(&self, kind: &'a str, parts: impl Iterator<Item = Option<&'a str>>) -> String {
        let mut mac = hmac::Context::with_key(&self.chain);
        for part in std::iter::once(Some(kind)).chain(parts) {
            match part {
                Some(text) => {
                    mac.update(&[1]);
                    mac.update(&(text.len() as u64).to_be_bytes());
                    mac.update(text.as_bytes());
                }
                None => mac.update(&[0]),
            }
        }
        hex(mac.sign().as_ref())
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.writer, self.seq, self.mac)
    }
}

impl Head {
    /// Parses `writer seq mac`.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let head = Self {
            writer: words.next()?.to_owned(),
            seq: words.next()?.parse().ok()?,
            mac: words.next()?.to_owned(),
        };
        words.next().is_none().then_some(head)
    }
}

/// Where one process stands in its chain.
#[derive(Clone)]
pub(crate) struct Chain {
    writer: String,
    seq: i64,
    last: Option<String>,
}

impl Chain {
    pub(crate) fn new() -> Self {
        Self {
            writer: hex(&random_bytes::<8>()),
            seq: 0,
            last: None,
        }
    }

    pub(crate) fn writer(&self) -> &str {
        &self.writer
    }

    /// Whether the first row is still to come; [`Chain::begin`] must go before it.
    pub(crate) fn is_new(&self) -> bool {
        self.last.is_none()
    }

    pub(crate) fn begin(&mut self, key: &ChainKey, heads: &str) {
        self.last = Some(key.start(&self.writer, heads));
    }

    /// Makes `row` the next link.
    pub(crate) fn link(&mut self, key: &ChainKey, row: &mut Row) {
        self.seq += 1;
        row.link.writer.clone_from(&self.writer);
        row.link.seq = self.seq;
        row.link.prev = self.last.take().unwrap_or_default();
        row.link.mac = key.row(row);
        self.last = Some(row.link.mac.clone());
    }

    /// The last row, once there is one.
    pub(crate) fn head(&self) -> Option<Head> {
        let mac = self.last.clone().filter(|_| self.seq > 0)?;
        Some(Head {
            writer: self.writer.clone(),
            seq: self.seq,
            mac,
        })
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
