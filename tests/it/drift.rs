//! Claims that change at the provider: told of on `/admin`, in the log and in metrics.

use serde_json::{Value, json};

use crate::admin::admins;
use crate::harness::log::Log;
use crate::harness::table::{run_sql, wait_for_rows};
use crate::harness::{Browser, World};
use crate::overview::between;

/// Ends and begins the gateway, so that what was counted is written and looked at: otherwise that takes a minute.
fn let_a_minute_pass(world: &mut World) {
    world.usher.stop();
    world.usher.start_again();
}

/// Makes what was counted so far older by whole days.
fn days_pass(world: &mut World, days: u32) {
    world.usher.stop();
    run_sql(
        world.usher.dir.path(),
        &format!(
            "UPDATE claim_hours SET hour = strftime('%Y-%m-%dT%H', hour || ':00:00', '-{days} days'); \
             UPDATE groups_seen SET since = date(since, '-{days} days'), seen = date(seen, '-{days} days')"
        ),
    );
    world.usher.start_again();
}

fn sign_ins(world: &World, times: usize, claims: &Value) {
    world.person("kim", claims.clone());
    for _ in 0..times {
        world.signed_in("kim");
    }
}

fn kim(change: &Value) -> Value {
    let mut claims = json!({ "name": "Kim", "email": "kim@example.com", "groups": ["staff", "support", "comms", "chess"] });
    claims
        .as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    claims
}

fn told(world: &World) -> Vec<Value> {
    let lines = Log::lines(&world.usher.log.text());
    lines
        .into_iter()
        .filter(|line| line["event"] == "claims.drift")
        .collect()
}

/// What stands on top of the page.
fn alarms(admin: &mut Browser) -> String {
    let page = admin.get("/admin").expect(200).text();
    let Some((_, rest)) = page.split_once("<section class=\"row alarms\"") else {
        return String::new();
    };
    rest.split_once("</section>").expect("its end").0.to_owned()
}

#[test]
fn groups_that_vanish_are_told_of_and_so_is_their_return() {
    let mut world = World::with(|settings| {
        admins(settings);
        settings.set("[admin]", "allow", "[\"email:ada@example.com\"]");
    });
    sign_ins(&world, 5, &kim(&json!({})));
    days_pass(&mut world, 2);
    let mut ada = world.signed_in("ada");
    assert_eq!(alarms(&mut ada), "");
    assert!(told(&world).is_empty());

    sign_ins(&world, 19, &kim(&json!({ "groups": null })));
    let_a_minute_pass(&mut world);
    let line = world.usher.logged("claims.drift");
    assert_eq!(
        (
            &line["level"],
            &line["reason"],
            &line["provider"],
            &line["claim"],
            &line["ended"]
        ),
        (
            &json!("WARN"),
            &json!("vanished"),
            &json!("work"),
            &json!("groups"),
            &json!(false)
        )
    );
    let labels = ["provider=\"work\"", "claim=\"groups\"", "problem=\"vanished\""];
    assert!(world.usher.metric("usher_claim_drift", &labels) > 0.5);
    assert!(world.usher.metric("usher_claim_drift", &[]) < 1.5, "nothing else");
    let alarm = alarms(&mut ada);
    for shown in [
        "<bdi>groups</bdi> no longer comes from <bdi>Work</bdi>",
        "Town hall",
        "Support console",
        "/admin/apps/townhall",
    ] {
        assert!(alarm.contains(shown), "{shown}: {alarm}");
    }

    sign_ins(&world, 19, &kim(&json!({})));
    let_a_minute_pass(&mut world);
    assert_eq!(alarms(&mut ada), "");
    assert!(world.usher.metric("usher_claim_drift", &[]) < 0.5);
}

#[test]
fn addresses_that_turn_unverified_and_a_title_of_another_form_are_told_of() {
    let mut world = World::with(|settings| {
        admins(settings);
        settings.set("[apps.townhall]", "allow", "[\"domain:example.com\"]");
    });
    sign_ins(&world, 5, &kim(&json!({ "title": "Dr", "region": "emea" })));
    days_pass(&mut world, 2);
    sign_ins(
        &world,
        3,
        &kim(&json!({ "title": ["Dr"], "region": "emea", "email_verified": false })),
    );
    let_a_minute_pass(&mut world);
    let mut ada = world.usher.browser();
    world
        .open(&mut ada, "/auth/login?provider=work", "ada")
        .expect(200);
    let alarm = alarms(&mut ada);
    for shown in [
        "E-mail addresses from <bdi>Work</bdi> are no longer verified",
        "<bdi>title</bdi> comes in another form",
        "<bdi>text</bdi>",
        "<bdi>list</bdi>",
    ] {
        assert!(alarm.contains(shown), "{shown}: {alarm}");
    }
    assert!(!alarm.contains("region"), "{alarm}");
    world.usher.logged("retyped");
    let reasons: Vec<Value> = told(&world)
        .into_iter()
        .map(|line| line["reason"].clone())
        .collect();
    assert_eq!(reasons, ["unverified", "retyped"]);
}

#[test]
fn a_group_that_nobody_is_in_for_thirty_days_is_told_of() {
    let mut world = World::with(|settings| {
        admins(settings);
        settings.set("[apps.townhall]", "allow", "[\"group:staff\", \"group:stuff\"]");
    });
    wait_for_rows(world.usher.dir.path(), "groups_seen");
    days_pass(&mut world, 20);
    sign_ins(&world, 10, &kim(&json!({})));
    days_pass(&mut world, 9);
    assert!(told(&world).is_empty(), "for 29 days");
    days_pass(&mut world, 1);
    let line = world.usher.logged("claims.drift");
    assert_eq!(
        (&line["reason"], &line["group"]),
        (&json!("group_unseen"), &json!("stuff"))
    );
    assert_eq!(told(&world).len(), 1, "the others were seen");
    let mut ada = world.signed_in("ada");
    let alarm = alarms(&mut ada);
    assert!(
        alarm.contains("Nobody is in the group <bdi>stuff</bdi>"),
        "{alarm}"
    );
    assert!(
        world
            .usher
            .metric("usher_claim_drift", &["problem=\"group_unseen\""])
            > 0.5
    );
}

#[test]
fn the_forms_of_claims_are_shown_day_by_day_and_what_they_say_is_kept_nowhere() {
    let mut world = World::with(admins);
    sign_ins(&world, 2, &kim(&json!({ "region": "emea" })));
    sign_ins(&world, 2, &kim(&json!({ "region": "" })));
    days_pass(&mut world, 1);
    world.usher.stop();
    let db = world.usher.dir.path().join("usher.db");
    // Sessions hold a person's claims for as long as they last; the counts hold none.
    run_sql(
        world.usher.dir.path(),
        "DELETE FROM sessions; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)",
    );
    let bytes = std::fs::read(&db).unwrap();
    assert!(
        crate::harness::wire::find(&bytes, b"chess").is_none(),
        "no rule names it"
    );
    world.usher.start_again();
    let mut ada = world.signed_in("ada");
    let page = ada.get("/admin").expect(200).text();
    let claims = between(&page, "<h2 id=\"claims\">", "</section>");
    let row = |name: &str| between(claims, &format!("<bdi>{name}</bdi>"), "</tr>").to_owned();
    assert!(row("groups").contains("list") && row("groups").contains(">100<"));
    assert!(
        row("region").contains("text") && row("region").contains(">50<"),
        "{}",
        row("region")
    );
    assert!(!claims.contains("<bdi>sub</bdi>"), "nobody reads it");
}
