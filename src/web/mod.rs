//! HTTP: routes, and the handlers behind them.

pub mod accent;
mod account;
mod admin;
mod api;
mod around;
pub mod assets;
pub mod backchannel;
mod body;
mod callback;
mod console;
mod cors;
mod embed;
mod error;
mod fetch;
mod figures;
mod form;
mod frame;
mod frontchannel;
pub mod gateway;
mod guard;
mod headers;
mod initiate;
mod issue;
mod keys;
mod launch;
mod learned;
mod limits;
mod login;
mod logout;
mod notice;
pub mod ops;
pub mod pages;
mod portal;
mod tally;
pub mod text;
mod trace;
mod visit;

use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::from_fn;
use actix_web::{HttpResponse, Resource, Scope, web};
use askama::Template;

use self::error::Problem;
pub use self::gateway::Gateway;
use self::visit::Visit;
use crate::link::element;

/// The routes of the gateway, behind the guard.
pub fn routes() -> Scope<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    web::scope("")
        .app_data(web::PayloadConfig::new(guard::LARGEST_FORM))
        .service(resource("/", "GET").route(web::get().to(portal::get)))
        .service(
            resource("/launch/{app}", "GET, POST")
                .route(web::get().to(launch::get))
                .route(web::post().to(launch::post)),
        )
        .service(resource("/api/apps", "GET").route(web::get().to(api::apps)))
        .service(
            web::resource("/api/apps/{app}/token")
                .route(web::post().to(api::post))
                .route(web::get().to(api::get))
                .route(web::method(Method::OPTIONS).to(api::preflight))
                .default_service(web::to(api::other_method)),
        )
        .service(resource("/auth/login", "GET").route(web::get().to(login::get)))
        .service(
            resource("/auth/initiate", "GET, POST")
                .route(web::get().to(initiate::get))
                .route(web::post().to(initiate::post)),
        )
        .service(resource("/auth/callback/{provider}", "GET").route(web::get().to(callback::get)))
        .service(
            resource("/auth/logout", "GET, POST")
                .route(web::get().to(logout::confirm))
                .route(web::post().to(logout::post)),
        )
        .service(resource("/auth/signed-out", "GET").route(web::get().to(logout::signed_out)))
        .service(
            resource("/auth/backchannel-logout/{provider}", "POST").route(web::post().to(backchannel::post)),
        )
        .service(
            resource("/auth/frontchannel-logout/{provider}", "GET").route(web::get().to(frontchannel::get)),
        )
        .service(resource("/auth/handed-back", "GET").route(web::get().to(frame::handed_back)))
        .service(resource("/auth/frame", "POST").route(web::post().to(frame::redeem)))
        .service(resource("/account", "GET").route(web::get().to(account::get)))
        .service(resource("/account/sign-out-everywhere", "POST").route(web::post().to(account::end_all)))
        .service(resource("/account/sessions/{id}/end", "POST").route(web::post().to(account::end)))
        .configure(admin::routes)
        .service(resource("/keys/{file}", "GET").route(web::get().to(keys::get)))
        .service(resource("/static/embed.js", "GET").route(web::get().to(element)))
        .service(resource("/static/{file}", "GET").route(web::get().to(asset)))
        .default_service(web::to(not_found))
        .wrap(from_fn(guard::guard))
}

/// A place that takes these methods, and says so to whoever comes with another.
fn resource(path: &'static str, allow: &'static str) -> Resource {
    let refuse = move || async move { Err::<HttpResponse, _>(Problem::method_not_allowed(allow)) };
    web::resource(path).default_service(web::to(refuse))
}

async fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

/// The element's script under a name that stays, for pages that do not pin its bytes.
async fn element() -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, element::PATH))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .insert_header((header::PRAGMA, "cache"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .finish()
}

/// A compiled-in file under the hash of its content, which therefore never changes (C-29).
async fn asset(visit: Visit) -> Result<HttpResponse, Problem> {
    let asset = visit
        .gateway
        .assets
        .get(visit.request.path())
        .ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type(asset.mime)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::PRAGMA, "cache"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .body(asset.bytes.clone()))
}

fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(body) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .body(body),
        Err(_) => HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
