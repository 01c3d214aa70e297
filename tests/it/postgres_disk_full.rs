//! The disk of the database takes nothing more, and later does again (lesson 19).

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::audit::sha256;
use crate::harness::postgres::{PASSWORD, Postgres, execute};
use crate::harness::{Browser, World, token_in};

fn over(database: &str) -> World {
    let world = World::with(|settings| {
        settings
            .keep_in(database)
            .set("[limits]", "launches_per_minute", "0");
    });
    world.usher.secrets.add("the database's password", PASSWORD);
    world
}

/// Asserts that there is no launch, and that it costs nobody their session.
#[track_caller]
fn is_turned_away(ada: &mut Browser) {
    let answer = ada.get("/launch/townhall").expect(503);
    assert!(answer.header("Retry-After").is_some());
    assert!(answer.header("Location").is_none(), "no row, no token");
    assert_eq!(answer.set_cookies(), [], "cookies are kept");
}

/// Clicks until the store is back; the token.
#[track_caller]
fn launches_again(ada: &mut Browser) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = ada.get("/launch/townhall");
        if answer.status == 302 {
            return token_in(answer.location());
        }
        assert!(Instant::now() < until, "the store has not come back by itself");
    }
}

#[track_caller]
fn all_are_recorded(world: &World, tokens: &[String]) {
    let rows = world.usher.audited("launch");
    let rows: HashSet<&str> = rows
        .iter()
        .map(|row| row["token_sha256"].as_str().unwrap())
        .collect();
    for token in tokens {
        assert!(rows.contains(&*sha256(token)), "a token left without a row");
    }
    let proof = world.usher.run(&["audit", "verify", "-c", "usher.toml"]);
    let told = String::from_utf8_lossy(&proof.stdout);
    assert!(proof.status.success(), "{told}");
}

/// Its log still has room in a file that is there; the table of records cannot grow by a page.
#[test]
fn c_40_lesson_19_a_database_that_cannot_grow_costs_launches_and_nothing_else() {
    let postgres = Postgres::with("autovacuum = off", &[]);
    let database = postgres.database();
    let world = over(&database);
    let mut ada = world.signed_in("ada");
    let mut tokens = vec![launches_again(&mut ada)];
    // The table's file is then beyond the limit, and the log's is not.
    let columns = "id, time, event, outcome, roles, writer, seq, prev, mac";
    let large = format!(
        "INSERT INTO audit ({columns}) SELECT repeat('x', 1000), '', '', '', '', 'nobody', i, '', '' \
         FROM generate_series(1, 3000) AS i; DELETE FROM audit WHERE writer = 'nobody'"
    );
    execute(&database, large);
    execute(&database, "SELECT pg_switch_wal()".into());
    for _ in 0..2 {
        postgres.let_files_grow("1000000");
        // Its pages have room for some.
        for _ in 0..500 {
            let answer = ada.get("/launch/townhall");
            if answer.status != 302 {
                break;
            }
            tokens.push(token_in(answer.location()));
        }
        for _ in 0..5 {
            is_turned_away(&mut ada);
        }
        postgres.let_files_grow("unlimited");
        tokens.push(launches_again(&mut ada));
    }
    assert_eq!(
        world.usher.audited("launch").len(),
        tokens.len(),
        "no row without a token"
    );
    all_are_recorded(&world, &tokens);
}

/// Without room for its log it ends itself, and does not start before there is room.
#[test]
fn c_40_lesson_19_a_database_that_dies_of_a_full_disk_takes_no_record_along() {
    let mut postgres = Postgres::start();
    let database = postgres.database();
    let world = over(&database);
    let mut ada = world.signed_in("ada");
    let mut tokens = vec![launches_again(&mut ada)];
    postgres.let_files_grow("0");
    for _ in 0..5 {
        is_turned_away(&mut ada);
    }
    world.usher.ops("/readyz").expect(503);
    postgres.stop();
    is_turned_away(&mut ada);
    postgres.start_again();
    tokens.push(launches_again(&mut ada));
    world.usher.ops("/readyz").expect(200);
    all_are_recorded(&world, &tokens);
}
