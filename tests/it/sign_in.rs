//! Signing in at a certified provider, and the cookies that it leaves.

use crate::harness::{SUPPORT, World, claims_of, keys, token_in};

/// What every cookie of a gateway on plain-http loopback says (C-26, S-200, S-202).
fn says_enough(attributes: &str) {
    let attributes = attributes.to_ascii_lowercase();
    for wanted in ["httponly", "samesite=lax", "path=/"] {
        assert!(attributes.contains(wanted), "{wanted} is not in {attributes}");
    }
    assert!(!attributes.contains("domain="), "{attributes}");
    assert!(
        !attributes.contains("secure"),
        "plain http on loopback: {attributes}"
    );
}

#[test]
fn ada_clicks_signs_in_and_arrives() {
    let world = World::start();
    let mut ada = world.usher.browser();
    let arrived = world.open(&mut ada, "/launch/townhall", "ada").expect(200);
    assert!(
        arrived
            .url
            .starts_with(&world.vendor.url("/events/townhall?token="))
    );
    let claims = claims_of(&arrived, keys::TOWNHALL);
    assert_eq!(claims["displayName"], "Ada Lovelace");
    world.vendor.saw_nothing_but_tokens();
    assert_eq!(world.usher.logged("sign_in")["provider"], "work");
    assert_eq!(world.usher.logged("launch")["app"], "townhall");
}

#[test]
fn the_second_click_needs_no_sign_in() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let first = token_in(ada.get("/launch/townhall").expect(302).location());
    let second = ada.get(SUPPORT).expect(302);
    assert_ne!(first, token_in(second.location()));
    assert_eq!(ada.hops.len(), 1, "nothing but the launch was asked");
}

#[test]
fn c_19_a_signed_out_launch_goes_to_the_login_and_keeps_its_parameters() {
    let world = World::start();
    let mut ada = world.usher.browser();
    let first = ada.get(SUPPORT).expect(302);
    let location = first.location();
    assert!(location.contains("/auth/login?"), "{location}");
    assert!(location.contains("app=support"), "{location}");
    assert!(location.contains("customer="), "{location}");
    let arrived = ada.follow(first);
    let arrived = world.pass_provider(&mut ada, arrived, "ada").expect(200);
    assert!(
        arrived.url.contains("filter_user_email=grace%40example.org"),
        "{}",
        arrived.path()
    );
    claims_of(&arrived, keys::SUPPORT);
}

#[test]
fn c_18_nothing_is_stored_before_the_provider_has_answered() {
    let world = World::start();
    let mut ada = world.usher.browser();
    let login = ada.get("/auth/login?provider=work").expect(303);
    assert!(ada.cookie("usher").is_none());
    let attempts: Vec<_> = login
        .set_cookies()
        .into_iter()
        .filter(|(n, ..)| n.starts_with("usher-login-"))
        .collect();
    assert_eq!(attempts.len(), 1);
    let (name, value, attributes) = &attempts[0];
    assert_eq!(name.len(), "usher-login-".len() + 8, "{name}");
    assert!(
        name.len() + value.len() <= 700,
        "{} bytes",
        name.len() + value.len()
    );
    says_enough(attributes);
    assert!(world.usher.audit().is_empty());
}

#[test]
fn s_201_c_26_eight_attempts_are_kept_and_the_oldest_goes() {
    let world = World::start();
    let mut ada = world.usher.browser();
    let first = ada
        .get("/auth/login?provider=work")
        .expect(303)
        .set_cookies()
        .remove(0)
        .0;
    for _ in 0..11 {
        ada.get("/auth/login?provider=work").expect(303);
    }
    let attempts: Vec<&str> = ada
        .cookie_names()
        .into_iter()
        .filter(|n| n.starts_with("usher-login-"))
        .collect();
    assert_eq!(attempts.len(), 8);
    assert!(!attempts.contains(&first.as_str()));
}

#[test]
fn s_200_the_session_cookie() {
    let world = World::start();
    let mut ada = world.usher.browser();
    world.open(&mut ada, "/auth/login?provider=work", "ada");
    let callback = ada
        .hops
        .iter()
        .find(|hop| hop.url.contains("/auth/callback/work"))
        .expect("a callback");
    assert_eq!(callback.status, 303, "S-114");
    let set = callback.set_cookies();
    let (_, value, attributes) = set.iter().find(|(name, ..)| name == "usher").expect("a session");
    says_enough(attributes);
    assert_eq!(value.len(), 43, "C-57");
    let gone = set
        .iter()
        .find(|(name, ..)| name.starts_with("usher-login-"))
        .expect("the attempt is over");
    assert_eq!(gone.1, "");
}

#[test]
fn s_105_state_nonce_and_challenge_are_fresh_each_time() {
    let world = World::start();
    let mut ada = world.usher.browser();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..50 {
        ada.forget_cookies();
        let login = ada.get("/auth/login?provider=work").expect(303);
        let to = url::Url::parse(login.location()).unwrap();
        for (name, value) in to.query_pairs() {
            if matches!(name.as_ref(), "state" | "nonce" | "code_challenge") {
                assert!(seen.insert(value.into_owned()), "{name} came twice");
            }
        }
    }
    assert_eq!(seen.len(), 150);
}

#[test]
fn switching_accounts_asks_the_provider_to_let_one_choose() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let login = ada
        .get("/auth/login?provider=work&app=townhall&switch=1")
        .expect(303);
    assert!(login.location().contains("prompt=select_account"), "C-19");
}

/// The certified provider, as it comes, calls a request with `select_account` invalid.
#[test]
fn a_provider_that_lets_nobody_choose_is_told_to_ask_for_credentials() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let form = ada
        .go("/auth/login?provider=work&app=townhall&switch=1")
        .expect(200);
    assert!(form.url.contains("/sign-in/"), "{}", form.path());
    let arrived = ada.submit(&form, [("login", "ada")]);
    assert!(
        arrived.status == 200 && arrived.url.contains("token="),
        "{}",
        arrived.path()
    );
    // Once is enough.
    let again = ada.get("/auth/login?provider=work").expect(303);
    assert!(!again.location().contains("prompt="), "{}", again.location());
}

#[test]
fn a_configured_prompt_stays_when_another_account_is_asked_for() {
    for (prompt, asked) in [
        ("login", "prompt=login"),
        ("consent", "prompt=select_account+consent"),
        ("select_account", "prompt=select_account"),
    ] {
        let world = World::with(|settings| {
            settings.set("[providers.work]", "prompt", &format!("\"{prompt}\""));
        });
        let login = world.usher.browser().get("/auth/login?provider=work&switch=1");
        let address = login.expect(303).location().to_owned();
        assert!(address.split('&').any(|pair| pair == asked), "{address}");
    }
}

/// S-301, S-359, C-19: nothing but the known parameters, and no address among them.
#[test]
fn s_100_s_301_no_login_leads_anywhere_else() {
    let world = World::start();
    let long = "a".repeat(5000);
    let addresses = [
        "//evil.test",
        "/%5Cevil.test",
        "%5C%5Cevil.test",
        "/%09/evil.test",
        "/%0a/evil.test",
        "http:evil.test",
        "https:///evil.test",
        "%20//evil.test",
        "https://gw@evil.test",
        "javascript:x",
        "data:x",
        "/./%5Cevil.test",
        "%2F%2Fevil.test",
        long.as_str(),
    ];
    let mut ada = world.usher.browser();
    for name in ["return_to", "rd", "next", "redirect_uri", "page"] {
        for address in addresses {
            let answer = ada
                .get(&format!("/auth/login?provider=work&{name}={address}"))
                .expect(400);
            assert!(answer.header("Location").is_none());
        }
    }
    // S-359: nobody is asked for an address.
    ada.get("/auth/login?provider=https://evil.test").expect(404);
    ada.get("/auth/login?provider=unknown").expect(404);
    ada.get("/auth/login?provider=work&app=unknown").expect(404);
    ada.get("/auth/login?provider=work&provider=work").expect(400);
    ada.get("/auth/login?provider=work&app=support&nonsense=1")
        .expect(400);
}

#[test]
fn a_person_who_cancels_gets_a_page_that_helps() {
    let world = World::start();
    let mut ada = world.usher.browser();
    let form = ada.go("/launch/townhall");
    let page = ada.submit(&form, [("cancel", "yes")]);
    assert!(
        page.url.starts_with(&world.usher.url("/auth/callback/work")),
        "{}",
        page.path()
    );
    let page = page.expect(400).hides("changed their mind");
    assert_eq!(
        world.usher.logged("callback.access_denied")["request_id"].as_str(),
        page.header("X-Request-Id")
    );
    assert!(!ada.is_signed_in());
    world
        .open(&mut ada, "/launch/townhall", "ada")
        .expect(200)
        .shows("Arrived");
}

#[test]
fn s_211_a_speculative_load_starts_no_sign_in() {
    let world = World::start();
    let mut ada = world.usher.browser();
    for (name, value) in [
        ("Sec-Purpose", "prefetch"),
        ("Sec-Purpose", "prefetch;prerender"),
        ("Purpose", "prefetch"),
        ("X-Moz", "prefetch"),
        ("X-Purpose", "preview"),
    ] {
        for path in [
            "/auth/login?provider=work",
            "/auth/initiate?iss=x",
            "/launch/townhall",
            "/auth/logout",
        ] {
            let request = crate::harness::Request::get(path).header(name, value);
            let answer = ada.send(request).expect(503);
            assert!(
                answer.body.is_empty() && answer.set_cookies().is_empty(),
                "{path}"
            );
            assert_eq!(answer.header("Cache-Control"), Some("no-store"));
        }
    }
}

#[test]
fn s_302_a_sign_in_leads_to_one_of_the_named_pages_or_nowhere() {
    let world = World::start();
    for (query, end) in [
        ("page=portal", "/"),
        ("page=account", "/account"),
        ("provider=work", "/"),
    ] {
        let mut ada = world.usher.browser();
        let page = world.open(&mut ada, &format!("/auth/login?{query}"), "ada");
        assert_eq!(page.expect(200).url, world.usher.url(end), "{query}");
    }
    let mut nobody = world.usher.browser();
    for page in [
        "",
        "/",
        "/account",
        "//evil.test",
        "/%5Cevil.test",
        "/%09/evil.test",
        "%20//evil.test",
        "http:evil.test",
        "https:///evil.test",
        "https://evil.test",
        "javascript:alert(1)",
        "portal/../evil",
        "portal%00",
        "portal%0d%0aLocation:%20https://evil.test",
        "Portal",
        "launch/townhall",
        "signed-out",
    ] {
        let answer = nobody.get(&format!("/auth/login?page={page}")).expect(400);
        assert_eq!(answer.header("Location"), None, "{page}");
        assert!(answer.set_cookies().is_empty(), "{page}: no attempt begins");
        answer.hides("evil.test");
    }
    for query in [
        "page=portal&page=account",
        "page=portal&app=townhall",
        "page=portal&next=/account",
    ] {
        let answer = nobody.get(&format!("/auth/login?{query}")).expect(400);
        assert_eq!(answer.header("Location"), None, "{query}");
    }
}
