//! Tiles in a provider's portal: sign-ins that somebody else starts (C-21, S-036, S-152).

use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::harness::chromium::Visitor;
use crate::harness::server::value_of;
use crate::harness::{Browser, How, Lie, Lying, Op, Request, Response, World, keys, lying, token_in};

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

fn initiate(parameters: &[(&str, &str)]) -> String {
    let pairs = parameters.iter().map(|(n, v)| format!("{n}={}", encoded(v)));
    format!("/auth/initiate?{}", pairs.collect::<Vec<_>>().join("&"))
}

/// As a form on a page of the provider's comes.
fn posted(parameters: &[(&str, &str)]) -> Request {
    Request::form("/auth/initiate", parameters.iter().copied())
        .header("Sec-Fetch-Site", "cross-site")
        .header("Origin", &Op::issuer())
}

#[track_caller]
fn leads_nowhere(answer: Response) -> Response {
    let answer = answer.expect(400);
    assert_eq!(answer.header("Location"), None);
    assert!(answer.set_cookies().is_empty());
    answer
}

fn query(answer: &Response, name: &str) -> Option<String> {
    let to = Url::parse(answer.location()).unwrap();
    to.query_pairs()
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.into_owned())
}

#[test]
fn s_036_a_tile_at_the_provider_signs_in_and_arrives() {
    let world = World::start();
    let target = world.usher.url("/launch/support?customer=grace@example.org");
    let mut ada = world.usher.browser();
    let link = initiate(&[
        ("iss", &Op::issuer()),
        ("target_link_uri", &target),
        ("login_hint", "ada@example.com"),
        ("lti_message_hint", "x"),
    ]);
    let first = ada.get(&link).expect(303);
    assert!(first.location().starts_with(&Op::issuer()));
    assert_eq!(query(&first, "login_hint").as_deref(), Some("ada@example.com"));
    let form = ada.follow(first);
    let arrived = world.pass_provider(&mut ada, form, "ada").expect(200);
    assert!(arrived.url.contains("filter_user_email=grace%40example.org"));
    crate::harness::claims_of(&arrived, keys::SUPPORT);
    for (target, end) in [("", "/"), ("/", "/"), ("/account", "/account")] {
        let target = world.usher.url("/").trim_end_matches('/').to_owned() + target;
        let link = initiate(&[("iss", &Op::issuer()), ("target_link_uri", &target)]);
        assert_eq!(ada.go(&link).expect(200).url, world.usher.url(end));
    }
}

#[test]
fn c_21_a_form_may_start_it_too() {
    let world = World::start();
    let mut ada = world.usher.browser();
    let sent = ada.send(posted(&[("iss", &Op::issuer()), ("login_hint", "ada & co")]));
    assert_eq!(sent.status, 303);
    assert_eq!(
        query(&sent, "login_hint").as_deref(),
        Some("ada & co"),
        "data only"
    );
    let form = ada.follow(sent);
    let end = world.pass_provider(&mut ada, form, "ada").expect(200);
    assert_eq!(end.url, world.usher.url("/"));
    leads_nowhere(ada.send(posted(&[])));
    for method in ["HEAD", "PUT", "DELETE", "PATCH"] {
        let request = Request::new(method, &initiate(&[("iss", &Op::issuer())]));
        assert_eq!(ada.send(request).status, 405, "{method}");
    }
}

#[test]
fn s_152_the_issuer_is_a_configured_one_exactly() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    let issuer = Op::issuer();
    for iss in [
        "",
        "https://evil.test",
        &format!("{issuer}/"),
        &issuer.to_uppercase(),
        &format!("{issuer}?x"),
        &format!(" {issuer}"),
        "work",
    ] {
        leads_nowhere(nobody.get(&initiate(&[("iss", iss)]))).hides("evil.test");
    }
    leads_nowhere(nobody.get("/auth/initiate"));
    for twice in ["iss", "login_hint", "target_link_uri"] {
        let link = initiate(&[("iss", &issuer), (twice, "x"), (twice, "x")]);
        leads_nowhere(nobody.get(&link));
    }
}

#[test]
fn s_152_s_302_the_target_is_a_launch_or_a_page_of_ours() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    let ours = world.usher.url("");
    let issuer = Op::issuer();
    for target in [
        "https://evil.test/",
        "//evil.test",
        "/launch/townhall",
        "javascript:alert(1)",
        &format!("{ours}.evil.test/launch/townhall"),
        &format!("{ours}@evil.test/"),
        &format!("{ours}//evil.test"),
        &format!("{ours}/\\evil.test"),
        &format!("{ours}/launch/townhall#x"),
        &format!("{ours}/launch/townhall x"),
        &format!("{ours}/launch/../auth/logout"),
        &format!("{ours}/auth/logout"),
        &format!("{ours}/?q=x"),
        &format!("{ours}/launch/townhall?x={}", "y".repeat(600)),
        &ours.replace("127.0.0.1", "localhost"),
    ] {
        let link = initiate(&[("iss", &issuer), ("target_link_uri", target)]);
        let answer = nobody.get(&link);
        assert!(matches!(answer.status, 400 | 404), "{target}: {}", answer.status);
        assert_eq!(answer.header("Location"), None, "{target}");
        assert!(answer.set_cookies().is_empty(), "{target}");
        answer.hides("evil.test");
    }
    let to = |path: &str| initiate(&[("iss", &issuer), ("target_link_uri", &format!("{ours}{path}"))]);
    nobody.get(&to("/launch/unknown")).expect(404);
    nobody.get(&to("/launch/support")).expect(400).shows("customer");
    nobody
        .get(&to("/launch/support?customer=grace@example.org&role=x"))
        .expect(400)
        .shows("role");
}

#[test]
fn s_152_a_login_hint_is_short_and_one_line() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    for hint in ["x".repeat(255), "a\nb".to_owned(), "a\u{0}".to_owned()] {
        let link = initiate(&[("iss", &Op::issuer()), ("login_hint", &hint)]);
        leads_nowhere(nobody.get(&link));
    }
    let longest = initiate(&[("iss", &Op::issuer()), ("login_hint", &"x".repeat(254))]);
    nobody.get(&longest).expect(303);
    // What is empty was left out.
    let empty = initiate(&[
        ("iss", &Op::issuer()),
        ("login_hint", ""),
        ("target_link_uri", ""),
    ]);
    let answer = nobody.get(&empty).expect(303);
    assert!(!answer.location().contains("login_hint"), "{}", answer.location());
}

#[test]
fn whoever_clicked_the_tile_arrives_and_nobody_else() {
    let world = World::start();
    let mut browser = world.signed_in("ada");
    let before = browser.cookie("usher").unwrap().to_owned();
    let link = initiate(&[("iss", &Op::issuer())]);
    browser.go(&link).expect(200);
    assert_ne!(
        browser.cookie("usher").unwrap(),
        before,
        "a sign-in of its own, S-307"
    );
    for dest in ["iframe", "image", "empty"] {
        let framed = browser.send(Request::get(&link).header("Sec-Fetch-Dest", dest));
        assert_eq!(framed.status, 403, "{dest}");
        assert!(framed.set_cookies().is_empty() && framed.header("Location").is_none());
    }
}

fn stray(browser: &mut Browser, issuer: &str) -> Response {
    browser.get(&format!("/launch/townhall?iss={}", encoded(issuer)))
}

#[test]
fn a_stray_iss_on_a_launch_link_says_where_to_sign_in() {
    let world = lying(Lie::none());
    for provider in ["lie", "honest"] {
        let mut ada = world.usher.browser();
        let first = stray(&mut ada, &world.liar.issuer(provider)).expect(302);
        assert_eq!(
            first.location(),
            format!("/auth/login?app=townhall&provider={provider}")
        );
        let arrived = ada.follow(first).expect(200);
        token_in(&arrived.url);
        // Signed in, it says nothing more, whichever provider's it is.
        for issuer in ["lie", "honest"] {
            let next = stray(&mut ada, &world.liar.issuer(issuer)).expect(302);
            assert!(next.location().starts_with(&world.vendor.url("/")));
            assert!(!next.location().contains("iss="));
        }
    }
}

#[test]
fn a_stray_iss_of_nobodys_is_an_undeclared_parameter() {
    let world = lying(Lie::none());
    let mut nobody = world.usher.browser();
    leads_nowhere(stray(&mut nobody, "https://evil.test")).shows("iss");
    leads_nowhere(stray(&mut nobody, "")).shows("iss");
    let issuer = encoded(&world.liar.issuer("lie"));
    let twice = format!("/launch/townhall?iss={issuer}&iss={issuer}");
    leads_nowhere(nobody.get(&twice)).shows("iss");
    let more = format!("/launch/townhall?iss={issuer}&login_hint=x");
    leads_nowhere(nobody.get(&more)).shows("login_hint");
}

#[test]
fn an_app_may_declare_an_iss_of_its_own() {
    let world = Lying::with(Lie::none(), How::default(), |settings| {
        settings
            .set("[apps.townhall]", "params", "{ iss = \"[a-z]+\" }")
            .replace("/events/townhall\"", "/events/townhall?from={iss}\"");
    });
    let mut ada = world.usher.browser();
    leads_nowhere(stray(&mut ada, &world.liar.issuer("lie"))).shows("iss");
    let first = stray(&mut ada, "intranet").expect(302);
    assert_eq!(first.location(), "/auth/login?app=townhall&iss=intranet");
    world.sign_in(&mut ada, "lie").expect(200);
    assert!(
        stray(&mut ada, "intranet")
            .expect(302)
            .location()
            .contains("from=intranet")
    );
}

#[test]
fn an_app_of_another_provider_is_not_reached_by_this_ones_tile() {
    let world = Lying::with(Lie::none(), How::default(), |settings| {
        settings.set("[apps.townhall]", "providers", "[\"honest\"]");
    });
    let mut ada = world.usher.browser();
    let issuer = world.liar.issuer("lie");
    let target = world.usher.url("/launch/townhall");
    let tile = initiate(&[("iss", &issuer), ("target_link_uri", &target)]);
    ada.get(&tile).expect(403);
    assert_eq!(world.liar.asked("lie", "authorize"), 0);
    // A launch link goes where the app's people sign in.
    let first = stray(&mut ada, &issuer).expect(302);
    ada.follow(first).expect(200);
    let asked = world.liar.requests("honest", "authorize").remove(0).query();
    assert_eq!(value_of(&asked, "client_id"), Some("usher"));
}

#[test]
fn c_21_a_real_browser_comes_by_a_form_of_another_site() {
    let world = World::start();
    let ada = Visitor::new();
    let (action, issuer) = (world.usher.url("/auth/initiate"), Op::issuer());
    let target = world.usher.url("/launch/townhall");
    let page = format!(
        "<form method=post action=\"{action}\"><input name=iss value=\"{issuer}\">
        <input name=target_link_uri value=\"{target}\"><button>Town hall</button></form>"
    );
    ada.page_elsewhere("http://portal.example/", &page);
    let tab = ada.tab();
    tab.open("http://portal.example/");
    tab.click("button");
    tab.fill("[name=login]", "ada");
    tab.press("Enter");
    tab.arrive("/events/townhall");
    world.usher.secrets.add_url(&tab.url());
    assert_eq!(world.usher.audited("launch").len(), 1);
}
