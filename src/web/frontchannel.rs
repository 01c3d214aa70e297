//! `GET /auth/frontchannel-logout/{provider}`: a frame in the provider's sign-out page (OpenID Connect
//! Front-Channel Logout 1.0). Browsers seldom send a cookie there, so that a provider should say `sid`;
//! the back channel is the one to rely on (S-169).

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use url::Url;

use super::error::Problem;
use super::pages::FrontLogout;
use super::visit::Visit;
use super::{Gateway, fetch, headers, html};
use crate::audit::{Actor, Record};
use crate::identity::logout_token::is_name;
use crate::identity::provider::Provider;
use crate::session::Session;
use crate::session::cookie::Cookie;
use crate::types::ProviderId;

/// Why the sessions stand in log and records as ended.
const REASON: &str = "logout.frontchannel";

pub async fn get(visit: Visit, provider: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = ProviderId::parse(&provider).map_err(|_| Problem::not_found())?;
    let provider = visit.gateway.provider(&id).ok_or_else(Problem::not_found)?;
    let own = visit.session().await?;
    let own = own.filter(|session| session.identity.provider == id);
    let named = Named::read(&visit, provider);
    let (sessions, own_ended) = end(&visit, provider, named, own).await?;
    if sessions > 0 {
        tracing::info!(event = "sign_out", reason = REASON, request_id = %visit.reference, provider = %id, sessions);
        metrics::counter!("usher_logouts_total", "provider" => id.to_string(), "outcome" => "ok", "reason" => REASON)
            .increment(1);
    }
    // The same page whatever came of it: nobody learns here whether a session exists.
    let mut response = html(StatusCode::OK, &FrontLogout { shell: visit.shell() });
    let (name, policy) = headers::framed_by(&origins(provider));
    let policy = policy.parse().map_err(|_| Problem::internal())?;
    response.headers_mut().insert(name, policy);
    response.headers_mut().insert(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        header::HeaderValue::from_static("cross-origin"),
    );
    if own_ended {
        Gateway::append_cookie(&mut response, &visit.gateway.jar.delete(Cookie::Session));
    }
    Ok(response)
}

/// Whose session the frame is to end.
enum Named {
    /// The one with this `sid`, wherever it is.
    Sid(String),
    /// The one whose cookie comes along.
    Own,
    /// None of ours: another issuer, or what no provider sends.
    Nobody,
}

impl Named {
    fn read(visit: &Visit, provider: &Provider) -> Self {
        let Ok(query) = visit.query() else {
            return Self::Nobody;
        };
        let all = |name: &str| -> Vec<&str> {
            let values = query.iter().filter(|(n, _)| n == name);
            values.map(|(_, value)| value.as_str()).collect()
        };
        let issuer = provider.settings.issuer.as_str();
        match (&all("iss")[..], &all("sid")[..]) {
            ([], [sid]) if is_name(sid) => Self::Sid((*sid).to_owned()),
            ([iss], [sid]) if *iss == issuer && is_name(sid) => Self::Sid((*sid).to_owned()),
            ([], []) => Self::Own,
            ([iss], []) if *iss == issuer => Self::Own,
            _ => Self::Nobody,
        }
    }
}

/// How many sessions ended, and whether this browser's is among them.
async fn end(
    visit: &Visit,
    provider: &Provider,
    named: Named,
    own: Option<Session>,
) -> Result<(u64, bool), Problem> {
    let store = &visit.gateway.store();
    let issuer = &provider.settings.issuer;
    match (named, own) {
        (Named::Sid(sid), own) if store.has_session_of_sid(issuer, &sid).await? => {
            let occasion = visit.occasion();
            let ended = store.end_sessions_of_sid(issuer, &sid, REASON, occasion).await?;
            Ok((ended, own.is_some_and(|own| own.sid == Some(sid))))
        }
        // A page that lures somebody here by a link ends nothing: only a frame does.
        (named, Some(own)) if named.may_mean(&own) && fetch::may_be_framed(visit.request.headers()) => {
            let record = Record::sign_out(&own.identity, &visit.occasion());
            let record = record.because(REASON).by(Actor::Provider);
            let ended = store.end_session(&own.key, record).await?;
            Ok((u64::from(ended), true))
        }
        _ => Ok((0, false)),
    }
}

impl Named {
    /// A session that came without a `sid` may be any of its provider's.
    fn may_mean(&self, own: &Session) -> bool {
        match self {
            Self::Sid(_) => own.sid.is_none(),
            Self::Own => true,
            Self::Nobody => false,
        }
    }
}

/// Where the provider's sign-out page may stand.
fn origins(provider: &Provider) -> Vec<String> {
    let end_session = provider.last_known().and_then(|m| m.end_session_endpoint.clone());
    let issuer = Url::parse(provider.settings.issuer.as_str()).ok();
    let mut origins: Vec<String> = [issuer, end_session]
        .into_iter()
        .flatten()
        .map(|url| url.origin().ascii_serialization())
        .collect();
    origins.dedup();
    origins
}
