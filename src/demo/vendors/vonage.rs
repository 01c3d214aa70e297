//! Stand-in Vonage Video: the REST call that makes a session, and the door of a session. Both take
//! tokens of one application's key; which of the two a token is for shows in its claims.

use std::sync::{Mutex, PoisonError};

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::panel::{Panel, Source};
use super::verify::{InvalidKey, Refusal, Token, Verifier};
use super::{Quoted, site, tell};
use crate::demo::answer;
use crate::demo::people::initials;
use crate::demo::settings::APPLICATION_ID;
use crate::types::random_bytes;

const SITE: &str = "vonage";
const ROLES: [&str; 4] = ["publisher", "subscriber", "publisheronly", "moderator"];
/// The claims of a REST token, and no other.
const REST: [&str; 4] = ["application_id", "exp", "iat", "jti"];

pub struct Vonage {
    verifier: Verifier,
    /// The sessions that this application had made.
    sessions: Mutex<Vec<String>>,
    settings: Quoted,
}

impl Vonage {
    /// `public_pem`: what was pasted in the application's settings.
    pub fn new(public_pem: &str, settings: Quoted) -> Result<Self, InvalidKey> {
        Ok(Self {
            verifier: Verifier::new(public_pem)?,
            sessions: Mutex::default(),
            settings,
        })
    }

    pub fn configure(routes: &mut web::ServiceConfig) {
        site(SITE, routes, |own| {
            own.route("/session/create", web::post().to(create))
                .route("/connect", web::post().to(connect));
        });
    }

    /// Makes a session for whoever holds a REST token.
    pub(super) fn create(&self, token: Option<&str>) -> Result<String, Refusal> {
        let token = self.verifier.check(token)?;
        check_application(&token)?;
        token.seconds("iat")?;
        token.required("jti")?;
        if token.claims.keys().any(|name| !REST.contains(&name.as_str())) {
            return Err(Refusal::Form {
                claim: "scope",
                wanted: "absent: this is a connection token",
            });
        }
        let session = format!("2_{}", URL_SAFE_NO_PAD.encode(random_bytes::<24>()));
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.push(session.clone());
        Ok(session)
    }

    /// Lets somebody into a session.
    pub(super) fn connect(&self, connection: &Connection) -> Result<Joined, Refusal> {
        let token = self.verifier.check(Some(&connection.token))?;
        check_application(&token)?;
        token.exactly("sub", "video")?;
        token.exactly("scope", "session.connect")?;
        token.object("acl")?;
        token.required("jti")?;
        let session_id = token.required("session_id")?;
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let known = connection.session_id == session_id && sessions.contains(&session_id);
        if !known || connection.application_id != APPLICATION_ID {
            return Err(Refusal::Form {
                claim: "session_id",
                wanted: "the session that is connected to",
            });
        }
        let role = token.required("role")?;
        if !ROLES.contains(&role.as_str()) {
            return Err(Refusal::Form {
                claim: "role",
                wanted: "publisher, subscriber, publisheronly or moderator",
            });
        }
        let name = token.required("connection_data")?;
        Ok(Joined {
            initials: initials(&name),
            name,
            role,
            session_id,
            token: self.panel(&token)?,
        })
    }

    fn panel(&self, token: &Token) -> Result<Panel, Refusal> {
        let config = |words, key| Source::config(words, &self.settings, "standup", key);
        Panel::new(token, |claim| match claim {
            "application_id" => config("The application whose key signs", "application_id"),
            "session_id" => config("Made at Vonage when the first person came to this room", "room"),
            "role" => config(
                "The first rule that matches the person's groups; else publisher",
                "roles",
            ),
            "connection_data" => config("This text, filled in", "connection_data"),
            "sub" | "scope" => Source::rule("Always this: a connection token, for video"),
            "acl" => Source::rule("Always this: without it the token would be a root token"),
            "initial_layout_class_list" => Source::rule("No layout classes are set"),
            "jti" => Source::rule("Drawn at random for this token"),
            "iat" => Source::rule("The gateway's clock when the page asked"),
            "exp" => Source::rule("iat and the ttl: five minutes unless the app says otherwise"),
            _ => Source::rule("No profile of this vendor lists this claim"),
        })
    }
}

fn check_application(token: &Token) -> Result<(), Refusal> {
    token.exactly("application_id", APPLICATION_ID)
}

/// What the SDK sends: `OT.initSession(applicationId, sessionId)`, then `connect(token)`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    pub application_id: String,
    pub session_id: String,
    pub token: String,
}

#[derive(Serialize)]
pub struct Joined {
    pub name: String,
    pub initials: String,
    pub role: String,
    pub session_id: String,
    pub token: Panel,
}

async fn create(vonage: web::Data<Vonage>, request: HttpRequest) -> HttpResponse {
    let header = request.headers().get(AUTHORIZATION);
    let bearer = header
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match vonage.create(bearer) {
        // An array of one, as the real one answers.
        Ok(session) => answer::builder(StatusCode::OK)
            .json(json!([{ "session_id": session, "application_id": APPLICATION_ID }])),
        Err(refusal) => {
            answer::builder(StatusCode::FORBIDDEN).json(json!({ "message": refusal.to_string() }))
        }
    }
}

async fn connect(vonage: web::Data<Vonage>, connection: web::Form<Connection>) -> HttpResponse {
    tell(vonage.connect(&connection))
}
