//! `/admin/apps/{app}`: what is set up, and the link in every form.

use serde_json::Value;

use crate::admin::{admins, world};
use crate::harness::browser::links;
use crate::harness::{Request, Response, World, token_in};

/// What the page has to copy, each under the id of its field.
fn copies(page: &Response) -> Vec<(String, String)> {
    let text = page.text();
    let field = |rest: &str| {
        let (id, rest) = rest.split_once('"')?;
        let (_, rest) = rest.split_once('>')?;
        let (value, _) = rest.split_once("</textarea>")?;
        Some((id.to_owned(), read(value)))
    };
    text.split("<textarea id=\"").skip(1).filter_map(field).collect()
}

fn copy(page: &Response, id: &str) -> String {
    let all = copies(page);
    let found = all.iter().find(|(name, _)| name == id);
    found.unwrap_or_else(|| panic!("no {id} among {all:?}")).1.clone()
}

/// What a reader of HTML makes of a text.
fn read(html: &str) -> String {
    let named = html.replace("&#60;", "<").replace("&#62;", ">");
    let named = named.replace("&#34;", "\"").replace("&#39;", "'");
    named.replace("&#38;", "&")
}

#[test]
fn an_app_tells_what_is_set_up() {
    let world = World::with(|settings| {
        admins(settings);
        settings
            .set("[apps.townhall]", "deny", "[\"email:mallory@example.com\"]")
            .set("[apps.townhall]", "when", "\"user.email_verified == true\"")
            .set("[apps.townhall]", "max_auth_age", "\"8h\"");
    });
    let mut ada = world.signed_in("ada");
    let page = ada.get("/admin/apps/townhall").expect(200);
    page.shows("frameable")
        .shows("the group <bdi>staff</bdi>")
        .shows("<bdi>mallory@example.com</bdi>")
        .shows("user.email_verified == true")
        .shows("has to be recent or strong")
        .shows("2099-01-01 14:00 UTC")
        .shows(&world.vendor.url("/events/townhall"));
    let german = Request::get("/admin/apps/townhall").header("Accept-Language", "de");
    ada.send(german).expect(200).shows("die Gruppe <bdi>staff</bdi>");
}

/// Every snippet that `usher link` has, byte for byte; a calendar's file says when it was made.
#[test]
fn c_33_the_page_and_the_command_line_give_the_same_snippets() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let value = "customer=o'neil+a&b=<c>@example.org";
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("customer", &value["customer=".len()..])
        .finish();
    let undated = |text: &str| -> String {
        let lines = text.lines().filter(|line| !line.starts_with("DTSTAMP:"));
        lines.collect::<Vec<_>>().join("\n")
    };
    for (app, path, param) in [
        ("townhall", "/admin/apps/townhall".to_owned(), &[][..]),
        (
            "support",
            format!("/admin/apps/support?{query}"),
            &["--param", value][..],
        ),
    ] {
        let mut page = ada.get(&path).expect(200);
        let mut seen = 0;
        for snippet in [
            "url",
            "button",
            "iframe",
            "element",
            "sharepoint",
            "confluence",
            "ics",
            "qr",
            "okta",
            "entra",
        ] {
            let output = world
                .usher
                .run(&[&["link", app, "--only", snippet], param].concat());
            if !output.status.success() {
                let why = String::from_utf8(output.stderr).unwrap();
                page = page.hides(&format!("id=\"{snippet}-1\""));
                let why = ["origins", "opens_at"]
                    .into_iter()
                    .find(|word| why.contains(word));
                page = page.shows(why.expect("a reason"));
                continue;
            }
            let printed = String::from_utf8(output.stdout).unwrap();
            seen += 1;
            match snippet {
                "qr" => page = page.shows(printed.trim_end()),
                "okta" | "entra" => assert_eq!(copy(&page, &format!("{snippet}-3")), printed.trim_end()),
                snippet => {
                    let copied = copy(&page, &format!("{snippet}-1"));
                    assert_eq!(undated(&copied), undated(&printed), "{app} {snippet}");
                }
            }
        }
        assert_eq!(seen, if app == "townhall" { 10 } else { 5 });
        let link = copy(&page, "url-1");
        assert_eq!(copy(&page, "okta-2"), link);
        assert_eq!(copy(&page, "entra-2"), link);
        let listing = world.usher.run(&[&["link", app], param].concat());
        let listing = String::from_utf8(listing.stdout).unwrap();
        assert!(listing.contains(&copy(&page, "initiate-1")), "{listing}");
    }
}

#[test]
fn c_33_a_link_from_the_page_opens_the_app() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let page = ada.get("/admin/apps/townhall").expect(200);
    let launched = ada.get(&copy(&page, "url-1")).expect(302);
    assert!(!token_in(launched.location()).is_empty());
}

#[test]
fn c_33_files_hold_what_the_page_shows() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let ics = ada.get("/admin/apps/townhall/link.ics").expect(200);
    assert_eq!(ics.header("Content-Type"), Some("text/calendar; charset=utf-8"));
    assert_eq!(
        ics.header("Content-Disposition"),
        Some("attachment; filename=\"townhall.ics\"")
    );
    let text = ics.text();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.contains("DTSTART:20200101T130000Z"), "{text}");
    let page = ada
        .get("/admin/apps/support?customer=grace%40example.org")
        .expect(200);
    let file = "/admin/apps/support/link.svg?customer=grace%40example.org";
    assert!(links(&page.text()).contains(&file.to_owned()));
    let svg = ada.get(file).expect(200);
    assert_eq!(svg.header("Content-Type"), Some("image/svg+xml"));
    page.shows(&svg.text());
    // An app without a window has no event, and one with values no link without them.
    ada.get("/admin/apps/support/link.ics?customer=grace%40example.org")
        .expect(404);
    ada.get("/admin/apps/support/link.svg")
        .expect(400)
        .shows("customer");
    ada.get("/admin/apps/support/link.svg?customer=nobody")
        .expect(400);
}

#[test]
fn c_7_values_are_checked_as_at_a_launch_and_the_page_says_what_is_wrong() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let empty = ada
        .get("/admin/apps/support")
        .expect(200)
        .shows("name=\"customer\"");
    let empty = empty.hides("role=\"alert\"");
    assert_eq!(
        copy(&empty, "pattern-1"),
        world.usher.url("/launch/support?customer={customer}")
    );
    for (values, said) in [
        (&[("customer", "")][..], "<bdi>customer</bdi>"),
        (&[("customer", "no\"body<i>")], "<bdi>customer</bdi>"),
        (&[("customer", "a\r\n@b")], "cannot be seen"),
        (&[("customer", "a@b"), ("customer", "c@d")], "more than once"),
        (&[("customer", "a@b"), ("evil", "1")], "<bdi>evil</bdi>"),
    ] {
        let mut query = url::form_urlencoded::Serializer::new("/admin/apps/support?".to_owned());
        let page = ada.get(&query.extend_pairs(values).finish()).expect(400);
        let page = page.shows("role=\"alert\"").shows(said);
        page.hides("id=\"url-1\"").hides("<i>");
    }
    let kept = ada.get("/admin/apps/support?customer=no%22body").expect(400);
    kept.shows("value=\"no&#34;body\"").shows("aria-invalid=\"true\"");
    ada.get("/admin/apps/townhall?evil=1")
        .expect(400)
        .shows("role=\"alert\"");
}

#[test]
fn an_app_that_only_the_token_api_serves_has_a_page_without_a_link() {
    let world = World::with(|settings| {
        admins(settings);
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
    let mut ada = world.signed_in("ada");
    let page = ada.get("/admin/apps/avatar").expect(200);
    page.shows("no link to hand out")
        .hides(" readonly")
        .hides("a-secret");
    ada.get("/admin/apps/avatar/link.svg").expect(404);
    ada.get("/admin/apps").expect(200).shows("token API only");
}

#[test]
fn s_316_a_hostile_title_stays_text() {
    let world = World::with(|settings| {
        admins(settings);
        let title = Value::from("\"></textarea><script>alert(1)</script>\u{202e}x").to_string();
        settings.set("[apps.townhall]", "title", &title);
    });
    let mut ada = world.signed_in("ada");
    for path in ["/admin/apps", "/admin/apps/townhall"] {
        ada.get(path)
            .expect(200)
            .hides("<script>alert")
            .hides("</textarea><script");
    }
}
