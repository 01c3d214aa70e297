//! `bind_email`: an address that changes hands opens nothing (S-325, C-17).

use serde_json::json;

use crate::harness::{Browser, How, Lie, Lying};

fn world() -> Lying {
    let world = Lying::with(Lie::none(), How::default(), |settings| {
        settings.set("[apps.townhall]", "bind_email", "true").set(
            "[apps.townhall]",
            "allow",
            "[\"everyone\"]",
        );
    });
    says(&world, "ada@example.com");
    world
}

fn says(world: &Lying, email: &str) {
    world
        .liar
        .says(json!({ "name": "Ada", "email": email, "email_verified": true }));
}

fn signed_in(world: &Lying, provider: &str) -> Browser {
    let mut browser = world.usher.browser();
    world.sign_in(&mut browser, provider).expect(200);
    browser
}

fn refused(world: &Lying, browser: &mut Browser, reason: &str) {
    let page = browser.get("/launch/townhall").expect(403);
    assert!(page.header("Location").is_none(), "nothing leaves");
    let row = world.usher.audited("denied").pop().expect("a record");
    assert_eq!(
        (&row["reason"], &row["app"]),
        (&json!(reason), &json!("townhall"))
    );
}

#[test]
fn s_325_c_17_an_address_that_changes_hands_opens_nothing_until_it_is_let_go() {
    let world = world();
    let mut ada = signed_in(&world, "honest");
    ada.get("/launch/townhall").expect(302);
    ada.get("/launch/townhall").expect(302);

    // The same address, and another person.
    let mut successor = signed_in(&world, "lie");
    refused(&world, &mut successor, "access.email_rebound");
    assert_eq!(world.usher.audited("launch").len(), 2);
    let page = successor.get("/launch/townhall").expect(403).text();
    assert!(
        page.contains("This address belongs to another account here"),
        "{page}"
    );

    // The same person, and another address.
    says(&world, "lovelace@example.com");
    let mut renamed = signed_in(&world, "honest");
    refused(&world, &mut renamed, "access.email_rebound");

    let nobody = world
        .usher
        .run(&["unbind", "nobody@example.com", "--app", "townhall"]);
    assert!(!nobody.status.success());
    let done = world
        .usher
        .run(&["unbind", "ADA@example.com", "--app", "townhall"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let row = world.usher.audited("admin").pop().expect("C-17: it is on record");
    assert_eq!(row["reason"], "binding.cleared");
    assert_eq!((&row["app"], &row["actor"]), (&json!("townhall"), &json!("cli")));
    renamed.get("/launch/townhall").expect(302);
    successor.get("/launch/townhall").expect(302);
    ada.get("/launch/townhall").expect(403);
}

#[test]
fn s_325_only_a_verified_address_is_bound() {
    let world = world();
    world
        .liar
        .says(json!({ "name": "Eve", "email": "ada@example.com" }));
    let mut eve = signed_in(&world, "lie");
    refused(&world, &mut eve, "access.email_unverified");
    says(&world, "ada@example.com");
    signed_in(&world, "honest").get("/launch/townhall").expect(302);
}

#[test]
fn c_17_a_binding_outlives_a_restart() {
    let mut world = world();
    signed_in(&world, "honest").get("/launch/townhall").expect(302);
    world.usher.stop();
    world.usher.start_again();
    let mut successor = signed_in(&world, "lie");
    refused(&world, &mut successor, "access.email_rebound");
}
