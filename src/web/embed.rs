//! A launch in a frame of a page whose origin the app lists. `frame-ancestors` on a 302 protects nothing, so
//! that our own page comes first, and only what that page asks for can mint (C-52).

use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage as _, HttpResponse};

use super::error::Problem;
use super::fetch::{self, Navigation};
use super::guard::InFrame;
use super::pages::{Card, Gate};
use super::visit::Visit;
use super::{headers, html};
use crate::config::App;
use crate::session::attempt::{CHALLENGE, Destination};

/// Marks the request that our first page makes.
const GATE: (&str, &str) = ("usher_gate", "1");

/// Where a launch is to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Window,
    /// In a frame, and nobody knows yet of whose page.
    Gate,
    /// In a frame of a listed origin's page, where ours has stood.
    Frame,
}

impl Place {
    pub fn of(visit: &Visit, app: &App) -> Result<Self, Problem> {
        let refused = |problem: Problem| problem.of_app(&app.id);
        let navigation = fetch::navigation(visit.request.headers()).map_err(refused)?;
        let Navigation::Frame { ours } = navigation else {
            return Ok(Self::Window);
        };
        if app.origins.is_empty() {
            return Err(refused(
                Problem::forbidden("launch.framed").under("launch.refused"),
            ));
        }
        let framed = InFrame(app.origins.clone());
        visit.request.extensions_mut().insert(framed);
        Ok(if ours { Self::Frame } else { Self::Gate })
    }
}

/// Takes our mark out of what a framed launch brought; whether it was there.
pub fn take_mark(given: &mut Vec<(String, String)>) -> bool {
    let before = given.len();
    given.retain(|(name, value)| (name.as_str(), value.as_str()) != GATE);
    given.len() < before
}

/// The page that stands first. Where it comes again, as in a sandbox without an origin, it waits for a
/// press, so that nothing turns in circles.
pub fn gate(visit: &Visit, app: &App, destination: &Destination, again: bool) -> HttpResponse {
    let launch = destination.path();
    let joint = if launch.contains('?') { '&' } else { '?' };
    let (name, value) = GATE;
    let page = Gate {
        shell: visit.shell(),
        app: app.title.clone(),
        on: format!("{launch}{joint}{name}={value}"),
        by_itself: !again,
        launch,
    };
    html(StatusCode::OK, &page)
}

/// The card behind the gate for whoever has to sign in, which never happens in a frame (S-208, C-22).
pub fn card(visit: &Visit, app: &App, destination: &Destination, again: bool) -> HttpResponse {
    let launch = destination.path();
    let params = launch.split_once('?').map_or("", |(_, params)| params);
    let joint = if params.is_empty() { "" } else { "&" };
    let page = Card {
        shell: visit.shell(),
        app: app.id.as_str(),
        title: &app.title,
        again,
        window: format!("/auth/handed-back?app={}{joint}{params}&{CHALLENGE}=", app.id),
        launch,
        script: visit.gateway.assets.card_url(),
    };
    let mut response = html(StatusCode::UNAUTHORIZED, &page);
    let policy = header::HeaderValue::from_static(headers::CARD);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
