//! The disk of the database takes nothing more, and later does again (lesson 19).

use std::collections::HashSet;

use crate::audit::sha256;
use crate::harness::postgres::{PASSWORD, Postgres, execute};
use crate::harness::{Browser, Response, World, token_in};

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
    assert_turned_away(ada.get("/launch/townhall"));
}

#[track_caller]
fn assert_turned_away(answer: Response) {
    let answer = answer.expect(503);
    assert!(answer.header("Retry-After").is_some());
    assert!(answer.header("Location").is_none(), "no row, no token");
    assert_eq!(answer.set_cookies(), [], "cookies are kept");
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

/// Its log still has room, in files of 1 MiB; the table of records cannot grow by a page.
#[test]
fn c_40_lesson_19_a_database_that_cannot_grow_costs_launches_and_nothing_else() {
    let postgres = Postgres::with("autovacuum = off", &[]);
    let database = postgres.database();
    let world = over(&database);
    let mut ada = world.signed_in("ada");
    let mut tokens = vec![token_in(world.launches_again(&mut ada).location())];
    // The table's file is then beyond the limit, and the log's is not.
    let columns = "id, time, event, outcome, roles, writer, seq, prev, mac";
    let large = format!(
        "INSERT INTO audit ({columns}) SELECT repeat('x', 1000), '', '', '', '', 'nobody', i, '', '' \
         FROM generate_series(1, 3000) AS i; DELETE FROM audit WHERE writer = 'nobody'"
    );
    execute(&database, large);
    for _ in 0..2 {
        postgres.let_files_grow("1048576");
        // The pages of the table, and of each of its indexes, have room for some.
        let (mut in_a_row, mut clicks) = (0, 0);
        while in_a_row < 5 {
            let answer = ada.get("/launch/townhall");
            if answer.status == 302 {
                tokens.push(token_in(answer.location()));
                in_a_row = 0;
            } else {
                assert_turned_away(answer);
                in_a_row += 1;
            }
            clicks += 1;
            assert!(clicks < 500, "the disk is not full");
        }
        postgres.let_files_grow("unlimited");
        tokens.push(token_in(world.launches_again(&mut ada).location()));
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
    let mut tokens = vec![token_in(world.launches_again(&mut ada).location())];
    postgres.let_files_grow("0");
    for _ in 0..5 {
        is_turned_away(&mut ada);
    }
    world.usher.ops("/readyz").expect(503);
    postgres.stop();
    is_turned_away(&mut ada);
    postgres.start_again();
    tokens.push(token_in(world.launches_again(&mut ada).location()));
    world.usher.ops("/readyz").expect(200);
    all_are_recorded(&world, &tokens);
}
