//! The overview in Chromium, with a week behind it: both themes, phone and desktop, no script.

use std::fmt::Write as _;

use serde_json::json;

use crate::admin::admins;
use crate::browser::sign_in;
use crate::harness::World;
use crate::harness::chromium::Visitor;
use crate::harness::settings::Settings;
use crate::harness::table::run_sql;

const MORE: [(&str, &str); 5] = [
    ("newsroom", "Newsroom"),
    ("phone", "Softphone"),
    ("desk", "Help desk"),
    ("orders", "Orders and deliveries of the northern warehouses"),
    ("reception", "Reception"),
];

fn settings(settings: &mut Settings) {
    admins(settings);
    for (id, title) in MORE {
        let body = format!(
            "vendor = \"frameable\"\ntitle = \"{title}\"\nurl = \"https://acme.frameable.com/{id}\"\n\
             key_file = \"keys/townhall.pem\"\nallow = [\"group:staff\"]\nshared_key = true"
        );
        settings.add(&format!("[apps.{id}]"), &body);
    }
    settings.set("[apps.townhall]", "shared_key", "true");
}

/// A week of a company that works by day and rests on two of the days, and a claim that goes missing.
fn a_week() -> String {
    let mut sql = String::new();
    let ago = |hours: u32| format!("strftime('%Y-%m-%dT%H', 'now', '-{hours} hours')");
    let apps = ["townhall", "support"].into_iter().chain(MORE.map(|(id, _)| id));
    for hours in 0..168 {
        let (hour, day) = (23 - (hours % 24), hours / 24);
        let busy = 12u32.saturating_sub(u32::abs_diff(hour, 13) * 2);
        let busy = if day == 2 || day == 3 { busy / 4 } else { busy };
        let mut add = |event: &str, outcome: &str, reason: &str, app: &str, provider: &str, count: u32| {
            if count > 0 {
                let _ = writeln!(
                    sql,
                    "INSERT INTO rollups VALUES ({}, '{event}', '{outcome}', '{reason}', '{app}', '{provider}', {count}) \
                     ON CONFLICT DO UPDATE SET count = count + excluded.count;",
                    ago(hours)
                );
            }
        };
        for (rank, app) in apps.clone().enumerate() {
            let rank = u32::try_from(rank).unwrap();
            add("launch", "ok", "", app, "", busy * (14 - rank * 2) / (rank + 1));
        }
        add("denied", "refused", "access.not_allowed", "support", "", busy / 3);
        add(
            "denied",
            "refused",
            "access.groups_unknown",
            "townhall",
            "",
            u32::from(hours < 9) * busy / 2,
        );
        add("sign_in", "ok", "", "", "work", busy * 4);
        add(
            "sign_in",
            "refused",
            "callback.access_denied",
            "",
            "work",
            busy / 4,
        );
        add("sign_in", "refused", "callback.state_stale", "", "work", busy / 6);
        for (claim, usual, now) in [
            ("groups", "list", "absent"),
            ("email", "text", "text"),
            ("email_verified", "verified", "verified"),
            ("title", "text", "text"),
            ("name", "text", "text"),
        ] {
            let kind = if hours < 9 { now } else { usual };
            let _ = writeln!(
                sql,
                "INSERT INTO claim_hours VALUES ({}, 'work', '{claim}', '{kind}', {}) \
                 ON CONFLICT DO UPDATE SET count = count + excluded.count;",
                ago(hours),
                // So many that those who look at the page are few among them.
                busy + 60
            );
        }
        if hours % 5 == 0 {
            let _ = writeln!(
                sql,
                "INSERT INTO claim_hours VALUES ({}, 'work', 'region', 'absent', 3), ({0}, 'work', 'region', 'text', 1) \
                 ON CONFLICT DO NOTHING;",
                ago(hours)
            );
        }
    }
    sql
}

/// A company that has been there for a week.
fn grown() -> World {
    let mut world = World::with(settings);
    for (login, name) in [("bob", "Bob Babbage"), ("eve", "Eve Outside")] {
        world.person(
            login,
            json!({ "name": name, "email": format!("{login}@example.com"), "groups": ["staff"] }),
        );
        world.signed_in(login);
    }
    world.usher.stop();
    run_sql(world.usher.dir.path(), &a_week());
    world.usher.start_again();
    world
}

#[test]
fn wcag_2_2_aa_with_a_week_behind_it_and_without_script() {
    let world = grown();
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
        for path in ["/admin", "/admin?span=week"] {
            tab.open(&world.usher.url(path));
            tab.click("details.table summary");
            let told = |rule: String| format!("{scheme} {width} {path}: {rule}");
            broken.extend(tab.axe().into_iter().map(told));
            if tab.overflow() > 0 {
                broken.push(format!("{scheme} {path} is wider than {width} pixels"));
            }
            assert_eq!(tab.count(".alarm"), 1);
        }
        let ours =
            |problem: &String| problem.contains("Content Security Policy") || problem.contains("Error:");
        broken.extend(tab.problems().into_iter().filter(ours));
        world.remember(&visitor);
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn without_script_a_link_leads_from_the_day_to_the_week_and_an_app_to_its_page() {
    let world = grown();
    let visitor = Visitor::with(json!({ "script": false }));
    let tab = visitor.tab();
    tab.open(&world.usher.url("/admin"));
    sign_in(&tab, "ada");
    tab.arrive("/admin$");
    assert_eq!(tab.count("svg.chart .hour"), 24);
    tab.click(".spans a[href='/admin?span=week']");
    tab.arrive("span=week$");
    assert_eq!(tab.count("svg.chart .hour"), 28);
    assert_eq!(tab.count(".legend li"), 6, "five apps and the others");
    assert_eq!(tab.count(".spans a[aria-current]"), 1);
    tab.click(".list a[href='/admin/apps/townhall']");
    tab.arrive("/admin/apps/townhall$");
    world.remember(&visitor);
}
