//! Apps that demand a recent or a strong sign-in, at a provider that lies about it.

use serde_json::{Value, json};

use crate::harness::lie::remove;
use crate::harness::server::value_of;
use crate::harness::{How, Lie, Lying, Settings, token_in};

fn world(lie: Lie, change: impl Fn(&mut Settings)) -> Lying {
    Lying::with(lie, How::default(), |settings| {
        settings.set("[apps.townhall]", "max_auth_age", "\"5m\"");
        change(settings);
    })
}

fn shift(seconds: i64) -> Lie {
    Lie::none().in_claims(move |c| c["auth_time"] = (c["iat"].as_i64().unwrap() + seconds).into())
}

fn with_acr(acr: Option<Value>) -> Lying {
    let lie = Lie::none().in_claims(move |c| {
        if let Some(acr) = &acr {
            c["acr"] = acr.clone();
        }
    });
    world(lie, |settings| {
        settings.set("[apps.townhall]", "acr_values", "[\"gold\", \"silver\"]");
    })
}

/// One round at the lying provider ends at the page, without session and token.
#[track_caller]
fn refused(world: &Lying, reason: &str) {
    let mut ada = world.usher.browser();
    let page = ada.go("/auth/login?provider=lie&app=townhall").expect(403);
    assert!(!ada.is_signed_in());
    assert_eq!(world.liar.asked("lie", "authorize"), 1, "no second round");
    let denied = world.usher.audited("denied").remove(0);
    assert_eq!(denied["reason"], reason);
    assert_eq!(denied["reference"].as_str(), page.header("X-Request-Id"));
    assert_eq!(world.usher.logged(reason)["event"], "launch.refused");
    assert!(world.usher.audited("sign_in").is_empty());
    // Coming back to it opens nothing either.
    ada.get(&page.url.replace(&world.usher.url("/"), "/")).expect(400);
    ada.go("/auth/login?provider=honest&app=townhall");
    assert!(ada.is_signed_in() || reason == "access.acr_not_met");
}

#[track_caller]
fn arrives(world: &Lying) {
    let mut ada = world.usher.browser();
    let arrived = ada.go("/auth/login?provider=lie&app=townhall").expect(200);
    token_in(&arrived.url);
    ada.get("/launch/townhall").expect(302);
    assert_eq!(world.liar.asked("lie", "authorize"), 1);
}

#[test]
fn s_142_auth_time_is_required_where_max_age_was_sent() {
    let missing = Lie::none().in_claims(|c| remove(c, "auth_time"));
    refused(&world(missing, |_| ()), "access.auth_time_unknown");
}

#[test]
fn s_142_auth_time_is_a_number() {
    let text = Lie::none().in_claims(|c| c["auth_time"] = c["auth_time"].to_string().into());
    refused(&world(text, |_| ()), "access.auth_time_unknown");
}

#[test]
fn s_142_a_stale_auth_time_is_refused() {
    refused(&world(shift(-370), |_| ()), "access.auth_too_old");
}

#[test]
fn s_142_an_auth_time_that_is_yet_to_come_is_none() {
    refused(&world(shift(75), |_| ()), "access.auth_time_unknown");
}

#[test]
fn c_48_a_minute_of_leeway_holds_for_auth_time() {
    arrives(&world(shift(-340), |_| ()));
    arrives(&world(shift(45), |_| ()));
}

#[test]
fn s_141_the_acr_that_comes_back_is_one_that_was_asked_for() {
    for acr in [
        None,
        Some(json!("bronze")),
        Some(json!("gold silver")),
        Some(json!(["gold"])),
    ] {
        refused(&with_acr(acr), "access.acr_not_met");
    }
    arrives(&with_acr(Some(json!("silver"))));
}

#[test]
fn c_14_neither_comes_from_userinfo() {
    let lie = Lie::none()
        .in_claims(|c| remove(c, "auth_time"))
        .in_userinfo(|answer| {
            crate::harness::lie::edit(answer, |v| {
                v["auth_time"] = 4_000_000_000_i64.into();
                v["acr"] = "gold".into();
            });
        });
    refused(&world(lie, |_| ()), "access.auth_time_unknown");
}

#[test]
fn c_22_our_clock_counts_where_the_provider_says_nothing_and_was_told_to_ask() {
    let world = world(Lie::none().in_claims(|c| remove(c, "auth_time")), |settings| {
        settings.set("[providers.lie]", "auth_time", "\"callback\"");
    });
    arrives(&world);
    let asked = world.liar.requests("lie", "authorize").remove(0).query();
    assert_eq!(value_of(&asked, "prompt"), Some("login"));
    assert_eq!(value_of(&asked, "max_age"), Some("300"));
    // A sign-in for the portal asks for no credentials, and so proves nothing.
    let mut bob = world.usher.browser();
    world.sign_in(&mut bob, "lie").expect(200);
    let asked = world.liar.requests("lie", "authorize").remove(1).query();
    assert_eq!(value_of(&asked, "prompt"), None);
    bob.go("/launch/townhall").expect(200);
    assert_eq!(world.liar.asked("lie", "authorize"), 3);
}

#[test]
fn c_22_our_clock_counts_nowhere_else() {
    let world = world(shift(-3600), |settings| {
        settings.set("[providers.lie]", "auth_time", "\"callback\"");
    });
    refused(&world, "access.auth_too_old");
}

#[test]
fn s_071_max_age_is_never_zero_and_prompt_never_none() {
    let world = world(Lie::none(), |_| ());
    let mut ada = world.usher.browser();
    for login in [
        "provider=lie&app=townhall",
        "provider=lie&app=townhall&switch=1",
        "provider=lie",
        "provider=lie&switch=1",
    ] {
        ada.go(&format!("/auth/login?{login}")).expect(200);
    }
    for asked in world.liar.requests("lie", "authorize") {
        let asked = asked.query();
        assert_ne!(value_of(&asked, "max_age"), Some("0"));
        assert_ne!(value_of(&asked, "prompt"), Some("none"));
    }
}

#[test]
fn c_19_another_providers_person_goes_to_the_apps_own_with_all_that_it_demands() {
    let world = world(Lie::none(), |settings| {
        settings.set("[apps.townhall]", "providers", "[\"honest\"]");
    });
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "lie").expect(200);
    let arrived = ada.go("/launch/townhall").expect(200);
    token_in(&arrived.url);
    let asked = world.liar.requests("honest", "authorize").remove(0).query();
    assert_eq!(value_of(&asked, "max_age"), Some("300"));
    assert_eq!(value_of(&asked, "login_hint"), None, "known elsewhere");
    ada.get("/launch/townhall").expect(302);
    // Another account, at the one provider that the app takes.
    ada.go("/auth/login?app=townhall&switch=1").expect(200);
    let asked = world.liar.requests("honest", "authorize").remove(1).query();
    assert_eq!(value_of(&asked, "prompt"), Some("select_account"));
    assert_eq!(value_of(&asked, "max_age"), Some("300"));
    ada.get("/auth/login?app=townhall&switch=1&provider=lie")
        .expect(403);
}

#[test]
fn s_141_a_provider_may_say_itself_that_it_cannot() {
    let lie = Lie::none().on_the_way_back(|answer| {
        answer.retain(|(name, _)| name != "code");
        answer.push(("error".into(), "unmet_authentication_requirements".into()));
    });
    let world = world(lie, |settings| {
        settings.set("[apps.townhall]", "acr_values", "[\"gold\"]");
    });
    let mut ada = world.usher.browser();
    let page = ada.go("/auth/login?provider=lie&app=townhall").expect(403);
    page.shows("A stronger sign-in is needed").shows("Town hall");
    assert!(!ada.is_signed_in());
    let logged = world.usher.logged("callback.unmet_authentication_requirements");
    assert_eq!(logged["event"], "sign_in.failed");
}
