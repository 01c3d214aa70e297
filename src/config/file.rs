//! Files that the configuration names: opened once, and, where they hold a secret, nobody else's to read
//! or to put another in their place (S-374, S-414).

use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::process::geteuid;
use zeroize::Zeroizing;

use super::reader::Item;

/// Bytes that a secret, key or CA file may have.
pub const LARGEST_SECRET: u64 = 64 * 1024;

/// Whom others than the owner may be: group may read (a service's group), and nothing else.
const OTHERS: u32 = 0o027;
const WRITTEN_BY_OTHERS: u32 = 0o022;
/// In such a directory, as `/tmp`, only an owner removes a file.
const STICKY: u32 = 0o1000;

/// Where files may be readable by others, and be symbolic links.
pub struct Tolerance {
    /// `public_url` is loopback: a trial on one machine.
    pub anywhere: bool,
    /// `/run/secrets` and `[server] secret_dirs`, where Kubernetes keeps them behind `..data`.
    pub dirs: Vec<PathBuf>,
}

impl Tolerance {
    fn covers(&self, path: &Path) -> bool {
        self.anywhere || self.dirs.iter().any(|dir| path.starts_with(dir))
    }
}

/// Why a file cannot be taken, and what to do about it.
#[derive(Debug)]
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

    fn cured(message: &str, cure: String) -> Self {
        Self {
            message: message.to_owned(),
            cure: Some(cure),
        }
    }

    pub fn report(&self, item: &Item<'_>) {
        match &self.cure {
            Some(cure) => item.error_with(self.message.as_str(), cure),
            None => item.error(self.message.as_str()),
        }
    }
}

/// The text of a file with a secret, without one newline at its end.
pub fn read_secret(path: &Path, tolerance: &Tolerance) -> Result<Zeroizing<String>, Unreadable> {
    // Whoever puts the secret itself here by mistake must not find it in the log (C-39).
    let name = "the file that it names";
    let file = if tolerance.covers(path) {
        open(path, name, OFlags::empty())?.0
    } else {
        let (file, found) = open(path, name, OFlags::NOFOLLOW)?;
        is_ours(path, &found)?;
        file
    };
    let bytes = Zeroizing::new(read(file, LARGEST_SECRET)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| Unreadable::new("names a file that is not text"))?;
    Ok(Zeroizing::new(trimmed(text).to_owned()))
}

/// A file that is no secret.
pub fn read_plain(path: &Path, most: u64) -> Result<Vec<u8>, Unreadable> {
    let (file, _) = open(path, &path.display().to_string(), OFlags::empty())?;
    read(file, most)
}

/// Opens a regular file, once; what is said of it is said of what was opened. Messages call it `name`.
fn open(path: &Path, name: &str, more: OFlags) -> Result<(File, Metadata), Unreadable> {
    // A named pipe would block at open.
    let flags = (OFlags::NONBLOCK | more).bits().cast_signed();
    let refuse = |what: &str| Err(Unreadable::new(format!("cannot read {name}: {what}")));
    match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => match file.metadata() {
            Ok(found) if found.is_file() => Ok((file, found)),
            Ok(_) => refuse("it is not a regular file"),
            Err(error) => refuse(&why(&error)),
        },
        Err(_) if more.contains(OFlags::NOFOLLOW) && path.is_symlink() => Err(Unreadable::cured(
            "names a symbolic link, which may lead elsewhere tomorrow",
            "name the file itself, or its directory under [server] secret_dirs".to_owned(),
        )),
        Err(error) => refuse(&why(&error)),
    }
}

/// Whether nobody but its owner can read the file or put another in its place.
fn is_ours(path: &Path, found: &Metadata) -> Result<(), Unreadable> {
    if found.mode() & OTHERS != 0 {
        return Err(Unreadable::cured(
            "names a file that others can read or write",
            format!("chmod 600 {}", path.display()),
        ));
    }
    if ![0, geteuid().as_raw()].contains(&found.uid()) {
        return Err(Unreadable::cured(
            "names a file that is somebody else's",
            format!("chown {} {}", geteuid().as_raw(), path.display()),
        ));
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let directory = directory.canonicalize();
    let directory = directory.map_err(|error| Unreadable::new(format!("cannot be read: {}", why(&error))))?;
    let open_to_others = |directory: &&Path| {
        let mode = directory
            .metadata()
            .map_or(WRITTEN_BY_OTHERS, |found| found.mode());
        mode & WRITTEN_BY_OTHERS != 0 && mode & STICKY == 0
    };
    match directory.ancestors().find(open_to_others) {
        Some(directory) => Err(Unreadable::cured(
            "names a file in a directory that others can write",
            format!("chmod go-w {}", directory.display()),
        )),
        None => Ok(()),
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
pub fn trimmed(text: &str) -> &str {
    text.strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::process::Command;

    use tempfile::TempDir;

    use super::*;

    const STRICT: Tolerance = Tolerance {
        anywhere: false,
        dirs: Vec::new(),
    };

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    /// A directory with a key that its owner alone can read.
    fn keys() -> (TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        fs::write(&path, "canary\n").unwrap();
        chmod(&path, 0o600);
        (dir, path)
    }

    fn refused(path: &Path) -> String {
        let error = read_secret(path, &STRICT).unwrap_err();
        assert!(!error.message.contains("canary"));
        error.message
    }

    #[test]
    fn s_414_only_the_owner_and_a_group_read_a_key() {
        let (_dir, path) = keys();
        for mode in [0o400, 0o440, 0o600, 0o640] {
            chmod(&path, mode);
            assert_eq!(*read_secret(&path, &STRICT).unwrap(), "canary", "{mode:o}");
        }
        for mode in [0o604, 0o620, 0o602, 0o644, 0o777] {
            chmod(&path, mode);
            assert!(refused(&path).contains("others can read"), "{mode:o}");
        }
    }

    #[test]
    fn s_374_nobody_puts_another_key_in_its_place() {
        let (dir, path) = keys();
        for mode in [0o720, 0o702, 0o777] {
            chmod(dir.path(), mode);
            let error = read_secret(&path, &STRICT).unwrap_err();
            assert!(
                error.message.contains("a directory that others can write"),
                "{mode:o}"
            );
            assert_eq!(
                error.cure.unwrap(),
                format!("chmod go-w {}", dir.path().display())
            );
        }
        chmod(dir.path(), 0o1777);
        read_secret(&path, &STRICT).unwrap();
        chmod(dir.path(), 0o700);
        let below = dir.path().join("below");
        fs::create_dir(&below).unwrap();
        fs::rename(&path, below.join("key")).unwrap();
        chmod(dir.path(), 0o777);
        assert!(
            refused(&below.join("key")).contains("a directory that others"),
            "nor the whole directory"
        );
    }

    #[test]
    fn s_374_a_link_a_pipe_and_a_directory_are_no_keys() {
        let (dir, path) = keys();
        let [link, pipe] = ["link", "pipe"].map(|name| dir.path().join(name));
        symlink(&path, &link).unwrap();
        let error = read_secret(&link, &STRICT).unwrap_err();
        assert!(error.message.contains("symbolic link"), "{}", error.message);
        assert!(error.cure.unwrap().contains("secret_dirs"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(
            refused(&pipe).contains("not a regular file"),
            "and it does not wait for a writer"
        );
        assert!(refused(dir.path()).contains("not a regular file"));
        assert!(refused(&dir.path().join("none")).contains("no such file"));
    }

    #[test]
    fn s_374_behind_data_links_keys_are_read_where_that_is_declared() {
        let (dir, path) = keys();
        let version = dir.path().join("..2026_11_21");
        fs::create_dir(&version).unwrap();
        fs::rename(&path, version.join("key")).unwrap();
        chmod(&version.join("key"), 0o644);
        symlink("..2026_11_21", dir.path().join("..data")).unwrap();
        symlink("..data/key", &path).unwrap();
        assert!(refused(&path).contains("symbolic link"));
        let declared = Tolerance {
            anywhere: false,
            dirs: vec![dir.path().to_owned()],
        };
        assert_eq!(*read_secret(&path, &declared).unwrap(), "canary");
    }
}
