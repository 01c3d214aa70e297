//! `GET /auth/callback/{provider}`: the provider's answer (RFC 6749, section 4.1.2; RFC 9207).

use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use aws_lc_rs::digest;
use secrecy::ExposeSecret as _;

use super::error::Problem;
use super::login::{self, Ask, Remembered};
use super::visit::Visit;
use super::{Gateway, admin, issue, limits};
use crate::audit::Record;
use crate::config::AuthTime;
use crate::identity::oidc::{self, SignedIn};
use crate::identity::provider::Provider;
use crate::identity::response::Response;
use crate::identity::{Groups, GroupsUnknown, Identity};
use crate::session::attempt::{Attempt, Destination, Page, State};
use crate::session::cookie::Cookie;
use crate::session::rounds::Rounds;
use crate::session::seal::Purpose;
use crate::session::{Session, SessionId};
use crate::store::SignInError;
use crate::types::ProviderId;

/// C-24: a longer ID token is not kept for sign-out.
const LONGEST_ID_TOKEN: usize = 4 * 1024;

const INVALID_REQUEST: &str = "callback.invalid_request";

pub async fn get(visit: Visit, provider: web::Path<String>) -> Result<HttpResponse, Problem> {
    login::require_navigation(&visit)?;
    let id = ProviderId::parse(&provider).map_err(|_| Problem::not_found())?;
    let provider = visit.gateway.provider(&id).ok_or_else(Problem::not_found)?;
    check(&visit).map_err(|problem| problem.at_provider(&id))?;
    let answer = callback(&visit, provider).await;
    if let Err(problem) = &answer {
        // A store that is down is nobody's failed sign-in.
        if problem.event == "sign_in.failed"
            && let Some(address) = visit.address
        {
            // The page for this failure comes first; the limit speaks at the next one.
            let limit = visit.config().limits.sign_ins_per_minute;
            let failed = &visit.gateway.counters().failed_sign_ins;
            let _ = failed.count(limit, limits::neighbourhood(address));
        }
    }
    answer
}

fn check(visit: &Visit) -> Result<(), Problem> {
    let Some(address) = visit.address else {
        return Ok(());
    };
    let limit = visit.config().limits.sign_ins_per_minute;
    let failed = &visit.gateway.counters().failed_sign_ins;
    failed
        .check(limit, &limits::neighbourhood(address))
        .map_err(|exhausted| Problem::too_many(exhausted.seconds).under("sign_in.limited"))
}

async fn callback(visit: &Visit, provider: &Provider) -> Result<HttpResponse, Problem> {
    let id = &provider.settings.id;
    let Gateway { jar, sealer, .. } = &*visit.gateway;
    let failed = |code, reason| {
        Problem::bad_request(code)
            .because(reason)
            .under("sign_in.failed")
            .at_provider(id)
    };
    let pairs = visit.query().map_err(|problem| problem.at_provider(id))?;
    let answer = Response::parse(pairs).map_err(|malformed| failed("login.bad_request", malformed.code()))?;
    let state_text = answer.state.as_deref();
    let state_text = state_text.ok_or_else(|| failed("login.state_invalid", "callback.state_missing"))?;
    let state = State::open(state_text, sealer)
        .ok_or_else(|| failed("login.state_invalid", "callback.state_invalid"))?;
    let spent = jar.delete(Cookie::Login(&state.attempt));
    let state_hash: [u8; 32] = digest::digest(&digest::SHA256, state_text.as_bytes())
        .as_ref()
        .try_into()
        .expect("SHA-256 is 32 bytes");

    // C-18: what is stale, replayed or another browser's never reaches the provider again.
    let attempt = Attempt::find(&state.attempt, &visit.cookies, *jar, sealer);
    let unusable = match &attempt {
        None => Some(("login.other_browser", "callback.cookie_missing")),
        Some(attempt) if attempt.is_stale(visit.now) => Some(("login.expired", "callback.state_stale")),
        Some(attempt) if attempt.provider != *id => {
            Some(("login.state_invalid", "callback.provider_mismatch"))
        }
        Some(_) => {
            let redeemed = visit.gateway.store().is_redeemed(&state_hash).await;
            let redeemed =
                redeemed.map_err(|error| Problem::from(error).towards(state.destination.clone()))?;
            redeemed.then_some(("login.expired", "callback.state_replayed"))
        }
    };
    if let Some((code, reason)) = unusable {
        let signed_in = visit.session().await?.is_some();
        // A's code at B's redirect URI is an attack rather than an old tab (S-349).
        if signed_in && reason != "callback.provider_mismatch" {
            tracing::info!(event = "sign_in.stale", reason, request_id = %visit.reference, provider = %id);
            let mut response = login::redirect(StatusCode::SEE_OTHER, &state.destination.path());
            Gateway::append_cookie(&mut response, &spent);
            return Ok(response);
        }
        return Err(failed(code, reason)
            .towards(state.destination)
            .with_cookies(vec![spent]));
    }
    let attempt = attempt.ok_or_else(Problem::internal)?;
    let destination = state.destination.clone();
    let over = |problem: Problem| {
        problem
            .towards(destination.clone())
            .with_cookies(vec![spent.clone()])
    };
    let mut signed_in = match exchange(visit, provider, answer, &attempt).await {
        Err(problem) if problem.reason == INVALID_REQUEST && may_ask_otherwise(visit, id) => {
            let path = format!("{}&provider={id}", destination.login_path());
            let mut response = login::redirect(StatusCode::SEE_OTHER, &path);
            Gateway::append_cookie(&mut response, &spent);
            Gateway::append_cookie(&mut response, &Remembered::cookie(visit, id, Ask::Credentials));
            return Ok(response);
        }
        exchanged => exchanged.map_err(over)?,
    };
    if attempt.reauthenticates && provider.settings.auth_time == AuthTime::Callback {
        signed_in.identity.auth_time.get_or_insert(visit.now);
    }
    require_step_up(visit, &destination, &signed_in.identity)
        .await
        .map_err(over)?;
    begin(visit, state, state_hash, signed_in, spent).await
}

/// Turns away whoever comes back with less than the end of the way demands of a sign-in.
async fn require_step_up(visit: &Visit, destination: &Destination, person: &Identity) -> Result<(), Problem> {
    if let Destination::Page(Page::Admin(_)) = destination {
        return admin::require_step_up(visit, person).await;
    }
    match destination.app().and_then(|id| visit.config().app(id)) {
        Some(app) => issue::require_step_up(visit, app, person).await,
        None => Ok(()),
    }
}

/// A provider need not know `select_account`, which then makes the request invalid. Once, the person is
/// sent back to it to be asked for credentials.
fn may_ask_otherwise(visit: &Visit, provider: &ProviderId) -> bool {
    Remembered::read(visit).ask_at(provider) != Ask::Credentials
}

/// Checks the response's parameters, then redeems the code.
async fn exchange(
    visit: &Visit,
    provider: &Provider,
    answer: Response,
    attempt: &Attempt,
) -> Result<SignedIn, Problem> {
    let id = &provider.settings.id;
    let failed = |code, reason| {
        Problem::bad_request(code)
            .because(reason)
            .under("sign_in.failed")
            .at_provider(id)
    };
    let started = Instant::now();
    let metadata = provider
        .metadata()
        .await
        .map_err(|error| Problem::provider(error, id))?;
    answer
        .check_issuer(&provider.settings.issuer, metadata.announces_iss)
        .map_err(|malformed| failed("login.iss_mismatch", malformed.code()))?;
    if let Some(error) = answer.error {
        let (code, reason) = refusal(&error);
        let problem = failed(code, reason);
        return Err(match code {
            "access.acr_not_met" => Problem {
                status: StatusCode::FORBIDDEN,
                ..problem
            },
            _ => problem,
        });
    }
    let code = answer
        .code
        .ok_or_else(|| failed("login.state_invalid", "callback.code_missing"))?;
    let redirect_uri = login::redirect_uri(visit, id);
    let code = oidc::Code {
        code: code.expose_secret().to_owned(),
        redirect_uri: &redirect_uri,
        secrets: &attempt.secrets,
    };
    let within = oidc::EXCHANGE.saturating_sub(started.elapsed());
    let signed_in = oidc::redeem(provider, &metadata, code, visit.now, within).await;
    signed_in.map_err(|error| Problem::sign_in(error, id))
}

/// The error codes of RFC 6749, section 4.1.2.1, and OpenID Connect Core, section 3.1.2.6; what is
/// none of them is named in no log.
fn refusal(error: &str) -> (&'static str, &'static str) {
    match error {
        "access_denied" => ("login.refused", "callback.access_denied"),
        "temporarily_unavailable" => (
            "login.temporarily_unavailable",
            "callback.temporarily_unavailable",
        ),
        "server_error" => ("login.temporarily_unavailable", "callback.server_error"),
        // A pushed request that was too old; the next one is new (S-128).
        "invalid_request_uri" => ("login.expired", "callback.invalid_request_uri"),
        "login_required" => ("login.refused", "callback.login_required"),
        "interaction_required" => ("login.refused", "callback.interaction_required"),
        "consent_required" => ("login.refused", "callback.consent_required"),
        "account_selection_required" => ("login.refused", "callback.account_selection_required"),
        // OpenID Connect Core Error Code unmet_authentication_requirements 1.0.
        "unmet_authentication_requirements" => {
            ("access.acr_not_met", "callback.unmet_authentication_requirements")
        }
        "invalid_request" => ("login.refused", INVALID_REQUEST),
        "invalid_scope" => ("login.refused", "callback.invalid_scope"),
        "unauthorized_client" => ("login.refused", "callback.unauthorized_client"),
        _ => ("login.refused", "callback.refused"),
    }
}

/// Begins the session: a new id, the state remembered as redeemed, the sign-in recorded, all in
/// one transaction; then on to where the person wanted to go.
async fn begin(
    visit: &Visit,
    state: State,
    state_hash: [u8; 32],
    signed_in: SignedIn,
    spent: String,
) -> Result<HttpResponse, Problem> {
    let Gateway {
        jar, sealer, lasting, ..
    } = &*visit.gateway;
    let SignedIn {
        identity,
        sid,
        issued_at,
        id_token,
        ..
    } = signed_in;
    let provider = identity.provider.clone();
    let short = id_token.expose_secret().len() <= LONGEST_ID_TOKEN;
    let id_token_sealed = short.then(|| {
        sealer
            .seal(Purpose::IdToken, "id_token", id_token.expose_secret().as_bytes())
            .into_bytes()
    });
    let id = SessionId::random();
    let (created_at, last_seen) = (visit.now, visit.now);
    let session = Session {
        key: id.key(),
        parent: None,
        identity,
        sid,
        id_token_sealed,
        created_at,
        last_seen,
    };
    let record = Record::sign_in(&session.identity, &visit.occasion());
    match lasting
        .store
        .sign_in(&session, issued_at, state_hash, visit.session_key(), record)
        .await
    {
        Ok(()) => {}
        Err(SignInError::AlreadyRedeemed) => {
            let problem = Problem::bad_request("login.expired").because("callback.state_replayed");
            let problem = problem.under("sign_in.failed").at_provider(&provider);
            return Err(problem.towards(state.destination).with_cookies(vec![spent]));
        }
        // C-25: whoever was signed out meanwhile stays so.
        Err(SignInError::LoggedOut) => {
            let problem = Problem::bad_request("login.logged_out").because("callback.logged_out_meanwhile");
            let problem = problem.under("sign_in.failed").at_provider(&provider);
            return Err(problem.towards(state.destination).with_cookies(vec![spent]));
        }
        Err(SignInError::Unavailable(error)) => {
            return Err(Problem::from(error)
                .towards(state.destination)
                .with_cookies(vec![spent]));
        }
    }
    tracing::info!(event = "sign_in", request_id = %visit.reference, provider = %provider);
    let seen = &lasting.drift.counter;
    seen.note(&visit.gateway.watch, &session.identity, visit.now);
    if session.identity.groups == Groups::Unknown(GroupsUnknown::Overage) {
        // Lesson 30: whoever looks after the site learns the cure before the person asks for it.
        let cure =
            "send the groups assigned to the application only, or app roles with groups_claim = \"roles\"";
        tracing::warn!(event = "sign_in.groups_overage", request_id = %visit.reference, provider = %provider, cure);
    }
    metrics::counter!("usher_sign_ins_total", "provider" => provider.as_str().to_owned(), "outcome" => "ok", "reason" => "")
        .increment(1);
    let rounds = Rounds::returning(
        Rounds::read(&visit.cookies, *jar, sealer),
        &state.destination,
        visit.now,
    );
    let mut response = login::redirect(StatusCode::SEE_OTHER, &state.destination.path());
    for cookie in [
        spent,
        jar.set(Cookie::Session, id.expose(), None),
        rounds.cookie(*jar, sealer),
        Remembered::cookie(visit, &provider, Ask::No),
    ] {
        Gateway::append_cookie(&mut response, &cookie);
    }
    Ok(response)
}
