//! `/admin`: the pages for admins, and who may come in. A handler has nothing to show but through
//! [`Admin`], which it gets only for a request of one of them.

mod app;
mod apps;
mod audit;
mod kit;
mod lab;
mod overview;
mod sessions;
mod xray;

use actix_web::error::InternalError;
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, PayloadConfig, ServiceConfig};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev};
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use time::OffsetDateTime;

use super::error::Problem;
use super::pages::admin::{Hall, Halls};
use super::visit::Visit;
use super::{fetch, issue, login, notice, resource};
use crate::access::Denial;
use crate::audit::Record;
use crate::decision;
use crate::identity::Identity;
use crate::session::admin::AdminPage;
use crate::session::attempt::{Destination, Page};

pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(resource("/admin", "GET").route(web::get().to(overview::get)))
        .service(resource("/admin/apps", "GET").route(web::get().to(apps::list)))
        .service(resource("/admin/sessions", "GET").route(web::get().to(sessions::get)))
        .service(resource("/admin/sessions/{id}/end", "POST").route(web::post().to(sessions::end)))
        .service(resource("/admin/apps/{app}", "GET").route(web::get().to(app::get)))
        .service(resource("/admin/apps/{app}/link.ics", "GET").route(web::get().to(kit::calendar)))
        .service(resource("/admin/apps/{app}/link.svg", "GET").route(web::get().to(kit::picture)))
        .service(
            resource("/admin/apps/{app}/xray", "GET, POST")
                .app_data(PayloadConfig::new(xray::LARGEST_FORM))
                .route(web::get().to(app::back))
                .route(web::post().to(xray::post)),
        )
        .service(
            resource("/admin/apps/{app}/lab", "GET, POST")
                .route(web::get().to(lab::back))
                .route(web::post().to(lab::post)),
        )
        .service(resource("/admin/audit", "GET").route(web::get().to(audit::list)))
        .service(resource("/admin/audit.csv", "GET").route(web::get().to(audit::csv)))
        .service(resource("/admin/audit.jsonl", "GET").route(web::get().to(audit::jsonl)));
}

/// The visit of a signed-in admin, whose sign-in is recent enough.
pub struct Admin(Visit);

impl FromRequest for Admin {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let visit = Visit::of(request);
        async move {
            let visit = visit.ok_or_else(Problem::internal)?;
            match elsewhere(&visit).await? {
                None => Ok(Self(visit)),
                Some(answer) => Err(InternalError::from_response("has to sign in first", answer).into()),
            }
        }
        .boxed_local()
    }
}

fn halls(visit: &Visit, here: Hall) -> Halls {
    Halls {
        style_url: visit.gateway.assets.admin_style_url().to_owned(),
        here,
    }
}

/// Where the browser has to go first; `None` for an admin. Without `[admin]` there is nothing here.
async fn elsewhere(visit: &Visit) -> Result<Option<HttpResponse>, Problem> {
    let admins = visit.config().admin.as_ref().ok_or_else(Problem::not_found)?;
    // A page that pulls this one in must not write denials in the name of whoever looks at it.
    fetch::require_navigation(visit.request.headers()).map_err(|problem| problem.under("admin.refused"))?;
    let page = page(visit)?.ok_or_else(Problem::not_found)?;
    let here = Destination::Page(Page::Admin(page));
    let session = visit.session().await;
    let Some(session) = session.map_err(|problem| problem.towards(here.clone()))? else {
        if notice::wants_json(visit) {
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "session.required").towards(here));
        }
        return login::first(visit, here, None, "error-login-loop-check-session").map(Some);
    };
    let person = &session.identity;
    match admins.check(person, visit.now) {
        Ok(()) => Ok(None),
        Err(denial) if denial.calls_for_sign_in() => {
            let home = Some(&person.provider);
            login::first(visit, here, home, "error-login-loop-check-provider").map(Some)
        }
        Err(denial) => {
            let began = Some(session.created_at);
            Err(refuse(visit, person, began, &denial).await?.towards(here))
        }
    }
}

/// Where a sign-in leads back to. What a form asked for does not outlive one: its hall does.
fn page(visit: &Visit) -> Result<Option<AdminPage>, Problem> {
    let path = visit.request.path();
    if visit.request.method() == Method::GET {
        return Ok(AdminPage::at(path, &visit.query()?));
    }
    let hall: Vec<&str> = path.split('/').take(3).collect();
    Ok(AdminPage::at(&hall.join("/"), &[]))
}

/// Turns away an admin who comes back from the provider with an old sign-in, without a session or a
/// second round (C-22). Whoever is no admin signs in all the same, and is told so at the page.
pub async fn require_step_up(visit: &Visit, person: &Identity) -> Result<(), Problem> {
    let admins = visit.config().admin.as_ref();
    match admins.map(|admins| admins.check(person, visit.now)) {
        Some(Err(denial)) if denial.calls_for_sign_in() => Err(refuse(visit, person, None, &denial).await?),
        _ => Ok(()),
    }
}

/// Whatever leaves a row here counts towards the person's launches, and is none.
async fn count(visit: &Visit, person: &Identity, record: impl FnOnce() -> Record) -> Result<(), Problem> {
    let counted = issue::count(visit, person, record).await;
    counted.map_err(|problem| problem.under("admin.refused"))
}

fn limited(visit: &Visit, person: &Identity) -> Record {
    Record::admin_refused(person, "rate.limited", &visit.occasion())
}

/// Writes the denial down, and makes its page. It is a row in the audit trail, and so counts as a launch does.
async fn refuse(
    visit: &Visit,
    person: &Identity,
    session: Option<OffsetDateTime>,
    denial: &Denial,
) -> Result<Problem, Problem> {
    let code = match denial {
        Denial::NotAllowed => "admin.not_allowed",
        denial => denial.code(),
    };
    count(visit, person, || limited(visit, person)).await?;
    let mut record = Record::admin_refused(person, denial.code(), &visit.occasion());
    record.decision =
        (visit.config().admin.as_ref()).map(|admins| decision::of_admins(admins, person, session, visit.now));
    visit.gateway.store().record(record).await?;
    let problem = Problem::forbidden(code).because(denial.code());
    Ok(problem.under("admin.refused").at_provider(&person.provider))
}
