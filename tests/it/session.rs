//! Sessions: how long they live, what survives, and cookies that are not what they seem.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use crate::harness::usher::write_secret;
use crate::harness::{Browser, How, Lie, Lying, Request, Response, World, lying};

/// Whether a click of this browser needs no sign-in. A launch, since it is recorded behind the
/// click's own mark in the session.
fn is_known(browser: &mut Browser) -> bool {
    browser
        .get("/launch/townhall")
        .expect(302)
        .location()
        .contains("token=")
}

#[test]
fn lesson_20_a_session_survives_a_restart() {
    let mut world = World::start();
    let mut ada = world.signed_in("ada");
    world.usher.stop();
    world.usher.start_again();
    assert!(is_known(&mut ada));
    ada.get("/launch/townhall").expect(302);
}

#[test]
fn a_session_survives_a_kill() {
    let mut world = World::start();
    let mut ada = world.signed_in("ada");
    world.usher.kill();
    world.usher.start_again();
    ada.get("/launch/townhall").expect(302);
}

#[test]
fn lesson_20_a_sign_in_begun_before_a_restart_ends_after_it() {
    let mut world = World::start();
    let mut ada = world.usher.browser();
    let form = ada.go("/launch/townhall");
    world.usher.stop();
    world.usher.start_again();
    ada.submit(&form, [("login", "ada")]).expect(200).shows("Arrived");
}

#[test]
fn s_502_a_session_ends_after_half_an_hour_without_a_click() {
    let world = movable();
    let mut ada = signed_in(&world);
    for minutes in [20, 40, 60] {
        world.usher.set_ahead(minutes * 60);
        assert!(is_known(&mut ada), "{minutes} minutes");
    }
    world.usher.set_ahead(91 * 60);
    assert!(!is_known(&mut ada));
    ada.get("/launch/townhall").expect(302).hides("token=");
}

#[test]
fn s_502_a_session_ends_after_eight_hours() {
    let world = movable();
    let mut ada = signed_in(&world);
    for minutes in (25..480).step_by(25) {
        world.usher.set_ahead(minutes * 60);
        assert!(is_known(&mut ada), "{minutes} minutes");
    }
    world.usher.set_ahead(8 * 3600 + 1);
    assert!(!is_known(&mut ada));
}

#[test]
fn s_307_a_planted_session_id_is_never_used() {
    let world = lying(Lie::none());
    let mut ada = world.usher.browser();
    let planted = "A".repeat(43);
    ada.plant("usher", &planted);
    world.sign_in(&mut ada, "honest").expect(200);
    assert_ne!(ada.cookie("usher"), Some(planted.as_str()));
}

#[test]
fn s_307_every_sign_in_makes_a_new_id_and_ends_the_old_one() {
    let world = lying(Lie::none());
    let mut ada = signed_in(&world);
    let old = ada.cookie("usher").unwrap().to_owned();
    world.sign_in(&mut ada, "lie").expect(200);
    assert_ne!(ada.cookie("usher"), Some(old.as_str()));
    let mut thief = world.usher.browser();
    thief.plant("usher", &old);
    assert!(!is_known(&mut thief));
}

#[test]
fn s_337_only_the_exact_raw_name_counts() {
    let world = World::start();
    let ada = world.signed_in("ada");
    let good = ada.cookie("usher").unwrap().to_owned();
    let asks = |cookie: &str| {
        let mut browser = world.usher.browser();
        browser
            .send(Request::get("/").header("Cookie", cookie))
            .expect(200)
            .text()
            .contains("Ada Lovelace")
    };
    assert!(asks(&format!("usher={good}")));
    assert!(asks(&format!("other=1; usher={good}; more=2")));
    let evil = "E".repeat(43);
    // A name that only decodes to ours is another cookie.
    assert!(asks(&format!("%75sher={evil}; usher={good}")));
    assert!(asks(&format!("usher={good}; %75sher={evil}")));
    for refused in [
        format!("%75sher={good}"),
        format!("Usher={good}"),
        format!("=usher={good}"),
        format!("usher=\"{good}\""),
        format!("usher ={good}"),
        format!("usher={good}; usher={evil}"),
        format!("usher={evil}; usher={good}"),
        format!("usher={good}; usher={good}"),
        format!("usher={good}x"),
        format!("usher=%{good}"),
    ] {
        assert!(!asks(&refused), "{}", refused.replace(&good, "GOOD"));
    }
    world.usher.logged("cookie.duplicate");
}

#[test]
fn s_338_a_cookie_bomb_is_431_with_the_cure() {
    let world = World::start();
    let mut browser = world.usher.browser();
    let many = (0..200)
        .map(|n| format!("c{n}={}", "x".repeat(150)))
        .collect::<Vec<_>>()
        .join("; ");
    for cookies in [many, format!("big={}", "x".repeat(100_000))] {
        let page = browser.send(Request::get("/").header("Cookie", &cookies));
        assert_eq!(page.status, 431, "{} bytes of cookies", cookies.len());
    }
    browser.get("/").expect(200);
}

#[test]
fn s_339_a_changed_value_signs_nobody_in() {
    let world = World::start();
    let ada = world.signed_in("ada");
    let good = ada.cookie("usher").unwrap().to_owned();
    for at in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let mut thief = world.usher.browser();
        thief.plant("usher", &String::from_utf8(bytes).unwrap());
        // The last character holds bits that do not count; whatever decodes to the same bytes is still not the id.
        assert!(!is_known(&mut thief), "byte {at}");
    }
}

#[test]
fn s_339_a_session_of_another_deployment() {
    let (here, there) = (World::start(), World::start());
    let ada = there.signed_in("ada");
    let mut visitor = here.usher.browser();
    visitor.plant("usher", ada.cookie("usher").unwrap());
    assert!(!is_known(&mut visitor));
}

#[test]
fn c_26_all_cookies_together_stay_under_7_kb() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for _ in 0..12 {
        ada.get("/auth/login?provider=work&app=support&customer=grace@example.org&switch=1")
            .expect(303);
    }
    let size: usize = ada
        .cookie_names()
        .iter()
        .map(|n| n.len() + ada.cookie(n).unwrap().len() + 3)
        .sum();
    assert!(size <= 7_000, "{size} bytes");
}

fn movable() -> Lying {
    Lying::with(
        Lie::none(),
        How {
            movable_clock: true,
            ..How::default()
        },
        |_| (),
    )
}

fn signed_in(world: &Lying) -> Browser {
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    assert!(is_known(&mut ada));
    ada
}

#[test]
fn c_27_the_first_sealing_key_seals_and_all_open() {
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let file = dir.path().join("sealing");
    let [old, new] = [[1; 32], [2; 32]].map(|key: [u8; 32]| STANDARD.encode(key));
    write_secret(dir.path(), "sealing", &old);
    let mut world = Lying::with(Lie::none(), How::default(), |settings| {
        settings.set("[server]", "sealing_key_file", &format!("\"{}\"", file.display()));
    });
    for key in [&old, &new] {
        world.usher.secrets.add("a sealing key", key);
    }
    // Two people stand at the provider while the operator changes the keys.
    let mut begun = Vec::new();
    for _ in 0..2 {
        let mut browser = world.usher.browser();
        begun.push((at_the_way_back(&mut browser), browser));
    }
    let mut signed_in = signed_in(&world);
    let restart_with = |world: &mut Lying, keys: &[&str]| {
        world.usher.stop();
        write_secret(dir.path(), "sealing", &keys.join("\n"));
        world.usher.start_again();
    };

    restart_with(&mut world, &[&new, &old]);
    let (way_back, mut ada) = begun.remove(0);
    ada.follow(way_back).expect(200);
    assert!(is_known(&mut ada), "begun under the old key, ended under both");
    assert!(is_known(&mut signed_in));
    let mut bob = world.usher.browser();
    let bobs = at_the_way_back(&mut bob);

    restart_with(&mut world, &[&new]);
    bob.follow(bobs).expect(200);
    assert!(is_known(&mut bob), "the new key has sealed since it came first");
    let (way_back, mut eve) = begun.remove(0);
    eve.follow(way_back).expect(400).shows("/auth/login");
    assert!(!is_known(&mut eve), "the old key opens nothing any more");
    // Sessions hang on no sealing key.
    assert!(is_known(&mut ada) && is_known(&mut signed_in));
}

/// Begins a sign-in and stops where the provider sends the browser back to the callback.
fn at_the_way_back(browser: &mut Browser) -> Response {
    let begun = browser.get("/auth/login?provider=honest").expect(303);
    browser.follow_until(begun, |to| to.path().starts_with("/auth/callback/"))
}
