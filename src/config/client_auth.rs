//! How a provider knows Usher: `auth_method`, with the secret or the key of the provider's section.

use super::file::Tolerance;
use super::reader::Table;
use super::secret::secret;
use super::server::short;
use super::{App, ClientAuth};
use crate::identity::assertion;
use crate::signer::{PublicKey, SigningKey};
use crate::types::ProviderId;

const SECRET: [&str; 3] = ["client_secret", "client_secret_file", "client_secret_env"];
const KEY: [&str; 3] = ["client_key", "client_key_file", "client_key_env"];
/// What may be said of the key.
const OF_KEY: [&str; 2] = ["client_kid", "client_key_typ"];
const METHODS: [&str; 4] = [
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "none",
];

/// The public half of the key by which a provider knows Usher.
#[derive(Debug)]
pub struct ClientKey {
    pub provider: ProviderId,
    pub key: PublicKey,
}

/// Reads how Usher says who it is; with a key, its public half too.
pub(super) fn read(table: &Table<'_>, tolerance: &Tolerance) -> Option<(ClientAuth, Option<PublicKey>)> {
    let method = match table.get("auth_method") {
        Some(item) => item.parsed(|text| {
            let known = METHODS.iter().find(|method| **method == text);
            known
                .copied()
                .ok_or_else(|| format!("is one of {}", METHODS.join(", ")))
        })?,
        None => METHODS[0],
    };
    let of_no_use: &[&str] = match method {
        "none" => &[&SECRET[..], &KEY, &OF_KEY].concat(),
        "private_key_jwt" => &SECRET,
        _ => &[&KEY[..], &OF_KEY].concat(),
    };
    for key in of_no_use.iter().filter(|key| table.has(key)) {
        table.error(key, format!("is of no use with auth_method = \"{method}\""));
    }
    match method {
        "none" => Some((ClientAuth::None, None)),
        "private_key_jwt" => pair(table, tolerance),
        _ => {
            let secret = secret(table, SECRET, tolerance)?.as_str().to_owned().into();
            let auth = if method == "client_secret_post" {
                ClientAuth::SecretPost(secret)
            } else {
                ClientAuth::SecretBasic(secret)
            };
            Some((auth, None))
        }
    }
}

fn pair(table: &Table<'_>, tolerance: &Tolerance) -> Option<(ClientAuth, Option<PublicKey>)> {
    let text = secret(table, KEY, tolerance)?;
    let item = KEY.into_iter().find_map(|key| table.get(key))?;
    let refuse = |error: crate::signer::RejectedKey| item.error_with(error.to_string(), error.cure());
    let key = SigningKey::of_its_kind(&text).map_err(refuse).ok()?;
    let public = key.public()?.clone();
    let kid = match table.get("client_kid") {
        Some(item) => item.parsed(|text| short(text, 128))?,
        None => public.thumbprint(),
    };
    let typ = table.parsed("client_key_typ", assertion::TYPES[0], |text| {
        let known = assertion::TYPES.into_iter().find(|typ| *typ == text);
        known.ok_or_else(|| format!("is one of {}", assertion::TYPES.join(", ")))
    });
    let key = assertion::ClientKey::new(key.into_signer(), kid, typ);
    Some((ClientAuth::PrivateKeyJwt(key), Some(public)))
}

/// No app's key is a provider's client key (C-9): whoever knows it at the vendor or at the provider
/// could speak for the other.
pub(super) fn keep_apart(file: &Table<'_>, clients: &[ClientKey], apps: &[App]) {
    let sections = file
        .get("apps")
        .and_then(|item| item.entries())
        .unwrap_or_default();
    for (id, item) in sections {
        let Some(app) = apps.iter().find(|app| app.id.as_str() == id) else {
            continue;
        };
        for client in clients
            .iter()
            .filter(|client| app.published.iter().any(|published| published.key == client.key))
        {
            item.error_with(
                format!("has the client key of providers.{}", client.provider),
                "give each its own key",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use jsonwebtoken::Algorithm;

    use super::*;
    use crate::config::tests::{FRAMEABLE, PEM, file, loaded, refusal};
    use crate::signer::{KeyKind, generate};

    /// The usual file with `lines` in the place of its client secret.
    fn with(lines: &str) -> String {
        file("", FRAMEABLE).replace("client_secret = \"hunter2hunter2\"", lines)
    }

    #[test]
    fn s_109_a_key_of_each_kind_signs_by_the_algorithm_of_its_kind() {
        for (kind, algorithm) in [
            (KeyKind::Rsa2048, Algorithm::RS256),
            (KeyKind::P256, Algorithm::ES256),
            (KeyKind::P384, Algorithm::ES384),
            (KeyKind::Ed25519, Algorithm::EdDSA),
        ] {
            let pem = generate(kind);
            let lines = format!(
                "auth_method = \"private_key_jwt\"\nclient_key = \"\"\"{}\"\"\"",
                *pem
            );
            let config = loaded(&with(&lines)).config;
            let ClientAuth::PrivateKeyJwt(key) = &config.providers[0].auth else {
                panic!("it is a key")
            };
            let thumbprint = config.client_keys[0].key.thumbprint();
            assert_eq!((key.algorithm(), key.kid()), (algorithm, thumbprint.as_str()));
            let named = loaded(&with(&format!("{lines}\nclient_kid = \"k-1\""))).config;
            let ClientAuth::PrivateKeyJwt(key) = &named.providers[0].auth else {
                panic!("it is a key")
            };
            assert_eq!(key.kid(), "k-1");
        }
    }

    #[test]
    fn c_9_no_apps_key_is_a_client_key() {
        let lines = format!(
            "auth_method = \"private_key_jwt\"\nclient_key = \"\"\"{}\"\"\"",
            &*PEM
        );
        let told = refusal(&with(&lines));
        assert!(told.contains("has the client key of providers."), "{told}");

        // Nor is the one that follows it.
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            path
        };
        let active = write("app.pem", &generate(KeyKind::Rsa2048));
        let next = write("app.next.pem", &generate(KeyKind::Rsa2048));
        let lines = format!(
            "auth_method = \"private_key_jwt\"\nclient_key_file = \"{}\"",
            next.display()
        );
        let key = format!("key = \"\"\"{}\"\"\"", &*PEM);
        let told = refusal(&with(&lines).replace(&key, &format!("key_file = \"{}\"", active.display())));
        assert!(told.contains("has the client key of providers."), "{told}");
    }

    #[test]
    fn s_073_only_what_the_method_sends_is_there() {
        for (lines, told) in [
            (
                "auth_method = \"private_key_jwt\"\nclient_secret = \"hunter2hunter2\"",
                "client_secret: is of no use",
            ),
            (
                "auth_method = \"private_key_jwt\"",
                "exactly one of client_key, client_key_file and client_key_env",
            ),
            (
                "client_secret = \"hunter2hunter2\"\nclient_key_file = \"k\"",
                "client_key_file: is of no use",
            ),
            (
                "auth_method = \"none\"\nclient_kid = \"k\"",
                "client_kid: is of no use",
            ),
            (
                "auth_method = \"client_secret_jwt\"",
                "is one of client_secret_basic, client_secret_post, private_key_jwt, none",
            ),
            (
                "auth_method = \"private_key_jwt\"\nclient_key = \"hunter2\"",
                "is not a PEM private key",
            ),
        ] {
            let found = refusal(&with(lines));
            assert!(found.contains(told), "{lines}: {found}");
            assert!(!found.contains("hunter2"), "{found}");
        }
    }
}
