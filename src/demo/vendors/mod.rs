//! Stand-ins for the vendors. They know what a vendor knows: a public key or a secret, and their own
//! rules. No line here is shared with the gateway's signer (C-46).

mod bit6;
mod board;
mod cobrowse;
mod frameable;
mod help_desk;
mod panel;
mod soul_machines;
mod verify;
mod vonage;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::json;
use url::form_urlencoded;

use super::answer::{self, Note};
use super::settings::Settings;
pub use bit6::Bit6;
pub use board::Board;
pub use cobrowse::Cobrowse;
pub use frameable::Frameable;
pub use help_desk::HelpDesk;
pub use soul_machines::SoulMachines;
use verify::Refusal;
pub use vonage::Vonage;

/// The gateway's configuration, which the claims panel quotes.
pub type Quoted = Arc<Settings>;

/// One vendor's site: its own pages, and what all of them do.
fn site(name: &'static str, routes: &mut web::ServiceConfig, own: impl FnOnce(&mut web::ServiceConfig)) {
    routes.service(
        web::scope("")
            .wrap(from_fn(move |request, next| {
                refuse_gateway_cookies(name, request, next)
            }))
            .configure(answer::configure)
            .configure(own)
            .default_service(web::to(move || async move { nothing_here(name) })),
    );
}

/// The vendors' sites are other people's: a cookie of the gateway that turns up here is a leak
/// (C-46), and shows at once, as a page of `site`.
async fn refuse_gateway_cookies(
    site: &'static str,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let leaked = answer::cookies(request.request())
        .any(|(name, _)| name.starts_with("usher") || name.starts_with("__Host-usher"));
    if leaked {
        let note = Note {
            site,
            title: "A cookie of the gateway came here",
            text: "It must never leave the gateway's own host.",
            code: "cookie leaked",
        };
        return Ok(request.into_response(answer::page(StatusCode::INTERNAL_SERVER_ERROR, &note)));
    }
    next.call(request).await
}

/// The `token` of the query.
fn token_of(request: &HttpRequest) -> Option<String> {
    in_query(request, "token")
}

fn in_query(request: &HttpRequest, wanted: &str) -> Option<String> {
    form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
}

/// What a vendor's service tells its SDK in somebody's page. Any page may ask: who comes is in the
/// token, and no cookie is looked at.
fn tell<T: Serialize>(found: Result<T, Refusal>) -> HttpResponse {
    let (status, body) = match found {
        Ok(found) => (StatusCode::OK, json!(found)),
        Err(refusal) => (StatusCode::UNAUTHORIZED, json!({ "error": refusal.to_string() })),
    };
    answer::builder(status)
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .json(body)
}

fn refuse(site: &str, refusal: &Refusal) -> HttpResponse {
    let note = Note {
        site,
        title: "This link does not let you in",
        text: refusal.advice(),
        code: &refusal.to_string(),
    };
    answer::page(StatusCode::UNAUTHORIZED, &note)
}

fn nothing_here(site: &str) -> HttpResponse {
    let note = Note {
        site,
        title: "There is nothing at this address",
        text: "Check the link, or ask the person who sent it.",
        code: "404 Not Found",
    };
    answer::page(StatusCode::NOT_FOUND, &note)
}
