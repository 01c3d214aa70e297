//! `/admin/sessions`: find a person, and end what they have open.

use serde_json::json;

use crate::admin::admins;
use crate::browser::sign_in;
use crate::harness::browser::hidden_fields;
use crate::harness::chromium::Visitor;
use crate::harness::postgres::{PASSWORD, Postgres};
use crate::harness::{Browser, How, Lie, Lying, Request, Response, World};

/// Where the page's forms for the person with this address lead, and the value that they carry.
fn forms(page: &Response, email: &str) -> Vec<(String, String)> {
    let text = page.text();
    let list = text.split_once("sheet people").map_or("", |(_, list)| list);
    let seats = list.split("<li>").filter(|seat| seat.contains(email));
    let form = |seat: &str| {
        let (_, action) = seat.split_once("action=\"").expect("a form");
        let action = action.split('"').next().unwrap().replace("&#x2F;", "/");
        let mut fields = hidden_fields(seat).into_iter();
        let (_, csrf) = fields.find(|(name, _)| name == "csrf").expect("a CSRF value");
        (action, csrf)
    };
    seats.map(form).collect()
}

fn signed_in(person: &mut Browser, yes: bool) {
    let status = if yes { 200 } else { 302 };
    person.get("/account").expect(status);
}

fn end(admin: &mut Browser, email: &str, more: &[(&str, &str)]) -> Response {
    let page = admin.get(&format!("/admin/sessions?q={email}")).expect(200);
    let (action, csrf) = forms(&page, email).remove(0);
    let fields = [&[("csrf", csrf.as_str()), ("q", email)], more].concat();
    admin.post(&action, fields).expect(303)
}

#[test]
fn c_33_an_admin_finds_a_person_and_ends_one_session_or_all() {
    let world = World::with(admins);
    let mut bobs = [(); 3].map(|()| world.signed_in("bob"));
    let mut ada = world.signed_in("ada");
    ada.get("/admin/sessions")
        .expect(200)
        .shows("Ada Lovelace")
        .shows("This browser")
        .shows("bob@example.com");
    let found = ada.get("/admin/sessions?q=bob%40").expect(200);
    assert_eq!(forms(&found.hides("ada@example.com"), "bob@example.com").len(), 3);

    let back = end(&mut ada, "bob@example.com", &[]);
    assert_eq!(back.location(), "/admin/sessions?q=bob%40example.com");
    let left = ada.get(back.location()).expect(200);
    assert_eq!(forms(&left, "bob@example.com").len(), 2);
    let row = world.usher.audited("sign_out").remove(0);
    assert_eq!(row["reason"], "admin.one");
    assert_eq!(row["email"], "bob@example.com");
    let subject = &world.usher.audited("sign_in")[3]["sub"];
    assert_eq!(&row["actor"], subject, "who did it");

    end(&mut ada, "bob@example.com", &[("all", "1")]);
    for bob in &mut bobs {
        signed_in(bob, false);
    }
    signed_in(&mut ada, true);
    ada.get("/admin/sessions?q=bob%40example.com")
        .expect(200)
        .shows("Nobody signed in matches");
    let rows = world.usher.audited("sign_out");
    assert_eq!(rows[1]["reason"], "admin.everywhere");
    assert_eq!(rows.len(), 2);
    world.usher.logged("sign_out");
}

#[test]
fn what_ends_at_one_replica_has_ended_at_all() {
    let database = Postgres::shared().database();
    let world = World::with(|settings| {
        settings.keep_in(&database);
        admins(settings);
    });
    world.usher.secrets.add("the database's password", PASSWORD);
    let other = world.usher.replica(|_| ());
    let mut bob = world.signed_in("bob");
    let mut ada = world.signed_in("ada");
    ada.by_way_of(other.port);
    signed_in(&mut bob, true);
    end(&mut ada, "bob@example.com", &[("all", "1")]);
    signed_in(&mut bob, false);
}

#[test]
fn s_311_nobody_ends_a_session_but_by_a_form_of_an_admin() {
    let world = World::with(admins);
    let mut bob = world.signed_in("bob");
    let mut ada = world.signed_in("ada");
    let page = ada.get("/admin/sessions").expect(200);
    let (action, csrf) = forms(&page, "bob@example.com").remove(0);
    let account = bob.get("/account").expect(200).text();
    let (_, bobs) = hidden_fields(&account).remove(0);

    // By somebody who is no admin, whatever the form says.
    for csrf in [&csrf, &bobs] {
        bob.post(&action, [("csrf", csrf.as_str())]).expect(403);
    }
    assert_eq!(world.usher.audited("admin").len(), 2);
    // By the admin's browser, sent elsewhere or with another page's value.
    let form = || Request::form(&action, [("csrf", csrf.as_str())]);
    for request in [
        form().header("Sec-Fetch-Site", "cross-site"),
        form()
            .header("Origin", "https://evil.example")
            .header("Sec-Fetch-Site", "same-site"),
        Request::form(&action, [("csrf", bobs.as_str())]),
        Request::form(&action, []),
    ] {
        ada.send(request).expect(403);
    }
    ada.send(Request::get(&action)).expect(405);
    signed_in(&mut bob, true);
    assert!(world.usher.audited("sign_out").is_empty());
    // Signed out meanwhile, the way leads by the login back to the page, and ends nothing.
    let mut nobody = world.usher.browser();
    let login = nobody.send(form()).expect(302);
    assert!(
        login.location().ends_with("page=admin%2Fsessions"),
        "{}",
        login.location()
    );
    ada.post("/admin/sessions/0123/end", [("csrf", csrf.as_str())])
        .expect(404);
    // Twice does no harm.
    for _ in 0..2 {
        ada.post(&action, [("csrf", csrf.as_str())]).expect(303);
    }
    signed_in(&mut bob, false);
    assert_eq!(world.usher.audited("sign_out").len(), 1);
}

#[test]
fn a_filter_that_makes_no_sense_is_refused() {
    let world = World::with(admins);
    let mut ada = world.signed_in("ada");
    let long = format!("q={}", "x".repeat(256));
    for query in [
        "person=ada",
        "behind=yesterday",
        "behind=1-2",
        "behind=99999999999999999999-000000000000000000000000",
        "q=a%00b",
        "q=%ff",
        &long,
    ] {
        ada.get(&format!("/admin/sessions?{query}")).expect(400);
    }
    ada.get("/admin/sessions?q=%25%27%3B--").expect(200);
    ada.get("/admin/sessions?q=&behind=1-000000000000000000000000")
        .expect(200)
        .shows("Nobody else is signed in");
}

#[test]
fn s_316_a_hostile_name_is_shown_as_what_it_is() {
    let lie = Lie::none().in_claims(|claims| {
        claims["name"] = "<script>alert(1)</script>\u{202e}=cmd()".into();
    });
    let world = Lying::with(lie, How::default(), |settings| {
        settings.set("[admin]", "allow", "[\"provider:lie\"]");
    });
    let mut mallory = world.usher.browser();
    world.sign_in(&mut mallory, "lie").expect(200);
    let page = mallory.get("/admin/sessions").expect(200);
    let text = page.hides("<script>alert").text();
    let (_, list) = text.split_once("sheet people").expect("a list");
    assert!(
        !list.contains('\u{202e}') && list.contains("alert(1)&#60;/script&#62;\\u{202e}=cmd()"),
        "{list}"
    );
}

#[test]
fn by_keyboard_and_without_script_a_person_is_found_and_signed_out() {
    let world = World::with(admins);
    let mut bob = world.signed_in("bob");
    for (scheme, locale, width) in [("light", "en-GB", 1280), ("dark", "de-DE", 360)] {
        let visitor = Visitor::with(
            json!({ "script": false, "colorScheme": scheme, "locale": locale, "width": width }),
        );
        let tab = visitor.tab();
        tab.open(&world.usher.url("/admin/sessions"));
        sign_in(&tab, "ada");
        tab.arrive("/admin/sessions$");
        assert_eq!(tab.axe(), Vec::<String>::new(), "{scheme} {width}");
        assert_eq!(tab.overflow(), 0, "{scheme} {width}");
        if width == 1280 {
            tab.fill("input[name=q]", "bob@");
            tab.press("Enter");
            tab.arrive("q=bob%40$");
            assert_eq!(tab.count(".people li"), 1);
            tab.click("button[name=all]");
            tab.arrive("q=bob%40$");
            assert_eq!(tab.count(".people li"), 0);
            assert_eq!(tab.axe(), Vec::<String>::new(), "nobody found");
        }
        world.remember(&visitor);
    }
    signed_in(&mut bob, false);
}
