//! An app as far as it shows from outside: its vendor's host, and the age of its key.

use reqwest::Method;
use time::OffsetDateTime;
use url::Url;

use super::{Finding, Level, PATIENCE};
use crate::clock::{Clock as _, SystemClock};
use crate::config::App;
use crate::config::key_files::State;
use crate::delivery::Target;
use crate::http::{Http, HttpError, Network, Request};

const CAP: usize = 64 * 1024;
/// Days after which a key is old enough to say so.
const OLD: i64 = 365;

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
    let active = app.published.iter().find(|key| key.state == State::Active)?;
    let written = active.file.as_deref()?.metadata().ok()?.modified().ok()?;
    let days = (now - OffsetDateTime::from(written)).whole_days();
    let text = format!("{days} days old");
    Some(if days > OLD {
        let text = format!("{text}; usher keys new --app {} begins a rotation", app.id);
        Finding::new(Level::Warn, "key", text)
    } else {
        Finding::new(Level::Ok, "key", text)
    })
}
