//! What a preset fills in, warns of and refuses.

use std::path::Path;

use super::PRESETS;
use crate::config::tests::{FRAMEABLE, PEM};
use crate::config::{Loaded, Problems, Provider, parse};
use crate::identity::settings::Dialect;

const TENANT: &str = "7f3c1a52-0b1d-4c7e-9a55-6d0d2e8c4b10";

fn parsed(provider: &str) -> Result<Loaded, Problems> {
    let text = format!(
        "public_url = \"http://localhost:8080\"\n[providers.work]\nclient_id = \"usher\"\n\
         client_secret = \"hunter2hunter2\"\n{provider}\n[apps.a]\ntitle = \"A\"\nkey = \"\"\"{}\"\"\"\n{FRAMEABLE}",
        &*PEM
    );
    parse(&text, Path::new("usher.toml"))
}

fn loaded(provider: &str) -> Loaded {
    parsed(provider).unwrap_or_else(|problems| panic!("{provider}\n{problems}"))
}

fn made(provider: &str) -> std::sync::Arc<Provider> {
    loaded(provider).config.providers[0].clone()
}

#[test]
fn entra_fills_in_its_tenant() {
    let issuer = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    let entra = made(&format!("provider = \"entra\"\nissuer = \"{issuer}\""));
    let tenant = TENANT.to_owned();
    assert_eq!(entra.dialect, Dialect::Entra { tenant });
    assert_eq!(
        (entra.title.as_str(), entra.groups_claim.as_str()),
        ("Microsoft", "groups")
    );
    assert!(!entra.trust_email, "Entra's addresses are not trusted by default");
    let plain = made(&format!("issuer = \"{issuer}\""));
    assert_eq!(
        (&plain.dialect, plain.title.as_str()),
        (&Dialect::Standard, "work")
    );
}

#[test]
fn google_needs_no_issuer_and_keycloak_has_roles() {
    let google = made("provider = \"google\"");
    assert_eq!(google.issuer.as_str(), "https://accounts.google.com");
    assert_eq!(google.dialect, Dialect::Google);
    let keycloak = made("provider = \"keycloak\"\nissuer = \"https://id.example.com/realms/acme\"");
    assert_eq!(keycloak.groups_claim, "realm_access.roles");
}

#[test]
fn okta_is_asked_for_groups_where_it_knows_the_scope() {
    let org = made("provider = \"okta\"\nissuer = \"https://acme.okta.com\"");
    assert_eq!(org.scopes, ["openid", "profile", "email", "groups"]);
    let server = made("provider = \"okta\"\nissuer = \"https://acme.okta.com/oauth2/default\"");
    assert_eq!(server.scopes, ["openid", "profile", "email"]);
}

#[test]
fn what_the_file_says_wins() {
    let okta = made(
        "provider = \"okta\"\nissuer = \"https://acme.okta.com\"\ntitle = \"Acme\"\n\
         scopes = [\"openid\"]\ngroups_claim = \"teams\"\ntrust_email = true",
    );
    assert_eq!(
        (okta.title.as_str(), okta.groups_claim.as_str()),
        ("Acme", "teams")
    );
    assert_eq!(okta.scopes, ["openid"]);
    assert!(okta.trust_email);
}

#[test]
fn an_issuer_that_the_provider_cannot_have_is_refused_with_the_cure() {
    let entra = |tenant: &str| format!("https://login.microsoftonline.com/{tenant}/v2.0");
    for (provider, issuer, cure) in [
        ("entra", entra("common"), "several tenants are several providers"),
        ("entra", entra("organizations"), "tenant id"),
        ("entra", entra("consumers"), "tenant id"),
        (
            "entra",
            entra("acme.onmicrosoft.com"),
            "overview of the directory",
        ),
        ("entra", format!("{}/", entra(TENANT)), "/TENANT-ID/v2.0"),
        (
            "entra",
            format!("https://sts.windows.net/{TENANT}/"),
            "/TENANT-ID/v2.0",
        ),
        ("entra", "http://localhost:9000/".into(), "/TENANT-ID/v2.0"),
        ("okta", "https://acme.okta.com/".into(), "without a slash"),
        (
            "okta",
            "https://acme.okta.com/oauth2/default/v1".into(),
            "/oauth2/SERVER",
        ),
        ("google", "https://www.google.com".into(), "leave it out"),
        (
            "keycloak",
            "https://id.example.com/realms/acme/".into(),
            "without a slash",
        ),
        ("keycloak", "https://id.example.com".into(), "/realms/REALM"),
        ("auth0", "https://acme.eu.auth0.com".into(), "with the slash"),
    ] {
        let told = parsed(&format!("provider = \"{provider}\"\nissuer = \"{issuer}\""));
        let told = told.map(|_| ()).expect_err(&issuer).to_string();
        assert!(
            told.contains("usher.toml:6: providers.work.issuer:"),
            "{issuer}: {told}"
        );
        assert!(told.contains(cure), "{issuer}: {told}");
    }
    for (provider, issuer) in [
        ("entra", format!("https://{TENANT}.ciamlogin.com/{TENANT}/v2.0")),
        ("okta", "https://login.acme.com/oauth2/aus1".into()),
        ("keycloak", "https://id.example.com/auth/realms/acme".into()),
        ("auth0", "https://login.acme.com/".into()),
        ("keycloak", "http://localhost:9000".into()),
    ] {
        loaded(&format!("provider = \"{provider}\"\nissuer = \"{issuer}\""));
    }
}

#[test]
fn each_warning_ends_once_the_file_says_its_key() {
    let issuer = |name: &str| match name {
        "entra" => format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        "okta" => "https://acme.okta.com".into(),
        "keycloak" => "https://id.example.com/realms/acme".into(),
        "auth0" => "https://acme.eu.auth0.com/".into(),
        _ => "https://accounts.google.com".to_owned(),
    };
    for preset in &PRESETS {
        let base = format!(
            "provider = \"{}\"\nissuer = \"{}\"\n",
            preset.name,
            issuer(preset.name)
        );
        let warned = |text: &str| -> Vec<String> {
            let warnings = loaded(text).warnings;
            warnings.into_iter().filter_map(|warning| warning.key).collect()
        };
        let keys: Vec<String> = preset
            .unsaid
            .iter()
            .map(|(key, _)| format!("providers.work.{key}"))
            .collect();
        assert_eq!(warned(&base), keys, "{}", preset.name);
        let said = preset.unsaid.iter().map(|(key, _)| match *key {
            "groups_claim" => "groups_claim = \"roles\"\n",
            "groups_absent" => "groups_absent = \"unknown\"\n",
            "trust_email" => "trust_email = false\n",
            "extra_params" => "extra_params = { hd = \"example.com\" }\n",
            other => panic!("{other} is to be said here too"),
        });
        let all = format!("{base}{}", said.collect::<String>());
        assert_eq!(warned(&all), Vec::<String>::new(), "{}", preset.name);
    }
    assert!(
        loaded("issuer = \"https://accounts.google.com\"")
            .warnings
            .is_empty()
    );
}

#[test]
fn lesson_38_a_preset_that_is_not_there() {
    let told = parsed("provider = \"keyclaok\"\nissuer = \"https://id.example.com/realms/acme\"");
    let told = told.map(|_| ()).unwrap_err().to_string();
    assert!(
        told.contains("entra, okta, google, keycloak, auth0; did you mean keycloak?"),
        "{told}"
    );
}
