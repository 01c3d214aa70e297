use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;
use uuid::Uuid;

use super::*;
use crate::access::Matcher;
use crate::config::tests::{PEM, file, loaded};
use crate::config::{self, App, Loaded, Severity};
use crate::delivery::{Delivery, Part};
use crate::mint;
use crate::params::Params;

/// The preset as `usher init` writes it, once its secrets are there.
fn written(preset: &Preset) -> (TempDir, Loaded) {
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let key = match preset.key {
        FirstKey::Pair { .. } => PEM.clone(),
        FirstKey::Secret { .. } => "0123456789abcdef0123456789abcdef".into(),
    };
    let audit_key = "YXVkaXQta2V5LW9mLTMyLWJ5dGVzLWluLXRoZS10ZXM=";
    for (name, text) in [
        (preset.key.file(), key.as_str()),
        ("secrets/work", "hunter2hunter2"),
        ("secrets/audit", audit_key),
        ("usher.toml", &preset.configuration()),
    ] {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let loaded = config::load(&dir.path().join("usher.toml"))
        .unwrap_or_else(|problems| panic!("{}: {problems}", preset.name));
    (dir, loaded)
}

/// What is expected of the preset: `golden/NAME.json`, by hand out of the vendor's documentation.
fn golden(preset: &Preset) -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/vendors/presets/golden");
    let text = fs::read_to_string(format!("{path}/{}.json", preset.name)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", preset.name))
}

/// The token's place and the address, which for a launch that only leads to a page is the page's.
fn place(app: &App, address: Option<&str>) -> Value {
    let (how, name) = match &app.delivery {
        Delivery::Query(name) => ("query", Some(name)),
        Delivery::Fragment(name) => ("fragment", Some(name)),
        Delivery::FormPost(name) => ("form_post", Some(name)),
        Delivery::Path => ("path", None),
        Delivery::Json => ("json", None),
        Delivery::PostMessage(_) => ("post_message", None),
    };
    let answer = app.answer.0.iter().map(|(name, part)| match part {
        Part::Constant(value) => (name.clone(), value.clone()),
        part => (name.clone(), json!(format!("{part:?}"))),
    });
    let answer = (how == "json").then(|| answer.collect::<Value>());
    json!({ "how": how, "name": name, "address": address, "answer": answer })
}

#[test]
fn each_preset_mints_what_its_vendor_documents() {
    let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    for preset in PRESETS {
        let (_dir, Loaded { config, tests, .. }) = written(preset);
        let app = &config.apps[0];
        let persona = include_str!("golden/ada.json");
        let ada = config::persona(persona, &config.providers).unwrap_or_else(|e| panic!("{e}"));
        let params = app.params.accept(&tests[0].params).unwrap();
        let made = mint::prepare(app, &ada, &params, now).unwrap_or_else(|e| panic!("{}: {e}", preset.name));
        let mut claims = made.claims().as_map().clone();
        if let Some(jti) = claims.get_mut("jti") {
            let id = Uuid::parse_str(jti.as_str().unwrap()).unwrap();
            assert_eq!(id.get_version_num(), 4, "{}", preset.name);
            *jti = json!("a UUID");
        }
        let found = json!({
            "header": app.key.header(),
            "claims": claims,
            "delivery": place(app, made.address.as_ref().map(|address| app.delivery.masked(address)).as_deref()),
        });
        // As text: some vendors look at the order.
        assert_eq!(
            format!("{found:#}"),
            format!("{:#}", golden(preset)),
            "{}",
            preset.name
        );
    }
}

#[test]
fn a_first_configuration_has_at_most_25_lines_names_its_files_and_passes_its_own_test() {
    let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    for preset in PRESETS {
        let text = preset.configuration();
        assert!(text.lines().count() <= 25, "{}", preset.name);
        for name in [preset.key.file(), "secrets/work", "secrets/audit"] {
            assert!(text.contains(&format!("\"{name}\"")), "{}: {name}", preset.name);
        }
        let (_dir, loaded) = written(preset);
        let persona = crate::cli::check::persona(&loaded.config, &loaded.tests[0], now);
        assert_eq!(persona, Ok(()), "{}", preset.name);
        // Tokens that do not end are the vendor's own rule, and stay a warning.
        for warning in &loaded.warnings {
            let endless = warning
                .key
                .as_deref()
                .is_some_and(|key| key.ends_with(".auto_claims"));
            assert!(
                endless && warning.severity == Severity::Warning,
                "{}: {warning}",
                preset.name
            );
        }
    }
}

#[test]
fn a_blank_is_a_line_whose_comment_says_your() {
    let zendesk = Preset::find("zendesk").unwrap();
    let blanks: Vec<Blank> = zendesk.blanks().collect();
    let blank = |key, wanted| Blank { key, wanted };
    assert_eq!(
        blanks,
        [
            blank("url", "your subdomain"),
            blank("params", "your subdomain again")
        ]
    );
    assert!(Preset::find("acme").is_none());
}

/// A preset of a custom app as a row of the README's table.
fn row(preset: &Preset) -> Option<String> {
    let (_dir, Loaded { config, .. }) = written(preset);
    let app = &config.apps[0];
    if app.vendor != "custom" || preset.name == "custom" {
        return None;
    }
    let place = match &app.delivery {
        Delivery::Query(name) => format!("query parameter `{name}`"),
        Delivery::FormPost(name) => format!("form field `{name}`, by POST"),
        Delivery::Json => {
            let member = app.answer.0.iter().find(|(_, part)| matches!(part, Part::Token));
            format!("token API, member `{}`", member.unwrap().0)
        }
        other => panic!("no preset has {other:?} yet"),
    };
    let key = match preset.key {
        FirstKey::Pair { .. } => "a pair of ours",
        FirstKey::Secret { .. } => "the vendor's secret",
    };
    let blanks: Vec<String> = preset
        .blanks()
        .map(|blank| format!("`{}`: {}", blank.key, blank.wanted))
        .collect();
    Some(format!(
        "| `{}` | {:?} | {key} | {place} | {} |",
        preset.name,
        app.key.algorithm(),
        blanks.join("; ")
    ))
}

#[test]
fn the_readmes_table_of_presets_is_theirs() {
    let readme = include_str!("../../../README.md");
    let (_, table) = readme.split_once("\n| preset |").expect("a table of presets");
    let found: Vec<&str> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    let wanted: Vec<String> = PRESETS.iter().filter_map(row).collect();
    assert_eq!(found, wanted, "the rows should be\n{}", wanted.join("\n"));
}

#[test]
fn lesson_8_a_sign_in_that_the_vendor_starts_comes_back_to_its_page_and_to_no_other() {
    let back = |name: &str, params: &[(&str, &str)]| {
        let (_dir, Loaded { config, .. }) = written(Preset::find(name).unwrap());
        let app = &config.apps[0];
        let pairs = params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let params = app.params.accept(&pairs.collect::<Vec<_>>()).ok()?;
        Some(app.target.as_ref()?.address(&params).ok()?.as_str().to_owned())
    };
    let zendesk = [
        ("return_to", "https://acme.zendesk.com/hc/1"),
        ("brand_id", "7"),
        ("locale_id", "1"),
        ("timestamp", "1800000000"),
    ];
    for (name, params, address) in [
        (
            "zendesk",
            &zendesk[..],
            "https://acme.zendesk.com/access/jwt?return_to=https%3A%2F%2Facme.zendesk.com%2Fhc%2F1",
        ),
        (
            "metabase",
            &[("return_to", "/question/1-sales")],
            "https://acme.metabaseapp.com/auth/sso?return_to=%2Fquestion%2F1-sales",
        ),
        (
            "canny",
            &[
                ("companyID", "company-id"),
                ("redirect", "https://acme.canny.io/ideas"),
            ],
            "https://canny.io/api/redirects/sso?companyID=company-id&redirect=https%3A%2F%2Facme.canny.io%2Fideas",
        ),
        (
            "gitbook",
            &[("location", "/a/page")],
            "https://acme.gitbook.io/docs/",
        ),
        (
            "helpjuice",
            &[("service", "helpjuice")],
            "https://helpjuice.com/jwt/acme",
        ),
    ] {
        assert_eq!(back(name, params).as_deref(), Some(address), "{name}");
    }
    for (name, params) in [
        (
            "zendesk",
            &[("return_to", "https://acme.zendesk.com.evil.example/")][..],
        ),
        ("metabase", &[("return_to", "//evil.example/")]),
        (
            "canny",
            &[("companyID", "company-id"), ("redirect", "https://evil.example/")],
        ),
        (
            "canny",
            &[("companyID", "another"), ("redirect", "https://acme.canny.io/")],
        ),
    ] {
        assert_eq!(back(name, params), None, "{name}");
    }
}

#[test]
fn metabases_embedded_dashboards_are_a_path_segment_away() {
    let app = "vendor = \"custom\"\nurl = \"https://acme.metabaseapp.com/embed/dashboard\"\ndelivery = \"path\"\n\
               allow = [\"everyone\"]\nauto_claims = [\"exp\"]\n\
               claims = { resource = { dashboard = 7 }, params = { region = \"{{ user.claims.region }}\" } }\n";
    let config = loaded(&file("", app)).config;
    let json = r#"{ "email": "ada@example.com", "claims": { "region": "emea" } }"#;
    let ada = config::persona(json, &config.providers).unwrap_or_else(|e| panic!("{e}"));
    let made = mint::prepare(
        &config.apps[0],
        &ada,
        &Params::default(),
        OffsetDateTime::UNIX_EPOCH,
    )
    .unwrap();
    assert_eq!(
        Value::Object(made.claims().as_map().clone()),
        json!({ "resource": { "dashboard": 7 }, "params": { "region": "emea" }, "exp": 300 })
    );
    assert_eq!(
        config.apps[0].delivery.masked(&made.address.unwrap()),
        "https://acme.metabaseapp.com/embed/dashboard/…"
    );
}

#[test]
fn jaas_moderators_are_a_group_and_nobody_where_groups_are_unknown() {
    let (_dir, Loaded { mut config, .. }) = written(Preset::find("jaas").unwrap());
    config.apps[0].access.allow = vec![Matcher::parse("everyone").unwrap()];
    for (groups, moderator) in [
        (r#", "groups": ["hosts"]"#, json!("true")),
        (r#", "groups": ["host"]"#, json!("false")),
        ("", Value::Null),
    ] {
        let json = format!(r#"{{ "sub": "ada", "name": "Ada"{groups} }}"#);
        let ada = config::persona(&json, &config.providers).unwrap_or_else(|e| panic!("{e}"));
        let made = mint::prepare(
            &config.apps[0],
            &ada,
            &Params::default(),
            OffsetDateTime::UNIX_EPOCH,
        )
        .unwrap();
        let user = &made.claims().as_map()["context"]["user"];
        assert_eq!(user["moderator"], moderator, "{groups}");
        assert!(
            user.get("email").is_none(),
            "an address that is not there or not verified"
        );
    }
}
