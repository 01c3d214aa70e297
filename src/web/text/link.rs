//! What stands beside the snippets of a link.

use std::borrow::Cow;

use super::Text;

/// What a snippet is, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnippetTexts {
    pub title: Text,
    pub note: Text,
}

/// The texts of a snippet by its name: `link-<name>-title` and `link-<name>-note`.
pub fn snippet(name: &str) -> SnippetTexts {
    let text = |part| Text {
        key: Cow::Owned(format!("link-{name}-{part}")),
        args: Vec::new(),
    };
    SnippetTexts {
        title: text("title"),
        note: text("note"),
    }
}
