//! Where the demo keeps its configuration, keys and database: a directory that only this
//! user can open, gone when the demo ends.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use crate::types::random_bytes;

/// A directory of mode 0700 under the system's temporary one; removed on drop.
pub struct PrivateDirectory(PathBuf);

impl PrivateDirectory {
    pub fn create() -> io::Result<Self> {
        let name = format!("usher-demo-{:016x}", u64::from_ne_bytes(random_bytes()));
        let path = std::env::temp_dir().join(name);
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    /// Writes a new file of mode 0600; `name` may have one directory in front.
    pub fn write(&self, name: &str, contents: &[u8]) -> io::Result<PathBuf> {
        let path = self.0.join(name);
        if let Some(parent) = path.parent() {
            DirBuilder::new().mode(0o700).recursive(true).create(parent)?;
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        file.write_all(contents)?;
        Ok(path)
    }
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "the demo's directory could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn only_the_owner_gets_in_and_nothing_stays() {
        let directory = PrivateDirectory::create().unwrap();
        let file = directory.write("keys/a.pem", b"x").unwrap();
        let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory.0), 0o700);
        assert_eq!(mode(&file), 0o600);
        let path = directory.0.clone();
        drop(directory);
        assert!(!path.exists());
    }
}
