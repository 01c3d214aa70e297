//! What an operator pastes so that people find an app: the launch link, and the same link in the
//! form that each place wants. No part of it holds a token or any other secret.

mod calendar;
pub mod element;
mod html;
mod qr;
mod snippet;
mod tile;

use time::OffsetDateTime;

use crate::config::{App, PublicUrl};
use crate::params::{ParamError, Params};
use crate::session::attempt::Destination;
use crate::types::AppId;
pub use snippet::Snippet;
pub use tile::Tile;

/// The snippets of an app. A place that the app cannot have says why.
pub struct Kit {
    pub launch_url: String,
    /// An HTML link in the shape of a button, in the colours of the page around it.
    pub button: String,
    pub iframe: Result<String, Absent>,
    /// The same as an element that helps itself.
    pub element: Result<String, Absent>,
    /// The code for the Embed web part.
    pub sharepoint: Result<String, Absent>,
    /// The iframe macro in storage format.
    pub confluence: Result<String, Absent>,
    /// A file with one event (RFC 5545).
    pub ics: Result<String, Absent>,
    /// An SVG.
    pub qr: Result<String, Absent>,
    /// For the portals of providers.
    pub tile: Tile,
}

/// Why an app has no link at all.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("{0} has no page to link to: only the token API serves it")]
    NoPage(AppId),
    /// `pattern` has `{name}` where a page of the operator's fills in a value.
    #[error("{app} opens with a value for {names}, as in {pattern}", names = names.join(" and "))]
    Missing {
        app: AppId,
        names: Vec<String>,
        pattern: String,
    },
    #[error(transparent)]
    Refused(ParamError),
}

/// Why an app cannot have a snippet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Absent {
    #[error("the app lists no origins, so no page may frame it")]
    NoOrigins,
    #[error("the app asks before it opens, which it does in no frame")]
    Confirm,
    #[error("an event begins and ends: the app has no opens_at")]
    NoBeginning,
    #[error("an event begins and ends: the app has no closes_at")]
    NoEnd,
    #[error("an event begins and ends: the app has neither opens_at nor closes_at")]
    NoWindow,
    #[error("the link is too long for it")]
    TooLong,
}

impl Kit {
    /// The snippets for a launch with these params, which the app's own rules check.
    pub fn new(
        app: &App,
        public_url: &PublicUrl,
        given: &[(String, String)],
        now: OffsetDateTime,
    ) -> Result<Self, LinkError> {
        let params = accept(app, public_url, given)?;
        let path = path(app, params.to_pairs());
        let launch_url = public_url.join(&path);
        let label = upright(&app.title);
        let description = app.description.as_deref().map(upright);
        let allow = app.allow_in_frame(public_url);
        let frameable = if app.origins.is_empty() {
            Err(Absent::NoOrigins)
        } else if app.confirm {
            Err(Absent::Confirm)
        } else {
            Ok(())
        };
        let frame = |width| html::iframe(&launch_url, &label, &allow, width);
        Ok(Self {
            button: html::button(&launch_url, &label, app.new_tab),
            iframe: frameable.map(|()| frame("100%")),
            element: frameable
                .map(|()| element::element(public_url, &app.id, params.to_pairs(), &launch_url, &label)),
            sharepoint: frameable.map(|()| frame("1280")),
            confluence: frameable.map(|()| html::confluence(&launch_url)),
            ics: calendar::Event {
                window: app.window,
                title: &label,
                description: description.as_deref(),
                url: &launch_url,
                host: &public_url.host,
            }
            .file(now),
            qr: qr::svg(&launch_url),
            tile: Tile {
                initiate_login_uri: tile::initiate_login_uri(public_url, &path),
                label,
                url: launch_url.clone(),
                icon: app.icon.as_ref().map(|icon| icon.mime),
            },
            launch_url,
        })
    }
}

fn accept(app: &App, public_url: &PublicUrl, given: &[(String, String)]) -> Result<Params, LinkError> {
    let target = app
        .target
        .as_ref()
        .ok_or_else(|| LinkError::NoPage(app.id.clone()))?;
    let params = match app.params.accept(given) {
        Err(ParamError::Missing(_)) => return Err(missing(app, public_url, given)),
        checked => checked.map_err(LinkError::Refused)?,
    };
    // A value may fit its rule and still not the place in the address where it stands.
    target.address(&params).map_err(LinkError::Refused)?;
    Ok(params)
}

/// Names all at once what is missing; the names are plain, so the pattern needs no encoding.
fn missing(app: &App, public_url: &PublicUrl, given: &[(String, String)]) -> LinkError {
    let required = || {
        let names = app.params.names();
        names.filter(|name| app.params.is_optional(name) == Some(false))
    };
    let pairs: Vec<String> = required().map(|name| format!("{name}={{{name}}}")).collect();
    let bare = public_url.join(&path(app, Vec::new()));
    LinkError::Missing {
        app: app.id.clone(),
        names: required()
            .filter(|name| given.iter().all(|(have, _)| have != name))
            .map(str::to_owned)
            .collect(),
        pattern: format!("{bare}?{}", pairs.join("&")),
    }
}

fn path(app: &App, params: Vec<(String, String)>) -> String {
    let app = app.id.clone();
    Destination::App { app, params }.path()
}

/// Text without the characters that turn what stands around it: not every place can fence them in.
fn upright(text: &str) -> String {
    let turns = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(|c| !turns(*c)).collect()
}

#[cfg(test)]
mod tests;
