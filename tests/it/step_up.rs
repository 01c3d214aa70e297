//! Apps that demand a recent or a strong sign-in, at a certified provider.

use serde_json::{Value, json};
use url::Url;

use crate::harness::{Browser, How, Op, Request, Response, SUPPORT, World, keys, token_in};

const MINUTES: &str = "\"5m\"";

fn fresh(app: &'static str) -> World {
    World::with(|settings| {
        settings.set(app, "max_auth_age", MINUTES);
    })
}

fn two_factor() -> World {
    World::with(|settings| {
        settings.set("[apps.townhall]", "acr_values", "[\"gold\", \"two-factor\"]");
    })
}

/// A parameter of the last authorization request.
fn asked(browser: &Browser, name: &str) -> Option<String> {
    let requests = browser
        .hops
        .iter()
        .filter(|hop| hop.url.starts_with(&Op::issuer()));
    let mut urls = requests.filter_map(|hop| Url::parse(&hop.url).ok());
    let last = urls.rfind(|url| url.query_pairs().any(|(name, _)| name == "client_id"))?;
    last.query_pairs()
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.into_owned())
}

fn callbacks(browser: &Browser) -> usize {
    let hops = browser.hops.iter();
    hops.filter(|hop| hop.url.contains("/auth/callback/")).count()
}

#[track_caller]
fn is_login_form(page: &Response) {
    assert!(
        page.url.starts_with(&format!("{}/sign-in/", Op::issuer())),
        "{}",
        page.path()
    );
}

#[test]
fn s_142_an_old_sign_in_goes_by_the_provider_and_arrives_at_the_same_launch() {
    let world = fresh("[apps.support]");
    let mut ada = world.signed_in("ada");
    let before = ada.cookie("usher").unwrap().to_owned();
    world.op.ages("ada", 3600);
    let form = ada.go(SUPPORT);
    is_login_form(&form);
    assert_eq!(asked(&ada, "max_age").as_deref(), Some("300"));
    assert_eq!(asked(&ada, "login_hint").as_deref(), Some("ada@example.com"));
    assert_eq!(asked(&ada, "prompt"), None);
    let arrived = ada.submit(&form, [("login", "ada")]).expect(200);
    assert!(
        arrived.url.contains("filter_user_email=grace%40example.org"),
        "{}",
        arrived.path()
    );
    assert_ne!(ada.cookie("usher").unwrap(), before, "S-307");
    let mut thief = world.usher.browser();
    thief.plant("usher", &before);
    thief.get("/account").expect(302);
    ada.get(SUPPORT).expect(302);
    assert_eq!(ada.hops.len(), 1, "and then it is recent enough");
    assert!(world.usher.audited("denied").is_empty());
}

#[test]
fn s_142_nobody_sees_it_where_the_providers_session_is_young() {
    let world = fresh("[apps.townhall]");
    let mut ada = world.signed_in("ada");
    let arrived = ada.go("/launch/townhall").expect(200);
    token_in(&arrived.url);
    assert_eq!(callbacks(&ada), 1);
    let mut signed_out = world.usher.browser();
    world.open(&mut signed_out, "/launch/townhall", "ada").expect(200);
    assert_eq!(asked(&signed_out, "login_hint"), None, "nobody is known yet");
    signed_out.get("/launch/townhall").expect(302);
    assert_eq!(signed_out.hops.len(), 1, "one sign-in does for both");
}

/// What the provider says is from before: its session is young by its own clock, and old by ours.
#[test]
fn c_22_stale_after_one_round_is_a_page_and_no_second_round() {
    let how = How {
        movable_clock: true,
        ..How::default()
    };
    let world = World::how(how, |settings| {
        settings.set("[apps.townhall]", "max_auth_age", "\"30s\"");
    });
    let mut ada = world.signed_in("ada");
    ada.go("/launch/townhall").expect(200);
    let session = ada.cookie("usher").unwrap().to_owned();
    world.usher.set_ahead(120);
    let page = ada.go("/launch/townhall").expect(403);
    assert!(page.url.contains("/auth/callback/work"), "{}", page.path());
    assert_eq!(callbacks(&ada), 1);
    let page = page
        .shows("You signed in too long ago")
        .shows("/auth/login?app=townhall&#38;provider=work")
        .shows("switch=1")
        .shows("help@example.com");
    assert_eq!(
        ada.cookie("usher"),
        Some(session.as_str()),
        "the session stays as it was"
    );
    let denied = world.usher.audited("denied").remove(0);
    assert_eq!(denied["reason"], "access.auth_too_old");
    assert_eq!(denied["app"], "townhall");
    assert_eq!(denied["reference"].as_str(), page.header("X-Request-Id"));
    assert_eq!(world.usher.audited("launch").len(), 1);
}

#[test]
fn s_141_a_stronger_sign_in_is_asked_for_and_checked() {
    let world = two_factor();
    let mut ada = world.signed_in("ada");
    let form = ada.go("/launch/townhall");
    is_login_form(&form);
    assert_eq!(asked(&ada, "acr_values").as_deref(), Some("gold two-factor"));
    assert_eq!(asked(&ada, "max_age"), None);
    let arrived = ada
        .submit(&form, [("login", "ada"), ("factor", "yes")])
        .expect(200);
    token_in(&arrived.url);
    ada.get("/launch/townhall").expect(302);
    ada.get(SUPPORT).expect(302);
}

#[test]
fn s_141_a_sign_in_that_stays_weak_opens_nothing() {
    let world = two_factor();
    let mut ada = world.usher.browser();
    let page = world.open(&mut ada, "/launch/townhall", "ada").expect(403);
    page.shows("A stronger sign-in is needed").shows("Town hall");
    assert!(!ada.is_signed_in());
    assert_eq!(world.usher.audited("denied")[0]["reason"], "access.acr_not_met");
    assert!(world.usher.audited("launch").is_empty());
    ada.go("/auth/login?page=portal").expect(200).shows("Town hall");
    let german = Request::get("/auth/login?app=townhall").header("Accept-Language", "de");
    let to_provider = ada.send(german).expect(303);
    assert!(to_provider.location().contains("ui_locales=de"));
}

#[test]
fn c_36_the_token_api_says_where_to_sign_in() {
    let world = World::with(|settings| {
        settings.set("[apps.support]", "max_auth_age", MINUTES).set(
            "[apps.support]",
            "acr_values",
            "[\"two-factor\"]",
        );
    });
    let mut ada = world.signed_in("ada");
    let ask = || {
        let form = Request::form("/api/apps/support/token", [("customer", "grace@example.org")]);
        form.header("Sec-Fetch-Mode", "cors")
            .header("Sec-Fetch-Dest", "empty")
    };
    let refused = ada.send(ask()).expect(401).json();
    assert_eq!(refused["code"], "login.step_up");
    let form = ada.go(refused["login_url"].as_str().unwrap());
    is_login_form(&form);
    ada.submit(&form, [("login", "ada"), ("factor", "yes")])
        .expect(200);
    assert!(ada.send(ask()).expect(200).json()["token"].is_string());
    assert_eq!(world.usher.audited("launch").len(), 2);
}

#[test]
fn the_portal_shows_what_another_sign_in_would_open() {
    let world = two_factor();
    let mut ada = world.signed_in("ada");
    ada.get("/").expect(200).shows("/launch/townhall");
    let tiles = ada.get("/api/apps").expect(200).json();
    assert_eq!(tiles.as_array().map(Vec::len), Some(1), "{tiles}");
    let mut eve = world.signed_in("eve");
    eve.get("/").expect(200).hides("/launch/townhall");
    eve.get("/launch/townhall").expect(403).hides("stronger");
    assert_eq!(eve.hops.len(), 1, "who may not come is not sent round");
}

#[test]
fn a_confirm_page_comes_after_the_step_up() {
    let how = How {
        movable_clock: true,
        ..How::default()
    };
    let world = World::how(how, |settings| {
        settings
            .set("[apps.townhall]", "max_auth_age", "\"30s\"")
            .set("[apps.townhall]", "confirm", "true");
    });
    let mut ada = world.signed_in("ada");
    let page = ada.go("/launch/townhall").expect(200);
    assert_eq!(callbacks(&ada), 1);
    let page = page.shows("csrf");
    // It stays open for too long.
    world.usher.set_ahead(120);
    let sent = ada.submit_once(&page, []).expect(302);
    assert!(
        sent.location()
            .starts_with("/auth/login?app=townhall&provider=work")
    );
    assert!(world.usher.audited("launch").is_empty());
    world.usher.set_ahead(0);
    let form = ada.follow(sent).expect(200);
    let form = form.shows("csrf");
    let arrived = ada.submit(&form, []).expect(200);
    token_in(&arrived.url);
}

/// The provider ends the other person's session first, by a form that sends itself.
fn comes_back_as(browser: &mut Browser, form: &Response, login: &str) -> Response {
    let between = browser.submit(form, [("login", login)]);
    browser.submit(&between, [])
}

#[test]
fn s_308_another_person_who_comes_back_is_judged_as_themselves() {
    let world = fresh("[apps.townhall]");
    let mut browser = world.signed_in("ada");
    world.op.ages("ada", 3600);
    let form = browser.go("/launch/townhall");
    is_login_form(&form);
    let arrived = comes_back_as(&mut browser, &form, "bob").expect(200);
    let claims = crate::harness::claims_of(&arrived, keys::TOWNHALL);
    assert_eq!(claims["displayName"], "Bob Babbage");
    assert_eq!(claims["roles"], Value::Null);
    let mut browser = world.signed_in("ada");
    world.op.ages("ada", 3600);
    let form = browser.go("/launch/townhall");
    comes_back_as(&mut browser, &form, "eve")
        .expect(403)
        .shows("eve@example.net");
    assert_eq!(world.usher.audited("launch").len(), 1);
}

#[test]
fn c_5_a_role_for_recent_sign_ins_comes_with_the_step_up() {
    let role = "[{ role = \"host\", allow = [\"group:comms\"], max_auth_age = \"5m\" }]";
    for (app_too, roles) in [(false, Value::Null), (true, json!(["host"]))] {
        let world = World::with(|settings| {
            settings.set("[apps.townhall]", "roles", role);
            if app_too {
                settings.set("[apps.townhall]", "max_auth_age", MINUTES);
            }
        });
        let mut ada = world.signed_in("ada");
        let arrived = ada.go("/launch/townhall").expect(200);
        let claims = crate::harness::claims_of(&arrived, keys::TOWNHALL);
        assert_eq!(
            claims["roles"], roles,
            "without max_age the provider says no auth_time"
        );
    }
}

#[test]
fn c_11_before_a_shut_door_nobody_signs_in_anew() {
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "max_auth_age", MINUTES).set(
            "[apps.townhall]",
            "opens_at",
            "2099-01-01T00:00:00Z",
        );
    });
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(403).shows("2099");
    assert_eq!(ada.hops.len(), 1);
}

#[test]
fn another_account_goes_by_the_provider_with_all_that_the_app_demands() {
    let world = fresh("[apps.townhall]");
    let mut ada = world.signed_in("ada");
    let login = ada
        .get("/auth/login?provider=work&app=townhall&switch=1")
        .expect(303);
    let asked = Url::parse(login.location()).unwrap();
    let value = |name: &str| {
        let found = asked.query_pairs().find(|(n, _)| n == name);
        found.map(|(_, value)| value.into_owned())
    };
    assert_eq!(value("prompt").as_deref(), Some("select_account"));
    assert_eq!(value("max_age").as_deref(), Some("300"));
    assert_eq!(
        value("login_hint"),
        None,
        "it would choose the account that is to change"
    );
}

#[test]
fn explain_says_what_a_sign_in_lacks() {
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "max_auth_age", MINUTES).set(
            "[apps.townhall]",
            "acr_values",
            "[\"two-factor\"]",
        );
    });
    let explain = |persona: &str| {
        crate::harness::usher::write_secret(world.usher.dir.path(), "persona.json", persona);
        let args = ["explain", "--app", "townhall", "--as", "persona.json"];
        String::from_utf8(world.usher.run(&args).stdout).unwrap()
    };
    let told = explain(r#"{ "name": "Ada", "email": "ada@example.com", "groups": ["staff"] }"#);
    for wanted in [
        "rule     max_auth_age signed in within 300 s  unknown",
        "<- decided",
        "rule     acr_values two-factor  unknown: the provider did not say how",
        "(access.auth_time_unknown)",
        "help     A click would go through the provider first",
    ] {
        assert!(told.contains(wanted), "{wanted}\n---\n{told}");
    }
    let old = r#"{ "name": "Ada", "groups": ["staff"], "auth_time": 1700000000, "acr": "two-factor" }"#;
    assert!(explain(old).contains("(access.auth_too_old)"));
}

#[test]
fn c_16_a_test_says_how_long_ago_its_persona_signed_in() {
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "max_auth_age", MINUTES);
        for (ago, allowed) in [("1m", true), ("1h", false)] {
            let persona = format!("{{ name = \"Ada\", groups = [\"staff\"], auth_time = \"{ago}\" }}");
            let body = format!("as = {persona}\napp = \"townhall\"\nexpect = {{ allowed = {allowed} }}");
            settings.add("[[test]]", &body);
        }
    });
    let checked = world.usher.run(&["check"]);
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stdout)
    );
}
