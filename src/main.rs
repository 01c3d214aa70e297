//! The program: parse the arguments, run, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    match usher::cli::run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("usher: {error:#}");
            ExitCode::FAILURE
        }
    }
}
