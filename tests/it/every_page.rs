//! Every page of the product as Chromium shows it without scripts: in both themes and languages, on a
//! desk and on a phone, for those who cannot see it and for those who have no mouse.

use serde_json::json;

use crate::admin::admins;
use crate::browser::sign_in;
use crate::harness::World;
use crate::harness::chromium::{Tab, Visitor};
use crate::harness::settings::Settings;

/// Who sees which page. Those in frames have tests of their own.
const PAGES: [(&str, &[&str]); 3] = [
    ("", &["/", "/auth/signed-out", "/nothing"]),
    (
        "ada",
        &[
            "/",
            "/?q=nothing",
            "/account",
            "/auth/logout",
            "/auth/login?app=townhall&switch=1",
            "/launch/later",
            "/launch/over",
            "/launch/asks",
            "/launch/townhall?odd=1",
            "/admin",
            "/admin/apps",
            "/admin/apps/townhall",
            "/admin/apps/support",
            "/admin/apps/support?customer=nobody",
            "/admin/apps/support?customer=grace@example.org",
            "/admin/sessions",
            "/admin/sessions?q=nobody",
            "/admin/sessions?odd=1",
            "/admin?span=week",
            "/admin?span=year",
            "/admin/audit",
            "/admin/audit?outcome=refused",
            "/admin/audit?person=nobody",
            "/admin/audit?from=soon",
            "/admin/audit?ref=0000-0000-0000-0000",
            "/admin/audit",
            "/admin/audit?from=yesterday&jti=x",
            "/admin/audit?app=none",
            "/admin/audit?ref=AAAA-AAAA-AAAA-AAAA",
        ],
    ),
    ("eve", &["/", "/launch/townhall", "/admin"]),
];

fn world() -> World {
    let app = |settings: &mut Settings, id: &str, more: &str| {
        let body = format!(
            "vendor = \"frameable\"\ntitle = \"Open {id}\"\n\
             url = \"https://acme.frameable.com/events/{id}\"\nkey_file = \"keys/townhall.pem\"\n\
             allow = [\"group:staff\"]\nshared_key = true\n{more}"
        );
        settings.add(&format!("[apps.{id}]"), &body);
    };
    World::with(|settings| {
        admins(settings);
        settings.set("[apps.townhall]", "shared_key", "true");
        app(settings, "later", "opens_at = 2099-01-01T14:00:00Z");
        app(settings, "over", "closes_at = 2020-01-01T14:00:00Z");
        app(settings, "asks", "confirm = true");
    })
}

/// What is wrong with the page that stands there.
fn faults(tab: &Tab, width: u32) -> Vec<String> {
    let mut faults = tab.axe();
    // A time that everybody waits for cannot be put off (WCAG 2.2.1, real-time events).
    faults.retain(|rule| !(rule.starts_with("meta-refresh") && rule.contains("/launch/later")));
    if tab.overflow() > 0 {
        faults.push(format!("is wider than {width} pixels"));
    }
    for spilt in tab.spilt() {
        faults.push(format!("spills {spilt}"));
    }
    if tab.title().is_empty() || tab.count("h1") != 1 {
        faults.push("has no title or not one h1".to_owned());
    }
    for left_out in tab.beyond_the_keyboard() {
        faults.push(format!("the keyboard does not reach {left_out}"));
    }
    faults
}

fn visit(world: &World, scheme: &str, locale: &str, width: u32, script: bool) -> Vec<String> {
    let mut broken = Vec::new();
    for (login, paths) in PAGES {
        let visitor = Visitor::with(
            json!({ "script": script, "colorScheme": scheme, "locale": locale, "width": width }),
        );
        let tab = visitor.tab();
        if !login.is_empty() {
            tab.open(&world.usher.url("/auth/login?provider=work"));
            sign_in(&tab, login);
            tab.arrive(&format!("^{}$", world.usher.url("/")));
        }
        for path in paths {
            tab.open(&world.usher.url(path));
            let told = |fault: String| format!("{login} {path}, {scheme}, {width}: {fault}");
            broken.extend(faults(&tab, width).into_iter().map(told));
        }
        assert_eq!(tab.language(), &locale[..2]);
        let ours =
            |problem: &String| problem.contains("Content Security Policy") || problem.contains("Error:");
        broken.extend(tab.problems().into_iter().filter(ours));
        world.remember(&visitor);
    }
    broken
}

#[test]
fn wcag_2_2_aa_without_scripts_and_by_keyboard_alone() {
    let world = world();
    let mut broken = Vec::new();
    for (scheme, locale, width) in [
        ("light", "en-GB", 1280),
        ("dark", "de-DE", 1280),
        ("light", "de-DE", 360),
        ("dark", "en-GB", 360),
    ] {
        broken.extend(visit(&world, scheme, locale, width, false));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_page_breaks_its_own_rules_where_scripts_run() {
    let world = world();
    let broken = visit(&world, "light", "en-GB", 1280, true);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
