//! `GET /`: the tiles that this person may open; signed out, the sign-in page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::error::Problem;
use super::pages::{Portal, Tile};
use super::visit::Visit;
use super::{html, login};
use crate::config::App;
use crate::identity::Identity;
use crate::params::Params;
use crate::session::attempt::{Destination, Page};

pub async fn get(visit: Visit) -> Result<HttpResponse, Problem> {
    let home = Destination::Page(Page::Portal);
    let Some(session) = visit.session().await? else {
        return Ok(login::chooser(&visit, &home, false));
    };
    let query = visit
        .query()?
        .into_iter()
        .find(|(name, _)| name == "q")
        .map(|(_, value)| value);
    let tiles = tiles(&visit, &session.identity);
    let switch_href = format!("{}&switch=1", home.login_path());
    Ok(html(
        StatusCode::OK,
        &Portal::new(visit.shell(), tiles, &query.unwrap_or_default(), switch_href),
    ))
}

/// What is shown is what may be opened, by the very decision of a launch; an app that opens later
/// counts the time down where its tile leads.
pub fn open_to<'a>(visit: &'a Visit, identity: &'a Identity) -> impl Iterator<Item = &'a App> {
    visit.config().apps.iter().filter(|app| {
        !app.hidden
            && app.target.is_some()
            && app.params.all_optional()
            && app.takes(&identity.provider)
            && !app.window.is_over(visit.now)
            && app.opens_to(identity, &Params::default(), visit.now)
    })
}

fn tiles(visit: &Visit, identity: &Identity) -> Vec<Tile> {
    open_to(visit, identity).map(|app| tile(visit, app)).collect()
}

/// An app as pages show it.
pub fn tile(visit: &Visit, app: &App) -> Tile {
    Tile {
        id: app.id.clone(),
        title: app.title.clone(),
        description: app.description.clone(),
        category: app.category.clone(),
        icon_url: visit.gateway.assets.icon_url(&app.id).map(str::to_owned),
        new_tab: app.new_tab,
    }
}
