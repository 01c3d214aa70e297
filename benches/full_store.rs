//! What a click costs where a million sessions and ten million audit rows stand, beside an empty
//! store; and what it costs while the old ones among them are removed.
//!
//! `cargo bench --bench full_store`, of SQLite and of PostgreSQL where Debian's package is installed.
//! `USHER_BENCH_SESSIONS`, `USHER_BENCH_ROWS` and `USHER_BENCH_RATE` (clicks a second) make it smaller or
//! larger, `USHER_BENCH_STORE` (`sqlite` or `postgres`) takes only that one, `--json FILE` keeps the figures.
//! Ratios within one run are what counts: machines are noisy.

#[expect(dead_code, reason = "the benchmark of a launch does more with it")]
mod bench;
#[path = "full_store/fill.rs"]
mod fill;
#[path = "bench/ground.rs"]
mod ground;
#[expect(dead_code, reason = "the tests do more with it")]
#[path = "../tests/it/harness/postgres.rs"]
mod postgres;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use self::bench::clicks::{Click, Crowd, count};
use self::bench::figures::{self, Times};
use self::bench::gateway::Gateway;
use self::bench::people;
use self::fill::Load;
use self::ground::{Ground, Kind};

const PEOPLE: usize = 1_000;
const CONNECTIONS: usize = 16;
const WARM_UP: usize = 2_000;
const SLICES: usize = 20;
const CLICKS: usize = 500;
/// How long each is clicked on at the rate, in each slice.
const STRETCH: Duration = Duration::from_secs(2);
/// A clean-up that takes longer is given up.
const LONGEST: Duration = Duration::from_mins(30);
/// Nothing in these stores is older.
const EVER: [&str; 2] = ["30d", "36500d"];
/// The filled store's old sessions and rows are past these.
const SHORT: [&str; 2] = ["1d", "400d"];

fn main() {
    let load = Load::from_environment();
    let rate = std::env::var("USHER_BENCH_RATE").map_or(300.0, |rate| rate.parse().expect("a rate"));
    println!(
        "{} sessions, {} rows; {} and {} of them are old",
        load.sessions,
        load.rows,
        load.old_sessions(),
        load.old_rows()
    );
    let mut figures = json!({ "sessions": load.sessions, "rows": load.rows, "rate": rate });
    let only = std::env::var("USHER_BENCH_STORE").ok();
    let wanted = |kind: Kind| only.as_deref().is_none_or(|only| only == kind.id());
    if wanted(Kind::Sqlite) {
        figures["sqlite"] = measure(Kind::Sqlite, load, rate);
    }
    if !wanted(Kind::Postgres) {
        println!("PostgreSQL: left out");
    } else if Path::new("/usr/lib/postgresql").exists() {
        figures["postgres"] = measure(Kind::Postgres, load, rate);
    } else {
        println!("PostgreSQL: left out, since its server is not installed (apt install postgresql)");
    }
    figures::keep(&figures);
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let failed = figures[kind.id()]["failed"].as_u64();
        assert_eq!(failed.unwrap_or(0), 0, "clicks failed");
    }
}

/// A store with people in it who click.
struct Place {
    ground: Ground,
    cookies: Vec<String>,
    /// Clicks that brought no token.
    failed: AtomicUsize,
}

impl Place {
    fn new(kind: Kind, pem: &str) -> Self {
        let ground = Ground::new(kind, pem);
        let cookies = people::signed_in(&ground.url, PEOPLE, time::Duration::ZERO);
        Self {
            ground,
            cookies,
            failed: AtomicUsize::new(0),
        }
    }

    fn click(&self, gateway: &Gateway, pace: Option<f64>, wanted: impl Fn(usize) -> bool) -> Vec<Click> {
        let address = |_| gateway.address.clone();
        Crowd::new(&address, "townhall", &self.cookies, CONNECTIONS).click(pace, wanted)
    }

    /// Says how many clicks failed, and what the log says of the store.
    fn complain(&self, clicks: &[Click]) {
        let failed = clicks.iter().filter(|click| !click.launched()).count();
        if failed > 0 {
            self.failed.fetch_add(failed, Ordering::Relaxed);
            println!("{failed} clicks failed");
            let log = std::fs::read_to_string(self.ground.directory.path().join("usher.log"));
            let log = log.expect("a log");
            let lines = log.lines().filter(|line| line.contains("\"event\":\"store."));
            lines.for_each(|line| println!("{line}"));
        }
    }

    /// CPU seconds a click, of the gateway and its database.
    fn cpu(&self, gateway: &Gateway) -> f64 {
        let used = || gateway.cpu_seconds() + self.ground.cpu_seconds();
        let before = used();
        let clicks = self.click(gateway, None, |click| click < CLICKS);
        let used = used() - before;
        self.complain(&clicks);
        used / count(clicks.len())
    }
}

fn measure(kind: Kind, load: Load, rate: f64) -> Value {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let pem = usher::signer::generate_pem();
    let (empty, full) = (Place::new(kind, &pem), Place::new(kind, &pem));
    let clock = Instant::now();
    runtime.block_on(load.fill(&full.ground));
    let gigabytes = full.ground.gigabytes();
    println!(
        "\n{}: filled in {:.0} s, {gigabytes:.1} GB",
        kind.name(),
        clock.elapsed().as_secs_f64()
    );
    let cost = cost(&empty, &full, rate);
    let mut failed = empty.failed.into_inner();
    drop(empty.ground);
    let clean_up = clean_up(&runtime, &full, load, rate);
    failed += full.failed.into_inner();
    json!({ "gigabytes": gigabytes, "cost": cost, "clean_up": clean_up, "failed": failed })
}

/// The two take turns, since the machine's speed drifts.
fn cost(empty: &Place, full: &Place, rate: f64) -> Value {
    let places = [empty, full];
    let gateways = places.map(|place| place.ground.start(EVER[0], EVER[1]));
    for (place, gateway) in places.iter().zip(&gateways) {
        place.click(gateway, None, |click| click < WARM_UP);
    }
    let mut cpu = [const { Vec::new() }; 2];
    let mut paced = [const { Vec::new() }; 2];
    for slice in 0..SLICES {
        for turn in 0..2 {
            let at = (slice + turn) % 2;
            cpu[at].push(places[at].cpu(&gateways[at]));
        }
        for turn in 0..2 {
            let at = (slice + turn) % 2;
            let until = Instant::now() + STRETCH;
            paced[at].extend(places[at].click(&gateways[at], Some(rate), |_| Instant::now() < until));
        }
    }
    for (place, clicks) in places.iter().zip(&paced) {
        place.complain(clicks);
    }
    let ratios = cpu[0].iter().zip(&cpu[1]).map(|(empty, full)| full / empty);
    let ratio = median(ratios.collect());
    let [empty, full] = [0, 1].map(|at| {
        let times = Times::of(&paced[at]);
        (median(cpu[at].clone()) * 1e6, times)
    });
    heading();
    row("empty", Some(empty.0), &empty.1);
    row("full", Some(full.0), &full.1);
    println!(
        "{:>18} {ratio:>13.2} {:>10} {:>9.2} {:>9.2}",
        "full ÷ empty",
        "",
        full.1.ms(500) / empty.1.ms(500),
        full.1.ms(990) / empty.1.ms(990)
    );
    let side = |(cpu, times): &(f64, Times)| json!({ "cpu_us": cpu, "times": times.json() });
    json!({ "empty": side(&empty), "full": side(&full), "cpu_ratio": ratio })
}

/// A gateway that starts begins to clean up at once, and people come at once.
fn clean_up(runtime: &Runtime, full: &Place, load: Load, rate: f64) -> Value {
    let before = runtime.block_on(left(full));
    let gateway = full.ground.start(SHORT[0], SHORT[1]);
    let (clock, done) = (Instant::now(), AtomicBool::new(false));
    let (clicks, took) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            runtime.block_on(async {
                let mut db = full.ground.connect().await;
                while !Load::is_cleaned(&mut db).await && clock.elapsed() < LONGEST {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            });
            let took = clock.elapsed();
            done.store(true, Ordering::Relaxed);
            took
        });
        let clicks = full.click(&gateway, Some(rate), |_| !done.load(Ordering::Relaxed));
        (clicks, watch.join().expect("a watch"))
    });
    let gone = before - runtime.block_on(left(full)) + i64::try_from(clicks.len()).expect("a count");
    let wanted = i64::try_from(load.old_rows() + load.old_sessions()).expect("a count");
    assert!(gone >= wanted, "{gone} rows are gone instead of {wanted}");
    let times = Times::of(&clicks);
    row("during clean-up", None, &times);
    println!("the clean-up took {:.1} s", took.as_secs_f64());
    full.complain(&clicks);
    json!({ "seconds": took.as_secs_f64(), "times": times.json() })
}

/// How many sessions and rows there are.
async fn left(place: &Place) -> i64 {
    let mut db = place.ground.connect().await;
    db.number("SELECT (SELECT COUNT(*) FROM sessions) + (SELECT COUNT(*) FROM audit)")
        .await
}

/// The middle one of some figures.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

fn heading() {
    println!(
        "{:>18} {:>13} {:>10} {:>9} {:>9} {:>9}",
        "", "CPU µs/click", "clicks", "p50 ms", "p99 ms", "max ms"
    );
}

fn row(name: &str, cpu: Option<f64>, times: &Times) {
    let cpu = cpu.map_or(String::new(), |cpu| format!("{cpu:.1}"));
    println!(
        "{name:>18} {cpu:>13} {:>10} {:>9.2} {:>9.2} {:>9.2}",
        times.count(),
        times.ms(500),
        times.ms(990),
        times.ms(1000)
    );
}
