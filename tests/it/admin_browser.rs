//! The pages for admins in Chromium: by keyboard, without script, in both themes.

use serde_json::json;

use crate::admin::admins;
use crate::browser::sign_in;
use crate::harness::World;
use crate::harness::chromium::Visitor;

#[test]
fn without_script_and_by_keyboard_an_admin_finds_the_link_of_an_app() {
    let world = World::with(admins);
    let visitor = Visitor::with(json!({ "script": false }));
    let tab = visitor.tab();
    tab.open(&world.usher.url("/admin/apps/support"));
    sign_in(&tab, "ada");
    tab.arrive("/admin/apps/support$");
    tab.fill("input[name=customer]", "nobody");
    tab.press("Enter");
    tab.arrive("customer=nobody$");
    assert!(tab.text().contains("does not have the form"), "{}", tab.text());
    tab.fill("input[name=customer]", "grace@example.org");
    tab.press("Enter");
    tab.arrive("customer=grace%40example.org$");
    assert_eq!(tab.count("#url-1"), 1);
    assert_eq!(
        tab.count("button[data-copies]:not([hidden])"),
        0,
        "no button that does nothing"
    );
    assert_eq!(tab.count("[role=img] svg"), 1);
    tab.click("nav a[href='/admin/apps']");
    tab.arrive("/admin/apps$");
    tab.click("a[href='/admin/apps/townhall']");
    tab.arrive("/admin/apps/townhall$");
    world.remember(&visitor);
}

#[test]
fn a_button_copies_where_scripts_run() {
    let world = World::with(admins);
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&world.usher.url("/admin/apps/townhall"));
    sign_in(&tab, "ada");
    tab.arrive("/admin/apps/townhall$");
    tab.click("button[data-copies='url-1']");
    tab.see("Copied");
    assert_eq!(tab.problems(), Vec::<String>::new());
    world.remember(&visitor);
}

#[test]
fn wcag_2_2_aa_in_both_themes_and_both_languages() {
    let world = World::with(admins);
    let mut broken = Vec::new();
    for (scheme, locale, width) in [
        ("light", "en-GB", 1280),
        ("dark", "de-DE", 360),
        ("dark", "en-GB", 1280),
        ("light", "de-DE", 360),
    ] {
        let visitor = Visitor::with(json!({ "colorScheme": scheme, "locale": locale, "width": width }));
        let tab = visitor.tab();
        tab.open(&world.usher.url("/admin"));
        sign_in(&tab, "ada");
        tab.arrive("/admin$");
        for path in [
            "/",
            "/admin",
            "/admin/apps",
            "/admin/apps/townhall",
            "/admin/apps/support",
            "/admin/apps/support?customer=nobody",
            "/admin/apps/support?customer=grace@example.org",
        ] {
            tab.open(&world.usher.url(path));
            let told = |rule: String| format!("{scheme} {width} {path}: {rule}");
            broken.extend(tab.axe().into_iter().map(told));
            if tab.overflow() > 0 {
                broken.push(format!("{scheme} {path} is wider than {width} pixels"));
            }
            if tab.title().is_empty() || tab.count("h1") != 1 {
                broken.push(format!("{scheme} {path} has no title or not one h1"));
            }
        }
        let ours =
            |problem: &String| problem.contains("Content Security Policy") || problem.contains("Error:");
        broken.extend(tab.problems().into_iter().filter(ours));
        world.remember(&visitor);
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
