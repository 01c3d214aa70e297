//! How the gateway says who it is, and how it pushes its requests (requirements S-073, S-077,
//! S-109, S-127 to S-129).

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::harness::browser::links;
use crate::harness::keys;
use crate::harness::lie::{edit, remove};
use crate::harness::server::{Answer, Asked, value_of};
use crate::harness::usher::run_in;
use crate::harness::{ClientAuth, How, Lie, Lying, Settings};

/// Lets the gateway say who it is in this way.
fn says(settings: &mut Settings, auth: ClientAuth) {
    let section = "[providers.lie]";
    settings.set(section, "auth_method", &format!("\"{}\"", auth.name()));
    if matches!(auth, ClientAuth::Key | ClientAuth::Nothing) {
        settings.unset(section, "client_secret");
    }
    if auth == ClientAuth::Key {
        let pem = keys::key(keys::CLIENT).pkcs8_pem();
        settings.set(section, "client_key", &format!("\"\"\"{pem}\"\"\""));
    }
}

fn world(auth: ClientAuth, lie: Lie) -> Lying {
    let world = Lying::with(lie.authenticating(auth), How::default(), |settings| {
        says(settings, auth);
    });
    let pem = keys::key(keys::CLIENT).pkcs8_pem();
    world.usher.secrets.add_pem(&pem);
    world
}

fn field<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    value_of(pairs, name).unwrap_or_else(|| panic!("no {name}"))
}

/// The names of what stands in an address.
fn said(asked: &Asked) -> Vec<String> {
    asked.query().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn s_077_s_109_s_129_an_assertion_vouches_for_the_gateway_and_only_once() {
    let world = world(ClientAuth::Key, Lie::none()).accepts().accepts();
    let tokens = world.liar.requests("lie", "token");
    assert_eq!(tokens.len(), 2, "the provider takes no assertion twice");
    for token in tokens {
        assert_eq!(token.header("Authorization"), None);
        let form = token.form();
        assert_eq!(value_of(&form, "client_secret"), None);
        assert_eq!(field(&form, "client_id"), "usher");
        assert_eq!(
            field(&form, "redirect_uri"),
            world.usher.url("/auth/callback/lie"),
            "S-072"
        );
    }
}

#[test]
fn s_109_the_public_half_is_shown_for_the_provider_and_the_private_one_never() {
    let world = world(ClientAuth::Key, Lie::none());
    let dir = world.usher.dir.path();
    let shown = run_in(dir, &["keys", "show", "--provider", "lie"]);
    let text = String::from_utf8(shown.stdout).unwrap();
    let private = keys::key(keys::CLIENT).pkcs8_pem();
    assert!(private.lines().all(|line| !text.contains(line)), "{text}");
    assert!(text.contains(&keys::key(keys::CLIENT).public_pem()), "{text}");
    let (_, thumbprint) = text.split_once("thumbprint  ").unwrap();
    let thumbprint = thumbprint.lines().next().unwrap();
    assert!(text.contains(&format!("\"kid\":\"{thumbprint}\"")), "{text}");
    let checked = world.usher.run(&["check"]);
    let checked = String::from_utf8(checked.stdout).unwrap();
    assert!(
        checked.contains(&format!("private_key_jwt, RS256, thumbprint {thumbprint}")),
        "{checked}"
    );
    let other = world.usher.run(&["keys", "show", "--provider", "honest"]);
    assert!(!other.status.success());
}

#[test]
fn s_127_a_provider_that_requires_it_gets_every_request_pushed() {
    for auth in [
        ClientAuth::Basic,
        ClientAuth::Post,
        ClientAuth::Key,
        ClientAuth::Nothing,
    ] {
        let world = world(auth, Lie::none().requiring_par()).accepts();
        let seen = world.liar.requests("lie", "authorize").remove(0);
        assert_eq!(said(&seen), ["client_id", "request_uri"]);
        let pushed = world.liar.requests("lie", "par").remove(0);
        assert!(!pushed.target.contains('?'));
        let form = pushed.form();
        assert_eq!(field(&form, "response_type"), "code", "S-070");
        assert_eq!(field(&form, "code_challenge_method"), "S256");
        assert_eq!(field(&form, "client_id"), "usher");
        assert_eq!(
            field(&form, "redirect_uri"),
            world.usher.url("/auth/callback/lie")
        );
        for name in ["state", "nonce", "scope", "code_challenge", "ui_locales"] {
            assert_eq!(form.iter().filter(|(n, _)| n == name).count(), 1, "{name}");
        }
    }
}

#[test]
fn s_127_the_operator_may_ask_for_it_too() {
    let world = Lying::with(Lie::none(), How::default(), |settings| {
        settings.set("[providers.lie]", "par", "true").set(
            "[providers.lie]",
            "extra_params",
            "{ audience = \"acme & sons\" }",
        );
    })
    .accepts();
    let seen = world.liar.requests("lie", "authorize").remove(0);
    assert_eq!(said(&seen), ["client_id", "request_uri"]);
    let form = world.liar.requests("lie", "par").remove(0).form();
    assert_eq!(field(&form, "audience"), "acme & sons");
    let mut bob = world.usher.browser();
    world.sign_in(&mut bob, "honest").expect(200);
    assert_eq!(
        world.liar.asked("honest", "par"),
        0,
        "an offer alone changes nothing"
    );
}

#[test]
fn s_128_each_way_to_the_provider_is_a_new_push() {
    let world = world(ClientAuth::Basic, Lie::none().requiring_par());
    let mut ada = world.usher.browser();
    let once = ada.get("/auth/login?provider=lie").expect(303);
    let used = once.location().to_owned();
    ada.follow(once).expect(200);
    assert!(ada.is_signed_in());
    // The browser's Back: the provider knows that request no more, and only a new one leads on.
    ada.go(&used).expect(400);
    let again = ada.get("/auth/login?provider=lie").expect(303);
    assert_ne!(again.location(), used);
    ada.follow(again).expect(200);
}

#[test]
fn s_128_a_refused_push_is_never_made_up_for_by_plain_parameters() {
    let answers = [
        (
            Answer::new(400, "application/json", r#"{"error":"invalid_request"}"#),
            502,
            "provider.par_refused",
        ),
        (
            Answer::new(401, "application/json", "{}"),
            502,
            "provider.par_refused",
        ),
        (
            Answer::new(500, "text/plain", "oops"),
            502,
            "provider.wrong_answer",
        ),
        (
            Answer::new(201, "application/json", "{}"),
            502,
            "provider.wrong_answer",
        ),
        (Answer::redirect(307, "/honest/par"), 502, "provider.redirected"),
        (Answer::Endless, 502, "provider.too_large"),
        (Answer::Silence, 504, "provider.slow"),
    ];
    for (answer, status, reason) in answers {
        let lie = Lie::none()
            .requiring_par()
            .in_par_answer(move |a| *a = answer.clone());
        world(ClientAuth::Basic, lie)
            .refuses(status, reason)
            .never_asked("authorize");
    }
}

/// A stranger can start as many sign-ins as there are turns, while a code is redeemed for nobody but
/// whoever has one.
#[test]
fn s_366_c_20_a_flood_of_begun_sign_ins_keeps_nobody_from_ending_one() {
    const TURNS: usize = 256;
    let pushed = Arc::new((Mutex::new(None), Condvar::new()));
    let counted = Arc::clone(&pushed);
    let lie = Lie::none().requiring_par().in_par_answer(move |answer| {
        let (count, changed) = &*counted;
        if let Some(count) = count.lock().unwrap().as_mut() {
            *count += 1;
            *answer = Answer::Silence;
            changed.notify_all();
        }
    });
    let world = world(ClientAuth::Basic, lie);
    let mut ada = world.usher.browser();
    let begun = ada.get("/auth/login?provider=lie").expect(303);
    let (count, changed) = &*pushed;
    *count.lock().unwrap() = Some(0);
    let port = world.usher.port;
    let request = format!("GET /auth/login?provider=lie HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    let flood: Vec<TcpStream> = (0..2 * TURNS + 88)
        .map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .collect();
    let full = |count: &mut Option<usize>| count.is_some_and(|count| count < TURNS);
    let waited = changed.wait_timeout_while(count.lock().unwrap(), Duration::from_secs(9), full);
    drop(waited.unwrap());
    ada.follow(begun).expect(200);
    assert!(ada.is_signed_in());
    drop(flood);
}

#[test]
fn s_128_where_nothing_can_be_pushed_nobody_is_sent_on() {
    let without = |a: &mut Answer| edit(a, |v| remove(v, "pushed_authorization_request_endpoint"));
    let lie = Lie::none().requiring_par().about_metadata(without);
    world(ClientAuth::Basic, lie)
        .refuses(502, "provider.no_par")
        .never_asked("authorize");
}

#[test]
fn s_128_a_pushed_request_that_was_too_old_is_followed_by_a_new_one() {
    let stale = |back: &mut Vec<(String, String)>| back[0] = ("error".into(), "invalid_request_uri".into());
    let lie = Lie::none().requiring_par().on_the_way_back(stale);
    let world = world(ClientAuth::Basic, lie).refuses(400, "callback.invalid_request_uri");
    let pushed = world.liar.asked("lie", "par");
    let mut ada = world.usher.browser();
    let page = ada.go("/auth/login?provider=lie&app=townhall").expect(400);
    let again = links(&page.text());
    let again = again
        .iter()
        .find(|to| to.starts_with("/auth/login?"))
        .expect("a way on");
    assert_eq!(
        world.liar.asked("lie", "par"),
        pushed + 1,
        "only a person starts anew"
    );
    let again = ada.get(again).expect(303);
    assert!(again.location().contains("request_uri="));
    assert_eq!(world.liar.asked("lie", "par"), pushed + 2);
}

#[test]
fn s_129_an_assertion_says_what_it_is_where_the_provider_asks_for_that() {
    let kind = "client-authentication+jwt";
    let world = Lying::with(
        Lie::none().authenticating(ClientAuth::Key),
        How::default(),
        |settings| {
            says(settings, ClientAuth::Key);
            settings.set("[providers.lie]", "client_key_typ", &format!("\"{kind}\""));
        },
    )
    .accepts();
    world.usher.secrets.add_pem(&keys::key(keys::CLIENT).pkcs8_pem());
    let form = world.liar.requests("lie", "token").remove(0).form();
    let header = field(&form, "client_assertion").split('.').next().unwrap();
    let header: serde_json::Value = serde_json::from_slice(&keys::from_base64url(header)).unwrap();
    assert_eq!(header["typ"], kind);
}
