//! The lab: tokens that are wrong in exactly one way, from the page of an app and by `usher lab`.

use std::process::Output;

use serde_json::{Value, json};

use crate::audit::sha256;
use crate::harness::settings::Settings;
use crate::harness::usher::run_in;
use crate::harness::{Browser, Request, Response, World, keys, library, token_in};
use crate::xray::csrf;

const SECRET: &str = "a-secret-that-tool-and-gateway-share";

const TESS: &str = "{ sub = \"test-7\", name = \"Tess Trial\", email = \"tess@example.com\", email_verified = true, groups = [\"staff\", \"support\"], claims = { region = \"emea\" } }";

/// A test person of an app.
fn declare(settings: &mut Settings, app: &str, more: &str) {
    let body = format!("as = {TESS}\napp = \"{app}\"\nexpect = {{ allowed = true }}\n{more}");
    settings.add("[[test]]", &body);
}

fn on(settings: &mut Settings) {
    settings
        .set("[admin]", "allow", "[\"group:comms\"]")
        .set("[admin]", "lab", "true");
    let tool = |more: &str| {
        format!(
            "vendor = \"custom\"\ntitle = \"Tool\"\nallow = [\"group:staff\"]\nsecret = \"{SECRET}\"\nshared_key = true
            claims = {{ aud = \"tool\", name = \"{{{{ user.name }}}}\" }}\nurl = \"https://tool.test/in\"\n{more}"
        )
    };
    settings
        .add(
            "[apps.form]",
            &tool("delivery = \"form_post\"\ntoken_param = \"jwt\""),
        )
        .add("[apps.path]", &tool("delivery = \"path\""))
        .add("[apps.fragment]", &tool("delivery = \"fragment\""))
        .add(
            "[apps.api]",
            &tool("delivery = \"json\"").replace("\nurl = \"https://tool.test/in\"", ""),
        )
        .add("[apps.alone]", &tool(""));
    declare(settings, "townhall", "");
    declare(
        settings,
        "support",
        "params = { customer = \"grace@example.org\" }",
    );
    for app in ["form", "path", "fragment", "api"] {
        declare(settings, app, "");
    }
}

/// Uses the lab on the page of an app.
fn try_out(browser: &mut Browser, app: &str, flaw: &str) -> Response {
    let csrf = csrf(browser, app);
    let fields = [("csrf", csrf.as_str()), ("person", "1"), ("flaw", flaw)];
    browser.post(&format!("/admin/apps/{app}/lab"), fields)
}

/// What npm `jsonwebtoken` says of a token of a key pair, in whose place a careful vendor stands.
fn refusal(token: &str, pem: &str, audience: Option<&str>) -> String {
    let args = json!({ "token": token, "key": pem, "algorithm": "RS256", "audience": audience });
    library::ask("jsonwebtoken", args).expect_err("a careful vendor refuses it")
}

fn on_command_line(world: &World, args: &[&str]) -> Output {
    run_in(world.usher.dir.path(), &[&["lab"], args].concat())
}

#[test]
fn each_flaw_is_what_an_independent_library_finds_wrong() {
    let world = World::with(on);
    let mut ada = world.signed_in("ada");
    for (app, key, audience) in [
        ("townhall", keys::TOWNHALL, None),
        ("support", keys::SUPPORT, Some("https://cobrowse.io")),
    ] {
        let pem = keys::key(key).public_pem();
        for (flaw, found) in [
            ("expired", "jwt expired"),
            ("not_yet_valid", "jwt not active"),
            ("other_audience", "jwt audience invalid"),
            ("other_key", "invalid signature"),
            ("alg_none", "jwt signature is required"),
            ("hs256_over_public_key", "invalid algorithm"),
            ("changed_payload", "invalid signature"),
        ] {
            if flaw == "other_audience" && audience.is_none() {
                try_out(&mut ada, app, flaw).expect(400);
                continue;
            }
            let sent = try_out(&mut ada, app, flaw).expect(303);
            let token = token_in(sent.location());
            let said = refusal(&token, &pem, audience);
            assert!(said.contains(found), "{app} {flaw}: {said}");
            let [_, claims] = library::opened(&token);
            assert_eq!(claims["displayName"], "Tess Trial", "never as the admin");
            if app == "support" {
                assert!(sent.location().contains("filter_user_email=grace%40example.org"));
            }
        }
    }
    // A real launch is as good as ever, and none of these counted as one.
    assert!(world.usher.audited("launch").is_empty());
    let launched = ada.get("/launch/townhall").expect(302);
    let pem = keys::key(keys::TOWNHALL).public_pem();
    let args = json!({ "token": token_in(launched.location()), "key": pem, "algorithm": "RS256" });
    library::must("jsonwebtoken", args);
}

#[test]
fn a_shared_secret_has_flaws_of_its_own_and_each_delivery_carries_them() {
    let world = World::with(on);
    let mut ada = world.signed_in("ada");
    let page = ada.get("/admin/apps/form").expect(200);
    page.shows("value=\"alg_none\"").hides("hs256_over_public_key");
    try_out(&mut ada, "form", "hs256_over_public_key").expect(400);
    for flaw in [
        "expired",
        "not_yet_valid",
        "other_audience",
        "other_key",
        "alg_none",
        "changed_payload",
    ] {
        let page = try_out(&mut ada, "form", flaw).expect(200);
        let fields = crate::harness::browser::hidden_fields(&page.text());
        let (_, token) = fields.iter().find(|(name, _)| name == "jwt").expect("a form");
        world.usher.secrets.add_token("a wrong token", token);
        let said = library::ask(
            "jsonwebtoken",
            json!({ "token": token, "key": SECRET, "algorithm": "HS256", "audience": "tool" }),
        );
        said.expect_err("a careful vendor refuses it");
        page.shows("action=\"https://tool.test/in\"");
    }
    let sent = try_out(&mut ada, "path", "expired").expect(303);
    let token = sent
        .location()
        .strip_prefix("https://tool.test/in/")
        .expect("in the path")
        .to_owned();
    world.usher.secrets.add_token("a wrong token", &token);
    let said = library::by_secret(&token, SECRET).expect_err("it has ended");
    assert!(said.contains("jwt expired"), "{said}");
    let sent = try_out(&mut ada, "fragment", "expired").expect(303);
    let token = sent
        .location()
        .strip_prefix("https://tool.test/in#token=")
        .expect("in the fragment")
        .to_owned();
    world.usher.secrets.add_token("a wrong token", &token);
    try_out(&mut ada, "api", "expired").expect(400);
    let page = ada.get("/admin/apps/api").expect(200);
    page.shows("usher lab --app api").hides("value=\"alg_none\"");
}

#[test]
fn c_35_each_use_is_on_record_before_it_leaves() {
    let world = World::with(on);
    let mut ada = world.signed_in("ada");
    let admin = world.usher.audited("sign_in")[0]["sub"].clone();
    let sent = try_out(&mut ada, "townhall", "other_key").expect(303);
    let token = token_in(sent.location());
    let rows = world.usher.audited("lab");
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    for (field, value) in [
        ("outcome", json!("ok")),
        ("reason", json!("lab.other_key")),
        ("app", json!("townhall")),
        ("sub", json!("test-7")),
        ("email", json!("tess@example.com")),
        ("actor", admin),
        ("token_sha256", json!(sha256(&token))),
        ("reference", json!(sent.header("X-Request-Id"))),
    ] {
        assert_eq!(row[field], value, "{field}");
    }
    let line = world.usher.logged("lab");
    assert_eq!(line["level"], "WARN");
    assert_eq!(
        (&line["reason"], &line["app"]),
        (&json!("lab.other_key"), &json!("townhall"))
    );
    assert_eq!(line["id"], row["id"]);
    // An address opens no binding and counts no launch.
    assert!(world.usher.audited("launch").is_empty());
    world.usher.edit(
        "allow = [\"group:staff\"]\nroles",
        "allow = [\"group:nobody\"]\nroles",
    );
    world.usher.reload();
    let page = try_out(&mut ada, "townhall", "expired").expect(409);
    page.shows("access.not_allowed").shows("role=\"alert\"");
    let row = world.usher.audited("lab").pop().unwrap();
    assert_eq!(
        (&row["outcome"], &row["reason"]),
        (&json!("refused"), &json!("access.not_allowed"))
    );
    assert_eq!(row["token_sha256"], Value::Null);
}

#[test]
fn c_37_only_an_admin_from_the_page_itself_uses_it() {
    let world = World::with(|settings| {
        on(settings);
        settings.set("[limits]", "launches_per_minute", "6");
    });
    let mut ada = world.signed_in("ada");
    let value = csrf(&mut ada, "townhall");
    let path = "/admin/apps/townhall/lab";
    let fields = [("person", "1"), ("flaw", "expired")];
    let with = |value: &str| {
        [
            ("csrf", value.to_owned()),
            ("person", "1".to_owned()),
            ("flaw", "expired".to_owned()),
        ]
    };
    ada.post(path, fields).expect(403);
    let other = csrf(&mut ada, "support");
    let other = with(&other);
    ada.post(path, other.iter().map(|(name, value)| (*name, value.as_str())))
        .expect(403);
    let ours = with(&value);
    for (from, site) in [
        ("https://evil.test", "cross-site"),
        ("null", "cross-site"),
        ("null", "same-site"),
    ] {
        let form = Request::form(path, ours.iter().map(|(name, value)| (*name, value.as_str())));
        ada.send(form.header("Origin", from).header("Sec-Fetch-Site", site))
            .expect(403);
    }
    for (person, flaw) in [
        ("0", "expired"),
        ("2", "expired"),
        ("", "expired"),
        ("1", "Expired"),
        ("1", ""),
    ] {
        ada.post(
            path,
            [("csrf", value.as_str()), ("person", person), ("flaw", flaw)],
        )
        .expect(400);
    }
    ada.post("/admin/apps/nothing/lab", fields).expect(404);
    assert_eq!(ada.get(path).expect(303).location(), "/admin/apps/townhall");
    let mut eve = world.signed_in("eve");
    eve.post(path, fields)
        .expect(403)
        .shows("This door is for admins");
    assert_eq!(world.usher.audited("admin")[0]["email"], "eve@example.net");
    assert!(world.usher.audited("lab").is_empty());
    for _ in 0..6 {
        try_out(&mut ada, "townhall", "expired").expect(303);
    }
    try_out(&mut ada, "townhall", "expired").expect(429);
    let rows = world.usher.audited("lab");
    assert_eq!(rows.len(), 7);
    assert_eq!(
        (&rows[6]["outcome"], &rows[6]["reason"]),
        (&json!("refused"), &json!("rate.limited"))
    );
}

#[test]
fn c_37_switched_off_there_is_none() {
    let world = World::with(|settings| {
        on(settings);
        settings.unset("[admin]", "lab");
    });
    let mut ada = world.signed_in("ada");
    let page = ada.get("/admin/apps/townhall").expect(200);
    let policy = page.header("Content-Security-Policy").unwrap().to_owned();
    assert!(policy.contains("form-action 'self';"), "{policy}");
    page.shows("lab = true").hides("value=\"expired\"");
    try_out(&mut ada, "townhall", "expired").expect(404);
    ada.get("/admin/apps/townhall/lab").expect(404);
    let refused = on_command_line(&world, &["--app", "townhall", "--flaw", "expired"]);
    assert!(!refused.status.success() && refused.stdout.is_empty());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("lab = true"));
    assert!(world.usher.audited("lab").is_empty());
    world.usher.edit(
        "allow = [\"group:comms\"]\n",
        "allow = [\"group:comms\"]\nlab = true\n",
    );
    world.usher.reload();
    try_out(&mut ada, "townhall", "expired").expect(303);
    let checked = world.usher.run(&["check"]);
    assert!(String::from_utf8_lossy(&checked.stdout).contains("admin.lab: is on"));
}

#[test]
fn nobody_declared_is_nobody_to_come_as() {
    let world = World::with(on);
    let mut ada = world.signed_in("ada");
    let page = ada.get("/admin/apps/alone").expect(200);
    page.shows("app = <bdi>&#34;alone&#34;</bdi>")
        .hides("value=\"expired\"");
    try_out(&mut ada, "alone", "expired").expect(400);
    let listed = on_command_line(&world, &["--app", "alone"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("person  none: declare one"));
    let refused = on_command_line(&world, &["--app", "alone", "--flaw", "expired"]);
    assert!(!refused.status.success() && refused.stdout.is_empty());
}

#[test]
fn usher_lab_prints_the_address_alone_and_is_on_record() {
    let world = World::with(on);
    let listed = on_command_line(&world, &["--app", "support"]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    for said in ["flaw    hs256_over_public_key  ", "person  1  tess@example.com"] {
        assert!(listed.contains(said), "{listed}");
    }
    let pem = keys::key(keys::SUPPORT).public_pem();
    for (person, flaw, found) in [
        ("1", "expired", "jwt expired"),
        ("tess@example.com", "other_audience", "jwt audience invalid"),
        ("Tess Trial", "changed_payload", "invalid signature"),
        ("test-7", "alg_none", "jwt signature is required"),
    ] {
        let made = on_command_line(&world, &["--app", "support", "--flaw", flaw, "--as", person]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let address = String::from_utf8(made.stdout).unwrap();
        assert_eq!(address.lines().count(), 1);
        let token = token_in(address.trim());
        world.usher.secrets.add_token("a wrong token", &token);
        let said = refusal(&token, &pem, Some("https://cobrowse.io"));
        assert!(said.contains(found), "{flaw}: {said}");
        let warned = String::from_utf8(made.stderr).unwrap();
        assert!(
            warned.contains("wrong on purpose") && !warned.contains(&token),
            "{warned}"
        );
        let row = world.usher.audited("lab").pop().unwrap();
        assert_eq!(
            (&row["actor"], &row["token_sha256"]),
            (&json!("cli"), &json!(sha256(&token)))
        );
        assert_eq!(row["reason"], format!("lab.{flaw}"));
    }
    let bare = on_command_line(&world, &["--app", "api", "--flaw", "expired"]);
    let token = String::from_utf8(bare.stdout).unwrap().trim().to_owned();
    world.usher.secrets.add_token("a wrong token", &token);
    library::by_secret(&token, SECRET).expect_err("it has ended");
    for (args, why) in [
        (["--app", "support", "--flaw", "expird"], "did you mean expired?"),
        (
            ["--app", "townhall", "--flaw", "other_audience"],
            "cannot be wrong in this way",
        ),
        (["--app", "suport", "--flaw", "expired"], "did you mean support?"),
    ] {
        let refused = on_command_line(&world, &args);
        assert!(!refused.status.success() && refused.stdout.is_empty());
        assert!(String::from_utf8_lossy(&refused.stderr).contains(why), "{why}");
    }
    let store = world.usher.dir.path().join("usher.db");
    std::fs::rename(&store, store.with_extension("kept")).unwrap();
    std::fs::create_dir(&store).unwrap();
    let no_store = on_command_line(&world, &["--app", "support", "--flaw", "expired"]);
    assert!(
        !no_store.status.success() && no_store.stdout.is_empty(),
        "no row, no token"
    );
}
