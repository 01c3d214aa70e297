//! The pages with the content of an ordinary company. With `PAGES_OUT` set, they are also written there,
//! to be looked at.

use std::path::Path;

use askama::Template;
use time::macros::datetime;

use super::*;
use crate::config::Image;
use crate::identity::{Groups, GroupsUnknown};
use crate::types::{AppId, Reference};
use crate::web::text::{CODES, error};

fn assets() -> Assets {
    let wave = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="12" fill="#0b5d7a"/><path d="M8 30c6-12 10 6 16-4s10-6 16-2" stroke="#fff" stroke-width="4" fill="none" stroke-linecap="round"/></svg>"##;
    let (bytes, mime, ending) = (wave.to_vec(), "image/svg+xml", "svg");
    let wave = Image { bytes, mime, ending };
    let id = AppId::parse("pool").unwrap();
    let accent = std::env::var("PAGES_ACCENT").unwrap_or_else(|_| "#1d5c4d".to_owned());
    Assets::of(&accent, None, [(&id, &wave)].into_iter())
}

fn shell(lang: &str, signed_in: bool) -> Shell {
    let brand = Brand {
        name: "Acme".to_owned(),
        logo: None,
        accent: "#1d5c4d".to_owned(),
        support_url: Some(url::Url::parse("https://help.example.com/").unwrap()),
    };
    let person = signed_in.then(|| Person {
        name: "Ada Lovelace".to_owned(),
        email: Some("ada.lovelace@example.com".to_owned()),
        provider: "Acme staff".to_owned(),
        admin: false,
    });
    Shell::new(&brand, &assets(), Lang::choose(Some(lang)), person)
}

fn tiles() -> Vec<Tile> {
    let tile = |id: &str, title: &str, description: &str, category: &str, new_tab| Tile {
        id: AppId::parse(id).unwrap(),
        title: title.to_owned(),
        description: Some(description.to_owned()).filter(|text| !text.is_empty()),
        category: Some(category.to_owned()).filter(|text| !text.is_empty()),
        icon_url: (id == "pool").then(|| assets().icon_url(&AppId::parse(id).unwrap()).unwrap().to_owned()),
        new_tab,
    };
    vec![
        tile("townhall", "Town hall", "Live from the atrium", "Events", false),
        tile("summit", "Partner summit", "Three days of talks", "Events", false),
        tile(
            "onboarding-emea",
            "Onboarding week for new colleagues in Europe, the Middle East and Africa",
            "Sessions, recordings and the people you will meet",
            "Events",
            true,
        ),
        tile(
            "support",
            "Support console",
            "See what they see",
            "Customer care",
            true,
        ),
        tile(
            "kiosk",
            "Branch kiosk help",
            "Guide visitors",
            "Customer care",
            false,
        ),
        tile("callback", "Call-backs", "", "Customer care", false),
        tile("handbook", "Handbook", "How we do things here", "House", false),
        tile("pool", "Car pool", "Book a car or a bicycle", "House", false),
        tile(
            "kantine",
            "Betriebsgaststätte",
            "Was es heute gibt",
            "House",
            false,
        ),
        tile("wiki", "Zettelkasten", "Notes that outlive projects", "", false),
    ]
}

fn providers() -> Vec<ProviderLink> {
    let link = |title: &str, last_used| ProviderLink {
        title: title.to_owned(),
        href: "/auth/login?provider=work&page=portal".to_owned(),
        last_used,
    };
    vec![
        link("Acme staff", true),
        link("Partners & suppliers", false),
        link("Google", false),
    ]
}

fn denial(lang: &str) -> Notice {
    Notice {
        shell: shell(lang, true),
        texts: error("access.not_allowed").with("app", "Town hall"),
        moment: None,
        details: vec![],
        app: Some("Town hall".to_owned()),
        actions: vec![
            Action::use_another_account("/auth/login?switch=1&app=townhall").primary(),
            Action::to_portal(),
        ],
        contact: Contact::parse("events@example.com"),
        reference: Some(Reference::parse("7Q2M-0KXD-9R4T-HB3W").unwrap()),
        copy_url: "/static/copy.js".into(),
    }
}

fn looped() -> Notice {
    Notice {
        shell: shell("de", false),
        texts: error("login.loop").with("provider", "Acme staff"),
        details: vec![
            Text::new("error-login-loop-check-cookie"),
            Text::new("error-login-loop-check-provider"),
            Text::new("error-login-loop-check-session"),
            Text::new("error-login-loop-check-private"),
        ],
        app: None,
        actions: vec![Action::start_again("/auth/login?provider=work&page=portal")],
        contact: Contact::parse("https://help.example.com/"),
        ..denial("de")
    }
}

fn account(lang: &str, groups: Groups) -> Account {
    let device = |id: &str, this, started, last_seen| Device {
        id: id.to_owned(),
        this,
        started,
        last_seen,
    };
    let now = datetime!(2026-11-21 09:30 UTC);
    let (yesterday, before) = (datetime!(2026-11-20 08:02 UTC), datetime!(2026-11-21 09:12 UTC));
    Account {
        shell: shell(lang, true),
        email_verified: true,
        groups,
        signed_in_at: datetime!(2026-11-21 06:47 UTC),
        sessions: vec![
            device("a", true, datetime!(2026-11-21 06:47 UTC), now),
            device("b", false, yesterday, before),
        ],
        learning: Vec::new(),
        launches: None,
        csrf: "s".repeat(43),
        switch_href: "/auth/login?switch=1&page=account".to_owned(),
        now,
    }
}

fn signed_out(lang: &str, ending: Ending) -> SignedOut {
    SignedOut {
        shell: shell(lang, matches!(ending, Ending::Not { .. })),
        ending,
        sign_in_href: "/".to_owned(),
    }
}

fn all() -> Vec<(&'static str, String)> {
    let switch = || "/auth/login?switch=1&page=portal".to_owned();
    let known = ["staff", "comms", "London office", "Vertrieb"]
        .map(str::to_owned)
        .to_vec();
    let provider = || "Acme staff".to_owned();
    let portal = |lang, tiles, query| Portal::new(shell(lang, true), tiles, query, switch()).render();
    let sign_in = |lang, app: Option<&str>, providers| {
        SignIn {
            shell: shell(lang, false),
            app: app.map(str::to_owned),
            providers,
        }
        .render()
    };
    let confirm = Confirm {
        shell: shell("en", true),
        app: AppId::parse("townhall").unwrap(),
        title: "Town hall".to_owned(),
        csrf: "c".repeat(43),
        params: vec![("room".to_owned(), "\"><b>".to_owned())],
        switch_href: switch(),
    };
    [
        ("portal", portal("en", tiles(), "")),
        ("portal-de", portal("de-AT", tiles(), "")),
        ("portal-found", portal("en", tiles(), "car")),
        ("portal-unmatched", portal("en", tiles(), "nowhere <i>")),
        ("portal-empty", portal("de", vec![], "")),
        ("sign-in", sign_in("en", Some("Town hall"), providers())),
        ("sign-in-one", sign_in("de", None, providers()[..1].to_vec())),
        ("denied", denial("en").render()),
        ("denied-de", denial("de").render()),
        ("loop", looped().render()),
        ("confirm", confirm.render()),
        (
            "sign-out",
            SignOut {
                shell: shell("en", true),
                csrf: "c".repeat(43),
            }
            .render(),
        ),
        (
            "signed-out",
            signed_out("en", Ending::Everywhere { provider: provider() }).render(),
        ),
        (
            "signed-out-here",
            signed_out("de", Ending::HereOnly { provider: provider() }).render(),
        ),
        ("signed-out-already", signed_out("en", Ending::Already).render()),
        (
            "signed-out-not",
            signed_out("en", Ending::Not { provider: provider() }).render(),
        ),
        ("account", account("en", Groups::Known(known)).render()),
        (
            "account-de",
            account("de", Groups::Unknown(GroupsUnknown::Overage)).render(),
        ),
    ]
    .map(|(name, page)| (name, page.unwrap()))
    .into()
}

#[test]
fn s_206_no_page_has_anything_inline() {
    for (name, page) in all() {
        for inline in [
            "<script>",
            "<style",
            "style=\"",
            "javascript:",
            "http-equiv",
            " onclick",
            " onload",
        ] {
            assert!(!page.contains(inline), "{name}: {inline}");
        }
    }
}

#[test]
fn every_page_has_language_landmarks_one_first_heading_and_a_way_past_the_header() {
    for (name, page) in all() {
        assert!(
            page.contains("<html lang=\"en\">") || page.contains("<html lang=\"de\">"),
            "{name}"
        );
        assert_eq!(page.matches("<h1").count(), 1, "{name}");
        for part in ["<header", "<main id=\"main\"", "href=\"#main\"", "<title>"] {
            assert!(page.contains(part), "{name}: {part}");
        }
        assert!(!page.contains("localization"), "{name}: a text is missing");
    }
}

#[test]
fn s_316_markup_in_names_is_shown_and_never_read() {
    let bad = "<img src=x onerror=1>";
    let mut shell = shell("en", true);
    let person = shell.person.as_mut().unwrap();
    bad.clone_into(&mut person.name);
    person.provider = format!("{bad}&");
    shell.brand = format!("\"{bad}");
    let mut tiles = tiles();
    bad.clone_into(&mut tiles[0].title);
    let mut account = account("en", Groups::Known(vec![bad.to_owned()]));
    account.shell = shell.clone();
    let mut notice = denial("en");
    notice.shell = shell.clone();
    notice.texts = error("claims.missing").with("claim", bad);
    let pages = [
        Portal::new(shell, tiles, "", String::new()).render().unwrap(),
        account.render().unwrap(),
        notice.render().unwrap(),
    ];
    for page in pages {
        assert!(!page.contains("<img src=x"), "{page}");
        assert!(
            !page.contains("&amp;lt;") && !page.contains("&#38;#60;"),
            "escaped twice: {page}"
        );
    }
}

#[test]
fn every_code_has_a_page() {
    for code in CODES {
        let page = Notice {
            texts: error(code),
            ..denial("de")
        }
        .render()
        .unwrap();
        assert!(
            !page.contains("localization") && !page.contains("{$"),
            "{code}: {page}"
        );
    }
}

#[test]
fn a_search_wants_every_word_and_keeps_the_order() {
    let portal = Portal::new(shell("en", true), tiles(), " HOUSE  car", String::new());
    assert_eq!(portal.groups.len(), 1);
    assert_eq!(portal.groups[0].tiles[0].title, "Car pool");
    let portal = Portal::new(shell("en", true), tiles(), "", String::new());
    let categories: Vec<_> = portal.groups.iter().map(|g| g.category.as_deref()).collect();
    assert_eq!(
        categories,
        [Some("Events"), Some("Customer care"), Some("House"), None]
    );
}

#[test]
fn a_contact_is_an_address_of_one_kind_or_the_other() {
    let notice = denial("en");
    let contact = Contact::parse("events+x@example.com").unwrap();
    assert_eq!(
        notice.contact_href(&contact),
        "mailto:events%2Bx@example.com?subject=7Q2M-0KXD-9R4T-HB3W"
    );
    assert_eq!(Contact::parse("javascript:alert(1)"), None);
    assert_eq!(Contact::parse("desk 4"), None);
}

#[test]
fn who_is_still_signed_in_is_not_told_otherwise() {
    let still = SignedOut {
        shell: shell("en", true),
        ..signed_out(
            "en",
            Ending::Not {
                provider: "Acme staff".to_owned(),
            },
        )
    };
    let page = still.render().unwrap();
    assert!(page.contains("<title>You are still signed in"), "{page}");
    assert!(
        !page.contains("You are signed out") && !page.contains("Sign in again"),
        "{page}"
    );
    assert!(page.contains("href=\"/auth/logout\"><span>Sign out"), "{page}");
}

#[test]
fn initials_come_from_the_first_and_the_last_word() {
    for (name, letters) in [
        ("Ada Lovelace", "AL"),
        ("ada.king@example.com", "AC"),
        ("Prince", "P"),
        ("Partner summit 2026", "PS"),
        ("7 wonders", "7W"),
        ("  ", ""),
        ("ßeta", "SS"),
    ] {
        assert_eq!(initials(name), letters, "{name}");
    }
}

/// Writes the pages and their files under the directory that `PAGES_OUT` names.
#[test]
fn pages_can_be_looked_at() {
    let pages = all();
    assert_eq!(pages.len(), 18);
    let Ok(out) = std::env::var("PAGES_OUT") else {
        return;
    };
    let (out, assets) = (Path::new(&out), assets());
    std::fs::create_dir_all(out.join("static")).unwrap();
    for (name, page) in pages {
        std::fs::write(out.join(format!("{name}.html")), page).unwrap();
    }
    let pool = AppId::parse("pool").unwrap();
    for path in [
        assets.style_url(),
        assets.brand_url(),
        assets.favicon_url(),
        assets.icon_url(&pool).unwrap(),
    ] {
        std::fs::write(out.join(&path[1..]), &assets.get(path).unwrap().bytes).unwrap();
    }
}
