//! Every text that a person sees: the visitor's language, and the catalogue under `templates/text/`.
//! A language is one more file there.

mod error;
pub mod lab;
mod link;
pub mod xray;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use askama::filters::{Escaper as _, Html, HtmlSafe};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader as _, langid};

pub use error::{CODES, ErrorTexts, error};
pub use link::{SnippetTexts, snippet};

fluent_templates::static_loader! {
    static CATALOGUE = {
        locales: "./templates/text",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ENGLISH: LanguageIdentifier = langid!("en");

/// A language of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lang(&'static LanguageIdentifier);

impl Lang {
    pub const ENGLISH: Self = Self(&ENGLISH);

    /// The first language of an `Accept-Language` header (RFC 9110, section 12.5.4) that the catalogue
    /// has, by weight, then by order; English where there is none.
    pub fn choose(accept_language: Option<&str>) -> Self {
        let mut best = (0.0, Self::ENGLISH);
        for range in accept_language.unwrap_or_default().split(',').take(32) {
            let (tag, weight) = weighted(range);
            if weight > best.0
                && let Some(lang) = Self::of_tag(tag)
            {
                best = (weight, lang);
            }
        }
        best.1
    }

    fn of_tag(tag: &str) -> Option<Self> {
        let wanted = tag.split('-').next()?;
        CATALOGUE
            .locales()
            .find(|known| known.language.as_str().eq_ignore_ascii_case(wanted))
            .map(Self)
    }

    /// For the `lang` attribute and `Content-Language`.
    pub fn tag(self) -> &'static str {
        self.0.language.as_str()
    }

    /// The text as markup: escaped, each argument in a `<bdi>` of its own (C-47).
    pub fn html(self, text: &Text) -> Markup {
        let mut out = String::new();
        // Noncharacters hold the places of the arguments, so that no argument can hold a place.
        for c in self.format(text, |i, _| FluentValue::from(place(i))).chars() {
            let arg = (c as u32)
                .checked_sub(FIRST_PLACE)
                .and_then(|i| text.args.get(i as usize));
            match arg {
                Some((_, value)) => {
                    out.push_str("<bdi>");
                    escape(&mut out, &value.plain(self));
                    out.push_str("</bdi>");
                }
                None => escape(&mut out, c.encode_utf8(&mut [0; 4])),
            }
        }
        Markup(out)
    }

    /// The text without markup and not escaped: for `<title>`, attributes and JSON.
    pub fn plain(self, text: &Text) -> String {
        self.format(text, |_, value| FluentValue::from(value.plain(self)))
    }

    fn format<'a>(self, text: &'a Text, fill: impl Fn(usize, &'a Arg) -> FluentValue<'a>) -> String {
        let args: HashMap<Cow<'static, str>, FluentValue<'_>> = text
            .args
            .iter()
            .enumerate()
            .map(|(i, (name, value))| {
                let value = match value {
                    Arg::Number(n) => FluentValue::from(*n),
                    value => fill(i, value),
                };
                (Cow::Borrowed(*name), value)
            })
            .collect();
        CATALOGUE.lookup_complete(self.0, &text.key, Some(&args))
    }
}

fn weighted(range: &str) -> (&str, f32) {
    let mut parts = range.split(';').map(str::trim);
    let tag = parts.next().unwrap_or_default();
    let weight = parts
        .find_map(|part| part.strip_prefix("q="))
        .map_or(1.0, |q| q.parse().unwrap_or(0.0));
    (tag, weight)
}

/// U+FDD0 to U+FDEF are never characters of a text.
const FIRST_PLACE: u32 = 0xFDD0;

fn place(i: usize) -> String {
    u32::try_from(i)
        .ok()
        .filter(|i| *i < 32)
        .and_then(|i| char::from_u32(FIRST_PLACE + i))
        .map(String::from)
        .unwrap_or_default()
}

fn escape(out: &mut String, text: &str) {
    Html.write_escaped_str(&mut *out, text)
        .expect("writing to a String does not fail");
}

/// Markup that is safe to stand in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup(String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

/// A key of the catalogue and what its text is about; a language makes words of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    key: Cow<'static, str>,
    args: Vec<(&'static str, Arg)>,
}

impl Text {
    pub const fn new(key: &'static str) -> Self {
        Self {
            key: Cow::Borrowed(key),
            args: Vec::new(),
        }
    }

    /// Sets the argument `name`; what it was before is forgotten.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.retain(|(known, _)| *known != name);
        self.args.push((name, value.into()));
        self
    }
}

/// What stands in the place of `{ $name }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// A name, an address: shown as it is.
    Text(String),
    /// A number, which also chooses the plural.
    Number(u64),
    /// Words of the catalogue.
    Key(&'static str),
}

impl Arg {
    fn plain(&self, lang: Lang) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Key(key) => CATALOGUE.lookup(lang.0, key),
        }
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Arg {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

#[cfg(test)]
mod tests;
