//! A persona at an app, as `explain` and `mint` are given one.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow};

use super::find_app;
use crate::config::{self, App, Config};
use crate::identity::Identity;

/// Bytes that a persona's file may have.
const LARGEST: u64 = 1024 * 1024;

#[derive(clap::Args)]
pub struct Trial {
    /// The app
    #[arg(long, value_name = "APP")]
    app: String,
    /// Who: a JSON file with a user's fields, `auth_time` and `acr`
    #[arg(long = "as", value_name = "FILE")]
    persona: PathBuf,
    /// A parameter of the launch; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    pub params: Vec<(String, String)>,
}

impl Trial {
    pub fn read<'a>(&self, config: &'a Config) -> anyhow::Result<(&'a App, Identity)> {
        let app = find_app(config, &self.app)?;
        let path = self.persona.display();
        let found = std::fs::metadata(&self.persona).with_context(|| format!("{path} cannot be read"))?;
        if !found.is_file() || found.len() > LARGEST {
            return Err(anyhow!("{path} is not a file of at most 1 MiB"));
        }
        let json =
            std::fs::read_to_string(&self.persona).with_context(|| format!("{path} cannot be read"))?;
        let identity = config::persona(&json, &config.providers)
            .map_err(|problems| anyhow!("{path} is not a persona\n{problems}"))?;
        Ok((app, identity))
    }
}

/// A parameter as it is typed.
pub fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a parameter is name=value")?;
    Ok((name.to_owned(), value.to_owned()))
}
