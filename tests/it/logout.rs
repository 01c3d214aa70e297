//! Signing out, here and at the provider, and saying honestly what that ended.

use crate::harness::browser::links;
use crate::harness::chromium::Visitor;
use crate::harness::lie::append;
use crate::harness::op::Op;
use crate::harness::server::value_of;
use crate::harness::{How, Lie, Lying, Request, World, lying};

#[test]
fn s_021_s_163_signing_out_ends_the_session_then_the_providers() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let old = ada.cookie("usher").unwrap().to_owned();
    let confirm = ada.get("/auth/logout").expect(200);
    assert!(ada.is_signed_in(), "a GET only asks");
    let answer = ada.submit_once(&confirm, []);
    assert_eq!(answer.status, 303, "S-115");
    let to = answer.location().to_owned();
    assert!(
        to.starts_with(&format!("{}/session/end?", Op::issuer())),
        "{}",
        to.split('?').next().unwrap()
    );
    for name in [
        "id_token_hint=",
        "client_id=",
        "post_logout_redirect_uri=",
        "state=",
    ] {
        assert!(to.contains(name), "S-164: {name}");
    }
    assert!(!ada.is_signed_in(), "here it is over at once");
    let clear: Vec<&str> = answer.headers_named("Clear-Site-Data").collect();
    assert!(
        clear
            .iter()
            .all(|value| !value.contains("cookies") && !value.contains("cache")),
        "S-218: {clear:?}"
    );

    let mut thief = world.usher.browser();
    thief.plant("usher", &old);
    thief.get("/").expect(200).hides("Ada Lovelace");

    let page = ada.follow(answer).expect(200);
    let signed_out = ada.submit(&page, [("logout", "yes")]).expect(200);
    assert_eq!(signed_out.path(), world.usher.url("/auth/signed-out"));
    signed_out.hides("Ada Lovelace");
    assert_eq!(world.usher.audited("sign_out").len(), 1);
    world.usher.logged("sign_out");

    // The provider has forgotten her as well.
    let form = ada.go("/launch/townhall");
    assert!(form.url.starts_with(&Op::issuer()), "{}", form.path());
}

#[test]
fn s_166_a_provider_without_end_session_is_named_honestly() {
    let world = lying(Lie::none());
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    let confirm = ada.get("/auth/logout").expect(200);
    let page = ada.submit(&confirm, []).expect(200);
    assert_eq!(page.path(), world.usher.url("/auth/signed-out"));
    assert!(!ada.is_signed_in());
    // Lesson 16: the next sign-in must not go through silently.
    let again = links(&page.text())
        .into_iter()
        .find(|link| link == "/" || link.starts_with("/auth/login"));
    assert!(again.is_some(), "no way to sign in again");
}

#[test]
fn lesson_16_the_sign_in_after_such_a_sign_out_asks_who_it_is() {
    let world = lying(Lie::none());
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    let confirm = ada.get("/auth/logout").expect(200);
    ada.submit(&confirm, []).expect(200);
    world.sign_in(&mut ada, "honest");
    let asked = world.liar.requests("honest", "authorize");
    assert!(
        asked.last().unwrap().target.contains("prompt="),
        "the last person comes back without a question"
    );
}

#[test]
fn s_166_lesson_16_the_launch_after_such_a_sign_out_asks_too_and_only_once() {
    let world = lying(Lie::none());
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    let confirm = ada.get("/auth/logout").expect(200);
    let page = ada.submit(&confirm, []).expect(200);
    page.shows("Your session with").shows("honest").shows("goes on");
    ada.go("/launch/townhall").expect(200);
    let asked = world.liar.requests("honest", "authorize");
    assert!(asked.last().unwrap().target.contains("prompt=select_account"));
    assert_eq!(
        ada.cookie("usher-provider"),
        Some("honest"),
        "from now on it need not ask"
    );
}

#[test]
fn s_022_s_023_the_state_that_comes_back_proves_nothing() {
    type Farewell = fn(&mut Vec<(String, String)>);
    let farewells: [Farewell; 4] = [
        |pairs| pairs[0].1 += "other",
        |pairs| pairs.clear(),
        |pairs| pairs[0].1.clear(),
        |pairs| pairs.push(pairs[0].clone()),
    ];
    for farewell in farewells {
        let world = lying(Lie::none().ending_sessions().at_the_farewell(farewell));
        let mut ada = world.usher.browser();
        world.sign_in(&mut ada, "lie").expect(200);
        let confirm = ada.get("/auth/logout").expect(200);
        let page = ada.submit(&confirm, []).expect(200);
        assert_eq!(page.path(), world.usher.url("/auth/signed-out"));
        assert!(!ada.is_signed_in());
        assert_eq!(
            world.liar.asked("lie", "authorize"),
            1,
            "S-165: no sign-in begins by itself"
        );

        // Whoever is signed in again by then stays so.
        world.sign_in(&mut ada, "lie").expect(200);
        ada.get(&page.url).expect(200).shows("still signed in");
        assert!(ada.is_signed_in());
    }
}

#[test]
fn s_165_the_signed_out_page_works_for_everybody() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    for query in ["", "?state=unknown", "?state=", "?nonsense=1"] {
        let page = nobody.get(&format!("/auth/signed-out{query}"));
        assert_eq!(page.status, 200, "{query}");
        assert!(page.header("Location").is_none());
    }
    let mut ada = world.signed_in("ada");
    ada.get("/auth/signed-out").expect(200);
}

#[test]
fn s_163_nobody_is_signed_out_by_a_stranger() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let origin = world.usher.url("").trim_end_matches('/').to_owned();
    for (csrf, from) in [
        ("", origin.as_str()),
        ("wrong", &origin),
        ("wrong", "https://evil.test"),
    ] {
        let form = Request::form("/auth/logout", [("csrf", csrf)]).header("Origin", from);
        let answer = ada.send(form.header("Sec-Fetch-Site", "cross-site"));
        assert_eq!(answer.status, 403);
        assert!(ada.is_signed_in());
    }
    let bobs = world.signed_in("bob").get("/auth/logout").expect(200);
    let fields = crate::harness::browser::hidden_fields(&bobs.text());
    let (_, csrf) = fields.iter().find(|(name, _)| name == "csrf").unwrap();
    ada.post("/auth/logout", [("csrf", csrf.as_str())]).expect(403);
    ada.get("/").expect(200).shows("Ada Lovelace");
}

#[test]
fn s_378_a_picture_of_the_sign_out_page_ends_nothing() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for (dest, mode) in [
        ("image", "no-cors"),
        ("iframe", "navigate"),
        ("document", "navigate"),
    ] {
        let pulled = Request::get("/auth/logout")
            .header("Sec-Fetch-Site", "cross-site")
            .header("Sec-Fetch-Mode", mode)
            .header("Sec-Fetch-Dest", dest);
        assert!(ada.send(pulled).set_cookies().is_empty());
        ada.get("/").expect(200).shows("Ada Lovelace");
    }
    assert!(world.usher.audited("sign_out").is_empty());
}

#[test]
fn signing_out_twice_is_no_error() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let confirm = ada.get("/auth/logout").expect(200);
    ada.submit_once(&confirm, []).expect(303);
    let again = ada.submit_once(&confirm, []);
    assert!(again.status < 500, "{}", again.status);
    let page = ada.get("/auth/logout");
    assert!(page.status < 400, "{}", page.status);
}

#[test]
fn s_505_the_account_page_shows_and_ends_sessions() {
    let world = World::start();
    let mut here = world.signed_in("ada");
    let mut there = world.signed_in("ada");
    let page = here
        .get("/account")
        .expect(200)
        .shows("Ada Lovelace")
        .shows("ada@example.com");
    let text = page.text();
    let fields = crate::harness::browser::hidden_fields(&text);
    let (_, csrf) = fields.iter().find(|(name, _)| name == "csrf").expect("a form");
    let everywhere = here.post("/account/sign-out-everywhere", [("csrf", csrf.as_str())]);
    assert_eq!(everywhere.status, 303);
    for browser in [&mut here, &mut there] {
        browser.get("/").expect(200).hides("Ada Lovelace");
    }
}

#[test]
fn one_session_of_several_can_be_ended() {
    let world = World::start();
    let mut here = world.signed_in("ada");
    let mut there = world.signed_in("ada");
    let page = here.get("/account").expect(200).text();
    let forms: Vec<&str> = page
        .split("<form")
        .filter(|form| form.contains("/account/sessions/"))
        .collect();
    assert!(!forms.is_empty(), "no session can be ended");
    for form in forms {
        let action = form
            .split("action=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .replace("&#x2F;", "/");
        let fields = crate::harness::browser::hidden_fields(form);
        let (_, csrf) = fields
            .iter()
            .find(|(name, _)| name == "csrf")
            .expect("a CSRF value");
        assert!(
            !there.cookie("usher").is_some_and(|id| page.contains(id)),
            "a session id stands in a page"
        );
        here.post(&action, [("csrf", csrf.as_str())]).expect(303);
        if !there.get("/").expect(200).text().contains("Ada Lovelace") {
            break;
        }
    }
    there.get("/").expect(200).hides("Ada Lovelace");
}

#[test]
fn one_person_cannot_end_the_session_of_another() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let mut bob = world.signed_in("bob");
    let page = ada.get("/account").expect(200).text();
    let action = page
        .split("action=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().replace("&#x2F;", "/"))
        .find(|action| action.contains("/account/sessions/"))
        .expect("a session");
    let bobs = bob.get("/account").expect(200).text();
    let fields = crate::harness::browser::hidden_fields(&bobs);
    let (_, csrf) = fields.iter().find(|(name, _)| name == "csrf").unwrap();
    let answer = bob.post(&action, [("csrf", csrf.as_str())]);
    assert!(answer.status >= 300, "{}", answer.status);
    ada.get("/").expect(200).shows("Ada Lovelace");
}

/// Where signing out sends a person who came by the lying provider, as name and value.
fn sent_to_the_provider(lie: Lie) -> Vec<(String, String)> {
    let world = lying(lie.ending_sessions());
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "lie").expect(200);
    let confirm = ada.get("/auth/logout").expect(200);
    let over = ada.submit_once(&confirm, []).expect(303);
    let to = url::Url::parse(over.location()).unwrap();
    assert_eq!(
        to.as_str().split('?').next(),
        Some(format!("{}/end", world.liar.issuer("lie")).as_str())
    );
    let end = ada.follow(over).expect(200);
    assert_eq!(end.path(), world.usher.url("/auth/signed-out"));
    to.query_pairs().into_owned().collect()
}

#[test]
fn c_24_an_id_token_over_4_kib_is_not_kept_and_a_hint_goes_instead() {
    let large = sent_to_the_provider(Lie::none().in_claims(|claims| {
        claims["filler"] = "x".into();
        append(&mut claims["filler"], &"x".repeat(4096));
    }));
    let small = sent_to_the_provider(Lie::none());
    let value = |pairs: &[(String, String)], name: &str| {
        let mut found = pairs.iter().filter(|(n, _)| n == name);
        let first = found.next().map(|(_, value)| value.clone());
        assert!(found.next().is_none(), "{name} stands twice");
        first
    };
    for pairs in [&large, &small] {
        assert_eq!(value(pairs, "client_id").as_deref(), Some("usher"));
        assert!(value(pairs, "post_logout_redirect_uri").is_some());
        assert!(value(pairs, "state").is_some());
    }
    assert_eq!(value(&large, "id_token_hint"), None);
    assert_eq!(value(&large, "logout_hint").as_deref(), Some("ada"));
    assert!(value(&small, "id_token_hint").is_some_and(|token| token.split('.').count() == 3));
    assert_eq!(value(&small, "logout_hint"), None);
}

#[test]
fn c_54_too_many_sign_outs_of_an_address_are_429() {
    let world = Lying::with(Lie::none(), How::default(), |settings| {
        settings.set("[limits]", "logouts_per_minute", "2");
    });
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    let mut nobody = world.usher.browser();
    for _ in 0..2 {
        nobody.post("/auth/logout", [("csrf", "")]).expect(303);
    }
    let refused = nobody.post("/auth/logout", [("csrf", "")]).expect(429);
    let wait: u32 = refused
        .header("Retry-After")
        .expect("Retry-After")
        .parse()
        .expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    // Another address has a count of its own, and asking is not counted.
    let confirm = ada.get("/auth/logout").expect(200);
    let fields = crate::harness::browser::hidden_fields(&confirm.text());
    let (_, csrf) = fields.iter().find(|(name, _)| name == "csrf").unwrap();
    let form = Request::form("/auth/logout", [("csrf", csrf.as_str())]);
    ada.send(form.header("X-Forwarded-For", "203.0.113.9"))
        .expect(303);
    assert!(!ada.is_signed_in());
}

fn ending_by_form() -> Lying {
    Lying::with(Lie::none().ending_sessions(), How::default(), |settings| {
        settings.set("[providers.lie]", "end_session", "\"form_post\"");
    })
}

#[test]
fn s_167_a_form_keeps_the_id_token_out_of_the_address() {
    let world = ending_by_form();
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "lie").expect(200);
    let confirm = ada.get("/auth/logout").expect(200);
    let answer = ada.submit_once(&confirm, []).expect(200).hides("Ada Lovelace");
    assert!(!ada.is_signed_in(), "here it is over at once");
    let policy = answer.header("Content-Security-Policy").expect("a policy");
    assert!(policy.contains("form-action 'self' https:"), "C-10: {policy}");
    let signed_out = ada.submit(&answer, []).expect(200);
    assert_eq!(signed_out.path(), world.usher.url("/auth/signed-out"));
    signed_out.shows("was asked to end its session too");
    let asked = world.liar.requests("lie", "end").remove(0);
    assert_eq!(asked.query(), [], "nothing in the address");
    let form = asked.form();
    for name in ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"] {
        assert!(value_of(&form, name).is_some(), "{name}");
    }
}

#[test]
fn s_167_the_form_goes_by_itself_in_a_browser() {
    let world = ending_by_form();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.usher.url("/auth/login?provider=lie"));
    tab.open(&world.usher.url("/auth/logout"));
    tab.click("main button");
    tab.arrive("/auth/signed-out");
    assert_eq!(tab.problems(), Vec::<String>::new());
}
