//! Where an app's key belongs, out of a file that is not sound yet: before there is a key, it
//! cannot be.

use std::path::{Path, PathBuf};

use jsonwebtoken::Algorithm;
use toml::de::DeTable;

use super::encoding::Encoding;
use super::key::SECRET;
use super::keys::FILE;
use super::reader::{Source, Table};

/// What an app's section says of its key.
#[derive(Debug)]
pub struct KeyPlace {
    pub vendor: String,
    pub algorithm: Algorithm,
    /// How a secret is to be written.
    pub encoding: Encoding,
    pub place: Place,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Place {
    KeyFile(PathBuf),
    SecretFile(PathBuf),
    /// Under this field, which is no file.
    Elsewhere(&'static str),
    /// The section does not say.
    Nowhere,
}

/// Finds the app in the file at `path`.
pub fn key_place(path: &Path, app: &str) -> Result<KeyPlace, String> {
    let shown = path.display();
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{shown} cannot be read: {}", error.kind()))?;
    let (document, errors) = DeTable::parse_recoverable(&text);
    let source = Source::new(path, &text);
    if let Some(error) = errors.first() {
        let line = source.line(error.span().map_or(0, |span| span.start));
        return Err(format!("{shown}:{line}: is not TOML here: {}", error.message()));
    }
    let file = Table::new(&source, String::new(), 0, document.get_ref(), &[FILE.keys]);
    let apps = file
        .get("apps")
        .and_then(|item| item.entries())
        .unwrap_or_default();
    let (_, item) = apps
        .iter()
        .find(|(id, _)| *id == app)
        .ok_or_else(|| format!("{shown} has no [apps.{app}]"))?;
    let field = |key: &str| item.peek(key).and_then(|item| item.text());
    let vendor = field("vendor").ok_or_else(|| format!("{shown}: apps.{app}.vendor: is missing"))?;
    let algorithm = match vendor {
        "frameable" | "cobrowse" | "vonage-video" => Algorithm::RS256,
        "soul-machines" | "bit6" => Algorithm::HS256,
        "custom" => match field("alg") {
            Some(name) => name
                .parse()
                .map_err(|_| format!("{shown}: apps.{app}.alg: is not an algorithm, such as RS256"))?,
            None if SECRET.iter().any(|key| item.peek(key).is_some()) => Algorithm::HS256,
            None => Algorithm::RS256,
        },
        _ => return Err(format!("{shown}: apps.{app}.vendor: is not known")),
    };
    let encoding = match field("secret_encoding").filter(|_| vendor == "custom") {
        Some(name) => {
            Encoding::parse(name).map_err(|error| format!("{shown}: apps.{app}.secret_encoding: {error}"))?
        }
        None => Encoding::Raw,
    };
    let place = if let Some(name) = field("key_file") {
        Place::KeyFile(source.relative(name))
    } else if let Some(name) = field("secret_file") {
        Place::SecretFile(source.relative(name))
    } else {
        ["key", "key_env", "secret", "secret_env"]
            .into_iter()
            .find(|key| item.peek(key).is_some())
            .map_or(Place::Nowhere, Place::Elsewhere)
    };
    Ok(KeyPlace {
        vendor: vendor.to_owned(),
        algorithm,
        encoding,
        place,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(app: &str) -> Result<KeyPlace, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("usher.toml");
        std::fs::write(&path, format!("nonsense = 1\n[apps.a]\n{app}\n")).unwrap();
        key_place(&path, "a").map(|found| KeyPlace {
            place: match found.place {
                Place::KeyFile(file) => Place::KeyFile(file.strip_prefix(dir.path()).unwrap().into()),
                Place::SecretFile(file) => Place::SecretFile(file.strip_prefix(dir.path()).unwrap().into()),
                place => place,
            },
            ..found
        })
    }

    #[test]
    fn c_45_a_key_has_its_place_before_the_file_is_sound() {
        let key = found("vendor = \"frameable\"\nkey_file = \"keys/a.pem\"").unwrap();
        assert_eq!(
            (key.algorithm, key.place),
            (Algorithm::RS256, Place::KeyFile("keys/a.pem".into()))
        );
        let key = found("vendor = \"custom\"\nalg = \"HS512\"\nsecret_file = \"s\"").unwrap();
        assert_eq!(
            (key.algorithm, key.place),
            (Algorithm::HS512, Place::SecretFile("s".into()))
        );
        let key = found("vendor = \"custom\"\nsecret_file = \"s\"").unwrap();
        assert_eq!(
            key.algorithm,
            Algorithm::HS256,
            "the default where there is a secret"
        );
        let key = found("vendor = \"custom\"\nalg = \"EdDSA\"\nkey_env = \"K\"").unwrap();
        assert_eq!(key.place, Place::Elsewhere("key_env"));
        assert_eq!(found("vendor = \"bit6\"").unwrap().place, Place::Nowhere);
    }

    #[test]
    fn c_45_what_does_not_say_enough_says_what_is_missing() {
        for (app, told) in [
            ("", "apps.a.vendor: is missing"),
            ("vendor = \"x\"", "apps.a.vendor: is not known"),
            (
                "vendor = \"custom\"\nsecret_encoding = \"utf8\"",
                "apps.a.secret_encoding: is raw, hex",
            ),
            (
                "vendor = \"custom\"\nalg = \"none\"",
                "apps.a.alg: is not an algorithm",
            ),
            ("vendor = \"hunter2", "usher.toml:3: is not TOML"),
        ] {
            let error = found(app).unwrap_err();
            assert!(error.contains(told), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(
            key_place(Path::new("no-such.toml"), "a")
                .unwrap_err()
                .contains("cannot be read")
        );
    }
}
