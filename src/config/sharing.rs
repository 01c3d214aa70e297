//! No key serves two ends by accident: an app's token would open another app, or be a provider's
//! word (C-9, S-342). Keys are compared, never their files.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretBox};
use serde_json::Value;

use super::encoding::Encoding;
use super::reader::Item;
use super::{App, ClientAuth, Provider};
use crate::signer::{Head, SigningKey};
use crate::types::AppId;

/// The fields that do not change what a token opens or says; all others must be equal in apps that
/// share a key (C-9).
const LOOKS: [&str; 20] = [
    "title",
    "description",
    "icon",
    "category",
    "contact",
    "hidden",
    "new_tab",
    "confirm",
    "origins",
    "handover",
    "url",
    "ttl",
    "iat_backdate",
    "key",
    "key_file",
    "key_env",
    "secret",
    "secret_file",
    "secret_env",
    "shared_key",
];

/// The keys of the apps that were read so far, beside those of the providers.
pub(super) struct Keys<'a> {
    providers: &'a [Arc<Provider>],
    /// Usher's own, which no vendor may know.
    own: Vec<&'a SecretBox<[u8; 32]>>,
    apps: Vec<Used>,
}

struct Used {
    app: AppId,
    fingerprint: String,
    meaning: Value,
    shared: bool,
}

impl<'a> Keys<'a> {
    pub fn of(providers: &'a [Arc<Provider>], own: Vec<&'a SecretBox<[u8; 32]>>) -> Self {
        Self {
            providers,
            own,
            apps: Vec::new(),
        }
    }

    /// Takes in an app; `shared` is its `shared_key`.
    pub fn add(&mut self, item: &Item<'_>, app: &App, shared: bool) {
        let used = Used {
            app: app.id.clone(),
            fingerprint: app.key.fingerprint(),
            meaning: meaning(item),
            shared,
        };
        for provider in self
            .providers
            .iter()
            .filter(|provider| is_secret_of(&app.key, provider))
        {
            item.error_with(
                format!(
                    "has the client secret of providers.{} as its key, so each could speak for the other",
                    provider.id
                ),
                "give the app a key of its own",
            );
        }
        if self
            .own
            .iter()
            .any(|own| is_secret(&app.key, own.expose_secret()))
        {
            item.error_with(
                "has a key of Usher's own, sealing_key_file or audit.key_file, which its vendor would know",
                "give the app a key of its own",
            );
        }
        for other in self
            .apps
            .iter()
            .filter(|other| other.fingerprint == used.fingerprint)
        {
            if used.meaning != other.meaning && !(used.shared && other.shared) {
                item.error_with(
                    format!(
                        "has the key of {}, so a token for one would open the other",
                        other.app
                    ),
                    "give each its own key, or write shared_key = true in both",
                );
            }
        }
        self.apps.push(used);
    }
}

/// Whether these bytes are the secret that the app signs with.
fn is_secret(key: &SigningKey, bytes: &[u8]) -> bool {
    let other = SigningKey::from_secret(bytes.to_vec().into(), Head::new(key.algorithm()), 0);
    other.is_ok_and(|other| other.fingerprint() == key.fingerprint())
}

/// Whether the provider's client secret, read in any way in which an app could, is this key.
fn is_secret_of(key: &SigningKey, provider: &Provider) -> bool {
    let (ClientAuth::SecretBasic(secret) | ClientAuth::SecretPost(secret)) = &provider.auth else {
        return false;
    };
    let text = secret.expose_secret();
    let head = || Head::new(key.algorithm());
    let secrets = Encoding::ALL
        .into_iter()
        .filter_map(|encoding| SigningKey::from_secret(encoding.read(text)?, head(), 0).ok());
    secrets
        .chain(SigningKey::from_pem(text, head()).ok())
        .any(|other| other.fingerprint() == key.fingerprint())
}

/// The app's fields without its looks.
fn meaning(item: &Item<'_>) -> Value {
    let mut json = item.json();
    if let Value::Object(fields) = &mut json {
        fields.retain(|key, _| !LOOKS.contains(&key.as_str()));
        fields.sort_keys();
    }
    json
}
