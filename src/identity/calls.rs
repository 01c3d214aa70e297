//! Calls to a provider, as metrics and traces see them: which, how long and how they ended, and
//! nothing of what was said. A provider is a stranger: no trace's id goes with a call.

use std::sync::atomic::Ordering;
use std::time::Instant;

use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::provider::{Provider, ProviderError};
use crate::http::{Answer, HttpError, Request};

/// The provider's endpoints.
#[derive(Debug, Clone, Copy)]
pub(super) enum Endpoint {
    Metadata,
    Keys,
    Token,
    Userinfo,
    Par,
}

impl Endpoint {
    fn name(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Keys => "keys",
            Self::Token => "token",
            Self::Userinfo => "userinfo",
            Self::Par => "par",
        }
    }
}

/// A call under way. Who drops it before it has ended has given the provider up as too slow.
struct Call<'a> {
    provider: &'a Provider,
    endpoint: Endpoint,
    started: Instant,
    span: Span,
    failure: Option<ProviderError>,
}

impl Provider {
    pub(super) async fn call(&self, endpoint: Endpoint, request: Request<'_>) -> Result<Answer, HttpError> {
        let mut call = Call {
            provider: self,
            endpoint,
            started: Instant::now(),
            span: tracing::info_span!(target: "trace", "provider", otel.kind = "client",
                otel.name = format_args!("provider {}", endpoint.name()), usher.provider = %self.settings.id,
                http.response.status_code = Empty, error.r#type = Empty, otel.status_code = Empty),
            failure: Some(ProviderError::Slow),
        };
        let answer = self.http.send(request).instrument(call.span.clone()).await;
        call.failure = match &answer {
            Ok(answer) => {
                call.span.record("http.response.status_code", answer.status);
                (answer.status >= 500).then_some(ProviderError::WrongAnswer)
            }
            Err(error) => Some(ProviderError::from(*error)),
        };
        answer
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let id = self.provider.settings.id.as_str();
        let seconds = self.started.elapsed().as_secs_f64();
        metrics::histogram!("usher_provider_seconds", "provider" => id.to_owned(), "endpoint" => self.endpoint.name())
            .record(seconds);
        self.provider
            .answers
            .store(self.failure.is_none(), Ordering::Relaxed);
        if let Some(reason) = self.failure.map(ProviderError::code) {
            metrics::counter!("usher_provider_failures_total", "provider" => id.to_owned(), "reason" => reason)
                .increment(1);
            self.span.record("error.type", reason);
            self.span.record("otel.status_code", "ERROR");
        }
    }
}
