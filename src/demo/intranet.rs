//! Acme's intranet: an ordinary page with links through the gateway. It stands once on another
//! site and once on the gateway's own.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::answer::{self, Note};

#[derive(Template)]
#[template(path = "demo/intranet.html")]
pub struct Intranet {
    /// The gateway's origin.
    pub gateway: String,
    /// Whether browsers count this page and the gateway as one site.
    pub same_site: bool,
    /// The other copy of the page.
    pub other: String,
}

impl Intranet {
    pub fn configure(routes: &mut web::ServiceConfig) {
        routes
            .configure(answer::configure)
            .route("/", web::get().to(front_page))
            .default_service(web::to(not_found));
    }
}

async fn front_page(intranet: web::Data<Intranet>) -> HttpResponse {
    answer::page(StatusCode::OK, &**intranet)
}

async fn not_found() -> HttpResponse {
    let note = Note {
        site: "intranet",
        title: "This page has moved on",
        text: "The intranet is one page long in this demo.",
        code: "404 Not Found",
    };
    answer::page(StatusCode::NOT_FOUND, &note)
}
