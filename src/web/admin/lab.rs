//! `POST /admin/apps/{app}/lab`: to the vendor's door as a test person, with a token that is wrong in
//! exactly one way.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use secrecy::ExposeSecret as _;

use super::app::{Parts, app, form, page};
use super::kit::{kit, link_kit};
use super::xray::blank;
use super::{Admin, count};
use crate::audit::{Actor, Record};
use crate::config::App;
use crate::lab::{self, Exit, Experiment, Flaw, LabError};
use crate::mint::{self, Refusal};
use crate::web::body::Body;
use crate::web::error::Problem;
use crate::web::launch::{self, take};
use crate::web::pages::HandOver;
use crate::web::pages::admin::LabPart;
use crate::web::text::Text;
use crate::web::visit::Visit;

/// The page of the app, for whoever comes back to the form's address from a sign-in.
pub async fn back(Admin(visit): Admin, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    if !visit.config().lab() {
        return Err(Problem::not_found());
    }
    super::app::back(Admin(visit), id).await
}

pub async fn post(
    Admin(visit): Admin,
    id: web::Path<String>,
    Body(body): Body,
) -> Result<HttpResponse, Problem> {
    let app = app(&visit, &id)?;
    if !visit.config().lab() {
        return Err(Problem::not_found());
    }
    let (session, mut fields) = form(&visit, app, &body).await?;
    let people = lab::people(app, &visit.gateway.tests);
    let number = take(&mut fields, "person").parse::<usize>();
    let test = number.ok().and_then(|n| people.get(n.checked_sub(1)?).copied());
    let flaw = Flaw::parse(&take(&mut fields, "flaw"));
    let (Some(test), Some(flaw), true) = (test, flaw, lab::opens(app)) else {
        return Err(Problem::bad_request("bad_request").because("lab.bad_request"));
    };
    let actor = || Actor::Admin(session.identity.subject.clone());
    let occasion = visit.occasion();
    let limited = || {
        let record = Record::lab_refused(&test.identity, &app.id, app.vendor, "rate.limited", &occasion);
        record.by(actor())
    };
    count(&visit, &session.identity, limited).await?;
    if !visit.gateway.lasting.clock.is_steady() {
        return Err(Problem::unsteady());
    }
    let store = visit.gateway.store();
    let experiment = Experiment {
        app,
        person: &test.identity,
        flaw,
        actor: actor(),
        occasion: &occasion,
    };
    let params = app.params.accept(&test.params).map_err(Refusal::from);
    // No app with a room takes its tokens from a browser.
    let prepared = params.and_then(|params| mint::prepare(app, &test.identity, &params, visit.now));
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(refusal) => {
            experiment.refuse(&refusal, store).await?;
            let parts = Parts {
                kit: link_kit(app, &[], kit(&visit, app, &[]), false),
                xray: blank(app),
                lab: part(&visit, app, Some(refusal.code())),
            };
            return Ok(page(&visit, app, &session, StatusCode::CONFLICT, parts));
        }
    };
    match experiment.run(prepared, store).await.map_err(problem)? {
        Exit::Redirect(address) => Ok(HttpResponse::SeeOther()
            .insert_header((header::LOCATION, address.expose_secret()))
            .finish()),
        Exit::Form { action, field, token } => launch::self_posting(
            &visit,
            &HandOver {
                shell: visit.shell(),
                heading: Text::new("hand-over-title").with("app", app.title.as_str()),
                lead: Text::new("hand-over-text"),
                button: Text::new("hand-over-button").with("app", app.title.as_str()),
                action: &action,
                fields: &[(&field, token.expose_secret())],
                script: visit.gateway.assets.submit_url(),
            },
        ),
        Exit::Bare(_) => Err(Problem::internal()),
    }
}

fn problem(error: LabError) -> Problem {
    match error {
        LabError::Unsuited => Problem::bad_request("bad_request").because("lab.bad_request"),
        LabError::Key(error) => Problem::refusal(&Refusal::Key(error)),
        LabError::TooLong(error) => Problem::refusal(&Refusal::TooLong(error)),
        LabError::Unrecorded(error) => Problem::from(error),
    }
}

/// What the page of an app has of the lab; `refused` is why its rules turned the test person away.
pub fn part(visit: &Visit, app: &App, refused: Option<&'static str>) -> LabPart {
    if !visit.config().lab() {
        return LabPart::Off;
    }
    let people = lab::people(app, &visit.gateway.tests);
    if people.is_empty() {
        return LabPart::Nobody;
    }
    if !lab::opens(app) {
        return LabPart::ApiOnly {
            command: format!("usher lab --app {}", app.id),
        };
    }
    LabPart::on(&people, Flaw::of(app), refused)
}
