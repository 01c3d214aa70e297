//! A launch in a frame of a page whose origin the app lists. `frame-ancestors` on a 302 protects nothing, so
//! that our own page comes first, and only what that page asks for can mint (C-52).

use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage as _, HttpResponse};

use super::around::{Message, Told};
use super::error::Problem;
use super::fetch::{self, Navigation};
use super::guard::InFrame;
use super::pages::{Card, Gate, Shell};
use super::visit::Visit;
use super::{headers, html};
use crate::config::App;
use crate::session::attempt::{CHALLENGE, Destination};

const MARK: &str = "usher_gate";
/// Our first page's.
const GATE: &str = "1";
/// That of `<usher-app>`, in whose script it stands for good.
const ELEMENT: &str = "app";
/// The seconds after which our first page goes on although it was not told to.
const LONGEST_WAIT: u8 = 3;

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

/// Who asks for a launch in a frame, as a mark in its address says. Nobody gains by a false one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    Page,
    Element,
    Gate,
}

impl Asker {
    /// Takes the mark out of what a launch brought; elsewhere than in a frame it means nothing.
    pub fn take(place: Place, given: &mut Vec<(String, String)>) -> Self {
        if place == Place::Window {
            return Self::Page;
        }
        let mut asker = Self::Page;
        given.retain(|(name, value)| {
            asker = match (name.as_str(), value.as_str()) {
                (MARK, GATE) => Self::Gate,
                (MARK, ELEMENT) if asker == Self::Page => Self::Element,
                _ => return true,
            };
            false
        });
        asker
    }
}

/// The page that stands first, and goes on by itself. For `<usher-app>` it waits until the frame grants what
/// the vendor's page may ask for, which counts from the next page on. Where it comes again, as in a sandbox
/// without an origin, it waits for a press, so that nothing turns in circles.
pub fn gate(visit: &Visit, app: &App, destination: &Destination, asker: Asker) -> HttpResponse {
    let launch = destination.path();
    let joint = if launch.contains('?') { '&' } else { '?' };
    let on = format!("{launch}{joint}{MARK}={GATE}");
    let told = (asker == Asker::Element).then(|| Told {
        on: Some(on.clone()),
        ..Told::new(
            visit,
            &app.origins,
            &Message::opening(app, &visit.config().public_url),
        )
    });
    let page = Gate {
        shell: Shell {
            told,
            ..visit.shell()
        },
        app: app.title.clone(),
        on,
        after: match asker {
            Asker::Page => Some(0),
            Asker::Element => Some(LONGEST_WAIT),
            Asker::Gate => None,
        },
        launch,
    };
    let mut response = html(StatusCode::OK, &page);
    if asker == Asker::Element {
        let policy = header::HeaderValue::from_static(headers::SCRIPTED);
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The card behind the gate for whoever has to sign in, which never happens in a frame (S-208, C-22).
pub fn card(visit: &Visit, app: &App, destination: &Destination, again: bool) -> HttpResponse {
    let launch = destination.path();
    let params = launch.split_once('?').map_or("", |(_, params)| params);
    let joint = if params.is_empty() { "" } else { "&" };
    let told = Told::new(visit, &app.origins, &Message::SignedOut);
    let page = Card {
        shell: Shell {
            told: Some(told),
            ..visit.shell()
        },
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
