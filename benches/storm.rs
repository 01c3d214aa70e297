//! Everybody signs in at once: the event opens, its countdown is over, and 5,000 people are sent to it in
//! the same instant, none of them signed in, by a provider that takes 50 ms for each answer. All are through,
//! nobody sees an error, and memory has an end. Then each clicks once more.
//!
//! `cargo bench --bench storm`: of SQLite, with people at addresses of their own and then behind one address,
//! and of PostgreSQL where Debian's package is installed. `USHER_STORM_PEOPLE` makes it smaller or larger,
//! `USHER_BENCH_STORE` (`sqlite` or `postgres`) takes only that one, `--json FILE` keeps the figures. Browsers
//! and provider run beside the gateway, on the same cores.

#[expect(dead_code, reason = "nobody is signed in before a storm")]
mod bench;
#[path = "storm/browser.rs"]
mod browser;
#[expect(dead_code, reason = "the soak counts more")]
#[path = "soak/checks.rs"]
mod checks;
#[expect(dead_code, reason = "the benchmark of a full store does more with it")]
#[path = "bench/ground.rs"]
mod ground;
#[path = "bench/memory.rs"]
mod memory;
#[expect(dead_code, reason = "the tests do more with it")]
#[path = "../tests/it/harness/postgres.rs"]
mod postgres;
#[path = "storm/provider.rs"]
mod provider;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use url::Url;

use self::bench::clicks::{Click, count};
use self::bench::figures::{self, Times};
use self::bench::gateway::{self, AUDIT_KEY, Gateway, TOWNHALL};
use self::browser::{Browser, Places};
use self::ground::{Ground, Kind};
use self::provider::{CLIENT, Provider};

const PEOPLE: usize = 5_000;
const PUBLIC_URL: &str = "http://127.0.0.1:8080";
const VENDOR: &str = "https://acme.frameable.com/";
/// Browsers that have gone are noticed within this time.
const LONGEST: Duration = Duration::from_secs(10);
/// Connections to the provider stay open for a while.
const KEPT: f64 = 256.0;
/// A company's way out.
const COMPANY: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);

fn main() {
    let people =
        std::env::var("USHER_STORM_PEOPLE").map_or(PEOPLE, |people| people.parse().expect("a number"));
    make_room_for(people);
    println!("{people} people at once, a provider that takes 50 ms for each answer");
    let only = std::env::var("USHER_BENCH_STORE").ok();
    let wanted = |kind| only.as_deref().is_none_or(|only| only == kind);
    let mut figures = json!({ "people": people });
    if wanted("sqlite") {
        figures["sqlite"] = measure("SQLite", Kind::Sqlite, people, own_address);
        figures["one_address"] = measure("SQLite, one address", Kind::Sqlite, people, |_| COMPANY);
    }
    if !wanted("postgres") {
        println!("PostgreSQL: left out");
    } else if Path::new("/usr/lib/postgresql").exists() {
        figures["postgres"] = measure("PostgreSQL", Kind::Postgres, people, own_address);
    } else {
        println!("PostgreSQL: left out, since its server is not installed (apt install postgresql)");
    }
    figures::keep(&figures);
    for kind in ["sqlite", "one_address", "postgres"] {
        let errors = figures[kind]["errors"].as_u64();
        assert_eq!(errors.unwrap_or(0), 0, "people saw an error");
    }
}

fn own_address(person: usize) -> Ipv4Addr {
    let person = u32::try_from(person).expect("fewer people than addresses");
    Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 1).to_bits() + person)
}

/// Each person is a connection to the gateway, and for a moment both ends of one to the provider.
fn make_room_for(people: usize) {
    let needed = u64::try_from(3 * people + 1_000).expect("a number of files");
    let maximum = getrlimit(Resource::Nofile).maximum;
    assert!(
        maximum.is_none_or(|maximum| maximum >= needed),
        "{people} people need {needed} open files, and the limit is {maximum:?}: raise it (ulimit -Hn), \
         or take fewer people (USHER_STORM_PEOPLE)"
    );
    let room = Rlimit {
        current: Some(needed),
        maximum,
    };
    setrlimit(Resource::Nofile, room).expect("room for connections");
}

fn measure(name: &str, kind: Kind, people: usize, address: impl Fn(usize) -> Ipv4Addr) -> Value {
    let ground = Ground::new(kind, &usher::signer::generate_pem());
    let provider = Provider::start();
    let gateway = start(&ground, &provider.issuer);
    let places = Arc::new(Places {
        gateway: gateway.address.clone(),
        public_url: Url::parse(PUBLIC_URL).expect("an address"),
        provider: Url::parse(&provider.issuer).expect("an address"),
        vendor: VENDOR,
    });
    let browsers = (0..people).map(|person| Browser::new(person, address(person)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");

    println!("\n{name}");
    heading();
    let [before, files] = [memory::mib(gateway.id(), "VmRSS"), open_files(&gateway)];
    let (browsers, signed_in) = storm(&runtime, &ground, &gateway, &places, browsers.collect());
    row("sign in", &signed_in);
    let first_peak = memory::mib(gateway.id(), "VmHWM");
    let (browsers, again) = storm(&runtime, &ground, &gateway, &places, browsers);
    row("second click", &again);
    let peak = memory::mib(gateway.id(), "VmHWM");
    drop(browsers);
    let until = Instant::now() + LONGEST;
    while open_files(&gateway) > files + KEPT && Instant::now() < until {
        thread::sleep(Duration::from_millis(100));
    }
    let after = memory::mib(gateway.id(), "VmRSS");
    println!(
        "memory: {before:.1} MiB before, {first_peak:.1} MiB at most, {peak:.1} MiB with the second click, \
         {after:.1} MiB once all have gone"
    );
    for (what, errors) in signed_in.errors.iter().chain(&again.errors) {
        println!("{errors} people saw: {what}");
    }
    let asked = [
        ("metadata", &provider.asked.metadata),
        ("keys", &provider.asked.keys),
        ("tokens", &provider.asked.tokens),
        ("userinfo", &provider.asked.userinfo),
    ]
    .map(|(what, asked): (_, &AtomicUsize)| (what, asked.load(Ordering::Relaxed)));
    println!("the provider was asked for {asked:?}");
    let rows = runtime.block_on(async {
        let mut db = ground.connect().await;
        let sign_ins = db
            .number("SELECT COUNT(*) FROM audit WHERE event = 'sign_in'")
            .await;
        let launches = db
            .number("SELECT COUNT(*) FROM audit WHERE event = 'launch'")
            .await;
        [sign_ins, launches]
    });
    println!("{} sign-ins and {} launches are recorded", rows[0], rows[1]);
    drop(gateway);
    println!("{}", checks::trail_is_whole(&ground));

    let errors = signed_in.errors() + again.errors();
    if errors == 0 {
        let people = i64::try_from(people).expect("a count");
        assert_eq!(
            rows,
            [people, 2 * people],
            "each sign-in and launch has its record"
        );
        assert_eq!([asked[0].1, asked[1].1], [1, 1], "one fetches for all");
    } else {
        complain(&ground);
    }
    json!({
        "sign_in": signed_in.json(), "second_click": again.json(), "errors": errors,
        "memory_mib": { "before": before, "sign_in": first_peak, "second_click": peak, "after": after },
        "asked": asked.into_iter().collect::<BTreeMap<_, _>>(),
    })
}

fn open_files(gateway: &Gateway) -> f64 {
    let files = std::fs::read_dir(format!("/proc/{}/fd", gateway.id()));
    count(files.expect("a running process").count())
}

/// A gateway behind a proxy on this machine, with the limits that it has by itself.
fn start(ground: &Ground, issuer: &str) -> Gateway {
    let directory = ground.directory.path();
    gateway::write(directory, "audit.key", &STANDARD.encode(AUDIT_KEY));
    let store = &ground.text;
    let config = format!(
        "public_url = \"{PUBLIC_URL}\"\n\
         server = {{ listen = \"127.0.0.1:0\", ops_listen = \"127.0.0.1:0\", trusted_proxies = [\"127.0.0.1\"] }}\n\
         log = {{ format = \"json\" }}\n\
         store = {{ url = \"{store}\" }}\n\
         audit = {{ key_file = \"audit.key\" }}\n\
         [providers.work]\n\
         issuer = \"{issuer}\"\n\
         client_id = \"{CLIENT}\"\n\
         client_secret = \"not-checked-in-this-benchmark\"\n\
         id_token_algs = [\"ES256\"]\n\
         {TOWNHALL}"
    );
    gateway::write(directory, "usher.toml", &config);
    Gateway::start(directory)
}

/// What came of everybody's click.
struct Through {
    times: Times,
    /// What people saw instead, and how many.
    errors: BTreeMap<String, usize>,
    /// Of the gateway and its database.
    cpu_seconds: f64,
    /// Until the last one was through.
    seconds: f64,
}

/// Sends everybody at once.
fn storm(
    runtime: &Runtime,
    ground: &Ground,
    gateway: &Gateway,
    places: &Arc<Places>,
    browsers: Vec<Browser>,
) -> (Vec<Browser>, Through) {
    let cpu = gateway.cpu_seconds() + ground.cpu_seconds();
    let began = Instant::now();
    let seen: Vec<_> = runtime.block_on(async {
        let people = browsers.into_iter().map(|mut browser| {
            let places = Arc::clone(places);
            tokio::spawn(async move {
                let launched = browser.launch(&places).await;
                (browser, launched, began.elapsed())
            })
        });
        let people: Vec<_> = people.collect();
        let mut seen = Vec::with_capacity(people.len());
        for person in people {
            seen.push(person.await.expect("a person"));
        }
        seen
    });
    let cpu_seconds = (gateway.cpu_seconds() + ground.cpu_seconds()) - cpu;
    let mut errors = BTreeMap::new();
    let (mut clicks, mut last) = (Vec::new(), Duration::ZERO);
    let mut browsers = Vec::with_capacity(seen.len());
    for (browser, launched, took) in seen {
        browsers.push(browser);
        match launched {
            Ok(()) => {
                last = last.max(took);
                clicks.push(Click {
                    seconds: took.as_secs_f64(),
                    status: 302,
                    token: None,
                });
            }
            Err(what) => *errors.entry(what).or_default() += 1,
        }
    }
    let through = Through {
        times: Times::of(&clicks),
        errors,
        cpu_seconds,
        seconds: last.as_secs_f64(),
    };
    (browsers, through)
}

impl Through {
    fn errors(&self) -> usize {
        self.errors.values().sum()
    }

    fn a_second(&self) -> f64 {
        count(self.times.count()) / self.seconds
    }

    fn cpu_ms(&self) -> f64 {
        self.cpu_seconds * 1e3 / count(self.times.count())
    }

    fn json(&self) -> Value {
        json!({
            "times": self.times.json(), "errors": self.errors, "a_second": self.a_second(),
            "cpu_ms": self.cpu_ms(),
        })
    }
}

/// What the log says besides what went well.
fn complain(ground: &Ground) {
    let log = std::fs::read_to_string(ground.directory.path().join("usher.log")).expect("a log");
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for line in log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
    {
        if line["level"] != "INFO" {
            let word = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            *said
                .entry(format!("{} {}", word("event"), word("reason")))
                .or_default() += 1;
        }
    }
    println!("the log says: {said:#?}");
}

fn heading() {
    println!(
        "{:>14} {:>9} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "through", "errors", "50 % s", "99 % s", "all s", "a second", "CPU ms"
    );
}

fn row(name: &str, through: &Through) {
    println!(
        "{name:>14} {:>9} {:>7} {:>9.2} {:>9.2} {:>9.2} {:>9.0} {:>9.2}",
        through.times.count(),
        through.errors(),
        through.times.ms(500) / 1e3,
        through.times.ms(990) / 1e3,
        through.seconds,
        through.a_second(),
        through.cpu_ms()
    );
}
