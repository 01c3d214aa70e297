//! Who may ask the token API from a page, and read its answers: the origins that the app lists.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderValue};

use crate::config::{App, Config};
use crate::types::AppId;

/// Where a request says that it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A page of an origin that the app lists.
    Listed,
    /// A page of ours.
    Ours,
    /// No `Origin`.
    Unsaid,
    /// Anybody else, `null` included.
    Foreign,
}

impl Caller {
    pub fn of(headers: &HeaderMap, app: &App, config: &Config) -> Self {
        let mut origins = headers.get_all(header::ORIGIN);
        match (origins.next(), origins.next()) {
            (None, _) => Self::Unsaid,
            (Some(origin), None) if app.origins.iter().any(|o| o.as_str() == origin) => Self::Listed,
            (Some(origin), None) if config.public_url.origin.as_str() == origin => Self::Ours,
            _ => Self::Foreign,
        }
    }
}

/// The app whose token API a raw path is.
pub fn token_api<'a>(path: &str, config: &'a Config) -> Option<&'a App> {
    let id = id_in(path)?;
    config.app(&AppId::parse(id).ok()?)
}

fn id_in(path: &str) -> Option<&str> {
    path.strip_prefix("/api/apps/")?.strip_suffix("/token")
}

/// Who may read an answer from a page of another origin.
pub enum Readers {
    /// Not a matter of origins.
    Any,
    /// Nobody, and a cache must know that others might.
    Nobody,
    /// Pages of this origin, which the app lists.
    Pages(HeaderValue),
}

impl Readers {
    pub fn of(request: &HttpRequest, config: &Config) -> Self {
        let path = request.uri().path();
        if id_in(path).is_none() {
            return Self::Any;
        }
        let listed = token_api(path, config)
            .filter(|app| Caller::of(request.headers(), app, config) == Caller::Listed);
        match (listed, request.headers().get(header::ORIGIN)) {
            (Some(_), Some(origin)) => Self::Pages(origin.clone()),
            _ => Self::Nobody,
        }
    }

    pub fn admit(self, headers: &mut HeaderMap) {
        if matches!(self, Self::Any) {
            return;
        }
        let vary = HeaderValue::from_static("Accept-Language, Cookie, Origin");
        headers.insert(header::VARY, vary);
        if let Self::Pages(origin) = self {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            let yes = HeaderValue::from_static("true");
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
            let exposed = HeaderValue::from_static("Retry-After, X-Request-Id");
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }
}
