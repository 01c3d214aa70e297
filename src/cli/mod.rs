//! What people type: one file a command.

mod audit;
pub(crate) mod check;
mod completions;
mod demo;
mod explain;
mod healthcheck;
mod init;
mod keys;
mod lab;
mod link;
mod man;
mod mint;
mod serve;
mod trial;
mod unbind;
mod verify;
mod why;

use std::io::{self, StdoutLock};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use clap::{Parser, Subcommand};

use crate::app;
use crate::audit::ChainKey;
use crate::claims::clean::printable;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{self, App, Config, Loaded, StoreUrl};
use crate::expression::meant;
use crate::memory;
use crate::store::TrailReader;
use crate::types::Reference;

#[derive(Parser)]
#[command(
    name = "usher",
    version,
    about = "An SSO redirect gateway",
    propagate_version = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway
    Serve(ConfigFile),
    /// Say every problem of the configuration and try its test personas
    Check {
        #[command(flatten)]
        file: ConfigFile,
        /// Ask the providers and vendors too
        #[arg(long)]
        online: bool,
        /// How to say it
        #[arg(long, value_enum, default_value_t = check::Format::Table)]
        format: check::Format,
    },
    /// Write a first configuration with its keys and secrets, and say what to paste where
    Init(init::Init),
    /// Say rule by rule and claim by claim what an app would give a persona; nothing is signed
    Explain {
        #[command(flatten)]
        file: ConfigFile,
        #[command(flatten)]
        trial: trial::Trial,
        /// How to say it
        #[arg(long, value_enum, default_value_t = check::Format::Table)]
        format: check::Format,
    },
    /// Make a real token for a persona, with its audit record
    Mint {
        #[command(flatten)]
        file: ConfigFile,
        #[command(flatten)]
        trial: trial::Trial,
        /// Print only the address of a redirect app, the bare token of any other
        #[arg(long)]
        raw: bool,
    },
    /// Hold a token against what its vendor checks
    Verify {
        #[command(flatten)]
        file: ConfigFile,
        /// The token; - reads it from standard input
        token: String,
        /// The app that it is for
        #[arg(long, value_name = "APP")]
        app: String,
    },
    /// Show the whole world on loopback: gateway, provider, intranet and vendors
    Demo {
        /// The gateway's port on 127.0.0.1; 0 for any
        #[arg(long, value_name = "PORT", default_value_t = 8080)]
        port: u16,
    },
    /// Make, show and rotate the keys of apps
    Keys {
        #[command(flatten)]
        file: ConfigFile,
        #[command(subcommand)]
        command: keys::Command,
    },
    /// Print the link of an app in the form that each place wants it
    Link {
        #[command(flatten)]
        file: ConfigFile,
        #[command(flatten)]
        wanted: link::Wanted,
    },
    /// Make a token that is wrong in exactly one way, to see whether its vendor looks
    Lab {
        #[command(flatten)]
        file: ConfigFile,
        #[command(flatten)]
        wanted: lab::Wanted,
    },
    /// Let go of a person whose e-mail address an app with `bind_email` holds on to
    Unbind {
        #[command(flatten)]
        file: ConfigFile,
        /// The person's subject or e-mail address
        person: String,
        /// The app
        #[arg(long, value_name = "APP")]
        app: String,
    },
    /// Ask a running gateway whether it is well: for containers without a shell
    Healthcheck {
        #[command(flatten)]
        file: ConfigFile,
        /// Ask whether it can serve, too: its store answers, and it is not about to end
        #[arg(long)]
        ready: bool,
    },
    /// Print what a shell needs to complete commands and options
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write a page for man of each command
    Man {
        /// The directory
        directory: PathBuf,
    },
    /// Say what is behind a reference that an error page shows: who, which rules, which claims
    Why {
        #[command(flatten)]
        file: ConfigFile,
        /// The reference, such as 7Q2M-0KXD-9R4T-HB3W
        #[arg(value_parser = Reference::parse)]
        reference: Reference,
        /// How it is written
        #[arg(long, value_enum, default_value = "table")]
        format: check::Format,
    },
    /// Read, export and prove the audit trail
    Audit {
        #[command(flatten)]
        file: ConfigFile,
        #[command(subcommand)]
        command: audit::Command,
    },
}

/// C-50.
#[derive(clap::Args)]
pub struct ConfigFile {
    /// The configuration file
    #[arg(
        short,
        long = "config",
        value_name = "FILE",
        default_value = "usher.toml",
        global = true
    )]
    pub config: PathBuf,
}

/// Runs the command that the arguments name.
pub fn run() -> anyhow::Result<ExitCode> {
    memory::keep_private().context("cannot keep keys out of core dumps")?;
    match Cli::parse().command {
        Command::Serve(file) => serve::run(&file.config),
        Command::Check { file, online, format } => {
            let (text, code) = check::run(&file.config, format, online, SystemClock.now())?;
            print!("{text}");
            Ok(ExitCode::from(code))
        }
        Command::Init(init) => {
            print!("{}", init::run(&init)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Explain { file, trial, format } => explain::run(&file.config, &trial, format),
        Command::Mint { file, trial, raw } => mint::run(&file.config, &trial, raw),
        Command::Verify { file, token, app } => verify::run(&file.config, &token, &app),
        Command::Demo { port } => demo::run(Some(port)),
        Command::Keys { file, command } => keys::run(&file.config, &command, SystemClock.now()),
        Command::Link { file, wanted } => link::run(&file.config, &wanted, SystemClock.now()),
        Command::Lab { file, wanted } => lab::run(&file.config, &wanted),
        Command::Unbind { file, person, app } => unbind::run(&file.config, &app, &person),
        Command::Healthcheck { file, ready } => healthcheck::run(&file.config, ready),
        Command::Completions { shell } => Ok(completions::run(shell)),
        Command::Man { directory } => man::run(&directory),
        Command::Why {
            file,
            reference,
            format,
        } => over_trail(&file.config, async |trail, _, out| {
            why::run(trail, reference, format, out).await
        }),
        Command::Audit { file, command } => over_trail(&file.config, async |trail, key, out| {
            audit::run(trail, key, command, out).await
        }),
    }
}

/// The configuration of a command that needs a sound one.
fn load(path: &Path) -> anyhow::Result<Loaded> {
    config::load(path).map_err(|problems| anyhow!("the configuration has problems\n{problems}"))
}

/// The app of this name.
fn find_app<'a>(config: &'a Config, name: &str) -> anyhow::Result<&'a App> {
    let names: Vec<&str> = config.apps.iter().map(|app| app.id.as_str()).collect();
    let found = config.apps.iter().find(|app| app.id.as_str() == name);
    found.ok_or_else(|| {
        anyhow!(
            "there is no such app, only {}{}",
            names.join(", "),
            meant(name, &names)
        )
    })
}

/// Runs a command over the audit trail, which servers may have open. Its answer is the exit code.
fn over_trail(
    path: &Path,
    command: impl AsyncFnOnce(&mut TrailReader, &ChainKey, &mut StdoutLock<'static>) -> anyhow::Result<bool>,
) -> anyhow::Result<ExitCode> {
    let config = load(path)?.config;
    // Reading makes nothing: a new key would only call every record forged.
    if let StoreUrl::Sqlite(store) = &config.store {
        let mut beside = store.clone().into_os_string();
        beside.push(".audit-key");
        let needed = [(true, store.clone()), (config.audit.key.is_none(), beside.into())];
        for (_, file) in needed.iter().filter(|(needed, _)| *needed) {
            if !file.exists() {
                return Err(anyhow!(
                    "there is no store yet: {} is missing, and usher serve makes it",
                    file.display()
                ));
            }
        }
    }
    let key = Arc::new(ChainKey::new(&app::audit_key(&config)?));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let fine = runtime.block_on(async {
        let mut trail = TrailReader::open(&config.store, Arc::clone(&key)).await?;
        let fine = command(&mut trail, &key, &mut io::stdout().lock()).await?;
        trail.close().await?;
        anyhow::Ok(fine)
    })?;
    Ok(if fine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
