//! Forms of our pages that change something: from a page of ours, out of the session that got it (C-34).

use actix_web::http::StatusCode;

use super::error::Problem;
use super::launch::take;
use super::visit::{Visit, pairs};
use crate::session::{Session, csrf};

/// The field for `form` (its path) on a page for this session.
pub fn token(visit: &Visit, session: &Session, form: &str) -> String {
    csrf::issue(&visit.gateway.sealer, session.key, form, visit.now)
}

/// Whose form it is, and its other fields.
pub async fn read(
    visit: &Visit,
    form: &str,
    body: &[u8],
) -> Result<(Session, Vec<(String, String)>), Problem> {
    visit.require_own_form()?;
    let mut fields = pairs(body)?;
    let token = take(&mut fields, "csrf");
    let session = visit.session().await?;
    let session = session.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "session.required"))?;
    csrf::check(&visit.gateway.sealer, session.key, form, &token, visit.now)
        .ok_or_else(|| Problem::forbidden("csrf.invalid"))?;
    Ok((session, fields))
}
