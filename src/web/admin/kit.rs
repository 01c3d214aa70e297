//! What is to be handed out so that people find an app.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use url::form_urlencoded;

use super::Admin;
use super::app::app;
use crate::config::App;
use crate::link::{Kit, LinkError, Snippet};
use crate::web::error::Problem;
use crate::web::pages::admin::{Field, LinkKit, Made};
use crate::web::text::error;
use crate::web::visit::Visit;

pub async fn calendar(Admin(visit): Admin, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    file(&visit, &id, Snippet::Ics, "ics", "text/calendar; charset=utf-8")
}

pub async fn picture(Admin(visit): Admin, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    file(&visit, &id, Snippet::Qr, "svg", "image/svg+xml")
}

/// One snippet as a file that the browser keeps.
fn file(
    visit: &Visit,
    id: &str,
    snippet: Snippet,
    ending: &str,
    mime: &str,
) -> Result<HttpResponse, Problem> {
    let app = app(visit, id)?;
    let made = kit(visit, app, &given(visit, app)?).map_err(|refused| problem(app, refused))?;
    let text = snippet.of(&made).map_err(|_| Problem::not_found())?;
    let disposition = format!("attachment; filename=\"{}.{ending}\"", app.id);
    Ok(HttpResponse::Ok()
        .content_type(mime)
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .body(text))
}

pub fn kit(visit: &Visit, app: &App, given: &[(String, String)]) -> Result<Kit, LinkError> {
    Kit::new(app, &visit.config().public_url, given, visit.now)
}

/// The values for the link. A form sends its empty fields too: they say nothing.
pub fn given(visit: &Visit, app: &App) -> Result<Vec<(String, String)>, Problem> {
    let mut pairs = visit.query()?;
    pairs.retain(|(name, value)| !value.is_empty() || app.params.is_optional(name).is_none());
    Ok(pairs)
}

fn problem(app: &App, refused: LinkError) -> Problem {
    let problem = match refused {
        LinkError::NoPage(app) => return Problem::no_page(&app),
        LinkError::Missing { names, .. } => Problem {
            name: Some(names.join(", ")),
            ..Problem::bad_request("params.missing")
        },
        LinkError::Refused(error) => Problem::from(error),
    };
    problem.of_app(&app.id)
}

/// `refused`: values were given, and cannot stand.
pub fn link_kit(
    app: &App,
    given: &[(String, String)],
    made: Result<Kit, LinkError>,
    refused: bool,
) -> LinkKit {
    let (made, problem) = match made {
        Ok(kit) => (Made::of(&kit, |ending| file_path(app, given, ending)), None),
        Err(LinkError::NoPage(_)) => (Made::NoPage, None),
        Err(error) => {
            let pattern = match &error {
                LinkError::Missing { pattern, .. } => Some(pattern.clone()),
                _ => None,
            };
            let problem = refused.then(|| problem(app, error));
            (Made::Wanting { pattern }, problem)
        }
    };
    let wrong = problem
        .as_ref()
        .and_then(|problem| problem.name.clone())
        .unwrap_or_default();
    let field = |name: &str| Field {
        name: name.to_owned(),
        value: (given.iter().find(|(n, _)| n == name)).map_or_else(String::new, |(_, value)| value.clone()),
        optional: app.params.is_optional(name) == Some(true),
        wrong: wrong.split(", ").any(|wrong| wrong == name),
    };
    LinkKit {
        fields: app.params.names().map(field).collect(),
        error: problem.map(|problem| {
            let texts = error(problem.code).with("app", app.title.as_str());
            texts.with("name", problem.name.unwrap_or_default()).text
        }),
        made,
    }
}

fn file_path(app: &App, given: &[(String, String)], ending: &str) -> String {
    let path = format!("/admin/apps/{}/link.{ending}", app.id);
    if given.is_empty() {
        return path;
    }
    let start = path.len() + 1;
    form_urlencoded::Serializer::for_suffix(path + "?", start)
        .extend_pairs(given)
        .finish()
}
