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

#[test]
fn without_script_an_admin_finds_a_record_and_what_is_behind_it() {
    let world = World::with(admins);
    let denied = world.signed_in("eve").get("/launch/townhall").expect(403);
    let reference = denied.header("X-Request-Id").unwrap().to_owned();
    let visitor = Visitor::with(json!({ "script": false, "width": 360 }));
    let tab = visitor.tab();
    tab.open(&world.usher.url("/admin/audit"));
    sign_in(&tab, "ada");
    tab.arrive("/admin/audit$");
    tab.fill("#filter-ref", &reference.to_lowercase());
    tab.press("Enter");
    tab.see("does not fit");
    assert!(tab.text().contains("group:staff"), "{}", tab.text());
    assert_eq!((tab.axe(), tab.overflow()), (Vec::new(), 0));
    tab.click(".back a");
    tab.arrive("/admin/audit$");
    tab.click("td a");
    tab.see("All fields");
    world.remember(&visitor);
}

#[test]
fn the_reference_of_an_error_page_is_copied_where_scripts_run_and_plain_where_they_do_not() {
    let world = World::with(admins);
    for script in [true, false] {
        let visitor = Visitor::with(json!({ "script": script }));
        let tab = visitor.tab();
        tab.open(&world.usher.url("/launch/townhall"));
        sign_in(&tab, "eve");
        tab.see("not open to you");
        assert_eq!(tab.attribute("#reference", "value").len(), 19);
        assert_eq!(tab.count("button[data-copies]:not([hidden])"), u64::from(script));
        if script {
            tab.click("button[data-copies]");
            tab.see("Copied");
        }
        assert_eq!(
            tab.problems()
                .iter()
                .filter(|problem| problem.contains("Policy"))
                .count(),
            0
        );
        world.remember(&visitor);
    }
}
