//! `usher init`: a first configuration with its keys and secrets, and what to paste where.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::builder::PossibleValuesParser;
use jsonwebtoken::Algorithm;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::audit;
use crate::signer::{Head, PublicKey, SigningKey, generate_pem};
use crate::types::{Issuer, Origin, secure_url};
use crate::vendors::presets::{FirstKey, PRESETS, Preset};

/// What stands in the presets.
const PUBLIC_URL: &str = "https://go.example.com";
const ISSUER: &str = "https://login.example.com";
const CLIENT_ID: &str = "usher";

const CONFIG: &str = "usher.toml";
const CLIENT_SECRET: &str = "secrets/work";
const AUDIT_KEY: &str = "secrets/audit";

/// Bytes that a client's secret may have.
const LARGEST: u64 = 64 * 1024;

#[derive(clap::Args)]
pub struct Init {
    /// What to begin with
    #[arg(long, value_name = "VENDOR", default_value = PRESETS[0].name, value_parser = names())]
    vendor: String,
    /// Where to write
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// The origin under which browsers will reach Usher
    #[arg(long, value_name = "URL", default_value = PUBLIC_URL, value_parser = public_url)]
    public_url: String,
    /// The issuer of your OpenID provider, exactly as it writes it
    #[arg(long, value_name = "URL", default_value = ISSUER, value_parser = issuer)]
    issuer: String,
    /// The client that you registered there
    #[arg(long, value_name = "ID", default_value = CLIENT_ID, value_parser = client_id)]
    client_id: String,
    /// A file with the client's secret; - reads it from standard input
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
}

/// Writes the files; what to say of them.
pub fn run(init: &Init) -> anyhow::Result<String> {
    let preset = Preset::find(&init.vendor).ok_or_else(|| anyhow!("there is nothing to begin with"))?;
    let key_file = preset.key.file();
    for name in [CONFIG, key_file, CLIENT_SECRET, AUDIT_KEY] {
        if fs::symlink_metadata(init.dir.join(name)).is_ok() {
            bail!(
                "{} is there already, and nothing is ever overwritten",
                init.dir.join(name).display()
            );
        }
    }
    let secret = init.client_secret()?;
    let (key, key_step) = first_key(&preset.key)?;
    write(&init.dir, key_file, 0o600, key.as_bytes())?;
    write(&init.dir, CLIENT_SECRET, 0o600, secret.as_bytes())?;
    let audit_key = audit::generate_key();
    write(&init.dir, AUDIT_KEY, 0o600, audit_key.expose_secret().as_bytes())?;
    // Last, so that a configuration is never there without its files.
    let text = init.configuration(&preset.configuration());
    write(&init.dir, CONFIG, 0o644, text.as_bytes())?;
    let origin = Origin::parse(&init.public_url)?;
    let todo = if secret.is_empty() {
        format!("\nand put its secret into {CLIENT_SECRET}.")
    } else {
        String::new()
    };
    Ok(format!(
        "Wrote {CONFIG}, {key_file}, {CLIENT_SECRET} and {AUDIT_KEY}.

At your OpenID provider, register a web client with
  redirect URI              {origin}/auth/callback/work
  post-logout redirect URI  {origin}/auth/signed-out
  back-channel logout URI   {origin}/auth/backchannel-logout/work{todo}

{key_step}
{}Then usher check says what is left to do, and usher serve runs the gateway.
",
        samples(preset)
    ))
}

/// The content of the app's key file, and what to do about it.
fn first_key(key: &FirstKey) -> anyhow::Result<(Zeroizing<String>, String)> {
    match key {
        FirstKey::Pair { paste, .. } => {
            let pem = generate_pem();
            let public = SigningKey::from_pem(&pem, Head::new(Algorithm::RS256))?;
            let public = public.public().map(PublicKey::pem).unwrap_or_default();
            Ok((pem, format!("Paste this public key into {paste}:\n\n{public}")))
        }
        FirstKey::Secret { file, from } => {
            Ok((Zeroizing::default(), format!("Put into {file}\n  {from}.\n")))
        }
    }
}

/// What is to be filled in.
fn samples(preset: &Preset) -> String {
    let mut text = String::new();
    for blank in preset.blanks() {
        if text.is_empty() {
            let _ = writeln!(text, "In {CONFIG}, fill in");
        }
        let _ = writeln!(text, "  {:15} {}", blank.key, blank.wanted);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn names() -> PossibleValuesParser {
    PRESETS
        .iter()
        .map(|preset| preset.name)
        .collect::<Vec<_>>()
        .into()
}

impl Init {
    /// The secret, or nothing where it is to be put in later.
    fn client_secret(&self) -> anyhow::Result<Zeroizing<String>> {
        let mut text = Zeroizing::new(String::new());
        match &self.client_secret_file {
            None => {}
            Some(path) if path == Path::new("-") => {
                let stdin = std::io::stdin().take(LARGEST).read_to_string(&mut text);
                stdin.context("standard input is not text")?;
            }
            Some(path) => {
                let file = fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_string(&mut text));
                file.with_context(|| format!("{} cannot be read", path.display()))?;
            }
        }
        Ok(text)
    }

    /// The text with these values in the place of the samples.
    fn configuration(&self, text: &str) -> String {
        // A basic string of TOML escapes as one of JSON does.
        let line = |key: &str, value: &str| format!("\n{key} = {}", Value::from(value));
        let values = [
            ("public_url", PUBLIC_URL, &self.public_url),
            ("issuer", ISSUER, &self.issuer),
            ("client_id", CLIENT_ID, &self.client_id),
        ];
        values
            .into_iter()
            .fold(text.to_owned(), |text, (key, sample, value)| {
                text.replacen(&line(key, sample), &line(key, value), 1)
            })
    }
}

/// Writes a file that was not there, and the directory that it is in.
fn write(dir: &Path, name: &str, mode: u32, bytes: &[u8]) -> anyhow::Result<()> {
    let path = dir.join(name);
    let written = || {
        let parent = path.parent().unwrap_or(dir);
        DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    written().with_context(|| format!("{} cannot be written", path.display()))
}

fn public_url(text: &str) -> Result<String, String> {
    secure_url(text)
        .and_then(|_| Origin::parse(text))
        .map(|_| text.to_owned())
        .map_err(|_| "is an https origin, without a path, such as https://go.example.com".to_owned())
}

fn issuer(text: &str) -> Result<String, String> {
    Issuer::parse(text)
        .map(|_| text.to_owned())
        .map_err(|e| e.to_string())
}

fn client_id(text: &str) -> Result<String, String> {
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("is a line of text".into());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_stands_where_the_samples_stood() {
        let init = Init {
            vendor: "frameable".into(),
            dir: PathBuf::new(),
            public_url: "https://sso.acme.example".into(),
            issuer: "https://id.acme.example/\"x".into(),
            client_id: "a \\ b".into(),
            client_secret_file: None,
        };
        for preset in PRESETS {
            let text = init.configuration(&preset.configuration());
            let (table, errors) = toml::de::DeTable::parse_recoverable(&text);
            assert!(errors.is_empty(), "{errors:?}");
            let table = table.into_inner();
            let work = &table["providers"].get_ref()["work"];
            assert_eq!(
                table["public_url"].get_ref().as_str(),
                Some("https://sso.acme.example")
            );
            assert_eq!(
                work.get_ref()["issuer"].get_ref().as_str(),
                Some("https://id.acme.example/\"x")
            );
            assert_eq!(work.get_ref()["client_id"].get_ref().as_str(), Some("a \\ b"));
        }
    }
}
