//! Several gateways over one PostgreSQL: people meet now this one, now that one, and notice nothing.

use serde_json::json;

use crate::frame_sign_in::{VERIFIER, code_on, redeem, window};
use crate::handover::{code, offer, own_page};
use crate::harness::logout_token::{invalid, is_in, logout_request};
use crate::harness::postgres::{PASSWORD, Postgres};
use crate::harness::usher::Usher;
use crate::harness::{Browser, How, Lie, Lying, Settings, World, claims_of, keys, verify};
use crate::vonage_video::{Api, add_room, join, token_of};

/// A world whose gateway has a replica.
fn shared(change: impl Fn(&mut Settings)) -> (World, Usher) {
    let database = Postgres::shared().database();
    let world = World::with(|settings| {
        settings.keep_in(&database);
        change(settings);
    });
    world.usher.secrets.add("the database's password", PASSWORD);
    let other = world.usher.replica(|_| ());
    (world, other)
}

/// Does the same at both gateways at once, by a browser each.
fn at_once<T: Send>(world: &World, other: &Usher, act: impl Fn(Browser) -> T + Sync) -> Vec<T> {
    let barrier = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        let starters = [world.usher.port, other.port].map(|port| {
            let (act, barrier) = (&act, &barrier);
            let mut browser = world.usher.browser();
            scope.spawn(move || {
                browser.by_way_of(port);
                barrier.wait();
                act(browser)
            })
        });
        starters
            .into_iter()
            .map(|starter| starter.join().unwrap())
            .collect()
    })
}

#[test]
fn a_sign_in_that_began_at_one_ends_at_another() {
    let (world, other) = shared(|_| ());
    let mut ada = world.usher.browser();
    let form = ada.go("/auth/login?provider=work&app=townhall");
    ada.by_way_of(other.port);
    let arrived = world.pass_provider(&mut ada, form, "ada").expect(200);
    assert_eq!(claims_of(&arrived, keys::TOWNHALL)["displayName"], "Ada Lovelace");
    assert_eq!(other.logged("sign_in")["event"], "sign_in", "it ended there");
    for port in [world.usher.port, other.port] {
        is_in(ada.by_way_of(port), true);
        ada.get("/launch/townhall").expect(302);
    }
    let rows = world.usher.audited("launch");
    let writers: std::collections::BTreeSet<String> =
        rows.iter().map(|row| row["writer"].to_string()).collect();
    assert_eq!((rows.len(), writers.len()), (3, 2), "both write into one trail");
    for usher in [&world.usher, &other] {
        let proof = usher.run(&["audit", "verify", "-c", "usher.toml"]);
        assert!(
            proof.status.success(),
            "{}",
            String::from_utf8_lossy(&proof.stdout)
        );
    }
}

#[test]
fn lesson_16_a_session_that_ended_at_one_has_ended_at_all_at_the_next_click() {
    let (world, other) = shared(|_| ());
    let mut ada = world.signed_in("ada");
    let mut thief = world.usher.browser();
    thief.plant("usher", ada.cookie("usher").unwrap());
    thief.by_way_of(other.port).get("/launch/townhall").expect(302);
    let page = ada.get("/auth/logout").expect(200);
    ada.submit_once(&page, []).expect(303);
    let answer = thief.get("/launch/townhall").expect(302);
    assert!(answer.location().contains("/auth/login"), "{}", answer.location());
    assert_eq!(world.usher.audited("launch").len(), 1);
}

#[test]
fn s_158_the_provider_ends_a_session_at_all_replicas_with_a_token_that_works_once() {
    let database = Postgres::shared().database();
    let world = Lying::with(Lie::naming_sessions(), How::default(), |settings| {
        settings.keep_in(&database);
    });
    let other = world.usher.replica(|_| ());
    let mut ada = world.ada_at("lie");
    let token = world.logout_token().text();
    world.usher.secrets.add_token("a logout token", &token);
    let mut provider = world.usher.browser();
    provider
        .by_way_of(other.port)
        .send(logout_request(&token))
        .expect(200);
    is_in(&mut ada, false);
    is_in(ada.by_way_of(other.port), false);
    invalid(&provider.by_way_of(world.usher.port).send(logout_request(&token)));
}

#[test]
fn c_32_a_handover_code_is_good_at_one_of_two_that_get_it_at_once() {
    let (world, other) = shared(|settings| {
        own_page(settings, "[apps.townhall]");
        let text = settings.text();
        let at = text.find("http://localhost:").expect("the vendor's address");
        let origin: Vec<&str> = text[at..].splitn(4, '/').take(3).collect();
        settings.set(
            "[apps.townhall]",
            "origins",
            &format!("[\"{}\"]", origin.join("/")),
        );
    });
    let origin = world.vendor.url("");
    let mut ada = world.signed_in("ada");
    for _ in 0..5 {
        let code = code(&world, &mut ada, "/launch/townhall");
        let answers = at_once(&world, &other, |mut page| page.send(offer(&code, &origin)));
        let good: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(
            good.len(),
            1,
            "{:?}",
            answers.iter().map(|a| a.status).collect::<Vec<_>>()
        );
        let token = good[0].json()["token"].as_str().unwrap().to_owned();
        world.usher.secrets.add_token("a minted token", &token);
        verify(&token, keys::TOWNHALL, None, None).unwrap();
    }
}

#[test]
fn s_209_a_frame_s_code_is_good_at_one_of_two_that_get_it_at_once() {
    let (world, other) = shared(|settings| {
        settings.set("[apps.support]", "origins", "[\"https://crm.example.com\"]");
    });
    world.usher.secrets.add("a frame's verifier", VERIFIER);
    let mut ada = world.signed_in("ada");
    for _ in 0..5 {
        let code = code_on(&ada.get(&window()).expect(200));
        world.usher.secrets.add("a frame's code", &code);
        let mut answers = at_once(&world, &other, |mut frame| redeem(&mut frame, &code).status);
        answers.sort_unstable();
        assert!(answers[0] == 204 && answers[1] >= 400, "{answers:?}");
    }
}

#[test]
fn a_crowd_at_both_meets_in_one_room() {
    let api = Api::sound();
    let (world, other) = shared(|settings| add_room(settings, &api));
    let cookie = world.signed_in("ada").cookie("usher").unwrap().to_owned();
    let mut sessions = at_once(&world, &other, |mut browser| {
        browser.plant("usher", &cookie);
        let token = token_of(&join(&world, &mut browser, "7").expect(200));
        verify(&token, keys::STRANGER, None, None).unwrap()["claims"]["session_id"].to_string()
    });
    sessions.dedup();
    assert_eq!(sessions.len(), 1, "{sessions:?}");
    let made = api.asked().len();
    let mut late = world.usher.browser();
    late.plant("usher", &cookie);
    join(&world, late.by_way_of(other.port), "7").expect(200);
    assert_eq!(api.asked().len(), made, "whoever comes later asks nobody");
}

#[test]
fn c_17_an_address_that_one_has_bound_is_bound_at_all_until_somebody_lets_go_of_it() {
    let (world, other) = shared(|settings| {
        settings.set("[apps.townhall]", "bind_email", "true");
    });
    world.person("heir", json!({ "name": "Hedy Heir", "groups": ["staff"] }));
    world.signed_in("ada").get("/launch/townhall").expect(302);
    let mut heir = world.signed_in("heir");
    heir.by_way_of(other.port).get("/launch/townhall").expect(403);
    let done = other.run(&["unbind", "ada@example.com", "--app", "townhall"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    heir.by_way_of(world.usher.port)
        .get("/launch/townhall")
        .expect(302);
    let listed = world.usher.run(&["audit", "list", "--event", "admin"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("binding.cleared"));
}

/// C-27: the tables and the key are made once, whoever comes first.
#[test]
fn c_27_replicas_that_start_at_once_agree_on_the_key_that_seals() {
    let world = World::start();
    world.usher.secrets.add("the database's password", PASSWORD);
    let database = Postgres::shared().database();
    let replicas: Vec<Usher> = std::thread::scope(|scope| {
        let start = || {
            world.usher.replica(|settings| {
                settings.keep_in(&database);
            })
        };
        let started: Vec<_> = (0..3).map(|_| scope.spawn(start)).collect();
        started
            .into_iter()
            .map(|replica| replica.join().unwrap())
            .collect()
    });
    let mut ada = world.usher.browser();
    ada.by_way_of(replicas[0].port);
    let form = ada.go("/auth/login?provider=work");
    ada.by_way_of(replicas[1].port);
    world.pass_provider(&mut ada, form, "ada").expect(200);
    is_in(ada.by_way_of(replicas[2].port), true);
}
