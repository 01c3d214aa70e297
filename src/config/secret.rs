//! Secrets and files: `x`, `x_file` or `x_env`, exactly one; and who may read the file.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::SecretBox;
use zeroize::Zeroizing;

use super::Image;
use super::reader::{Item, Table};

/// Bytes that a secret, key or CA file may have.
const LARGEST_SECRET: u64 = 64 * 1024;
const LARGEST_IMAGE: u64 = 256 * 1024;

/// Where files may be readable by others.
pub struct Tolerance {
    /// `public_url` is loopback: a trial on one machine.
    pub anywhere: bool,
    /// `/run/secrets` and `[server] secret_dirs`.
    pub dirs: Vec<PathBuf>,
}

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

/// Why a file cannot be taken, and what to do about it.
pub struct Unreadable {
    pub message: String,
    pub cure: Option<String>,
}

impl Unreadable {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            cure: None,
        }
    }

    fn report(&self, item: &Item<'_>) {
        match &self.cure {
            Some(cure) => item.error_with(self.message.as_str(), cure),
            None => item.error(self.message.as_str()),
        }
    }
}

/// The text of a secret file, without one newline at its end.
pub fn secret_file(item: &Item<'_>, name: &str, tolerance: &Tolerance) -> Option<Zeroizing<String>> {
    let path = item.source.relative(name);
    read_secret(&path, tolerance)
        .map_err(|error| error.report(item))
        .ok()
}

/// The same for a file that the configuration does not name itself.
pub fn read_secret(path: &Path, tolerance: &Tolerance) -> Result<Zeroizing<String>, Unreadable> {
    // Whoever puts the secret itself here by mistake must not find it in the log (C-39).
    let (file, mode) = open(path, "the file that it names")?;
    let tolerated = tolerance.anywhere || tolerance.dirs.iter().any(|dir| path.starts_with(dir));
    // Group may read (a service's group); others may not, and only the owner writes (S-414).
    if mode & 0o027 != 0 && !tolerated {
        return Err(Unreadable {
            message: "names a file that others can read or write".to_owned(),
            cure: Some(format!("chmod 600 {}", path.display())),
        });
    }
    let bytes = Zeroizing::new(read(file, LARGEST_SECRET)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| Unreadable::new("names a file that is not text"))?;
    Ok(Zeroizing::new(trimmed(text).to_owned()))
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
    plain(item, &item.source.relative(item.text()?), LARGEST_SECRET)
}

fn plain(item: &Item<'_>, path: &Path, most: u64) -> Option<Vec<u8>> {
    let read = open(path, &path.display().to_string()).and_then(|(file, _)| read(file, most));
    let bytes = read.map_err(|error| error.report(item)).ok()?;
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

/// Opens a regular file, once; its mode is that of what was opened. Messages call it `name`.
fn open(path: &Path, name: &str) -> Result<(File, u32), Unreadable> {
    let refuse = |what: &str| Err(Unreadable::new(format!("cannot read {name}: {what}")));
    // A named pipe would block at open, so this is asked twice.
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() => return refuse("it is not a regular file"),
        Ok(_) => {}
        Err(error) => return refuse(&why(&error)),
    }
    match File::open(path).and_then(|file| file.metadata().map(|found| (file, found))) {
        Ok((file, found)) if found.is_file() => Ok((file, found.mode())),
        Ok(_) => refuse("it is not a regular file"),
        Err(error) => refuse(&why(&error)),
    }
}

/// Why a file cannot be read, without its name.
pub fn why(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        kind => kind.to_string(),
    }
}

fn read(file: File, most: u64) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    match file.take(most + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > most => Err(Unreadable::new(format!(
            "names a file of over {} KiB",
            most / 1024
        ))),
        Ok(_) => Ok(bytes),
        Err(error) => Err(Unreadable::new(format!("cannot be read: {}", why(&error)))),
    }
}

/// Without one line end (lesson 37).
fn trimmed(text: &str) -> &str {
    text.strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'))
        .unwrap_or(text)
}
