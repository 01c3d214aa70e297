//! X-ray and lab in Chromium: an admin at the page of an app, and what the vendor's door says.

use serde_json::json;

use crate::admin::admins;
use crate::browser::sign_in;
use crate::demo::Demo;
use crate::harness::World;
use crate::harness::chromium::{Tab, Visitor};
use crate::harness::settings::Settings;

fn with_lab(settings: &mut Settings) {
    admins(settings);
    settings.set("[admin]", "lab", "true");
    for (app, params) in [
        ("townhall", ""),
        ("support", "params = { customer = \"grace@example.org\" }"),
    ] {
        let tess = "{ name = \"Tess Trial\", email = \"tess@example.com\", email_verified = true, groups = [\"staff\", \"support\"], claims = { region = \"emea\" } }";
        let body = format!("as = {tess}\napp = \"{app}\"\nexpect = {{ allowed = true }}\n{params}");
        settings.add("[[test]]", &body);
    }
}

/// The demo's admin at the page of an app.
fn administer(demo: &Demo, tab: &Tab, app: &str) {
    tab.open(&format!("{}/admin/apps/{app}", demo.address));
    tab.arrive("^http://localhost:");
    tab.click("button[value=host]");
    tab.arrive(&format!("/admin/apps/{app}$"));
}

#[test]
fn each_wrong_token_is_refused_at_the_door_of_a_careful_vendor_and_a_launch_is_not() {
    let demo = Demo::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    administer(&demo, &tab, "townhall");
    for (flaw, said) in [
        ("expired", "jwt expired"),
        ("not_yet_valid", "jwt not active"),
        ("other_key", "invalid signature"),
        ("alg_none", "jwt malformed"),
        ("hs256_over_public_key", "invalid algorithm"),
        ("changed_payload", "invalid signature"),
    ] {
        let door = tab.click_to_tab(&format!("button[value={flaw}]"));
        door.arrive("/events/townhall");
        let text = door.text();
        assert!(text.contains(said) && !text.contains("Tess"), "{flaw}: {text}");
    }
    assert!(tab.path().ends_with("/admin/apps/townhall"), "the page stays");
    assert_eq!(tab.problems(), Vec::<String>::new());
    // The form of a help desk, the path of a dashboard, the audience of a console.
    for (app, flaw, place, said) in [
        (
            "helpdesk",
            "expired",
            "^http://localhost:.*/access/jwt",
            "jwt expired",
        ),
        ("orders", "other_key", "/embed/dashboard/", "invalid signature"),
        (
            "console",
            "other_audience",
            "^http://localhost:.*/dashboard",
            "jwt audience invalid",
        ),
    ] {
        tab.open(&format!("{}/admin/apps/{app}", demo.address));
        let door = tab.click_to_tab(&format!("button[value={flaw}]"));
        door.arrive(place);
        assert!(door.text().contains(said), "{app}: {}", door.text());
    }
    tab.open(&format!("{}/launch/townhall", demo.address));
    tab.arrive("/events/townhall");
    assert!(tab.text().contains("Henrike"), "{}", tab.text());
}

#[test]
fn without_script_and_by_keyboard_an_admin_looks_through_an_app() {
    let world = World::with(with_lab);
    let visitor = Visitor::with(json!({ "script": false }));
    let tab = visitor.tab();
    tab.open(&world.usher.url("/admin/apps/support"));
    sign_in(&tab, "ada");
    tab.arrive("/admin/apps/support$");
    tab.click("nav a[href='#xray']");
    tab.fill("input[name='param.customer']", "grace@example.org");
    tab.press("Enter");
    tab.arrive("/admin/apps/support/xray#xray$");
    assert!(tab.text().contains("Ada Lovelace gets in"), "{}", tab.text());
    assert_eq!(tab.attribute("#xray-customer", "value"), "grace@example.org");
    tab.fill("#persona", "{ \"nmae\": \"Una\" }");
    tab.click("button[value=persona]");
    tab.see("did you mean name?");
    tab.fill("#persona", "{ \"name\": \"Una\" }");
    tab.click("button[value=persona]");
    tab.see("Una is refused");
    assert!(tab.text().contains("access.groups_unknown"), "{}", tab.text());
    tab.open(&world.usher.url("/admin/apps/support/xray"));
    tab.arrive("/admin/apps/support$");
    world.remember(&visitor);
}

#[test]
fn wcag_2_2_aa_with_an_xray_and_a_lab_in_both_themes_and_both_languages() {
    let world = World::with(with_lab);
    let mut broken = Vec::new();
    for (scheme, locale, width) in [
        ("light", "en-GB", 1280),
        ("dark", "de-DE", 360),
        ("dark", "en-GB", 1280),
        ("light", "de-DE", 360),
    ] {
        let visitor = Visitor::with(json!({ "colorScheme": scheme, "locale": locale, "width": width }));
        let tab = visitor.tab();
        tab.open(&world.usher.url("/admin/apps/townhall"));
        sign_in(&tab, "ada");
        tab.arrive("/admin/apps/townhall$");
        for (persona, who) in [
            ("", "me"),
            ("{ \"name\": \"Una\" }", "persona"),
            ("{ \"nmae\": 1 }", "persona"),
        ] {
            tab.open(&world.usher.url("/admin/apps/townhall"));
            tab.fill("#persona", persona);
            tab.click(&format!("button[value={who}]"));
            tab.arrive("/xray#xray$");
            let told = |rule: String| format!("{scheme} {width} {who} {persona}: {rule}");
            broken.extend(tab.axe().into_iter().map(told));
            if tab.overflow() > 0 {
                broken.push(format!("{scheme} {persona} is wider than {width} pixels"));
            }
        }
        let ours =
            |problem: &String| problem.contains("Content Security Policy") || problem.contains("Error:");
        broken.extend(tab.problems().into_iter().filter(ours));
        world.remember(&visitor);
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
