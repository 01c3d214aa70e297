//! `/admin/apps/{app}`: what is set up, what it would give whom, and what is to be handed out.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, web};

use super::kit::{given, kit, link_kit};
use super::xray::blank;
use super::{Admin, halls, lab};
use crate::config::App;
use crate::delivery::Target;
use crate::session::Session;
use crate::types::AppId;
use crate::web::error::Problem;
use crate::web::login::redirect;
use crate::web::pages::admin::{AppPage, ClaimLine, Hall, KeyPart, LabPart, LinkKit, Who, XrayPart};
use crate::web::portal::tile;
use crate::web::visit::Visit;
use crate::web::{form, headers, html};

pub async fn get(Admin(visit): Admin, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let app = app(&visit, &id)?;
    let given = given(&visit, app)?;
    let made = kit(&visit, app, &given);
    let refused = made.is_err() && !visit.request.query_string().is_empty();
    let status = if refused {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let session = session(&visit).await?;
    let parts = Parts {
        kit: link_kit(app, &given, made, refused),
        xray: blank(app),
        lab: lab::part(&visit, app, None),
    };
    Ok(page(&visit, app, &session, status, parts))
}

/// The page of an app, from the address of one of its forms: where a sign-in on the way ends.
pub async fn back(Admin(visit): Admin, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let app = app(&visit, &id)?;
    Ok(redirect(StatusCode::SEE_OTHER, &path(app)))
}

/// What differs from one answer to the next.
pub struct Parts {
    pub kit: LinkKit,
    pub xray: XrayPart,
    pub lab: LabPart,
}

pub fn page(visit: &Visit, app: &App, session: &Session, status: StatusCode, parts: Parts) -> HttpResponse {
    let Parts { kit, xray, lab } = parts;
    let policy = policy(visit, &lab);
    let title = |id: &_| {
        let provider = visit.config().provider(id);
        provider.map_or_else(String::new, |provider| provider.title.clone())
    };
    let page = AppPage {
        shell: visit.shell(),
        halls: halls(visit, Hall::Apps),
        tile: tile(visit, app),
        vendor: app.vendor,
        address: app.target.as_ref().map(Target::to_string),
        who: Who::new(&app.access, title),
        window: app.window,
        claims: app.recipe.expectations().map(ClaimLine::of).collect(),
        key: KeyPart::of(app, |path| visit.config().public_url.join(path)),
        xray,
        lab,
        kit,
        csrf: form::token(visit, session, &path(app)),
        script_url: visit.gateway.assets.copy_url().to_owned(),
    };
    let mut response = html(status, &page);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// The lab's form ends at the vendor's (C-10).
fn policy(visit: &Visit, lab: &LabPart) -> HeaderValue {
    let scripted = HeaderValue::from_static(headers::SCRIPTED);
    if !lab.is_on() {
        return scripted;
    }
    let (_, policy) = headers::form_policy(&visit.config().public_url);
    HeaderValue::try_from(format!("{policy}; script-src 'self'")).unwrap_or(scripted)
}

/// Whose form of this app's page it is, and its other fields.
pub async fn form(
    visit: &Visit,
    app: &App,
    body: &[u8],
) -> Result<(Session, Vec<(String, String)>), Problem> {
    form::read(visit, &path(app), body).await
}

async fn session(visit: &Visit) -> Result<Session, Problem> {
    let session = visit.session().await?;
    session.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "session.required"))
}

pub fn app<'a>(visit: &'a Visit, id: &str) -> Result<&'a App, Problem> {
    let app = AppId::parse(id).ok().and_then(|id| visit.config().app(&id));
    app.ok_or_else(Problem::app_unknown)
}

fn path(app: &App) -> String {
    format!("/admin/apps/{}", app.id)
}
