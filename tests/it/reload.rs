//! SIGHUP: the configuration is read again, all of it or nothing, and nobody notices.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::harness::log::Log;
use crate::harness::usher::write_secret;
use crate::harness::{Browser, How, Lie, Lying, World, keys, lying, token_in, verify};

#[test]
fn lesson_39_a_new_configuration_takes_over_and_nobody_is_signed_out() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let mut bob = world.usher.browser();
    let form = bob.go("/launch/townhall");
    ada.get("/launch/standup").expect(404);
    world
        .usher
        .edit("title = \"Town hall\"", "title = \"Great hall\"");
    let app = format!(
        "vendor = \"frameable\"\ntitle = \"Stand-up\"\nurl = \"{}\"\nkey_file = \"keys/standup.pem\"\nallow = [\"group:staff\"]",
        world.vendor.url("/events/standup")
    );
    world.usher.edit(
        "[apps.support]",
        &format!("[apps.standup]\n{app}\n\n[apps.support]"),
    );
    let pem = keys::key(keys::ROTATED).pkcs8_pem();
    world.usher.secrets.add_pem(&pem);
    write_secret(world.usher.dir.path(), "keys/standup.pem", &pem);

    let said = world.usher.reload();
    assert_eq!(said["event"], "config.reloaded");
    assert_eq!(said["generation"], 2);
    assert_eq!(said["changes"], "added apps.standup; changed apps.townhall");
    ada.get("/").expect(200).shows("Great hall").shows("Stand-up");
    let token = token_in(ada.get("/launch/standup").expect(302).location());
    verify(&token, keys::ROTATED, None, None).unwrap();
    // A sign-in that began before ends after it.
    bob.submit(&form, [("login", "bob")]).expect(200).shows("Arrived");
    assert!(world.usher.metric("usher_config_generation", &[]) > 1.5);
    assert_eq!(world.usher.ops("/readyz").expect(200).json()["generation"], 2);
    assert_eq!(world.usher.reload()["changes"], "nothing changed");
}

#[test]
fn s_373_what_does_not_hold_keeps_the_old_and_says_why_without_the_content() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    world.usher.edit(
        "title = \"Town hall\"",
        "title = \"Great hall\"\nsecret = \"canary-in-the-file\"",
    );
    world
        .usher
        .secrets
        .add("a secret in the wrong place", "canary-in-the-file");
    assert_eq!(world.usher.reload()["event"], "config.reload_refused");
    let problem = world.usher.logged("config.problem");
    let reason = problem["reason"].as_str().unwrap();
    assert!(
        reason.contains("usher.toml:") && reason.contains("apps.townhall.secret"),
        "{reason}"
    );
    ada.get("/").expect(200).shows("Town hall").hides("Great hall");
    ada.get("/launch/townhall").expect(302);

    fs::write(world.usher.dir.path().join("usher.toml"), "public_url = ").unwrap();
    assert_eq!(world.usher.reload()["event"], "config.reload_refused");
    fs::remove_file(world.usher.dir.path().join("usher.toml")).unwrap();
    assert_eq!(world.usher.reload()["event"], "config.reload_refused");
    ada.get("/launch/townhall").expect(302);
    assert!(world.usher.metric("usher_config_generation", &[]) < 1.5);
}

#[test]
fn what_only_a_restart_can_change_is_named_each_time() {
    let mut world = World::start();
    let mut ada = world.signed_in("ada");
    world.usher.edit("level = \"trace\"", "level = \"info\"");
    world.usher.edit("[brand]", "[audit]\nkeep = \"30d\"\n\n[brand]");
    for round in [2, 3] {
        assert_eq!(world.usher.reload()["generation"], round);
        for key in ["log", "audit.keep"] {
            let named =
                |line: &serde_json::Value| line["event"] == "config.needs_restart" && line["key"] == key;
            let lines = Log::lines(&world.usher.log.text());
            assert_eq!(
                lines.iter().filter(|line| named(line)).count(),
                round - 1,
                "{key}"
            );
        }
    }
    let elsewhere = world.usher.url("").replace("127.0.0.1", "localhost");
    world.usher.edit(
        &format!("public_url = \"{}\"", world.usher.url("")),
        &format!("public_url = \"{elsewhere}\""),
    );
    let said = world.usher.reload();
    assert_eq!(said["event"], "config.reload_refused");
    assert!(said["reason"].as_str().unwrap().contains("public_url"), "{said}");
    ada.get("/launch/townhall").expect(302);
    world.usher.edit(&elsewhere, &world.usher.url(""));
    world.usher.stop();
    world.usher.start_again();
    ada.get("/launch/townhall").expect(302);
}

#[test]
fn c_45_a_rotated_key_signs_from_the_reload_on() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let launched = |ada: &mut Browser| token_in(ada.get("/launch/townhall").expect(302).location());
    verify(&launched(&mut ada), keys::TOWNHALL, None, None).unwrap();
    let pem = keys::key(keys::ROTATED).pkcs8_pem();
    world.usher.secrets.add_pem(&pem);
    write_secret(world.usher.dir.path(), "keys/townhall.next.pem", &pem);
    let rotated = world.usher.run(&["keys", "rotate", "--app", "townhall"]);
    let told = String::from_utf8_lossy(&rotated.stdout).into_owned();
    assert!(rotated.status.success() && told.contains("reload"), "{told}");
    verify(&launched(&mut ada), keys::TOWNHALL, None, None).unwrap();
    assert_eq!(world.usher.reload()["changes"], "changed apps.townhall");
    verify(&launched(&mut ada), keys::ROTATED, None, None).unwrap();
    let shown = ada.get("/keys/townhall.json").expect(200).json();
    assert_eq!(
        shown["keys"].as_array().unwrap().len(),
        2,
        "the earlier one for as long as its tokens live"
    );
}

#[test]
fn s_375_a_provider_that_goes_ends_what_hangs_on_it() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let mut bob = world.usher.browser();
    let form = bob.go("/launch/townhall");
    world.usher.edit("[providers.work]", "[providers.elsewhere]");
    world.usher.reload();
    bob.submit(&form, [("login", "bob")]).expect(404);
    assert!(!bob.is_signed_in());
    ada.get("/launch/townhall").expect(302).hides("token=");
    assert!(world.usher.audited("launch").is_empty());
    world.usher.edit("[providers.elsewhere]", "[providers.work]");
    world.usher.reload();
    ada.get("/launch/townhall").expect(302);
}

#[test]
fn s_375_an_app_that_goes_is_not_found() {
    let world = World::start();
    let mut ada = world.usher.browser();
    let form = ada.go("/launch/townhall");
    world.usher.edit("[apps.townhall]", "[apps.assembly]");
    world.usher.reload();
    ada.submit(&form, [("login", "ada")]).expect(404);
    ada.get("/launch/assembly").expect(302);
    assert_eq!(world.usher.audited("launch").len(), 1);
}

#[test]
fn a_reload_asks_an_unchanged_provider_nothing_anew() {
    let world: Lying = lying(Lie::none());
    world.sign_in(&mut world.usher.browser(), "lie").expect(200);
    let asked = || ["metadata", "jwks"].map(|document| world.liar.asked("lie", document));
    let before = asked();
    world.usher.edit("name = \"Acme\"", "name = \"Apex\"");
    assert_eq!(world.usher.reload()["changes"], "changed brand");
    world.sign_in(&mut world.usher.browser(), "lie").expect(200);
    assert_eq!(asked(), before);
}

#[test]
fn s_369_limits_change_with_a_reload_and_what_was_counted_counts() {
    let world = World::with(|settings| {
        settings.set("[limits]", "launches_per_minute", "2");
    });
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    ada.get("/launch/townhall").expect(302);
    ada.get("/launch/townhall").expect(429);
    world
        .usher
        .edit("launches_per_minute = 2", "launches_per_minute = 3");
    world.usher.reload();
    ada.get("/launch/townhall").expect(302);
    ada.get("/launch/townhall").expect(429);
}

#[test]
fn s_373_a_hundred_reloads_under_load_fail_no_launch() {
    let world = World::how(How::default(), |settings| {
        settings
            .set("[limits]", "launches_per_minute", "0")
            .set("[log]", "level", "\"info\"");
    });
    let over = AtomicBool::new(false);
    let (launches, tokens) = std::thread::scope(|scope| {
        let clickers: Vec<_> = (0..4)
            .map(|_| {
                let mut ada = world.signed_in("ada");
                let over = &over;
                scope.spawn(move || {
                    let mut tokens = Vec::new();
                    while !over.load(Ordering::Relaxed) {
                        tokens.push(token_in(ada.get("/launch/townhall").expect(302).location()));
                    }
                    tokens
                })
            })
            .collect();
        let titles = ["title = \"Town hall\"", "title = \"Great hall\""];
        for round in 0..100 {
            world.usher.edit(titles[round % 2], titles[(round + 1) % 2]);
            assert_eq!(world.usher.reload()["changes"], "changed apps.townhall");
        }
        over.store(true, Ordering::Relaxed);
        let tokens: Vec<String> = clickers
            .into_iter()
            .flat_map(|clicker| clicker.join().unwrap())
            .collect();
        (tokens.len(), tokens)
    });
    assert!(launches >= 100, "a load of {launches} launches is none");
    for token in &tokens {
        verify(token, keys::TOWNHALL, None, None).unwrap();
    }
    assert_eq!(world.usher.audited("launch").len(), launches);
}
