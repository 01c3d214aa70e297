//! Launches by one algorithm over so many connections, and bare signatures in turn with them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::algorithm::Algorithm;
use crate::bench::clicks::{Click, Crowd, count};
use crate::bench::cpu;
use crate::bench::figures::Times;
use crate::signature::{self, Signer};

/// The machine's speed drifts, so all take turns this often.
const SLICES: u32 = 10;
/// OpenSSL signs for a second at least, so not in every slice.
const OPENSSL_EVERY: u32 = 3;
const WARM_UP: Duration = Duration::from_secs(1);
const SIGNING: Duration = Duration::from_secs(1);

/// Somebody who is clicked on.
pub struct Side<'a> {
    crowd: Crowd<'a>,
    used: &'a dyn Fn() -> [f64; 2],
    seen: Seen,
}

/// What somebody did at full load, and then at half of it.
#[derive(Default)]
pub struct Seen {
    launches: usize,
    failed: usize,
    elapsed: f64,
    /// CPU seconds: its own, its database's, and those of who clicked.
    used: [f64; 2],
    clicking: f64,
    half: Vec<Click>,
}

/// What one row of the table says.
pub struct Cell {
    pub store: &'static str,
    pub algorithm: Algorithm,
    pub connections: usize,
    /// CPU seconds of a bare signature.
    pub aws_lc: f64,
    pub openssl: Option<f64>,
    pub usher: Seen,
    pub express: Option<Seen>,
}

impl Cell {
    /// Of sides with equally many connections; `message` is what they sign, and each load lasts so long.
    pub fn measure<'a>(
        store: &'static str,
        algorithm: Algorithm,
        message: &[u8],
        time: Duration,
        usher: Side<'a>,
        express: Option<Side<'a>>,
    ) -> Self {
        let signer = Signer::new(algorithm);
        let connections = usher.crowd.connections();
        let mut sides: Vec<Side<'_>> = [Some(usher), express].into_iter().flatten().collect();
        for side in &mut sides {
            side.click(WARM_UP);
            side.seen = Seen::default();
        }
        let (mut signatures, mut signing, mut openssl) = (0, 0.0, Vec::new());
        for slice in 0..SLICES {
            let (made, seconds) = signer.sign(message, SIGNING / SLICES);
            signatures += made;
            signing += seconds;
            for side in &mut sides {
                side.click(time / SLICES);
            }
            if slice % OPENSSL_EVERY == 0 {
                openssl.extend(signature::openssl(algorithm, message.len()));
            }
        }
        for side in &mut sides {
            side.click_at_half(time);
        }
        let mut seen = sides.into_iter().map(|side| side.seen);
        Self {
            store,
            algorithm,
            connections,
            aws_lc: signing / count(signatures),
            openssl: (!openssl.is_empty()).then(|| openssl.iter().sum::<f64>() / count(openssl.len())),
            usher: seen.next().expect("the gateway's"),
            express: seen.next(),
        }
    }

    pub fn failed(&self) -> usize {
        self.usher.failed + self.express.as_ref().map_or(0, |theirs| theirs.failed)
    }

    pub fn json(&self) -> Value {
        json!({
            "store": self.store,
            "algorithm": self.algorithm.name(),
            "connections": self.connections,
            "aws_lc_us": self.aws_lc * 1e6,
            "openssl_us": self.openssl.map(|seconds| seconds * 1e6),
            "usher": self.usher.json(),
            "express": self.express.as_ref().map(Seen::json),
        })
    }
}

impl<'a> Side<'a> {
    /// `used` are the CPU seconds that its processes have used, and those of its database.
    pub fn new(crowd: Crowd<'a>, used: &'a dyn Fn() -> [f64; 2]) -> Self {
        Self {
            crowd,
            used,
            seen: Seen::default(),
        }
    }

    /// As many clicks as go through.
    fn click(&mut self, time: Duration) {
        let (before, clicking, clock) = ((self.used)(), cpu::own_seconds(), Instant::now());
        let clicks = self.crowd.click(None, |_| clock.elapsed() < time);
        let seen = &mut self.seen;
        seen.elapsed += clock.elapsed().as_secs_f64();
        seen.clicking += cpu::own_seconds() - clicking;
        let after = (self.used)();
        for number in 0..2 {
            seen.used[number] += after[number] - before[number];
        }
        seen.launches += clicks.len();
        seen.failed += failed(&clicks);
    }

    /// Half as many a second.
    fn click_at_half(&mut self, time: Duration) {
        let clock = Instant::now();
        let pace = self.seen.rate() / 2.0;
        let clicks = self.crowd.click(Some(pace), |_| clock.elapsed() < time);
        self.seen.failed += failed(&clicks);
        self.seen.half = clicks;
    }
}

fn failed(clicks: &[Click]) -> usize {
    clicks.iter().filter(|click| !click.launched()).count()
}

impl Seen {
    /// Launches a second.
    pub fn rate(&self) -> f64 {
        count(self.launches) / self.elapsed
    }

    /// CPU seconds a launch.
    pub fn cpu(&self) -> f64 {
        self.used[0] / count(self.launches)
    }

    /// The same of the database.
    pub fn database(&self) -> f64 {
        self.used[1] / count(self.launches)
    }

    /// The same of those who click.
    pub fn clicking(&self) -> f64 {
        self.clicking / count(self.launches)
    }

    /// How long clicks took at half load.
    pub fn half(&self) -> Times {
        Times::of(&self.half)
    }

    fn json(&self) -> Value {
        json!({
            "launches": self.launches,
            "failed": self.failed,
            "launches_per_second": self.rate(),
            "launches_per_core_second": 1.0 / self.cpu(),
            "cpu_us": self.cpu() * 1e6,
            "database_us": self.database() * 1e6,
            "client_us": self.clicking() * 1e6,
            "half_load": self.half().json(),
        })
    }
}
