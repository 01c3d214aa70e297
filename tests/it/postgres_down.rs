//! The database stops, hangs, or dies, and comes back (C-42, lesson 19).

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::harness::postgres::{PASSWORD, Postgres};
use crate::harness::secrets::Secrets;
use crate::harness::usher::{directory, run_in};
use crate::harness::wire;
use crate::harness::world::bare;
use crate::harness::{Browser, World, token_in};

fn world_over(postgres: &Postgres) -> World {
    let database = postgres.database();
    let world = World::with(|settings| {
        settings
            .keep_in(&database)
            .set("[limits]", "launches_per_minute", "0");
    });
    world.usher.secrets.add("the database's password", PASSWORD);
    world
}

/// Asserts that a click is refused in bounded time until the breaker is open, and at once from then on.
#[track_caller]
fn is_down(world: &World, ada: &mut Browser) {
    for _ in 0..3 {
        let asked = Instant::now();
        let answer = ada.get("/launch/townhall").expect(503);
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
        assert!(answer.header("Retry-After").is_some());
        assert!(answer.header("Location").is_none(), "no row, no token");
        assert_eq!(answer.set_cookies(), [], "cookies are kept");
    }
    world.usher.ops("/readyz").expect(503);
    world.usher.ops("/healthz").expect(200);
    // The quickest of some: this machine has other things to do.
    let quickest = (0..10).map(|_| {
        let asked = Instant::now();
        ada.get("/launch/townhall").expect(503);
        asked.elapsed()
    });
    assert!(quickest.min().unwrap() < Duration::from_millis(50));
}

#[track_caller]
fn comes_back(world: &World, ada: &mut Browser) {
    world.launches_again(ada);
    world.usher.ops("/readyz").expect(200);
}

#[test]
fn c_42_lesson_19_a_database_that_is_down_is_a_503_that_costs_nobody_their_session() {
    let mut postgres = Postgres::start();
    let world = world_over(&postgres);
    let mut ada = world.signed_in("ada");
    postgres.stop();
    is_down(&world, &mut ada);
    postgres.start_again();
    comes_back(&world, &mut ada);
    assert_eq!(world.usher.audited("launch").len(), 1);
}

#[test]
fn c_42_a_database_that_takes_connections_and_says_nothing_is_down_too() {
    let postgres = Postgres::start();
    let world = world_over(&postgres);
    let mut ada = world.signed_in("ada");
    postgres.signal("STOP");
    is_down(&world, &mut ada);
    postgres.signal("CONT");
    comes_back(&world, &mut ada);
}

#[test]
fn lesson_19_a_restart_between_two_clicks_is_not_noticed() {
    let mut postgres = Postgres::start();
    let world = world_over(&postgres);
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    postgres.stop();
    postgres.start_again();
    ada.get("/launch/townhall").expect(302);
    world.usher.ops("/readyz").expect(200);
    assert!(!world.usher.log.text().contains("store.down"));
}

#[test]
fn c_40_every_token_that_left_before_the_database_died_has_its_record() {
    let mut postgres = Postgres::start();
    let world = world_over(&postgres);
    let ada = world.signed_in("ada");
    let (cookie, port) = (ada.cookie("usher").unwrap(), world.usher.port);
    let request = format!(
        "GET /launch/townhall HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: usher={cookie}\r\nConnection: close\r\n\r\n"
    );
    let click = || {
        let answer = wire::parse("/launch/townhall", &wire::exchange(port, request.as_bytes()));
        let answer = answer.expect("an answer");
        world.usher.secrets.add_answer(&answer);
        answer
    };
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let clickers = [(); 4].map(|()| {
            scope.spawn(|| {
                let mut tokens = Vec::new();
                loop {
                    let answer = click();
                    if answer.status != 302 {
                        return tokens;
                    }
                    tokens.push(token_in(answer.location()));
                }
            })
        });
        let launched = world.usher.log.wait_for(Duration::from_secs(30), |text| {
            (text.matches("\"launch\"").count() >= 60).then_some(())
        });
        assert!(launched.is_some(), "no launches");
        postgres.kill();
        clickers
            .into_iter()
            .flat_map(|clicker| clicker.join().unwrap())
            .collect()
    });
    assert!(tokens.len() >= 20, "{}", tokens.len());
    postgres.start_again();
    comes_back(&world, &mut { ada });
    let rows: HashSet<String> = world
        .usher
        .audited("launch")
        .into_iter()
        .map(|row| row["token_sha256"].as_str().unwrap().to_owned())
        .collect();
    for token in &tokens {
        assert!(
            rows.contains(&crate::audit::sha256(token)),
            "a token left without a row"
        );
    }
    let proof = world.usher.run(&["audit", "verify", "-c", "usher.toml"]);
    assert!(
        proof.status.success(),
        "{}",
        String::from_utf8_lossy(&proof.stdout)
    );
}

#[test]
fn a_gateway_that_finds_no_database_says_which_and_ends() {
    let mut settings = bare(0);
    settings
        .keep_in(&format!("postgres://usher:{PASSWORD}@127.0.0.1:1/nowhere"))
        .add(
            "[providers.work]",
            "issuer = \"https://login.example.com\"\nclient_id = \"usher\"\nclient_secret = \"canary-client-secret\"",
        );
    let dir = directory(&settings, &Secrets::default());
    let output = run_in(dir.path(), &["serve", "-c", "usher.toml"]);
    let told = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("postgres://127.0.0.1:1/nowhere"), "{told}");
    assert!(!told.contains(PASSWORD), "{told}");
}
