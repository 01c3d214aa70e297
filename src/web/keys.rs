//! `GET /keys/{app}.pem` and `GET /keys/{app}.json`: the public halves of an app's keys (C-45).

use actix_web::HttpResponse;
use actix_web::http::header;
use serde_json::{Value, json};

use super::error::Problem;
use super::visit::Visit;
use crate::config::App;
use crate::config::key_files::State;
use crate::types::AppId;

pub async fn get(visit: Visit) -> Result<HttpResponse, Problem> {
    let path = visit.request.uri().path();
    let file = path.strip_prefix("/keys/").unwrap_or_default();
    let (id, ending) = file.rsplit_once('.').ok_or_else(Problem::not_found)?;
    let app = AppId::parse(id)
        .ok()
        .and_then(|id| visit.config().app(&id))
        .ok_or_else(Problem::app_unknown)?;
    // An app with a secret has nothing to show.
    let active = app.key.public().ok_or_else(Problem::not_found)?;
    match ending {
        "pem" => Ok(public("application/x-pem-file", active.pem())),
        "json" => {
            let shown = app
                .published
                .iter()
                .filter(|key| key.is_shown(visit.gateway.loaded, visit.now, app.ttl));
            let keys: Vec<Value> = shown
                .map(|key| key.key.jwk(app.key.algorithm(), kid(app, key.state)))
                .collect();
            Ok(public(
                "application/jwk-set+json",
                json!({ "keys": keys }).to_string(),
            ))
        }
        _ => Err(Problem::not_found()),
    }
}

/// The name in the configuration is the signing key's; the others go by their thumbprints.
fn kid(app: &App, state: State) -> Option<&str> {
    (state == State::Active).then(|| app.key.kid()).flatten()
}

/// For pages and servers of any origin.
fn public(content_type: &'static str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .body(body)
}
