//! `/account`: what it says of a person is so.

use crate::harness::{Lie, Request, World, claims_of, keys, lying};

/// The facts of an app on the page, as a reader of HTML sees them.
fn told(page: &str, app: &str) -> Vec<(String, String)> {
    let (_, list) = page.split_once("sheet learning").expect("a list of apps");
    let of_app = list
        .split("<details>")
        .find(|part| part.contains(&format!("<bdi class=\"title\">{app}<")));
    let (facts, _) = of_app.expect("the app").split_once("</details>").unwrap();
    let fact = |part: &str| {
        let (name, rest) = part.split_once("</code></dt><dd dir=\"auto\">")?;
        Some((name.to_owned(), rest.split_once("</dd>")?.0.to_owned()))
    };
    facts.split("<dt><code>").filter_map(fact).collect()
}

#[test]
fn what_an_app_would_be_told_is_what_its_token_says() {
    let world = World::with(|settings| {
        let policy =
            "{ version = 3, sessions = {}, devices = { custom_data = { of = \"{{ params.customer }}\" } } }";
        settings
            .set("[apps.support]", "allow", "[\"everyone\"]")
            .set("[apps.support]", "policy", policy);
    });
    let mut ada = world.signed_in("ada");
    let page = ada.get("/account").expect(200);
    let told = told(&page.text(), "Town hall");
    let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    let arrived = ada.get("/launch/townhall").expect(302);
    let said = claims_of(&arrived, keys::TOWNHALL);
    let of_the_person: Vec<&String> = said.as_object().unwrap().keys().collect();
    let of_the_person: Vec<&String> = of_the_person
        .into_iter()
        .filter(|name| !["iss", "aud", "sub", "iat", "exp"].contains(&name.as_str()))
        .collect();
    assert_eq!(names, of_the_person);
    for (name, value) in &told {
        if let Some(text) = said[name].as_str() {
            assert_eq!(value, text, "{name}");
        }
    }
    assert!(
        told.contains(&("roles".to_owned(), "[&#34;host&#34;]".to_owned())),
        "{told:?}"
    );
    // What a link says is still to come; its names stand there.
    page.shows("depends on the link that you come by")
        .shows("<code>policy</code>");
    let german = Request::get("/account").header("Accept-Language", "de");
    ada.send(german).expect(200).shows("Was Ihre Anwendungen");
}

#[test]
fn the_last_launches_stand_there_and_are_the_persons_own() {
    for person in ["plain", "hash"] {
        let world = World::with(|settings| {
            settings.set("[audit]", "person", &format!("\"{person}\""));
        });
        let mut ada = world.signed_in("ada");
        ada.get("/account").expect(200).shows("Nothing yet.");
        world.signed_in("bob").get("/launch/townhall").expect(302);
        ada.get("/account").expect(200).shows("Nothing yet.");
        for _ in 0..2 {
            ada.get("/launch/townhall").expect(302);
        }
        let page = ada.get("/account").expect(200).hides("Nothing yet.").text();
        let (_, list) = page.split_once("sheet launches").expect("a list of launches");
        assert_eq!(
            list.matches("<bdi class=\"title\">Town hall</bdi>").count(),
            2,
            "{list}"
        );
        let row = world.usher.audited("launch").remove(2);
        let minute = &row["time"].as_str().unwrap()[11..16];
        assert!(list.contains(&format!("{minute} UTC")), "{minute}: {list}");
    }
}

#[test]
fn c_38_apps_that_are_not_open_to_a_person_learn_nothing_and_are_not_named() {
    let world = World::start();
    world
        .signed_in("eve")
        .get("/account")
        .expect(200)
        .hides("Town hall")
        .hides("Support console")
        .hides("What your apps learn");
}

#[test]
fn s_316_a_hostile_claim_is_shown_as_what_would_be_told() {
    let world = lying(Lie::none().in_claims(|claims| {
        claims["name"] = "<b>Mallory</b>\u{202e}".into();
    }));
    let mut mallory = world.usher.browser();
    world.sign_in(&mut mallory, "lie").expect(200);
    let page = mallory.get("/account").expect(200).hides("<b>Mallory").text();
    let (_, list) = page.split_once("sheet learning").expect("a list of apps");
    assert!(
        !list.contains('\u{202e}') && list.contains("bMallory/b"),
        "cleaned as for the vendor: {list}"
    );
}
