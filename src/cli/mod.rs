//! What people type: one file a command.

mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "usher", version, about = "An SSO redirect gateway", propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway
    Serve(ConfigFile),
}

/// C-50.
#[derive(clap::Args)]
pub struct ConfigFile {
    /// The configuration file
    #[arg(short, long = "config", value_name = "FILE", default_value = "usher.toml")]
    pub config: PathBuf,
}

/// Runs the command that the arguments name.
pub fn run() -> anyhow::Result<ExitCode> {
    match Cli::parse().command {
        Command::Serve(file) => serve::run(&file.config),
    }
}
