//! An app's key: a pair from PEM, or a secret.

use jsonwebtoken::{Algorithm, AlgorithmFamily};
use time::OffsetDateTime;

use super::encoding::Encoding;
use super::file::Tolerance;
use super::key_files::{self, Published, State};
use super::reader::{Item, Table};
use super::secret::secret;
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
    if vendor.key != KeyFrom::Vendor && is_to_be_made(table, wanted[1]) {
        return None;
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

/// Whether the file is not there yet, which is told with the command that makes it.
fn is_to_be_made(table: &Table<'_>, file: &str) -> bool {
    let item = table.get(file).filter(Item::is_text);
    let Some((item, name)) = item.and_then(|item| Some((item.clone(), item.text()?))) else {
        return false;
    };
    let missing = !item.source.relative(name).exists();
    if missing {
        let app = table.name.trim_start_matches("apps.");
        let cure = format!("usher keys new --app {app} makes it");
        item.error_with("names a file that is not there", &cure);
    }
    missing
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
        for key in &beside {
            item.source
                .noted
                .note(&item.name, key.key.fingerprint().as_bytes());
        }
        published.extend(beside);
    }
    published
}

/// When the file of the key or secret was last written. Renaming it, as a rotation does, is no writing.
pub(super) fn written(table: &Table<'_>, vendor: &Vendor) -> Option<OffsetDateTime> {
    let secret = (vendor.key != KeyFrom::Pair).then_some(SECRET[1]);
    let mut files = [Some(PAIR[1]), secret].into_iter().flatten();
    let item = files.find_map(|key| table.get(key))?;
    let file = item.source.relative(item.text()?);
    Some(file.metadata().ok()?.modified().ok()?.into())
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
        KeyFrom::Algorithm => table.text("secret_encoding").unwrap_or("raw"),
        _ => "raw",
    };
    let encoding = Encoding::parse(encoding)
        .map_err(|error| table.error("secret_encoding", error))
        .ok()?;
    let bytes = encoding.read(text);
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
