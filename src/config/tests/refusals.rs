//! What is refused or warned of at load, because at run time it would fail nobody but a visitor.

use super::*;

#[test]
fn a_rule_over_a_provider_that_is_not_there_is_refused() {
    let app = |allow: &str, more: &str| file("", &(FRAMEABLE.replace("everyone", allow) + more));
    for text in [
        app("provider:wrk", ""),
        app("everyone", "deny = [\"provider:wrk\"]"),
        app(
            "everyone",
            "roles = [{ role = \"host\", allow = [\"provider:wrk\"] }]",
        ),
    ] {
        let told = refusal(&text);
        assert!(
            told.contains("names a provider that is not there; did you mean work?"),
            "{told}"
        );
    }
    assert!(
        loaded(&app("provider:work", "deny = [\"provider:work\"]"))
            .warnings
            .is_empty()
    );
}

#[test]
fn a_provider_with_a_fault_is_still_there_for_the_rules() {
    let text =
        file("", &FRAMEABLE.replace("everyone", "provider:work")).replace("https://login", "ftp://login");
    let told = refusal(&text);
    assert!(
        told.contains("providers.work.issuer") && !told.contains("not there"),
        "{told}"
    );
}

#[test]
fn a_role_for_nobody_is_refused_and_one_by_age_warned_of() {
    let roles = |rule: &str| file("", &format!("{FRAMEABLE}roles = [{{ role = \"host\", {rule} }}]"));
    let told = refusal(&roles("allow = []"));
    assert!(
        told.contains("roles.allow: is empty, so nobody has the role"),
        "{told}"
    );
    let warnings = loaded(&roles("allow = [\"everyone\"], max_auth_age = \"5m\"")).warnings;
    assert!(warnings[0].message.contains("auth_time"), "{warnings:?}");
}

/// What `serve` would stumble over when it makes the provider's client.
#[test]
fn a_bundle_with_one_bad_certificate_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let text = file("", FRAMEABLE).replace("client_id", "ca_file = \"ca.pem\"\nclient_id");
    let read = |pem: &str| {
        std::fs::write(dir.path().join("ca.pem"), pem).unwrap();
        parse(&text, &dir.path().join("usher.toml"))
            .map(|loaded| loaded.warnings.len())
            .map_err(|problems| problems.to_string())
    };
    let good = include_str!("ca.pem");
    let (begin, end) = ("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n");
    assert_eq!(read(good), Ok(0));
    assert_eq!(read(&good.repeat(2)), Ok(0));
    for (bad, wanted) in [
        (String::new(), "without a PEM certificate"),
        (PEM.clone(), "without a PEM certificate"),
        (format!("{good}{begin}!!\n{end}"), "cannot be read: number 2"),
        (format!("{begin}MAAB\n{end}"), "cannot be read: number 1"),
        (format!("{good}{begin}MIIB\n"), "cannot be read: number 2"),
    ] {
        let told = read(&bad).unwrap_err();
        assert!(told.contains(wanted), "{wanted}\n---\n{told}");
        assert!(!told.contains("MIIB"), "{told}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named_with_the_way_to_another() {
    let told = load(Path::new("nowhere.toml"))
        .map(|_| ())
        .unwrap_err()
        .to_string();
    assert!(told.contains("-c FILE") && !told.contains("init"), "{told}");
}

#[test]
fn extra_params_say_nothing_that_usher_says_itself() {
    let with = |extra: &str| file("", FRAMEABLE).replace("[apps.", &format!("{extra}\n[apps."));
    for name in [
        "client_id",
        "client_secret",
        "response_type",
        "response_mode",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "acr_values",
        "login_hint",
        "id_token_hint",
        "ui_locales",
        "request",
        "request_uri",
    ] {
        let told = refusal(&with(&format!("extra_params = {{ {name} = \"x\" }}")));
        assert!(told.contains("is said by Usher itself"), "{name}\n---\n{told}");
    }
    loaded(&with("extra_params = { hd = \"example.com\" }"));
    let told = refusal(&with("auth_time = \"ours\""));
    assert!(told.contains("is \"provider\" or \"callback\""), "{told}");
}

#[test]
fn c_31_a_console_takes_its_token_by_a_redirect_or_by_a_message() {
    let by = |delivery: &str| file("", &format!("{COBROWSE}delivery = \"{delivery}\""));
    for delivery in ["redirect", "post_message"] {
        assert!(loaded(&by(delivery)).warnings.is_empty(), "{delivery}");
    }
    assert!(refusal(&by("redirct")).contains("apps.a.delivery: is redirect or post_message"));
    for (wrong, wanted) in [
        (by("post_message") + "confirm = true", "apps.a.confirm: is for"),
        (
            by("post_message") + "handover = \"code\"",
            "apps.a.handover: is for",
        ),
        (
            by("post_message").replace("/dashboard", "/agents"),
            "apps.a.url: is not a page of the agent console",
        ),
        (
            by("post_message").replace("/dashboard", "/dashboard?token_source=postMessage"),
            "apps.a.url: must not have a token_source",
        ),
        (
            by("post_message").replace("url = \"https://cobrowse.io/dashboard\"\n", ""),
            "apps.a.url: is missing",
        ),
    ] {
        let told = refusal(&wrong);
        assert!(told.contains(wanted), "{wanted}\n---\n{told}");
        assert_eq!(told.matches("apps.a.").count(), 1, "{told}");
    }
}

#[test]
fn c_31_an_app_that_may_outlive_its_token_in_a_frame_is_warned_of() {
    let custom = "vendor = \"custom\"\nurl = \"https://app.example.com/\"\nallow = [\"everyone\"]\nclaims = { sub = \"{{ user.sub }}\" }\n";
    let messages = |app: &str| -> Vec<String> {
        let framed = file("", &format!("{app}\norigins = [\"http://localhost:7\"]"));
        let warnings = loaded(&framed).warnings.into_iter();
        warnings
            .filter(|warning| warning.key.as_deref() == Some("apps.a.origins"))
            .map(|warning| warning.message)
            .collect()
    };
    let told = messages(COBROWSE);
    assert!(
        told.len() == 1 && told[0].contains("delivery = \"post_message\""),
        "{told:?}"
    );
    let told = messages(custom);
    assert!(told.len() == 1 && !told[0].contains("post_message"), "{told:?}");
    for quiet in [
        format!("{COBROWSE}delivery = \"post_message\""),
        FRAMEABLE.to_owned(),
    ] {
        assert_eq!(messages(&quiet), Vec::<String>::new(), "{quiet}");
    }
}

#[test]
fn two_claims_under_one_name_are_refused() {
    let custom = |more: &str| {
        let body = "vendor = \"custom\"\nurl = \"https://app.example.com/\"\nallow = [\"everyone\"]\nclaims = { sub = \"{{ user.sub }}\" }";
        file("", &format!("{body}\n{more}"))
    };
    let told = refusal(&custom("exp_as = \"t\"\niat_as = \"t\""));
    assert!(told.contains("twice: give each a name of its own"), "{told}");
    let echoed = custom("redirect_uris = [\"https://app.example.com/cb\"]\njti_as = \"nonce\"")
        .replace("url = \"https://app.example.com/\"\n", "");
    assert!(refusal(&echoed).contains("claims: has nonce, which auto_claims sets"));
}

#[test]
fn a_key_that_is_still_to_be_made_is_told_with_the_command_that_makes_it() {
    let custom = "vendor = \"custom\"\nurl = \"https://app.example.com/\"\nallow = [\"everyone\"]\nclaims = { sub = \"{{ user.sub }}\" }";
    let key = format!("key = \"\"\"{}\"\"\"", &*PEM);
    for (app, file_key) in [(FRAMEABLE, "key_file"), (custom, "secret_file")] {
        let told = refusal(&file("", app).replace(&key, &format!("{file_key} = \"keys/none\"")));
        let wanted =
            format!("apps.a.{file_key}: names a file that is not there (usher keys new --app a makes it)");
        assert!(told.contains(&wanted), "{told}");
    }
    let issued = "vendor = \"soul-machines\"\nkey_name = \"k\"\nsession_server = \"sm.example.com\"\nttl = \"10m\"\nallow = [\"everyone\"]";
    let told = refusal(&file("", issued).replace(&key, "secret_file = \"keys/none\""));
    assert!(
        told.contains("no such file") && !told.contains("keys new"),
        "{told}"
    );
}

#[test]
fn what_leads_nowhere_is_refused() {
    let custom = |more: &str| {
        let body = "vendor = \"custom\"\nallow = [\"everyone\"]\nclaims = { sub = \"{{ user.sub }}\" }\ndelivery = \"json\"";
        file("", &format!("{body}\n{more}"))
    };
    let told = refusal(&custom("redirect_uris = [\"https://app.example.com/cb\"]"));
    assert!(
        told.contains("apps.a.redirect_uris: bring no token with delivery = \"json\""),
        "{told}"
    );
    let told = refusal(&custom("response = { t = \"{{ token }}\", u = \"{{ url }}\" }"));
    assert!(told.contains("apps.a.response.u: there is no url"), "{told}");
}

/// Sent as it stands, it would be believed to work.
#[test]
fn an_expression_where_only_constants_stand_is_refused() {
    let custom = |more: &str| {
        let body = "vendor = \"custom\"\nurl = \"https://app.example.com/\"\nallow = [\"everyone\"]\nclaims = { sub = \"{{ user.sub }}\" }";
        file("", &format!("{body}\n{more}"))
    };
    let told = refusal(&custom("header = { iss = \"{{ user.sub }}\" }"));
    assert!(told.contains("apps.a.header.iss: is constant"), "{told}");
    let deep = "response = { jwt = \"{{ token }}\", deep = { t = [\"{{ token }}\"] } }";
    let told = refusal(&custom(deep));
    assert!(
        told.contains("apps.a.response.deep: is a constant, or {{ token }}"),
        "{told}"
    );
    loaded(&custom(
        "response = { jwt = \"{{ token }}\", deep = { t = { u = [true] } } }",
    ));
}

#[test]
fn lesson_38_every_pair_of_a_profile_is_looked_at() {
    let pairs = "user_profile = [[\"a\"], [\"b\", \"{{ user.clams.x }}\"], [\"\", \"c\"]]";
    let told = refusal(&file("", &format!("{FRAMEABLE}{pairs}")));
    for wanted in [
        "each entry is a pair",
        "did you mean claims?",
        "a key has 1 to 64",
    ] {
        assert!(told.contains(wanted), "{wanted}\n---\n{told}");
    }
}

#[test]
fn s_322_constant_data_that_the_vendor_never_takes_is_refused_at_load() {
    let vonage = |length: usize| {
        let data = "x".repeat(length);
        file(
            "",
            &format!(
                "vendor = \"vonage-video\"\napplication_id = \"6e1a7c52-93fb-4b0e-8f0c-0d5b2a8b7f14\"\nsession_id = \"1_x\"\nallow = [\"everyone\"]\nconnection_data = \"{data}\""
            ),
        )
    };
    loaded(&vonage(1000));
    assert!(refusal(&vonage(1001)).contains("connection_data: has over 1000 characters"));
}

#[test]
fn one_fault_is_told_once_and_in_plain_words() {
    let told = refusal(&format!("server = 3\n{}", file("", FRAMEABLE)));
    assert_eq!(told.matches("server: must be a table").count(), 1, "{told}");
    let told = refusal(&file("", FRAMEABLE).replace("client_secret =", "client_secret_file ="));
    assert!(told.contains("there is no such file"), "{told}");
}
