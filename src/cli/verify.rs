//! `usher verify`: the vendor's view of a token as a check list, without the token.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use zeroize::Zeroizing;

use super::{find_app, printable};
use crate::clock::{Clock as _, SystemClock};
use crate::verify::{Check, verify};

/// Bytes that are read of a token.
const LARGEST: u64 = 64 * 1024;

pub fn run(path: &Path, token: &str, app: &str) -> anyhow::Result<ExitCode> {
    let config = super::load(path)?.config;
    let app = find_app(&config, app)?;
    let mut text = Zeroizing::new(token.to_owned());
    if token == "-" {
        text.clear();
        std::io::stdin()
            .take(LARGEST)
            .read_to_string(&mut text)
            .context("standard input is not text")?;
    }
    let checks = verify(app, text.trim(), SystemClock.now());
    for Check { name, outcome } in &checks {
        let (mark, why) = match outcome {
            Ok(why) => ("ok  ", why),
            Err(why) => ("FAIL", why),
        };
        println!("{mark}  {:12}  {}", printable(name), printable(why));
    }
    let failed = checks.iter().any(|check| check.outcome.is_err());
    Ok(ExitCode::from(u8::from(failed)))
}
