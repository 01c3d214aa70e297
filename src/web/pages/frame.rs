//! What people see of a launch inside another page, and in the small window that it opens.

use askama::Template;

use super::Shell;
use crate::web::text::Text;

/// Our first page in a frame: it goes on by itself, unless it did so before.
#[derive(Debug, Template)]
#[template(path = "gate.html")]
pub struct Gate {
    pub shell: Shell,
    /// The app's title.
    pub app: String,
    pub on: String,
    /// After how many seconds it goes on by itself.
    pub after: Option<u8>,
    /// The launch, for a tab of its own.
    pub launch: String,
}

impl Gate {
    /// For `<title>`.
    fn name(&self) -> String {
        self.shell
            .plain(&Text::new("gate-title").with("app", self.app.as_str()))
    }
}

/// Signed out in a frame.
#[derive(Debug, Template)]
#[template(path = "card.html")]
pub struct Card<'a> {
    pub shell: Shell,
    pub app: &'a str,
    pub title: &'a str,
    /// They are signed in, which is not enough.
    pub again: bool,
    pub launch: String,
    /// The address for the small window; the frame's challenge is added to it.
    pub window: String,
    pub script: &'a str,
}

impl Card<'_> {
    /// For `<title>`.
    fn name(&self) -> String {
        self.shell.plain(&Text::new("card-title").with("app", self.title))
    }
}

/// The end of the small window's way. It holds a code, so it cannot be printed.
#[derive(Template)]
#[template(path = "handed_back.html")]
pub struct HandedBack<'a> {
    pub shell: Shell,
    pub app: &'a str,
    pub code: &'a str,
    pub launch: String,
    pub script: &'a str,
}
