use icalendar::parser;
use time::macros::datetime;

use super::*;
use crate::config::Config;
use crate::config::tests::{COBROWSE, FRAMEABLE, file, loaded};

const NOW: OffsetDateTime = datetime!(2026-11-21 10:00 UTC);
const WINDOW: &str = "opens_at = 2026-12-01T14:00:00+01:00\ncloses_at = 2026-12-01T15:30:00+01:00\n";
const HOSTILE: &str = "=1+1 \"><script>alert('1')</script> & {{ user }} \u{202e}x; y, \\n ]]>";
/// What is left of it where it turns nothing around any more.
const UPRIGHT: &str = "=1+1 \"><script>alert('1')</script> & {{ user }} x; y, \\n ]]>";

fn config(app: &str) -> Config {
    loaded(&file("", app)).config
}

fn kit_of(config: &Config, given: &[(&str, &str)]) -> Result<Kit, LinkError> {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let given: Vec<_> = given.iter().map(pair).collect();
    Kit::new(&config.apps[0], &config.public_url, &given, NOW)
}

fn kit(app: &str) -> Kit {
    kit_of(&config(app), &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// An app whose title is all that a title can be.
fn hostile(extra: &str) -> Kit {
    let mut config = config(&format!(
        "{FRAMEABLE}origins = [\"https://x.sharepoint.com\"]\n{extra}"
    ));
    HOSTILE.clone_into(&mut config.apps[0].title);
    config.apps[0].description = Some(HOSTILE.to_owned());
    kit_of(&config, &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// What a reader of HTML makes of an attribute's or element's text.
fn read(html: &str) -> String {
    let named = html.replace("&#60;", "<").replace("&#62;", ">");
    let named = named.replace("&#34;", "\"").replace("&#39;", "'");
    named.replace("&#38;", "&")
}

fn attribute(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!(" {name}=\"")).expect(name);
    read(rest.split('"').next().unwrap())
}

#[test]
fn c_49_values_are_encoded_and_held_against_the_rules_of_the_app() {
    let config = config(&format!(
        "{COBROWSE}params = {{ customer = \"[^@]+@[^@]+\", lang = {{ match = \"[a-z]*\", optional = true }} }}\n"
    ));
    let value = "a&b=\"<\u{e9}> #+%41\u{202e}@c";
    let kit = kit_of(&config, &[("customer", value)]).ok().unwrap();
    let url = url::Url::parse(&kit.launch_url).unwrap();
    assert!(
        kit.launch_url
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"'<>&#".contains(&b))
    );
    assert_eq!(
        url.query_pairs().collect::<Vec<_>>(),
        [("customer".into(), value.into())]
    );
    assert_eq!(attribute(&kit.button, "href"), kit.launch_url);
    let refused = |given: &[(&str, &str)]| kit_of(&config, given).err().unwrap().to_string();
    assert_eq!(
        refused(&[("lang", "en")]),
        "a opens with a value for customer, as in http://localhost:8080/launch/a?customer={customer}"
    );
    assert!(refused(&[("customer", "nobody")]).contains("customer does not have the form"));
    assert!(refused(&[("customer", "a\n@b")]).contains("control character"));
    assert!(refused(&[("evil", "x")]).contains("evil is not a parameter"));
}

#[test]
fn c_7_a_value_that_does_not_fit_its_place_in_the_address_is_refused() {
    let app = FRAMEABLE.replace("/e\"", "/{room}\"");
    let config = config(&format!("{app}params = {{ room = \".*\" }}\n"));
    assert!(kit_of(&config, &[("room", "e")]).is_ok());
    let refused = kit_of(&config, &[("room", "..")]).err();
    assert_eq!(
        refused,
        Some(LinkError::Refused(ParamError::Mismatch("room".into())))
    );
}

#[test]
fn an_app_without_a_page_has_no_link() {
    let app = "vendor = \"vonage-video\"\napplication_id = \"aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab\"\nsession_id = \"1_MX4\"\nallow = [\"everyone\"]\n";
    let error = kit_of(&config(app), &[]).err().unwrap();
    assert_eq!(
        error.to_string(),
        "a has no page to link to: only the token API serves it"
    );
}

#[test]
fn c_29_a_frame_grants_its_features_to_the_vendor_alone_and_only_where_it_may_stand() {
    let bare = kit(FRAMEABLE);
    for absent in [bare.iframe, bare.sharepoint, bare.confluence] {
        assert_eq!(absent, Err(Absent::NoOrigins));
    }
    let listed = format!("{FRAMEABLE}origins = [\"https://crm.example.com\"]\n");
    let asking = kit(&format!("{listed}confirm = true\n"));
    for absent in [
        asking.iframe,
        asking.element,
        asking.sharepoint,
        asking.confluence,
    ] {
        assert_eq!(absent, Err(Absent::Confirm));
    }
    let kit = kit(&listed);
    let frame = kit.iframe.unwrap();
    assert_eq!(attribute(&frame, "src"), kit.launch_url);
    assert_eq!(attribute(&frame, "title"), "A");
    assert_eq!(attribute(&frame, "referrerpolicy"), "no-referrer");
    for feature in attribute(&frame, "allow").split("; ") {
        let (_, to) = feature.split_once(' ').unwrap();
        assert_eq!(to, "https://acme.frameable.com");
    }
    assert!(kit.sharepoint.unwrap().starts_with("<iframe src=\""));
}

#[test]
fn an_element_has_each_parameter_where_html_can_hold_it() {
    let config = config(&format!(
        "{COBROWSE}origins = [\"https://crm.example.com\"]\nparams = {{ customer = \".*\", ticketId = \".*\", title = \".*\" }}\n"
    ));
    let given = [("customer", "a \"b\"&c"), ("ticketId", "1&2"), ("title", "x")];
    let kit = kit_of(&config, &given).ok().unwrap();
    let html = kit.element.unwrap();
    let (script, element) = html.split_once("</script>\n").unwrap();
    assert_eq!(
        attribute(script, "src"),
        "http://localhost:8080/static/embed-1.js"
    );
    assert_eq!(attribute(script, "integrity"), element::integrity());
    assert_eq!(attribute(script, "crossorigin"), "anonymous");
    assert_eq!(attribute(element, "customer"), "a \"b\"&c");
    assert_eq!(attribute(element, "params"), "ticketId=1%262&title=x");
    assert_eq!(attribute(element, "href"), kit.launch_url);
    assert_eq!(element.matches('<').count(), 4, "two elements: {html}");
}

#[test]
fn s_318_a_hostile_title_stays_text_in_html() {
    let kit = hostile("new_tab = true\n");
    let text = kit
        .button
        .rsplit_once("</a>")
        .unwrap()
        .0
        .rsplit_once("\">")
        .unwrap()
        .1;
    assert_eq!(read(text), UPRIGHT);
    assert_eq!(attribute(&kit.button, "rel"), "noopener");
    let frame = kit.iframe.unwrap();
    assert_eq!(attribute(&frame, "title"), UPRIGHT);
    for html in [&kit.button, &frame, &kit.sharepoint.unwrap()] {
        assert_eq!(html.matches('<').count(), 2, "one element: {html}");
        assert!(!html.contains('\u{202e}'));
    }
}

#[test]
fn s_318_a_hostile_title_stays_text_in_the_portals() {
    let kit = hostile("");
    assert_eq!(kit.tile.okta()["label"], UPRIGHT);
    assert_eq!(kit.tile.okta()["settings"]["app"]["url"], kit.launch_url);
    assert_eq!(kit.tile.entra()["displayName"], UPRIGHT);
    assert_eq!(kit.tile.entra()["loginUrl"], kit.launch_url);
}

#[test]
fn an_event_is_what_another_reader_of_calendars_takes_it_for() {
    let kit = hostile(WINDOW);
    let ics = kit.ics.unwrap();
    let unfolded = parser::unfold(&ics);
    let calendar = parser::read_calendar(&unfolded).unwrap();
    let [event] = &calendar.components[..] else {
        panic!("one component")
    };
    assert_eq!(event.name, "VEVENT");
    let value = |name: &str| {
        let [found] = &event
            .properties
            .iter()
            .filter(|p| p.name == name)
            .collect::<Vec<_>>()[..]
        else {
            panic!("one {name}")
        };
        found
            .val
            .as_ref()
            .replace("\\n", "\n")
            .replace("\\,", ",")
            .replace("\\;", ";")
    };
    assert_eq!(value("DTSTART"), "20261201T130000Z");
    assert_eq!(value("DTEND"), "20261201T143000Z");
    assert_eq!(value("DTSTAMP"), "20261121T100000Z");
    for name in ["URL", "LOCATION"] {
        assert_eq!(value(name), kit.launch_url);
    }
    assert!(value("UID").ends_with("@localhost"));
}

#[test]
fn the_lines_of_an_event_are_folded_escaped_and_ended_as_the_rfc_says() {
    for padding in 0..80 {
        let mut config = config(&format!("{FRAMEABLE}{WINDOW}"));
        let title = format!("{}\u{e9}\u{1f600}{HOSTILE}{HOSTILE}", "x".repeat(padding));
        title.clone_into(&mut config.apps[0].title);
        config.apps[0].description = Some("one\r\nBEGIN:VALARM".into());
        let ics = kit_of(&config, &[]).ok().unwrap().ics.unwrap();
        let lines: Vec<&str> = ics.strip_suffix("\r\n").unwrap().split("\r\n").collect();
        assert!(
            lines
                .iter()
                .all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])),
            "{ics}"
        );
        assert!(!lines.iter().any(|line| line.starts_with("BEGIN:VALARM")));
        let whole = ics.replace("\r\n ", "");
        let summary = whole
            .lines()
            .find_map(|line| line.strip_prefix("SUMMARY:"))
            .unwrap();
        let wanted = title.replace('\u{202e}', "").replace('\\', "\\\\");
        assert_eq!(summary, wanted.replace(',', "\\,").replace(';', "\\;"));
    }
}

#[test]
fn the_uid_of_an_event_stays_when_the_event_moves_and_differs_between_links() {
    let uid = |config: &Config, given: &[(&str, &str)]| {
        let ics = kit_of(config, given).ok().unwrap().ics.unwrap();
        ics.lines()
            .find(|line| line.starts_with("UID:"))
            .unwrap()
            .to_owned()
    };
    let params = "params = { room = { match = \".*\", optional = true } }\n";
    let (first, moved) = (
        config(&format!("{FRAMEABLE}{WINDOW}{params}")),
        config(&format!(
            "{FRAMEABLE}{}{params}",
            WINDOW.replace("12-01", "12-02")
        )),
    );
    assert_eq!(uid(&first, &[]), uid(&moved, &[]));
    assert_ne!(uid(&first, &[]), uid(&first, &[("room", "b")]));
}

#[test]
fn an_app_that_is_always_open_is_no_event() {
    let (from, to) = WINDOW.split_once('\n').unwrap();
    for (window, absent) in [
        ("", Absent::NoWindow),
        (from, Absent::NoEnd),
        (to, Absent::NoBeginning),
    ] {
        assert_eq!(kit(&format!("{FRAMEABLE}{window}\n")).ics, Err(absent));
    }
}

/// Draws the modules of an SVG, eight points wide each, and reads them as a camera would.
fn scanned(svg: &str) -> String {
    const WIDE: usize = 8;
    let number = |text: &str| text.parse::<usize>().unwrap();
    let side = number(
        svg.split_once("viewBox=\"0 0 ")
            .unwrap()
            .1
            .split(' ')
            .next()
            .unwrap(),
    );
    let path = svg.split_once("<path d=\"").unwrap().1.split('"').next().unwrap();
    let mut dark = vec![false; side * side];
    for module in path.split('M').skip(1) {
        let at = module.strip_suffix("h1v1h-1").expect("a square");
        let (x, y) = at.split_once(',').unwrap();
        dark[number(y) * side + number(x)] = true;
    }
    let grey = |x: usize, y: usize| if dark[y / WIDE * side + x / WIDE] { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * WIDE, side * WIDE, grey);
    let [grid] = &image.detect_grids()[..] else {
        panic!("one code")
    };
    grid.decode().expect("it can be read").1
}

#[test]
fn a_phone_reads_the_link_from_the_qr_code() {
    let config = config(&format!(
        "{COBROWSE}params = {{ customer = {{ match = \"(?s).*\", optional = true }} }}\n"
    ));
    for value in ["a", "a&b=\"<\u{e9}> \u{202e}", &"x".repeat(256)] {
        let kit = kit_of(&config, &[("customer", value)]).ok().unwrap();
        let svg = kit.qr.unwrap();
        assert_eq!(scanned(&svg), kit.launch_url);
        assert!(!svg.contains("<script") && !svg.contains("href"));
    }
    assert_eq!(qr::svg(&"x".repeat(2400)), Err(Absent::TooLong));
}

#[test]
fn c_21_the_provider_is_told_where_the_sign_in_ends() {
    let config = config(&format!(
        "{COBROWSE}params = {{ customer = {{ match = \".*\", optional = true }} }}\n"
    ));
    let kit = kit_of(&config, &[("customer", "a b&c")]).ok().unwrap();
    let uri = url::Url::parse(&kit.tile.initiate_login_uri.unwrap()).unwrap();
    assert_eq!(uri.path(), "/auth/initiate");
    let wanted = [("target_link_uri".into(), kit.launch_url.into())];
    assert_eq!(uri.query_pairs().collect::<Vec<_>>(), wanted);
    let long = kit_of(&config, &[("customer", &"\u{e9}".repeat(100))])
        .ok()
        .unwrap();
    assert_eq!(long.tile.initiate_login_uri, Err(Absent::TooLong));
}
