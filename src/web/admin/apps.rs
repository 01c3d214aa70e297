//! `/admin/apps`: the apps.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::{Admin, halls};
use crate::config::App;
use crate::delivery::Target;
use crate::mint::Refusal;
use crate::web::html;
use crate::web::pages::admin::{Apps, Hall, Listed};
use crate::web::portal::tile;
use crate::web::text::Text;
use crate::web::visit::Visit;

pub async fn list(Admin(visit): Admin) -> HttpResponse {
    let listed = |app: &App| Listed {
        tile: tile(&visit, app),
        vendor: app.vendor,
        place: app.target.as_ref().and_then(Target::origin),
        marks: marks(&visit, app),
    };
    let page = Apps {
        shell: visit.shell(),
        halls: halls(&visit, Hall::Apps),
        apps: visit.config().apps.iter().map(listed).collect(),
    };
    html(StatusCode::OK, &page)
}

/// What is out of the ordinary with an app.
fn marks(visit: &Visit, app: &App) -> Vec<Text> {
    let window = match app.window.admit(visit.now) {
        Err(Refusal::NotOpenYet { .. }) => Some(Text::new("admin-mark-early")),
        Err(_) => Some(Text::new("admin-mark-over")),
        Ok(()) => None,
    };
    let no_page = app.target.is_none().then(|| Text::new("admin-mark-no-page"));
    let values = (!app.params.all_optional()).then(|| Text::new("admin-mark-values"));
    let hidden = app.hidden.then(|| Text::new("admin-mark-hidden"));
    [window, no_page, values, hidden].into_iter().flatten().collect()
}
