//! `.deny.toml` without cargo-deny, which takes minutes to build: licences, bans and sources of what is built.

use std::collections::BTreeMap;
use std::process::Command;

use toml::de::{DeTable, DeValue};

const POLICY: &str = include_str!("../../.deny.toml");
const LOCK: &str = include_str!("../../Cargo.lock");

fn parsed(text: &str) -> DeTable<'_> {
    DeTable::parse(text).expect("TOML").into_inner()
}

fn at<'a>(table: &'a DeTable<'_>, path: &[&str]) -> &'a DeValue<'a> {
    let (first, rest) = path.split_first().unwrap();
    let value = table
        .get(*first)
        .unwrap_or_else(|| panic!("no {first}"))
        .get_ref();
    match value {
        DeValue::Table(inner) if !rest.is_empty() => at(inner, rest),
        value => value,
    }
}

fn list<'a>(value: &'a DeValue<'_>) -> Vec<&'a DeValue<'a>> {
    let DeValue::Array(items) = value else {
        panic!("not a list")
    };
    items.iter().map(toml::Spanned::get_ref).collect()
}

fn texts<'a>(value: &'a DeValue<'_>) -> Vec<&'a str> {
    list(value).into_iter().filter_map(|item| item.as_str()).collect()
}

fn text<'a>(table: &'a DeValue<'_>, key: &str) -> &'a str {
    let found = table.as_table().and_then(|table| table.get(key));
    found
        .and_then(|value| value.get_ref().as_str())
        .unwrap_or_default()
}

struct Package {
    name: String,
    version: String,
    licence: String,
}

/// What becomes part of the program or makes a part of it.
fn packages() -> Vec<Package> {
    let tree = [
        "tree",
        "--locked",
        "--offline",
        "--edges=normal,build",
        "--prefix=none",
        "--format={p}\t{l}",
    ];
    let output = Command::new("cargo")
        .args(tree)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let printed = String::from_utf8(output.stdout).unwrap();
    let mut found = BTreeMap::new();
    for line in printed.lines() {
        let (package, licence) = line.split_once('\t').expect("two columns");
        let mut words = package.split(' ');
        let (name, version) = (
            words.next().unwrap(),
            words.next().unwrap().trim_start_matches('v'),
        );
        let licence = licence.trim_end_matches(" (*)").to_owned();
        found.insert((name.to_owned(), version.to_owned()), licence);
    }
    let packages = found.into_iter();
    let packages = packages.map(|((name, version), licence)| Package {
        name,
        version,
        licence,
    });
    packages.filter(|package| package.name != "usher").collect()
}

/// Whether a licence expression (SPDX, or the older `MIT/Apache-2.0`) can be met with what is allowed.
fn met(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = &words[..];
    any(&mut rest, allowed) && rest.is_empty()
}

fn any(rest: &mut &[&str], allowed: &[&str]) -> bool {
    let mut met = all(rest, allowed);
    while rest.first() == Some(&"OR") {
        *rest = &rest[1..];
        met |= all(rest, allowed);
    }
    met
}

fn all(rest: &mut &[&str], allowed: &[&str]) -> bool {
    let mut met = one(rest, allowed);
    while rest.first() == Some(&"AND") {
        *rest = &rest[1..];
        met &= one(rest, allowed);
    }
    met
}

fn one(rest: &mut &[&str], allowed: &[&str]) -> bool {
    let Some((first, after)) = rest.split_first() else {
        return false;
    };
    *rest = after;
    if *first == "(" {
        let met = any(rest, allowed);
        *rest = rest.strip_prefix(&[")"]).unwrap_or_default();
        return met;
    }
    if let [exception_follows, exception, after @ ..] = *rest
        && *exception_follows == "WITH"
    {
        *rest = after;
        return allowed.contains(&format!("{first} WITH {exception}").as_str());
    }
    allowed.contains(first)
}

/// `crate`, or `crate@<version`.
fn is_banned(package: &Package, ban: &str) -> bool {
    let (name, below) = ban
        .split_once("@<")
        .map_or((ban, None), |(name, below)| (name, Some(below)));
    let numbers = |version: &str| {
        version
            .split('.')
            .map_while(|n| n.parse().ok())
            .collect::<Vec<u64>>()
    };
    assert!(!name.contains('@'), "this test knows only < of {ban}");
    package.name == name && below.is_none_or(|below| numbers(&package.version) < numbers(below))
}

#[test]
fn every_licence_is_one_that_the_policy_allows() {
    let policy = parsed(POLICY);
    let allowed = texts(at(&policy, &["licenses", "allow"]));
    let exceptions = list(at(&policy, &["licenses", "exceptions"]));
    let packages = packages();
    assert!(packages.len() > 200, "{}", packages.len());
    for package in packages {
        let mut allowed = allowed.clone();
        for exception in exceptions.iter().filter(|e| text(e, "crate") == package.name) {
            allowed.extend(texts(
                exception.as_table().unwrap().get("allow").unwrap().get_ref(),
            ));
        }
        assert!(
            met(&package.licence, &allowed),
            "{}: {}",
            package.name,
            package.licence
        );
    }
}

#[test]
fn an_expression_is_read_as_it_is_meant() {
    let allowed = ["MIT", "ISC", "Apache-2.0"];
    for good in [
        "MIT",
        "GPL-3.0 OR MIT",
        "MIT/Unlicense",
        "ISC AND (GPL-2.0 OR MIT)",
        "Apache-2.0 WITH X OR MIT",
    ] {
        assert!(met(good, &allowed), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR ISC) AND GPL-3.0",
        "Apache-2.0 WITH X",
        "MIT GPL-3.0",
    ] {
        assert!(!met(bad, &allowed), "{bad}");
    }
}

#[test]
fn nothing_that_is_banned_is_built_in() {
    let policy = parsed(POLICY);
    let bans = list(at(&policy, &["bans", "deny"]));
    assert!(
        bans.iter().all(|ban| !text(ban, "reason").is_empty()),
        "each with its reason"
    );
    for package in packages() {
        let found = bans.iter().find(|ban| is_banned(&package, text(ban, "crate")));
        assert!(found.is_none(), "{} {}", package.name, package.version);
    }
    let old = |version: &str| Package {
        name: "h2".into(),
        version: version.into(),
        licence: String::new(),
    };
    assert!(is_banned(&old("0.3.27"), "h2@<0.4") && !is_banned(&old("0.4.1"), "h2@<0.4"));
}

#[test]
fn everything_comes_from_the_one_registry() {
    let policy = parsed(POLICY);
    let allowed = texts(at(&policy, &["sources", "allow-registry"]));
    let lock = parsed(LOCK);
    for package in list(at(&lock, &["package"])) {
        let source = text(package, "source");
        let known = source
            .strip_prefix("registry+")
            .is_some_and(|from| allowed.contains(&from));
        assert!(
            known || text(package, "name") == "usher",
            "{} from {source:?}",
            text(package, "name")
        );
    }
}
