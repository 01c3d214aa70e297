//! Signing out: here first, then at the provider where it can be asked; and an honest page.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;

use super::body::Body;
use super::error::Problem;
use super::launch::{self_posting, take};
use super::login::{self, Ask, Remembered};
use super::pages::{Ending, HandOver, Shell, SignOut, SignedOut};
use super::text::Text;
use super::visit::{Visit, pairs};
use super::{Gateway, headers, html, limits};
use crate::audit::Record;
use crate::identity::logout::EndSession;
use crate::session::cookie::Cookie;
use crate::session::seal::Purpose;
use crate::session::{Session, csrf};
use crate::types::{ProviderId, random_bytes};

const FORM: &str = "/auth/logout";
const SIGNED_OUT: &str = "/auth/signed-out";

/// A page with one button: ending a session takes a click on it (S-163).
pub async fn confirm(visit: Visit) -> Result<HttpResponse, Problem> {
    let Some(session) = visit.session().await? else {
        return Ok(login::redirect(StatusCode::SEE_OTHER, SIGNED_OUT));
    };
    let csrf = csrf::issue(&visit.gateway.sealer, session.key, FORM, visit.now);
    let mut response = html(
        StatusCode::OK,
        &SignOut {
            shell: visit.shell(),
            csrf,
        },
    );
    let (name, policy) = headers::form_policy(&visit.config().public_url);
    response
        .headers_mut()
        .insert(name, policy.parse().map_err(|_| Problem::internal())?);
    Ok(response)
}

/// Ends the session here, then sends the browser to the provider's `end_session`.
pub async fn post(visit: Visit, Body(body): Body) -> Result<HttpResponse, Problem> {
    // First, so that no foreign page uses up the minute of everybody behind one address.
    visit.require_own_form()?;
    if let Some(address) = visit.address {
        let limit = visit.config().limits.logouts_per_minute;
        visit
            .gateway
            .counters()
            .sign_outs
            .count(limit, limits::neighbourhood(address))
            .map_err(|exhausted| Problem::too_many(exhausted.seconds))?;
    }
    let token = take(&mut pairs(&body)?, "csrf");
    let Some(session) = visit.session().await? else {
        return Ok(login::redirect(StatusCode::SEE_OTHER, SIGNED_OUT));
    };
    csrf::check(&visit.gateway.sealer, session.key, FORM, &token, visit.now)
        .ok_or_else(|| Problem::forbidden("csrf.invalid"))?;
    visit
        .gateway
        .store()
        .end_session(
            &session.key,
            Record::sign_out(&session.identity, &visit.occasion()),
        )
        .await?;
    tracing::info!(event = "sign_out", request_id = %visit.reference, provider = %session.identity.provider);
    leave(&visit, &session).await
}

/// The answer to a sign-out that is done here: on to the provider, or to the signed-out page.
pub async fn leave(visit: &Visit, session: &Session) -> Result<HttpResponse, Problem> {
    let id = &session.identity.provider;
    let there = end_session(visit, session).await;
    let ended = there.is_some();
    let mut response = match there {
        None => login::redirect(StatusCode::SEE_OTHER, &format!("{SIGNED_OUT}?provider={id}")),
        Some(there) if by_form(visit, id) => end_by_form(visit, id, &there)?,
        Some(there) => login::redirect(StatusCode::SEE_OTHER, there.into_address().as_str()),
    };
    Gateway::append_cookie(&mut response, &visit.gateway.jar.delete(Cookie::Session));
    // Where the provider's session lives on, the next sign-in must ask.
    let ask = if ended { Ask::No } else { Ask::Account };
    Gateway::append_cookie(&mut response, &Remembered::cookie(visit, id, ask));
    let clear = header::HeaderValue::from_static("\"storage\"");
    response
        .headers_mut()
        .insert(header::HeaderName::from_static("clear-site-data"), clear);
    Ok(response)
}

fn by_form(visit: &Visit, id: &ProviderId) -> bool {
    visit
        .config()
        .provider(id)
        .is_some_and(|provider| provider.ends_by_form)
}

/// The ID token goes in a body, and stands in no address, history or log on the way (S-167).
fn end_by_form(visit: &Visit, id: &ProviderId, there: &EndSession) -> Result<HttpResponse, Problem> {
    let provider = visit.config().provider(id);
    let title = provider.map_or(id.as_str(), |provider| provider.title.as_str());
    let fields: Vec<(&str, &str)> = there
        .params
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    self_posting(
        visit,
        &HandOver {
            shell: Shell {
                person: None,
                ..visit.shell()
            },
            heading: Text::new("sign-out-there-title").with("provider", title),
            lead: Text::new("sign-out-there-text"),
            button: Text::new("sign-out-there-button").with("provider", title),
            action: there.endpoint.as_str(),
            fields: &fields,
            script: visit.gateway.assets.submit_url(),
        },
    )
}

async fn end_session(visit: &Visit, session: &Session) -> Option<EndSession> {
    let provider = visit.gateway.provider(&session.identity.provider)?;
    let metadata = provider.metadata().await.ok()?;
    let id_token = session.id_token_sealed.as_ref().and_then(|sealed| {
        let plain =
            visit
                .gateway
                .sealer
                .open(Purpose::IdToken, "id_token", std::str::from_utf8(sealed).ok()?)?;
        Some(SecretString::from(std::str::from_utf8(&plain).ok()?.to_owned()))
    });
    EndSession::new(
        &metadata,
        &provider.settings.client_id,
        id_token.as_ref(),
        session.identity.subject.as_str(),
        &visit.config().public_url.join(SIGNED_OUT),
        &URL_SAFE_NO_PAD.encode(random_bytes::<16>()),
    )
}

/// The page at the end. A provider that sends the browser back adds `state`, right, wrong or not
/// at all (S-022, S-023): it proves nothing, and starts nothing.
pub async fn signed_out(visit: Visit) -> Result<HttpResponse, Problem> {
    let still = visit
        .session()
        .await?
        .map(|session| visit.provider_title(&session.identity));
    let query = visit.query()?;
    let named = query
        .iter()
        .find(|(name, _)| name == "provider")
        .map(|(_, value)| value.as_str());
    let here_only = named.and_then(|id| ProviderId::parse(id).ok());
    let remembered = Remembered::read(&visit);
    let title = |id: &ProviderId| visit.config().provider(id).map(|provider| provider.title.clone());
    let ending = still.map(|provider| Ending::Not { provider });
    let ending = ending.unwrap_or_else(|| {
        match (
            here_only.as_ref().and_then(title),
            remembered.provider.as_ref().and_then(title),
        ) {
            (Some(provider), _) => Ending::HereOnly { provider },
            (None, Some(provider)) if remembered.ask != Ask::No => Ending::HereOnly { provider },
            (None, Some(provider)) if query.iter().any(|(name, _)| name == "state") => {
                Ending::Everywhere { provider }
            }
            _ => Ending::Already,
        }
    });
    let sign_in_href = "/auth/login?page=portal&switch=1".to_owned();
    Ok(html(
        StatusCode::OK,
        &SignedOut {
            shell: visit.shell(),
            ending,
            sign_in_href,
        },
    ))
}
