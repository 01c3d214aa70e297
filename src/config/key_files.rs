//! Key files beside each other (C-45): `X.pem` signs, `X.next.pem` is shown and does not sign yet,
//! `X.retired-<unix>.pem` has not signed since then and is shown until its last token has expired.

use std::fs;
use std::path::{Path, PathBuf};

use time::{Duration, OffsetDateTime};

use super::file::{Tolerance, read_secret};
use crate::signer::{Head, PublicKey, SigningKey};

/// The longest that a gateway is taken to sign with the earlier key after a rotation: it goes on until
/// it reads its configuration again.
const RELOAD: Duration = Duration::days(1);

/// How far a vendor's clock may be behind ours.
const SKEW: Duration = Duration::minutes(1);

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Next,
    Active,
    Retired { at: OffsetDateTime },
}

/// A public key of an app.
#[derive(Debug, Clone)]
pub struct Published {
    pub state: State,
    pub key: PublicKey,
    /// The private half, where it is a file.
    pub file: Option<PathBuf>,
}

impl Published {
    /// Whether a token that it signed can still be good, or will be, in a gateway that has `loaded`
    /// the keys as they are.
    pub fn is_shown(&self, loaded: OffsetDateTime, now: OffsetDateTime, ttl: Duration) -> bool {
        match self.state {
            State::Next | State::Active => true,
            State::Retired { at } => {
                let late = loaded > at && loaded < at + RELOAD;
                let last_signed = if late { loaded } else { at };
                now < last_signed + ttl + SKEW
            }
        }
    }
}

/// Where the next key of the active one at `active` is.
pub fn next(active: &Path) -> PathBuf {
    beside(active, "next")
}

/// Where the active key at `active` goes when it retires.
pub fn retired(active: &Path, at: OffsetDateTime) -> PathBuf {
    beside(active, &format!("retired-{}", at.unix_timestamp()))
}

fn beside(active: &Path, state: &str) -> PathBuf {
    active.with_file_name(format!("{}.{state}.pem", stem(active)))
}

fn stem(active: &Path) -> String {
    let name = active.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".pem").unwrap_or(&name).to_owned()
}

/// The files beside the active key that are keys by their names, the next one first, then the
/// latest.
pub fn neighbours(active: &Path) -> Vec<(State, PathBuf)> {
    let directory = match active.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let stem = stem(active);
    let mut found: Vec<(State, PathBuf)> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let state = state_of(&stem, entry.file_name().to_str()?)?;
            Some((state, active.with_file_name(entry.file_name())))
        })
        .filter(|(_, path)| path.is_file())
        .collect();
    found.sort_by_key(|(state, _)| match state {
        State::Retired { at } => -at.unix_timestamp(),
        _ => i64::MIN,
    });
    found
}

fn state_of(stem: &str, name: &str) -> Option<State> {
    let word = name.strip_prefix(stem)?.strip_prefix('.')?.strip_suffix(".pem")?;
    if word == "next" {
        return Some(State::Next);
    }
    let digits = word.strip_prefix("retired-")?;
    let at = digits
        .parse()
        .ok()
        .and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok())?;
    // Only as it is written: no sign, no zeros in front.
    (at.unix_timestamp().to_string() == digits).then_some(State::Retired { at })
}

/// The public keys beside the active one, and what is wrong with the others.
pub(super) fn published_beside(
    active: &Path,
    key: &SigningKey,
    tolerance: &Tolerance,
) -> (Vec<Published>, Vec<String>) {
    let (mut published, mut troubles) = (Vec::new(), Vec::new());
    for (state, path) in neighbours(active) {
        match public(&path, key, tolerance) {
            // A rotation that was cut short leaves the active key under two names.
            Ok(found) if Some(&found) == key.public() => {}
            Ok(found) => published.push(Published {
                state,
                key: found,
                file: Some(path),
            }),
            Err(trouble) => troubles.push(format!(
                "has {} beside it, which is not shown: {trouble}",
                path.display()
            )),
        }
    }
    (published, troubles)
}

fn public(path: &Path, key: &SigningKey, tolerance: &Tolerance) -> Result<PublicKey, String> {
    let text = read_secret(path, tolerance).map_err(|error| error.message)?;
    let found =
        SigningKey::from_pem(&text, Head::new(key.algorithm())).map_err(|error| format!("it {error}"))?;
    found
        .public()
        .cloned()
        .ok_or_else(|| "it has no public half".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::{FRAMEABLE, PEM, file};
    use crate::config::{Loaded, parse};
    use crate::signer::generate_pem;

    fn at(unix: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(unix).unwrap()
    }

    #[test]
    fn c_45_only_exact_names_are_keys() {
        for (name, state) in [
            ("x.next.pem", Some(State::Next)),
            (
                "x.retired-1700000000.pem",
                Some(State::Retired {
                    at: at(1_700_000_000),
                }),
            ),
            ("x.pem", None),
            ("x.retired-.pem", None),
            ("x.retired-+1.pem", None),
            ("x.retired-01.pem", None),
            ("x.retired-99999999999999999999.pem", None),
            ("x.next.pem.bak", None),
            ("xx.next.pem", None),
            ("x.old.pem", None),
        ] {
            assert_eq!(state_of("x", name), state, "{name}");
        }
        let active = Path::new("keys/x.pem");
        assert_eq!(next(active), Path::new("keys/x.next.pem"));
        assert_eq!(retired(active, at(7)), Path::new("keys/x.retired-7.pem"));
        assert_eq!(next(Path::new("keys/x")), Path::new("keys/x.next.pem"));
    }

    #[test]
    fn c_45_a_retired_key_is_shown_until_its_last_token_has_expired() {
        let dir = tempfile::tempdir().unwrap();
        let loaded = load_beside(dir.path(), &[("a.retired-1000.pem", &generate_pem())]);
        let app = &loaded.config.apps[0];
        let [active, old] = &app.published[..] else {
            panic!("there are two")
        };
        assert_eq!(old.state, State::Retired { at: at(1000) });
        // 1000, five minutes and the skew.
        assert!(old.is_shown(at(1000), at(1359), app.ttl));
        assert!(!old.is_shown(at(1000), at(1360), app.ttl));
        assert!(active.is_shown(at(1000), at(1360), app.ttl));
        // A gateway that was reloaded an hour later signed with it for that hour.
        assert!(old.is_shown(at(4600), at(4959), app.ttl));
        assert!(!old.is_shown(at(4600), at(4960), app.ttl));
        assert!(!old.is_shown(at(87_400), at(87_400), app.ttl));
    }

    #[test]
    fn c_45_the_keys_beside_are_read_and_a_damaged_one_is_warned_of() {
        let dir = tempfile::tempdir().unwrap();
        let next = generate_pem();
        let loaded = load_beside(
            dir.path(),
            &[
                ("a.next.pem", &next),
                ("a.retired-5.pem", "not a key"),
                ("a.retired-9.pem", &PEM),
                ("b.next.pem", "another app's"),
            ],
        );
        let states: Vec<State> = loaded.config.apps[0]
            .published
            .iter()
            .map(|key| key.state)
            .collect();
        // The retired one that is the active one comes from a rotation that was cut short.
        assert_eq!(states, [State::Active, State::Next]);
        let [warning] = &loaded.warnings[..] else {
            panic!("{:?}", loaded.warnings)
        };
        assert!(warning.message.contains("a.retired-5.pem beside it"), "{warning}");
    }

    fn load_beside(dir: &Path, files: &[(&str, &str)]) -> Loaded {
        fs::write(dir.join("a.pem"), &*PEM).unwrap();
        for (name, text) in files {
            fs::write(dir.join(name), text).unwrap();
        }
        let text =
            file("", FRAMEABLE).replace(&format!("key = \"\"\"{}\"\"\"", &*PEM), "key_file = \"a.pem\"");
        parse(&text, &dir.join("usher.toml")).unwrap_or_else(|problems| panic!("{problems}"))
    }
}
