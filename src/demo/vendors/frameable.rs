//! Stand-in Frameable: an event's door and its lobby. A key belongs to one event.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::Value;

use super::panel::{Panel, Source};
use super::verify::{InvalidKey, Refusal, Token, Verifier};
use super::{Quoted, nothing_here, refuse, site, token_of};
use crate::demo::answer;
use crate::demo::people::initials;

const SITE: &str = "frameable";

/// The roles of Frameable's page "User JWT tokens".
const ROLES: [(&str, &str); 4] = [
    ("host", "Runs the event"),
    ("presenter", "May go on stage"),
    ("transcriber", "Writes the captions"),
    ("interpreter", "Lends another language"),
];

struct Event {
    /// The last part of the event's address, and the id of its app at the gateway.
    slug: &'static str,
    title: &'static str,
    verifier: Verifier,
}

pub struct Frameable {
    events: Vec<Event>,
    settings: Quoted,
}

impl Frameable {
    /// `events`: slug, title, and the public key pasted in the event's settings.
    pub fn new(
        events: impl IntoIterator<Item = (&'static str, &'static str, String)>,
        settings: Quoted,
    ) -> Result<Self, InvalidKey> {
        let events = events
            .into_iter()
            .map(|(slug, title, public_pem)| {
                Ok(Event {
                    slug,
                    title,
                    verifier: Verifier::new(&public_pem)?,
                })
            })
            .collect::<Result<_, InvalidKey>>()?;
        Ok(Self { events, settings })
    }

    pub fn configure(routes: &mut web::ServiceConfig) {
        site(SITE, routes, |own| {
            own.route("/events/{slug}", web::get().to(event));
        });
    }
}

/// Whom a token lets in.
#[derive(Debug, PartialEq, Eq)]
pub struct Guest {
    pub name: String,
    pub email: Option<String>,
    pub profile: Vec<(String, String)>,
    pub roles: Vec<String>,
}

impl Guest {
    pub fn of(token: &Token) -> Result<Self, Refusal> {
        token.optional("avatarUrl")?;
        Ok(Self {
            name: token.required("displayName")?,
            email: token.optional("email")?,
            profile: profile(token.claims.get("userProfile"))?,
            roles: roles(token.claims.get("roles"))?,
        })
    }

    fn initials(&self) -> String {
        initials(&self.name)
    }
}

/// An ordered list of pairs, not an object.
fn profile(claim: Option<&Value>) -> Result<Vec<(String, String)>, Refusal> {
    let wrong = || Refusal::Form {
        claim: "userProfile",
        wanted: "an array of [key, value] pairs",
    };
    let Some(claim) = claim else {
        return Ok(Vec::new());
    };
    let pair = |entry: &Value| match entry.as_array()?.as_slice() {
        [Value::String(key), Value::String(value)] => Some((key.clone(), value.clone())),
        _ => None,
    };
    claim
        .as_array()
        .ok_or_else(wrong)?
        .iter()
        .map(|entry| pair(entry).ok_or_else(wrong))
        .collect()
}

fn roles(claim: Option<&Value>) -> Result<Vec<String>, Refusal> {
    let wrong = || Refusal::Form {
        claim: "roles",
        wanted: "an array of host, presenter, transcriber, interpreter",
    };
    let Some(claim) = claim else {
        return Ok(Vec::new());
    };
    claim
        .as_array()
        .ok_or_else(wrong)?
        .iter()
        .map(|role| {
            role.as_str()
                .filter(|role| ROLES.iter().any(|(name, _)| name == role))
                .map(str::to_owned)
                .ok_or_else(wrong)
        })
        .collect()
}

#[derive(Template)]
#[template(path = "demo/event.html")]
struct Lobby<'a> {
    title: &'a str,
    guest: Guest,
    /// Name, meaning, and whether this guest has it.
    roles: Vec<(&'static str, &'static str, bool)>,
    panel: Panel,
}

async fn event(
    frameable: web::Data<Frameable>,
    slug: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let Some(event) = frameable.events.iter().find(|event| event.slug == *slug) else {
        return nothing_here(SITE);
    };
    match lobby(event, &frameable.settings, token_of(&request).as_deref()) {
        Ok(lobby) => answer::page(StatusCode::OK, &lobby),
        Err(refusal) => refuse(SITE, &refusal),
    }
}

fn lobby<'a>(event: &'a Event, settings: &Quoted, token: Option<&str>) -> Result<Lobby<'a>, Refusal> {
    let token = event.verifier.check(token)?;
    let guest = Guest::of(&token)?;
    let config = |words, key| Source::config(words, settings, event.slug, key);
    let panel = Panel::new(&token, |claim| match claim {
        "displayName" => Source::rule("The provider's claim name"),
        "email" => Source::rule("The provider's claim email, because email_verified is true"),
        "avatarUrl" => Source::rule("The provider's claim picture"),
        "userProfile" => config("This list, filled in with the provider's claims", "user_profile"),
        "roles" => config("A role for each rule that matches the person's groups", "roles"),
        "iat" => Source::rule("The gateway's clock at the click"),
        "exp" => Source::rule("iat and the ttl: five minutes unless the app says otherwise"),
        _ => Source::rule("No profile of this vendor lists this claim"),
    })?;
    Ok(Lobby {
        title: event.title,
        roles: ROLES
            .iter()
            .map(|&(name, meaning)| (name, meaning, guest.roles.iter().any(|role| role == name)))
            .collect(),
        guest,
        panel,
    })
}
