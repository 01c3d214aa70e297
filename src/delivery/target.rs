//! The address of an app, with `{name}` where its params stand.

use std::fmt;

use url::Url;

use super::Address;
use super::placeholders::{Part, Placeholders};
use crate::params::{ParamError, ParamRules, Params};
use crate::types::secure_url;

/// The parameters of a vendor-started sign-in that come back to the vendor.
pub const REDIRECT_URI: &str = "redirect_uri";
pub const STATE: &str = "state";

/// Where an app's people are sent. The host is constant (C-49).
#[derive(Debug, Clone)]
pub struct Target {
    path: Vec<Part>,
    /// Each pair of the query by itself, so that one over an absent param can be left out.
    query: Vec<Vec<Part>>,
}

/// Why a `url` cannot stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TargetError(pub String);

pub(super) fn refuse(message: impl Into<String>) -> TargetError {
    TargetError(message.into())
}

impl Target {
    /// Reads `https://host/path/{name}?key={name}`.
    pub fn parse(text: &str, params: &ParamRules) -> Result<Self, TargetError> {
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(refuse("must be percent-encoded: ASCII without spaces"));
        }
        if text.contains('#') {
            return Err(refuse("must not have a fragment"));
        }
        let host = text.find("://").map_or(0, |at| at + 3);
        let behind = text[host..].find(['/', '?']).map_or(text.len(), |at| host + at);
        if text[..behind].contains(['{', '}']) {
            return Err(refuse("has a placeholder in its host, which must be constant"));
        }
        secure_url(&text[..behind]).map_err(|e| refuse(e.to_string()))?;
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, query.split('&').filter(|pair| !pair.is_empty()).collect()),
            None => (text, Vec::new()),
        };
        let path = parts(path, params)?;
        for part in &path {
            if let Part::Param(name) = part
                && params.is_optional(name) == Some(true)
            {
                return Err(refuse(format!(
                    "{{{name}}} stands in the path, so it cannot be optional"
                )));
            }
        }
        let query = query
            .into_iter()
            .map(|pair| query_pair(pair, params))
            .collect::<Result<_, _>>()?;
        Ok(Self { path, query })
    }

    /// The address for these params, percent-encoded.
    pub fn address(&self, params: &Params) -> Result<Address, ParamError> {
        let mut address = String::new();
        let mut segment = address.len();
        for part in &self.path {
            match part {
                Part::Text(text) => address.push_str(text),
                Part::Param(name) => {
                    let value = params
                        .get(name)
                        .ok_or_else(|| ParamError::Missing(name.clone()))?;
                    encode(value, &mut address);
                }
                Part::Whole(name) => {
                    let value = params.get(name);
                    address.push_str(value.ok_or_else(|| ParamError::Missing(name.clone()))?);
                }
            }
            if let Some(at) = address.rfind('/') {
                segment = at + 1;
            }
            // The browser would resolve them, even written as %2e (C-7).
            if let Part::Param(name) = part
                && matches!(&address[segment..], "" | "." | "..")
            {
                return Err(ParamError::Mismatch(name.clone()));
            }
        }
        let mut joint = if address.contains('?') { '&' } else { '?' };
        for pair in &self.query {
            if let Some(text) = filled(pair, params) {
                address.push(joint);
                address.push_str(&text);
                joint = '&';
            }
        }
        Ok(Address(address))
    }

    /// The address that the parameter `redirect_uri` holds, which its rule checks, with `state` echoed
    /// (vendor-started sign-in).
    pub fn echoed() -> Self {
        let param = |name: &str| Part::Param(name.to_owned());
        Self {
            path: vec![Part::Whole(REDIRECT_URI.to_owned())],
            query: vec![vec![Part::Text(format!("{STATE}=")), param(STATE)]],
        }
    }

    /// The constant part of the path and the pairs of the query, for a vendor that knows its pages.
    pub fn shape(&self) -> (String, Vec<String>) {
        let path = written(&self.path);
        let host = path.find("://").map_or(0, |at| at + 3);
        let path = path[host..].find('/').map_or("/", |at| &path[host + at..]);
        (
            path.to_owned(),
            self.query.iter().map(|pair| written(pair)).collect(),
        )
    }

    /// The constant origin, for `check`.
    pub fn origin(&self) -> Option<String> {
        match self.path.first() {
            Some(Part::Text(text)) => Url::parse(text)
                .ok()
                .map(|url| url.origin().ascii_serialization()),
            _ => None,
        }
    }

    /// The same address with one more pair in its query.
    #[must_use]
    pub fn with(mut self, pair: &str) -> Self {
        self.query.push(vec![Part::Text(pair.to_owned())]);
        self
    }

    /// Whether the query has this key.
    pub fn has_query_key(&self, name: &str) -> bool {
        let key = |pair: &Vec<Part>| match pair.first() {
            Some(Part::Text(text)) => text.split_once('=').map_or(text.as_str(), |(key, _)| key) == name,
            _ => false,
        };
        self.query.iter().any(key)
    }
}

/// As the configuration has it.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(&self.path))?;
        for (i, pair) in self.query.iter().enumerate() {
            write!(f, "{}{}", if i == 0 { '?' } else { '&' }, written(pair))?;
        }
        Ok(())
    }
}

fn written(parts: &[Part]) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Param(name) | Part::Whole(name) => format!("{{{name}}}"),
    };
    parts.iter().map(part).collect()
}

fn query_pair(pair: &str, params: &ParamRules) -> Result<Vec<Part>, TargetError> {
    let key = pair.split_once('=').map_or(pair, |(key, _)| key);
    if key.contains(['{', '%']) {
        return Err(refuse("has a query key that is not plain text"));
    }
    parts(pair, params)
}

/// A pair with its params; `None` where one of them was left out.
fn filled(pair: &[Part], params: &Params) -> Option<String> {
    let mut text = String::new();
    for part in pair {
        match part {
            Part::Text(plain) => text.push_str(plain),
            Part::Param(name) | Part::Whole(name) => encode(params.get(name)?, &mut text),
        }
    }
    Some(text)
}

fn parts(text: &str, params: &ParamRules) -> Result<Vec<Part>, TargetError> {
    Placeholders::parse(text, params).map(|placeholders| placeholders.0)
}

/// Everything but RFC 3986's unreserved characters, percent-encoded.
fn encode(value: &str, into: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push(char::from(DIGITS[usize::from(byte >> 4)]));
            into.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Delivery;
    use super::*;

    fn rules() -> ParamRules {
        let mut rules = ParamRules::default();
        rules.declare("room", ".*", false).unwrap();
        rules.declare("customer", ".*", true).unwrap();
        rules
    }

    fn address(url: &str, pairs: &[(&str, &str)]) -> Result<String, ParamError> {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        let params = rules().accept(&pairs).unwrap();
        Target::parse(url, &rules())
            .unwrap()
            .address(&params)
            .map(|a| a.as_str().to_owned())
    }

    #[test]
    fn c_49_placeholders_are_percent_encoded_and_the_host_is_constant() {
        let url = "https://v.example/r/{room}?filter_user={customer}&navigation=none";
        assert_eq!(
            address(url, &[("room", "a/b?c"), ("customer", "a b&x=1@e.c")]).unwrap(),
            "https://v.example/r/a%2Fb%3Fc?filter_user=a%20b%26x%3D1%40e.c&navigation=none"
        );
        assert_eq!(
            address(url, &[("room", "ä")]).unwrap(),
            "https://v.example/r/%C3%A4?navigation=none"
        );
        for bad in [
            "https://{room}.example/",
            "https://v.example:{room}/",
            "https://v.example/{nobody}",
            "https://v.example/{customer}",
            "https://v.example/{room",
            "https://v.example/room}",
            "https://v.example/?{room}=1",
            "https://v.example/?tok%65n=1",
            "https://v.example/#x",
            "http://v.example/",
            "https://u:p@v.example/",
            "https://v.example/a b",
            "javascript:alert(1)",
        ] {
            assert!(Target::parse(bad, &rules()).is_err(), "{bad}");
        }
    }

    #[test]
    fn c_7_dots_in_a_path_are_refused() {
        for value in [".", "..", ""] {
            let found = address("https://v.example/r/{room}/x", &[("room", value)]);
            assert_eq!(found, Err(ParamError::Mismatch("room".into())), "{value}");
        }
        assert!(address("https://v.example/r/v{room}", &[("room", "..")]).is_ok());
    }

    #[test]
    fn s_220_an_address_of_over_4096_bytes_is_refused() {
        let address = Address("https://v.example/".to_owned());
        let delivery = Delivery::default();
        assert!(delivery.fits(&address, 4096 - 18 - 7).is_ok());
        assert!(delivery.fits(&address, 4096 - 18 - 6).is_err());
    }
}
