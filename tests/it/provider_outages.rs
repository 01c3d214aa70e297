//! Providers that are slow, down for a while, or change their keys at the worst moment: who waits,
//! for how long, and who does not (S-019, S-360, S-363, S-364, S-424, C-20, C-58).

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::lie::edit;
use crate::harness::server::Answer;
use crate::harness::{Browser, How, Lie, Lying, claims_of, keys, lying};

/// C-58.
const PAGE_WITHIN: Duration = Duration::from_secs(12);
/// C-20.
const TOKEN_REQUESTS: usize = 256;

/// The address that a provider sends the person back to.
fn way_back(browser: &mut Browser, provider: &str) -> String {
    let begun = browser
        .get(&format!("/auth/login?provider={provider}"))
        .expect(303);
    let answer = browser.follow_until(begun, |to| to.path().starts_with("/auth/callback/"));
    answer.location().to_owned()
}

fn launches(browser: &mut Browser) {
    claims_of(&browser.get("/launch/townhall").expect(302), keys::TOWNHALL);
}

#[test]
fn s_363_an_answer_that_never_ends_is_given_up_in_time() {
    let slow: [fn() -> Lie; 4] = [
        || Lie::none().about_metadata(|a| *a = Answer::Half),
        || Lie::none().about_keys(|a| *a = Answer::Half),
        || Lie::none().in_token_answer(|a| *a = Answer::Drip),
        || Lie::none().in_userinfo(|a| *a = Answer::Drip),
    ];
    std::thread::scope(|scope| {
        for lie in slow {
            scope.spawn(move || {
                let world = lying(lie());
                let started = Instant::now();
                let mut browser = world.usher.browser();
                world.sign_in(&mut browser, "lie").expect(504);
                assert!(started.elapsed() < PAGE_WITHIN, "{:?}", started.elapsed());
                assert_eq!(world.usher.logged("sign_in.failed")["reason"], "provider.slow");
                world.still_works(&mut browser);
            });
        }
    });
}

/// Listens, and takes no connection that is not already waiting.
fn busy() -> (TcpListener, Vec<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let waiting =
        (0..8192).map_while(|_| TcpStream::connect_timeout(&address, Duration::from_millis(50)).ok());
    let waiting = waiting.collect();
    (listener, waiting)
}

#[test]
fn s_363_whoever_does_not_take_a_connection_or_shake_hands_is_given_up_in_time() {
    let (full, waiting) = busy();
    // Takes connections, and never says anything in TLS.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    let (full_port, mute_port) = (port(&full), port(&mute));
    let world = Lying::with(Lie::none(), How::default(), |settings| {
        for (id, port) in [("full", full_port), ("mute", mute_port)] {
            let body = format!(
                "issuer = \"https://127.0.0.1:{port}\"\nclient_id = \"usher\"\nauth_method = \"none\""
            );
            settings.add(&format!("[providers.{id}]"), &body);
        }
    });
    for id in ["full", "mute"] {
        let mut browser = world.usher.browser();
        let started = Instant::now();
        world.sign_in(&mut browser, id).expect(504);
        assert!(
            started.elapsed() < Duration::from_secs(8),
            "{id}: {:?}",
            started.elapsed()
        );
        world.still_works(&mut browser);
    }
    drop((full, mute, waiting));
}

/// Answers that wait at a door until it is opened, and how many wait.
#[derive(Default)]
struct Door {
    state: Mutex<(bool, usize, usize)>,
    moved: Condvar,
}

impl Door {
    fn wait(&self) {
        let mut state = self.state.lock().unwrap();
        state.1 += 1;
        state.2 = state.2.max(state.1);
        self.moved.notify_all();
        state = self.moved.wait_while(state, |(open, ..)| !*open).unwrap();
        state.1 -= 1;
    }

    fn until_so_many_wait(&self, count: usize) {
        let state = self.state.lock().unwrap();
        let patience = Duration::from_secs(30);
        let few = |state: &mut (bool, usize, usize)| state.1 < count;
        let waited = self.moved.wait_timeout_while(state, patience, few).unwrap();
        assert!(!waited.1.timed_out(), "{count} requests never came");
    }

    /// Opens it for good; the most that ever waited.
    fn open(&self) -> usize {
        let mut state = self.state.lock().unwrap();
        state.0 = true;
        self.moved.notify_all();
        state.2
    }
}

#[test]
fn c_20_s_363_while_one_provider_holds_256_sign_ins_up_others_come_and_go() {
    let door = Arc::new(Door::default());
    let at_work = Arc::clone(&door);
    let world = lying(Lie::none().in_token_answer(move |_| at_work.wait()));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    let mut crowd: Vec<(Browser, String)> = (0..TOKEN_REQUESTS + 4)
        .map(|_| {
            let mut browser = world.usher.browser();
            let back = way_back(&mut browser, "lie");
            (browser, back)
        })
        .collect();
    std::thread::scope(|scope| {
        let waiting: Vec<_> = crowd
            .iter_mut()
            .map(|(browser, back)| scope.spawn(|| browser.get(back).status))
            .collect();
        door.until_so_many_wait(TOKEN_REQUESTS);
        let started = Instant::now();
        launches(&mut ada);
        let mut bob = world.usher.browser();
        world.sign_in(&mut bob, "honest").expect(200);
        launches(&mut bob);
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "others waited {:?}",
            started.elapsed()
        );
        door.open();
        for sign_in in waiting {
            let status = sign_in.join().unwrap();
            assert!(matches!(status, 303 | 504), "{status}");
        }
    });
    assert_eq!(door.open(), TOKEN_REQUESTS, "at most so many at once");
}

/// A lie that hangs up on every request while the provider is down.
fn failing(down: &Arc<AtomicBool>) -> Lie {
    let hang_up = |down: &Arc<AtomicBool>| {
        let down = Arc::clone(down);
        move |a: &mut Answer| {
            if down.load(Ordering::SeqCst) {
                *a = Answer::HangUp;
            }
        }
    };
    Lie::none()
        .about_metadata(hang_up(down))
        .about_keys(hang_up(down))
        .in_token_answer(hang_up(down))
        .in_userinfo(hang_up(down))
}

/// Signs in until it works; the provider has come back, and a failure answers for a second.
fn signs_in_soon(world: &Lying, browser: &mut Browser) {
    let until = Instant::now() + Duration::from_secs(20);
    while world.sign_in(browser, "lie").status != 200 {
        assert!(Instant::now() < until, "the provider is never found again");
    }
    assert!(browser.is_signed_in());
}

#[test]
fn s_364_a_provider_that_is_down_at_the_start_and_again_between_authorize_and_token() {
    let down = Arc::new(AtomicBool::new(true));
    let world = lying(failing(&down));
    let readiness = || {
        let ready = world.usher.ops("/readyz").expect(200).json();
        let providers = ready["providers"].as_array().unwrap().clone();
        providers.into_iter().find(|p| p["id"] == "lie").unwrap()
    };
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "lie").expect(502);
    assert_eq!(readiness()["last_failure"], "provider.unreachable");
    assert_eq!(readiness()["metadata"], "unknown");

    down.store(false, Ordering::SeqCst);
    signs_in_soon(&world, &mut ada);
    assert!(readiness()["last_failure"].is_null());
    launches(&mut ada);

    let mut bob = world.usher.browser();
    let back = way_back(&mut bob, "lie");
    down.store(true, Ordering::SeqCst);
    bob.get(&back).expect(502);
    assert!(!bob.is_signed_in());
    assert_eq!(
        world.usher.logged("provider.unreachable")["event"],
        "sign_in.failed"
    );
    launches(&mut ada);
    world.usher.ops("/healthz").expect(200);
    let mut eve = world.usher.browser();
    world.still_works(&mut eve);

    down.store(false, Ordering::SeqCst);
    signs_in_soon(&world, &mut bob);
    launches(&mut bob);
}

/// A JWK set that is what `change` makes of it, from the second fetch on.
fn keys_later(change: impl Fn(usize, &mut Answer) + Send + Sync + 'static) -> Lie {
    let fetches = AtomicUsize::new(0);
    Lie::none().about_keys(move |a| change(fetches.fetch_add(1, Ordering::SeqCst), a))
}

#[test]
fn s_019_keys_that_change_between_token_and_verification_sign_nobody_in() {
    let rotated = |a: &mut Answer| {
        let key = keys::key(keys::ROTATED).jwk(Some("later"));
        edit(a, |v| v["keys"] = json!([key]));
    };
    lying(Lie::none().about_keys(rotated)).refuses(502, "id_token.key_unknown");
    // The same name on another key.
    let renamed = |a: &mut Answer| {
        let key = keys::key(keys::ROTATED).jwk(Some("k0"));
        edit(a, |v| v["keys"] = json!([key]));
    };
    lying(Lie::none().about_keys(renamed)).refuses(502, "id_token.signature_invalid");
}

#[test]
fn s_019_keys_that_are_late_by_one_fetch_are_found() {
    lying(keys_later(|fetch, a| {
        if fetch == 0 {
            edit(a, |v| v["keys"] = json!([]));
        }
    }))
    .accepts();
}

/// S-424: what was fetched serves, whatever becomes of the address that it came from.
#[test]
fn s_424_keys_are_kept_while_their_address_is_down() {
    let world = lying(keys_later(|fetch, a| {
        if fetch > 0 {
            *a = Answer::HangUp;
        } else if let Answer::Full { headers, .. } = a {
            // Kept for five minutes all the same.
            headers.push(("Cache-Control".to_owned(), "no-store".to_owned()));
        }
    }));
    for _ in 0..3 {
        let mut browser = world.usher.browser();
        world.sign_in(&mut browser, "lie").expect(200);
        launches(&mut browser);
    }
    assert_eq!(world.liar.asked("lie", "jwks"), 1);
}

#[test]
fn s_360_a_provider_that_changes_its_keys_all_the_time_is_asked_a_few_times_only() {
    let kid = AtomicUsize::new(0);
    let lie = Lie::none().in_header(move |h| {
        h["kid"] = format!("new-{}", kid.fetch_add(1, Ordering::SeqCst)).into();
    });
    let world = lying(lie);
    for _ in 0..8 {
        let mut browser = world.usher.browser();
        world.sign_in(&mut browser, "lie").expect(502);
    }
    assert_eq!(
        world.liar.asked("lie", "jwks"),
        1 + 3,
        "the first, and a burst of three"
    );
    world.still_works(&mut world.usher.browser());
}
