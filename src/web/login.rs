//! `GET /auth/login`: the way to a provider (C-19).

use std::sync::Arc;
use std::time::Instant;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage as _, HttpResponse};

use super::error::Problem;
use super::guard::OnPopupsWay;
use super::pages::{ProviderLink, SignIn};
use super::visit::Visit;
use super::{Gateway, fetch, frame, html};
use crate::access::StepUp;
use crate::config::AuthTime;
use crate::identity::oidc::{self, Wishes};
use crate::identity::provider::Provider;
use crate::session::attempt::{Attempt, CHALLENGE, Destination, Page, State};
use crate::session::cookie::Cookie;
use crate::session::frame::Challenge;
use crate::session::rounds::Rounds;
use crate::types::{AppId, ProviderId};

/// What `/auth/login` may be asked: anything else is a 400.
struct Wanted {
    provider: Option<ProviderId>,
    destination: Destination,
    switch: bool,
}

fn parse(visit: &Visit) -> Result<Wanted, Problem> {
    let bad = |reason| Problem::bad_request("login.bad_request").because(reason);
    let (mut provider, mut app, mut page, mut switch, mut challenge) = (None, None, None, None, None);
    let mut params = Vec::new();
    for (name, value) in visit.query()? {
        let slot = match name.as_str() {
            "provider" => &mut provider,
            "app" => &mut app,
            "page" => &mut page,
            "switch" => &mut switch,
            CHALLENGE => &mut challenge,
            _ => {
                params.push((name, value));
                continue;
            }
        };
        if slot.replace(value).is_some() {
            return Err(bad("login.repeated_parameter"));
        }
    }
    let destination = match (app, page) {
        (Some(id), None) => {
            let app = match challenge {
                Some(_) => frame::framed_app(visit, &id)?,
                None => AppId::parse(&id)
                    .ok()
                    .and_then(|id| visit.config().app(&id))
                    .ok_or_else(Problem::app_unknown)?,
            };
            let accepted = app
                .params
                .accept(&params)
                .map_err(|error| Problem::from(error).of_app(&app.id))?;
            let (app, params) = (app.id.clone(), accepted.to_pairs());
            match challenge.as_deref().map(Challenge::parse) {
                None => Destination::App { app, params },
                Some(Some(challenge)) => Destination::Frame {
                    app,
                    params,
                    challenge,
                },
                Some(None) => return Err(bad("login.challenge_malformed")),
            }
        }
        (None, page) if challenge.is_none() && params.is_empty() => {
            match page.as_deref().map_or(Some(Page::Portal), Page::parse) {
                Some(page) => Destination::Page(page),
                None => return Err(bad("login.unknown_page")),
            }
        }
        _ => return Err(bad("login.unknown_parameter")),
    };
    let switch = match switch.as_deref() {
        None => false,
        Some("1") => true,
        Some(_) => return Err(bad("login.switch_is_not_1")),
    };
    let known = |id: String| {
        ProviderId::parse(&id)
            .ok()
            .filter(|id| visit.config().provider(id).is_some())
    };
    let provider = match provider {
        None => None,
        // S-359: an unknown provider is looked up nowhere.
        Some(id) => Some(known(id).ok_or_else(Problem::not_found)?),
    };
    Ok(Wanted {
        provider,
        destination,
        switch,
    })
}

/// Only a navigation signs in: a page that pulls in our addresses as pictures or frames could
/// otherwise start and fail sign-ins in the name of whoever looks at it (S-313, lesson 3).
pub fn require_navigation(visit: &Visit) -> Result<(), Problem> {
    let refused = |_| Problem::forbidden("launch.not_navigation").under("sign_in.refused");
    fetch::require_navigation(visit.request.headers()).map_err(refused)
}

pub async fn get(visit: Visit) -> Result<HttpResponse, Problem> {
    require_navigation(&visit)?;
    let wanted = parse(&visit)?;
    let remembered = Remembered::read(&visit);
    let candidates = candidates(&visit, &wanted.destination);
    let chosen = match &wanted.provider {
        Some(id) => candidates.iter().find(|provider| provider.settings.id == *id),
        None if candidates.len() == 1 => candidates.first(),
        None if wanted.switch => None,
        None => candidates
            .iter()
            .find(|provider| Some(&provider.settings.id) == remembered.provider.as_ref()),
    };
    let Some(provider) = chosen else {
        if wanted.provider.is_some() {
            return Err(Problem::forbidden("login.wrong_provider").towards(wanted.destination));
        }
        return Ok(chooser(&visit, &wanted.destination, wanted.switch));
    };
    let ask = match remembered.ask_at(&provider.settings.id) {
        Ask::No if wanted.switch => Ask::Account,
        ask => ask,
    };
    let hint = if ask == Ask::No {
        known_address(&visit, &provider.settings.id).await
    } else {
        None
    };
    start(&visit, provider, wanted.destination, ask, hint.as_deref()).await
}

/// Who is signed in through this provider, for its login form. A hint is worth no failure.
async fn known_address(visit: &Visit, provider: &ProviderId) -> Option<String> {
    let session = visit.session().await.ok()??;
    let person = session.identity;
    let email = person.email.filter(|_| person.provider == *provider)?;
    Some(email.as_str().to_owned())
}

/// What the app or page at the end of a way demands of the sign-in.
fn step_up<'a>(visit: &'a Visit, destination: &Destination) -> Option<&'a StepUp> {
    let config = visit.config();
    if let Destination::Page(Page::Admin(_)) = destination {
        return config.admin.as_ref().map(|admins| &admins.step_up);
    }
    let app = destination.app().and_then(|id| config.app(id));
    app.map(|app| &app.access.step_up)
}

/// Starts an attempt and sends the browser to the provider; nothing is stored. What the end of the way
/// demands of the sign-in is asked for at once, so that nobody goes round twice.
pub async fn start(
    visit: &Visit,
    provider: &Provider,
    destination: Destination,
    ask: Ask,
    login_hint: Option<&str>,
) -> Result<HttpResponse, Problem> {
    let settings = &provider.settings;
    let id = &settings.id;
    let began = Instant::now();
    let metadata = provider
        .metadata()
        .await
        .map_err(|error| Problem::provider(error, id).towards(destination.clone()))?;
    let Gateway { jar, sealer, .. } = &*visit.gateway;
    let step_up = step_up(visit, &destination);
    let max_age = step_up.and_then(|step_up| step_up.max_auth_age);
    let prompt = match (ask, settings.prompt.as_deref()) {
        _ if max_age.is_some() && settings.auth_time == AuthTime::Callback => Some("login"),
        (Ask::Credentials, _) | (Ask::Account, Some("login")) => Some("login"),
        (Ask::Account, Some("consent")) => Some("select_account consent"),
        (Ask::Account, _) => Some("select_account"),
        (Ask::No, prompt) => prompt,
    };
    let attempt = Attempt {
        reauthenticates: prompt == Some("login"),
        ..Attempt::start(id.clone(), visit.now)
    };
    let wishes = Wishes {
        prompt,
        max_age: max_age.map(time::Duration::unsigned_abs),
        acr_values: step_up.map_or(&[], |step_up| &step_up.acr_values),
        login_hint,
        // Said to every provider: what one does not know, it ignores (RFC 6749, section 3.1).
        ui_locales: Some(visit.lang().tag()),
    };
    let state = State {
        attempt: attempt.id.clone(),
        destination: destination.clone(),
        started: visit.now,
    };
    let state = state
        .seal(sealer)
        .ok_or_else(|| Problem::bad_request("login.bad_request"))?;
    let request = oidc::Request {
        redirect_uri: &redirect_uri(visit, id),
        state: &state,
        secrets: &attempt.secrets,
        wishes,
    };
    let within = oidc::EXCHANGE.saturating_sub(began.elapsed());
    let url = oidc::authorize(provider, &metadata, request, visit.now, within)
        .await
        .map_err(|error| Problem::provider(error, id).towards(destination))?;
    let mut response = redirect(StatusCode::SEE_OTHER, url.as_str());
    for gone in Attempt::evicted(&visit.cookies, *jar, sealer) {
        Gateway::append_cookie(&mut response, &jar.delete(Cookie::Login(&gone)));
    }
    Gateway::append_cookie(&mut response, &attempt.cookie(*jar, sealer));
    Ok(response)
}

/// To the login and back to where the person wanted to go; or, when that went round three times, to the page
/// that says why (C-56).
pub fn first(
    visit: &Visit,
    destination: Destination,
    provider: Option<&ProviderId>,
    check: &'static str,
) -> Result<HttpResponse, Problem> {
    let Gateway { jar, sealer, .. } = &*visit.gateway;
    let before = Rounds::read(&visit.cookies, *jar, sealer);
    let rounds = Rounds::without_session(before, &destination, visit.now);
    if rounds.as_ref().is_some_and(Rounds::is_loop) {
        let check = if visit.session_key().is_none() {
            "error-login-loop-check-cookie"
        } else {
            check
        };
        let mut problem = Problem::bad_request("login.loop")
            .under("sign_in.failed")
            .towards(destination);
        problem.details = vec![check];
        return Err(problem.with_cookies(vec![jar.delete(Cookie::Rounds)]));
    }
    let provider = provider.map(|id| format!("&provider={id}"));
    let path = format!("{}{}", destination.login_path(), provider.unwrap_or_default());
    let mut response = redirect(StatusCode::FOUND, &path);
    if let Some(rounds) = rounds {
        Gateway::append_cookie(&mut response, &rounds.cookie(*jar, sealer));
    }
    Ok(response)
}

/// The providers through which one may come to a destination.
pub fn candidates<'a>(visit: &'a Visit, destination: &Destination) -> Vec<&'a Provider> {
    let app = destination.app().and_then(|id| visit.config().app(id));
    let takes = |provider: &&Provider| app.is_none_or(|app| app.takes(&provider.settings.id));
    let providers = visit.gateway.providers.iter().map(Arc::as_ref);
    providers.filter(takes).collect()
}

/// The page on which a person chooses a provider: here, and at `/` signed out.
pub fn chooser(visit: &Visit, destination: &Destination, switch: bool) -> HttpResponse {
    let remembered = Remembered::read(visit).provider;
    let suffix = if switch { "&switch=1" } else { "" };
    let link = |provider: &&Provider| ProviderLink {
        title: provider.settings.title.clone(),
        href: format!(
            "{}&provider={}{suffix}",
            destination.login_path(),
            provider.settings.id
        ),
        last_used: remembered.as_ref() == Some(&provider.settings.id),
    };
    let app = destination
        .app()
        .and_then(|id| visit.config().app(id))
        .map(|app| app.title.clone());
    let providers = candidates(visit, destination).iter().map(link).collect();
    visit.request.extensions_mut().insert(OnPopupsWay);
    html(
        StatusCode::OK,
        &SignIn {
            shell: visit.shell(),
            app,
            providers,
        },
    )
}

pub fn redirect_uri(visit: &Visit, provider: &ProviderId) -> String {
    visit
        .config()
        .public_url
        .join(&format!("/auth/callback/{provider}"))
}

pub fn redirect(status: StatusCode, location: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::LOCATION, location))
        .finish()
}

/// The provider that this browser used last, and whether the next sign-in there must ask: it must
/// after a sign-out that could not end the provider's own session (lesson 16).
#[derive(Default)]
pub struct Remembered {
    pub provider: Option<ProviderId>,
    pub ask: Ask,
}

/// Whether the next sign-in has to ask who is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ask {
    #[default]
    No,
    /// By letting people choose among their accounts.
    Account,
    /// By their credentials, at a provider that does not know how to let them choose.
    Credentials,
}

impl Ask {
    /// Behind the provider's id in the cookie.
    fn mark(self) -> &'static str {
        match self {
            Self::No => "",
            Self::Account => ".ask",
            Self::Credentials => ".login",
        }
    }
}

const REMEMBERED_FOR: i64 = 180 * 24 * 60 * 60;

impl Remembered {
    pub fn read(visit: &Visit) -> Self {
        let Some(value) = visit.cookies.get(&visit.gateway.jar.name(Cookie::Provider)).one() else {
            return Self::default();
        };
        let marked = |ask: Ask| value.strip_suffix(ask.mark()).map(|id| (id, ask));
        let marked = marked(Ask::Account).or_else(|| marked(Ask::Credentials));
        let (id, ask) = marked.unwrap_or((value, Ask::No));
        Self {
            provider: ProviderId::parse(id).ok(),
            ask,
        }
    }

    /// What a sign-in at this provider has to ask.
    pub fn ask_at(&self, provider: &ProviderId) -> Ask {
        if self.provider.as_ref() == Some(provider) {
            self.ask
        } else {
            Ask::No
        }
    }

    pub fn cookie(visit: &Visit, provider: &ProviderId, ask: Ask) -> String {
        let value = format!("{provider}{}", ask.mark());
        visit
            .gateway
            .jar
            .set(Cookie::Provider, &value, Some(REMEMBERED_FOR))
    }
}
