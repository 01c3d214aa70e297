//! `usher keys rotate`.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use time::OffsetDateTime;

use super::file;
use crate::config::key_files::{self, State};
use crate::config::{KeyPlace, Place};
use crate::signer::{Head, RejectedKey, SigningKey};

pub fn run(app: &str, key: &KeyPlace, now: OffsetDateTime) -> anyhow::Result<(String, ExitCode)> {
    let active = match &key.place {
        Place::KeyFile(path) => path,
        Place::Elsewhere(field @ ("key" | "key_env")) => {
            return Ok((elsewhere(app, field), ExitCode::FAILURE));
        }
        _ => bail!("apps.{app} has no key_file; only a key pair in a file can be rotated"),
    };
    let next = key_files::next(active);
    if !next.exists() {
        bail!(
            "there is no {}: usher keys new --app {app} makes it",
            next.display()
        );
    }
    let text = fs::read_to_string(&next).with_context(|| format!("{} cannot be read", next.display()))?;
    SigningKey::from_pem(&text, Head::new(key.algorithm))
        .map_err(|error: RejectedKey| anyhow!("{} {error} ({})", next.display(), error.cure()))?;
    match rotate(active, now) {
        Ok(()) => Ok((
            done(app, active, &key_files::retired(active, now)),
            ExitCode::SUCCESS,
        )),
        Err(error) => Ok((by_hand(active, now, &error), ExitCode::FAILURE)),
    }
}

/// At every moment there is an active key: it gets its retired name as a second one before the next
/// key takes its place.
fn rotate(active: &Path, now: OffsetDateTime) -> io::Result<()> {
    let key = fs::read(active)?;
    // What a rotation that was cut short between the two steps left behind.
    for (state, path) in key_files::neighbours(active) {
        if matches!(state, State::Retired { .. }) && fs::read(&path)? == key {
            fs::remove_file(&path)?;
        }
    }
    fs::hard_link(active, key_files::retired(active, now))?;
    file::settle(active)?;
    fs::rename(key_files::next(active), active)?;
    file::settle(active)
}

fn done(app: &str, active: &Path, retired: &Path) -> String {
    format!(
        "{} is now the next key; the earlier one is {}.\nNow reload usher (SIGHUP): until then it signs with the earlier \
         key. Vendors that hold one key need the new one at the same moment:\nusher keys show --app {app} prints it. Where \
         the app sets a kid, change it too.\n",
        active.display(),
        retired.display()
    )
}

fn elsewhere(app: &str, field: &str) -> String {
    // The environment of a process stays as it was.
    let last = if field.ends_with("_env") {
        "Restart usher"
    } else {
        "Reload usher (SIGHUP)"
    };
    format!(
        "apps.{app} has its key under {field}, which cannot be rotated from here. By hand:\n1. Make a new key: openssl \
         genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out new.pem (or of the kind that the app's alg says)\n2. \
         Give the vendor its public half: openssl pkey -in new.pem -pubout\n3. Put new.pem in the place of the key under \
         {field}\n4. {last}\n"
    )
}

fn by_hand(active: &Path, now: OffsetDateTime, error: &io::Error) -> String {
    let (old, new) = (active.display(), key_files::next(active));
    format!(
        "The files beside {old} cannot be changed from here ({}). Where they can:\n1. ln {old} {}\n2. mv {} {old}\n3. \
         Reload usher (SIGHUP)\n",
        error.kind(),
        key_files::retired(active, now).display(),
        new.display()
    )
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::Algorithm;

    use super::*;
    use crate::config::Encoding;
    use crate::signer::{KeyKind, generate};

    struct Keys {
        dir: tempfile::TempDir,
        old: String,
        new: String,
    }

    impl Keys {
        fn made() -> Self {
            let keys = Self {
                dir: tempfile::tempdir().unwrap(),
                old: generate(KeyKind::Ed25519).to_string(),
                new: generate(KeyKind::Ed25519).to_string(),
            };
            fs::write(keys.active(), &keys.old).unwrap();
            fs::write(key_files::next(&keys.active()), &keys.new).unwrap();
            keys
        }

        fn active(&self) -> std::path::PathBuf {
            self.dir.path().join("a.pem")
        }

        fn run(&self, unix: i64) -> anyhow::Result<(String, ExitCode)> {
            let key = KeyPlace {
                vendor: "custom".to_owned(),
                algorithm: Algorithm::EdDSA,
                encoding: Encoding::Raw,
                place: Place::KeyFile(self.active()),
            };
            run("a", &key, at(unix))
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(self.dir.path()).unwrap();
            let mut names: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }
    }

    fn at(unix: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(unix).unwrap()
    }

    #[test]
    fn c_45_the_next_key_takes_the_place_and_the_earlier_one_is_kept() {
        let keys = Keys::made();
        let (text, _) = keys.run(1000).unwrap();
        assert!(
            text.contains("reload usher") && !text.contains("PRIVATE"),
            "{text}"
        );
        assert_eq!(keys.names(), ["a.pem", "a.retired-1000.pem"]);
        assert_eq!(fs::read_to_string(keys.active()).unwrap(), keys.new);
        let retired = key_files::retired(&keys.active(), at(1000));
        assert_eq!(fs::read_to_string(retired).unwrap(), keys.old);
        let again = keys.run(1001).unwrap_err().to_string();
        assert!(again.contains("usher keys new --app a"), "{again}");
    }

    #[test]
    fn c_45_a_rotation_that_was_cut_short_is_done_again() {
        let keys = Keys::made();
        // The second name was there, the next key not yet in its place.
        fs::hard_link(keys.active(), key_files::retired(&keys.active(), at(1000))).unwrap();
        keys.run(2000).unwrap();
        assert_eq!(keys.names(), ["a.pem", "a.retired-2000.pem"]);
        assert_eq!(fs::read_to_string(keys.active()).unwrap(), keys.new);
    }

    #[test]
    fn c_45_a_damaged_next_key_never_signs() {
        let keys = Keys::made();
        let rsa = generate(KeyKind::Rsa2048);
        fs::write(key_files::next(&keys.active()), &*rsa).unwrap();
        let told = keys.run(1000).unwrap_err().to_string();
        assert!(told.contains("is not an Ed25519 key"), "{told}");
        assert_eq!(fs::read_to_string(keys.active()).unwrap(), keys.old);
    }

    #[test]
    fn c_45_what_cannot_be_renamed_is_told_step_by_step() {
        let place = |place| KeyPlace {
            vendor: "frameable".to_owned(),
            algorithm: Algorithm::RS256,
            encoding: Encoding::Raw,
            place,
        };
        for (field, last) in [("key", "4. Reload"), ("key_env", "4. Restart")] {
            let (text, code) = run("a", &place(Place::Elsewhere(field)), at(1)).unwrap();
            assert_eq!(code, ExitCode::FAILURE);
            assert!(text.contains(field) && text.contains(last), "{text}");
        }
        assert!(run("a", &place(Place::SecretFile("s".into())), at(1)).is_err());
        // Stands for a directory that is only read: the second name is taken.
        let keys = Keys::made();
        fs::write(key_files::retired(&keys.active(), at(1)), "another").unwrap();
        let (text, code) = keys.run(1).unwrap();
        assert_eq!(code, ExitCode::FAILURE);
        assert!(text.contains("2. mv "), "{text}");
        assert_eq!(fs::read_to_string(keys.active()).unwrap(), keys.old);
    }
}
