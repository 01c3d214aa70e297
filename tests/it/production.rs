//! As it is deployed: https outside, a TLS proxy in front, plain HTTP to the gateway. The proxy is
//! imagined: the tests' browser keeps the outer address and speaks to the inner one.

use std::sync::Arc;

use crate::harness::{Browser, How, Lie, Lying, Request, Response, claims_of, keys};

const PUBLIC: &str = "https://go.example.com";

fn deployed() -> (Lying, Browser) {
    let world = Lying::with(Lie::none().ending_sessions(), How::default(), |settings| {
        settings.set("", "public_url", &format!("\"{PUBLIC}\""));
    });
    let secrets = Arc::clone(&world.usher.secrets);
    let browser = Browser::through_a_proxy(PUBLIC, world.usher.port, secrets);
    (world, browser)
}

/// Asserts what every answer of a deployed gateway says; how many of these there were.
#[track_caller]
fn are_sealed(hops: &[Response]) -> usize {
    let ours: Vec<&Response> = hops.iter().filter(|hop| hop.url.starts_with(PUBLIC)).collect();
    for hop in &ours {
        let hsts = hop.header("Strict-Transport-Security").expect("S-230: HSTS");
        let age = hsts
            .split(';')
            .find_map(|part| part.trim().strip_prefix("max-age="));
        assert!(age.unwrap().parse::<u32>().unwrap() >= 31_536_000, "{hsts}");
        assert!(hsts.contains("includeSubDomains"), "{hsts}");
        for (name, _, attributes) in hop.set_cookies() {
            assert!(
                name.starts_with("__Host-usher"),
                "S-200: {name} of {}",
                hop.path()
            );
            let attributes: Vec<&str> = attributes.split(';').map(str::trim).collect();
            for wanted in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(
                    attributes.contains(&wanted),
                    "S-202: {wanted} of {name} in {attributes:?}"
                );
            }
            assert!(!attributes.iter().any(|a| a.to_lowercase().starts_with("domain")));
        }
    }
    ours.len()
}

/// The value of a parameter of an address.
fn parameter(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).expect("an address");
    let found = url.query_pairs().find(|(n, _)| n == name);
    found.map(|(_, value)| value.into_owned())
}

#[test]
fn s_085_s_200_s_202_s_230_a_whole_visit_behind_a_tls_proxy() {
    let (world, mut ada) = deployed();
    let arrived = ada.go("/auth/login?provider=lie&app=townhall").expect(200);
    assert_eq!(claims_of(&arrived, keys::TOWNHALL)["displayName"], "Ada Lovelace");
    assert_eq!(are_sealed(&ada.hops), 3, "login, callback and launch");
    let kinds: Vec<String> = ada
        .hops
        .iter()
        .flat_map(Response::set_cookies)
        .map(|(name, ..)| name)
        .collect();
    for kind in ["__Host-usher", "__Host-usher-provider"] {
        assert!(
            kinds.iter().any(|name| name == kind),
            "C-26: no {kind} in {kinds:?}"
        );
    }
    assert!(kinds.iter().any(|name| name.starts_with("__Host-usher-login-")));
    assert_eq!(ada.cookie("__Host-usher").expect("a session").len(), 43, "C-57");

    let launch = ada.get("/launch/townhall").expect(302);
    claims_of(&launch, keys::TOWNHALL);
    are_sealed(&ada.hops);
    for path in ["/", "/account", "/nothing"] {
        ada.get(path);
        assert_eq!(are_sealed(&ada.hops), 1);
    }

    let confirm = ada.get("/auth/logout").expect(200);
    let over = ada.submit_once(&confirm, []).expect(303);
    assert!(ada.cookie("__Host-usher").is_none(), "the cookie is gone");
    assert_eq!(
        parameter(over.location(), "post_logout_redirect_uri").as_deref(),
        Some("https://go.example.com/auth/signed-out")
    );
    let end = ada.follow(over).expect(200).hides("Ada Lovelace");
    assert_eq!(end.path(), "https://go.example.com/auth/signed-out");
    assert_eq!(
        are_sealed(&ada.hops),
        3,
        "the question, the sign-out and the page after it"
    );
    world.vendor.saw_nothing_but_tokens();
}

#[test]
fn s_331_every_absolute_address_is_made_from_public_url() {
    let (world, mut ada) = deployed();
    let login = Request::get("/auth/login?provider=honest")
        .header("X-Forwarded-Host", "evil.test")
        .header("X-Forwarded-Proto", "http");
    let login = ada.send(login).expect(303);
    assert_eq!(
        parameter(login.location(), "redirect_uri").as_deref(),
        Some("https://go.example.com/auth/callback/honest")
    );
    let end = ada.follow(login).expect(200);
    assert_eq!(end.url, "https://go.example.com/");
    assert!(ada.cookie("__Host-usher").is_some());

    let inner = format!(
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
        world.usher.port
    );
    let answer = world.usher.raw(inner.as_bytes()).expect("an answer");
    assert_eq!(answer.status, 421, "the inner address is no name of ours");
}

#[test]
fn s_337_a_session_under_the_bare_name_is_nobodys() {
    let (_world, mut ada) = deployed();
    ada.go("/auth/login?provider=honest").expect(200);
    let id = ada.cookie("__Host-usher").unwrap().to_owned();
    ada.get("/").expect(200).shows("Ada Lovelace");
    ada.forget_cookies();
    for name in ["usher", "__host-usher", "__Secure-usher", "__%48ost-usher"] {
        ada.plant(name, &id);
    }
    ada.get("/").expect(200).hides("Ada Lovelace");
}
