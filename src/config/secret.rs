//! Secrets and files: `x`, `x_file` or `x_env`, exactly one.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::SecretBox;
use zeroize::Zeroizing;

use super::Image;
use super::file::{LARGEST_SECRET, Tolerance, read_plain, read_secret, trimmed};
use super::reader::{Item, Table};

/// Bytes that a picture may have.
const LARGEST_IMAGE: u64 = 256 * 1024;

/// The secret under `keys`, which are `x`, `x_file` and `x_env`; exactly one must be there.
pub fn secret(
    table: &Table<'_>,
    keys: [&'static str; 3],
    tolerance: &Tolerance,
) -> Option<Zeroizing<String>> {
    let [plain, file, env] = keys;
    let given: Vec<&str> = keys.into_iter().filter(|key| table.has(key)).collect();
    if given.len() != 1 {
        let what = if given.is_empty() {
            "is missing"
        } else {
            "is given more than once"
        };
        table.error(plain, format!("{what}: exactly one of {plain}, {file} and {env}"));
        return None;
    }
    let item = table.get(given[0])?;
    let text = item.text()?;
    let value = if given[0] == plain {
        Zeroizing::new(text.to_owned())
    } else if given[0] == file {
        secret_file(&item, text, tolerance)?
    } else if let Ok(value) = std::env::var(text) {
        Zeroizing::new(trimmed(&value).to_owned())
    } else {
        item.error("names an environment variable that is not set, or not text");
        return None;
    };
    item.source.noted.note(&item.name, value.as_bytes());
    if value.is_empty() {
        item.error("is empty");
        return None;
    }
    Some(value)
}

/// The text of a secret file, without one newline at its end.
pub fn secret_file(item: &Item<'_>, name: &str, tolerance: &Tolerance) -> Option<Zeroizing<String>> {
    let path = item.source.relative(name);
    read_secret(&path, tolerance)
        .map_err(|error| error.report(item))
        .ok()
}

/// Base64 keys of 32 bytes, one a line.
pub fn keys_32(item: &Item<'_>, tolerance: &Tolerance) -> Option<Vec<SecretBox<[u8; 32]>>> {
    let text = secret_file(item, item.text()?, tolerance)?;
    item.source.noted.note(&item.name, text.as_bytes());
    let mut keys = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let bytes = Zeroizing::new(STANDARD.decode(line).unwrap_or_default());
        let Ok(key) = <[u8; 32]>::try_from(bytes.as_slice()) else {
            let message = format!(
                "holds a line that is not base64 of 32 bytes (got {})",
                bytes.len()
            );
            item.error_with(message, "openssl rand -base64 32");
            return None;
        };
        keys.push(SecretBox::new(Box::new(key)));
    }
    if keys.is_empty() {
        item.error_with("names a file without a key", "openssl rand -base64 32");
        return None;
    }
    Some(keys)
}

/// A file that is no secret.
pub fn plain_file(item: &Item<'_>) -> Option<Vec<u8>> {
    plain_at(item, &item.source.relative(item.text()?))
}

/// The same for a file that stands inside a value.
pub fn plain_at(item: &Item<'_>, path: &Path) -> Option<Vec<u8>> {
    plain(item, path, LARGEST_SECRET)
}

fn plain(item: &Item<'_>, path: &Path, most: u64) -> Option<Vec<u8>> {
    let bytes = read_plain(path, most).map_err(|error| error.report(item)).ok()?;
    item.source.noted.note(&item.name, &bytes);
    Some(bytes)
}

/// A picture, told by its ending.
pub fn image(item: &Item<'_>) -> Option<Image> {
    let path = item.source.relative(item.text()?);
    let ending = path
        .extension()
        .and_then(|end| end.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let (mime, ending) = match ending.as_str() {
        "svg" => ("image/svg+xml", "svg"),
        "png" => ("image/png", "png"),
        "webp" => ("image/webp", "webp"),
        "jpg" | "jpeg" => ("image/jpeg", "jpg"),
        _ => {
            item.error("must end in .svg, .png, .webp or .jpg");
            return None;
        }
    };
    let bytes = plain(item, &path, LARGEST_IMAGE)?;
    Some(Image { bytes, mime, ending })
}
