use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::ValueEnum as _;
use proptest::prelude::*;
use regex::Regex;

use super::*;
use crate::link::Snippet;

fn keys(catalogue: &str) -> BTreeSet<String> {
    let key = Regex::new(r"(?m)^([a-z][a-z0-9-]*) =").unwrap();
    key.captures_iter(catalogue)
        .map(|found| found[1].to_owned())
        .collect()
}

fn catalogues() -> Vec<(String, String)> {
    let mut all = vec![];
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/text")).unwrap() {
        let path = entry.unwrap().path();
        all.push((path.display().to_string(), fs::read_to_string(path).unwrap()));
    }
    all
}

/// All keys that templates and code name.
fn used(dir: &Path, found: &mut BTreeSet<String>) {
    let call = Regex::new(r#"\b(?:t|t1|Text::new|Arg::Key)\(\s*"([a-z][a-z0-9-]*)""#).unwrap();
    let literal = Regex::new(r#""((?:account|notice|action)-[a-z-]+)""#).unwrap();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            used(&path, found);
        } else if path.extension().is_some_and(|e| e == "html" || e == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.extend(call.captures_iter(&text).map(|key| key[1].to_owned()));
            if dir.ends_with("web/pages") {
                found.extend(literal.captures_iter(&text).map(|key| key[1].to_owned()));
            }
        }
    }
}

#[test]
fn c_47_every_key_stands_in_every_language() {
    let all = catalogues();
    assert!(all.len() >= 2);
    for (name, text) in &all {
        for (other_name, other) in &all {
            let missing: Vec<_> = keys(other).difference(&keys(text)).cloned().collect();
            assert!(missing.is_empty(), "{name} lacks {missing:?} of {other_name}");
        }
    }
}

#[test]
fn c_47_every_key_that_is_used_exists_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = BTreeSet::new();
    used(&root.join("templates"), &mut named);
    used(&root.join("src"), &mut named);
    for code in CODES {
        for part in ["title", "text", "cure"] {
            named.insert(format!("error-{}-{part}", code.replace(['.', '_'], "-")));
        }
    }
    let snippets = Snippet::value_variants().iter().map(|snippet| snippet.name());
    for name in snippets.chain(["initiate".to_owned()]) {
        for part in ["title", "note"] {
            named.insert(format!("link-{name}-{part}"));
        }
    }
    let known = keys(&fs::read_to_string(root.join("templates/text/en.ftl")).unwrap());
    let unused: Vec<_> = known
        .difference(&named)
        .filter(|k| !k.starts_with("error-login-loop-check-"))
        .collect();
    assert!(unused.is_empty(), "not used: {unused:?}");
    let missing: Vec<_> = named.difference(&known).collect();
    assert!(missing.is_empty(), "not in the catalogue: {missing:?}");
}

#[test]
fn every_language_can_say_every_error() {
    for lang in [Lang::ENGLISH, Lang::choose(Some("de"))] {
        for code in CODES {
            let texts = error(code);
            for text in [&texts.title, &texts.text, &texts.cure] {
                let said = lang.plain(text);
                assert!(
                    !said.contains("localization") && !said.contains('$'),
                    "{code}: {said}"
                );
            }
        }
    }
}

#[test]
fn the_language_is_the_best_one_known() {
    for (header, tag) in [
        (None, "en"),
        (Some(""), "en"),
        (Some("de"), "de"),
        (Some("DE-at, en;q=0.8"), "de"),
        (Some("fr, de;q=0.5, en;q=0.7"), "en"),
        (Some("fr, de ; q=0.5"), "de"),
        (Some("de;q=0, en;q=0.1"), "en"),
        (Some("de;q=nan"), "en"),
        (Some("*"), "en"),
    ] {
        assert_eq!(Lang::choose(header).tag(), tag, "{header:?}");
    }
}

#[test]
fn c_47_an_argument_is_isolated_and_escaped() {
    let text = Text::new("sign-in-to").with("app", "<b>\u{fdd0}\u{202e}");
    assert_eq!(
        Lang::ENGLISH.html(&text).to_string(),
        "to continue to <bdi>&#60;b&#62;\u{fdd0}\u{202e}</bdi>"
    );
    assert_eq!(Lang::ENGLISH.plain(&text), "to continue to <b>\u{fdd0}\u{202e}");
}

#[test]
fn numbers_choose_the_plural_and_general_words_stand_in() {
    let wait = |s: u64| Lang::ENGLISH.plain(&error("rate.limited").with("seconds", s).cure);
    assert_eq!(wait(1), "Wait one second, then try again.");
    assert_eq!(wait(7), "Wait 7 seconds, then try again.");
    let text = Lang::ENGLISH.plain(&error("provider.slow").text);
    assert_eq!(text, "the sign-in service did not answer in time.");
    assert_eq!(error("no.such"), error("internal"));
}

proptest! {
    #[test]
    fn no_argument_becomes_markup(value in ".*") {
        let said = Lang::ENGLISH.html(&Text::new("sign-in-to").with("app", value.as_str())).to_string();
        let inner = said.strip_prefix("to continue to <bdi>").unwrap().strip_suffix("</bdi>").unwrap();
        prop_assert!(!inner.contains(['<', '>', '"']));
    }

    #[test]
    fn any_header_has_a_language(header in ".*") {
        let tag = Lang::choose(Some(&header)).tag();
        prop_assert!(tag == "en" || tag == "de");
    }
}
