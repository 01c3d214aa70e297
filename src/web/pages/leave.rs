//! The small pages with one question or one answer: confirm a launch, sign out, signed out, signed out elsewhere.

use askama::Template;

use super::Shell;
use crate::types::AppId;
use crate::web::text::{Arg, Markup, Text};

/// `GET /launch/{app}` of an app with `confirm = true`.
#[derive(Debug, Template)]
#[template(path = "confirm.html")]
pub struct Confirm {
    pub shell: Shell,
    pub app: AppId,
    pub title: String,
    pub csrf: String,
    pub params: Vec<(String, String)>,
    pub switch_href: String,
}

impl Confirm {
    /// For `<title>`.
    fn question(&self) -> String {
        self.shell
            .plain(&Text::new("confirm-title").with("app", self.title.as_str()))
    }
}

/// A form that posts itself to another site. It holds a token, so it cannot be printed.
#[derive(Template)]
#[template(path = "hand_over.html")]
pub struct HandOver<'a> {
    pub shell: Shell,
    pub heading: Text,
    pub lead: Text,
    pub button: Text,
    pub action: &'a str,
    pub fields: &'a [(&'a str, &'a str)],
    pub script: &'a str,
}

/// `GET /auth/logout`.
#[derive(Debug, Template)]
#[template(path = "sign_out.html")]
pub struct SignOut {
    pub shell: Shell,
    pub csrf: String,
}

impl SignOut {
    fn text(&self) -> Markup {
        let text = Text::new("sign-out-text").with("brand", self.shell.brand.as_str());
        let provider = self.shell.person.as_ref().map(|person| person.provider.as_str());
        self.shell
            .html(&text.with("provider", provider.map_or(Arg::Key("some-provider"), Arg::from)))
    }
}

/// `GET /auth/signed-out`.
#[derive(Debug, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOut {
    pub shell: Shell,
    pub ending: Ending,
    pub sign_in_href: String,
}

impl SignedOut {
    fn title(&self) -> Markup {
        match self.ending {
            Ending::Everywhere { .. } | Ending::Already => self.shell.t("signed-out-title"),
            Ending::HereOnly { .. } => self.shell.t("signed-out-here-title"),
            Ending::Not { .. } => self.shell.t("signed-out-not-title"),
        }
    }

    fn still(&self) -> bool {
        matches!(self.ending, Ending::Not { .. })
    }
}

/// `GET /auth/frontchannel-logout/{provider}`: hardly ever seen, and the same whatever came of it.
#[derive(Debug, Template)]
#[template(path = "front_logout.html")]
pub struct FrontLogout {
    pub shell: Shell,
}

/// How far the sign-out reached; `provider` is a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The provider ended its session too.
    Everywhere { provider: String },
    /// The provider's session goes on, and would let anyone at this computer in again.
    HereOnly { provider: String },
    /// The person is signed in: again, or still.
    Not { provider: String },
    /// Nothing is known of a provider: there was no session any more.
    Already,
}
