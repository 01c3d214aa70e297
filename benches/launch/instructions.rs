//! How many instructions a launch takes outside the kernel, its signature apart, as callgrind counts them:
//! unlike seconds, they are the same on a busy machine. A run with clicks and one with twice as many differ
//! by the launches alone.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::algorithm::Algorithm;
use crate::bench::clicks::{Click, Crowd};
use crate::bench::gateway::Gateway;

/// The most that a launch may take: what makes it dearer pays for itself, or is left out.
pub const MOST: u64 = 500_000;

const CLICKS: usize = 500;

/// Of a launch by the gateway in `directory`, whose signature costs next to nothing; or why they cannot be
/// counted.
pub fn count_of(directory: &Path, cookies: &[String]) -> Result<u64, String> {
    let [once, twice] = [CLICKS, 2 * CLICKS].map(|clicks| in_all(directory, cookies, clicks));
    Ok(twice?.saturating_sub(once?) / CLICKS as u64)
}

/// How many in a run with so many clicks, one after the other.
fn in_all(directory: &Path, cookies: &[String], clicks: usize) -> Result<u64, String> {
    let counts = directory.join("callgrind");
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", counts.display()));
    let gateway = Gateway::start_under(valgrind, directory);
    let address = |_| gateway.address.clone();
    let made = Crowd::new(&address, Algorithm::Hs256.app(), cookies, 1).click(None, |click| click < clicks);
    gateway.stop();
    if !made.iter().all(Click::launched) {
        return Err("launches fail under valgrind".into());
    }
    let counts = fs::read_to_string(counts).map_err(|error| format!("callgrind's counts: {error}"))?;
    let sum = counts.lines().find_map(|line| line.strip_prefix("totals: "));
    let sum = sum.and_then(|sum| sum.trim().parse().ok());
    sum.ok_or_else(|| "callgrind does not say how many there were".into())
}
