//! The pages for admins in Chromium: by keyboard, without script and with.

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
