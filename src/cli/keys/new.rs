//! `usher keys new`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use aws_lc_rs::rand;
use jsonwebtoken::Algorithm;
use zeroize::Zeroizing;

use super::{file, forms, where_to};
use crate::config::key_files;
use crate::config::{KeyPlace, Place};
use crate::signer::{Head, KeyKind, SigningKey, generate};

/// What RSA keys may be made of.
pub fn bits(text: &str) -> Result<u32, String> {
    match text {
        "2048" => Ok(2048),
        "3072" => Ok(3072),
        "4096" => Ok(4096),
        _ => Err("2048, 3072 or 4096".to_owned()),
    }
}

pub fn run(app: &str, key: &KeyPlace, bits: Option<u32>) -> anyhow::Result<(String, ExitCode)> {
    if ["soul-machines", "bit6"].contains(&key.vendor.as_str()) {
        bail!(
            "{} issues the secret itself: put what it gave you into the app's secret_file (chmod 600)",
            key.vendor
        );
    }
    let text = match (KeyKind::of(key.algorithm), &key.place) {
        (Some(kind), Place::KeyFile(path)) => pair(app, key, path, sized(kind, bits)?)?,
        (None, Place::SecretFile(path)) => secret(key, path, bits)?,
        (Some(_), place) => bail!(unplaced(app, "key_file", place)),
        (None, place) => bail!(unplaced(app, "secret_file", place)),
    };
    Ok((text, ExitCode::SUCCESS))
}

fn unplaced(app: &str, wanted: &str, place: &Place) -> String {
    let found = match place {
        Place::KeyFile(_) => "has key_file, and its algorithm takes a secret",
        Place::SecretFile(_) => "has secret_file, and its algorithm takes a private key",
        Place::Elsewhere(field) => {
            return format!("apps.{app} has {field}: only the file under {wanted} can be made");
        }
        Place::Nowhere => "does not say where its key is to be",
    };
    format!("apps.{app} {found}: name a file under {wanted} that is to be made")
}

fn sized(kind: KeyKind, bits: Option<u32>) -> anyhow::Result<KeyKind> {
    match (kind, bits) {
        (kind, None) => Ok(kind),
        (KeyKind::Rsa2048, Some(2048)) => Ok(KeyKind::Rsa2048),
        (KeyKind::Rsa2048, Some(3072)) => Ok(KeyKind::Rsa3072),
        (KeyKind::Rsa2048, Some(_)) => Ok(KeyKind::Rsa4096),
        _ => Err(anyhow!("--bits is for RSA keys; the app's alg says another kind")),
    }
}

fn pair(app: &str, key: &KeyPlace, active: &Path, kind: KeyKind) -> anyhow::Result<String> {
    let next = key_files::next(active);
    let (path, what) = if !active.exists() {
        (active, "The key that signs")
    } else if !next.exists() {
        (
            next.as_path(),
            "The next key: it is shown after a reload, and signs after usher keys rotate",
        )
    } else {
        bail!(
            "there is a next key already: usher keys rotate --app {app} puts it to work, or delete {}",
            next.display()
        );
    };
    let pem = generate(kind);
    let made = SigningKey::from_pem(&pem, Head::new(key.algorithm))
        .map_err(|error| anyhow!("the new key {error}"))?;
    let public = made.public().context("a key pair has a public half")?;
    file::create(path, &pem).with_context(|| format!("{} cannot be made", path.display()))?;
    Ok(format!(
        "{what}: {} ({})\n\n{}",
        path.display(),
        made.describe(),
        forms(key.algorithm, None, public, &where_to(app, &key.vendor))
    ))
}

fn secret(key: &KeyPlace, path: &Path, bits: Option<u32>) -> anyhow::Result<String> {
    if bits.is_some() {
        bail!("--bits is for RSA keys; the app's alg takes a secret");
    }
    if path.exists() {
        bail!(
            "{} is there already: for another secret, name another file under secret_file",
            path.display()
        );
    }
    // As many bytes as the hash is wide (RFC 7518, section 3.2).
    let length = match key.algorithm {
        Algorithm::HS512 => 64,
        Algorithm::HS384 => 48,
        _ => 32,
    };
    let mut bytes = Zeroizing::new(vec![0; length]);
    rand::fill(&mut bytes).map_err(|_| anyhow!("no random bytes"))?;
    let text = key.encoding.write(&bytes);
    file::create(path, &text).with_context(|| format!("{} cannot be made", path.display()))?;
    Ok(format!(
        "The secret: {}\n\nGive the vendor the content of this file, {} characters, over a safe way. Whoever has it can \
         sign in as anybody.\n",
        path.display(),
        text.len()
    ))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::config::Encoding;

    fn place(vendor: &str, algorithm: Algorithm, place: Place) -> KeyPlace {
        KeyPlace {
            vendor: vendor.to_owned(),
            algorithm,
            encoding: Encoding::Raw,
            place,
        }
    }

    #[test]
    fn c_45_first_the_key_then_the_next_and_no_third() {
        let dir = tempfile::tempdir().unwrap();
        let active = dir.path().join("keys/a.pem");
        let key = place("custom", Algorithm::ES256, Place::KeyFile(active.clone()));
        let (text, _) = run("a", &key, None).unwrap();
        assert!(
            text.contains("BEGIN PUBLIC KEY") && text.contains("/keys/a.json"),
            "{text}"
        );
        assert!(!text.contains("PRIVATE"), "{text}");
        let first = std::fs::read_to_string(&active).unwrap();
        assert_eq!(active.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let above = active.parent().unwrap().metadata().unwrap();
        assert_eq!(above.permissions().mode() & 0o777, 0o700);
        run("a", &key, None).unwrap();
        assert!(key_files::next(&active).exists());
        let third = run("a", &key, None).unwrap_err().to_string();
        assert!(third.contains("rotate") && third.contains("delete"), "{third}");
        assert_eq!(std::fs::read_to_string(&active).unwrap(), first);
    }

    #[test]
    fn s_400_rsa_has_2048_bits_unless_asked_otherwise() {
        assert_eq!(sized(KeyKind::Rsa2048, None).unwrap(), KeyKind::Rsa2048);
        assert_eq!(sized(KeyKind::Rsa2048, Some(3072)).unwrap(), KeyKind::Rsa3072);
        assert!(sized(KeyKind::P256, Some(3072)).is_err());
        assert!(bits("1024").is_err());
    }

    #[test]
    fn s_406_a_new_secret_is_long_enough_and_is_not_shown() {
        for (algorithm, shortest) in [
            (Algorithm::HS256, 32),
            (Algorithm::HS384, 48),
            (Algorithm::HS512, 64),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("secret");
            let key = place("custom", algorithm, Place::SecretFile(path.clone()));
            let (told, _) = run("a", &key, None).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!told.contains(&text), "the secret is shown");
            assert!(text.len() >= shortest);
            let bytes = Zeroizing::new(text.into_bytes());
            assert!(SigningKey::from_secret(bytes, Head::new(algorithm), shortest).is_ok());
            assert!(run("a", &key, None).is_err(), "a second one");
        }
    }

    #[test]
    fn c_45_what_cannot_be_made_says_why() {
        let told = |key: &KeyPlace| run("a", key, None).unwrap_err().to_string();
        for (vendor, algorithm, at, wanted) in [
            (
                "bit6",
                Algorithm::HS256,
                Place::Nowhere,
                "issues the secret itself",
            ),
            (
                "soul-machines",
                Algorithm::HS256,
                Place::Nowhere,
                "issues the secret itself",
            ),
            ("frameable", Algorithm::RS256, Place::Nowhere, "under key_file"),
            (
                "frameable",
                Algorithm::RS256,
                Place::Elsewhere("key_env"),
                "has key_env",
            ),
            (
                "custom",
                Algorithm::HS256,
                Place::KeyFile("a.pem".into()),
                "takes a secret",
            ),
        ] {
            let told = told(&place(vendor, algorithm, at));
            assert!(told.contains(wanted), "{told}");
        }
    }
}
