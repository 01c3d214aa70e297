//! The JSON API: an app's token for the page that runs the vendor's SDK, and the tiles.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode, header};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::body::Body;
use super::cors::{self, Caller};
use super::error::Problem;
use super::issue::{Entry, Issued, Once, destination};
use super::launch::take;
use super::portal;
use super::visit::{Visit, pairs};
use crate::config::{App, Handover};
use crate::delivery::{self, Launch};
use crate::identity::strict_json;
use crate::mint::{self, Refusal};
use crate::params::{self, ParamError};
use crate::session::attempt::{Destination, Page};
use crate::session::handover;
use crate::vendors;

/// `POST /api/apps/{app}/token`. What it is given stands in the body, and nothing in the query.
pub async fn post(visit: Visit, Body(body): Body) -> Result<HttpResponse, Problem> {
    let app = app(&visit)?;
    let given = || match visit.query()?.into_iter().next() {
        Some((name, _)) => Err(ParamError::Undeclared(name).into()),
        None => given(&visit, &body),
    };
    answer(&visit, app, given).await
}

/// `GET` on the same path, for vendors whose SDK needs it.
pub async fn get(visit: Visit) -> Result<HttpResponse, Problem> {
    let app = app(&visit)?;
    if !takes_get(app) {
        return Err(wrong_method(app));
    }
    answer(&visit, app, || visit.query()).await
}

pub async fn other_method(visit: Visit) -> Result<HttpResponse, Problem> {
    Err(wrong_method(app(&visit)?))
}

/// What a browser asks before it sends a page's request. Nobody is told anything but a page of a
/// listed origin, and the origin itself is granted where every answer's is.
pub async fn preflight(visit: Visit) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    let listed = app(&visit)
        .ok()
        .filter(|app| Caller::of(visit.request.headers(), app, visit.config()) == Caller::Listed);
    if let Some(app) = listed {
        let methods = if takes_get(app) { "GET, POST" } else { "POST" };
        response
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, methods))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"));
    }
    response.finish()
}

/// `GET /api/apps`: the portal's tiles.
pub async fn apps(visit: Visit) -> Result<HttpResponse, Problem> {
    let Some(session) = visit.session().await? else {
        let home = Destination::Page(Page::Portal);
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "session.required").towards(home));
    };
    let public_url = &visit.config().public_url;
    let tile = |app: &App| {
        let icon = visit.gateway.assets.icon_url(&app.id);
        json!({
            "id": app.id.as_str(),
            "title": app.title,
            "description": app.description,
            "category": app.category,
            "icon": icon.map(|path| public_url.join(path)),
            "launch_url": public_url.join(&format!("/launch/{}", app.id)),
            "new_tab": app.new_tab,
        })
    };
    let tiles: Value = portal::open_to(&visit, &session.identity).map(tile).collect();
    Ok(json_answer(tiles.to_string()))
}

fn app(visit: &Visit) -> Result<&App, Problem> {
    cors::token_api(visit.request.uri().path(), visit.config()).ok_or_else(Problem::app_unknown)
}

fn takes_get(app: &App) -> bool {
    vendors::find(app.vendor).is_some_and(|vendor| vendor.get)
}

fn wrong_method(app: &App) -> Problem {
    let allow = if takes_get(app) {
        "GET, OPTIONS, POST"
    } else {
        "OPTIONS, POST"
    };
    Problem::method_not_allowed(allow).of_app(&app.id)
}

async fn answer(
    visit: &Visit,
    app: &App,
    given: impl FnOnce() -> Result<Vec<(String, String)>, Problem>,
) -> Result<HttpResponse, Problem> {
    let refused = |problem: Problem| problem.under("launch.refused").of_app(&app.id);
    let caller = Caller::of(visit.request.headers(), app, visit.config());
    require_known(caller, visit).map_err(refused)?;
    if app.confirm {
        return Err(refused(Problem::forbidden("launch.needs_confirm")));
    }
    let mut given = given().map_err(refused)?;
    let code = code_in(&mut given, visit, app);
    let params = app
        .params
        .accept(&given)
        .and_then(|params| app.params.complete(&params).map(|()| params))
        .map_err(|error| refused(Problem::from(error)))?;
    let signed_out = |code| Problem::new(StatusCode::UNAUTHORIZED, code).towards(destination(app, &params));
    let may_use_frame = !app.origins.is_empty() && matches!(caller, Caller::Listed | Caller::Ours);
    let (session, once) = match code {
        None if may_use_frame => (visit.session_in_frame().await?, None),
        None => (visit.session().await?, None),
        Some(code) => {
            let opened = (caller == Caller::Listed)
                .then(|| handover::open(&visit.gateway.sealer, &app.id, &code, visit.now))
                .flatten();
            let opened = opened.ok_or_else(|| refused(Problem::forbidden("code.invalid")))?;
            let once = Once {
                hash: opened.hash,
                used: "code.invalid",
            };
            (visit.session_of(opened.session).await?, Some(once))
        }
    };
    let Some(session) = session else {
        return Err(signed_out("session.required"));
    };
    if !app.takes(&session.identity.provider) {
        let problem = signed_out("login.wrong_provider");
        return Err(match app.providers.first() {
            Some(provider) => problem.at_provider(provider),
            None => problem,
        });
    }
    if mint::step_up_is_due(app, &session.identity, &params, visit.now) {
        return Err(signed_out("login.step_up").at_provider(&session.identity.provider));
    }
    let entry = Entry {
        visit,
        app,
        session: &session,
        params: &params,
    };
    let Issued {
        receipt,
        address,
        claims,
    } = entry.issue(once).await?;
    let launch = delivery::answer(
        receipt,
        &app.answer,
        &app.delivery,
        address.as_ref(),
        claims.as_map(),
    )
    .map_err(|error| Problem::refusal(&Refusal::TooLong(error)).of_app(&app.id))?;
    match launch {
        Launch::Json(body) => {
            metrics::counter!("usher_token_answers_total", "app" => app.id.as_str().to_owned()).increment(1);
            Ok(json_answer(body.expose_secret().to_owned()))
        }
        Launch::Redirect(_) | Launch::Form(_) => Err(Problem::internal()),
    }
}

/// The code that a page hands in in place of a cookie (C-32), taken out of what was given. Empty
/// where it was given more than once.
fn code_in(given: &mut Vec<(String, String)>, visit: &Visit, app: &App) -> Option<String> {
    let brought = app.handover == Handover::Code
        && visit.request.method() == Method::POST
        && given.iter().any(|(name, _)| name == "code");
    brought.then(|| take(given, "code"))
}

/// A page of ours or of an origin that the app lists. Without `Origin` only a browser that vouches
/// for the page is believed (C-36), so that no link and no form of a stranger's gets through.
fn require_known(caller: Caller, visit: &Visit) -> Result<(), Problem> {
    let known = match caller {
        Caller::Listed | Caller::Ours => true,
        Caller::Unsaid => visit.header("sec-fetch-site") == Some("same-origin"),
        Caller::Foreign => false,
    };
    if known {
        Ok(())
    } else {
        Err(Problem::forbidden("origin.not_allowed"))
    }
}

/// The pairs of a flat JSON object or of a form. `text/plain`, which a stranger's page may send
/// without asking first, is neither (C-55).
fn given(visit: &Visit, body: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    let mut kinds = visit.request.headers().get_all(header::CONTENT_TYPE);
    let kind = match (kinds.next(), kinds.next()) {
        (None, _) if body.is_empty() => return Ok(Vec::new()),
        (Some(kind), None) => kind.to_str().unwrap_or_default(),
        _ => "",
    };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        let object = strict_json::object(body).map_err(|_| Problem::bad_request("params.not_json"))?;
        Ok(params::flat(object)?)
    } else if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        pairs(body)
    } else {
        let unsupported = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Err(Problem::new(unsupported, "media_type.unsupported"))
    }
}

fn json_answer(body: String) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(body)
}
