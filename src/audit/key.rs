//! The key of the chain: never in the store whose rows it vouches for (C-41).

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};

use crate::types::random_bytes;

/// Why there is no key to chain the audit trail with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{} cannot be read or made", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} does not hold one base64 key of 32 bytes", path.display())]
    Malformed { path: PathBuf },
    #[error("{} may be read by others: chmod 600 it", path.display())]
    TooOpen { path: PathBuf },
}

/// The audit key beside a store's file, `usher.db.audit-key` beside `usher.db`; made at first
/// (mode 0600), read ever after.
pub fn key_beside(store: &Path) -> Result<SecretBox<[u8; 32]>, KeyError> {
    let mut name = store.as_os_str().to_owned();
    name.push(".audit-key");
    let path = PathBuf::from(name);
    match make(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(source) => return Err(KeyError::Io { path, source }),
    }
    read(path)
}

/// A new key as its file has it: base64 of 32 bytes, and a line end (C-53).
pub fn generate_key() -> SecretString {
    let key = SecretBox::new(Box::new(random_bytes::<32>()));
    SecretString::from(STANDARD.encode(key.expose_secret()) + "\n")
}

/// Writes a new key under another name and links it to its own, so that a crash or a second
/// process never leaves or meets half a key.
fn make(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{:016x}", u64::from_ne_bytes(random_bytes())));
    let draft = PathBuf::from(draft);
    let text = generate_key();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    let made = file
        .write_all(text.expose_secret().as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    made
}

fn read(path: PathBuf) -> Result<SecretBox<[u8; 32]>, KeyError> {
    let bytes = fs::metadata(&path).and_then(|meta| {
        // Reading a named pipe would wait for ever.
        if !meta.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok((meta, fs::read_to_string(&path)?))
    });
    let (meta, text) = match bytes {
        Ok((meta, text)) => (meta, SecretString::from(text)),
        Err(source) => return Err(KeyError::Io { path, source }),
    };
    if meta.permissions().mode() & 0o077 != 0 {
        return Err(KeyError::TooOpen { path });
    }
    let key = STANDARD
        .decode(text.expose_secret().trim())
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    match key {
        Some(key) => Ok(SecretBox::new(Box::new(key))),
        None => Err(KeyError::Malformed { path }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_41_a_key_is_made_once_beside_the_file_and_only_its_owner_may_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("usher.db");
        let made = key_beside(&store).unwrap();
        let path = dir.path().join("usher.db.audit-key");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(key_beside(&store).unwrap().expose_secret(), made.expose_secret());
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            1,
            "no draft is left behind"
        );

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(key_beside(&store), Err(KeyError::TooOpen { .. })));
    }

    #[test]
    fn s_374_what_is_no_file_is_refused_rather_than_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("usher.db.audit-key");
        let made = std::process::Command::new("mkfifo")
            .args(["-m", "600"])
            .arg(&path)
            .status();
        assert!(made.unwrap().success());
        assert!(matches!(
            key_beside(&dir.path().join("usher.db")),
            Err(KeyError::Io { .. })
        ));
    }

    #[test]
    fn c_53_a_key_is_one_base64_line_of_32_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("usher.db");
        key_beside(&store).unwrap();
        for bad in ["", "c2hvcnQ=\n", "not base64\n"] {
            fs::write(dir.path().join("usher.db.audit-key"), bad).unwrap();
            assert!(
                matches!(key_beside(&store), Err(KeyError::Malformed { .. })),
                "{bad:?}"
            );
        }
    }
}
