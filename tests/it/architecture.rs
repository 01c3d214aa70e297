//! Who may import whom: data goes one way, and no step reaches back.

use std::fs;
use std::path::{Path, PathBuf};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// What each module may name of ours. Modules that are not here may name all.
const ALLOWED: [(&str, &[&str]); 23] = [
    ("types", &[]),
    ("clock", &[]),
    ("params", &["types"]),
    ("http", &["types"]),
    ("expression", &["types", "params", "identity"]),
    ("identity", &["types", "clock", "http"]),
    ("session", &["types", "clock", "identity"]),
    ("access", &["types", "clock", "identity", "params", "expression"]),
    (
        "claims",
        &["types", "clock", "identity", "params", "expression", "access"],
    ),
    ("signer", &["types", "clock", "claims"]),
    ("audit", &["types", "clock", "identity", "signer"]),
    ("delivery", &["types", "clock", "params", "audit", "signer"]),
    (
        "vendors",
        &[
            "types",
            "clock",
            "identity",
            "params",
            "expression",
            "access",
            "claims",
            "signer",
            "delivery",
            "config",
            "http",
        ],
    ),
    ("rooms", &["types", "http", "signer", "store", "vendors"]),
    (
        "mint",
        &[
            "types",
            "clock",
            "identity",
            "params",
            "expression",
            "access",
            "claims",
            "vendors",
            "signer",
            "audit",
            "delivery",
            "config",
        ],
    ),
    (
        "link",
        &["types", "session", "params", "delivery", "config", "mint"],
    ),
    (
        "xray",
        &[
            "types", "identity", "access", "claims", "delivery", "config", "mint",
        ],
    ),
    (
        "lab",
        &[
            "types", "identity", "claims", "delivery", "audit", "signer", "store", "config", "mint",
        ],
    ),
    (
        "decision",
        &["types", "identity", "params", "access", "audit", "mint", "config"],
    ),
    ("verify", &["identity", "claims", "vendors", "signer", "config"]),
    (
        "store",
        &[
            "types", "clock", "identity", "session", "audit", "signer", "config", "drift",
        ],
    ),
    (
        "drift",
        &[
            "types",
            "clock",
            "identity",
            "expression",
            "access",
            "claims",
            "config",
        ],
    ),
    (
        "config",
        &[
            "types",
            "clock",
            "identity",
            "session",
            "params",
            "expression",
            "access",
            "claims",
            "vendors",
            "signer",
            "audit",
            "delivery",
            "mint",
        ],
    ),
];

/// What only the outer layers may name.
const OUTER: [&str; 5] = ["web", "app", "cli", "demo", "lifecycle"];

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)
        .expect("a directory")
        .map(|entry| entry.unwrap().path())
    {
        if entry.is_dir() {
            found.extend(files(&entry));
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            found.push(entry);
        }
    }
    found
}

/// Every source file with the module that it belongs to and its lines without comments.
fn sources() -> Vec<(String, PathBuf, Vec<String>)> {
    let described = |path: PathBuf| {
        let inside = path.strip_prefix(SOURCE).unwrap().to_owned();
        let module = inside
            .iter()
            .next()
            .unwrap()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs")
            .to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(str::to_owned)
            .collect();
        (module, inside, lines)
    };
    // Tests may look behind the scenes.
    let files = files(Path::new(SOURCE))
        .into_iter()
        .filter(|path| !path.iter().any(|part| part == "tests" || part == "tests.rs"));
    files.map(described).collect()
}

/// The modules that a line names behind `crate::`, one or several in braces.
fn named(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in line.split("crate::").skip(1) {
        let words = rest.strip_prefix('{').map_or_else(
            || vec![rest],
            |inside| {
                inside
                    .split('}')
                    .next()
                    .unwrap_or_default()
                    .split(',')
                    .map(str::trim)
                    .collect()
            },
        );
        for word in words {
            let name: String = word
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            found.push(name);
        }
    }
    found
}

#[test]
fn no_module_reaches_back() {
    let mut wrong = Vec::new();
    for (module, path, lines) in sources() {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) else {
            continue;
        };
        for name in lines.iter().flat_map(|line| named(line)) {
            if name != module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_stage_knows_the_web() {
    let mut wrong = Vec::new();
    for (module, path, lines) in sources() {
        if !ALLOWED.iter().any(|(name, _)| *name == module) {
            continue;
        }
        let text = lines.join("\n");
        if text.contains("actix")
            || OUTER
                .iter()
                .any(|outer| text.contains(&format!("crate::{outer}")))
        {
            wrong.push(path.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn c_1_only_the_store_makes_a_receipt() {
    let makers: Vec<String> = sources()
        .into_iter()
        .filter(|(_, _, lines)| lines.iter().any(|line| line.contains("Receipt::after_commit")))
        .map(|(module, ..)| module)
        .collect();
    assert!(makers.iter().all(|module| module == "store"), "{makers:?}");
}

#[test]
fn only_the_demo_knows_the_demo() {
    for (module, path, lines) in sources() {
        let free = ["demo", "cli", "lib", "main"].contains(&module.as_str());
        assert!(
            free || !lines.join("\n").contains("crate::demo"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn files_stay_short() {
    let tests = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it"));
    for path in files(Path::new(SOURCE)).into_iter().chain(files(tests)) {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 400, "{} has {lines} lines", path.display());
    }
}
