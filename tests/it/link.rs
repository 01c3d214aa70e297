//! `usher link`: what it prints works where it is pasted.

use std::process::Output;

use serde_json::Value;

use crate::harness::chromium::Visitor;
use crate::harness::settings::Settings;
use crate::harness::usher::{run_in, write_secret};
use crate::harness::{Op, World, keys};

/// Markup, quotes, a formula, and an override that would turn the text around.
const HOSTILE: &str = "=1+1 \"><script>document.title='owned'</script> & {{ user }} \u{202e}x";

fn hostile(settings: &mut Settings) {
    let title = Value::from(HOSTILE).to_string();
    settings
        .set("[apps.townhall]", "title", &title)
        .set("[apps.townhall]", "origins", "[\"https://acme.sharepoint.com\"]")
        .set("[apps.townhall]", "opens_at", "2020-01-01T14:00:00+01:00")
        .set("[apps.townhall]", "closes_at", "2099-01-01T15:00:00+01:00");
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(out(output), "", "nothing for a script to take for the answer");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What one `--only` prints.
#[track_caller]
fn only(world: &World, app: &str, snippet: &str, more: &[&str]) -> String {
    let args = [&["link", app, "--only", snippet], more].concat();
    let output = world.usher.run(&args);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    out(&output)
}

#[test]
fn c_33_a_printed_link_opens_the_app_with_the_values_that_it_was_given() {
    let world = World::start();
    let more = ["--param", "customer=o'neil+a&b=<c>@example.org"];
    let link = only(&world, "support", "url", &more);
    assert_eq!(link.lines().count(), 1);
    let mut ada = world.signed_in("ada");
    let launched = ada.get(link.trim()).expect(302);
    let target = url::Url::parse(launched.location()).unwrap();
    let customer = target.query_pairs().find(|(name, _)| name == "filter_user_email");
    assert_eq!(customer.unwrap().1, "o'neil+a&b=<c>@example.org");
}

#[test]
fn c_21_the_printed_initiate_address_goes_by_way_of_the_provider_to_the_app() {
    let world = World::start();
    let listing = out(&world.usher.run(&["link", "townhall"]));
    let initiate = listing.lines().find_map(|line| {
        line.strip_prefix("  ")
            .filter(|line| line.contains("/auth/initiate?"))
    });
    let iss: String = url::form_urlencoded::byte_serialize(Op::issuer().as_bytes()).collect();
    let mut ada = world.usher.browser();
    let arrived = world.open(&mut ada, &format!("{}&iss={iss}", initiate.unwrap()), "ada");
    let vendor = world.vendor.url("/events/townhall?token=");
    assert!(arrived.expect(200).url.starts_with(&vendor));
}

#[test]
fn c_7_an_app_with_required_params_names_them_and_the_way_to_fill_them_in() {
    let world = World::start();
    let said = complaint(&world.usher.run(&["link", "support"]));
    assert!(said.contains("a value for customer"), "{said}");
    let pattern = world.usher.url("/launch/support?customer={customer}");
    assert!(
        said.contains(&pattern) && said.contains("--param name=value"),
        "{said}"
    );
    let wrong = ["link", "support", "--param", "customer=top-secret"];
    let said = complaint(&world.usher.run(&wrong));
    assert!(said.contains("customer does not have the form"), "{said}");
    assert!(!said.contains("top-secret"), "the value is repeated: {said}");
    let said = complaint(&world.usher.run(&["link", "townhall", "--param", "evil=1"]));
    assert!(said.contains("evil is not a parameter"), "{said}");
}

#[test]
fn what_an_app_cannot_have_is_said_with_its_reason() {
    let world = World::start();
    for (snippet, why) in [
        ("iframe", "no origins"),
        ("element", "no origins"),
        ("sharepoint", "no origins"),
        ("confluence", "no origins"),
        ("ics", "neither opens_at nor closes_at"),
    ] {
        let said = complaint(&world.usher.run(&["link", "townhall", "--only", snippet]));
        assert!(said.contains("townhall: ") && said.contains(why), "{said}");
    }
    let listing = out(&world.usher.run(&["link", "townhall"]));
    assert_eq!(listing.matches("  none: ").count(), 5, "{listing}");
    let said = complaint(&world.usher.run(&["link", "townhal"]));
    assert!(said.contains("townhall"), "did they mean it? {said}");
}

#[test]
fn an_app_that_only_the_token_api_serves_has_no_link() {
    let world = World::with(|settings| {
        settings.add(
            "[apps.avatar]",
            "vendor = \"soul-machines\"
            title = \"Nora\"
            key_name = \"nora\"
            secret = \"a-secret-of-an-avatar-that-is-long-enough\"
            session_server = \"acme.soulmachines.cloud\"
            allow = [\"everyone\"]",
        );
    });
    let said = complaint(&world.usher.run(&["link", "avatar", "--only", "url"]));
    assert!(said.contains("avatar has no page to link to"), "{said}");
}

#[test]
fn s_318_whatever_the_title_each_snippet_keeps_its_form() {
    let world = World::with(hostile);
    for snippet in [
        "button",
        "iframe",
        "element",
        "sharepoint",
        "confluence",
        "qr",
        "okta",
        "entra",
        "ics",
    ] {
        let value = only(&world, "townhall", snippet, &[]);
        assert!(!value.contains('\u{202e}'), "{snippet}: {value}");
        match snippet {
            "okta" => {
                let body: Value = serde_json::from_str(&value).unwrap();
                assert_eq!(
                    body["settings"]["app"]["url"],
                    world.usher.url("/launch/townhall")
                );
                assert_eq!(body["label"], HOSTILE.replace('\u{202e}', ""));
            }
            "entra" => {
                let body: Value = serde_json::from_str(&value).unwrap();
                assert_eq!(body["loginUrl"], world.usher.url("/launch/townhall"));
            }
            "ics" => {
                assert!(value.starts_with("BEGIN:VCALENDAR\r\n") && value.ends_with("END:VCALENDAR\r\n"));
            }
            _ => assert!(!value.contains("<script>"), "{snippet}: {value}"),
        }
    }
    let listing = out(&world.usher.run(&["link", "townhall"]));
    assert!(
        !listing.contains("none: ") && !listing.contains('\u{202e}'),
        "{listing}"
    );
}

#[test]
fn a_button_on_somebody_elses_page_reads_as_the_title_and_opens_the_app() {
    let world = World::with(hostile);
    let button = only(&world, "townhall", "button", &[]);
    let visitor = Visitor::new();
    visitor.page_elsewhere(
        "http://intranet.test/",
        &format!("<title>Intranet</title>{button}"),
    );
    let tab = visitor.tab();
    tab.open("http://intranet.test/");
    tab.see(&HOSTILE.replace('\u{202e}', ""));
    assert_eq!(tab.title(), "Intranet", "no script ran");
    tab.click("a");
    crate::browser::sign_in(&tab, "ada");
    world.has_arrived(&tab, "/events/townhall", keys::TOWNHALL);
    world.remember(&visitor);
}

#[test]
fn a_link_is_printed_without_a_store_and_where_nothing_runs() {
    let world = World::start();
    let dir = tempfile::TempDir::with_prefix("usher-test-").unwrap();
    for name in ["usher.toml", "keys/townhall.pem", "keys/support.pem"] {
        let text = std::fs::read_to_string(world.usher.dir.path().join(name)).unwrap();
        write_secret(dir.path(), name, &text);
    }
    let output = run_in(dir.path(), &["link", "townhall", "--only", "url"]);
    assert_eq!(out(&output).trim(), world.usher.url("/launch/townhall"));
    assert!(!dir.path().join("usher.db").exists(), "nothing was made");
}
