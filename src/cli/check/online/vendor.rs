//! An app as far as it shows from outside: its vendor's host, and the age of its key.

use reqwest::Method;
use time::OffsetDateTime;
use url::Url;

use super::{Finding, Level, PATIENCE};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{App, KeyState, keys_of};
use crate::delivery::Target;
use crate::http::{Http, HttpError, Network, Request};

const CAP: usize = 64 * 1024;

pub async fn ask(app: &App, proxy: Option<&Url>) -> (String, Vec<Finding>) {
    let mut findings = Vec::new();
    if let Some(origin) = app.target.as_ref().and_then(Target::origin) {
        findings.push(host(&origin, proxy).await);
    }
    findings.extend(key(app, SystemClock.now()));
    (app.id.to_string(), findings)
}

async fn host(origin: &str, proxy: Option<&Url>) -> Finding {
    // Where the operator sends people, the operator may look.
    let asked = async {
        let http = Http::new(Network::Any, None, proxy).map_err(|_| HttpError::Unreachable)?;
        let url = Url::parse(origin).map_err(|_| HttpError::Unreachable)?;
        let request = Request {
            method: Method::GET,
            url: &url,
            headers: Vec::new(),
            body: None,
            cap: CAP,
        };
        http.send(request).await
    };
    let asked = tokio::time::timeout(PATIENCE, asked).await;
    // Whatever it answers, it is there.
    match asked.unwrap_or(Err(HttpError::Slow)) {
        Ok(_) | Err(HttpError::TooLarge | HttpError::Redirected) => {
            Finding::new(Level::Ok, "vendor", format!("{origin} answers"))
        }
        Err(error) => Finding::new(Level::Warn, "vendor", format!("{origin} {error}")),
    }
}

fn key(app: &App, now: OffsetDateTime) -> Option<Finding> {
    let keys = keys_of(app, now);
    let active = keys.iter().find(|key| key.state == KeyState::Active)?;
    let text = format!("{} days old", active.days(now)?);
    Some(if active.is_old(now) {
        let text = format!("{text}; usher keys new --app {} begins a rotation", app.id);
        Finding::new(Level::Warn, "key", text)
    } else {
        Finding::new(Level::Ok, "key", text)
    })
}
