//! A launch inside another page: which pages may have it there, and what stands in the frame.

use crate::custom::app;
use crate::harness::browser::{hidden_fields, links};
use crate::harness::{Browser, Request, Response, SUPPORT, World, token_in};

pub const CRM: &str = "https://crm.example.com";

/// The support console may stand in the CRM's pages, the town hall nowhere.
pub fn world() -> World {
    World::with(|settings| {
        settings.set("[apps.support]", "origins", &format!("[\"{CRM}\"]"));
    })
}

/// As a frame asks, by a page of such a site.
pub fn framed(url: &str, site: &str) -> Request {
    Request::get(url)
        .header("Sec-Fetch-Dest", "iframe")
        .header("Sec-Fetch-Site", site)
        .without("Sec-Fetch-User")
}

/// Where a page goes on to by itself.
pub fn goes_on_to(page: &Response) -> Option<String> {
    let html = page.text();
    let (_, rest) = html.split_once("http-equiv=\"refresh\" content=\"0; url=")?;
    let address = rest.split('"').next()?;
    Some(address.replace("&#38;", "&").replace("&amp;", "&"))
}

/// Asserts that only pages of these may frame an answer; `'none'` for nobody's.
#[track_caller]
pub fn may_be_framed_by(answer: &Response, origins: &str) {
    let policy = answer.header("Content-Security-Policy").expect("a policy");
    let (_, ancestors) = policy.split_once("frame-ancestors ").unwrap();
    assert_eq!(ancestors.split(';').next(), Some(origins));
    let deny = (origins == "'none'").then_some("DENY");
    assert_eq!(answer.header("X-Frame-Options"), deny);
}

/// Asserts that this is the card, which leads to no provider.
#[track_caller]
pub fn is_card(answer: &Response, launch: &str) {
    assert_eq!(answer.status, 401, "{}", answer.text());
    assert!(answer.header("Location").is_none() && answer.set_cookies().is_empty());
    may_be_framed_by(answer, CRM);
    let html = answer.text();
    assert!(html.contains("id=\"sign-in\""), "{html}");
    assert!(
        links(&html).iter().all(|link| link == launch),
        "{:?}",
        links(&html)
    );
    assert_eq!(html.matches("target=\"_blank\" rel=\"noopener\"").count(), 2);
}

#[test]
fn c_52_our_own_page_comes_first_signed_in_or_not() {
    let world = world();
    let mut browsers = [world.usher.browser(), world.signed_in("ada")];
    for site in ["same-site", "cross-site", "none", ""] {
        let pages = browsers.each_mut().map(|browser| {
            let page = browser.send(framed(SUPPORT, site)).expect(200);
            assert!(page.header("Location").is_none() && page.set_cookies().is_empty());
            may_be_framed_by(&page, CRM);
            let policy = page.header("Content-Security-Policy").unwrap();
            assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("script-src"));
            assert_eq!(
                goes_on_to(&page),
                Some(format!("{SUPPORT}&usher_gate=1").replace('@', "%40"))
            );
            page.text()
        });
        assert_eq!(pages[0], pages[1], "{site}: it tells nobody who is signed in");
    }
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn c_52_only_what_our_own_page_asks_for_mints() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let gate = ada.send(framed(SUPPORT, "cross-site")).expect(200);
    let on = goes_on_to(&gate).unwrap();
    let launched = ada.send(framed(&on, "same-origin")).expect(302);
    token_in(launched.location());
    assert!(launched.body.is_empty());
    may_be_framed_by(&launched, CRM);
    assert_eq!(world.usher.audited("launch").len(), 1);
}

#[test]
fn where_our_page_comes_again_it_waits_for_a_press() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let gate = ada.send(framed(SUPPORT, "cross-site")).expect(200);
    let again = ada
        .send(framed(&goes_on_to(&gate).unwrap(), "cross-site"))
        .expect(200);
    assert_eq!(goes_on_to(&again), None, "a sandbox would turn in circles");
    may_be_framed_by(&again, CRM);
    assert_eq!(links(&again.text()).len(), 2);
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn s_207_s_313_an_app_without_origins_opens_in_no_frame() {
    let world = world();
    for mut browser in [world.usher.browser(), world.signed_in("ada")] {
        for site in ["same-origin", "same-site", "cross-site"] {
            let answer = browser.send(framed("/launch/townhall", site)).expect(403);
            assert!(answer.header("Location").is_none() && answer.set_cookies().is_empty());
            may_be_framed_by(&answer, "'none'");
        }
    }
    let mut ada = world.signed_in("ada");
    for dest in ["embed", "object", "fencedframe"] {
        let request = framed(SUPPORT, "same-origin").header("Sec-Fetch-Dest", dest);
        may_be_framed_by(&ada.send(request).expect(403), "'none'");
    }
    let fetched = framed(SUPPORT, "same-origin").header("Sec-Fetch-Mode", "no-cors");
    may_be_framed_by(&ada.send(fetched).expect(403), "'none'");
    // In a tab it opens as ever, and nobody may frame that.
    may_be_framed_by(&ada.get(SUPPORT).expect(302), "'none'");
    assert_eq!(world.usher.audited("launch").len(), 1);
}

#[test]
fn s_208_signed_out_in_a_frame_is_a_card_and_starts_no_login() {
    let world = world();
    let mut nobody = world.usher.browser();
    let card = nobody.send(framed(SUPPORT, "same-origin"));
    is_card(&card, &SUPPORT.replace('@', "%40"));
    let policy = card.header("Content-Security-Policy").unwrap();
    for wanted in [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'none'",
    ] {
        assert!(policy.contains(wanted), "{policy}");
    }
    assert_eq!(card.header("Cache-Control"), Some("no-store"));
    let german = framed(SUPPORT, "same-origin").header("Accept-Language", "de");
    nobody.send(german).expect(401).shows("Anmelden");
}

#[test]
fn c_38_what_is_wrong_with_the_link_stands_in_the_frame() {
    let world = world();
    let mut nobody = world.usher.browser();
    for site in ["cross-site", "same-origin"] {
        let answer = nobody
            .send(framed("/launch/support?customer=grace", site))
            .expect(400);
        may_be_framed_by(&answer, CRM);
        answer.shows("<base target=\"_blank\">").shows("customer");
        let unknown = nobody.send(framed("/launch/nothing", site)).expect(404);
        may_be_framed_by(&unknown, "'none'");
    }
    let marked = "/launch/support?customer=grace@example.org&usher_gate=1";
    nobody.get(marked).expect(400).shows("usher_gate");
}

#[test]
fn a_denial_stands_in_the_frame_and_is_recorded() {
    let world = world();
    let mut bob = world.signed_in("bob");
    let answer = bob.send(framed(SUPPORT, "same-origin")).expect(403);
    may_be_framed_by(&answer, CRM);
    answer.shows("Bob Babbage").shows("<base target=\"_blank\">");
    assert_eq!(world.usher.audited("denied").len(), 1);
}

#[test]
fn s_231_the_question_of_a_confirm_page_stands_in_no_frame() {
    let world = World::with(|settings| {
        settings
            .set("[apps.support]", "origins", &format!("[\"{CRM}\"]"))
            .set("[apps.support]", "confirm", "true");
    });
    let mut ada = world.signed_in("ada");
    for site in ["cross-site", "same-origin"] {
        let answer = ada.send(framed(SUPPORT, site)).expect(403);
        let html = answer.text();
        assert!(!html.contains("<form"), "{html}");
        assert!(
            links(&html).contains(&SUPPORT.replace('@', "%40")),
            "a way in a tab: {:?}",
            links(&html)
        );
    }
    may_be_framed_by(&ada.get(SUPPORT).expect(200), "'none'");
    assert_eq!(world.usher.audited("launch").len(), 0);
}

#[test]
fn c_22_a_step_up_in_a_frame_is_the_card_and_its_window_steps_up() {
    let world = World::with(|settings| {
        settings
            .set("[apps.support]", "origins", &format!("[\"{CRM}\"]"))
            .set("[apps.support]", "max_auth_age", "\"5m\"");
    });
    let mut ada = world.signed_in("ada");
    let card = ada.send(framed(SUPPORT, "same-origin"));
    is_card(&card, &SUPPORT.replace('@', "%40"));
    card.shows("fresh sign-in");
    let window = format!(
        "/auth/handed-back?app=support&customer=grace@example.org&usher_frame={}",
        "A".repeat(43)
    );
    let done = ada.go(&window).expect(200);
    assert!(done.path().ends_with("/auth/handed-back"), "{}", done.path());
    assert!(ada.hops.iter().any(|hop| hop.url.contains("max_age=300")));
    ada.send(framed(SUPPORT, "same-origin")).expect(302);
}

#[test]
fn a_form_that_carries_the_token_stands_in_the_frame() {
    let world = World::with(|settings| {
        let more = format!(
            "url = \"https://tool.example.com/sso\"\ndelivery = \"form_post\"\norigins = [\"{CRM}\"]"
        );
        app(settings, "form", &more);
    });
    let mut ada = world.signed_in("ada");
    let gate = ada.send(framed("/launch/form", "cross-site")).expect(200);
    let on = goes_on_to(&gate).unwrap();
    assert_eq!(on, "/launch/form?usher_gate=1");
    let page = ada.send(framed(&on, "same-origin")).expect(200);
    may_be_framed_by(&page, CRM);
    let html = page.text();
    assert!(
        html.contains("action=\"https://tool.example.com/sso\"") && !html.contains("<base"),
        "{html}"
    );
    for (_, token) in hidden_fields(&html) {
        world.usher.secrets.add_token("a minted token", &token);
    }
}

#[test]
fn s_206_no_other_page_may_be_framed() {
    let world = world();
    let mut ada: Browser = world.signed_in("ada");
    for path in [
        "/",
        "/account",
        "/auth/logout",
        "/auth/login?page=portal&switch=1",
        "/nothing",
    ] {
        may_be_framed_by(&ada.get(path), "'none'");
        let framed = ada.send(framed(path, "same-origin"));
        may_be_framed_by(&framed, "'none'");
    }
}
