//! What providers say of themselves, in odd and in hostile ways (requirements S-016, S-040, S-042,
//! S-076, S-080 to S-084, S-107, S-111, S-123 to S-126, S-151, S-357, S-362).

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::harness::lie::{edit, remove};
use crate::harness::server::{Answer, Server};
use crate::harness::tls::Tls;
use crate::harness::usher::write_secret;
use crate::harness::{How, Lie, Lying, World, lying};

#[test]
fn s_076_odd_announcements_keep_nobody_out() {
    let odd = |a: &mut Answer| {
        edit(a, |v| {
            v["response_types_supported"] = json!(["token id_token code", "id_token code", "none"]);
            v["id_token_signing_alg_values_supported"] = json!(["none", "RS256", "ML-DSA-65"]);
            v["subject_types_supported"] = json!(["galactic"]);
            v["mtls_endpoint_aliases"] = json!({ "token_endpoint": "https://mtls.example/token" });
            v["token_endpoint_auth_methods_supported"] = json!(["tls_client_auth"]);
        });
    };
    lying(Lie::none().about_metadata(odd)).accepts();
}

#[test]
fn s_016_s_081_after_a_restart_metadata_is_read_before_anything_else() {
    let mut world = lying(Lie::none()).accepts();
    world.usher.stop();
    world.usher.start_again();
    let before = world.liar.asked("lie", ".well-known/openid-configuration");
    let keys = world.liar.asked("lie", "jwks");
    let world = world.accepts();
    assert_eq!(
        world.liar.asked("lie", ".well-known/openid-configuration"),
        before + 1
    );
    assert_eq!(
        world.liar.asked("lie", "jwks"),
        keys + 1,
        "the keys are read anew too"
    );
}

#[test]
fn s_080_s_082_a_provider_behind_a_private_authority_with_path_port_and_slash() {
    let tls = Tls::start();
    let world = Lying::with(Lie::none().behind_tls(), How::default(), |settings| {
        let issuer = format!("\"https://localhost:{}/lie/\"", tls.port);
        let authority = format!("\"{}\"", tls.authority.display());
        settings
            .set("[providers.lie]", "issuer", &issuer)
            .set("[providers.lie]", "ca_file", &authority);
    });
    tls.lead_to(&world.liar);
    // The browser of these tests speaks no TLS, so that the provider's page is skipped over.
    let mut ada = world.usher.browser();
    let start = ada.get("/auth/login?provider=lie").expect(303);
    assert!(
        start
            .location()
            .starts_with(&format!("https://localhost:{}/lie/authorize?", tls.port)),
        "{}",
        start.path()
    );
    let plain = world.liar.issuer("lie");
    let page = start
        .location()
        .replace(&format!("https://localhost:{}/lie", tls.port), &plain);
    let answer = ada.get(&page).expect(302);
    ada.follow(answer).expect(200);
    assert!(ada.is_signed_in(), "{}", world.usher.log.text());
}

#[test]
fn s_082_without_its_authority_such_a_provider_is_not_trusted() {
    let tls = Tls::start();
    let world = Lying::with(Lie::none().behind_tls(), How::default(), |settings| {
        let issuer = format!("\"https://localhost:{}/lie/\"", tls.port);
        settings.set("[providers.lie]", "issuer", &issuer);
    });
    tls.lead_to(&world.liar);
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "lie").expect(502);
    assert_eq!(
        world.usher.logged("sign_in.failed")["reason"],
        "provider.unreachable"
    );
    assert_eq!(world.liar.asked("lie", ".well-known/openid-configuration"), 0);
}

#[test]
fn s_083_an_unverified_address_keeps_nobody_from_signing_in() {
    let world = World::start();
    world.signed_in("una").get("/").expect(200);
}

#[test]
fn s_040_s_074_the_access_token_stands_in_one_header() {
    let world = lying(Lie::none()).accepts();
    let asked = world.liar.requests("lie", "userinfo").remove(0);
    let header = asked.header("Authorization").expect("a header");
    assert!(header.starts_with("Bearer "));
    assert!(!asked.target.contains('?') && asked.body.is_empty());
}

#[test]
fn s_042_s_146_claims_that_lie_elsewhere_are_not_fetched() {
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&hits);
    let elsewhere = Server::start(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Answer::json(&json!({ "title": "Root" }))
    });
    let there = format!("http://localhost:{}/claims", elsewhere.port);
    let lie = Lie::none().in_claims(move |claims| {
        claims["_claim_names"] = json!({ "title": "src1", "phone_number": "src2" });
        claims["_claim_sources"] = json!({
            "src1": { "endpoint": there, "access_token": "t" },
            "src2": { "JWT": "e30.e30.e30" },
        });
    });
    lying(lie).accepts();
    assert_eq!(hits.load(Ordering::SeqCst), 0);
}

#[test]
fn s_123_s_126_the_issuer_of_an_answer_is_compared_as_it_is_written() {
    lying(Lie::none().on_the_way_back(|back| back[2].1 += "/"))
        .refuses(400, "callback.iss_mismatch")
        .never_asked("token");
    let silent = |a: &mut Answer| {
        edit(a, |v| {
            remove(v, "authorization_response_iss_parameter_supported");
        });
    };
    lying(
        Lie::none()
            .about_metadata(silent)
            .on_the_way_back(|back| back[2].1 += "x"),
    )
    .refuses(400, "callback.iss_mismatch")
    .never_asked("token");
    lying(
        Lie::none()
            .about_metadata(silent)
            .on_the_way_back(|back| back.truncate(2)),
    )
    .accepts();
}

#[test]
fn s_124_s_125_errors_are_believed_only_in_the_providers_name() {
    let denied = |back: &mut Vec<(String, String)>| back[0] = ("error".into(), "access_denied".into());
    lying(Lie::none().on_the_way_back(move |back| {
        denied(back);
        back[2].1 += "x";
    }))
    .refuses(400, "callback.iss_mismatch");
    lying(Lie::none().on_the_way_back(move |back| {
        denied(back);
        back.truncate(2);
    }))
    .refuses(400, "callback.iss_missing");
    lying(Lie::none().on_the_way_back(denied)).refuses(400, "callback.access_denied");
}

#[test]
fn s_151_s_357_endpoints_at_forbidden_addresses_are_not_called() {
    for (endpoint, reason) in [
        ("http://op.example/token", "provider.wrong_answer"),
        ("file:///etc/passwd", "provider.wrong_answer"),
        ("https://me:too@localhost/token", "provider.wrong_answer"),
        ("https://169.254.169.254/token", "provider.address_forbidden"),
        ("https://0x7f.1.1.1:1/token", "provider.unreachable"),
        ("https://0.0.0.0/token", "provider.address_forbidden"),
        ("https://[fd00::1]/token", "provider.address_forbidden"),
        ("https://3232235521/token", "provider.address_forbidden"),
    ] {
        let there = move |a: &mut Answer| edit(a, |v| v["token_endpoint"] = endpoint.into());
        lying(Lie::none().about_metadata(there)).refuses(502, reason);
    }
    let there = |a: &mut Answer| edit(a, |v| v["jwks_uri"] = "https://192.168.0.1/jwks".into());
    lying(Lie::none().about_metadata(there)).refuses(502, "provider.address_forbidden");
}

#[test]
fn s_107_nothing_but_the_code_flow_can_be_configured() {
    let world = lying(Lie::none());
    let dir = world.usher.dir.path();
    let text = std::fs::read_to_string(dir.join("usher.toml")).unwrap();
    for line in [
        "response_type = \"id_token\"",
        "extra_params = { response_type = \"code id_token\" }",
        "extra_params = { request_uri = \"https://evil.example/\" }",
    ] {
        let changed = text.replace("[providers.lie]\n", &format!("[providers.lie]\n{line}\n"));
        write_secret(dir, "changed.toml", &changed);
        let output = world.usher.run(&["check", "-c", "changed.toml"]);
        assert_eq!(output.status.code(), Some(1), "{line}");
    }
}

#[test]
fn s_111_plain_http_is_for_this_machine_alone() {
    let world = lying(Lie::none());
    let dir = world.usher.dir.path();
    let text = std::fs::read_to_string(dir.join("usher.toml")).unwrap();
    let issuer = world.liar.issuer("lie");
    let home = world.usher.url("");
    for (here, elsewhere) in [
        (issuer.as_str(), "http://op.example/lie"),
        (home.trim_end_matches('/'), "http://go.example"),
    ] {
        write_secret(dir, "changed.toml", &text.replacen(here, elsewhere, 1));
        let output = world.usher.run(&["check", "-c", "changed.toml"]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{elsewhere}");
        assert!(said.contains("plain http is for loopback only"), "{said}");
    }
}

#[test]
fn s_362_a_small_answer_that_unfolds_without_end() {
    let bomb = gzip(&vec![b' '; 20 * 1024 * 1024]);
    let folded = move |a: &mut Answer| {
        if let Answer::Full { headers, body, .. } = a {
            headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
            body.clone_from(&bomb);
        }
    };
    lying(Lie::none().about_metadata(folded.clone())).refuses(502, "provider.too_large");
    lying(Lie::none().about_keys(folded.clone())).refuses(502, "provider.too_large");
    lying(Lie::none().in_userinfo(folded)).refuses(502, "provider.too_large");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut child = Command::new("gzip")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gzip runs");
    let mut stdin = child.stdin.take().expect("piped");
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(bytes).expect("gzip takes it all"));
        child.wait_with_output().expect("gzip ends").stdout
    })
}
