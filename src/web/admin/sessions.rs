//! `/admin/sessions`: find a person, and end what they have open.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use time::OffsetDateTime;
use url::form_urlencoded;

use super::{Admin, halls};
use crate::audit::{Actor, Record};
use crate::claims::clean::printable;
use crate::session::{Session, SessionName};
use crate::store::Behind;
use crate::web::body::Body;
use crate::web::error::Problem;
use crate::web::pages::Person;
use crate::web::pages::admin::{Hall, Seat, Sessions};
use crate::web::visit::Visit;
use crate::web::{form, html, launch, login};

const HERE: &str = "/admin/sessions";

/// Sessions on a page.
const PAGE: usize = 50;

/// Characters of what is searched for.
const LONGEST: usize = 255;

/// What the query asks for.
#[derive(Default)]
struct Search {
    /// The beginning of an e-mail address, or a subject; empty: everybody.
    who: String,
    behind: Option<Behind>,
}

pub async fn get(Admin(visit): Admin) -> Result<HttpResponse, Problem> {
    let search = Search::of(visit.query()?)?;
    let here = visit.session().await?.ok_or_else(Problem::internal)?;
    let who = Some(search.who.as_str()).filter(|who| !who.is_empty());
    let limits = visit.config().session;
    let most = u32::try_from(PAGE + 1).unwrap_or(u32::MAX);
    let mut found = visit
        .gateway
        .store()
        .people(who, search.behind, limits, most)
        .await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let page = Sessions {
        shell: visit.shell(),
        halls: halls(&visit, Hall::Sessions),
        csrf: form::token(&visit, &here, HERE),
        next: found.last().filter(|_| more).map(|last| search.behind(last)),
        first: search.behind.is_none(),
        seats: found.iter().map(|session| seat(&visit, session, &here)).collect(),
        who: search.who,
        now: visit.now,
    };
    Ok(html(StatusCode::OK, &page))
}

/// Ends one session, or with `all` every one of its person.
pub async fn end(
    Admin(visit): Admin,
    id: web::Path<String>,
    Body(body): Body,
) -> Result<HttpResponse, Problem> {
    let (admin, mut fields) = form::read(&visit, HERE, &body).await?;
    let all = !launch::take(&mut fields, "all").is_empty();
    let search = Search {
        who: launch::take(&mut fields, "q"),
        behind: None,
    };
    let name = SessionName::parse(&id).ok_or_else(Problem::not_found)?;
    let store = visit.gateway.store();
    // Whoever was faster has done the same.
    if let Some(session) = store.session_named(name).await? {
        let person = &session.identity;
        let reason = if all { "admin.everywhere" } else { "admin.one" };
        let record = Record::sign_out(person, &visit.occasion())
            .because(reason)
            .by(Actor::Admin(admin.identity.subject));
        if all {
            store
                .end_sessions_of(&person.issuer, &person.subject, record)
                .await?;
        } else {
            store.end_session(&session.key, record).await?;
        }
        tracing::info!(event = "sign_out", reason, request_id = %visit.reference);
    }
    Ok(login::redirect(StatusCode::SEE_OTHER, &search.path()))
}

fn seat(visit: &Visit, session: &Session, here: &Session) -> Seat {
    let person = visit.person(&session.identity);
    Seat {
        name: session.key.name().to_string(),
        person: Person {
            name: printable(&person.name),
            ..person
        },
        subject: printable(session.identity.subject.as_str()),
        this: session.key == here.key,
        started: session.created_at,
        last_seen: session.last_seen,
    }
}

impl Search {
    fn of(query: Vec<(String, String)>) -> Result<Self, Problem> {
        let refused = |reason| Problem::bad_request("bad_request").because(reason);
        let mut search = Self::default();
        for (name, value) in query {
            match name.as_str() {
                "q" if value.chars().count() > LONGEST || value.chars().any(char::is_control) => {
                    return Err(refused("filter.person"));
                }
                "q" => value.trim().clone_into(&mut search.who),
                "behind" => {
                    let place = place(&value).ok_or_else(|| refused("filter.behind"))?;
                    search.behind = Some(place);
                }
                _ => return Err(refused("filter.unknown")),
            }
        }
        Ok(search)
    }

    /// The page that begins behind this session.
    fn behind(&self, last: &Session) -> String {
        let micros = last.created_at.unix_timestamp_nanos() / 1000;
        let place = format!("{micros}-{}", last.key.name());
        self.address(&[("behind", &place)])
    }

    fn path(&self) -> String {
        self.address(&[])
    }

    fn address(&self, more: &[(&str, &str)]) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        if !self.who.is_empty() {
            pairs.append_pair("q", &self.who);
        }
        match pairs.extend_pairs(more).finish() {
            pairs if pairs.is_empty() => HERE.to_owned(),
            pairs => format!("{HERE}?{pairs}"),
        }
    }
}

fn place(text: &str) -> Option<Behind> {
    let (micros, name) = text.split_once('-')?;
    let nanos = i128::from(micros.parse::<i64>().ok()?) * 1000;
    Some(Behind {
        created_at: OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?,
        name: SessionName::parse(name)?,
    })
}
