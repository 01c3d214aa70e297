//! Around every request: limits, the host, speculation; then the reference, the headers, the page
//! for what went wrong, and one line in the log.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use futures_util::FutureExt as _;
use tracing::Instrument as _;

use super::error::Problem;
use super::gateway::{Gateway, Live};
use super::visit::{Arrival, Seen, Visit, client_address};
use super::{cors, fetch, headers, notice, trace};
use crate::config::Config;
use crate::session::cookie::{self, Cookies};
use crate::types::Origin;

/// S-221, S-338.
const LONGEST_TARGET: usize = 8 * 1024;
const LARGEST_HEADERS: usize = 32 * 1024;
const MOST_HEADERS: usize = 64;
pub const LARGEST_FORM: usize = 16 * 1024;

/// A page through which a popup may pass keeps its opener (C-28).
#[derive(Clone, Copy)]
pub struct OnPopupsWay;

/// The answer goes into a frame of one of these origins' pages.
#[derive(Clone)]
pub struct InFrame(pub Vec<Origin>);

pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let span = trace::begin(request.method());
    guarded(request, next).instrument(span).await
}

async fn guarded(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let gateway = request
        .app_data::<web::Data<Live>>()
        .expect("the gateway is the app's data")
        .gateway();
    let arrival = arrival(&request, Arc::clone(&gateway));
    request.extensions_mut().insert(arrival.clone());
    let mut response = if let Err(problem) = admit(&request, &arrival, &gateway.config) {
        let (request, _) = request.into_parts();
        let page = page(&problem, &request).await;
        ServiceResponse::new(request, page)
    } else if is_door(request.path()) && fetch::is_speculative(request.headers()) {
        request.into_response(HttpResponse::new(StatusCode::SERVICE_UNAVAILABLE))
    } else {
        match AssertUnwindSafe(next.call(request)).catch_unwind().await {
            Ok(response) => answered(response?.map_into_boxed_body()).await,
            Err(_) => return Err(broken(&gateway, &arrival)),
        }
    };
    let public_url = &gateway.config.public_url;
    let readers = cors::Readers::of(response.request(), &gateway.config);
    readers.admit(response.headers_mut());
    headers::complete(response.headers_mut(), public_url, &arrival.reference);
    let framed = response.request().extensions().get::<InFrame>().cloned();
    if let Some(InFrame(origins)) = framed {
        headers::let_frame(response.headers_mut(), &origins);
    }
    if is_isolated(&response) {
        headers::isolate(response.headers_mut());
    }
    log(&response, &arrival, started);
    Ok(response)
}

fn arrival(request: &ServiceRequest, gateway: Arc<Gateway>) -> Arrival {
    let all = |name| request.headers().get_all(name).map(HeaderValue::as_bytes);
    let cookies = Cookies::parse(all(header::COOKIE));
    let peer = request.peer_addr().map(|address| address.ip());
    let trusted = &gateway.config.server.trusted_proxies;
    let address = client_address(peer, all(header::X_FORWARDED_FOR), trusted);
    let occasion = gateway
        .lasting
        .store
        .occasion(gateway.lasting.clock.now(), address);
    Arrival {
        now: occasion.now,
        reference: occasion.reference,
        cookies: Rc::new(cookies),
        address,
        gateway,
    }
}

async fn page(problem: &Problem, request: &HttpRequest) -> HttpResponse {
    let Some(visit) = Visit::of(request) else {
        return HttpResponse::new(problem.status);
    };
    let known = request.extensions().contains::<Seen>();
    let turned_away = matches!(problem.status.as_u16(), 414 | 421 | 431);
    if !known && !turned_away && problem.code != "store.down" {
        // The page says who is signed in; without the store it does without.
        let _ = visit.session().await;
    }
    notice::render(problem, &visit)
}

/// One handler's bug is one person's error, and never a token (S-379).
fn broken(gateway: &Gateway, arrival: &Arrival) -> actix_web::Error {
    tracing::error!(event = "request.panicked", request_id = %arrival.reference);
    let text = format!("Something broke. Reference: {}\n", arrival.reference);
    let mut response = HttpResponse::InternalServerError()
        .content_type("text/plain; charset=utf-8")
        .body(text);
    headers::complete(
        response.headers_mut(),
        &gateway.config.public_url,
        &arrival.reference,
    );
    InternalError::from_response("a handler panicked", response).into()
}

/// Paths where a speculative load must leave no trace (S-211).
fn is_door(path: &str) -> bool {
    [
        "/launch/",
        "/admin",
        "/api/",
        "/auth/login",
        "/auth/initiate",
        "/auth/callback/",
        "/auth/logout",
        "/auth/frontchannel-logout/",
        "/auth/frame",
        "/auth/handed-back",
    ]
    .iter()
    .any(|door| path.starts_with(door))
}

fn admit(request: &ServiceRequest, arrival: &Arrival, config: &Config) -> Result<(), Problem> {
    let map = request.headers();
    let target = request
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if target > LONGEST_TARGET {
        return Err(Problem::new(StatusCode::URI_TOO_LONG, "too_large"));
    }
    let size: usize = map
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if size > LARGEST_HEADERS || map.iter().count() > MOST_HEADERS || arrival.cookies.len() > cookie::MOST {
        return Err(Problem::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "headers.too_large",
        ));
    }
    // The router would decode it, and what the handlers and this guard compare is the raw path (S-333).
    if request.uri().path().contains('%') {
        return Err(Problem::not_found());
    }
    let mut hosts = map.get_all(header::HOST);
    let (Some(host), None) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) else {
        return Err(Problem::bad_request("bad_request").because("host.missing_or_repeated"));
    };
    let ours = &config.public_url.host;
    let named = |host: &str| without_port(host).eq_ignore_ascii_case(ours);
    if !named(host)
        || request
            .uri()
            .authority()
            .is_some_and(|authority| !named(authority.as_str()))
    {
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "host.unknown"));
    }
    Ok(())
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

/// Puts a page into answers that went wrong.
async fn answered(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let error_page = match response.response().error() {
        Some(error) => match error.as_error::<Problem>() {
            Some(problem) => page(problem, response.request()).await,
            None => page(&foreign(status), response.request()).await,
        },
        None => return response,
    };
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, error_page)
}

/// An error of actix-web's own, by its status.
fn foreign(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(status, "too_large"),
        status if status.is_client_error() => Problem::bad_request("bad_request"),
        _ => Problem::internal(),
    }
}

/// Pages that no popup passes through are on their own (C-28).
fn is_isolated(response: &ServiceResponse<BoxBody>) -> bool {
    let html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
    let popup = response.request().path().starts_with("/auth/")
        || response.request().extensions().get::<OnPopupsWay>().is_some();
    html && response.status().is_success() && !popup
}

fn log(response: &ServiceResponse<BoxBody>, arrival: &Arrival, started: Instant) {
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "-".to_owned());
    let status = response.status();
    let elapsed = started.elapsed();
    trace::end(&route, status, &arrival.reference);
    metrics::histogram!("usher_request_seconds", "route" => route.clone()).record(elapsed.as_secs_f64());
    tracing::info!(
        event = "request",
        request_id = %arrival.reference,
        method = %response.request().method(),
        route,
        status = status.as_u16(),
        microseconds = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_30_only_the_host_name_is_compared() {
        assert_eq!(without_port("go.example.com:8443"), "go.example.com");
        assert_eq!(without_port("go.example.com"), "go.example.com");
        assert_eq!(without_port("[::1]:8080"), "[::1]");
        assert_eq!(without_port("[::1]"), "[::1]");
    }
}
