//! The configuration file: every problem has its line, and none tells a secret (C-39).

use std::path::Path;

use usher::config;

/// What the secrets of the corpus begin with. Not a name, for names are told where they are not
/// known: none of a parameter's, nor of an expression's, holds a hyphen.
const CANARY: &str = "canary-";

pub fn holds(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    // Files that a text names are the operator's, and not made up.
    if ["_file", "_dirs", "store"].iter().any(|name| text.contains(name)) {
        return false;
    }
    let lines = text.lines().count().max(1);
    let (taken, problems) = match config::parse(text, Path::new("usher.toml")) {
        Ok(loaded) => {
            let config = loaded.config;
            assert!(config.public_url.origin.as_str().starts_with("http"));
            for app in &config.apps {
                assert!(config.app(&app.id).is_some());
            }
            (true, loaded.warnings)
        }
        Err(problems) => {
            assert!(!problems.0.is_empty(), "refused without a reason");
            (false, problems.0)
        }
    };
    for problem in problems {
        assert!(problem.line <= lines, "{problem} stands behind the end");
        let told = problem.message.contains(CANARY);
        assert!(!told, "a value stands in a message");
    }
    taken
}
