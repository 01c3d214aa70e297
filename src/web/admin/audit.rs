//! `/admin/audit`: what happened, and why; `/admin/audit.csv` and `.jsonl` take it along.

use std::error::Error as _;
use std::future::ready;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use futures_util::stream::{self, StreamExt as _};
use url::form_urlencoded;

use super::{Admin, count, halls, limited};
use crate::audit::{EXPORTED, Filter, FilterError, Format, Order, Position, Record, Row};
use crate::session::admin::AdminPage;
use crate::session::attempt::{Destination, Page};
use crate::store::{ReadError, TrailReader};
use crate::web::error::Problem;
use crate::web::pages::admin::{Audit, Entry, Form, Hall, OneRecord, RecordPage, Search};
use crate::web::visit::Visit;
use crate::web::{fetch, headers, html, notice};

/// Records on a page.
const MOST: usize = 50;

/// The condition of a page that is none of the filter: where it begins.
const BEFORE: &str = "before";

pub async fn list(Admin(visit): Admin) -> Result<HttpResponse, Problem> {
    let mut asked = visit.query()?;
    let form = Form::new(
        &asked,
        visit.config().apps.iter().map(|app| (&app.id, &*app.title)),
    );
    let before = take_before(&mut asked);
    let wanted = before.and_then(|before| Ok((Filter::parse(&asked)?, before)));
    let (filter, before) = match wanted {
        Ok(wanted) => wanted,
        Err(error) if notice::wants_json(&visit) => return Err(malformed(&error)),
        Err(error) => {
            return Ok(page(
                &visit,
                StatusCode::BAD_REQUEST,
                form.wrong(&error),
                Search::Refused,
            ));
        }
    };
    asked.retain(|(_, value)| !value.trim().is_empty());
    let mut trail = visit.gateway.store().trail();
    let found = trail.page(&filter, Order::Newest, before.as_ref(), MOST).await;
    let found = found.map_err(|error| unreadable(&error, &visit))?;
    let alone = filter.id.is_some() || (filter.reference.is_some() && asked.len() == 1);
    if let ([row], true) = (found.rows.as_slice(), alone) {
        return one(&visit, &mut trail, row).await;
    }
    if let (true, Some(reference)) = (found.rows.is_empty(), filter.reference) {
        return Ok(page(&visit, StatusCode::OK, form, Search::Nowhere(reference)));
    }
    let query = query(&asked, None);
    let older = found
        .next
        .as_ref()
        .map(|next| path(&self::query(&asked, Some(next))));
    // Short of a page there may be more, where nobody has looked yet.
    let until = found
        .next
        .filter(|_| found.rows.len() < MOST)
        .map(|next| next.time);
    let found = Search::Some {
        rows: found.rows.iter().map(Entry::new).collect(),
        newest: before.is_some().then(|| path(&query)),
        older,
        until,
        query,
    };
    Ok(page(&visit, StatusCode::OK, form, found))
}

pub async fn csv(Admin(visit): Admin) -> Result<HttpResponse, Problem> {
    export(&visit, Format::Csv, "csv", "text/csv; charset=utf-8").await
}

pub async fn jsonl(Admin(visit): Admin) -> Result<HttpResponse, Problem> {
    export(&visit, Format::Jsonl, "jsonl", "application/jsonl; charset=utf-8").await
}

fn page(visit: &Visit, status: StatusCode, form: Form, found: Search) -> HttpResponse {
    let page = Audit {
        shell: visit.shell(),
        halls: halls(visit, Hall::Audit),
        form,
        found,
    };
    html(status, &page)
}

async fn one(visit: &Visit, trail: &mut TrailReader, row: &Row) -> Result<HttpResponse, Problem> {
    let proof = trail.proof(row).await;
    let proof = proof.map_err(|error| unreadable(&error, visit))?;
    let page = RecordPage {
        shell: visit.shell(),
        halls: halls(visit, Hall::Audit),
        script_url: visit.gateway.assets.copy_url().to_owned(),
        record: OneRecord::new(row, proof),
    };
    let mut response = html(StatusCode::OK, &page);
    let policy = header::HeaderValue::from_static(headers::SCRIPTED);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

async fn export(visit: &Visit, format: Format, ending: &str, mime: &str) -> Result<HttpResponse, Problem> {
    // A page elsewhere must not write exports in the name of whoever looks at it.
    if fetch::is_from_elsewhere(visit.request.headers()) {
        return Err(Problem::forbidden("csrf.invalid").under("admin.refused"));
    }
    let filter = Filter::parse(&visit.query()?).map_err(|error| malformed(&error))?;
    let session = visit.session().await?.ok_or_else(Problem::internal)?;
    // It is a row in the audit trail, and so counts as a launch does.
    let person = &session.identity;
    count(visit, person, || limited(visit, person)).await?;
    let record = Record::exported(person, &visit.occasion());
    visit.gateway.store().record(record).await?;
    let mut export = Export {
        trail: visit.gateway.store().trail(),
        filter,
        format,
    };
    // The first page comes before the answer begins, which can then still be another.
    let first = export.read(None, format.head()).await;
    let (first, next) = first.map_err(|error| unreadable(&error, visit))?;
    let first = stream::once(ready(Ok::<_, ReadError>(first)));
    let body = first.chain(stream::unfold(next.map(|next| (export, next)), async |state| {
        let (mut export, position) = state?;
        Some(match export.read(Some(position), Vec::new()).await {
            Ok((bytes, next)) => (Ok(bytes), next.map(|next| (export, next))),
            // The browser is cut off, and so knows that this is not all.
            Err(error) => {
                note(&error);
                (Err(error), None)
            }
        })
    }));
    let date = visit.now.date();
    let name = format!("attachment; filename=\"audit-{date}.{ending}\"");
    Ok(HttpResponse::Ok()
        .content_type(mime)
        .insert_header((header::CONTENT_DISPOSITION, name))
        .streaming(body))
}

/// An export on its way: page after page is read as the browser takes it, and none once it has gone.
struct Export {
    trail: TrailReader,
    filter: Filter,
    format: Format,
}

impl Export {
    /// Reads on until there is something to write behind `bytes`; and where it went on from there.
    async fn read(
        &mut self,
        mut after: Option<Position>,
        mut bytes: Vec<u8>,
    ) -> Result<(Bytes, Option<Position>), ReadError> {
        loop {
            let page = (self.trail)
                .page(&self.filter, Order::Oldest, after.as_ref(), EXPORTED)
                .await?;
            bytes.extend(self.format.rows(&page.rows));
            after = page.next;
            if !bytes.is_empty() || after.is_none() {
                return Ok((bytes.into(), after));
            }
        }
    }
}

/// Takes out where the page begins.
fn take_before(asked: &mut Vec<(String, String)>) -> Result<Option<Position>, FilterError> {
    let (before, rest): (Vec<_>, Vec<_>) = asked.drain(..).partition(|(name, _)| name == BEFORE);
    *asked = rest;
    match before.as_slice() {
        [] => Ok(None),
        [(_, text)] => Position::parse(text)
            .map(Some)
            .ok_or(FilterError::Malformed(BEFORE)),
        _ => Err(FilterError::Repeated(BEFORE.to_owned())),
    }
}

fn query(asked: &[(String, String)], before: Option<&Position>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(asked);
    if let Some(before) = before {
        query.append_pair(BEFORE, &before.to_string());
    }
    query.finish()
}

fn path(query: &str) -> String {
    if query.is_empty() {
        "/admin/audit".to_owned()
    } else {
        format!("/admin/audit?{query}")
    }
}

fn malformed(error: &FilterError) -> Problem {
    let name = match error {
        FilterError::Unknown(name) | FilterError::Repeated(name) => name.clone(),
        FilterError::Malformed(name) => (*name).to_owned(),
        FilterError::Empty => "from".to_owned(),
    };
    Problem {
        name: Some(name),
        ..Problem::bad_request("audit.filter")
    }
}

fn unreadable(error: &ReadError, visit: &Visit) -> Problem {
    note(error);
    let code = match error {
        ReadError::Slow => "audit.slow",
        ReadError::Sql(_) | ReadError::Open(_) => "store.down",
    };
    let problem = Problem {
        seconds: Some(5),
        ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, code)
    };
    let here = AdminPage::at(visit.request.path(), &visit.query().unwrap_or_default());
    match here {
        Some(here) => problem.towards(Destination::Page(Page::Admin(here))),
        None => problem,
    }
}

fn note(error: &ReadError) {
    let cause = error.source().map(tracing::field::display);
    tracing::warn!(event = "audit.read_failed", error = %error, cause);
}
