//! The authorization endpoint: a page with four buttons instead of a password.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use url::{Url, form_urlencoded};

use super::memory::{Grant, SignedIn};
use super::{COOKIE, Provider, now};
use crate::demo::answer::{self, Note};
use crate::demo::people::{PERSONAS, Persona};

/// An authorization request that may be answered.
struct Request {
    state: Option<String>,
    nonce: Option<String>,
    challenge: String,
    prompt: Vec<String>,
    max_age: Option<Duration>,
}

/// Why a request gets no code.
enum Refusal {
    /// Nobody whom we know asked: the person is told, and sent nowhere.
    Page(&'static str),
    /// The client is told (RFC 6749, section 4.1.2.1).
    Client {
        error: &'static str,
        state: Option<String>,
    },
}

impl Request {
    fn parse(provider: &Provider, query: &str) -> Result<Self, Refusal> {
        let mut given = HashMap::new();
        let mut repeated = false;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            repeated |= given.insert(name.into_owned(), value.into_owned()).is_some();
        }
        let mut take = |name: &str| given.remove(name);
        if take("client_id").as_deref() != Some(&provider.client.id) {
            return Err(Refusal::Page(
                "An application that nobody registered asked you to sign in.",
            ));
        }
        if take("redirect_uri").as_deref() != Some(&provider.client.redirect_uri) {
            return Err(Refusal::Page(
                "The application wants you back at an address that is not its own.",
            ));
        }
        let state = take("state");
        let refuse = |error| Refusal::Client {
            error,
            state: state.clone(),
        };
        if repeated {
            return Err(refuse("invalid_request"));
        }
        if take("response_type").as_deref() != Some("code") {
            return Err(refuse("unsupported_response_type"));
        }
        if !take("scope").is_some_and(|scope| scope.split(' ').any(|one| one == "openid")) {
            return Err(refuse("invalid_scope"));
        }
        let challenge = take("code_challenge").filter(|challenge| challenge.len() == 43);
        let method = take("code_challenge_method");
        let (Some(challenge), Some("S256")) = (challenge, method.as_deref()) else {
            return Err(refuse("invalid_request"));
        };
        let max_age = match take("max_age").map(|seconds| seconds.parse()) {
            None => None,
            Some(Ok(seconds)) => Some(Duration::from_secs(seconds)),
            Some(Err(_)) => return Err(refuse("invalid_request")),
        };
        Ok(Self {
            nonce: take("nonce"),
            prompt: take("prompt")
                .map(|prompt| prompt.split(' ').map(str::to_owned).collect())
                .unwrap_or_default(),
            state,
            challenge,
            max_age,
        })
    }

    fn prompts(&self, what: &str) -> bool {
        self.prompt.iter().any(|prompt| prompt == what)
    }

    /// Whether the session is enough, so that nobody has to be asked.
    fn silent(&self, who: &SignedIn, now: SystemTime) -> bool {
        let fresh = self.max_age.is_none_or(|max_age| who.auth_time + max_age >= now);
        fresh && !self.prompts("login") && !self.prompts("select_account")
    }
}

#[derive(Template)]
#[template(path = "demo/sign_in.html")]
struct SignInPage<'a> {
    query: &'a str,
    personas: &'static [Persona],
}

/// `GET /authorize`
pub async fn ask(provider: web::Data<Provider>, request: HttpRequest) -> HttpResponse {
    let query = request.query_string();
    let asked = match Request::parse(&provider, query) {
        Ok(asked) => asked,
        Err(refusal) => return refuse(&provider, refusal),
    };
    let now = now();
    let known = answer::cookies(&request)
        .filter(|(name, _)| *name == COOKIE)
        .find_map(|(_, value)| provider.memory().session(value).cloned());
    match known {
        Some(who) if asked.silent(&who, now) => grant(&provider, asked, who, None, now),
        _ if asked.prompts("none") => refuse(
            &provider,
            Refusal::Client {
                error: "login_required",
                state: asked.state,
            },
        ),
        _ => answer::page(
            StatusCode::OK,
            &SignInPage {
                query,
                personas: &PERSONAS,
            },
        ),
    }
}

/// `POST /authorize`: a button was pressed.
pub async fn answer(provider: web::Data<Provider>, request: HttpRequest, form: String) -> HttpResponse {
    let asked = match Request::parse(&provider, request.query_string()) {
        Ok(asked) => asked,
        Err(refusal) => return refuse(&provider, refusal),
    };
    let persona = form_urlencoded::parse(form.as_bytes())
        .find(|(name, _)| name == "persona")
        .and_then(|(_, id)| Persona::by_id(&id));
    let Some(persona) = persona else {
        return refuse(&provider, Refusal::Page("Nobody of that name works at Acme."));
    };
    let now = now();
    let (cookie, who) = provider.memory().sign_in(persona, now);
    grant(&provider, asked, who, Some(&cookie), now)
}

fn grant(
    provider: &Provider,
    asked: Request,
    who: SignedIn,
    cookie: Option<&str>,
    now: SystemTime,
) -> HttpResponse {
    let code = provider.memory().code(
        Grant {
            who,
            nonce: asked.nonce,
            challenge: asked.challenge,
        },
        now,
    );
    let mut answer = back(provider, ("code", &code), asked.state.as_deref());
    if let Some(cookie) = cookie {
        let set = format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax");
        if let Ok(set) = set.parse() {
            answer.headers_mut().append(SET_COOKIE, set);
        }
    }
    answer
}

fn refuse(provider: &Provider, refusal: Refusal) -> HttpResponse {
    match refusal {
        Refusal::Client { error, state } => back(provider, ("error", error), state.as_deref()),
        Refusal::Page(text) => answer::page(
            StatusCode::BAD_REQUEST,
            &Note {
                site: "staff",
                title: "This sign-in cannot go on",
                text,
                code: "invalid_request",
            },
        ),
    }
}

/// Back to the client, with `iss` as RFC 9207 wants it.
fn back(provider: &Provider, result: (&str, &str), state: Option<&str>) -> HttpResponse {
    let Ok(mut url) = Url::parse(&provider.client.redirect_uri) else {
        return answer::builder(StatusCode::INTERNAL_SERVER_ERROR).finish();
    };
    url.query_pairs_mut().append_pair(result.0, result.1);
    if let Some(state) = state {
        url.query_pairs_mut().append_pair("state", state);
    }
    url.query_pairs_mut().append_pair("iss", &provider.issuer);
    answer::builder(StatusCode::SEE_OTHER)
        .insert_header((LOCATION, String::from(url)))
        .finish()
}
