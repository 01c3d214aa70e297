//! Attacks on the flow, and providers that are huge, slow or gone (requirements 6.5, 6.6).

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::keys;
use crate::harness::lie::{edit, remove};
use crate::harness::server::Answer;
use crate::harness::{How, Lie, Lying, lying};

#[test]
fn s_349_mix_up_the_answer_of_one_provider_at_the_address_of_another() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let start = browser.get("/auth/login?provider=lie");
    let answer = browser.follow_until(start, |to| to.path().starts_with("/auth/callback/"));
    let swapped = answer
        .location()
        .replace("/auth/callback/lie", "/auth/callback/honest");
    browser.get(&swapped).expect(400);
    assert!(!browser.is_signed_in());
    assert_eq!(
        (
            world.liar.asked("lie", "token"),
            world.liar.asked("honest", "token")
        ),
        (0, 0)
    );
}

#[test]
fn s_349_mix_up_by_iss() {
    lying(Lie::none().on_the_way_back(|back| back[2].1 = back[2].1.replace("/lie", "/honest")))
        .refuses(400, "callback.iss_mismatch")
        .never_asked("token");
}

#[test]
fn s_350_s_352_a_code_of_somebody_elses_sign_in_does_not_redeem() {
    let world = lying(Lie::none());
    let mut victim = world.usher.browser();
    let start = victim.get("/auth/login?provider=lie");
    let answer = victim.follow_until(start, |to| to.path().starts_with("/auth/callback/"));
    let code = |url: &str| {
        url.split_once("code=")
            .unwrap()
            .1
            .split('&')
            .next()
            .unwrap()
            .to_owned()
    };
    let stolen = code(answer.location());

    let mut attacker = world.usher.browser();
    let start = attacker.get("/auth/login?provider=lie");
    let own = attacker.follow_until(start, |to| to.path().starts_with("/auth/callback/"));
    let injected = own.location().replace(&code(own.location()), &stolen);
    attacker.get(&injected).expect(502);
    assert!(!attacker.is_signed_in());
}

#[test]
fn s_351_metadata_that_offers_only_plain_pkce() {
    lying(
        Lie::none().about_metadata(|a| edit(a, |v| v["code_challenge_methods_supported"] = json!(["plain"]))),
    )
    .refuses(502, "provider.no_pkce")
    .never_asked("authorize");
}

#[test]
fn s_122_metadata_that_does_not_mention_pkce() {
    lying(Lie::none().about_metadata(|a| edit(a, |v| remove(v, "code_challenge_methods_supported"))))
        .accepts();
}

#[test]
fn s_353_the_id_token_of_another_client() {
    lying(Lie::none().in_claims(|c| c["aud"] = "another-client".into()))
        .refuses(502, "id_token.aud_mismatch");
}

#[test]
fn s_355_userinfo_that_is_no_userinfo() {
    let answers = [
        Answer::new(200, "text/html", "<h1>Welcome</h1>"),
        Answer::new(401, "application/json", "{}"),
        Answer::new(500, "application/json", "{}"),
        Answer::new(200, "application/json", "{\"name\":\"nobody\"}"),
        Answer::new(200, "application/jwt", "e30.e30.e30"),
    ];
    for answer in answers {
        lying(Lie::none().in_userinfo(move |a| *a = answer.clone()))
            .refuses_any(502, &["userinfo.wrong_answer", "userinfo.sub_mismatch"]);
    }
}

#[test]
fn s_355_s_358_redirects_are_not_followed() {
    let away = |a: &mut Answer| *a = Answer::redirect(302, "/honest/userinfo");
    let world = lying(Lie::none().in_userinfo(away))
        .refuses_any(502, &["provider.redirected", "userinfo.wrong_answer"]);
    // The one honest sign-in that follows each refusal asks once.
    assert_eq!(world.liar.asked("honest", "userinfo"), 1);
    for status in [301, 302, 307] {
        let away =
            move |a: &mut Answer| *a = Answer::redirect(status, "/honest/.well-known/openid-configuration");
        lying(Lie::none().about_metadata(away))
            .refuses(502, "provider.redirected")
            .never_asked("authorize");
    }
    lying(Lie::none().about_keys(|a| *a = Answer::redirect(302, "/honest/jwks")))
        .refuses(502, "provider.redirected");
    lying(Lie::none().in_token_answer(|a| *a = Answer::redirect(307, "/honest/token")))
        .refuses_any(502, &["provider.redirected", "token.wrong_answer"]);
}

#[test]
fn s_356_a_hostile_error_is_told_in_our_words() {
    for (name, value) in [
        ("error", "<script>alert(1)</script>".to_owned()),
        ("error_description", "<img src=x onerror=alert(1)>".repeat(300)),
        ("error_uri", "javascript:alert(1)".to_owned()),
    ] {
        let lie = Lie::none().on_the_way_back(move |back| {
            back.remove(0);
            back.push(("error".into(), "server_error".into()));
            back.retain(|(n, _)| n != name);
            back.push((name.into(), value.clone()));
        });
        let world = lying(lie);
        let mut browser = world.usher.browser();
        let page = world.sign_in(&mut browser, "lie");
        assert!(
            matches!(page.status, 400 | 414 | 431 | 502 | 503),
            "{}",
            page.status
        );
        page.hides("<script>").hides("onerror").hides("javascript:");
        assert!(!browser.is_signed_in());
        world.still_works(&mut browser);
    }
}

#[test]
fn s_149_code_and_error_together() {
    lying(Lie::none().on_the_way_back(|back| back.push(("error".into(), "access_denied".into()))))
        .refuses(400, "callback.code_and_error")
        .never_asked("token");
}

#[test]
fn s_148_a_parameter_that_stands_twice() {
    for index in 0..3 {
        lying(Lie::none().on_the_way_back(move |back| back.push(back[index].clone())))
            .refuses(400, "callback.duplicate_parameter")
            .never_asked("token");
    }
}

#[test]
fn s_362_an_answer_without_end() {
    lying(Lie::none().about_metadata(|a| *a = Answer::Endless)).refuses(502, "provider.too_large");
    lying(Lie::none().about_keys(|a| *a = Answer::Endless)).refuses(502, "provider.too_large");
    lying(Lie::none().in_token_answer(|a| *a = Answer::Endless)).refuses(502, "provider.too_large");
    lying(Lie::none().in_userinfo(|a| *a = Answer::Endless)).refuses(502, "provider.too_large");
}

#[test]
fn s_363_c_58_a_provider_that_never_answers() {
    let world = lying(Lie::none().in_token_answer(|a| *a = Answer::Silence));
    let started = Instant::now();
    let world = world.refuses(504, "provider.slow");
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
    drop(world);
}

#[test]
fn s_363_a_silent_discovery() {
    let started = Instant::now();
    lying(Lie::none().about_metadata(|a| *a = Answer::Silence)).refuses(504, "provider.slow");
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn s_363_a_slow_provider_holds_nobody_up_at_another() {
    let world = lying(Lie::none().about_metadata(|a| *a = Answer::Silence));
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| {
            let mut bob = world.usher.browser();
            world.sign_in(&mut bob, "lie").status
        });
        let mut ada = world.usher.browser();
        world.sign_in(&mut ada, "honest").expect(200);
        assert!(ada.is_signed_in());
        assert!(!waits.is_finished(), "the other one is still waiting");
        assert_eq!(waits.join().unwrap(), 504);
    });
}

#[test]
fn s_364_usher_starts_while_its_provider_is_down() {
    let world = Lying::with(Lie::none(), How::default(), |settings| {
        settings.add(
            "[providers.gone]",
            "issuer = \"http://127.0.0.1:1/gone\"\nclient_id = \"usher\"\nclient_secret = \"canary-secret-of-nobody\"",
        );
    });
    let mut browser = world.usher.browser();
    browser.go("/auth/login?provider=gone").expect(502);
    assert_eq!(world.usher.logged("provider.unreachable")["provider"], "gone");
    world.usher.ops("/healthz").expect(200);
    world.usher.ops("/readyz").expect(200);
    world.still_works(&mut browser);
}

/// Lesson 13: what was wrong a moment ago may be right now.
#[test]
fn s_364_a_provider_that_comes_back_is_found() {
    let tries = std::sync::atomic::AtomicUsize::new(0);
    let world = lying(Lie::none().about_metadata(move |a| {
        if tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 3 {
            *a = Answer::new(503, "text/plain", "later");
        }
    }));
    let until = Instant::now() + Duration::from_secs(30);
    let mut browser = world.usher.browser();
    while !browser.is_signed_in() {
        assert!(Instant::now() < until, "the provider is never found again");
        world.sign_in(&mut browser, "lie");
    }
}

#[test]
fn s_364_sessions_go_on_while_the_provider_is_down() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    world.sign_in(&mut browser, "lie").expect(200);
    let Lying { usher, liar, vendor } = world;
    drop(liar);
    let launch = browser.get("/launch/townhall").expect(302);
    crate::harness::claims_of(&launch, keys::TOWNHALL);
    browser.get("/").expect(200);
    drop((usher, vendor));
}
