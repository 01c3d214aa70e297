//! The page, or the problem JSON, for a [`Problem`].

use actix_web::http::{ConnectionType, StatusCode, header};
use actix_web::{HttpMessage as _, HttpResponse};
use serde_json::json;

use super::around::{Message, Told};
use super::error::{Problem, account_matters, sign_in_matters};
use super::guard::InFrame;
use super::pages::{Action, Contact, Moment, Notice, Shell, Wait};
use super::text::{Arg, ErrorTexts, Text, error};
use super::visit::{Seen, Visit};
use super::{Gateway, headers, html};
use crate::session::attempt::{Destination, Page};

pub fn render(problem: &Problem, visit: &Visit) -> HttpResponse {
    log(problem, visit);
    let texts = texts(problem, visit);
    let mut response = if wants_json(visit) {
        problem_json(problem, &texts, visit)
    } else {
        let app = problem.app.as_ref().and_then(|id| visit.config().app(id));
        let contact = app
            .and_then(|app| app.contact.as_deref())
            .and_then(Contact::parse);
        let support = visit
            .config()
            .brand
            .support_url
            .as_ref()
            .map(|url| Contact::Url(url.to_string()));
        html(
            problem.status,
            &Notice {
                shell: Shell {
                    told: told(visit),
                    ..visit.shell()
                },
                texts,
                moment: moment(problem, visit),
                details: problem.details.iter().map(|key| Text::new(key)).collect(),
                app: app.map(|app| app.title.clone()),
                actions: actions(problem, visit),
                contact: contact.or(support),
                reference: Some(visit.reference.clone()),
                copy_url: visit.gateway.assets.copy_url().to_owned(),
            },
        )
    };
    for cookie in &problem.cookies {
        Gateway::append_cookie(&mut response, cookie);
    }
    if problem.status == StatusCode::REQUEST_TIMEOUT {
        // The rest of it would be taken for the next request.
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    let headers = response.headers_mut();
    if !wants_json(visit) {
        let policy = header::HeaderValue::from_static(headers::SCRIPTED);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if let Some(seconds) = problem.seconds.or_else(|| until(problem, visit)) {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(allow) = problem.allow {
        headers.insert(header::ALLOW, header::HeaderValue::from_static(allow));
    }
    response
}

fn told(visit: &Visit) -> Option<Told> {
    let extensions = visit.request.extensions();
    let InFrame(origins) = extensions.get()?;
    Some(Told::new(visit, origins, &Message::Refused))
}

/// The whole seconds until the app opens.
fn until(problem: &Problem, visit: &Visit) -> Option<u64> {
    let left = problem.when? - visit.now;
    let seconds = u64::try_from(left.whole_seconds()).ok()?;
    left.is_positive().then_some(seconds + 1)
}

fn moment(problem: &Problem, visit: &Visit) -> Option<Moment> {
    let on = problem.destination.as_ref().map(Destination::path);
    let wait = until(problem, visit).zip(on);
    Some(Moment {
        at: problem.when?,
        wait: wait.map(|(seconds, href)| Wait { seconds, href }),
        script_url: visit.gateway.assets.opens_url().to_owned(),
    })
}

/// What the page of a problem says.
pub fn texts(problem: &Problem, visit: &Visit) -> ErrorTexts {
    let mut texts = error(problem.code);
    if let Some(Seen(person)) = visit.request.extensions().get::<Seen>() {
        texts = texts.with("provider", person.provider.clone());
    }
    if let Some(name) = &problem.name {
        texts = texts.with("name", name.chars().take(64).collect::<String>());
    }
    if let Some(claim) = &problem.claim {
        texts = texts.with("claim", claim.clone());
    }
    if let Some(app) = problem.app.as_ref().and_then(|id| visit.config().app(id)) {
        texts = texts.with("app", app.title.clone());
    }
    if let Some(provider) = problem
        .provider
        .as_ref()
        .and_then(|id| visit.config().provider(id))
    {
        texts = texts.with("provider", provider.title.clone());
    }
    if let Some(Destination::Page(Page::Admin(_))) = &problem.destination {
        texts = texts.with("app", Arg::Key("admin-title"));
    }
    if let Some(seconds) = problem.seconds {
        texts = texts.with("seconds", seconds);
    }
    texts
}

/// The buttons: on towards where the person wanted to go, as another account, or back home.
fn actions(problem: &Problem, visit: &Visit) -> Vec<Action> {
    let signed_in = visit.request.extensions().get::<Seen>().is_some();
    let mut actions = Vec::new();
    let destination = problem
        .destination
        .clone()
        .unwrap_or(Destination::Page(Page::Portal));
    if sign_in_matters(problem.code) {
        let provider = problem.provider.as_ref().map(|id| format!("&provider={id}"));
        let again = format!("{}{}", destination.login_path(), provider.unwrap_or_default());
        actions.push(Action::start_again(again));
        actions.push(Action::use_another_account(format!(
            "{}&switch=1",
            destination.login_path()
        )));
    } else if account_matters(problem.code) && signed_in {
        actions.push(Action::use_another_account(format!("{}&switch=1", destination.login_path())).primary());
    } else if problem.event == "sign_in.failed" {
        let provider = problem
            .provider
            .as_ref()
            .map(|id| format!("&provider={id}"))
            .unwrap_or_default();
        actions.push(Action::start_again(format!(
            "{}{provider}",
            destination.login_path()
        )));
    } else if problem.status == StatusCode::SERVICE_UNAVAILABLE
        || problem.status == StatusCode::TOO_MANY_REQUESTS
    {
        actions.push(Action::try_again(destination.path()));
    }
    if problem.code == "launch.needs_confirm" {
        actions.push(Action::open_in_tab(destination.path()));
    }
    let home = Action::to_portal();
    // Whoever waits for an app to open has nothing to press.
    let first = actions.is_empty() && problem.code != "window.not_open";
    actions.push(if first { home.primary() } else { home });
    actions
}

/// JSON callers: those who ask for it, and scripts.
pub fn wants_json(visit: &Visit) -> bool {
    let accept = visit.header(header::ACCEPT).unwrap_or_default();
    visit.request.path().starts_with("/api/") || (accept.contains("json") && !accept.contains("text/html"))
}

fn problem_json(problem: &Problem, texts: &ErrorTexts, visit: &Visit) -> HttpResponse {
    let lang = visit.lang();
    let mut body = json!({
        "type": "about:blank",
        "title": lang.plain(&texts.title),
        "status": problem.status.as_u16(),
        "detail": lang.plain(&texts.text),
        "code": problem.code,
        "reference": visit.reference.as_str(),
    });
    if let (StatusCode::UNAUTHORIZED, Some(destination)) = (problem.status, &problem.destination) {
        body["login_url"] = visit.config().public_url.join(&destination.login_path()).into();
    }
    HttpResponse::build(problem.status)
        .content_type("application/problem+json")
        .body(body.to_string())
}

fn log(problem: &Problem, visit: &Visit) {
    let reason = problem.reason;
    let app = problem.app.as_ref().map(tracing::field::display);
    let provider = problem.provider.as_ref().map(tracing::field::display);
    match problem.event {
        "sign_in.failed" => {
            let known = problem
                .provider
                .as_ref()
                .filter(|id| visit.config().provider(id).is_some());
            visit.gateway.counters().failures.count(known, reason);
            let id = problem.provider.as_ref().map_or("-", |id| id.as_str()).to_owned();
            metrics::counter!("usher_sign_ins_total", "provider" => id, "outcome" => "failed", "reason" => reason)
                .increment(1);
        }
        "launch.refused" => {
            let id = problem.app.as_ref().map_or("-", |id| id.as_str()).to_owned();
            metrics::counter!("usher_launches_total", "app" => id, "outcome" => "refused", "reason" => reason)
                .increment(1);
        }
        _ => {}
    }
    if problem.status.is_server_error() {
        tracing::error!(event = problem.event, reason, request_id = %visit.reference, app, provider);
    } else {
        tracing::warn!(event = problem.event, reason, request_id = %visit.reference, app, provider);
    }
}
