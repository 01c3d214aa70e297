//! The pages as askama structs. Who fills them knows what happened; these know how to say it.

mod account;
pub mod admin;
mod console;
mod frame;
mod leave;
mod moment;
mod notice;
mod portal;
mod sign_in;

pub(super) use account::exact;
pub use account::{Account, Device, Learned, Learning, Opened};
pub use console::Console;
pub use frame::{Card, Gate, HandedBack};
pub use leave::{Confirm, Ending, FrontLogout, HandOver, SignOut, SignedOut};
pub use moment::{Moment, Wait};
pub use notice::{Action, Contact, Notice};
pub use portal::{Portal, Tile};
pub use sign_in::{ProviderLink, SignIn};

use super::around::Told;
use super::assets::Assets;
use super::text::{Lang, Markup, Text};
use crate::config::Brand;

/// What every page has around it.
#[derive(Debug, Clone)]
pub struct Shell {
    pub lang: Lang,
    pub brand: String,
    pub logo_url: Option<String>,
    pub support_url: Option<String>,
    pub style_url: String,
    pub brand_url: String,
    pub favicon_url: String,
    /// Who is signed in.
    pub person: Option<Person>,
    /// The page stands in a frame, where most of our pages do not open.
    pub framed: bool,
    /// What such a page tells the page around it.
    pub told: Option<Told>,
}

/// The signed-in person as the header names them.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name to show; where there is none, the e-mail address or the subject.
    pub name: String,
    pub email: Option<String>,
    /// The provider's title.
    pub provider: String,
    /// The pages for admins are open to them.
    pub admin: bool,
}

impl Person {
    /// The e-mail address, unless it already stands as the name.
    pub fn address(&self) -> Option<&str> {
        self.email.as_deref().filter(|email| *email != self.name)
    }

    /// One or two letters for the header's medallion.
    pub fn initials(&self) -> String {
        initials(&self.name)
    }
}

impl Shell {
    pub fn new(brand: &Brand, assets: &Assets, lang: Lang, person: Option<Person>) -> Self {
        Self {
            lang,
            brand: brand.name.clone(),
            logo_url: assets.logo_url().map(str::to_owned),
            support_url: brand.support_url.as_ref().map(|url| url.as_str().to_owned()),
            style_url: assets.style_url().to_owned(),
            brand_url: assets.brand_url().to_owned(),
            favicon_url: assets.favicon_url().to_owned(),
            person,
            framed: false,
            told: None,
        }
    }

    fn home_label(&self) -> String {
        self.plain(&Text::new("nav-home").with("brand", self.brand.as_str()))
    }

    fn t(&self, key: &'static str) -> Markup {
        self.lang.html(&Text::new(key))
    }

    fn t1(&self, key: &'static str, name: &'static str, value: impl AsRef<str>) -> Markup {
        self.lang.html(&Text::new(key).with(name, value.as_ref()))
    }

    fn html(&self, text: &Text) -> Markup {
        self.lang.html(text)
    }

    fn plain(&self, text: &Text) -> String {
        self.lang.plain(text)
    }
}

/// The first letters of the first and the last word, upper case; a number is a word only at the start.
fn initials(name: &str) -> String {
    let mut words = name
        .split(|c: char| c.is_whitespace() || "-_/@.&".contains(c))
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .enumerate()
        .filter(|(i, letter)| *i == 0 || letter.is_alphabetic())
        .map(|(_, letter)| letter);
    let first = words.next();
    let last = words.last();
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests;
