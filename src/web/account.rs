//! `/account`: who am I, from where, my sessions, sign out everywhere.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use time::OffsetDateTime;

use super::body::Body;
use super::error::Problem;
use super::pages::{Account, Device, Opened};
use super::visit::Visit;
use super::{form, html, learned, login, logout, notice};
use crate::audit::Record;
use crate::identity::Identity;
use crate::session::Session;
use crate::session::attempt::{Destination, Page};
use crate::types::AppId;

/// One token serves every form of the page.
const FORM: &str = "/account";

/// How many of the last launches are shown.
const LAUNCHES: u32 = 10;

pub async fn get(visit: Visit) -> Result<HttpResponse, Problem> {
    let here = Destination::Page(Page::Account);
    let Some(session) = visit.session().await? else {
        if notice::wants_json(&visit) {
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "session.required").towards(here));
        }
        return login::first(&visit, here, None, "error-login-loop-check-session");
    };
    let identity = session.identity.clone();
    let sessions = visit
        .gateway
        .store()
        .sessions_of(&identity.issuer, &identity.subject)
        .await?;
    let alive = sessions
        .iter()
        .filter(|s| s.is_alive(visit.config().session, visit.now));
    let device = |other: &Session| Device {
        id: other.key.name().to_string(),
        this: other.key == session.key,
        started: other.created_at,
        last_seen: other.last_seen,
    };
    let page = Account {
        shell: visit.shell(),
        email_verified: identity.email_verified,
        learning: learned::by_apps(&visit, &identity),
        launches: last_launches(&visit, &identity).await,
        groups: identity.groups,
        signed_in_at: session.created_at,
        sessions: alive.map(device).collect(),
        csrf: form::token(&visit, &session, FORM),
        switch_href: format!("{}&switch=1", here.login_path()),
        now: visit.now,
    };
    Ok(html(StatusCode::OK, &page))
}

/// What the person has opened last; none where the store does not say, which keeps nobody from ending a
/// session.
async fn last_launches(visit: &Visit, person: &Identity) -> Option<Vec<Opened>> {
    let launches = visit.gateway.store().last_launches(person, LAUNCHES).await.ok()?;
    let opened = |(app, at): (AppId, OffsetDateTime)| {
        let known = visit.config().app(&app);
        Opened {
            app: known.map_or_else(|| app.to_string(), |app| app.title.clone()),
            at,
        }
    };
    Some(launches.into_iter().map(opened).collect())
}

/// Ends one of the person's own sessions, and nobody else's.
pub async fn end(visit: Visit, id: web::Path<String>, Body(body): Body) -> Result<HttpResponse, Problem> {
    let (session, _) = form::read(&visit, FORM, &body).await?;
    let identity = &session.identity;
    let sessions = visit
        .gateway
        .store()
        .sessions_of(&identity.issuer, &identity.subject)
        .await?;
    let Some(target) = sessions.iter().find(|other| other.key.name().to_string() == *id) else {
        return Ok(login::redirect(StatusCode::SEE_OTHER, FORM));
    };
    visit
        .gateway
        .store()
        .end_session(
            &target.key,
            Record::sign_out(identity, &visit.occasion()).because("account.one"),
        )
        .await?;
    tracing::info!(event = "sign_out", reason = "account.one", request_id = %visit.reference);
    if target.key == session.key {
        return logout::leave(&visit, &session).await;
    }
    Ok(login::redirect(StatusCode::SEE_OTHER, FORM))
}

pub async fn end_all(visit: Visit, Body(body): Body) -> Result<HttpResponse, Problem> {
    let (session, _) = form::read(&visit, FORM, &body).await?;
    let identity = &session.identity;
    let record = Record::sign_out(identity, &visit.occasion()).because("account.everywhere");
    visit
        .gateway
        .store()
        .end_sessions_of(&identity.issuer, &identity.subject, record)
        .await?;
    tracing::info!(event = "sign_out", reason = "account.everywhere", request_id = %visit.reference);
    logout::leave(&visit, &session).await
}
