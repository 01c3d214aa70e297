//! `GET /launch/{app}`: the click. `POST`: the same from a confirm page.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use secrecy::ExposeSecret as _;

use super::body::Body;
use super::error::Problem;
use super::pages::{Confirm, HandOver};
use super::visit::{Visit, pairs};
use super::{Gateway, fetch, headers, html, login};
use crate::audit::{Receipt, Record};
use crate::config::App;
use crate::delivery::{self, Launch};
use crate::identity::Identity;
use crate::mint::{self, Minted, Refusal};
use crate::params::Params;
use crate::session::attempt::Destination;
use crate::session::cookie::Cookie;
use crate::session::{Session, csrf};
use crate::store::LaunchError;

const PREFIX: &str = "/launch/";

pub async fn get(visit: Visit) -> Result<HttpResponse, Problem> {
    let app = visit.app(PREFIX)?;
    fetch::require_navigation(visit.request.headers()).map_err(|problem| problem.of_app(&app.id))?;
    let params = app
        .params
        .accept(&visit.query()?)
        .map_err(|error| Problem::from(error).of_app(&app.id))?;
    let destination = destination(app, &params);
    let session = visit
        .session()
        .await
        .map_err(|problem| problem.towards(destination.clone()))?;
    let Some(session) = session else {
        return login::first(&visit, destination, "error-login-loop-check-session");
    };
    if !app.takes(&session.identity.provider) {
        return login::first(&visit, destination, "error-login-loop-check-provider");
    }
    if app.confirm {
        // Whoever would be refused is not asked first.
        if let Err(refusal) = mint::prepare(app, &session.identity, &params, visit.now) {
            // It is a row in the audit trail, and so counts as a launch does.
            count(&visit, app, &session, &params)?;
            return Err(refuse(&visit, app, &session, &params, &refusal).await?);
        }
        return confirm(&visit, app, &session, &params, &destination);
    }
    let mut response = hand_over(&visit, app, &session, &params, None, StatusCode::FOUND).await?;
    forget_rounds(&visit, &mut response);
    Ok(response)
}

pub async fn post(visit: Visit, Body(body): Body) -> Result<HttpResponse, Problem> {
    let app = visit.app(PREFIX)?;
    fetch::require_navigation(visit.request.headers()).map_err(|problem| problem.of_app(&app.id))?;
    if !app.confirm {
        return Err(Problem::method_not_allowed("GET").of_app(&app.id));
    }
    visit.require_own_form()?;
    let mut form = pairs(&body)?;
    let token = take(&mut form, "csrf");
    let params = app
        .params
        .accept(&form)
        .map_err(|error| Problem::from(error).of_app(&app.id))?;
    let Some(session) = visit.session().await? else {
        return login::first(
            &visit,
            destination(app, &params),
            "error-login-loop-check-session",
        );
    };
    let form_path = visit.request.path().to_owned();
    let redeem = csrf::check(&visit.gateway.sealer, session.key, &form_path, &token, visit.now)
        .ok_or_else(|| Problem::forbidden("csrf.invalid").towards(destination(app, &params)))?;
    hand_over(
        &visit,
        app,
        &session,
        &params,
        Some(redeem),
        StatusCode::SEE_OTHER,
    )
    .await
}

/// Mints, records, hands over: in this order, and no token without its record.
async fn hand_over(
    visit: &Visit,
    app: &App,
    session: &Session,
    params: &Params,
    redeem: Option<[u8; 32]>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let person = &session.identity;
    count(visit, app, session, params)?;
    let minted = match mint(visit, app, person, params).await? {
        Ok(minted) => minted,
        Err(refusal) => return Err(refuse(visit, app, session, params, &refusal).await?),
    };
    let address = minted.address.clone().ok_or_else(Problem::not_found)?;
    let receipt = record(visit, app, session, params, minted, redeem).await?;
    let launch = delivery::hand_over(receipt, &address, &app.delivery)
        .map_err(|error| Problem::refusal(&Refusal::TooLong(error)).of_app(&app.id))?;
    match launch {
        Launch::Redirect(address) => Ok(HttpResponse::build(status)
            .insert_header((header::LOCATION, address.expose_secret()))
            .finish()),
        Launch::Form(form) => hand_over_form(visit, app, &form),
    }
}

/// The one mint path, with the room found on the way where the vendor has rooms (C-6).
pub async fn mint(
    visit: &Visit,
    app: &App,
    person: &Identity,
    params: &Params,
) -> Result<Result<Minted, Refusal>, Problem> {
    let granted = match mint::grant(app, person, params, visit.now) {
        Ok(granted) => granted,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let session_id = match granted.room() {
        Some(room) => {
            let gateway = &visit.gateway;
            let found = gateway
                .rooms
                .session_id(&gateway.store, room, &app.key, visit.now);
            Some(
                found
                    .await
                    .map_err(|error| Problem::from(error).of_app(&app.id))?,
            )
        }
        None => None,
    };
    let prepared = granted.prepare(session_id.as_deref(), visit.now);
    Ok(prepared.and_then(|prepared| prepared.sign(app)))
}

/// Writes the launch down, durably; only then is there a receipt.
pub async fn record(
    visit: &Visit,
    app: &App,
    session: &Session,
    params: &Params,
    minted: Minted,
    redeem: Option<[u8; 32]>,
) -> Result<Receipt, Problem> {
    let person = &session.identity;
    let record = Record::launch(person, &app.id, app.vendor, &minted.roles, &visit.occasion());
    let receipt = visit
        .gateway
        .store
        .launch(minted.token, record, redeem)
        .await
        .map_err(|error| match error {
            LaunchError::AlreadyRedeemed => {
                Problem::forbidden("csrf.invalid").towards(destination(app, params))
            }
            LaunchError::Unavailable(error) => Problem::from(error)
                .under("launch.refused")
                .towards(destination(app, params)),
        })?;
    tracing::info!(event = "launch", request_id = %visit.reference, app = %app.id, id = %receipt.id());
    metrics::counter!("usher_launches_total", "app" => app.id.as_str().to_owned(), "outcome" => "ok", "reason" => "")
        .increment(1);
    Ok(receipt)
}

/// A page whose form goes on by itself, and has a button where scripts are off (C-10).
fn hand_over_form(visit: &Visit, app: &App, form: &delivery::Form) -> Result<HttpResponse, Problem> {
    let page = HandOver {
        shell: visit.shell(),
        title: app.title.clone(),
        action: &form.action,
        field: &form.field,
        token: form.token.expose_secret(),
        script: visit.gateway.assets.submit_url(),
    };
    let mut response = html(StatusCode::OK, &page);
    let (name, policy) = headers::form_policy(&visit.config().public_url);
    let policy = format!("{policy}; script-src 'self'");
    let policy = policy.parse().map_err(|_| Problem::internal())?;
    response.headers_mut().insert(name, policy);
    Ok(response)
}

/// Counts one launch of this person, or refuses it.
fn count(visit: &Visit, app: &App, session: &Session, params: &Params) -> Result<(), Problem> {
    let person = &session.identity;
    let counted = visit
        .gateway
        .launches
        .count((person.issuer.clone(), person.subject.clone()));
    counted.map_err(|seconds| {
        Problem::too_many(seconds)
            .under("launch.refused")
            .towards(destination(app, params))
    })
}

/// Writes the denial down, and makes its page.
async fn refuse(
    visit: &Visit,
    app: &App,
    session: &Session,
    params: &Params,
    refusal: &Refusal,
) -> Result<Problem, Problem> {
    let record = Record::denied(
        &session.identity,
        &app.id,
        app.vendor,
        refusal.code(),
        &visit.occasion(),
    );
    visit.gateway.store.record(record).await?;
    Ok(Problem::refusal(refusal)
        .at_provider(&session.identity.provider)
        .towards(destination(app, params)))
}

fn destination(app: &App, params: &Params) -> Destination {
    Destination::App {
        app: app.id.clone(),
        params: params.to_pairs(),
    }
}

fn forget_rounds(visit: &Visit, response: &mut HttpResponse) {
    let jar = visit.gateway.jar;
    if visit.cookies.get(&jar.name(Cookie::Rounds)).one().is_some() {
        Gateway::append_cookie(response, &jar.delete(Cookie::Rounds));
    }
}

fn confirm(
    visit: &Visit,
    app: &App,
    session: &Session,
    params: &Params,
    destination: &Destination,
) -> Result<HttpResponse, Problem> {
    let path = visit.request.path();
    let page = Confirm {
        shell: visit.shell(),
        app: app.id.clone(),
        title: app.title.clone(),
        csrf: csrf::issue(&visit.gateway.sealer, session.key, path, visit.now),
        params: params.to_pairs(),
        switch_href: format!("{}&switch=1", destination.login_path()),
    };
    let mut response = html(StatusCode::OK, &page);
    let (name, policy) = headers::form_policy(&visit.config().public_url);
    response
        .headers_mut()
        .insert(name, policy.parse().map_err(|_| Problem::internal())?);
    Ok(response)
}

/// Takes a field out of a form; empty where it is missing or repeated.
pub fn take(form: &mut Vec<(String, String)>, field: &str) -> String {
    let (found, rest): (Vec<_>, Vec<_>) = std::mem::take(form)
        .into_iter()
        .partition(|(name, _)| name == field);
    *form = rest;
    match <[(String, String); 1]>::try_from(found) {
        Ok([(_, value)]) => value,
        Err(_) => String::new(),
    }
}
