//! `/admin`: how things are, in numbers and pictures.

use serde_json::json;

use crate::admin::{admins, world};
use crate::harness::browser::links;
use crate::harness::usher::run_in;
use crate::harness::{Browser, Response, World};

/// What stands in the page's counts: opened, refused, sign-ins, signed in now.
fn counts(page: &str) -> [u64; 4] {
    let (_, rest) = page.split_once("<dl class=\"counts\">").expect("the counts");
    let (list, _) = rest.split_once("</dl>").expect("their end");
    let numbers: Vec<u64> = list
        .split("<dd>")
        .skip(1)
        .map(|cell| {
            let digits = cell
                .split('<')
                .next()
                .unwrap()
                .chars()
                .filter(char::is_ascii_digit);
            digits.collect::<String>().parse().expect("a number")
        })
        .collect();
    numbers.try_into().expect("four counts")
}

/// What lies between two texts.
pub fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start} in {page}"));
    rest.split_once(end)
        .unwrap_or_else(|| panic!("no {end} behind {start}"))
        .0
}

fn overview(admin: &mut Browser) -> Response {
    admin.get("/admin").expect(200)
}

#[test]
fn c_44_the_overview_counts_what_happened_and_names_who_is_there() {
    let mut world = world();
    let mut ada = world.signed_in("ada");
    let mut eve = world.signed_in("eve");
    for _ in 0..3 {
        ada.get("/launch/townhall").expect(302);
    }
    ada.get("/launch/support?customer=grace@example.org").expect(302);
    eve.get("/launch/townhall").expect(403);
    // A failed sign-in is no row: it reaches the figures within a minute, or at the end.
    eve.get("/auth/callback/work?state=nonsense&code=x").expect(400);
    world.usher.stop();
    world.usher.start_again();

    let page = overview(&mut ada);
    let text = page.text();
    assert_eq!(counts(&text), [4, 1, 2, 2]);
    let apps = between(&text, "<h2 id=\"apps\">", "</section>");
    let lines: Vec<&str> = apps.split("<li>").skip(1).collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains("Town hall") && lines[0].contains("<span class=\"count\">3</span>"));
    assert!(lines[0].contains("25"), "one of four was refused: {}", lines[0]);
    assert!(lines[1].contains("Support console") && lines[1].contains("<span class=\"count\">1</span>"));
    for app in ["townhall", "support"] {
        assert!(links(apps).contains(&format!("/admin/apps/{app}")));
    }
    let refused = between(&text, "<h2 id=\"refusals\">", "</section>");
    assert!(refused.contains("This door is not open to you") && refused.contains("access.not_allowed"));
    let sign_ins = between(&text, "<h2 id=\"sign-ins\">", "</section>");
    assert!(sign_ins.contains("<bdi>Work</bdi>") && sign_ins.contains("callback.state_invalid"));
    assert!(sign_ins.contains("This sign-in has come to an end"));
    let people = between(&text, "<h2 id=\"people\">", "</section>");
    for shown in [
        "Ada Lovelace",
        "ada@example.com",
        "Eve Outside",
        "/admin/sessions?q=ada%40example.com",
    ] {
        assert!(people.contains(shown), "{shown}: {people}");
    }
    assert!(
        people.find("Eve").unwrap() < people.find("Ada").unwrap(),
        "the newest first"
    );
}

#[test]
fn the_chart_and_its_table_say_the_same() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let empty = overview(&mut ada).text();
    assert!(empty.contains("Nobody has opened an app within the last 24 hours."));
    assert!(!empty.contains("<svg class=\"chart\""));
    for _ in 0..3 {
        ada.get("/launch/townhall").expect(302);
    }
    ada.get("/launch/support?customer=grace@example.org").expect(302);
    for (path, bars, title) in [
        ("/admin", 24, "4 launches in the last 24 hours"),
        ("/admin?span=day", 24, "4 launches in the last 24 hours"),
        ("/admin?span=week", 28, "4 launches in the last 7 days"),
    ] {
        let page = ada.get(path).expect(200).text();
        let chart = between(&page, "<svg class=\"chart\"", "</svg>");
        assert!(chart.contains("role=\"img\"") && chart.contains(title), "{chart}");
        assert_eq!(chart.matches("<g class=\"hour\">").count(), bars);
        assert_eq!(
            chart.matches("<rect class=\"s").count() - bars,
            2,
            "a part for each app"
        );
        let table = between(&page, "<details class=\"table\">", "</details>");
        let rows: Vec<&str> = between(table, "<tbody>", "</tbody>")
            .split("<tr>")
            .skip(1)
            .collect();
        assert_eq!(rows.len(), bars);
        let last = rows[bars - 1].split("<td>").skip(1);
        let last: Vec<&str> = last.map(|cell| cell.split('<').next().unwrap()).collect();
        assert_eq!(last, ["3", "1", "4"], "each app's, and all");
        assert!(
            rows[..bars - 1]
                .iter()
                .all(|row| row.contains("<td>0</td><td>0</td><td>0</td>"))
        );
    }
}

#[test]
fn a_span_that_makes_no_sense_is_a_400() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for query in [
        "span=month",
        "span=",
        "span=week&span=week",
        "from=2026-11-21",
        "SPAN=week",
    ] {
        ada.get(&format!("/admin?{query}")).expect(400);
    }
}

#[test]
fn names_full_of_markup_are_shown_as_what_they_are() {
    let title = "<b onclick=\\\"x\\\">&amp; \u{202e}hall</b>";
    let world = World::with(|settings| {
        admins(settings);
        settings.set("[apps.townhall]", "title", &format!("\"{title}\""));
    });
    world.person(
        "ada",
        json!({ "name": "<img src=x onerror=alert(1)>", "groups": ["staff", "comms"] }),
    );
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    let page = overview(&mut ada).text();
    for raw in ["<b onclick", "<img src=x"] {
        assert!(!page.contains(raw), "{raw}");
    }
    assert!(page.contains("&#60;img src=x onerror=alert(1)&#62;"));
    assert!(page.contains("&#60;b onclick="));
}

#[test]
fn c_45_the_keys_are_those_of_keys_list() {
    let world = world();
    let listed = world.usher.run(&["keys", "list", "-c", "usher.toml"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let keys = overview(&mut world.signed_in("ada")).text();
    let keys = between(&keys, "<h2 id=\"keys\">", "</section>");
    let lines: Vec<Vec<&str>> = listed
        .lines()
        .skip(1)
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(keys.matches("<li>").count(), 2);
    for line in &lines {
        let [app, algorithm, kind, thumbprint, state, _days, _file] = line[..] else {
            panic!("{line:?}")
        };
        assert_eq!(state, "active");
        for shown in [
            &format!("/admin/apps/{app}"),
            &format!("{algorithm} · {kind}"),
            &format!("<code>{thumbprint}</code>"),
        ] {
            assert!(keys.contains(shown.as_str()), "{shown}: {keys}");
        }
    }
    let ready = world.usher.ops("/readyz").expect(200).json();
    assert_eq!(ready["keys"].as_array().unwrap().len(), lines.len());
}

#[test]
fn c_9_c_45_a_shared_key_stands_once_and_its_next_one_beside_it_and_a_secret_without_a_hash() {
    let world = World::with(|settings| {
        admins(settings);
        settings
            .set("[apps.townhall]", "shared_key", "true")
            .add(
                "[apps.again]",
                "vendor = \"frameable\"\ntitle = \"Again\"\nurl = \"https://acme.frameable.com/again\"\n\
                 key_file = \"keys/townhall.pem\"\nallow = [\"group:staff\"]\nshared_key = true",
            )
            .add(
                "[apps.desk]",
                "vendor = \"custom\"\ntitle = \"Desk\"\nurl = \"https://desk.example.com/sso\"\n\
                 secret = \"canary-a-secret-of-more-than-32-bytes\"\nalg = \"HS256\"\nallow = [\"group:staff\"]\n\
                 claims = { n = \"{{ user.name }}\" }",
            );
    });
    // Not into the log, where a key would be a leak.
    let made = run_in(
        world.usher.dir.path(),
        &["keys", "new", "-c", "usher.toml", "--app", "townhall"],
    );
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    world.usher.reload();
    let page = overview(&mut world.signed_in("ada")).text();
    let keys = between(&page, "<h2 id=\"keys\">", "</section>");
    let lines: Vec<&str> = keys.split("<li>").skip(1).collect();
    let of = |app: &str| {
        lines
            .iter()
            .filter(|line| line.contains(&format!("/admin/apps/{app}\"")))
            .count()
    };
    assert_eq!((of("townhall"), of("again"), of("desk")), (2, 2, 1), "{keys}");
    assert_eq!(lines.len(), 4, "the shared one, its next one, two others: {keys}");
    assert!(lines.iter().any(|line| line.contains(">next<")));
    let desk = lines
        .iter()
        .find(|line| line.contains("/admin/apps/desk"))
        .unwrap();
    assert!(
        desk.contains("a secret") && desk.contains("HMAC 37 bytes") && !desk.contains("<code>"),
        "{desk}"
    );
}

#[test]
fn the_configurations_fingerprint_is_its_own_until_it_is_another() {
    let mut world = world();
    let mut ada = world.signed_in("ada");
    let fingerprint = |page: &Response| {
        let setup = page.text();
        between(
            between(&setup, "<h2 id=\"setup\">", "</section>"),
            "<code>",
            "</code>",
        )
        .to_owned()
    };
    let first = fingerprint(&overview(&mut ada));
    assert_eq!(first.replace(' ', "").len(), 16, "{first}");
    world.usher.stop();
    world.usher.start_again();
    assert_eq!(fingerprint(&overview(&mut ada)), first);
    world.usher.edit("\"Town hall\"", "\"Great hall\"");
    let reload = world.usher.reload();
    let page = overview(&mut ada);
    let second = fingerprint(&page);
    assert_ne!(second, first);
    assert_eq!(reload["fingerprint"], second.replace(' ', ""));
    assert!(page.text().contains("number <bdi>2</bdi> since the start"));
}

#[test]
fn the_parts_say_how_they_are() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let page = overview(&mut ada).text();
    let health = between(&page, "<h2 id=\"health\">", "</section>");
    for shown in [
        "SQLite",
        "commits since the start",
        "Provider",
        "Work",
        "metadata read just now",
        "steady",
    ] {
        assert!(health.contains(shown), "{shown}: {health}");
    }
    assert!(!health.contains("wrong"), "all is well: {health}");
}
