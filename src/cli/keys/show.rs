//! `usher keys show` and `usher keys list`.

use anyhow::{Context as _, anyhow, bail};
use time::OffsetDateTime;

use super::{forms, where_to};
use crate::config::key_files::State;
use crate::config::{ClientAuth, Config, ListedKey, key_list};

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Which {
    Next,
    Active,
}

pub fn show(config: &Config, id: &str, which: Which) -> anyhow::Result<String> {
    let app = config
        .apps
        .iter()
        .find(|app| app.id.as_str() == id)
        .ok_or_else(|| anyhow!("there is no app {id}"))?;
    app.key
        .public()
        .context("the app shares a secret with its vendor; there is nothing to show")?;
    let (state, kid) = match which {
        Which::Next => (State::Next, None),
        Which::Active => (State::Active, app.key.kid()),
    };
    let found = app
        .published
        .iter()
        .find(|key| key.state == state)
        .ok_or_else(|| anyhow!("there is no next key: usher keys new --app {id} makes it"))?;
    let where_to = where_to(id, app.vendor);
    Ok(forms(app.key.algorithm(), kid, &found.key, &where_to))
}

/// The public half of the key by which a provider knows Usher.
pub fn client(config: &Config, id: &str) -> anyhow::Result<String> {
    let provider = config
        .providers
        .iter()
        .find(|provider| provider.id.as_str() == id);
    let provider = provider.ok_or_else(|| anyhow!("there is no provider {id}"))?;
    let ClientAuth::PrivateKeyJwt(key) = &provider.auth else {
        bail!("{id} does not know Usher by a key: that is auth_method = \"private_key_jwt\"");
    };
    let public = config
        .client_keys
        .iter()
        .find(|client| client.provider == provider.id)
        .context("the key has no public half")?;
    let where_to = format!(
        "Give the JWK above (or the PEM, where it takes only that) to {id} as the public key of the client {}.",
        provider.client_id
    );
    Ok(forms(key.algorithm(), Some(key.kid()), &public.key, &where_to))
}

const COLUMNS: [&str; 7] = ["app", "alg", "kind", "thumbprint", "state", "days", "file"];

pub fn list(config: &Config, now: OffsetDateTime) -> String {
    let mut lines = vec![COLUMNS.map(str::to_owned)];
    lines.extend(key_list(config, now).iter().map(|key| line(key, now)));
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or(0);
    let widths: [usize; COLUMNS.len()] = std::array::from_fn(width);
    let padded = lines.iter().map(|line| {
        let cells = line.iter().zip(widths);
        let cells: Vec<String> = cells.map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    });
    padded.collect()
}

fn line(key: &ListedKey, now: OffsetDateTime) -> [String; COLUMNS.len()] {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let ListedKey {
        app,
        algorithm,
        kind,
        thumbprint,
        state,
        file,
        ..
    } = key;
    [
        app.to_string(),
        format!("{algorithm:?}"),
        kind.clone(),
        or_none(thumbprint.as_ref().map(|print| print[..16].to_owned())),
        state.name().to_owned(),
        or_none(key.days(now).map(|days| days.to_string())),
        or_none(file.as_ref().map(|file| file.display().to_string())),
    ]
}
