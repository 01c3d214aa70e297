//! The inbound parameters that an app declares, and the values that a launch brings (C-7, C-49).

use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use crate::types::secure_url;

/// Bytes that one value may have.
const LONGEST: usize = 256;
/// Bytes that all values of a launch may have together.
const LONGEST_TOGETHER: usize = 512;
/// What Usher itself reads on `/auth/login` (C-19) and in its confirm form, beside the params of the app.
const RESERVED: [&str; 5] = ["provider", "app", "page", "switch", "csrf"];

/// The checked values of one launch, in the order of declaration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The values as they came, for whoever carries them on.
    pub fn to_pairs(&self) -> Vec<(String, String)> {
        self.0.clone()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

/// What an app declares under `params`.
#[derive(Debug, Default)]
pub struct ParamRules(Vec<ParamRule>);

#[derive(Debug)]
struct ParamRule {
    name: String,
    form: Form,
    optional: bool,
    /// Optional for a launch, and needed for a token.
    for_token: bool,
}

/// What a value must look like.
#[derive(Debug)]
enum Form {
    /// A match of the whole value.
    Pattern(Regex),
    /// An address under one of these, or a path of the first one (lesson 8).
    Within(Vec<Url>),
}

/// Why the parameters of a request were refused; names the parameter, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    #[error("{0} is not a parameter of this app")]
    Undeclared(String),
    #[error("{0} is missing")]
    Missing(String),
    #[error("{0} is given more than once")]
    Repeated(String),
    #[error("{0} does not have the form that this app expects")]
    Mismatch(String),
    #[error("{0} holds a control character")]
    ControlCharacter(String),
    #[error("{0} is too long")]
    TooLong(String),
    #[error("{0} is not a string")]
    NotText(String),
}

/// Why a declaration cannot stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeclareError {
    #[error("a parameter's name is a letter or _, then up to 31 letters, digits and _")]
    Name,
    #[error("provider, app, page, switch and names that start with usher_ are Usher's own names")]
    Reserved,
    #[error("is not a regular expression that can be matched against a whole value")]
    Pattern,
    #[error("is not an https address without query and fragment")]
    Within,
}

impl ParamRules {
    /// Adds a parameter; the pattern is anchored to the whole value.
    pub fn declare(&mut self, name: &str, pattern: &str, optional: bool) -> Result<(), DeclareError> {
        let compile = |text: &str| RegexBuilder::new(text).size_limit(1 << 20).build();
        // Alone first: `a)|(b` would climb out of the group that anchors it.
        let pattern = compile(pattern)
            .and_then(|_| compile(&format!(r"\A(?:{pattern})\z")))
            .map_err(|_| DeclareError::Pattern)?;
        self.add(name, Form::Pattern(pattern), optional)
    }

    /// Adds a parameter that a launch may leave out, and a token cannot be without.
    pub fn declare_for_token(&mut self, name: &str, pattern: &str) -> Result<(), DeclareError> {
        self.declare(name, pattern, true)?;
        if let Some(rule) = self.0.last_mut() {
            rule.for_token = true;
        }
        Ok(())
    }

    /// Adds a parameter that is an address under one of `places`: of the same origin, and with a path
    /// that is theirs or goes on from it.
    pub fn declare_within(
        &mut self,
        name: &str,
        places: &[&str],
        optional: bool,
    ) -> Result<(), DeclareError> {
        let place = |text: &&str| {
            secure_url(text)
                .ok()
                .filter(|url| url.query().is_none() && url.fragment().is_none())
                .ok_or(DeclareError::Within)
        };
        let places = places.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        if places.is_empty() {
            return Err(DeclareError::Within);
        }
        self.add(name, Form::Within(places), optional)
    }

    fn add(&mut self, name: &str, form: Form, optional: bool) -> Result<(), DeclareError> {
        if !is_name(name) {
            return Err(DeclareError::Name);
        }
        if RESERVED.contains(&name) || name.starts_with("usher_") {
            return Err(DeclareError::Reserved);
        }
        self.0.push(ParamRule {
            name: name.to_owned(),
            form,
            optional,
            for_token: false,
        });
        Ok(())
    }

    /// Checks the decoded pairs of a query or form against the declaration.
    pub fn accept(&self, pairs: &[(String, String)]) -> Result<Params, ParamError> {
        let mut together = 0;
        for (i, (name, value)) in pairs.iter().enumerate() {
            let named = |make: fn(String) -> ParamError| Err(make(shown(name)));
            if !self.0.iter().any(|rule| rule.name == *name) {
                return named(ParamError::Undeclared);
            }
            if pairs[..i].iter().any(|(earlier, _)| earlier == name) {
                return named(ParamError::Repeated);
            }
            together += value.len();
            if value.len() > LONGEST || together > LONGEST_TOGETHER {
                return named(ParamError::TooLong);
            }
            if value.chars().any(char::is_control) {
                return named(ParamError::ControlCharacter);
            }
        }
        let mut accepted = Vec::with_capacity(pairs.len());
        for rule in &self.0 {
            match pairs.iter().find(|(name, _)| *name == rule.name) {
                Some((_, value)) if rule.form.fits(value) => {
                    accepted.push((rule.name.clone(), value.clone()));
                }
                Some(_) => return Err(ParamError::Mismatch(rule.name.clone())),
                None if rule.optional => {}
                None => return Err(ParamError::Missing(rule.name.clone())),
            }
        }
        Ok(Params(accepted))
    }

    /// Whether nothing is missing that a token needs.
    pub fn complete(&self, params: &Params) -> Result<(), ParamError> {
        let missing = |rule: &&ParamRule| rule.for_token && params.get(&rule.name).is_none();
        match self.0.iter().find(missing) {
            Some(rule) => Err(ParamError::Missing(rule.name.clone())),
            None => Ok(()),
        }
    }

    /// Whether a launch without any parameter is complete; only such apps have a tile.
    pub fn all_optional(&self) -> bool {
        self.0.iter().all(|rule| rule.optional)
    }

    /// The declared names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|rule| rule.name.as_str())
    }

    /// Whether a parameter may be left out; `None` where it is not declared.
    pub fn is_optional(&self, name: &str) -> Option<bool> {
        self.0
            .iter()
            .find(|rule| rule.name == name)
            .map(|rule| rule.optional)
    }
}

impl Form {
    fn fits(&self, value: &str) -> bool {
        match self {
            Self::Pattern(pattern) => pattern.is_match(value),
            Self::Within(places) => {
                // What others would read otherwise than we do is refused before it is read (S-302).
                if !value.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') || is_ambiguous(value) {
                    return false;
                }
                let local = value.starts_with('/') && !value.starts_with("//");
                let parsed = if local {
                    places[0].join(value).ok()
                } else {
                    secure_url(value).ok().filter(|_| value.contains("://"))
                };
                parsed.is_some_and(|url| places.iter().any(|place| is_under(&url, place)))
            }
        }
    }
}

/// Whether the path leads elsewhere for whoever resolves or decodes it, or leaves its start out.
fn is_ambiguous(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let path = path.to_ascii_lowercase();
    let hidden = ["//", "%2e", "%2f", "%5c"];
    hidden.iter().any(|part| path.contains(part)) || path.split('/').any(|part| matches!(part, "." | ".."))
}

fn is_under(url: &Url, place: &Url) -> bool {
    let start = place.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(start);
    url.origin() == place.origin() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What a parameter may be called.
pub fn is_name(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let goes_on = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    starts && goes_on && text.len() <= 32
}

/// The decoded pairs of a query or form; `None` where they are not UTF-8.
pub fn pairs(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let pairs: Vec<_> = form_urlencoded::parse(bytes).into_owned().collect();
    let whole = |text: &String| !text.contains(char::REPLACEMENT_CHARACTER);
    pairs
        .iter()
        .all(|(name, value)| whole(name) && whole(value))
        .then_some(pairs)
}

/// The pairs of a flat JSON object, whose members are strings.
pub fn flat(object: Map<String, Value>) -> Result<Vec<(String, String)>, ParamError> {
    let pair = |(name, value): (String, Value)| match value {
        Value::String(text) => Ok((name, text)),
        _ => Err(ParamError::NotText(shown(&name))),
    };
    object.into_iter().map(pair).collect()
}

/// A name as a stranger sent it, made fit for a page: what could stand in a name, and so nothing
/// that turns the page's text around (S-318).
fn shown(name: &str) -> String {
    name.chars().filter(char::is_ascii_graphic).take(40).collect()
}

#[cfg(test)]
mod tests;
