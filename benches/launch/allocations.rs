//! How often a launch asks for memory, as valgrind counts it: a run with clicks and one with twice as many
//! differ by the launches alone.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::bench::clicks::{Click, Crowd, count};
use crate::bench::gateway::Gateway;

const CLICKS: usize = 300;

pub struct Allocations {
    pub number: f64,
    pub bytes: f64,
}

impl Allocations {
    pub fn json(&self) -> Value {
        json!({ "number": self.number, "bytes": self.bytes })
    }
}

/// Of a launch of this app by the gateway in `directory`; or why they cannot be counted.
pub fn count_of(directory: &Path, app: &str, cookies: &[String]) -> Result<Allocations, String> {
    let present = Command::new("valgrind").arg("--version").output();
    if !present.is_ok_and(|said| said.status.success()) {
        return Err("valgrind is not installed".into());
    }
    let [once, twice] = [CLICKS, 2 * CLICKS].map(|clicks| in_all(directory, app, cookies, clicks));
    let ([number, bytes], [numbers, many_bytes]) = (once?, twice?);
    let allocations = Allocations {
        number: (numbers - number) / count(CLICKS),
        bytes: (many_bytes - bytes) / count(CLICKS),
    };
    if allocations.number < 1.0 {
        return Err("valgrind does not know this program's allocator".into());
    }
    Ok(allocations)
}

/// How many in a run with so many clicks, and of how many bytes together.
fn in_all(directory: &Path, app: &str, cookies: &[String], clicks: usize) -> Result<[f64; 2], String> {
    let log = directory.join("valgrind.log");
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=memcheck", "--leak-check=no", "--undef-value-errors=no"])
        .arg(format!("--log-file={}", log.display()));
    let gateway = Gateway::start_under(valgrind, directory);
    let address = |_| gateway.address.clone();
    let made = Crowd::new(&address, app, cookies, 1).click(None, |click| click < clicks);
    gateway.stop();
    if !made.iter().all(Click::launched) {
        return Err("launches fail under valgrind".into());
    }
    let said = fs::read_to_string(log).map_err(|error| format!("valgrind's log: {error}"))?;
    heap(&said).ok_or_else(|| "valgrind does not say how much memory there was".into())
}

/// "total heap usage: 1,234 allocs, 1,230 frees, 56,789 bytes allocated"
fn heap(said: &str) -> Option<[f64; 2]> {
    let (_, usage) = said.split_once("total heap usage: ")?;
    let mut numbers = usage.lines().next()?.split(", ").map(|part| {
        let digits: String = part.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<f64>().ok()
    });
    Some([numbers.next()??, numbers.nth(1)??])
}
