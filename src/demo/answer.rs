//! What every page of the demo's sites has in common: its headers, its style and its script.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use askama::Template;

/// Chromium holds `form-action` against the redirects behind a form too (C-10), so a form here may
/// lead to any site of the demo.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; \
    frame-ancestors 'none'; form-action 'self' http://127.0.0.1:* http://localhost:*";

/// An answer that is neither kept nor told to the next site.
pub fn builder(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    answer
}

/// A page of one of the sites.
pub fn page(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => builder(status)
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .content_type("text/html; charset=utf-8")
            .body(html),
        Err(_) => builder(StatusCode::INTERNAL_SERVER_ERROR).finish(),
    }
}

/// A sentence or two where a page has nothing else to show.
#[derive(Template)]
#[template(path = "demo/note.html")]
pub struct Note<'a> {
    /// Which site speaks: `staff`, `frameable`, `cobrowse` or `intranet`.
    pub site: &'a str,
    pub title: &'a str,
    pub text: &'a str,
    /// What the machine would say, such as `jwt expired`.
    pub code: &'a str,
}

/// Style and script of the sites.
pub fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/static/demo/demo.css", web::get().to(style))
        .route("/static/demo/countdown.js", web::get().to(script));
}

async fn style() -> HttpResponse {
    builder(StatusCode::OK)
        .content_type("text/css; charset=utf-8")
        .body(include_str!("../../static/demo/demo.css"))
}

async fn script() -> HttpResponse {
    builder(StatusCode::OK)
        .content_type("text/javascript; charset=utf-8")
        .body(include_str!("../../static/demo/countdown.js"))
}

/// The names and values of the Cookie header, raw: nothing is decoded.
pub fn cookies(request: &HttpRequest) -> impl Iterator<Item = (&str, &str)> {
    request
        .headers()
        .get_all("cookie")
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}
