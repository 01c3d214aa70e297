//! What a provider's section says, as the provider sees it.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::harness::server::{Answer, Server, value_of};
use crate::harness::{ClientAuth, How, Lie, Lying, Settings};

/// A world in which the lying provider is configured as `change` leaves it.
fn world(auth: ClientAuth, change: impl Fn(&mut Settings)) -> Lying {
    Lying::with(Lie::none().authenticating(auth), How::default(), |settings| {
        let name = format!("\"{}\"", auth.name());
        settings.set("[providers.lie]", "auth_method", &name);
        change(settings);
    })
}

#[test]
fn s_073_client_secret_post_says_the_secret_in_the_form_only() {
    let world = world(ClientAuth::Post, |_| ()).accepts();
    let token = world.liar.requests("lie", "token").remove(0);
    assert_eq!(token.header("Authorization"), None);
    let form = token.form();
    for name in ["client_id", "client_secret", "code", "code_verifier"] {
        assert_eq!(form.iter().filter(|(n, _)| n == name).count(), 1, "{name}");
    }
    assert!(!token.target.contains('?'), "nothing of it in the address");
}

#[test]
fn s_073_without_a_secret_pkce_alone_proves_who_asks() {
    let world = world(ClientAuth::Nothing, |settings| {
        settings.unset("[providers.lie]", "client_secret");
    })
    .accepts();
    let token = world.liar.requests("lie", "token").remove(0);
    assert_eq!(token.header("Authorization"), None);
    let form = token.form();
    assert_eq!(value_of(&form, "client_secret"), None);
    assert_eq!(value_of(&form, "client_id"), Some("usher"));
    assert!(value_of(&form, "code_verifier").is_some_and(|verifier| verifier.len() >= 43));
}

#[test]
fn s_073_another_way_than_the_configured_one_is_not_tried() {
    let world = Lying::with(
        Lie::none().authenticating(ClientAuth::Post),
        How::default(),
        |_| (),
    );
    let mut ada = world.usher.browser();
    let page = world.sign_in(&mut ada, "lie");
    assert!(page.status >= 400 && !ada.is_signed_in(), "{}", page.status);
    for token in world.liar.requests("lie", "token") {
        assert_eq!(value_of(&token.form(), "client_secret"), None);
    }
}

#[test]
fn extra_params_and_prompt_stand_in_every_authorization_request() {
    let world = world(ClientAuth::Basic, |settings| {
        settings
            .set("[providers.lie]", "prompt", "\"login\"")
            .set(
                "[providers.lie]",
                "extra_params",
                "{ audience = \"acme & sons\", hd = \"example.com\" }",
            )
            .set("[providers.lie]", "scopes", "[\"openid\", \"email\", \"groups\"]");
    })
    .accepts();
    let mut bob = world.usher.browser();
    world.sign_in(&mut bob, "lie").expect(200);
    let asked = world.liar.requests("lie", "authorize");
    assert_eq!(asked.len(), 2);
    for request in asked {
        let query = request.query();
        for (name, value) in [
            ("prompt", "login"),
            ("audience", "acme & sons"),
            ("hd", "example.com"),
            ("scope", "openid email groups"),
            ("response_type", "code"),
        ] {
            let found: Vec<_> = query.iter().filter(|(n, _)| n == name).collect();
            assert_eq!(found.len(), 1, "{name}");
            assert_eq!(found[0].1, value, "{name}");
        }
    }
    let mut eve = world.usher.browser();
    world.sign_in(&mut eve, "honest").expect(200);
    let honest = world.liar.requests("honest", "authorize").remove(0).query();
    for name in ["prompt", "audience", "hd"] {
        assert_eq!(value_of(&honest, name), None, "{name} is of the other provider");
    }
}

#[test]
fn c_23_proxies_of_the_environment_are_ignored() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let proxy = Server::start(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Answer::new(502, "text/plain", "nothing goes through here")
    });
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let names = [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];
    let how = How {
        env: names.map(|name| (name, address.clone())).to_vec(),
        ..How::default()
    };
    let world = Lying::with(Lie::none(), how, |settings| {
        // Nobody listens there: without a proxy this ends at once.
        let tls = "issuer = \"https://localhost:1\"\nclient_id = \"usher\"\nauth_method = \"none\"";
        settings.add("[providers.tls]", tls);
    });
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    assert!(ada.is_signed_in());
    let mut bob = world.usher.browser();
    world.sign_in(&mut bob, "tls").expect(502);
    assert_eq!(
        asked.load(Ordering::SeqCst),
        0,
        "a proxy that nobody configured was used"
    );
}

#[test]
fn c_23_the_configured_proxy_is_used() {
    let targets = Arc::new(Mutex::new(Vec::new()));
    let book = Arc::clone(&targets);
    let proxy = Server::start(move |asked| {
        book.lock().unwrap().push(asked.target.clone());
        Answer::new(502, "text/plain", "not today")
    });
    let world = Lying::with(Lie::none(), How::default(), |settings| {
        let address = format!("\"http://127.0.0.1:{}\"", proxy.port);
        settings.set("[server]", "outbound_proxy", &address);
    });
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(502);
    let issuer = world.liar.issuer("honest");
    let targets = targets.lock().unwrap();
    assert!(!targets.is_empty(), "the proxy saw nothing");
    assert!(
        targets.iter().all(|target| target.starts_with(&issuer)),
        "{targets:?}"
    );
    assert_eq!(world.liar.asked("honest", ".well-known/openid-configuration"), 0);
}
