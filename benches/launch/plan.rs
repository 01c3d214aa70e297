//! What is measured, and on what machine.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Value, json};

use crate::algorithm::Algorithm;
use crate::express;
use crate::ground::Kind;

const CONNECTIONS: [usize; 3] = [1, 16, 256];

pub struct Plan {
    pub stores: Vec<Kind>,
    pub algorithms: Vec<Algorithm>,
    pub connections: Vec<usize>,
    /// How long each load lasts.
    pub time: Duration,
    /// How many the large store has.
    pub sessions: u64,
}

impl Plan {
    pub fn from_environment() -> Self {
        let store: Option<String> = setting("USHER_BENCH_STORE");
        let store = |kind: &Kind| store.as_deref().is_none_or(|only| only == kind.id());
        let algorithm: Option<String> = setting("USHER_BENCH_ALGORITHM");
        let algorithm = |each: &Algorithm| algorithm.as_deref().is_none_or(|only| only == each.name());
        let plan = Self {
            stores: [Kind::Sqlite, Kind::Postgres]
                .into_iter()
                .filter(store)
                .filter(|kind| has(*kind))
                .collect(),
            algorithms: Algorithm::ALL.into_iter().filter(algorithm).collect(),
            connections: setting("USHER_BENCH_CONNECTIONS").map_or(CONNECTIONS.to_vec(), |only| vec![only]),
            time: Duration::from_secs_f64(setting("USHER_BENCH_SECONDS").unwrap_or(5.0)),
            sessions: setting("USHER_BENCH_SESSIONS").unwrap_or(1_000_000),
        };
        assert!(!plan.algorithms.is_empty(), "USHER_BENCH_ALGORITHM names none");
        plan
    }
}

/// What cannot be measured here.
pub fn missing() -> Vec<String> {
    let mut missing = Vec::new();
    if !has(Kind::Postgres) {
        missing.push("PostgreSQL, since its server is not installed (apt install postgresql)".into());
    }
    if said("openssl", "version").is_none() {
        missing.push("signatures by OpenSSL, since it is not installed".into());
    }
    if cfg!(debug_assertions) {
        missing.push("what people run, since this is a debug build (cargo bench makes the other)".into());
    }
    missing
}

fn has(kind: Kind) -> bool {
    kind == Kind::Sqlite || Path::new("/usr/lib/postgresql").exists()
}

fn setting<T: FromStr>(name: &str) -> Option<T> {
    let given = std::env::var(name).ok()?;
    let meant = given.parse().ok();
    Some(meant.unwrap_or_else(|| panic!("{name} cannot be {given}")))
}

/// What the figures depend on.
pub fn machine() -> Value {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    json!({
        "processor": name.map(|(_, name)| name),
        "cores": std::thread::available_parallelism().ok().map(std::num::NonZero::get),
        "kernel": fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|kernel| kernel.trim().to_owned()),
        "openssl": said("openssl", "version"),
        "node": express::version(),
        "profile": if cfg!(debug_assertions) { "debug" } else { "release" },
    })
}

fn said(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}
