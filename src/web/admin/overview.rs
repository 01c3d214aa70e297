//! `/admin`: how things are.

mod claims;
mod figures;
mod state;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use url::form_urlencoded;

use self::figures::Figures;
use super::{Admin, halls};
use crate::config::{App, key_list};
use crate::drift::{History, Warning, warnings};
use crate::session::Session;
use crate::store::{Figure, MANY, Unavailable};
use crate::types::AppId;
use crate::web::error::Problem;
use crate::web::html;
use crate::web::pages::admin::{AppLink, Guest, Hall, Numbers, Overview, Setup, Span};
use crate::web::visit::Visit;

/// How many people are named.
const GUESTS: usize = 8;

pub async fn get(Admin(visit): Admin) -> Result<HttpResponse, Problem> {
    let span = span(&visit)?;
    let found = read(&visit, span).await.ok();
    let history = found.as_ref().map(|found| &found.history);
    let drift = history.map_or_else(
        // What was last seen is better than nothing.
        || visit.gateway.lasting.drift.warnings(),
        |history| warnings(&visit.gateway.watch, history, visit.now),
    );
    let gateway = visit.gateway.clone();
    let now = visit.now;
    // Looks at the keys' files.
    let keys = web::block(move || key_list(&gateway.config, now)).await;
    let page = Overview {
        shell: visit.shell(),
        halls: halls(&visit, Hall::Overview),
        now,
        span,
        drift: drift
            .iter()
            .map(|warning| claims::note(&visit, warning))
            .collect(),
        numbers: found.map(|found| numbers(&visit, span, &found, &drift)),
        health: state::signs(&visit.gateway, now),
        keys: state::keys(&visit, &keys.map_err(|_| Problem::internal())?),
        setup: setup(&visit),
    };
    Ok(html(StatusCode::OK, &page))
}

/// `?span=week`; without it, the last day.
fn span(visit: &Visit) -> Result<Span, Problem> {
    let query = visit.query()?;
    let pairs: Vec<(&str, &str)> = query.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    match pairs[..] {
        [] | [("span", "day")] => Ok(Span::Day),
        [("span", "week")] => Ok(Span::Week),
        _ => Err(Problem::bad_request("bad_request").because("admin.unknown_span")),
    }
}

/// What the page needs of the store.
struct Found {
    figures: Vec<Figure>,
    living: u64,
    newest: Vec<Session>,
    history: History,
}

async fn read(visit: &Visit, span: Span) -> Result<Found, Unavailable> {
    let desk = visit.gateway.store().desk()?;
    Ok(Found {
        figures: desk.figures(span.start(visit.now)).await?,
        living: desk.living(visit.config().session, visit.now).await?,
        newest: desk.newest(64).await?,
        history: desk.history(visit.now).await?,
    })
}

fn numbers(visit: &Visit, span: Span, found: &Found, drift: &[Warning]) -> Numbers {
    let figures = Figures::of(&found.figures);
    let (chart, series) = figures.chart(visit, span);
    let (days, claims) = claims::tables(visit, &found.history, drift);
    Numbers {
        launches: figures.launches(),
        refused: figures.refused(),
        sign_ins: figures.sign_ins(),
        failed: figures.failed(),
        apps: figures.apps(visit),
        refusals: figures.refusals(),
        providers: figures.providers(visit),
        chart,
        series,
        living: found.living.min(MANY),
        over: found.living > MANY,
        newest: guests(visit, &found.newest),
        claims,
        days,
    }
}

/// People, each once, with the session that began last.
fn guests(visit: &Visit, newest: &[Session]) -> Vec<Guest> {
    let mut people = Vec::new();
    let mut guests = Vec::new();
    for session in newest
        .iter()
        .filter(|s| s.is_alive(visit.config().session, visit.now))
    {
        let identity = &session.identity;
        let person = (&identity.issuer, &identity.subject);
        if people.contains(&person) {
            continue;
        }
        people.push(person);
        let email = identity.email.as_ref().map(|email| email.as_str().to_owned());
        let name = identity.name().or_else(|| email.clone());
        let name = name.unwrap_or_else(|| identity.subject.as_str().to_owned());
        let who = email.as_deref().unwrap_or(identity.subject.as_str());
        let path = "/admin/sessions?q=".to_owned();
        guests.push(Guest {
            path: path + &form_urlencoded::byte_serialize(who.as_bytes()).collect::<String>(),
            email: email.filter(|email| *email != name),
            name,
            provider: visit.provider_title(identity),
            since: session.created_at,
        });
        if guests.len() == GUESTS {
            break;
        }
    }
    guests
}

fn setup(visit: &Visit) -> Setup {
    let gateway = &visit.gateway;
    let groups: Vec<&str> = (0..gateway.fingerprint.len())
        .step_by(4)
        .filter_map(|at| gateway.fingerprint.get(at..at + 4))
        .collect();
    Setup {
        fingerprint: groups.join(" "),
        loaded: gateway.loaded,
        generation: gateway.generation,
        version: env!("CARGO_PKG_VERSION"),
        started: gateway.lasting.started,
    }
}

/// An app as the records name it.
fn app_link(visit: &Visit, id: &str) -> AppLink {
    let app = AppId::parse(id).ok();
    let app: Option<&App> = app.and_then(|id| visit.config().app(&id));
    AppLink {
        title: app.map_or_else(|| id.to_owned(), |app| app.title.clone()),
        path: app.map(|app| format!("/admin/apps/{}", app.id)),
    }
}
