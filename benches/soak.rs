//! Minutes of clicks while processes are killed, configurations reloaded and old rows removed; then, what
//! was promised is counted: no token without its record, a whole trail, no session lost, no memory lost.
//!
//! `cargo bench --bench soak`: two replicas over a PostgreSQL, from Debian's package. `USHER_BENCH_STORE=sqlite`
//! takes one over a file; `USHER_SOAK_MINUTES` (10), `USHER_SOAK_SEED` and `USHER_BENCH_RATE` (clicks a
//! second, 150) do as they say; `--json FILE` keeps the figures.

#[expect(dead_code, reason = "the benchmark of a launch does more with it")]
mod bench;
#[path = "soak/checks.rs"]
mod checks;
#[expect(dead_code, reason = "other benchmarks do more with it")]
#[path = "bench/ground.rs"]
mod ground;
#[path = "bench/memory.rs"]
mod memory;
#[expect(dead_code, reason = "the tests do more with it")]
#[path = "../tests/it/harness/postgres.rs"]
mod postgres;

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use time::Duration as Days;

use self::bench::clicks::{Click, Crowd};
use self::bench::figures::{self, Times};
use self::bench::gateway::Gateway;
use self::bench::people;
use self::ground::{Ground, Kind};

const PEOPLE: usize = 200;
const CONNECTIONS: usize = 16;
/// How many people's sessions and records are put in at a time that are past their time already.
const OLD: usize = 500;
/// How long sessions and records are kept.
const KEPT: [&str; 2] = ["1d", "1d"];
const LONG_AGO: Days = Days::days(2);

fn main() {
    let minutes: u64 = setting("USHER_SOAK_MINUTES", 10).clamp(1, 240);
    let seed = setting("USHER_SOAK_SEED", u64::from(std::process::id()));
    let rate = f64::from(setting("USHER_BENCH_RATE", 150_u32));
    let sqlite = std::env::var("USHER_BENCH_STORE").is_ok_and(|kind| kind == "sqlite");
    let (kind, replicas) = if sqlite {
        (Kind::Sqlite, 1)
    } else {
        (Kind::Postgres, 2)
    };
    println!("{minutes} minutes with USHER_SOAK_SEED={seed}, {rate} clicks a second on {replicas} replicas");

    let mut ground = Ground::new(kind, &usher::signer::generate_pem());
    let cookies = people::signed_in(&ground.url, PEOPLE, Days::ZERO);
    let gateways: Vec<Gateway> = (0..replicas).map(|_| start(&ground)).collect();
    let addresses = Mutex::new(gateways.iter().map(|gateway| gateway.address.clone()).collect());
    let over = AtomicBool::new(false);
    let address = |number: usize| {
        let addresses: &Vec<String> = &addresses.lock().unwrap_or_else(PoisonError::into_inner);
        addresses[number % addresses.len()].clone()
    };
    let mut crowd = Crowd::new(&address, "townhall", &cookies, CONNECTIONS);
    let mut trouble = Trouble {
        ground: &mut ground,
        gateways,
        addresses: &addresses,
        dice: Dice(seed),
        done: BTreeMap::new(),
    };
    let (clicks, memory) = thread::scope(|scope| {
        let clicks = scope.spawn(|| crowd.click(Some(rate), |_| !over.load(Ordering::Relaxed)));
        let half = Duration::from_secs(minutes * 30);
        trouble.make_for(half, replicas);
        let warm = trouble.memory();
        // The last replica lives through the second half, in which its memory must not grow.
        trouble.make_for(half, replicas - 1);
        let memory = [warm, trouble.memory()];
        over.store(true, Ordering::Relaxed);
        (clicks.join().expect("a crowd"), memory)
    });
    let (gateways, done) = (trouble.gateways, trouble.done);

    let statuses = statuses(&clicks);
    println!("clicks by status: {statuses:?} (0: the connection broke)");
    println!("done meanwhile: {done:?}");
    let times = Times::of(&clicks);
    println!(
        "p50 {:.1} ms, p99 {:.1} ms, longest {:.0} ms",
        times.ms(500),
        times.ms(990),
        times.ms(1000)
    );
    println!(
        "memory of the last replica: {:.1} MiB at half time, {:.1} MiB at the end",
        memory[0], memory[1]
    );
    let expected = [0, 302, 503];
    assert!(
        statuses.keys().all(|status| expected.contains(status)),
        "an answer that nobody expects"
    );
    assert!(memory[1] < 1.25 * memory[0] + 8.0, "memory grows");
    checks::sessions_live(&mut crowd, cookies.len());
    let records = checks::tokens_are_recorded(&ground, &clicks);
    println!("{records} launches are recorded, and among them every token that left");
    checks::old_rows_go(&ground);
    drop(gateways);
    println!("{}", checks::trail_is_whole(&ground));
    figures::keep(&json!({
        "minutes": minutes, "seed": seed, "rate": rate, "replicas": replicas, "statuses": statuses,
        "done": done, "times": times.json(), "memory_mib": memory, "launches": records,
    }));
}

fn setting<T: std::str::FromStr>(name: &str, or: T) -> T {
    let given = std::env::var(name).ok();
    given.map_or(or, |given| given.parse().ok().expect("a number"))
}

fn start(ground: &Ground) -> Gateway {
    ground.start(KEPT[0], KEPT[1])
}

fn statuses(clicks: &[Click]) -> BTreeMap<u16, usize> {
    let mut statuses = BTreeMap::new();
    for click in clicks {
        *statuses.entry(click.status).or_default() += 1;
    }
    statuses
}

/// What befalls a gateway over the years.
struct Trouble<'a> {
    ground: &'a mut Ground,
    gateways: Vec<Gateway>,
    addresses: &'a Mutex<Vec<String>>,
    dice: Dice,
    done: BTreeMap<&'static str, u32>,
}

impl Trouble<'_> {
    /// Something each few seconds; only the first `mortal` replicas are killed.
    fn make_for(&mut self, time: Duration, mortal: usize) {
        let until = Instant::now() + time;
        loop {
            let pause = Duration::from_millis(2_000 + self.dice.below(8_000));
            if Instant::now() + pause >= until {
                thread::sleep(until.saturating_duration_since(Instant::now()));
                return;
            }
            thread::sleep(pause);
            let what = match self.dice.below(4) {
                0 if mortal > 0 => {
                    let victim = usize::try_from(self.dice.below(mortal as u64)).expect("a small number");
                    self.kill(victim);
                    "kill -9 of a replica"
                }
                1 if self.ground.server.is_some() => {
                    self.kill_database();
                    "kill -9 of PostgreSQL"
                }
                2 => {
                    people::signed_in(&self.ground.url, OLD, LONG_AGO);
                    "old rows to remove"
                }
                _ => {
                    self.gateways.iter().for_each(reload);
                    "reload"
                }
            };
            *self.done.entry(what).or_default() += 1;
        }
    }

    fn kill(&mut self, victim: usize) {
        drop(self.gateways.remove(victim));
        thread::sleep(Duration::from_millis(self.dice.below(2_000)));
        let gateway = start(self.ground);
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        addresses[victim].clone_from(&gateway.address);
        self.gateways.insert(victim, gateway);
    }

    fn kill_database(&mut self) {
        if let Some((server, _)) = &mut self.ground.server {
            server.kill();
            thread::sleep(Duration::from_millis(self.dice.below(3_000)));
            server.start_again();
        }
    }

    /// What the last replica holds resident, in MiB.
    fn memory(&self) -> f64 {
        let gateway = self.gateways.last().expect("a replica");
        memory::mib(gateway.id(), "VmRSS")
    }
}

fn reload(gateway: &Gateway) {
    let told = Command::new("kill")
        .args(["-HUP", &gateway.id().to_string()])
        .status();
    assert!(
        told.is_ok_and(|told| told.success()),
        "a replica has ended by itself"
    );
}

/// The same throws for the same seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}
