//! How a frame gets a session: the small window that its card opens hands a one-time code back to our own
//! origin, and the frame redeems it (C-33, S-209).

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use secrecy::ExposeSecret as _;

use super::body::Body;
use super::error::Problem;
use super::issue::{self, destination};
use super::launch::{forget_rounds, step_up, take};
use super::login;
use super::pages::HandedBack;
use super::visit::{Visit, pairs};
use super::{Gateway, fetch, headers, html};
use crate::audit::Record;
use crate::config::App;
use crate::session::attempt::{CHALLENGE, Destination};
use crate::session::cookie::Cookie;
use crate::session::frame::{self, Challenge};
use crate::session::{Session, SessionId};
use crate::store::SignInError;
use crate::types::AppId;

/// An app that may stand in frames.
pub fn framed_app<'a>(visit: &'a Visit, id: &str) -> Result<&'a App, Problem> {
    let app = AppId::parse(id).ok().and_then(|id| visit.config().app(&id));
    let app = app.ok_or_else(Problem::app_unknown)?;
    if app.origins.is_empty() || app.confirm {
        return Err(Problem::forbidden("launch.framed").of_app(&app.id));
    }
    Ok(app)
}

/// `GET /auth/handed-back`: the beginning and the end of the small window's way.
pub async fn handed_back(visit: Visit) -> Result<HttpResponse, Problem> {
    login::require_navigation(&visit)?;
    let mut given = visit.query()?;
    let app = framed_app(&visit, &take(&mut given, "app"))?;
    let challenge = Challenge::parse(&take(&mut given, CHALLENGE));
    let challenge = challenge.ok_or_else(|| Problem::bad_request("login.bad_request").of_app(&app.id))?;
    let params = app.params.accept(&given);
    let params = params.map_err(|error| Problem::from(error).of_app(&app.id))?;
    let back = Destination::Frame {
        app: app.id.clone(),
        params: params.to_pairs(),
        challenge,
    };
    let session = visit.session().await;
    let session = session.map_err(|problem| problem.towards(back.clone()))?;
    let Some(session) = session else {
        return login::first(&visit, back, None, "error-login-loop-check-session");
    };
    if !app.takes(&session.identity.provider) {
        return login::first(&visit, back, None, "error-login-loop-check-provider");
    }
    if let Some(home) = step_up(app, &session, &params, &visit) {
        return login::first(&visit, back, Some(home), "error-login-loop-check-provider");
    }
    let code = frame::issue(&visit.gateway.sealer, session.key, &app.id, challenge, visit.now);
    let page = HandedBack {
        shell: visit.shell(),
        app: &app.title,
        code: code.expose_secret(),
        launch: destination(app, &params).path(),
        script: visit.gateway.assets.handed_back_url(),
    };
    let mut response = html(StatusCode::OK, &page);
    let policy = header::HeaderValue::from_static(headers::SCRIPTED);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    forget_rounds(&visit, &mut response);
    Ok(response)
}

/// `POST /auth/frame`: the code for a session of the frame's own, which hangs on the window's.
pub async fn redeem(visit: Visit, Body(body): Body) -> Result<HttpResponse, Problem> {
    visit.require_own_form()?;
    if !fetch::is_same_origin(visit.request.headers()) {
        return Err(Problem::forbidden("csrf.invalid").because("csrf.foreign_origin"));
    }
    let mut form = pairs(&body)?;
    let app = framed_app(&visit, &take(&mut form, "app"))?;
    let refused = || Problem::forbidden("code.invalid").of_app(&app.id);
    let Gateway { jar, sealer, .. } = &*visit.gateway;
    let (code, verifier) = (take(&mut form, "code"), take(&mut form, "verifier"));
    let opened = frame::open(sealer, &app.id, &code, &verifier, visit.now).ok_or_else(refused)?;
    let parent = visit.session_of(opened.parent).await?;
    let parent = parent.filter(|parent| parent.parent.is_none());
    let parent = parent.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "session.required"))?;
    let own = visit.session_in_frame().await?;
    if own.is_some_and(|own| own.key == parent.key || own.parent == Some(parent.key)) {
        // On the same site the window's own cookie comes along; elsewhere this is the second time.
        return Ok(HttpResponse::NoContent().finish());
    }
    let person = &parent.identity;
    let counted = issue::count(&visit, person, || issue::limited(&visit, app, person)).await;
    counted.map_err(|problem| problem.of_app(&app.id))?;
    let record = Record::sign_in_in_frame(person, &app.id, app.vendor, &visit.occasion());
    let id = SessionId::random();
    let session = Session {
        key: id.key(),
        parent: Some(parent.key),
        id_token_sealed: None,
        last_seen: visit.now,
        ..parent
    };
    let begun = visit
        .gateway
        .store()
        .frame(&session, opened.hash, visit.frame_key(), record)
        .await;
    match begun {
        Ok(()) => {}
        Err(SignInError::AlreadyRedeemed | SignInError::LoggedOut) => return Err(refused()),
        Err(SignInError::Unavailable(error)) => return Err(error.into()),
    }
    tracing::info!(event = "frame.signed_in", request_id = %visit.reference, app = %app.id);
    let mut response = HttpResponse::NoContent().finish();
    Gateway::append_cookie(&mut response, &jar.set(Cookie::Frame, id.expose(), None));
    Ok(response)
}
