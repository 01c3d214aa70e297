//! What the program takes of a machine: memory, time to start, disk.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use time::Duration as Days;

use crate::EVER;
use crate::algorithm::{Algorithm, apps};
use crate::bench::clicks::{Click, Crowd};
use crate::bench::connection::ask;
use crate::bench::gateway::{Gateway, PROGRAM};
use crate::bench::people;
use crate::fill::Load;
use crate::ground::{Ground, Kind};
use crate::memory;

/// Who sign in and click.
const PEOPLE: usize = 10_000;
const CONNECTIONS: usize = 16;
const STARTS: usize = 20;
/// A start that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Memory {
    pub store: &'static str,
    pub sessions: u64,
    /// MiB resident after everybody has clicked once, and the most that ever was.
    pub resident: [f64; 2],
}

impl Memory {
    /// With so many sessions, 10,000 of which click; the others stand in the store.
    pub fn measure(kind: Kind, pem: &str, sessions: u64) -> Self {
        let ground = Ground::new(kind, pem);
        ground.configure(EVER[0], EVER[1], &apps(ground.directory.path()));
        let cookies = people::signed_in(&ground.url, PEOPLE, Days::ZERO);
        let others = sessions.saturating_sub(PEOPLE as u64);
        if others > 0 {
            let load = Load {
                sessions: others,
                rows: 0,
            };
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(load.fill(&ground));
        }
        let gateway = Gateway::start(ground.directory.path());
        let address = |_| gateway.address.clone();
        let mut crowd = Crowd::new(&address, Algorithm::Rs256.app(), &cookies, CONNECTIONS);
        let clicks = crowd.click(None, |click| click < PEOPLE);
        assert!(clicks.iter().all(Click::launched), "a click failed");
        Self {
            store: kind.name(),
            sessions: others + PEOPLE as u64,
            resident: ["VmRSS", "VmHWM"].map(|name| memory::mib(gateway.id(), name)),
        }
    }

    pub fn json(&self) -> Value {
        let [resident, peak] = self.resident;
        json!({ "store": self.store, "sessions": self.sessions, "resident_mib": resident, "peak_mib": peak })
    }
}

/// Milliseconds from the start of the process to an answer that it is ready, sorted, over a store that is
/// there already.
pub fn starts(ground: &Ground) -> Vec<f64> {
    let start = |_| {
        let clock = Instant::now();
        let gateway = Gateway::start(ground.directory.path());
        while ask(&gateway.operations, "/readyz", "").is_none_or(|answer| answer.status != 200) {
            assert!(clock.elapsed() < PATIENCE, "the gateway does not get ready");
        }
        let took = clock.elapsed();
        gateway.stop();
        took.as_secs_f64() * 1e3
    };
    let mut times: Vec<f64> = (0..STARTS).map(start).collect();
    times.sort_by(f64::total_cmp);
    times
}

pub fn binary_bytes() -> u64 {
    std::fs::metadata(PROGRAM).expect("the program").len()
}
