//! What every page of the demo's sites has in common: its headers, its style and its script.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use askama::Template;

/// Chromium holds `form-action` against the redirects behind a form too (C-10), so a form here may
/// lead to any site of the demo; a page's script may call any.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; \
    connect-src http://127.0.0.1:* http://localhost:*; \
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

/// Lets pages of the demo's sites frame an answer.
pub fn in_frames(mut answer: HttpResponse) -> HttpResponse {
    let ancestors = "frame-ancestors http://127.0.0.1:* http://localhost:*";
    let policy = POLICY.replace("frame-ancestors 'none'", ancestors);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// Lets a page run the gateway's element, and frame what it opens.
pub fn framing(mut answer: HttpResponse, gateway: &str) -> HttpResponse {
    let scripts = format!("script-src 'self' {gateway}; frame-src {gateway}");
    let policy = POLICY.replace("script-src 'self'", &scripts);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// A sentence or two where a page has nothing else to show.
#[derive(Template)]
#[template(path = "demo/note.html")]
pub struct Note<'a> {
    /// Which site speaks, as the style sheet calls it.
    pub site: &'a str,
    pub title: &'a str,
    pub text: &'a str,
    /// What the machine would say, such as `jwt expired`.
    pub code: &'a str,
}

impl Note<'_> {
    fn name(&self) -> &'static str {
        match self.site {
            "staff" => "Acme Staff",
            "frameable" => "Frameable",
            "cobrowse" => "Cobrowse",
            "vonage" => "Vonage Video",
            "soul" => "Soul Machines",
            "bit6" => "Bit6",
            "desk" => "Help desk",
            "board" => "Boards",
            _ => "Acme intranet",
        }
    }
}

/// Style and scripts of the sites.
pub fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/static/demo/{file}", web::get().to(file));
}

async fn file(name: web::Path<String>) -> HttpResponse {
    let (kind, text) = match name.as_str() {
        "demo.css" => ("css", include_str!("../../static/demo/demo.css")),
        "agent.js" => ("javascript", include_str!("../../static/demo/agent.js")),
        "countdown.js" => ("javascript", include_str!("../../static/demo/countdown.js")),
        "standup.js" => ("javascript", include_str!("../../static/demo/standup.js")),
        "reception.js" => ("javascript", include_str!("../../static/demo/reception.js")),
        "softphone.js" => ("javascript", include_str!("../../static/demo/softphone.js")),
        "show.js" => ("javascript", include_str!("../../static/demo/show.js")),
        _ => return builder(StatusCode::NOT_FOUND).finish(),
    };
    builder(StatusCode::OK)
        .content_type(format!("text/{kind}; charset=utf-8"))
        .body(text)
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
