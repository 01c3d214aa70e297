//! Who may open what: exact matches, and nothing by guess.

use serde_json::json;

use crate::custom;
use crate::harness::{How, Lie, Lying, SUPPORT, World, claims_of, keys, lying, refused_at_load};

use super::claims::{frameable, launch, try_launch};

#[test]
fn s_327_groups_match_exactly_or_not_at_all() {
    let world = World::start();
    for groups in [
        json!(["Staff"]),
        json!(["staff "]),
        json!(["ѕtaff"]),
        json!("staff,comms"),
        json!(["staffs"]),
        json!([]),
    ] {
        let (_, answer) = try_launch(&world, json!({ "groups": groups }), "/launch/townhall");
        assert_eq!(answer.status, 403, "{groups}");
    }
    let claims = frameable(&world, json!({ "groups": ["staff", "Comms", "comms "] }));
    assert!(
        claims.get("roles").is_none(),
        "no role by a group that looks alike"
    );
}

#[test]
fn c_15_unknown_groups_open_nothing_and_name_the_cure() {
    let world = lying(Lie::none());
    for (said, reason) in [
        (
            json!({ "name": "Ada", "_claim_names": { "groups": "src1" }, "_claim_sources": { "src1": { "endpoint": "https://graph.example" } } }),
            "access.groups_overage",
        ),
        (
            json!({ "name": "Ada", "hasgroups": true }),
            "access.groups_overage",
        ),
        (
            json!({ "name": "Ada", "groups": { "a": 1 } }),
            "access.groups_unknown",
        ),
        (json!({ "name": "Ada" }), "access.groups_unknown"),
    ] {
        world.liar.says(said);
        let mut ada = world.usher.browser();
        world.sign_in(&mut ada, "honest").expect(200);
        ada.get("/launch/townhall").expect(403);
        assert_eq!(world.usher.audited("denied").last().unwrap()["reason"], reason);
    }
}

#[test]
fn c_15_deny_over_something_unknown_refuses() {
    let world = lying_with_deny();
    world
        .liar
        .says(json!({ "name": "Ada", "email": "ada@example.com", "email_verified": true }));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    ada.get("/launch/townhall").expect(403);
    world.liar.says(json!({ "name": "Ada", "groups": ["staff"] }));
    world.sign_in(&mut ada, "honest").expect(200);
    ada.get("/launch/townhall").expect(302);
    world
        .liar
        .says(json!({ "name": "Ada", "groups": ["staff", "banned"] }));
    world.sign_in(&mut ada, "honest").expect(200);
    ada.get("/launch/townhall").expect(403);
    assert_eq!(
        world.usher.audited("denied").last().unwrap()["reason"],
        "access.denied"
    );
}

fn lying_with_deny() -> crate::harness::Lying {
    crate::harness::Lying::with(Lie::none(), crate::harness::How::default(), |settings| {
        settings.set("[apps.townhall]", "allow", "[\"everyone\"]").set(
            "[apps.townhall]",
            "deny",
            "[\"group:banned\"]",
        );
    })
}

#[test]
fn when_must_hold_too() {
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "when", "\"user.claims.region == 'emea'\"");
    });
    frameable(&world, json!({ "region": "emea" }));
    for region in [json!("apac"), json!(null), json!(["emea"])] {
        let (_, answer) = try_launch(&world, json!({ "region": region }), "/launch/townhall");
        answer.expect(403);
    }
    assert_eq!(world.usher.audited("denied")[0]["reason"], "access.when_not_met");
}

#[test]
fn c_5_cobrowse_takes_the_first_role_that_matches() {
    let world = World::with(|settings| {
        let roles = "[{ role = \"administrator\", allow = [\"group:comms\"] }]";
        settings.set("[apps.support]", "roles", roles);
    });
    let admin = launch(
        &world,
        json!({ "groups": ["support", "comms"] }),
        SUPPORT,
        keys::SUPPORT,
    );
    assert_eq!(admin["role"], "administrator");
    let agent = launch(&world, json!({ "groups": ["support"] }), SUPPORT, keys::SUPPORT);
    assert_eq!(agent["role"], "agent");
}

#[test]
fn s_324_a_domain_opens_only_for_verified_addresses_of_exactly_it() {
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "allow", "[\"domain:example.com\"]");
    });
    for (email, verified) in [
        ("ada@example.com", false),
        ("ada@evil.example.com", true),
        ("ada@example.com.evil.test", true),
        ("ada@notexample.com", true),
        ("example.com@evil.test", true),
        ("ada@evil.test@example.com", true),
    ] {
        let profile = json!({ "email": email, "email_verified": verified });
        let (_, answer) = try_launch(&world, profile, "/launch/townhall");
        assert_eq!(answer.status, 403, "{email}");
    }
    frameable(&world, json!({ "email": "ada@EXAMPLE.com" }));
}

/// The address that a provider merely repeats is anybody's, whatever name it is read by.
#[test]
fn s_323_nothing_rests_on_an_unverified_address() {
    let ada = r#""user.claims.email == 'ada@example.com'""#;
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "when", ada);
        let url = "url = \"https://tool.example.com/sso\"";
        let by_name = "claims = { sub = \"{{ user.claims['email'] }}\" }";
        custom::app(settings, "tool", &format!("{url}\n{by_name}"));
        let asks = r#"when = "user.email == 'ada@example.com' or not user.email_verified""#;
        custom::app(settings, "asks", &format!("{url}\n{asks}"));
    });
    let denial = || world.usher.audited("denied").pop().unwrap()["reason"].clone();
    for verified in [json!(false), json!("true"), json!(null)] {
        let profile = json!({ "email_verified": verified });
        let (mut ada, answer) = try_launch(&world, profile, "/launch/townhall");
        answer.expect(403);
        assert_eq!(denial(), "access.email_unverified");
        ada.get("/launch/tool").expect(403);
        assert_eq!(denial(), "claims.email_unverified");
        ada.get("/launch/asks").expect(302);
    }
    let (mut ada, answer) = try_launch(&world, json!({}), "/launch/townhall");
    answer.expect(302);
    ada.get("/launch/tool").expect(302);
    refused_at_load(
        |settings| {
            let deny = "url = \"https://tool.example.com/\"\ndeny = [\"claim:email=ada@example.com\"]";
            custom::app(settings, "tool", deny);
        },
        "email:A asks whether it is verified",
    );
}

#[test]
fn an_identity_is_never_an_address() {
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "allow", "[\"email:bob@example.com\"]");
    });
    let (_, answer) = try_launch(&world, json!({ "email": "ada@example.com" }), "/launch/townhall");
    answer.expect(403);
    let mut bob = world.signed_in("bob");
    bob.get("/launch/townhall").expect(302);
}

#[test]
fn c_13_a_claim_name_with_dots_is_first_taken_literally() {
    let world = Lying::with(Lie::none(), How::default(), |settings| {
        settings
            .set(
                "[providers.honest]",
                "groups_claim",
                "\"https://acme.com/groups\"",
            )
            .set(
                "[apps.townhall]",
                "allow",
                "[\"claim:https://acme.com/dept.name=legal\"]",
            )
            .set(
                "[apps.townhall]",
                "user_profile",
                "[[\"dept\", \"{{ user.claims['https://acme.com/dept.name'] }}\"]]",
            )
            .set("[apps.support]", "allow", "[\"claim:org.unit=seats\"]");
    });
    world.liar.says(json!({
        "name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true, "region": "emea",
        "https://acme.com/dept.name": "legal", "https://acme.com/groups": ["comms"],
        "org.unit": "literal", "org": { "unit": "seats" },
    }));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    let claims = claims_of(&ada.get("/launch/townhall").expect(302), keys::TOWNHALL);
    assert_eq!(claims["userProfile"], json!([["dept", "legal"]]));
    assert_eq!(claims["roles"], json!(["host"]), "by a group of the dotted claim");
    ada.get(SUPPORT).expect(403);

    // Where there is no claim of the whole name, the dots are a path.
    world.liar.says(json!({
        "name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true, "region": "emea",
        "org": { "unit": "seats" },
    }));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    ada.get(SUPPORT).expect(302);
    ada.get("/launch/townhall").expect(403);
}

#[test]
fn s_330_a_right_that_was_taken_away_ends_with_its_age_and_at_last_with_the_session() {
    let how = How {
        movable_clock: true,
        ..How::default()
    };
    let lie = Lie::none().in_claims(|c| c["auth_time"] = c["iat"].clone());
    let world = Lying::with(lie, how, |settings| {
        let roles = "[{ role = \"host\", allow = [\"group:comms\"], max_auth_age = \"10m\" }]";
        settings
            .set("[apps.townhall]", "roles", roles)
            .set("[session]", "lifetime", "\"1h\"")
            .set("[session]", "idle", "\"1h\"");
    });
    let in_groups = |groups: serde_json::Value| {
        let profile =
            json!({ "name": "Ada", "email": "ada@example.com", "email_verified": true, "groups": groups });
        world.liar.says(profile);
    };
    in_groups(json!(["staff", "comms"]));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "lie").expect(200);
    let mut roles = || claims_of(&ada.get("/launch/townhall").expect(302), keys::TOWNHALL)["roles"].clone();
    assert_eq!(roles(), json!(["host"]));

    in_groups(json!(["leavers"]));
    world.usher.set_ahead(11 * 60);
    assert_eq!(roles(), json!(null), "the role went with the age of the sign-in");

    world.usher.set_ahead(3601);
    world.liar.set_ahead(3601);
    let answer = ada.get("/launch/townhall").expect(302);
    assert!(answer.location().contains("/auth/login?"), "the session is over");
    world.sign_in(&mut ada, "lie").expect(200);
    ada.get("/launch/townhall").expect(403);
    let launches = world.usher.audited("launch").len();
    assert_eq!(launches, 2, "mint+0");
}
