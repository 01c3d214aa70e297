//! `usher completions`: what a shell needs to complete commands and options.

use std::io;
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use super::Cli;

pub fn run(shell: Shell) -> ExitCode {
    generate(shell, &mut Cli::command(), "usher", &mut io::stdout());
    ExitCode::SUCCESS
}
