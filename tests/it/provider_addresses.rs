//! Where a provider's metadata may send the gateway (S-150, S-151, S-357, S-358).

use std::io::ErrorKind;
use std::net::TcpListener;

use crate::harness::lie::edit;
use crate::harness::{How, Lie, Lying, lying};

/// A lie about one endpoint.
fn naming(endpoint: &'static str, address: &str) -> Lie {
    let address = address.to_owned();
    Lie::none().about_metadata(move |a| edit(a, |v| v[endpoint] = address.clone().into()))
}

/// Whether anybody has ever connected.
fn was_called(listener: &TcpListener) -> bool {
    listener.set_nonblocking(true).unwrap();
    match listener.accept() {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::WouldBlock => false,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn s_151_an_endpoint_that_is_no_https_address_is_not_used() {
    for address in [
        "http://op.example.com/token",
        "http://10.0.0.1/token",
        "file:///etc/passwd",
        "ftp://localhost/token",
        "https://user@localhost/token",
        "https://user:password@localhost/token",
        "/token",
        "",
    ] {
        lying(naming("token_endpoint", address))
            .refuses(502, "provider.wrong_answer")
            .never_asked("authorize");
    }
    for endpoint in ["authorization_endpoint", "userinfo_endpoint", "jwks_uri"] {
        lying(naming(endpoint, "http://op.example.com/x"))
            .refuses(502, "provider.wrong_answer")
            .never_asked("authorize");
    }
}

/// On Linux whoever connects to 0.0.0.0 reaches what listens on loopback.
#[test]
fn s_357_an_address_that_was_not_meant_is_never_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in ["0.0.0.0", "0", "[::]", "[::ffff:0:0]"] {
        for endpoint in ["token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            lying(naming(endpoint, &format!("https://{host}:{port}/x")))
                .refuses(502, "provider.address_forbidden");
        }
    }
    assert!(!was_called(&listener));
    for host in ["169.254.169.254", "10.0.0.1", "0xa9.0xfe.0xa9.0xfe", "[fd00::1]"] {
        lying(naming("token_endpoint", &format!("https://{host}/x")))
            .refuses(502, "provider.address_forbidden");
    }
}

#[test]
fn s_357_a_private_network_is_one_providers_setting() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let allowing = |section: &'static str| {
        let lie = naming("token_endpoint", &format!("https://0.0.0.0:{port}/token"));
        Lying::with(lie, How::default(), |settings| {
            settings.set(section, "allow_private_network", "true");
        })
    };
    allowing("[providers.honest]").refuses(502, "provider.address_forbidden");
    assert!(!was_called(&listener));
    // Nobody there speaks TLS.
    allowing("[providers.lie]").refuses(504, "provider.slow");
    assert!(was_called(&listener));
}

/// Providers do: tokens from one host, keys from another.
#[test]
fn s_151_metadata_may_name_another_host_of_the_same_network() {
    let by_address = |v: &mut serde_json::Value| {
        for endpoint in ["token_endpoint", "userinfo_endpoint", "jwks_uri"] {
            let named = v[endpoint]
                .as_str()
                .unwrap()
                .replace("//localhost:", "//127.0.0.1:");
            v[endpoint] = named.into();
        }
    };
    // The tokens of the other name would have another issuer.
    let issuer = |c: &mut serde_json::Value| {
        c["iss"] = c["iss"]
            .as_str()
            .unwrap()
            .replace("127.0.0.1", "localhost")
            .into();
    };
    lying(
        Lie::none()
            .about_metadata(move |a| edit(a, by_address))
            .in_claims(issuer),
    )
    .accepts();
}

#[test]
fn s_150_the_issuer_is_compared_letter_by_letter() {
    let other: [fn(&str) -> serde_json::Value; 5] = [
        |issuer| format!("{issuer}/").into(),
        |issuer| issuer.replace("localhost", "LOCALHOST").into(),
        |issuer| issuer.replace("/lie", "/honest").into(),
        |issuer| issuer.replace("localhost", "127.0.0.1").into(),
        |issuer| format!("{issuer}?").into(),
    ];
    for other in other {
        let change = move |v: &mut serde_json::Value| v["issuer"] = other(v["issuer"].as_str().unwrap());
        lying(Lie::none().about_metadata(move |a| edit(a, change)))
            .refuses(502, "provider.issuer_mismatch")
            .never_asked("authorize");
    }
    for none in [serde_json::Value::Null, 7.into(), "".into()] {
        lying(Lie::none().about_metadata(move |a| edit(a, |v| v["issuer"] = none.clone())))
            .refuses_any(502, &["provider.wrong_answer", "provider.issuer_mismatch"])
            .never_asked("authorize");
    }
}

#[test]
fn s_359_nobody_chooses_a_provider_that_is_not_configured() {
    let world = lying(Lie::none());
    let mut browser = world.usher.browser();
    let elsewhere = world.liar.issuer("honest");
    for (query, status) in [
        (format!("provider={elsewhere}"), 404),
        ("provider=unknown".to_owned(), 404),
        ("provider=".to_owned(), 404),
        (format!("idp={elsewhere}"), 400),
        (format!("iss={elsewhere}"), 400),
        (format!("provider=lie&issuer={elsewhere}"), 400),
    ] {
        browser.get(&format!("/auth/login?{query}")).expect(status);
    }
    for provider in ["lie", "honest"] {
        assert_eq!(world.liar.asked(provider, ".well-known/openid-configuration"), 0);
    }
}
