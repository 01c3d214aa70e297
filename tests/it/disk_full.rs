//! The disk takes nothing more, and later does again.

use std::process::Command;
use std::time::Duration;

use crate::harness::{How, World, token_in};

/// How far files may grow: `0` stands for a disk that is full. Only the soft limit, which can be raised again.
fn let_files_grow(world: &World, to: &str) {
    let set = Command::new("prlimit")
        .args([format!("--pid={}", world.usher.id()), format!("--fsize={to}:")])
        .status();
    assert!(set.is_ok_and(|status| status.success()), "prlimit");
}

#[test]
fn c_40_lesson_19_a_full_disk_costs_launches_and_nothing_else() {
    let how = How {
        ignores_file_limits: true,
        ..How::default()
    };
    let mut world = World::how(how, |_| ());
    let mut ada = world.signed_in("ada");
    let mut tokens = vec![token_in(ada.get("/launch/townhall").expect(302).location())];
    for _ in 0..2 {
        let_files_grow(&world, "0");
        for _ in 0..3 {
            let answer = ada.get("/launch/townhall").expect(503);
            assert!(answer.header("Retry-After").is_some());
            assert!(answer.header("Location").is_none(), "no row, no token");
            assert_eq!(answer.set_cookies(), [], "cookies are kept");
        }
        world.usher.ops("/readyz").expect(503);
        let times = world.usher.log.text().matches("store.up").count();
        let_files_grow(&world, "unlimited");
        let back = world.usher.log.wait_for(Duration::from_secs(30), |text| {
            (text.matches("store.up").count() > times).then_some(())
        });
        assert!(back.is_some(), "the store has not come back by itself");
        tokens.push(token_in(ada.get("/launch/townhall").expect(302).location()));
    }
    assert_eq!(world.usher.audited("launch").len(), tokens.len());
    // Full at the very end: the restart is clean, and nobody is signed out.
    let_files_grow(&world, "0");
    ada.get("/launch/townhall").expect(503);
    world.usher.kill();
    world.usher.start_again();
    ada.get("/launch/townhall").expect(302);
    assert_eq!(world.usher.audited("launch").len(), tokens.len() + 1);
    assert!(world.usher.run(&["audit", "verify"]).status.success());
}
