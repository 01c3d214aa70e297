use askama::Template;
use url::form_urlencoded::byte_serialize;

use super::{Moment, Shell};
use crate::types::Reference;
use crate::web::text::{ErrorTexts, Markup, Text};

/// Something did not go the expected way: denials, errors, diagnoses.
#[derive(Debug, Template)]
#[template(path = "notice.html")]
pub struct Notice {
    pub shell: Shell,
    /// Title, what happened, what to do: see [`error`](crate::web::text::error).
    pub texts: ErrorTexts,
    /// When the app opens or has closed.
    pub moment: Option<Moment>,
    /// More to say, as a list.
    pub details: Vec<Text>,
    /// The title of the app that they wanted.
    pub app: Option<String>,
    pub actions: Vec<Action>,
    pub contact: Option<Contact>,
    pub reference: Option<Reference>,
    /// The script that copies the reference.
    pub copy_url: String,
}

/// A link to go on with.
#[derive(Debug, Clone)]
pub struct Action {
    pub label: Text,
    pub href: String,
    pub primary: bool,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    Email(String),
    Url(String),
}

impl Notice {
    pub(super) fn contact_href(&self, contact: &Contact) -> String {
        let subject = self
            .reference
            .as_ref()
            .map(|r| format!("?subject={r}"))
            .unwrap_or_default();
        match contact {
            Contact::Url(url) => url.clone(),
            Contact::Email(address) => {
                let (local, domain) = address.split_once('@').unwrap_or((address, ""));
                let local: String = byte_serialize(local.as_bytes()).collect();
                format!("mailto:{local}@{domain}{subject}")
            }
        }
    }

    fn contact_label(&self, contact: &Contact) -> Markup {
        match contact {
            Contact::Url(_) => self.shell.t("notice-contact-url"),
            Contact::Email(address) => self.shell.t1("notice-contact-email", "contact", address),
        }
    }
}

impl Contact {
    /// A contact as the config file has it: a web address or an e-mail address, else `None`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with("https://") || text.starts_with("http://") {
            url::Url::parse(text).ok().map(|url| Self::Url(url.into()))
        } else {
            crate::types::Email::parse(text)
                .ok()
                .map(|_| Self::Email(text.to_owned()))
        }
    }
}

impl Action {
    fn new(key: &'static str, href: impl Into<String>, primary: bool) -> Self {
        Self {
            label: Text::new(key),
            href: href.into(),
            primary,
        }
    }

    /// `href` is a `/auth/login` with `switch=1`.
    pub fn use_another_account(href: impl Into<String>) -> Self {
        Self::new("action-switch", href, false)
    }

    pub fn start_again(href: impl Into<String>) -> Self {
        Self::new("action-start-again", href, true)
    }

    pub fn try_again(href: impl Into<String>) -> Self {
        Self::new("action-try-again", href, true)
    }

    /// For a page in a frame, whose links all open tabs.
    pub fn open_in_tab(href: impl Into<String>) -> Self {
        Self::new("action-open-in-tab", href, true)
    }

    pub fn sign_in(href: impl Into<String>) -> Self {
        Self::new("action-sign-in", href, true)
    }

    pub fn to_portal() -> Self {
        Self::new("action-portal", "/", false)
    }

    /// The same, as the button to press.
    #[must_use]
    pub fn primary(self) -> Self {
        Self {
            primary: true,
            ..self
        }
    }
}
