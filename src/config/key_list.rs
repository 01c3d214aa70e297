//! The keys of a configuration, each with the apps that use it, where it stands in its life and its age.

use std::path::PathBuf;

use jsonwebtoken::Algorithm;
use time::{Duration, OffsetDateTime};

use super::{App, Config, Published, State};
use crate::types::AppId;

/// After so long a key is old enough to say so.
pub const OLD: Duration = Duration::days(365);

/// What is told of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// Two apps may share one (C-9).
    pub app: AppId,
    pub algorithm: Algorithm,
    /// `RSA 2048`.
    pub kind: String,
    /// None of a secret: its hash could be tried against guesses.
    pub thumbprint: Option<String>,
    pub state: KeyState,
    /// When its file was last written, where it is one.
    pub written: Option<OffsetDateTime>,
    pub file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    Next,
    Active,
    /// It no longer signs; tokens that it signed are still good.
    Retired,
    /// They no longer are.
    Expired,
}

impl KeyState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Expired => "expired",
        }
    }
}

impl ListedKey {
    /// Whole days since the file was written.
    pub fn days(&self, now: OffsetDateTime) -> Option<i64> {
        Some((now - self.written?).whole_days())
    }

    /// Whether it signs and should be followed by another.
    pub fn is_old(&self, now: OffsetDateTime) -> bool {
        self.state == KeyState::Active && self.days(now).is_some_and(|days| days > OLD.whole_days())
    }
}

/// The keys of all apps, in the configuration's order; of an app, the one that signs first. Looks at
/// the files' times.
pub fn key_list(config: &Config, now: OffsetDateTime) -> Vec<ListedKey> {
    config.apps.iter().flat_map(|app| keys_of(app, now)).collect()
}

/// The keys of one app.
pub fn keys_of(app: &App, now: OffsetDateTime) -> Vec<ListedKey> {
    let listed = |kind: String, key: Option<&Published>| {
        let file = key.and_then(|key| key.file.clone());
        let written = |file: &PathBuf| Some(OffsetDateTime::from(file.metadata().ok()?.modified().ok()?));
        ListedKey {
            app: app.id.clone(),
            algorithm: app.key.algorithm(),
            kind,
            thumbprint: key.map(|key| key.key.thumbprint()),
            state: key.map_or(KeyState::Active, |key| state(app, key, now)),
            written: file.as_ref().and_then(written),
            file,
        }
    };
    if app.published.is_empty() {
        return vec![listed(app.key.describe(), None)];
    }
    let published = app.published.iter();
    published
        .map(|key| listed(key.key.describe().to_owned(), Some(key)))
        .collect()
}

fn state(app: &App, key: &Published, now: OffsetDateTime) -> KeyState {
    match key.state {
        State::Next => KeyState::Next,
        State::Active => KeyState::Active,
        State::Retired { at } if key.is_shown(at, now, app.ttl) => KeyState::Retired,
        State::Retired { .. } => KeyState::Expired,
    }
}
