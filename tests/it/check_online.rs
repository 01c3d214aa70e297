//! `usher check --online`: what an operator sees before anybody signs in.

use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::lie::{append, edit, remove};
use crate::harness::server::Answer;
use crate::harness::{How, Lie, Lying, lying};

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What it says of the lying provider, and whether it is content.
fn checked(lie: Lie) -> (Value, Option<i32>) {
    let world = lying(lie);
    let output = world.usher.run(&["check", "--online", "--format", "json"]);
    let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(all["ok"], output.status.success());
    let find = |id: &str| {
        let providers = all["online"]["providers"].as_array().unwrap();
        providers.iter().find(|found| found["id"] == id).unwrap().clone()
    };
    assert_eq!(
        find("honest")["ok"],
        true,
        "one provider's fault is not another's"
    );
    (find("lie"), output.status.code())
}

/// Asserts that this line is `level`, and the exit code what follows from that.
#[track_caller]
fn finds(lie: Lie, about: &str, level: &str, words: &str) {
    let (found, code) = checked(lie);
    let findings = found["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["about"] == about);
    let finding = finding.unwrap_or_else(|| panic!("nothing about {about}: {found}"));
    assert_eq!(finding["level"], level, "{finding}");
    assert!(finding["text"].as_str().unwrap().contains(words), "{finding}");
    assert_eq!(code, Some(i32::from(level == "fail")), "{found}");
}

#[test]
fn an_honest_provider_is_well_and_its_registration_is_told() {
    let world = lying(Lie::none().ending_sessions());
    let output = world.usher.run(&["check", "--online"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let text = text(&output);
    for line in [
        "signed by RS256",
        "1 of 1 usable keys serve RS256",
        "client_secret_basic",
        "end_session, PAR, iss in its answers (RFC 9207), PKCE S256 announced",
        "cannot    back-channel logout, front-channel logout",
        "/events/townhall",
        "0 days old",
    ] {
        // The vendor's line has its origin only.
        let wanted = line != "/events/townhall";
        assert_eq!(text.contains(line), wanted, "{line}:\n{text}");
    }
    for path in [
        "/auth/callback/lie",
        "/auth/signed-out",
        "/auth/backchannel-logout/lie",
        "/auth/frontchannel-logout/lie",
    ] {
        assert!(text.contains(&world.usher.url(path)), "{path}:\n{text}");
    }
    assert_eq!(world.liar.asked("lie", "token"), 0, "nobody signs in");
}

#[test]
fn s_150_another_issuer_fails() {
    let lie = Lie::none().about_metadata(|a| edit(a, |v| append(&mut v["issuer"], "/")));
    finds(lie, "discovery", "fail", "provider.issuer_mismatch");

    let lie = Lie::none().about_metadata(|a| edit(a, |v| append(&mut v["issuer"], "/")));
    let output = lying(lie).usher.run(&["check", "--online"]);
    assert!(text(&output).contains(": 1 error, "), "{}", text(&output));
}

#[test]
fn s_134_algorithms_that_are_not_allowed_fail() {
    let other = |a: &mut Answer| {
        edit(a, |v| {
            v["id_token_signing_alg_values_supported"] = json!(["ES256", "none"]);
        });
    };
    finds(Lie::none().about_metadata(other), "id_token", "fail", "ES256");
    let silent = |a: &mut Answer| edit(a, |v| remove(v, "id_token_signing_alg_values_supported"));
    finds(
        Lie::none().about_metadata(silent),
        "id_token",
        "warn",
        "does not say",
    );
}

#[test]
fn s_347_keys_that_serve_nobody_fail() {
    let none = |a: &mut Answer| edit(a, |v| v["keys"][0]["use"] = "enc".into());
    finds(
        Lie::none().about_keys(none),
        "keys",
        "fail",
        "none of 0 usable keys",
    );
    let broken = |a: &mut Answer| *a = Answer::new(500, "text/plain", "oops");
    finds(
        Lie::none().about_keys(broken),
        "keys",
        "fail",
        "provider.wrong_answer",
    );
}

#[test]
fn a_clock_that_is_wrong_is_told() {
    let dated = |date: &'static str| {
        move |a: &mut Answer| {
            if let Answer::Full { headers, .. } = a {
                headers.push(("Date".to_owned(), date.to_owned()));
            }
        }
    };
    let past = dated("Thu, 01 Jan 2026 00:00:00 GMT");
    finds(Lie::none().about_metadata(past), "clock", "warn", "behind");
    let future = dated("Fri, 01 Jan 2100 00:00:00 GMT");
    finds(Lie::none().about_metadata(future), "clock", "fail", "ahead");
}

#[test]
fn s_073_a_way_to_say_who_we_are_that_is_not_named_is_told() {
    let other = |a: &mut Answer| {
        edit(a, |v| {
            v["token_endpoint_auth_methods_supported"] = json!(["private_key_jwt"]);
        });
    };
    finds(
        Lie::none().about_metadata(other),
        "client",
        "warn",
        "client_secret_basic",
    );
}

#[test]
fn s_127_pushing_without_a_place_to_push_to_fails() {
    let without = |a: &mut Answer| edit(a, |v| remove(v, "pushed_authorization_request_endpoint"));
    finds(
        Lie::none().requiring_par().about_metadata(without),
        "par",
        "fail",
        "provider.no_par",
    );
}

#[test]
fn c_58_silent_providers_are_asked_at_once_and_not_waited_for() {
    let world = Lying::with(
        Lie::none().about_metadata(|a| *a = Answer::Silence),
        How::default(),
        |settings| {
            for id in ["gone", "away"] {
                let body = format!(
                    "issuer = \"http://127.0.0.1:1/{id}\"\nclient_id = \"usher\"\nauth_method = \"none\""
                );
                settings.add(&format!("[providers.{id}]"), &body);
            }
        },
    );
    let began = Instant::now();
    let output = world.usher.run(&["check", "--online"]);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(output.status.code(), Some(1));
    let text = text(&output);
    assert!(text.contains("provider.slow"), "{text}");
    assert_eq!(text.matches("provider.unreachable").count(), 2, "{text}");
    let offline = world.usher.run(&["check"]);
    assert_eq!(offline.status.code(), Some(0), "offline it is nobody's fault");
}

#[test]
fn a_vendor_that_is_down_is_a_warning() {
    let world = Lying::with(Lie::none(), How::default(), |settings| {
        settings.set("[apps.townhall]", "url", "\"http://127.0.0.1:1/event\"");
    });
    let output = world.usher.run(&["check", "--online"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(
        text(&output).contains("http://127.0.0.1:1 could not be reached"),
        "{}",
        text(&output)
    );
}
