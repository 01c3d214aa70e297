//! Acme's intranet: an ordinary page with links through the gateway, and pages that ask the token API
//! for a vendor's SDK. The front page stands once on another site and once on the gateway's own; a page
//! that asks stands where its way of asking works.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::answer::{self, Note};
use super::places::{Place, Places};
use crate::link::element;

#[derive(Template)]
#[template(path = "demo/intranet.html")]
pub struct Intranet {
    /// The gateway's origin.
    gateway: String,
    /// Whether browsers count this page and the gateway as one site.
    same_site: bool,
    /// The other copy of the page.
    other: String,
    vonage: String,
    bit6: String,
    help_desk: String,
}

impl Intranet {
    pub fn new(places: &Places, other: &Place, same_site: bool) -> Self {
        Self {
            gateway: places.gateway.origin.clone(),
            same_site,
            other: other.origin.clone(),
            vonage: places.vonage.origin.clone(),
            bit6: places.bit6.origin.clone(),
            help_desk: places.help_desk.origin.clone(),
        }
    }
}

/// The copy on another site: its page gets no cookie of the gateway, and trades a code.
pub fn far(routes: &mut web::ServiceConfig) {
    routes
        .route("/standup", web::get().to(standup))
        .configure(everywhere);
}

/// The copy on the gateway's own site: the cookie comes along when its pages ask.
pub fn near(routes: &mut web::ServiceConfig) {
    routes
        .route("/reception", web::get().to(reception))
        .route("/softphone", web::get().to(softphone))
        .configure(everywhere);
}

fn everywhere(routes: &mut web::ServiceConfig) {
    routes
        .configure(answer::configure)
        .route("/", web::get().to(front_page))
        .route("/care", web::get().to(care))
        .default_service(web::to(not_found));
}

#[derive(Template)]
#[template(path = "demo/standup.html")]
struct Standup<'a> {
    intranet: &'a Intranet,
}

#[derive(Template)]
#[template(path = "demo/reception.html")]
struct Reception<'a> {
    intranet: &'a Intranet,
}

#[derive(Template)]
#[template(path = "demo/softphone.html")]
struct Softphone<'a> {
    intranet: &'a Intranet,
}

async fn front_page(intranet: web::Data<Intranet>) -> HttpResponse {
    answer::page(StatusCode::OK, &**intranet)
}

/// The agent's desk, with a console in it that is another site's.
#[derive(Template)]
#[template(path = "demo/care.html")]
struct Care<'a> {
    intranet: &'a Intranet,
    script: &'static str,
    integrity: String,
}

async fn care(intranet: web::Data<Intranet>) -> HttpResponse {
    let intranet = &intranet;
    let page = Care {
        intranet,
        script: element::PATH,
        integrity: element::integrity(),
    };
    answer::framing(answer::page(StatusCode::OK, &page), &intranet.gateway)
}

async fn standup(intranet: web::Data<Intranet>) -> HttpResponse {
    let intranet = &intranet;
    answer::page(StatusCode::OK, &Standup { intranet })
}

async fn reception(intranet: web::Data<Intranet>) -> HttpResponse {
    let intranet = &intranet;
    answer::page(StatusCode::OK, &Reception { intranet })
}

async fn softphone(intranet: web::Data<Intranet>) -> HttpResponse {
    let intranet = &intranet;
    answer::page(StatusCode::OK, &Softphone { intranet })
}

async fn not_found() -> HttpResponse {
    let note = Note {
        site: "intranet",
        title: "This page has moved on",
        text: "The intranet is a few pages long in this demo.",
        code: "404 Not Found",
    };
    answer::page(StatusCode::NOT_FOUND, &note)
}
