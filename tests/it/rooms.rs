//! While a room of Vonage Video is made: who waits, and who leaves.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::harness::Browser;
use crate::harness::server::Answer;
use crate::vonage_video::{Api, join, session, with_room};

#[test]
fn s_363_nobody_waits_for_the_failures_of_those_before() {
    let api = Api::start(|_| Answer::Silence);
    let world = with_room(&api);
    let cookie = world.signed_in("ada").cookie("usher").unwrap().to_owned();
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut browser = world.usher.browser();
                browser.plant("usher", &cookie);
                join(&world, &mut browser, "7").expect(504);
            });
        }
    });
    assert!(started.elapsed().as_secs() < 15, "{:?}", started.elapsed());
}

#[test]
fn s_161_whoever_signs_out_while_a_room_is_made_gets_no_token() {
    let leaves: Arc<Mutex<Option<Browser>>> = Arc::default();
    let elsewhere = Arc::clone(&leaves);
    let api = Api::start(move |number| {
        if let Some(mut tab) = elsewhere.lock().unwrap().take() {
            let page = tab.get("/auth/logout").expect(200);
            tab.submit_once(&page, []).expect(303);
        }
        session(number)
    });
    let world = with_room(&api);
    let mut ada = world.signed_in("ada");
    let mut tab = world.usher.browser();
    tab.plant("usher", ada.cookie("usher").unwrap());
    *leaves.lock().unwrap() = Some(tab);
    let answer = join(&world, &mut ada, "7").expect(401);
    assert_eq!(answer.json()["code"], "session.required");
    assert!(world.usher.audited("launch").is_empty());
}
