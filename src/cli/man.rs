//! `usher man`: a page for `man` of each command.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::CommandFactory as _;

use super::Cli;

pub fn run(directory: &Path) -> anyhow::Result<ExitCode> {
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    let written = clap_mangen::generate_to(Cli::command(), directory);
    written.with_context(|| format!("cannot write to {}", directory.display()))?;
    println!("Try: man {}", directory.join("usher.1").display());
    Ok(ExitCode::SUCCESS)
}
