//! What strangers and providers may say, and a database does not take.

use crate::harness::liar::random;
use crate::harness::logout_token::is_in;
use crate::harness::postgres::{PASSWORD, Postgres};
use crate::harness::{How, Lie, Lying};

fn lying_over_postgres(lie: Lie) -> Lying {
    let database = Postgres::shared().database();
    let world = Lying::with(lie, How::default(), |settings| {
        settings.keep_in(&database);
    });
    world.usher.secrets.add("the database's password", PASSWORD);
    world
}

#[test]
fn c_42_a_stranger_cannot_have_the_store_taken_for_down() {
    let world = lying_over_postgres(Lie::naming_sessions());
    let mut ada = world.ada_at("lie");
    for sid in ["%00", "s1%00", &"a%00b".repeat(400), &"x".repeat(6000)] {
        let mut stranger = world.usher.browser();
        stranger
            .get(&format!("/auth/frontchannel-logout/lie?sid={sid}"))
            .expect(200);
    }
    for path in ["/?q=%00", "/launch/townhall?a=%00", "/auth/login?provider=%00"] {
        ada.get(path);
    }
    assert!(!world.usher.log.text().contains("store.read_failed"));
    world.usher.ops("/readyz").expect(200);
    is_in(&mut ada, true);
}

/// Such a name of a session is none: neither a database nor an index of one takes it.
#[test]
fn a_provider_s_odd_sid_keeps_nobody_out() {
    let long: String = (0..200).map(|_| random()).collect();
    assert!(long.len() > 4000);
    for sid in ["a\0b".to_owned(), long] {
        let world =
            lying_over_postgres(Lie::none().in_claims(move |claims| claims["sid"] = sid.clone().into()));
        let mut ada = world.ada_at("lie");
        is_in(&mut ada, true);
        ada.get("/launch/townhall").expect(302);
    }
}
