//! The one place that turns what went wrong into an answer: a page that says what happened and
//! what to do, or problem JSON (RFC 9457) for callers that ask for JSON.
//!
//! Handlers return a [`Problem`]; the guard around every request logs and renders it, since only
//! there the visitor's language, the reference and the signed-in person are at hand.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use time::OffsetDateTime;

use crate::claims::ClaimError;
use crate::http::HttpError;
use crate::identity::oidc::SignInError;
use crate::identity::provider::ProviderError;
use crate::mint::Refusal;
use crate::params::ParamError;
use crate::rooms::RoomError;
use crate::session::attempt::Destination;
use crate::store::Unavailable;
use crate::types::{AppId, ProviderId};

/// What stopped a request.
#[derive(Debug)]
pub struct Problem {
    pub status: StatusCode,
    /// Names the page's texts, and the `code` of problem JSON.
    pub code: &'static str,
    /// The finer reason for the log, where the page stays neutral.
    pub reason: &'static str,
    /// The name of the event that is logged.
    pub event: &'static str,
    /// Arguments of the texts: parameter, claim, seconds.
    pub name: Option<String>,
    pub claim: Option<String>,
    pub seconds: Option<u64>,
    /// When the app opens or has closed.
    pub when: Option<OffsetDateTime>,
    pub app: Option<AppId>,
    pub provider: Option<ProviderId>,
    /// Where the way that was cut off leads, for the buttons of the page.
    pub destination: Option<Destination>,
    /// The methods that the resource does take.
    pub allow: Option<&'static str>,
    /// Set-Cookie values that go with the answer.
    pub cookies: Vec<String>,
    /// The keys of more texts for the page.
    pub details: Vec<&'static str>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Bare: the guard puts the page in.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status)
    }
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            status,
            code,
            reason: code,
            event: "request.refused",
            name: None,
            claim: None,
            seconds: None,
            when: None,
            app: None,
            provider: None,
            destination: None,
            allow: None,
            cookies: Vec::new(),
            details: Vec::new(),
        }
    }

    pub fn bad_request(code: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code)
    }

    pub fn forbidden(code: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code)
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found")
    }

    pub fn app_unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, "app.unknown")
    }

    /// The app's tokens come from the token API alone.
    pub fn no_page(app: &AppId) -> Self {
        Self::new(StatusCode::NOT_FOUND, "launch.no_page").of_app(app)
    }

    pub fn method_not_allowed(allow: &'static str) -> Self {
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method.not_allowed");
        Self {
            allow: Some(allow),
            ..problem
        }
    }

    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
    }

    pub fn too_many(seconds: u64) -> Self {
        Self {
            seconds: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate.limited")
        }
    }

    /// Nothing is minted by a clock that has just been set (S-371).
    pub fn unsteady() -> Self {
        Self {
            seconds: Some(1),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "clock.unsteady").under("launch.refused")
        }
    }

    /// An answer of the provider's that cannot be used, at any step of a sign-in.
    pub fn provider(error: ProviderError, provider: &ProviderId) -> Self {
        let (status, code) = match error {
            ProviderError::Slow => (StatusCode::GATEWAY_TIMEOUT, "provider.slow"),
            ProviderError::Unreachable => (StatusCode::BAD_GATEWAY, "provider.unreachable"),
            _ => (StatusCode::BAD_GATEWAY, "provider.wrong_answer"),
        };
        Self::new(status, code)
            .because(error.code())
            .at_provider(provider)
            .under("sign_in.failed")
    }

    pub fn sign_in(error: SignInError, provider: &ProviderId) -> Self {
        let reason = error.code();
        let problem = match error {
            SignInError::Provider(error) => return Self::provider(error, provider),
            SignInError::CodeRefused | SignInError::TokenAnswer => {
                Self::new(StatusCode::BAD_GATEWAY, "provider.wrong_answer")
            }
            SignInError::IdToken(_) | SignInError::UserinfoSubject | SignInError::UserinfoAnswer => {
                Self::new(StatusCode::BAD_GATEWAY, "id_token.invalid")
            }
            SignInError::ClaimsTooLarge { claim } => Self {
                claim: Some(claim),
                ..Self::forbidden("claims.too_large")
            },
        };
        problem
            .because(reason)
            .at_provider(provider)
            .under("sign_in.failed")
    }

    /// A mint that was refused.
    pub fn refusal(refusal: &Refusal) -> Self {
        let problem = match refusal {
            Refusal::Params(error) => Self::from(error.clone()),
            Refusal::Denied(denial) => Self::forbidden(denial.code()),
            Refusal::NotOpenYet { opens_at: when } | Refusal::Closed { closed_at: when } => Self {
                when: Some(*when),
                ..Self::forbidden(refusal.code())
            },
            Refusal::Claims(error) => Self::claims(error),
            Refusal::TooLong(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "launch.address_too_long"),
            Refusal::Key(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "key.unusable"),
        };
        problem.because(refusal.code()).under("launch.refused")
    }

    fn claims(error: &ClaimError) -> Self {
        let claim = match error {
            ClaimError::Missing { claim } | ClaimError::Failed { claim } | ClaimError::TooLong { claim } => {
                Some(claim.clone())
            }
            ClaimError::EmailUnverified => None,
        };
        Self {
            claim,
            ..Self::forbidden(error.code())
        }
    }

    pub fn because(self, reason: &'static str) -> Self {
        Self { reason, ..self }
    }

    pub fn under(self, event: &'static str) -> Self {
        Self { event, ..self }
    }

    pub fn of_app(self, app: &AppId) -> Self {
        Self {
            app: Some(app.clone()),
            ..self
        }
    }

    pub fn at_provider(self, provider: &ProviderId) -> Self {
        Self {
            provider: Some(provider.clone()),
            ..self
        }
    }

    pub fn towards(self, destination: Destination) -> Self {
        let app = self.app.or_else(|| destination.app().cloned());
        Self {
            app,
            destination: Some(destination),
            ..self
        }
    }

    pub fn with_cookies(self, cookies: Vec<String>) -> Self {
        Self { cookies, ..self }
    }
}

impl From<Unavailable> for Problem {
    fn from(_: Unavailable) -> Self {
        Self {
            seconds: Some(5),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "store.down")
        }
    }
}

impl From<RoomError> for Problem {
    fn from(error: RoomError) -> Self {
        let problem = match &error {
            RoomError::Store(unavailable) => return Self::from(*unavailable).under("launch.refused"),
            RoomError::Call(HttpError::Slow) => Self::new(StatusCode::GATEWAY_TIMEOUT, "room.slow"),
            RoomError::Key(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "key.unusable"),
            RoomError::Call(_) | RoomError::Refused(_) => Self::new(StatusCode::BAD_GATEWAY, "room.failed"),
        };
        tracing::warn!(event = "room.failed", error = %error);
        problem.under("launch.refused")
    }
}

impl From<ParamError> for Problem {
    fn from(error: ParamError) -> Self {
        let (code, name) = match error {
            ParamError::Undeclared(name) => ("params.undeclared", name),
            ParamError::Missing(name) => ("params.missing", name),
            ParamError::Repeated(name) => ("params.repeated", name),
            ParamError::Mismatch(name) => ("params.mismatch", name),
            ParamError::ControlCharacter(name) => ("params.control_character", name),
            ParamError::TooLong(name) => ("params.too_long", name),
            ParamError::NotText(name) => ("params.not_text", name),
        };
        Self {
            name: Some(name),
            ..Self::bad_request(code)
        }
    }
}

/// Whether "use another account" can help.
pub fn account_matters(code: &str) -> bool {
    code.starts_with("access.")
        || code.starts_with("admin.")
        || code.starts_with("claims.")
        || code == "login.wrong_provider"
}

/// Whether another sign-in at the provider can help.
pub fn sign_in_matters(code: &str) -> bool {
    matches!(
        code,
        "access.auth_too_old" | "access.acr_not_met" | "login.step_up"
    )
}
