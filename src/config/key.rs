//! An app's key: a pair from PEM, or a secret.

use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::{DecodeError, Engine as _};
use jsonwebtoken::{Algorithm, AlgorithmFamily};
use zeroize::Zeroizing;

use super::key_files::{self, Published, State};
use super::reader::{Item, Table};
use super::secret::{Tolerance, secret};
use super::server::short;
use crate::signer::{Head, RejectedKey, SigningKey};
use crate::vendors::{KeyFrom, Vendor};

const PAIR: [&str; 3] = ["key", "key_file", "key_env"];
pub(super) const SECRET: [&str; 3] = ["secret", "secret_file", "secret_env"];
/// Bytes that a vendor's own secret must have.
const SHORTEST_ISSUED: usize = 16;
/// Bytes that it should have (RFC 7518, section 3.2).
const ADVISED: usize = 32;

/// Reads the key that `head` signs with; `None` after a problem was reported.
pub(super) fn read(
    table: &Table<'_>,
    vendor: &Vendor,
    mut head: Head,
    tolerance: &Tolerance,
) -> Option<SigningKey> {
    if let Some(item) = table.get("kid") {
        head.kid = Some(item.parsed(|text| short(text, 128))?);
    }
    let hmac = head.algorithm.family() == AlgorithmFamily::Hmac;
    let (wanted, others) = if hmac { (SECRET, PAIR) } else { (PAIR, SECRET) };
    // A key of the wrong kind is read by nobody; secrets are no keys of vendors with pairs alone.
    let others = others.iter().filter(|_| vendor.key != KeyFrom::Pair);
    for other in others.filter(|key| table.has(key)) {
        let kind = if hmac {
            "a secret, not a key pair"
        } else {
            "a key pair, not a secret"
        };
        table.error(other, format!("does not fit: this algorithm takes {kind}"));
    }
    let text = secret(table, wanted, tolerance)?;
    let item = wanted.into_iter().find_map(|key| table.get(key))?;
    let key = if hmac {
        from_secret(table, &item, vendor, head, &text)?
    } else {
        SigningKey::from_pem(&text, head)
    };
    key.map_err(|error| refuse(&item, &error)).ok()
}

/// The keys to show: the one that signs, and those beside its file. Secrets are never shown.
pub(super) fn published(table: &Table<'_>, key: &SigningKey, tolerance: &Tolerance) -> Vec<Published> {
    let Some(public) = key.public() else {
        return Vec::new();
    };
    let item = table.get("key_file");
    let place = item
        .as_ref()
        .and_then(|item| Some((item, item.source.relative(item.text()?))));
    let mut published = vec![Published {
        state: State::Active,
        key: public.clone(),
        file: place.as_ref().map(|(_, path)| path.clone()),
    }];
    if let Some((item, path)) = place {
        let (beside, troubles) = key_files::published_beside(&path, key, tolerance);
        for trouble in troubles {
            item.warn(trouble);
        }
        published.extend(beside);
    }
    published
}

fn refuse(item: &Item<'_>, error: &RejectedKey) {
    item.error_with(error.to_string(), error.cure());
}

fn from_secret(
    table: &Table<'_>,
    item: &Item<'_>,
    vendor: &Vendor,
    head: Head,
    text: &str,
) -> Option<Result<SigningKey, RejectedKey>> {
    let encoding = match vendor.key {
        KeyFrom::Algorithm => table.text("secret_encoding"),
        _ => None,
    };
    let bytes = match encoding.unwrap_or("raw") {
        "raw" => Some(Zeroizing::new(text.as_bytes().to_vec())),
        "hex" => hex(text),
        "base64" => decoded(STANDARD.decode(text)),
        "base64url" => decoded(URL_SAFE_NO_PAD.decode(text.trim_end_matches('='))),
        _ => {
            table.error("secret_encoding", "is raw, hex, base64 or base64url");
            return None;
        }
    };
    let Some(bytes) = bytes else {
        item.error("is not written in the encoding that secret_encoding names");
        return None;
    };
    let shortest = match (vendor.key, head.algorithm) {
        (KeyFrom::Vendor, _) => SHORTEST_ISSUED,
        (_, Algorithm::HS512) => 64,
        (_, Algorithm::HS384) => 48,
        _ => ADVISED,
    };
    if vendor.key == KeyFrom::Vendor && (SHORTEST_ISSUED..ADVISED).contains(&bytes.len()) {
        item.warn(format!(
            "has {} bytes; ask the vendor for one of {ADVISED} or more",
            bytes.len()
        ));
    }
    Some(SigningKey::from_secret(bytes, head, shortest))
}

fn decoded(bytes: Result<Vec<u8>, DecodeError>) -> Option<Zeroizing<Vec<u8>>> {
    bytes.ok().map(Zeroizing::new)
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
}
