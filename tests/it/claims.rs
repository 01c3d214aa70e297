//! What people put into their profiles, from the provider to the token (requirements 6.2).

use serde_json::{Value, json};

use crate::harness::{Browser, Lie, Response, SUPPORT, World, claims_of, keys, lying};

/// The claims that Frameable gets for a person whose profile is `profile`.
pub fn frameable(world: &World, profile: Value) -> Value {
    launch(world, profile, "/launch/townhall", keys::TOWNHALL)
}

pub fn launch(world: &World, profile: Value, path: &str, key: usize) -> Value {
    claims_of(&try_launch(world, profile, path).1.expect(302), key)
}

pub fn try_launch(world: &World, mut profile: Value, path: &str) -> (Browser, Response) {
    let claims = profile.as_object_mut().unwrap();
    claims.entry("groups").or_insert(json!(["staff", "support"]));
    claims.entry("region").or_insert(json!("emea"));
    world.person("ada", profile);
    let mut ada = world.signed_in("ada");
    let answer = ada.get(path);
    (ada, answer)
}

#[test]
fn s_316_markup_in_names_is_removed_and_pages_escape_it() {
    let world = World::start();
    let name = "Ada <img src=x onerror=1> & \"Co\"";
    let claims = frameable(&world, json!({ "name": name }));
    let shown = claims["displayName"].as_str().unwrap();
    assert!(!shown.contains(['<', '>']), "{shown}");
    assert!(
        shown.starts_with("Ada ") && shown.contains("& \"Co\""),
        "no double encoding: {shown}"
    );
    let mut ada = world.signed_in("ada");
    for path in ["/", "/account"] {
        ada.get(path).expect(200).hides("<img src=x").hides("&amp;lt;");
    }
}

#[test]
fn s_317_control_characters_are_removed() {
    let world = World::start();
    let name = "A\u{0}d\ra\n \t\u{85}L\u{2028}o\u{2029}v\u{feff}e\u{1b}lace\u{9b}";
    let claims = frameable(&world, json!({ "name": name, "title": name }));
    for text in [&claims["displayName"], &claims["userProfile"][1][1]] {
        let text = text.as_str().unwrap();
        assert!(!text.chars().any(char::is_control), "{text:?}");
        assert!(!text.contains(['\u{2028}', '\u{2029}', '\u{feff}']), "{text:?}");
    }
    let log = world.usher.log.text();
    let odd = log
        .lines()
        .find(|line| line.starts_with(|c: char| c != '{') && line.contains("lace"));
    assert_eq!(odd, None, "a log line was broken in two");
}

#[test]
fn s_317_a_required_claim_with_nothing_left_refuses() {
    let world = World::start();
    let (_, answer) = try_launch(
        &world,
        json!({ "name": "\u{200b}\u{202e}<>\u{feff}" }),
        "/launch/townhall",
    );
    answer.expect(403).shows("displayName");
    assert_eq!(
        world.usher.audited("denied").remove(0)["reason"],
        "claims.missing"
    );
}

#[test]
fn lesson_29_the_log_names_what_is_missing_and_what_came_instead() {
    let world = lying(Lie::none());
    world.liar.says(json!({
        "groups": ["staff"], "region": "emea", "upn": "ada@example.com", "nick\nname": "canary", "x".repeat(65): 1,
    }));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    ada.get("/launch/townhall").expect(403).shows("displayName");
    let logged = world.usher.logged("launch.claim_missing");
    assert_eq!(
        (&logged["claim"], &logged["app"]),
        (&json!("displayName"), &json!("townhall"))
    );
    let sent = logged["sent"].as_str().unwrap();
    let names: Vec<&str> = sent.split(' ').collect();
    assert!(
        ["groups", "region", "sub", "upn"]
            .iter()
            .all(|name| names.contains(name)),
        "{sent}"
    );
    assert!(
        !sent.contains("ada@") && !sent.contains("nick") && !sent.contains("xx"),
        "{sent}"
    );
}

#[test]
fn s_318_bidi_and_invisible_characters_are_removed() {
    let world = World::start();
    let name = format!(
        "Ada\u{202e}\u{2066}\u{2069}\u{200b}\u{200f}\u{e0041} Cafe\u{301} z{}",
        "\u{301}".repeat(40)
    );
    let claims = frameable(&world, json!({ "name": name }));
    let shown = claims["displayName"].as_str().unwrap();
    assert!(shown.starts_with("Ada Café ź"), "NFC: {shown:?}");
    let marks = shown.chars().filter(|c| *c == '\u{301}').count();
    assert!(marks <= 8, "{marks} combining marks");
}

#[test]
fn s_319_long_values_are_cut_at_a_character() {
    let world = World::start();
    let claims = frameable(
        &world,
        json!({ "name": "ä".repeat(1500), "title": "ö".repeat(1500) }),
    );
    assert_eq!(claims["displayName"].as_str().unwrap().chars().count(), 128);
    assert_eq!(claims["userProfile"][1][1].as_str().unwrap().chars().count(), 256);
}

#[test]
fn s_319_c_24_claims_over_64_kib_are_refused_by_name() {
    let world = lying(Lie::none());
    let groups: Vec<String> = (0..10_000).map(|n| format!("group-{n:05}")).collect();
    world
        .liar
        .says(json!({ "name": "Ada", "email": "ada@example.com", "groups": groups }));
    let mut ada = world.usher.browser();
    let page = world.sign_in(&mut ada, "honest");
    assert!(matches!(page.status, 403 | 502), "{}", page.status);
    assert!(!ada.is_signed_in());
    if page.status == 403 {
        page.shows("groups");
    }
}

#[test]
fn s_319_a_claim_five_thousand_levels_deep() {
    let world = lying(Lie::none().in_userinfo(|answer| {
        let deep = format!(
            "{{\"sub\":\"ada\",\"a\":{}{}}}",
            "[".repeat(5000),
            "]".repeat(5000)
        );
        *answer = crate::harness::server::Answer::new(200, "application/json", deep);
    }));
    let mut ada = world.usher.browser();
    let page = world.sign_in(&mut ada, "lie");
    assert!(matches!(page.status, 403 | 502), "{}", page.status);
    world.still_works(&mut ada);
}

#[test]
fn s_320_a_wrong_type_is_an_absent_claim() {
    let world = World::start();
    for name in [json!(["Ada"]), json!({ "first": "Ada" }), json!(7), json!(true)] {
        let claims = frameable(&world, json!({ "name": name, "preferred_username": "ada-l" }));
        assert_eq!(claims["displayName"], "ada-l");
    }
}

#[test]
fn s_320_claims_called_like_ours_change_nothing() {
    let world = lying(Lie::none());
    world.liar.says(json!({
        "name": "Ada", "email": "ada@example.com", "email_verified": true, "groups": ["staff", "support"], "region": "emea",
        "exp": 9_999_999_999_i64, "iat": 1, "iss": "https://evil.test", "aud": "evil", "roles": "host,presenter",
        "role": "administrator", "policy": {}, "displayName": "Somebody else", "acl": {}, "sm-x": 1, "acr": "high",
    }));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    let frameable = claims_of(&ada.get("/launch/townhall").expect(302), keys::TOWNHALL);
    assert_eq!(frameable["displayName"], "Ada");
    assert!(frameable.get("roles").is_none() && frameable.get("acl").is_none());
    let cobrowse = claims_of(&ada.get(SUPPORT).expect(302), keys::SUPPORT);
    assert_eq!(
        (&cobrowse["role"], &cobrowse["iss"]),
        (&json!("agent"), &json!(crate::harness::world::LICENCE))
    );
    assert_eq!(
        cobrowse["exp"].as_i64().unwrap() - cobrowse["iat"].as_i64().unwrap(),
        300
    );
    assert_eq!(cobrowse["policy"]["version"], 3);
}

#[test]
fn s_321_only_https_pictures_and_links_pass() {
    let world = World::start();
    for picture in [
        "javascript:alert(1)".to_owned(),
        "data:image/png;base64,AAAA".to_owned(),
        "file:///etc/passwd".to_owned(),
        "http://169.254.169.254/".to_owned(),
        "https://169.254.169.254/".to_owned(),
        "https://ada:pw@pictures.example.com/".to_owned(),
        format!("https://pictures.example.com/{}", "a".repeat(4000)),
    ] {
        let claims = frameable(&world, json!({ "picture": picture }));
        assert!(claims.get("avatarUrl").is_none(), "{}", claims["avatarUrl"]);
    }
}

#[test]
fn s_321_links_of_a_profile() {
    let world = World::with(|settings| {
        let pairs = r#"[["website", "{{ user.claims.website }}"], ["twitter", "{{ user.claims.twitter }}"]]"#;
        settings.set("[apps.townhall]", "user_profile", pairs);
    });
    let claims = frameable(
        &world,
        json!({ "website": "javascript:alert(1)", "twitter": "https://example.com/ada" }),
    );
    assert_eq!(
        claims["userProfile"],
        json!([["twitter", "https://example.com/ada"]])
    );
}

#[test]
fn s_323_s_465_cobrowse_takes_only_a_verified_address() {
    let world = World::start();
    for verified in [json!(false), json!("true"), json!(1), json!(null)] {
        let (mut ada, answer) = try_launch(&world, json!({ "email_verified": verified }), SUPPORT);
        answer.expect(403);
        let frameable = claims_of(&ada.get("/launch/townhall").expect(302), keys::TOWNHALL);
        assert!(frameable.get("email").is_none(), "left out when unverified");
    }
    for row in world.usher.audited("denied") {
        assert_eq!(row["reason"], "claims.email_unverified");
    }
}

#[test]
fn s_323_a_provider_whose_addresses_are_trusted() {
    let world = World::with(|settings| {
        settings.set("[providers.work]", "trust_email", "true");
    });
    let claims = launch(&world, json!({ "email_verified": false }), SUPPORT, keys::SUPPORT);
    assert_eq!(claims["sub"], "ada@example.com");
}

#[test]
fn s_326_odd_addresses_open_nothing() {
    let world = World::start();
    for email in [
        "ünïcode@example.com",
        "\"a b\"@example.com",
        "a(c)@example.com",
        "a@b@example.com",
        "a@example.com.",
        " a@example.com",
        "a@exämple.com",
    ] {
        let (_, answer) = try_launch(&world, json!({ "email": email }), SUPPORT);
        assert_eq!(answer.status, 403, "{email}");
    }
    let claims = launch(
        &world,
        json!({ "email": "Ada.L@EXAMPLE.com" }),
        SUPPORT,
        keys::SUPPORT,
    );
    assert_eq!(
        claims["sub"], "Ada.L@example.com",
        "domain in lower case, local part kept"
    );
}

#[test]
fn c_14_the_id_token_wins_over_userinfo() {
    let world = lying(Lie::none().in_claims(|c| c["name"] = "By ID token".into()));
    world
        .liar
        .says(json!({ "name": "By userinfo", "groups": ["staff"], "title": "Engineer" }));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "lie").expect(200);
    let claims = claims_of(&ada.get("/launch/townhall").expect(302), keys::TOWNHALL);
    assert_eq!(claims["displayName"], "By ID token");
    assert_eq!(claims["userProfile"][1][1], "Engineer", "userinfo adds");
}

#[test]
fn c_14_address_and_its_verification_come_from_one_document() {
    let world = lying(Lie::none().in_claims(|c| c["email"] = "victim@example.com".into()));
    world.liar.says(json!({
        "name": "Ada", "email": "ada@example.net", "email_verified": true, "groups": ["support"], "region": "emea",
    }));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "lie").expect(200);
    ada.get(SUPPORT).expect(403);
}

#[test]
fn s_220_an_address_over_4096_bytes_is_not_handed_out() {
    let world = World::with(|settings| {
        let pairs: Vec<String> = (0..20)
            .map(|n| format!("[\"field {n}\", \"{{{{ user.claims.title }}}}\"]"))
            .collect();
        settings.set(
            "[apps.townhall]",
            "user_profile",
            &format!("[{}]", pairs.join(", ")),
        );
    });
    let (_, answer) = try_launch(&world, json!({ "title": "x".repeat(256) }), "/launch/townhall");
    assert!(
        answer.status >= 400 && answer.header("Location").is_none(),
        "{}",
        answer.status
    );
    answer.hides("xxxxxxxxxx");
    assert_eq!(world.usher.audited("launch").len(), 0);
}
