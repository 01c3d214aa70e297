//! What one launch costs: the real binary, a signed-in click over HTTP on loopback, everything on (session,
//! access, claims, durable audit, metrics, JSON log to a file), by each algorithm, with each store, over few
//! and many connections. Beside it, in turn with it: a bare signature of the same, by aws-lc and by
//! `openssl speed`, and the Express launcher that vendors' pages suggest. Then: allocations, memory, start.
//!
//! `cargo bench --bench launch`. The table is Markdown; `--json FILE` keeps the figures, `--svg FILE` a plot.
//! `USHER_BENCH_STORE` (`sqlite` or `postgres`), `USHER_BENCH_ALGORITHM` (such as `ES256`) and
//! `USHER_BENCH_CONNECTIONS` take only that one, `USHER_BENCH_SECONDS` (5) is how long each load lasts, and
//! `USHER_BENCH_SESSIONS` (1,000,000; 0 for none) how many the large store has. What the machine lacks is
//! said to be not measured. Ratios within one run are what counts: machines are noisy.
//!
//! `-- --instructions` only counts those of a launch, and fails where they are more than they may be.

mod algorithm;
mod allocations;
#[path = "../bench/mod.rs"]
mod bench;
mod cell;
mod express;
#[expect(dead_code, reason = "other benchmarks do more with it")]
#[path = "../full_store/fill.rs"]
mod fill;
mod footprint;
#[expect(dead_code, reason = "other benchmarks do more with it")]
#[path = "../bench/ground.rs"]
mod ground;
mod instructions;
#[path = "../bench/memory.rs"]
mod memory;
mod plan;
mod plot;
#[expect(dead_code, reason = "the tests do more with it")]
#[path = "../../tests/it/harness/postgres.rs"]
mod postgres;
mod signature;
mod table;

use serde_json::{Value, json};

use self::algorithm::{Algorithm, apps};
use self::bench::clicks::Crowd;
use self::bench::connection::ask;
use self::bench::gateway::Gateway;
use self::bench::{figures, people};
use self::cell::{Cell, Side};
use self::express::Express;
use self::footprint::Memory;
use self::ground::{Ground, Kind};
use self::plan::Plan;

const PEOPLE: usize = 1_000;
/// Nothing in these stores is older, so that nothing is removed meanwhile.
const EVER: [&str; 2] = ["30d", "36500d"];

fn main() {
    let pem = usher::signer::generate_pem();
    if std::env::args().any(|arg| arg == "--instructions") {
        return guard(&pem);
    }
    let plan = Plan::from_environment();
    let machine = plan::machine();
    println!("{machine:#}\n");
    let mut missing = plan::missing();

    table::heading();
    let mut cells = Vec::new();
    for &kind in &plan.stores {
        measure(&plan, kind, &pem, &mut cells, &mut missing);
    }
    let mut figures = json!({
        "machine": machine,
        "cells": cells.iter().map(Cell::json).collect::<Vec<_>>(),
    });
    println!();
    footprint(&plan, &pem, &mut figures, &mut missing);

    missing.sort();
    missing.dedup();
    for what in &missing {
        println!("not measured: {what}");
    }
    figures["not_measured"] = json!(missing);
    figures::keep(&figures);
    if let (Some(file), Some(&connections)) = (
        figures::named("--svg"),
        plan.connections.get(plan.connections.len() / 2),
    ) {
        std::fs::write(&file, plot::svg(&cells, connections)).expect("a file for the plot");
        println!("plot: {file}");
    }
    let failed: usize = cells.iter().map(Cell::failed).sum();
    assert_eq!(failed, 0, "launches failed");
}

/// Does not depend on how busy the machine is.
fn guard(pem: &str) {
    let (ground, cookies) = place(Kind::Sqlite, pem);
    let launch = instructions::count_of(ground.directory.path(), &cookies).expect("instructions");
    println!(
        "{launch} instructions a launch; {} are the most",
        instructions::MOST
    );
    assert!(launch <= instructions::MOST, "a launch has become dearer");
}

/// All cells of a store.
fn measure(plan: &Plan, kind: Kind, pem: &str, cells: &mut Vec<Cell>, missing: &mut Vec<String>) {
    let (ground, cookies) = place(kind, pem);
    let directory = ground.directory.path();
    let gateway = Gateway::start(directory);
    let express = plan.algorithms.contains(&Algorithm::Rs256);
    let express = express.then(|| Express::start(directory, &cookies));
    let express = match express.transpose() {
        Ok(express) => express,
        Err(why) => {
            missing.push(format!("the Express launcher, since {why}"));
            None
        }
    };
    let address = |_| gateway.address.clone();
    let used = || [gateway.cpu_seconds(), ground.cpu_seconds()];
    let their_address = |_| {
        express
            .as_ref()
            .map_or_else(String::new, |express| express.address.clone())
    };
    let their_use = || [express.as_ref().map_or(0.0, Express::cpu_seconds), 0.0];
    for &algorithm in &plan.algorithms {
        let message = signing_input(&gateway, algorithm, &cookies[0]);
        let beside = express.as_ref().filter(|_| algorithm == Algorithm::Rs256);
        for &connections in &plan.connections {
            let crowd = |address| Crowd::new(address, algorithm.app(), &cookies, connections);
            let usher = Side::new(crowd(&address), &used);
            let express = beside.map(|_| Side::new(crowd(&their_address), &their_use));
            let cell = Cell::measure(kind.name(), algorithm, &message, plan.time, usher, express);
            table::rows(&cell);
            cells.push(cell);
        }
    }
}

/// A store with people, and all the apps' configuration.
fn place(kind: Kind, pem: &str) -> (Ground, Vec<String>) {
    let ground = Ground::new(kind, pem);
    ground.configure(EVER[0], EVER[1], &apps(ground.directory.path()));
    let cookies = people::signed_in(&ground.url, PEOPLE, time::Duration::ZERO);
    (ground, cookies)
}

/// What the gateway signs for that app.
fn signing_input(gateway: &Gateway, algorithm: Algorithm, cookie: &str) -> Vec<u8> {
    let answer = ask(&gateway.address, &format!("/launch/{}", algorithm.app()), cookie);
    let token = answer.and_then(|answer| answer.token).expect("a token");
    let header = jsonwebtoken::decode_header(&token).expect("a header");
    assert_eq!(format!("{:?}", header.alg), algorithm.name());
    let (message, _) = token.rsplit_once('.').expect("a signature");
    message.as_bytes().to_vec()
}

/// Everything but the cells.
fn footprint(plan: &Plan, pem: &str, figures: &mut Value, missing: &mut Vec<String>) {
    let (ground, cookies) = place(Kind::Sqlite, pem);
    match instructions::count_of(ground.directory.path(), &cookies) {
        Ok(seen) => {
            println!("instructions a launch, its signature apart: {seen}");
            figures["instructions"] = json!(seen);
        }
        Err(why) => missing.push(format!("instructions, since {why}")),
    }
    match allocations::count_of(ground.directory.path(), Algorithm::Rs256.app(), &cookies) {
        Ok(seen) => {
            println!(
                "allocations a launch: {:.0}, of {:.0} bytes together",
                seen.number, seen.bytes
            );
            figures["allocations"] = seen.json();
        }
        Err(why) => missing.push(format!("allocations, since {why}")),
    }
    let starts = footprint::starts(&ground);
    let (median, worst) = (starts[starts.len() / 2], starts[starts.len() - 1]);
    println!(
        "start to ready: {median:.0} ms in the middle, {worst:.0} ms at worst, of {} starts",
        starts.len()
    );
    figures["start_ms"] = json!({ "median": median, "worst": worst, "starts": starts.len() });
    let bytes = footprint::binary_bytes();
    println!("binary: {bytes} bytes");
    figures["binary_bytes"] = json!(bytes);
    figures["memory"] = json!([]);
    for &kind in &plan.stores {
        for sessions in [10_000, plan.sessions]
            .into_iter()
            .filter(|&sessions| sessions > 0)
        {
            let memory = Memory::measure(kind, pem, sessions);
            let [resident, peak] = memory.resident;
            println!(
                "memory with {} sessions in {}: {resident:.1} MiB resident, {peak:.1} MiB at most",
                memory.sessions, memory.store
            );
            figures["memory"]
                .as_array_mut()
                .expect("a list")
                .push(memory.json());
        }
    }
}
