//! The body of a form, which must come while somebody waits for it (S-365).

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{Error, FromRequest, HttpRequest, dev, web};

use super::error::Problem;

/// actix-web limits how slowly headers come, and not how slowly a body does.
const WITHIN: Duration = Duration::from_secs(5);

pub struct Body(pub web::Bytes);

impl FromRequest for Body {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let whole = tokio::time::timeout(WITHIN, web::Bytes::from_request(request, payload));
        Box::pin(async {
            match whole.await {
                Ok(body) => body.map(Self),
                Err(_elapsed) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "bad_request")
                    .because("request.body_slow")
                    .into()),
            }
        })
    }
}
