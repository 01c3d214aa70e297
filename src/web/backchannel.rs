//! `POST /auth/backchannel-logout/{provider}`: the provider says that a session of its own has ended
//! (OpenID Connect Back-Channel Logout 1.0). No cookie counts here; the token speaks for itself.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use serde_json::json;

use super::body::Body;
use super::error::Problem;
use super::limits;
use super::visit::{Visit, pairs};
use crate::identity::logout_token::{self, LogoutError};
use crate::identity::provider::Provider;
use crate::store::Unavailable;
use crate::types::ProviderId;

const FORM: &str = "application/x-www-form-urlencoded";
/// Why the sessions stand in log and records as ended.
const REASON: &str = "logout.backchannel";

/// Why nobody was logged out.
enum Refused {
    /// The request or its token is wrong.
    Invalid(&'static str),
    /// It may be right; nobody can say so now.
    NotNow(&'static str),
}

impl From<LogoutError> for Refused {
    fn from(error: LogoutError) -> Self {
        match error {
            LogoutError::Invalid(invalid) => Self::Invalid(invalid.code()),
            LogoutError::Provider(error) => Self::NotNow(error.code()),
        }
    }
}

impl From<Unavailable> for Refused {
    fn from(_: Unavailable) -> Self {
        Self::NotNow("store.down")
    }
}

pub(super) async fn post(
    visit: Visit,
    provider: web::Path<String>,
    Body(body): Body,
) -> Result<HttpResponse, Problem> {
    let id = ProviderId::parse(&provider).map_err(|_| Problem::not_found())?;
    let provider = visit.gateway.provider(&id).ok_or_else(Problem::not_found)?;
    let (outcome, reason, answer) = match log_out(&visit, provider, &body).await {
        Ok(sessions) => {
            tracing::info!(event = "sign_out", reason = REASON, request_id = %visit.reference, provider = %id, sessions);
            ("ok", REASON, HttpResponse::Ok().finish())
        }
        Err(refused) => {
            let (Refused::Invalid(reason) | Refused::NotNow(reason)) = refused;
            tracing::warn!(event = "sign_out.refused", reason, request_id = %visit.reference, provider = %id);
            ("refused", reason, refusal(&visit, &refused))
        }
    };
    metrics::counter!("usher_logouts_total", "provider" => id.to_string(), "outcome" => outcome, "reason" => reason)
        .increment(1);
    Ok(answer)
}

/// Verifies the token, and ends the sessions that it speaks of; how many there were. None is fine:
/// logging out is idempotent (S-159).
async fn log_out(visit: &Visit, provider: &Provider, body: &[u8]) -> Result<u64, Refused> {
    let media_type = visit.header(header::CONTENT_TYPE).unwrap_or_default();
    let token = token(media_type, body).map_err(Refused::Invalid)?;
    let logout = logout_token::verify(provider, &token, visit.now).await?;
    let ended = visit.gateway.store().log_out(logout, REASON, visit.occasion());
    ended.await?.ok_or(Refused::Invalid("logout_token.replayed"))
}

/// The `logout_token` of a form, beside which other parameters may stand (S-153); or why there is none,
/// as the log says it.
pub fn token(media_type: &str, body: &[u8]) -> Result<String, &'static str> {
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case(FORM) {
        return Err("logout_request.media_type");
    }
    let pairs = pairs(body).map_err(|_| "logout_request.not_utf8")?;
    let mut tokens = pairs.into_iter().filter(|(name, _)| name == "logout_token");
    match (tokens.next(), tokens.next()) {
        (Some((_, token)), None) => Ok(token),
        (None, _) => Err("logout_request.token_missing"),
        (Some(_), Some(_)) => Err("logout_request.token_repeated"),
    }
}

/// Says no in JSON (section 2.8). What is wrong counts against its address, while a good token passes
/// whatever else comes from there (S-360).
fn refusal(visit: &Visit, refused: &Refused) -> HttpResponse {
    let limit = visit.config().limits.logouts_per_minute;
    let counted = match (refused, visit.address) {
        (Refused::Invalid(_), Some(address)) => visit
            .gateway
            .counters()
            .refused_logouts
            .count(limit, limits::neighbourhood(address)),
        _ => Ok(()),
    };
    let (status, error, wait) = match (refused, counted) {
        (Refused::NotNow(_), _) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            Some(5),
        ),
        (Refused::Invalid(_), Err(exhausted)) => (
            StatusCode::TOO_MANY_REQUESTS,
            "temporarily_unavailable",
            Some(exhausted.seconds),
        ),
        (Refused::Invalid(_), Ok(())) => (StatusCode::BAD_REQUEST, "invalid_request", None),
    };
    let mut answer = HttpResponse::build(status);
    if let Some(seconds) = wait {
        answer.insert_header((header::RETRY_AFTER, seconds));
    }
    answer
        .content_type("application/json")
        .body(json!({ "error": error }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn s_153_one_token_in_a_form_and_whatever_else() {
        let of = |body: &[u8]| token(FORM, body);
        assert_eq!(
            of(b"logout_token=a.b.c&state=%FE").err(),
            Some("logout_request.not_utf8")
        );
        assert_eq!(of(b"x=1&logout_token=a.b.c&x=2&x=3"), Ok("a.b.c".to_owned()));
        assert_eq!(of(b"logout%5Ftoken=a%2Eb.c"), Ok("a.b.c".to_owned()));
        assert_eq!(of(b"logout_token"), Ok(String::new()));
        assert_eq!(
            of(b"logout_token=a&logout_token=a"),
            Err("logout_request.token_repeated")
        );
        assert_eq!(of(b"Logout_token=a"), Err("logout_request.token_missing"));
        assert_eq!(of(b""), Err("logout_request.token_missing"));
        for media_type in [
            "",
            "text/plain",
            "application/json",
            "application/x-www-form-urlencodedx",
        ] {
            assert_eq!(
                token(media_type, b"logout_token=a"),
                Err("logout_request.media_type")
            );
        }
        let spaced = format!(" {} ; charset=utf-8", FORM.to_ascii_uppercase());
        assert_eq!(token(&spaced, b"logout_token=a"), Ok("a".to_owned()));
    }

    proptest! {
        #[test]
        fn s_379_any_body_is_read_without_panic(
            media_type in prop_oneof![Just(FORM.to_owned()), ".{0,40}"],
            body in prop::collection::vec(any::<u8>(), 0..500),
        ) {
            let _ = token(&media_type, &body);
        }

        #[test]
        fn s_153_what_a_form_says_is_what_is_read(text in "[ -~]{0,80}", other in ".{0,20}") {
            let body = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("other", &other.replace(char::REPLACEMENT_CHARACTER, ""))
                .append_pair("logout_token", &text)
                .finish();
            prop_assert_eq!(token(FORM, body.as_bytes()), Ok(text));
        }
    }
}
