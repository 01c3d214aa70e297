//! `GET /auth/frontchannel-logout/{provider}`: a frame in the provider's sign-out page.

use crate::harness::chromium::Visitor;
use crate::harness::lie::edit;
use crate::harness::logout_token::is_in;
use crate::harness::server::{Answer, Server};
use crate::harness::{Lie, Lying, Request, Response, lying};

fn address(world: &Lying, path: &str, iss: Option<&str>, sid: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("iss", iss), ("sid", sid)] {
        value.map(|value| query.append_pair(name, value));
    }
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    world
        .usher
        .url(&format!("/auth/frontchannel-logout/{path}{mark}{query}"))
}

/// As a frame of the provider's page asks, on the same site or not.
fn framed(url: &str, site: &str) -> Request {
    Request::get(url)
        .header("Sec-Fetch-Dest", "iframe")
        .header("Sec-Fetch-Site", site)
        .without("Sec-Fetch-User")
}

fn deletes_cookie(answer: &Response) -> bool {
    answer
        .set_cookies()
        .iter()
        .any(|(name, value, _)| name == "usher" && value.is_empty())
}

#[test]
fn s_032_s_168_a_frame_with_issuer_and_sid_ends_that_session_without_a_cookie() {
    let world = lying(Lie::naming_sessions());
    let mut ada = world.ada_at("lie");
    let mut other = world.ada_at("honest");
    let issuer = world.liar.issuer("lie");
    let url = address(&world, "lie", Some(&issuer), Some("s1"));
    let page = world.usher.browser().send(framed(&url, "cross-site")).expect(200);
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
    assert!(!deletes_cookie(&page), "nobody's cookie came along");
    is_in(&mut ada, false);
    is_in(&mut other, true);
    let rows = world.usher.audited("sign_out");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["reason"], "logout.frontchannel");
    assert_eq!(world.usher.logged("logout.frontchannel")["provider"], "lie");
    // Once more is no error, and looks the same.
    let again = world.usher.browser().send(framed(&url, "cross-site")).expect(200);
    assert_eq!(again.text(), page.text());
    assert_eq!(world.usher.audited("sign_out").len(), 1);
}

#[test]
fn s_168_only_the_provider_may_frame_it_and_only_there() {
    let world = lying(Lie::naming_sessions().ending_sessions());
    let mut ada = world.ada_at("lie");
    let url = address(&world, "lie", None, None);
    let page = ada.send(framed(&url, "cross-site")).expect(200);
    let issuer = url::Url::parse(&world.liar.issuer("lie")).unwrap();
    let policy = page.header("Content-Security-Policy").unwrap();
    let ancestors = policy.split_once("frame-ancestors ").unwrap().1;
    assert_eq!(ancestors, issuer.origin().ascii_serialization());
    assert_eq!(
        page.header("X-Frame-Options"),
        None,
        "it would forbid every frame"
    );
    for path in [
        "/",
        "/auth/logout",
        "/auth/signed-out",
        "/auth/frontchannel-logout/nobody",
    ] {
        let other = ada.get(path);
        assert!(
            other
                .header("Content-Security-Policy")
                .unwrap()
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(other.header("X-Frame-Options"), Some("DENY"), "{path}");
    }
}

#[test]
fn s_168_a_provider_that_ends_sessions_on_another_host_may_frame_it_from_there() {
    let elsewhere = |answer: &mut Answer| {
        edit(answer, |v| {
            v["end_session_endpoint"] = "https://bye.example/end?x=1".into();
        });
    };
    let world = lying(Lie::naming_sessions().about_metadata(elsewhere));
    let mut ada = world.ada_at("lie");
    let page = ada.send(framed(&address(&world, "lie", None, None), "cross-site"));
    let policy = page.header("Content-Security-Policy").unwrap();
    let ancestors = policy.split_once("frame-ancestors ").unwrap().1;
    let issuer = url::Url::parse(&world.liar.issuer("lie")).unwrap();
    let issuer = issuer.origin().ascii_serialization();
    assert_eq!(ancestors, format!("{issuer} https://bye.example"));
}

#[test]
fn s_168_s_378_a_wrong_issuer_or_sid_ends_nothing() {
    let world = lying(Lie::naming_sessions());
    let mut ada = world.ada_at("lie");
    let (lie, honest) = (world.liar.issuer("lie"), world.liar.issuer("honest"));
    let s1 = Some("s1");
    for url in [
        address(&world, "lie", Some(&honest), s1),
        address(&world, "lie", Some(&format!("{lie}/")), s1),
        address(&world, "lie", Some(""), s1),
        address(&world, "lie", Some(&honest), None),
        address(&world, "lie", Some(&lie), Some("s2")),
        address(&world, "lie", Some(&lie), Some("")),
        address(&world, "honest", Some(&honest), s1),
        address(&world, "honest", Some(&lie), s1),
        address(&world, "honest", None, None),
        address(&world, "lie", Some(&lie), s1) + "&sid=s1",
        address(&world, "lie", Some(&lie), s1) + "%ff",
    ] {
        let page = ada.send(framed(&url, "same-site")).expect(200);
        assert!(!deletes_cookie(&page), "{url}");
        is_in(&mut ada, true);
    }
    assert!(world.usher.audited("sign_out").is_empty());
}

/// A name that says nothing would be everybody's, and known to strangers.
#[test]
fn s_378_an_empty_sid_names_no_session() {
    let world = lying(Lie::none().in_claims(|claims| claims["sid"] = "".into()));
    let mut ada = world.ada_at("lie");
    let issuer = world.liar.issuer("lie");
    let url = address(&world, "lie", Some(&issuer), Some(""));
    let stranger = world.usher.browser().send(framed(&url, "cross-site"));
    stranger.expect(200);
    is_in(&mut ada, true);
}

#[test]
fn c_25_without_a_sid_only_the_session_of_the_cookie_ends() {
    let world = lying(Lie::naming_sessions());
    let mut other = world.ada_at("lie");
    for (iss, site) in [
        (None, "same-site"),
        (Some(world.liar.issuer("lie")), "cross-site"),
    ] {
        let mut ada = world.ada_at("lie");
        let url = address(&world, "lie", iss.as_deref(), None);
        let page = ada.send(framed(&url, site)).expect(200);
        assert!(deletes_cookie(&page));
        is_in(&mut ada, false);
    }
    is_in(&mut other, true);
    // A session without a `sid` of its own may be the one that is meant.
    let mut ada = world.ada_at("honest");
    let url = address(&world, "honest", Some(&world.liar.issuer("honest")), Some("s9"));
    ada.send(framed(&url, "same-site")).expect(200);
    is_in(&mut ada, false);
}

#[test]
fn s_378_no_link_picture_or_prefetch_signs_anyone_out() {
    let world = lying(Lie::naming_sessions());
    let mut ada = world.ada_at("lie");
    let url = address(&world, "lie", None, None);
    for (dest, mode) in [
        ("document", "navigate"),
        ("image", "no-cors"),
        ("script", "no-cors"),
        ("empty", "cors"),
    ] {
        let pulled = Request::get(&url)
            .header("Sec-Fetch-Dest", dest)
            .header("Sec-Fetch-Mode", mode)
            .header("Sec-Fetch-Site", "same-site");
        ada.send(pulled).expect(200);
        is_in(&mut ada, true);
    }
    let named = address(&world, "lie", Some(&world.liar.issuer("lie")), Some("s1"));
    ada.send(framed(&named, "cross-site").header("Sec-Purpose", "prefetch"))
        .expect(503);
    is_in(&mut ada, true);
    for method in ["POST", "HEAD", "PUT"] {
        let answer = ada.send(framed(&named, "cross-site").method(method));
        assert_eq!(answer.status, 405, "{method}");
    }
    is_in(&mut ada, true);
}

#[test]
fn s_032_s_169_in_chromium_the_providers_page_frames_it_and_nobody_elses_can() {
    let world = lying(Lie::naming_sessions());
    let url = address(&world, "lie", Some(&world.liar.issuer("lie")), Some("s1"));
    let signed_in = || {
        let visitor = Visitor::new();
        let tab = visitor.tab();
        tab.open(&world.usher.url("/auth/login?provider=lie"));
        tab.arrive(&format!("^{}$", world.usher.url("/")));
        for cookie in visitor.cookies() {
            let value = cookie["value"].as_str().unwrap();
            world.usher.secrets.add("the value of a cookie", value);
        }
        (visitor, tab)
    };
    let page = |url: &str| {
        let url = url.replace('&', "&amp;");
        format!(
            "<!doctype html><title>Goodbye</title><link rel=\"icon\" href=\"data:,\"><iframe src=\"{url}\"></iframe>"
        )
    };
    let (_visitor, tab) = signed_in();
    world.liar.parts_with(&page(&url));
    tab.open(&format!("{}/goodbye", world.liar.issuer("lie")));
    assert_eq!(tab.problems(), Vec::<String>::new());
    tab.open(&world.usher.url("/"));
    assert!(!tab.text().contains("Ada Lovelace"), "{}", tab.text());
    assert_eq!(world.usher.audited("sign_out").len(), 1);

    // A page of somebody else's shows nothing of ours in its frame, and has no `sid` to tell.
    let own = address(&world, "lie", None, None);
    let (_visitor, tab) = signed_in();
    let elsewhere = Server::start(move |_| Answer::new(200, "text/html", page(&own)));
    tab.open(&format!("http://localhost:{}/", elsewhere.port));
    let stopped = |problem: &String| problem.contains("frame-ancestors");
    assert!(tab.problems().iter().any(stopped), "{:?}", tab.problems());
    tab.open(&world.usher.url("/"));
    assert!(tab.text().contains("Ada Lovelace"), "a stranger signed her out");
}
