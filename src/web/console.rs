//! A vendor's page in a frame of ours. Its token comes in a message, and a fresh one before the old one
//! ends (C-31); the page that is answered here carries none, and its script asks the token API.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;

use super::around::{Message, Told};
use super::error::Problem;
use super::issue::Entry;
use super::pages::{self, Shell};
use super::{headers, html};
use crate::delivery;
use crate::types::Origin;

/// The page for a person who may come in; whoever may not gets no frame.
pub async fn open(entry: Entry<'_>, vendor: &Origin) -> Result<HttpResponse, Problem> {
    let Entry { visit, app, .. } = entry;
    let prepared = entry.prepare().await?;
    let address = prepared.address.ok_or_else(|| Problem::no_page(&app.id))?;
    let shell = visit.shell();
    let told = shell
        .framed
        .then(|| Told::new(visit, &app.origins, &Message::Open));
    let page = pages::Console {
        shell: Shell { told, ..shell },
        app: app.id.as_str(),
        title: &app.title,
        address: address.as_str(),
        vendor: vendor.as_str(),
        allow: delivery::allow(&[vendor.as_str()]),
        launch: entry.destination().path(),
        lifetime: (app.ttl - app.iat_backdate).whole_seconds(),
        script: visit.gateway.assets.console_url(),
    };
    let mut response = html(StatusCode::OK, &page);
    for (name, value) in headers::around(vendor) {
        let value = HeaderValue::from_str(&value).map_err(|_| Problem::internal())?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
