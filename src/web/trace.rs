//! The span of a request, for traces: where it went and how it ended, and nothing that it said. A
//! `traceparent` from outside is not looked at: what proxies pass on, strangers have written.

use actix_web::http::{Method, StatusCode};
use tracing::Span;
use tracing::field::Empty;

use crate::types::Reference;

pub fn begin(method: &Method) -> Span {
    tracing::info_span!(target: "trace", "request", otel.kind = "server", otel.status_code = Empty,
        http.request.method = name(method), http.route = Empty, http.response.status_code = Empty,
        usher.reference = Empty)
}

/// Ends what was begun around us.
pub fn end(route: &str, status: StatusCode, reference: &Reference) {
    let span = Span::current();
    if span.is_disabled() {
        return;
    }
    span.record("http.route", route);
    span.record("http.response.status_code", status.as_u16());
    span.record("usher.reference", reference.as_str());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

/// A method may be any word; ours are these.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}
