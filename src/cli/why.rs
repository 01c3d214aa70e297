//! `usher why`: the decision behind a reference that somebody read from an error page.

use std::io::Write;

use super::check::Format;
use crate::audit::{Filter, Order};
use crate::store::TrailReader;
use crate::types::Reference;
use crate::why;

/// Records under one reference that are told of: a request leaves one, or two.
const MOST: usize = 100;

/// Says what is on record; false where nothing is.
pub async fn run(
    trail: &mut TrailReader,
    reference: Reference,
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let filter = Filter {
        reference: Some(reference.clone()),
        ..Filter::default()
    };
    let rows = trail.page(&filter, Order::Oldest, None, MOST).await?.rows;
    match format {
        Format::Json => writeln!(out, "{:#}", why::json(&reference, &rows))?,
        Format::Table if rows.is_empty() => write!(out, "{}", why::elsewhere(&reference))?,
        Format::Table => write!(out, "{}", why::text(&rows))?,
    }
    Ok(!rows.is_empty())
}
