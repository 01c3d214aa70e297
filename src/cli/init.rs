//! `usher init`: a first configuration with its keys and secrets, and what to paste where.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use jsonwebtoken::Algorithm;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::audit;
use crate::signer::{Head, PublicKey, SigningKey, generate_pem};
use crate::types::{Issuer, Origin, secure_url};

/// A configuration to begin with.
struct Start {
    name: &'static str,
    text: &'static str,
    key: &'static str,
    /// Where the vendor takes the public key.
    paste: &'static str,
}

const STARTS: [Start; 2] = [
    Start {
        name: "frameable",
        text: include_str!("init/frameable.toml"),
        key: "keys/townhall.pem",
        paste: "the Settings of your event at Frameable",
    },
    Start {
        name: "cobrowse",
        text: include_str!("init/cobrowse.toml"),
        key: "keys/support.pem",
        paste: "the JWT SSO box of your account's settings at Cobrowse",
    },
];

/// What stands in the files of [`STARTS`].
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
    #[arg(long, value_name = "VENDOR", default_value = STARTS[0].name, value_parser = STARTS.map(|start| start.name))]
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
    let start = STARTS
        .into_iter()
        .find(|start| start.name == init.vendor)
        .ok_or_else(|| anyhow!("there is nothing to begin with for this vendor"))?;
    for name in [CONFIG, start.key, CLIENT_SECRET, AUDIT_KEY] {
        if fs::symlink_metadata(init.dir.join(name)).is_ok() {
            bail!(
                "{} is there already, and nothing is ever overwritten",
                init.dir.join(name).display()
            );
        }
    }
    let secret = init.client_secret()?;
    let pem = generate_pem();
    let key = SigningKey::from_pem(&pem, Head::new(Algorithm::RS256))?;
    let public_pem = key.public().map(PublicKey::pem).unwrap_or_default();
    write(&init.dir, start.key, 0o600, pem.as_bytes())?;
    write(&init.dir, CLIENT_SECRET, 0o600, secret.as_bytes())?;
    let audit_key = audit::generate_key();
    write(&init.dir, AUDIT_KEY, 0o600, audit_key.expose_secret().as_bytes())?;
    // Last, so that a configuration is never there without its files.
    write(
        &init.dir,
        CONFIG,
        0o644,
        init.configuration(start.text).as_bytes(),
    )?;
    let origin = Origin::parse(&init.public_url)?;
    let todo = if secret.is_empty() {
        format!("\nand put its secret into {CLIENT_SECRET}.")
    } else {
        String::new()
    };
    Ok(format!(
        "Wrote {CONFIG}, {}, {CLIENT_SECRET} and {AUDIT_KEY}.

At your OpenID provider, register a web client with
  redirect URI              {origin}/auth/callback/work
  post-logout redirect URI  {origin}/auth/signed-out
  back-channel logout URI   {origin}/auth/backchannel-logout/work{todo}

Paste this public key into {}:

{public_pem}
Then usher check says what is left to do, and usher serve runs the gateway.
",
        start.key, start.paste
    ))
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
    fn a_first_configuration_has_at_most_25_lines_and_names_its_files() {
        for start in STARTS {
            assert!(start.text.lines().count() <= 25, "{}", start.name);
            for name in [start.key, CLIENT_SECRET, AUDIT_KEY] {
                assert!(
                    start.text.contains(&format!("\"{name}\"")),
                    "{}: {name}",
                    start.name
                );
            }
        }
    }

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
        for start in STARTS {
            let text = init.configuration(start.text);
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
