//! `/admin/audit`, its files, and `usher why`: the same answers from the page and the command.

use serde_json::{Value, json};

use crate::admin::admins;
use crate::audit::exported;
use crate::harness::browser::links;
use crate::harness::wire::Response;
use crate::harness::{Browser, Request, World};

fn world() -> World {
    let world = World::with(|settings| {
        admins(settings);
        settings.set("[limits]", "launches_per_minute", "0");
    });
    world.person(
        "mal",
        json!({ "name": "=cmd|' /C calc'!A0", "email": "+mal@example.com", "groups": [], "region": "<b>\u{202e}" }),
    );
    world
}

/// The reference under which somebody was turned away.
fn turned_away(world: &World, login: &str, path: &str) -> String {
    let page = world.signed_in(login).get(path).expect(403);
    page.header("X-Request-Id").unwrap().to_owned()
}

fn why(world: &World, arguments: &[&str]) -> (Option<i32>, String) {
    let done = world
        .usher
        .run(&[&["why", "-c", "usher.toml"], arguments].concat());
    (done.status.code(), String::from_utf8(done.stdout).unwrap())
}

fn download(browser: &mut Browser, path: &str) -> Response {
    let request = Request::get(path)
        .header("Sec-Fetch-Mode", "navigate")
        .header("Sec-Fetch-Dest", "document")
        .header("Sec-Fetch-Site", "same-origin");
    browser.send(request)
}

/// The ids of the records that a page leads to.
fn shown(page: &Response) -> Vec<String> {
    let ids = links(&page.text());
    ids.iter()
        .filter_map(|link| link.strip_prefix("/admin/audit?id=").map(str::to_owned))
        .collect()
}

#[test]
fn c_33_the_trail_is_paged_by_key_newest_first_and_each_record_once() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for _ in 0..120 {
        ada.get("/launch/townhall").expect(302);
    }
    let mut found = Vec::new();
    let mut next = Some("/admin/audit?event=launch&app=townhall".to_owned());
    while let Some(path) = next {
        assert!(!path.contains("offset"), "{path}");
        let page = ada.get(&path).expect(200);
        found.extend(shown(&page));
        let older = |link: &String| link.contains("before=") && link.contains("event=launch");
        next = links(&page.text())
            .into_iter()
            .find(older)
            .map(|link| link.replace("&amp;", "&").replace("&#38;", "&"));
        assert!(found.len() <= 120);
    }
    let mut all: Vec<String> = world
        .usher
        .audited("launch")
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    all.reverse();
    assert_eq!(found, all);
}

#[test]
fn c_33_the_filter_finds_by_time_person_app_outcome_and_reference() {
    let world = world();
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    let reference = turned_away(&world, "mal", "/launch/townhall");
    for (query, count) in [
        ("", 4),
        ("person=ada%40example.com", 2),
        ("person=%2Bmal%40example.com&app=townhall", 1),
        ("outcome=refused", 1),
        ("event=sign_in&from=2020-01-01", 2),
        ("to=2020-01-01", 0),
        ("app=&person=&event=launch", 1),
    ] {
        let page = ada.get(&format!("/admin/audit?{query}")).expect(200);
        assert_eq!(shown(&page).len(), count, "{query}");
    }
    let page = ada.get("/admin/audit?person=%2Bmal%40example.com").expect(200);
    page.shows("value=\"+mal@example.com\"")
        .shows("Turned away")
        .shows("access.not_allowed");
    let copied = reference.to_lowercase().replace('-', "");
    let page = ada.get(&format!("/admin/audit?ref={copied}")).expect(200);
    page.shows(&reference)
        .shows("This door is not open to you")
        .shows("This record is as it was written");
    assert_eq!(
        world.usher.audited("admin").len(),
        0,
        "a page that is read is no act"
    );
}

#[test]
fn filters_that_make_no_sense_are_a_400_that_says_so_and_keeps_what_was_typed() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for (query, said) in [
        ("from=yesterday", "takes a date such as"),
        ("from=2026-02-02&to=2026-02-01", "has to be earlier"),
        ("outcome=perhaps", "one of the words"),
        ("ref=7Q2M", "A reference has 16"),
        ("app=Town+hall", "id is 1 to 64"),
        ("offset=50", "There is no condition"),
        ("person=a&person=b", "more than once"),
        ("before=1%27+OR+1", "only a link of these pages"),
        ("token_sha256=abc", "64 hexadecimal digits"),
        ("id=7", "id looks like"),
        ("person=a%00b", "characters that can be seen"),
    ] {
        let page = ada.get(&format!("/admin/audit?{query}")).expect(400).shows(said);
        if query.starts_with("from=y") {
            page.shows("value=\"yesterday\"").shows("aria-invalid");
        }
        if !query.starts_with("before") {
            ada.get(&format!("/admin/audit.csv?{query}"))
                .expect(400)
                .shows("This filter makes no sense");
        }
    }
    let json = Request::get("/admin/audit?offset=5").header("Accept", "application/json");
    assert_eq!(ada.send(json).expect(400).json()["code"], "audit.filter");
    assert!(world.usher.audited("admin").is_empty(), "nothing was taken along");
}

#[test]
fn c_33_the_files_are_byte_by_byte_what_the_command_writes() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for _ in 0..3 {
        ada.get("/launch/townhall").expect(302);
    }
    turned_away(&world, "mal", "/launch/townhall");
    for (query, options) in [
        ("", vec![]),
        (
            "?person=%2Bmal%40example.com",
            vec!["--person", "+mal@example.com"],
        ),
        (
            "?outcome=refused&from=2020-01-01",
            vec!["--outcome", "refused", "--from", "2020-01-01"],
        ),
        ("?app=none", vec!["--app", "none"]),
    ] {
        for format in ["csv", "jsonl"] {
            let file = download(&mut ada, &format!("/admin/audit.{format}{query}")).expect(200);
            let disposition = file.header("Content-Disposition").unwrap().to_owned();
            assert!(
                disposition.starts_with("attachment; filename=\"audit-20")
                    && disposition.ends_with(&format!(".{format}\"")),
                "{disposition}"
            );
            assert_eq!(
                file.text(),
                exported(&world, &[&["--format", format], &*options].concat()),
                "{query}"
            );
        }
    }
    let csv = download(&mut ada, "/admin/audit.csv?app=townhall")
        .expect(200)
        .text();
    assert!(
        csv.contains(",'+mal@example.com,"),
        "a cell that starts a formula is none: {csv}"
    );
    let taken = world.usher.audited("admin");
    assert_eq!(taken.len(), 9);
    for row in taken {
        assert_eq!(
            (row["reason"].as_str(), row["outcome"].as_str()),
            (Some("audit.exported"), Some("ok"))
        );
        assert_eq!(row["email"], "ada@example.com");
    }
}

/// S-211: an export is on record, and nobody else's page writes there.
#[test]
fn s_313_a_page_elsewhere_starts_no_export() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for site in ["cross-site", "same-site"] {
        for file in ["audit.csv", "audit.jsonl"] {
            let foreign = Request::get(&format!("/admin/{file}")).header("Sec-Fetch-Site", site);
            ada.send(foreign).expect(403);
        }
    }
    assert!(world.usher.audited("admin").is_empty());
}

#[test]
fn s_369_exports_have_the_limit_of_launches_and_are_none() {
    let world = World::with(|settings| {
        crate::admin::admins(settings);
        settings.set("[limits]", "launches_per_minute", "2");
    });
    let mut ada = world.signed_in("ada");
    for status in [200, 200, 429, 429] {
        download(&mut ada, "/admin/audit.csv").expect(status);
    }
    let rows = world.usher.audited("admin");
    let reasons: Vec<&str> = rows.iter().map(|row| row["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["audit.exported", "audit.exported", "rate.limited"]);
    world.usher.logged("admin.refused");
    assert!(!world.usher.log.text().contains("launch.refused"));
}

#[test]
fn a_stranger_takes_nothing_along_and_is_on_record() {
    let world = world();
    turned_away(&world, "eve", "/admin/audit.csv");
    turned_away(&world, "eve", "/admin/audit?person=ada%40example.com");
    let rows = world.usher.audited("admin");
    let reasons: Vec<&str> = rows.iter().filter_map(|row| row["reason"].as_str()).collect();
    assert_eq!(reasons, ["access.not_allowed", "access.not_allowed"]);
    assert_eq!(rows[0]["decision"]["rules"][0]["rule"], "group:comms");
    assert_eq!(rows[0]["decision"]["rules"][0]["fits"], "no");
}

#[test]
fn why_says_the_rules_and_claims_behind_a_reference_and_the_page_says_the_same() {
    let world = world();
    let reference = turned_away(&world, "eve", "/launch/townhall");
    let (code, said) = why(&world, &[&reference.to_lowercase()]);
    assert_eq!(code, Some(0), "{said}");
    for part in [
        "denied, refused (access.not_allowed)",
        "This door is not open to you",
        "eve@example.net, ",
        "allow group:staff  no",
        "roles host for group:comms  no",
        "groups  list of 0\n",
        "title  absent",
        "townhall (frameable)",
    ] {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
    assert!(
        !said.contains("Eve Outside"),
        "values are not written unless they may be"
    );
    let mut ada = world.signed_in("ada");
    let page = ada.get(&format!("/admin/audit?ref={reference}")).expect(200);
    let area = page.text();
    let area = area.split("<textarea").nth(1).unwrap().split_once('>').unwrap().1;
    let area = area.split("</textarea>").next().unwrap();
    let plain = area
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
        .replace("&#34;", "\"")
        .replace("&#39;", "'");
    assert_eq!(plain, said);

    let (code, json) = why(&world, &[&reference, "--format", "json"]);
    assert_eq!(code, Some(0));
    let json: Value = serde_json::from_str(&json).unwrap();
    let line = exported(&world, &["--format", "jsonl", "--ref", &reference]);
    assert_eq!(json["records"][0], serde_json::from_str::<Value>(&line).unwrap());
}

#[test]
fn why_tells_of_a_launch_and_of_a_missing_claim() {
    let world = World::start();
    world.person(
        "noa",
        json!({ "name": "Noa", "email": "noa@example.com", "groups": ["support"], "region": null }),
    );
    let reference = turned_away(&world, "noa", crate::harness::SUPPORT);
    let said = why(&world, &[&reference]).1;
    assert!(
        said.contains("region  null") && said.contains("claims.missing"),
        "{said}"
    );
    assert!(said.contains("allow group:support  yes  <- decided"), "{said}");
    assert!(!said.contains("grace"), "no parameter's value: {said}");
    let launched = world.signed_in("ada").get("/launch/townhall").expect(302);
    let said = why(&world, &[launched.header("X-Request-Id").unwrap()]).1;
    assert!(
        said.contains("launch, ok") && said.contains("roles      host") && said.contains("SHA-256"),
        "{said}"
    );
    assert!(world.usher.audited("launch")[0]["decision"].is_null());
}

#[test]
fn c_44_what_left_no_record_is_in_the_log_and_why_says_where() {
    let world = world();
    let failed = world
        .usher
        .browser()
        .get("/auth/callback/work?code=a&state=b")
        .expect(400);
    let reference = failed.header("X-Request-Id").unwrap();
    let (code, said) = why(&world, &[reference]);
    assert_eq!(code, Some(1));
    let line = format!("\"request_id\":\"{reference}\"");
    assert!(said.contains(&line), "{said}");
    assert!(world.usher.log.times(&line, 1) > 0, "and there it is");
    let mut ada = world.signed_in("ada");
    ada.get(&format!("/admin/audit?ref={reference}"))
        .expect(200)
        .shows("only a line in the log");
    assert_eq!(why(&world, &["7Q2M"]).0, Some(2));
}

#[test]
fn values_are_written_where_the_configuration_lets_them() {
    let world = World::with(|settings| {
        settings.set("[audit]", "values", "true");
    });
    world.person(
        "eve",
        json!({ "name": "Eve", "email": "eve@example.net", "groups": ["comms", "secret-club"] }),
    );
    let reference = turned_away(&world, "eve", "/launch/townhall");
    let said = why(&world, &[&reference]).1;
    assert!(said.contains("groups  list of 2 = comms\n"), "{said}");
    assert!(said.contains("email  string = eve@example.net"), "{said}");
}

#[test]
fn under_hash_the_person_is_found_and_never_named() {
    let world = World::with(|settings| {
        admins(settings);
        settings.set("[audit]", "person", "\"hash\"");
        settings.set("[apps.townhall]", "deny", "[\"email:eve@example.net\"]");
    });
    let reference = turned_away(&world, "eve", "/launch/townhall");
    let said = why(&world, &[&reference]).1;
    assert!(!said.contains("eve@") && said.contains("deny email:"), "{said}");
    let mut ada = world.signed_in("ada");
    let page = ada.get("/admin/audit?person=eve%40example.net").expect(200);
    assert_eq!(shown(&page).len(), 2);
    assert_eq!(
        page.text().matches("eve@example.net").count(),
        1,
        "only as it was typed"
    );
}

#[test]
fn an_error_page_gives_its_reference_to_copy() {
    let world = world();
    let page = world.signed_in("eve").get("/launch/townhall").expect(403);
    let reference = page.header("X-Request-Id").unwrap().to_owned();
    let page = page.shows(&format!("readonly size=\"19\" value=\"{reference}\""));
    let policy = page.header("Content-Security-Policy").unwrap();
    assert!(
        policy.contains("script-src 'self';") && !policy.contains("unsafe"),
        "{policy}"
    );
}
