//! `POST /admin/apps/{app}/xray`: what an app would give whoever asks, or a persona. Nothing is signed,
//! and nothing that was typed is kept.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::app::{Parts, app, form, page};

use super::kit::{kit, link_kit};
use super::{Admin, lab};
use crate::claims::clean::printable;
use crate::config::{self, App, PersonaProblems};
use crate::identity::Identity;
use crate::mint::Refusal;
use crate::web::body::Body;
use crate::web::error::Problem;
use crate::web::launch::take;
use crate::web::notice;
use crate::web::pages::admin::{Field, Found, XrayPart};
use crate::web::visit::Visit;
use crate::xray::{self, Xray};

/// Bytes of a persona.
const LARGEST: usize = 64 * 1024;
/// The same in a form, where a byte may take three.
pub const LARGEST_FORM: usize = 3 * LARGEST + 16 * 1024;
/// Problems of a persona that are told at once.
const MOST_PROBLEMS: usize = 20;
/// Before the name of a parameter, which may be any word.
const PARAM: &str = "param.";

pub async fn post(
    Admin(visit): Admin,
    id: web::Path<String>,
    Body(body): Body,
) -> Result<HttpResponse, Problem> {
    let app = app(&visit, &id)?;
    let (session, mut fields) = form(&visit, app, &body).await?;
    let who = take(&mut fields, "who");
    let persona = take(&mut fields, "persona");
    let given = params(app, fields);
    let mut part = XrayPart {
        too_large: persona.len() > LARGEST,
        ..blank(app)
    };
    let typed = match who.as_str() {
        "me" => Some(Ok(session.identity.clone())),
        _ if part.too_large => None,
        _ => Some(config::persona(&persona, &visit.config().providers)),
    };
    part.persona = persona;
    let fine = match typed {
        Some(Ok(person)) => look(&visit, app, &person, &given, &mut part),
        Some(Err(PersonaProblems(problems))) => {
            let first = problems.iter().take(MOST_PROBLEMS);
            part.wrong = first.map(|problem| printable(&problem.to_string())).collect();
            false
        }
        None => false,
    };
    fill(&mut part.fields, &given);
    let status = if fine {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let parts = Parts {
        kit: link_kit(app, &[], kit(&visit, app, &[]), false),
        xray: part,
        lab: lab::part(&visit, app, None),
    };
    Ok(page(&visit, app, &session, status, parts))
}

/// The form before anybody has filled it in.
pub fn blank(app: &App) -> XrayPart {
    let field = |name: &str| Field {
        name: name.to_owned(),
        value: String::new(),
        optional: app.params.is_optional(name) == Some(true),
        wrong: false,
    };
    XrayPart {
        fields: app.params.names().map(field).collect(),
        ..XrayPart::default()
    }
}

/// The parameters of the launch. A form sends its empty fields too: they say nothing.
fn params(app: &App, fields: Vec<(String, String)>) -> Vec<(String, String)> {
    let param = |(name, value): (String, String)| {
        let name = name.strip_prefix(PARAM)?.to_owned();
        (!value.is_empty() || app.params.is_optional(&name).is_none()).then_some((name, value))
    };
    fields.into_iter().filter_map(param).collect()
}

/// Whether what was typed can stand; a person whom the rules refuse can.
fn look(
    visit: &Visit,
    app: &App,
    person: &Identity,
    given: &[(String, String)],
    part: &mut XrayPart,
) -> bool {
    let xray = Xray::of(app, person, given, visit.now);
    let problem = |refusal: &Refusal| {
        let problem = Problem::refusal(refusal).of_app(&app.id);
        problem.at_provider(&person.provider)
    };
    let unfit = xray
        .outcome()
        .err()
        .filter(|refusal| matches!(refusal, Refusal::Params(_)));
    if let Some(refusal) = unfit {
        let name = problem(refusal).name.unwrap_or_default();
        for field in &mut part.fields {
            field.wrong = name.split(", ").any(|wrong| wrong == field.name);
        }
    }
    let warnings = xray::warnings(app, &visit.gateway.warnings);
    let warnings = warnings.map(ToString::to_string).collect();
    part.found = Some(Found::of(&xray, warnings, |refusal| {
        let texts = notice::texts(&problem(refusal), visit);
        (texts.title, texts.text)
    }));
    unfit.is_none()
}

fn fill(fields: &mut [Field], given: &[(String, String)]) {
    for field in fields {
        if let Some((_, value)) = given.iter().find(|(name, _)| *name == field.name) {
            field.value.clone_from(value);
        }
    }
}
