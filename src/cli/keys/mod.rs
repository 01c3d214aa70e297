//! `usher keys`: the key pairs of apps, made, shown and changed.

mod file;
mod new;
mod rotate;
mod show;

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::Subcommand;
use jsonwebtoken::Algorithm;
use time::OffsetDateTime;

use super::load;
use crate::config::{KeyPlace, key_place};
use crate::signer::PublicKey;
use crate::web::text::Lang;
use crate::web::text::xray::key_goes;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an app's key, or the one that is to follow it, and say where the vendor wants it
    New {
        #[arg(long)]
        app: String,
        /// Of an RSA key: 2048, 3072 or 4096
        #[arg(long, value_parser = new::bits)]
        bits: Option<u32>,
    },
    /// Show the public key of an app, or the one that a provider knows Usher by, in every form
    Show {
        #[arg(long, required_unless_present = "provider")]
        app: Option<String>,
        /// With `auth_method = "private_key_jwt"`
        #[arg(long, conflicts_with_all = ["app", "state"])]
        provider: Option<String>,
        #[arg(long, value_enum, default_value_t = show::Which::Active)]
        state: show::Which,
    },
    /// Show the keys of all apps, one a line
    List,
    /// Let an app's next key take the place of the one that signs
    Rotate {
        #[arg(long)]
        app: String,
    },
}

pub fn run(config: &Path, command: &Command, now: OffsetDateTime) -> anyhow::Result<ExitCode> {
    let (text, code) = match command {
        Command::New { app, bits } => new::run(app, &place(config, app)?, *bits)?,
        Command::Show { app, provider, state } => {
            let config = load(config)?.config;
            let text = match (provider, app) {
                (Some(provider), _) => show::client(&config, provider)?,
                (None, app) => show::show(&config, app.as_deref().unwrap_or_default(), *state)?,
            };
            (text, ExitCode::SUCCESS)
        }
        Command::List => (show::list(&load(config)?.config, now), ExitCode::SUCCESS),
        Command::Rotate { app } => rotate::run(app, &place(config, app)?, now)?,
    };
    print!("{text}");
    Ok(code)
}

fn place(config: &Path, app: &str) -> anyhow::Result<KeyPlace> {
    key_place(config, app).map_err(|error| anyhow!(error))
}

/// A public key in every form, and what to do with it.
fn forms(algorithm: Algorithm, kid: Option<&str>, key: &PublicKey, where_to: &str) -> String {
    let mut text = key.pem();
    let _ = writeln!(text, "\njwk         {}", key.jwk(algorithm, kid));
    let _ = writeln!(text, "thumbprint  {}", key.thumbprint());
    let _ = writeln!(text, "\n{where_to}");
    text
}

/// Where each vendor wants the public key.
fn where_to(app: &str, vendor: &str) -> String {
    Lang::ENGLISH.plain(&key_goes(vendor).with("app", app))
}
