//! `GET /launch/{app}`: the click. `POST`: the same from a confirm page.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use secrecy::ExposeSecret as _;

use super::body::Body;
use super::embed::{self, Asker, Place};
use super::error::Problem;
use super::issue::{Entry, Issued, Once, destination};
use super::pages::{Confirm, HandOver};
use super::text::Text;
use super::visit::{Visit, pairs};
use super::{Gateway, console, fetch, headers, html, login};
use crate::config::{App, Handover};
use crate::delivery::{self, Delivery, Launch};
use crate::mint::{self, Refusal};
use crate::params::{ParamError, Params};
use crate::session::attempt::Destination;
use crate::session::cookie::Cookie;
use crate::session::{Session, csrf, handover};
use crate::types::ProviderId;

pub const PREFIX: &str = "/launch/";

pub async fn get(visit: Visit) -> Result<HttpResponse, Problem> {
    let app = visit.app(PREFIX)?;
    if app.target.is_none() {
        return Err(Problem::no_page(&app.id));
    }
    let place = Place::of(&visit, app)?;
    let mut given = visit.query()?;
    let asker = Asker::take(place, &mut given);
    let Asked { params, provider } = asked(&visit, app, given)?;
    let destination = destination(app, &params);
    if place != Place::Window && app.confirm {
        // The question must not stand where another page can lie on top of it (S-231).
        let refused = Problem::forbidden("launch.needs_confirm").under("launch.refused");
        return Err(refused.towards(destination));
    }
    let session = match place {
        Place::Gate => return Ok(embed::gate(&visit, app, &destination, asker)),
        Place::Frame => visit.session_in_frame().await,
        Place::Window => visit.session().await,
    };
    let session = session.map_err(|problem| problem.towards(destination.clone()))?;
    let framed = place == Place::Frame;
    let Some(session) = session else {
        if framed {
            return Ok(embed::card(&visit, app, &destination, false));
        }
        return login::first(&visit, destination, provider, "error-login-loop-check-session");
    };
    let home = step_up(app, &session, &params, &visit);
    let taken = app.takes(&session.identity.provider);
    if framed && (home.is_some() || !taken) {
        return Ok(embed::card(&visit, app, &destination, true));
    }
    if !taken {
        return login::first(&visit, destination, provider, "error-login-loop-check-provider");
    }
    if home.is_some() {
        return login::first(&visit, destination, home, "error-login-loop-check-provider");
    }
    let entry = Entry {
        visit: &visit,
        app,
        session: &session,
        params: &params,
    };
    if app.confirm {
        entry.prepare().await?;
        return confirm(&visit, app, &session, &params, &destination);
    }
    let mut response = match &app.delivery {
        Delivery::PostMessage(vendor) => console::open(entry, vendor).await?,
        _ => hand_over(entry, None, StatusCode::FOUND).await?,
    };
    forget_rounds(&visit, &mut response);
    Ok(response)
}

pub async fn post(visit: Visit, Body(body): Body) -> Result<HttpResponse, Problem> {
    let app = visit.app(PREFIX)?;
    if app.target.is_none() {
        return Err(Problem::no_page(&app.id));
    }
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
            None,
            "error-login-loop-check-session",
        );
    };
    let form_path = visit.request.path().to_owned();
    let hash = csrf::check(&visit.gateway.sealer, session.key, &form_path, &token, visit.now)
        .ok_or_else(|| Problem::forbidden("csrf.invalid").towards(destination(app, &params)))?;
    if let Some(home) = step_up(app, &session, &params, &visit) {
        let on = destination(app, &params);
        return login::first(&visit, on, Some(home), "error-login-loop-check-provider");
    }
    let entry = Entry {
        visit: &visit,
        app,
        session: &session,
        params: &params,
    };
    let used = "csrf.invalid";
    hand_over(entry, Some(Once { hash, used }), StatusCode::SEE_OTHER).await
}

/// What a launch link asks for.
pub struct Asked<'a> {
    pub params: Params,
    /// The provider whose portal the link stands in.
    pub provider: Option<&'a ProviderId>,
}

/// Reads the parameters of a launch link. The portals of some providers add their own issuer to
/// every link (OpenID Connect Core 1.0, section 4): it may say where to sign in, and is otherwise
/// as good as not there. Any other `iss` is a parameter that nobody declared.
pub fn asked<'a>(visit: &'a Visit, app: &App, given: Vec<(String, String)>) -> Result<Asked<'a>, Problem> {
    let refused = |error| Problem::from(error).of_app(&app.id);
    let is_stray = |(name, _): &(String, String)| name == "iss" && app.params.is_optional(name).is_none();
    let (stray, given): (Vec<_>, Vec<_>) = given.into_iter().partition(is_stray);
    let provider = match stray.as_slice() {
        [] => None,
        [(name, issuer)] => {
            let mut known = visit.config().providers_of(issuer).peekable();
            if known.peek().is_none() {
                return Err(refused(ParamError::Undeclared(name.clone())));
            }
            known.map(|provider| &provider.id).find(|id| app.takes(id))
        }
        [(name, _), ..] => return Err(refused(ParamError::Repeated(name.clone()))),
    };
    let params = app.params.accept(&given).map_err(refused)?;
    Ok(Asked { params, provider })
}

/// The provider at which this person has to sign in anew for this app, where it is due.
pub fn step_up<'a>(
    app: &App,
    session: &'a Session,
    params: &Params,
    visit: &Visit,
) -> Option<&'a ProviderId> {
    let person = &session.identity;
    mint::step_up_is_due(app, person, params, visit.now).then_some(&person.provider)
}

/// Hands over what was issued.
async fn hand_over(
    entry: Entry<'_>,
    once: Option<Once>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let (visit, app) = (entry.visit, entry.app);
    let launch = if app.delivery == Delivery::Json || app.handover == Handover::Code {
        let (receipt, address) = entry.pass().await?;
        let coded = app.handover == Handover::Code;
        let code =
            coded.then(|| handover::issue(&visit.gateway.sealer, entry.session.key, &app.id, visit.now));
        delivery::pass_on(receipt, &address, code.as_ref())
    } else {
        let Issued { receipt, address, .. } = entry.issue(once).await?;
        let address = address.ok_or_else(|| Problem::no_page(&app.id))?;
        delivery::hand_over(receipt, &address, &app.delivery)
            .map_err(|error| Problem::refusal(&Refusal::TooLong(error)).of_app(&app.id))?
    };
    match launch {
        Launch::Redirect(address) => Ok(HttpResponse::build(status)
            .insert_header((header::LOCATION, address.expose_secret()))
            .finish()),
        Launch::Form(form) => hand_over_form(visit, app, &form),
        Launch::Json(_) => Err(Problem::internal()),
    }
}

fn hand_over_form(visit: &Visit, app: &App, form: &delivery::Form) -> Result<HttpResponse, Problem> {
    self_posting(
        visit,
        &HandOver {
            shell: visit.shell(),
            heading: Text::new("hand-over-title").with("app", app.title.as_str()),
            lead: Text::new("hand-over-text"),
            button: Text::new("hand-over-button").with("app", app.title.as_str()),
            action: &form.action,
            fields: &[(&form.field, form.token.expose_secret())],
            script: visit.gateway.assets.submit_url(),
        },
    )
}

/// A page whose form goes on by itself, and has a button where scripts are off (C-10).
pub fn self_posting(visit: &Visit, page: &HandOver<'_>) -> Result<HttpResponse, Problem> {
    let mut response = html(StatusCode::OK, page);
    let (name, policy) = headers::form_policy(&visit.config().public_url);
    let policy = format!("{policy}; script-src 'self'");
    let policy = policy.parse().map_err(|_| Problem::internal())?;
    response.headers_mut().insert(name, policy);
    Ok(response)
}

pub fn forget_rounds(visit: &Visit, response: &mut HttpResponse) {
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
