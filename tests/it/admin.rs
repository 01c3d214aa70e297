//! `/admin`: who may come in.

use serde_json::{Value, json};

use crate::harness::browser::links;
use crate::harness::settings::Settings;
use crate::harness::{Browser, How, Op, Request, World};

const PAGES: [&str; 7] = [
    "/admin",
    "/admin/apps",
    "/admin/apps/townhall",
    "/admin/apps/townhall/link.ics",
    "/admin/apps/support/link.svg?customer=grace%40example.org",
    "/admin/audit",
    "/admin/audit?person=ada%40example.com",
];

pub fn admins(settings: &mut Settings) {
    settings
        .set("[admin]", "allow", "[\"group:comms\"]")
        .set("[apps.townhall]", "origins", "[\"https://acme.sharepoint.com\"]")
        .set("[apps.townhall]", "opens_at", "2020-01-01T14:00:00+01:00")
        .set("[apps.townhall]", "closes_at", "2099-01-01T15:00:00+01:00");
}

pub fn world() -> World {
    World::with(admins)
}

fn demanding() -> World {
    World::with(|settings| {
        settings
            .set("[admin]", "allow", "[\"group:comms\"]")
            .set("[admin]", "max_auth_age", "\"5m\"");
    })
}

/// A parameter of the last authorization request.
fn asked(browser: &Browser, name: &str) -> Option<String> {
    let requests = browser
        .hops
        .iter()
        .filter(|hop| hop.url.starts_with(&Op::issuer()));
    let mut urls = requests.filter_map(|hop| url::Url::parse(&hop.url).ok());
    let last = urls.rfind(|url| url.query_pairs().any(|(name, _)| name == "client_id"))?;
    last.query_pairs()
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.into_owned())
}

#[test]
fn c_37_without_admins_there_are_no_pages_for_them() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let mut nobody = world.usher.browser();
    for path in PAGES {
        ada.get(path).expect(404);
        nobody.get(path).expect(404);
    }
    ada.get("/").expect(200).hides("/admin");
    assert!(world.usher.audited("admin").is_empty());
}

#[test]
fn c_37_a_signed_in_stranger_is_refused_and_it_is_on_record() {
    let world = world();
    let mut eve = world.signed_in("eve");
    for (n, path) in PAGES.into_iter().enumerate() {
        let page = eve.get(path).expect(403);
        assert!(page.header("Content-Type").unwrap().starts_with("text/html"));
        let page = page
            .shows("This door is for admins")
            .shows("eve@example.net")
            .shows("switch=1")
            .hides("Town hall");
        let rows = world.usher.audited("admin");
        assert_eq!(rows.len(), n + 1);
        assert_eq!(rows[n]["outcome"], "refused");
        assert_eq!(rows[n]["reason"], "access.not_allowed");
        assert_eq!(rows[n]["email"], "eve@example.net");
        assert_eq!(rows[n]["app"], Value::Null);
        assert_eq!(rows[n]["reference"].as_str(), page.header("X-Request-Id"));
    }
    assert_eq!(
        world.usher.logged("admin.refused")["reason"],
        "access.not_allowed"
    );
    let json = Request::get("/admin").header("Accept", "application/json");
    assert_eq!(eve.send(json).expect(403).json()["code"], "admin.not_allowed");
}

#[test]
fn c_37_a_page_that_is_read_is_no_act() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for path in PAGES {
        ada.get(path).expect(200);
    }
    assert!(world.usher.audited("admin").is_empty());
    assert!(world.usher.audited("launch").is_empty());
}

#[test]
fn c_15_groups_that_nobody_knows_make_no_admin() {
    let world = world();
    world.person("una", json!({ "name": "Una", "groups": null }));
    let mut una = world.signed_in("una");
    una.get("/admin").expect(403).shows("Administration");
    let row = world.usher.audited("admin").remove(0);
    assert_eq!(row["reason"], "access.groups_unknown");
}

#[test]
fn c_19_signed_out_the_way_leads_by_the_login_to_the_very_page() {
    let world = world();
    for path in [
        "/admin",
        "/admin/apps/townhall",
        "/admin/apps/support?customer=o%27neil%2Ba%40example.org",
    ] {
        let mut ada = world.usher.browser();
        let first = ada.get(path).expect(302);
        assert!(first.location().contains("/auth/login?page=admin"), "C-19");
        let page = world.open(&mut ada, path, "ada").expect(200);
        assert_eq!(page.url, world.usher.url(path));
    }
    let mut ada = world.usher.browser();
    let page = world.open(&mut ada, "/auth/login?page=admin", "ada").expect(200);
    assert_eq!(page.url, world.usher.url("/admin"));
    let mut nobody = world.usher.browser();
    let json = Request::get("/admin").header("Accept", "application/json");
    let answer = nobody.send(json).expect(401).json();
    assert_eq!(answer["login_url"], world.usher.url("/auth/login?page=admin"));
}

/// Whatever stands behind `page`, the way ends under `/admin` or is not begun.
#[test]
fn s_302_a_login_for_admins_leads_nowhere_else() {
    let world = world();
    let mut ada = world.usher.browser();
    for page in [
        "administer",
        "admin/",
        "admin//evil.example",
        "admin/../launch/townhall",
        "admin/%252e%252e",
        "admin%5Cevil.example",
        "admin%23x",
        "admin&at=/launch/townhall",
    ] {
        ada.get(&format!("/auth/login?page={page}")).expect(400);
    }
}

#[test]
fn c_37_an_old_sign_in_goes_by_the_provider_and_arrives_at_the_very_page() {
    let world = demanding();
    let mut ada = world.signed_in("ada");
    let path = "/admin/apps/support?customer=grace%40example.org";
    ada.go(path).expect(200);
    ada.get(path).expect(200);
    world.op.ages("ada", 3600);
    world
        .open(&mut ada, "/auth/login?provider=work", "ada")
        .expect(200);
    let form = ada.go(path);
    assert!(
        form.url.starts_with(&format!("{}/sign-in/", Op::issuer())),
        "{}",
        form.path()
    );
    assert_eq!(asked(&ada, "max_age").as_deref(), Some("300"));
    assert_eq!(asked(&ada, "login_hint").as_deref(), Some("ada@example.com"));
    let page = ada.submit(&form, [("login", "ada")]).expect(200);
    assert_eq!(page.url, world.usher.url(path));
    assert!(world.usher.audited("admin").is_empty());
}

/// What the provider says is from before: its session is young by its own clock, and old by ours.
#[test]
fn c_22_an_admin_who_stays_stale_gets_a_page_and_no_second_round() {
    let how = How {
        movable_clock: true,
        ..How::default()
    };
    let world = World::how(how, |settings| {
        settings
            .set("[admin]", "allow", "[\"group:comms\"]")
            .set("[admin]", "max_auth_age", "\"30s\"");
    });
    let mut ada = world.signed_in("ada");
    ada.go("/admin").expect(200);
    world.usher.set_ahead(120);
    let page = ada.go("/admin").expect(403);
    let page = page
        .shows("You signed in too long ago")
        .shows("/auth/login?page=admin&#38;provider=work");
    let row = world.usher.audited("admin").remove(0);
    assert_eq!(row["reason"], "access.auth_too_old");
    assert_eq!(row["reference"].as_str(), page.header("X-Request-Id"));
    // Whoever is no admin is not asked to sign in anew for what would be refused all the same.
    let mut eve = world.signed_in("eve");
    eve.get("/admin").expect(403).shows("This door is for admins");
}

#[test]
fn c_54_a_stranger_fills_the_trail_no_faster_than_by_launches() {
    let world = World::with(|settings| {
        admins(settings);
        settings.set("[limits]", "launches_per_minute", "3");
    });
    let mut eve = world.signed_in("eve");
    for _ in 0..3 {
        eve.get("/admin").expect(403);
    }
    let limited = eve.get("/admin").expect(429);
    assert!(limited.header("Retry-After").is_some());
    // Three denials, and one row that stands for what the limit refused.
    let rows = world.usher.audited("admin");
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[3]["reason"], "rate.limited");
    let mut ada = world.signed_in("ada");
    for _ in 0..5 {
        ada.get("/admin").expect(200);
    }
}

/// S-211, S-313: nothing is written in the name of somebody who has not clicked.
#[test]
fn s_313_only_a_navigation_comes_in_and_a_prefetch_leaves_no_trace() {
    let world = world();
    let mut eve = world.signed_in("eve");
    let picture = Request::get("/admin")
        .header("Sec-Fetch-Mode", "no-cors")
        .header("Sec-Fetch-Dest", "image")
        .header("Sec-Fetch-Site", "same-site");
    eve.send(picture).expect(403);
    let frame = Request::get("/admin").header("Sec-Fetch-Dest", "iframe");
    eve.send(frame).expect(403);
    let prefetch = Request::get("/admin").header("Sec-Purpose", "prefetch");
    eve.send(prefetch).expect(503);
    assert!(world.usher.audited("admin").is_empty());
    for path in PAGES {
        eve.send(Request::new("POST", path)).expect(405);
        eve.send(Request::new("HEAD", path)).expect(405);
    }
}

#[test]
fn s_206_the_pages_have_the_headers_of_every_page() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for path in &PAGES[..2] {
        let page = ada.get(path).expect(200);
        assert_eq!(page.header("Cross-Origin-Opener-Policy"), Some("same-origin"));
        assert_eq!(page.header("Cache-Control"), Some("no-store"));
        let policy = page.header("Content-Security-Policy").unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        for inline in ["style=\"", "<style", "<script>", "javascript:", " onclick"] {
            assert!(!page.text().contains(inline), "{path}: {inline}");
        }
    }
}

#[test]
fn c_57_the_apps_stand_by_title_and_lead_to_their_pages() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let home = ada.get("/").expect(200);
    assert!(links(&home.text()).contains(&"/admin".to_owned()));
    assert!(links(&ada.get("/account").expect(200).text()).contains(&"/admin".to_owned()));
    let page = ada
        .get("/admin/apps")
        .expect(200)
        .shows("Town hall")
        .shows("Support console");
    let apps: Vec<String> = links(&page.text())
        .into_iter()
        .filter(|link| link.starts_with("/admin/apps/"))
        .collect();
    assert_eq!(
        apps,
        ["/admin/apps/townhall", "/admin/apps/support"],
        "in the order of the file"
    );
    for app in apps {
        ada.get(&app).expect(200);
    }
    ada.get("/admin/apps/nothing").expect(404);
    ada.get("/admin/apps/nothing/link.ics").expect(404);
    ada.get("/admin/nothing").expect(404);
    let bob = world.signed_in("bob").get("/").expect(200);
    assert!(
        !links(&bob.text()).contains(&"/admin".to_owned()),
        "only admins are shown the way"
    );
}

#[test]
fn lesson_39_a_reload_makes_and_unmakes_admins_at_the_next_click() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let mut bob = world.signed_in("bob");
    ada.get("/admin").expect(200);
    bob.get("/admin").expect(403);
    let bobs = "[admin]\nallow = [\"email:bob@example.com\"]";
    world.usher.edit("[admin]\nallow = [\"group:comms\"]", bobs);
    assert_eq!(world.usher.reload()["changes"], "changed admin");
    ada.get("/admin").expect(403);
    bob.get("/admin").expect(200);
    assert!(!links(&ada.get("/").expect(200).text()).contains(&"/admin".to_owned()));
}
