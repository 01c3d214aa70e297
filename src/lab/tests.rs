use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, Validation, decode};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::*;
use crate::config::tests::{COBROWSE, FRAMEABLE, PEM, file, loaded};
use crate::config::{Config, Loaded};
use crate::mint::prepare;
use crate::params::Params;
use crate::signer::sha256_of;
use crate::verify::verify;

const NOW: OffsetDateTime = time::macros::datetime!(2026-11-21 12:00 UTC);

const CUSTOM: &str = "vendor = \"custom\"\nurl = \"https://tool.example/in\"\nallow = [\"everyone\"]\n";

fn app(text: &str) -> Config {
    let own = if text.contains("secret = ") {
        format!("key = \"\"\"{}\"\"\"\n", &*PEM)
    } else {
        String::new()
    };
    loaded(&file("", text).replace(&own, "")).config
}

fn tess(config: &Config) -> Identity {
    let fields =
        json!({ "email": "tess@example.com", "email_verified": true, "name": "Tess", "groups": ["staff"] });
    crate::config::persona(&fields.to_string(), &config.providers).unwrap()
}

fn parts(compact: &str) -> [Value; 2] {
    let part = |n| {
        let bytes = URL_SAFE_NO_PAD
            .decode(compact.split('.').nth(n).unwrap())
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    [part(0), part(1)]
}

/// The names of the members that differ.
fn differing(ours: &Value, theirs: &Value) -> Vec<String> {
    let (ours, theirs) = (ours.as_object().unwrap(), theirs.as_object().unwrap());
    let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let differs = |name: &&&String| ours.get(**name) != theirs.get(**name);
    names.iter().filter(differs).map(|name| (*name).clone()).collect()
}

/// An honest token, and the wrong one made of the same claims.
fn both(app: &App, person: &Identity, flaw: Flaw) -> (String, String) {
    let prepared = prepare(app, person, &Params::default(), NOW).unwrap();
    let honest = app.key.compact(prepared.claims().as_map()).unwrap();
    let key = (flaw == Flaw::OtherKey).then(|| stranger(app.key.algorithm()).ok().unwrap());
    let wrong = LabToken::make(app, prepared.claims(), flaw, key).ok().unwrap();
    let sha256 = wrong.facts().sha256.clone();
    let wrong = wrong.into_compact();
    assert_eq!(sha256, sha256_of(&wrong));
    (
        honest.expose_secret().to_owned(),
        wrong.expose_secret().to_owned(),
    )
}

fn verified(app: &App, compact: &str) -> bool {
    let mut rules = Validation::new(app.key.algorithm());
    (rules.validate_exp, rules.validate_aud) = (false, false);
    rules.required_spec_claims.clear();
    let pem = app.key.public().unwrap().pem();
    let key = DecodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    decode::<Map<String, Value>>(compact, &key, &rules).is_ok()
}

#[test]
fn a_wrong_token_is_wrong_in_one_way_and_right_in_all_others() {
    let config = app(COBROWSE);
    let app = &config.apps[0];
    let person = tess(&config);
    for flaw in Flaw::of(app) {
        let (honest, wrong) = both(app, &person, flaw);
        let ([header, claims], [wrong_header, wrong_claims]) = (parts(&honest), parts(&wrong));
        let (said, headed) = (
            differing(&claims, &wrong_claims),
            differing(&header, &wrong_header),
        );
        let signature = |compact: &str| compact.rsplit('.').next().unwrap().to_owned();
        let (claimed, alg, holds): (&[&str], &[&str], bool) = match flaw {
            Flaw::Expired => (&["exp", "iat"], &[], true),
            Flaw::NotYetValid => (&["nbf"], &[], true),
            Flaw::OtherAudience => (&["aud"], &[], true),
            Flaw::OtherKey => (&[], &[], false),
            Flaw::AlgNone | Flaw::Hs256OverPublicKey => (&[], &["alg"], false),
            Flaw::ChangedPayload => (&[], &[], false),
        };
        assert_eq!(said, claimed, "{flaw:?}");
        assert_eq!(headed, alg, "{flaw:?}");
        assert_eq!(verified(app, &wrong), holds, "{flaw:?}");
        assert!(verified(app, &honest));
        match flaw {
            Flaw::Expired => assert_eq!(wrong_claims["exp"], NOW.unix_timestamp() - 600),
            Flaw::NotYetValid => assert_eq!(wrong_claims["nbf"], NOW.unix_timestamp() + 300 + 3600),
            Flaw::AlgNone => assert_eq!(
                (wrong_header["alg"].as_str(), signature(&wrong).as_str()),
                (Some("none"), "")
            ),
            Flaw::ChangedPayload => {
                // The signature is of a token that has expired, and of no better one.
                let (_, expired) = both(app, &person, Flaw::Expired);
                assert_eq!(signature(&wrong), signature(&expired));
            }
            _ => {}
        }
        // Our own check list names it too.
        let failed = verify(app, &wrong, NOW)
            .into_iter()
            .filter(|check| check.outcome.is_err());
        let failed: Vec<String> = failed.map(|check| check.name).collect();
        let named = match flaw {
            Flaw::Expired => "exp",
            // Its vendor knows no `nbf`.
            Flaw::NotYetValid => "claims",
            Flaw::OtherAudience => "aud",
            Flaw::OtherKey | Flaw::ChangedPayload => "signature",
            Flaw::AlgNone | Flaw::Hs256OverPublicKey => "alg",
        };
        assert!(failed.contains(&named.to_owned()), "{flaw:?}: {failed:?}");
    }
}

#[test]
fn a_vendor_is_offered_what_its_tokens_can_have() {
    let names = |text: &str| -> Vec<&str> {
        let config = app(text);
        Flaw::of(&config.apps[0]).map(Flaw::name).collect()
    };
    let all = [
        "expired",
        "not_yet_valid",
        "other_audience",
        "other_key",
        "alg_none",
        "hs256_over_public_key",
        "changed_payload",
    ];
    assert_eq!(names(COBROWSE), all);
    let without =
        |gone: &[&str]| -> Vec<&str> { all.into_iter().filter(|name| !gone.contains(name)).collect() };
    assert_eq!(
        names(FRAMEABLE),
        without(&["other_audience"]),
        "its tokens name no audience"
    );
    let secret = format!("{CUSTOM}secret = \"{}\"\n", "s".repeat(32));
    let named = secret.clone() + "claims = { aud = \"tool\" }\n";
    assert_eq!(names(&named), without(&["hs256_over_public_key"]));
    let endless = secret + "claims = { name = \"{{ user.name }}\" }\nauto_claims = [\"iat\"]\n";
    assert_eq!(
        names(&endless),
        without(&[
            "expired",
            "not_yet_valid",
            "other_audience",
            "hs256_over_public_key",
            "changed_payload"
        ])
    );
    for flaw in Flaw::ALL {
        assert_eq!(Flaw::parse(flaw.name()), Some(flaw));
    }
    assert_eq!(Flaw::parse("Expired"), None);
}

#[test]
fn times_in_milliseconds_and_an_end_of_another_name_move_too() {
    let text = format!(
        "{CUSTOM}secret = \"{}\"\nclaims = {{ name = \"{{{{ user.name }}}}\" }}\ntime_unit = \"ms\"\nexp_as = \"until\"\nauto_claims = [\"iat\", \"exp\", \"nbf\"]\n",
        "s".repeat(32)
    );
    let config = app(&text);
    let person = tess(&config);
    let millis = |seconds: i64| json!((NOW.unix_timestamp() + seconds) * 1000);
    let (_, expired) = both(&config.apps[0], &person, Flaw::Expired);
    assert_eq!(parts(&expired)[1]["until"], millis(-600));
    let (_, early) = both(&config.apps[0], &person, Flaw::NotYetValid);
    assert_eq!(parts(&early)[1]["nbf"], millis(300 + 3600 - 30));
    let (honest, changed) = both(&config.apps[0], &person, Flaw::ChangedPayload);
    assert_eq!(parts(&changed)[1], parts(&honest)[1]);
}

#[test]
fn only_people_whom_a_test_expects_to_get_in_are_offered() {
    let tests = "[[test]]\nas = { name = \"Tess\" }\napp = \"a\"\nexpect = { allowed = true }\n\
        [[test]]\nas = { sub = \"7\" }\napp = \"a\"\nexpect = { allowed = false }\n\
        [[test]]\nas = { sub = \"8\" }\napp = \"a\"\nexpect = { allowed = true }\n";
    let Loaded { config, tests, .. } = loaded(&(file("", FRAMEABLE) + tests));
    let found = people(&config.apps[0], &tests);
    let called: Vec<String> = found.iter().map(|test| called(&test.identity)).collect();
    assert_eq!(called, ["Tess", "8"]);
}
