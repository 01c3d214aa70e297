//! The portal: what a person may open, in their language, without script.

use crate::harness::browser::links;
use crate::harness::{Request, World};

/// The launches that a page links to.
fn tiles(html: &str) -> Vec<String> {
    links(html)
        .into_iter()
        .filter(|link| link.starts_with("/launch/"))
        .collect()
}

/// With a tile for the support console: an app with a required parameter has none (C-7).
fn world() -> World {
    World::with(|settings| {
        let url = "\"https://cobrowse.io/dashboard\"";
        settings
            .set("[apps.support]", "url", url)
            .unset("[apps.support]", "params");
    })
}

#[test]
fn tiles_are_what_a_person_may_open() {
    let world = world();
    let ada = world.signed_in("ada").get("/").expect(200).text();
    assert_eq!(
        tiles(&ada),
        ["/launch/townhall", "/launch/support"],
        "in the order of the file"
    );
    assert!(ada.contains("Town hall") && ada.contains("Events") && ada.contains("Tools"));
    let bob = world.signed_in("bob").get("/").expect(200).text();
    assert_eq!(tiles(&bob), ["/launch/townhall"]);
    let eve = world.signed_in("eve").get("/").expect(200);
    assert_eq!(tiles(&eve.text()).len(), 0);
    eve.shows("eve@example.net");
}

#[test]
fn c_7_an_app_with_a_required_parameter_has_no_tile() {
    let world = World::start();
    let page = world.signed_in("ada").get("/").expect(200);
    assert_eq!(tiles(&page.text()), ["/launch/townhall"]);
}

#[test]
fn a_hidden_app_has_no_tile_but_opens() {
    let world = World::with(|settings| {
        settings.set("[apps.townhall]", "hidden", "true");
    });
    let mut ada = world.signed_in("ada");
    assert!(tiles(&ada.get("/").expect(200).text()).is_empty());
    ada.get("/launch/townhall").expect(302);
}

#[test]
fn search_works_without_script_and_forgives_case() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for (query, found) in [
        ("town", vec!["/launch/townhall"]),
        ("CONSOLE", vec!["/launch/support"]),
        ("nothing", vec![]),
    ] {
        let page = ada.get(&format!("/?q={query}")).expect(200);
        assert_eq!(tiles(&page.text()), found, "{query}");
        page.shows("name=\"q\"");
    }
    ada.get("/?q=%3Cscript%3Ealert(1)%3C/script%3E")
        .expect(200)
        .hides("<script>alert");
}

#[test]
fn the_language_is_the_browsers() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for (wish, language) in [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("fr,de;q=0.5", "de"),
        ("", "en"),
        ("en;q=0.1,de;q=0.9", "de"),
    ] {
        let page = ada
            .send(Request::get("/").header("Accept-Language", wish))
            .expect(200);
        page.shows(&format!("<html lang=\"{language}\""));
    }
    let german = ada
        .send(Request::get("/nothing").header("Accept-Language", "de"))
        .expect(404)
        .text();
    let english = ada.get("/nothing").expect(404).text();
    assert_ne!(german, english);
}

#[test]
fn signed_out_the_portal_is_a_door() {
    let world = world();
    let mut nobody = world.usher.browser();
    let page = nobody.get("/").expect(200).hides("Town hall");
    let doors: Vec<String> = links(&page.text())
        .into_iter()
        .filter(|l| l.starts_with("/auth/login"))
        .collect();
    assert_eq!(doors.len(), 1, "{doors:?}");
    world
        .open(&mut nobody, &doors[0], "ada")
        .expect(200)
        .shows("Town hall");
}

#[test]
fn lesson_11_several_providers_are_a_choice_that_is_remembered() {
    let world = World::with(|settings| {
        settings.add(
            "[providers.partners]",
            "issuer = \"http://127.0.0.1:1\"\ntitle = \"Partners\"\nclient_id = \"usher\"\nclient_secret = \"canary-secret-of-partners\"",
        );
    });
    let mut ada = world.usher.browser();
    let page = ada
        .go("/launch/townhall")
        .expect(200)
        .shows("Work")
        .shows("Partners")
        .shows("Town hall");
    let work = links(&page.text())
        .into_iter()
        .find(|link| link.contains("provider=work"))
        .expect("a link");
    assert!(work.contains("app=townhall"), "lesson 7: {work}");
    world.open(&mut ada, &work, "ada").expect(200).shows("Arrived");
    assert!(ada.cookie_names().contains(&"usher-provider"), "C-26");
}

#[test]
fn the_brand_is_everywhere() {
    let world = World::with(|settings| {
        settings
            .set("[brand]", "name", "\"Acme & Söhne\"")
            .set("[brand]", "accent", "\"#0a7d55\"");
    });
    let mut nobody = world.usher.browser();
    for path in ["/", "/nothing", "/auth/signed-out"] {
        let page = nobody.get(path).text();
        assert!(
            page.contains("Acme &#38; Söhne") || page.contains("Acme &amp; Söhne"),
            "{path}: {page}"
        );
    }
}

#[test]
fn error_pages_look_alike_and_tell_the_reference() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    for (path, status) in [
        ("/nothing", 404),
        ("/launch/townhall?x=1", 400),
        ("/auth/callback/work", 400),
    ] {
        let page = nobody.get(path).expect(status);
        let reference = page.header("X-Request-Id").unwrap().to_owned();
        page.shows(&reference).shows("<h1").shows("</main>");
    }
}

#[test]
fn c_28_only_pages_off_the_popups_way_are_cut_off_from_their_opener() {
    let world = World::start();
    let policy = "Cross-Origin-Opener-Policy";
    let mut ada = world.signed_in("ada");
    for path in ["/", "/?q=town", "/account"] {
        let page = ada.get(path).expect(200);
        assert_eq!(page.header(policy), Some("same-origin"), "{path}");
    }
    for (path, status) in [
        ("/auth/logout", 200),
        ("/auth/signed-out", 200),
        ("/auth/login?provider=work", 303),
        ("/auth/login?page=nowhere", 400),
        ("/auth/callback/work?code=a&state=b", 400),
        ("/launch/nothing", 404),
        ("/launch/townhall?nonsense=1", 400),
        ("/nothing", 404),
    ] {
        let answer = ada.get(path).expect(status);
        assert_eq!(answer.header(policy), None, "{path}");
    }
    let mut nobody = world.usher.browser();
    let door = nobody.get("/").expect(200);
    assert_eq!(door.header(policy), None, "the signed-out door");
}
