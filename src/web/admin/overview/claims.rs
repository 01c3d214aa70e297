//! How claims come, and what has changed.

use std::collections::BTreeMap;

use time::{Date, Duration, UtcOffset};

use super::app_link;
use crate::drift::{History, Kind, Trouble, Warning};
use crate::types::ProviderId;
use crate::web::pages::admin::{ClaimRow, ClaimTable, DriftNote};
use crate::web::text::Text;
use crate::web::visit::Visit;

/// How many days are shown, today among them.
const DAYS: i64 = 7;

pub fn note(visit: &Visit, warning: &Warning) -> DriftNote {
    let (title, text, cure) = match &warning.trouble {
        Trouble::Vanished => (
            Text::new("drift-vanished-title"),
            Text::new("drift-vanished-text"),
            Text::new("drift-vanished-cure"),
        ),
        Trouble::Emptied => (
            Text::new("drift-emptied-title"),
            Text::new("drift-emptied-text"),
            Text::new("drift-emptied-cure"),
        ),
        Trouble::Retyped { .. } => (
            Text::new("drift-retyped-title"),
            Text::new("drift-retyped-text"),
            Text::new("drift-retyped-cure"),
        ),
        Trouble::Unverified => (
            Text::new("drift-unverified-title"),
            Text::new("drift-unverified-text"),
            Text::new("drift-unverified-cure"),
        ),
        Trouble::GroupUnseen(_) => (
            Text::new("drift-group-title"),
            Text::new("drift-group-text"),
            Text::new("drift-group-cure"),
        ),
    };
    let provider = warning
        .provider
        .as_ref()
        .map_or_else(String::new, |id| title_of(visit, id));
    let fill = |text: Text| {
        let text = text
            .with("claim", warning.claim.as_str())
            .with("provider", provider.as_str());
        match &warning.trouble {
            Trouble::Retyped { was, is } => {
                let lang = visit.lang();
                text.with("was", lang.plain(&kind(*was)))
                    .with("is", lang.plain(&kind(*is)))
            }
            Trouble::GroupUnseen(group) => text.with("name", group.as_str()),
            _ => text,
        }
    };
    DriftNote {
        title: fill(title),
        text: fill(text),
        cure: fill(cure),
        since: warning.since,
        apps: warning
            .readers
            .apps
            .iter()
            .map(|id| app_link(visit, id.as_str()))
            .collect(),
        admin: warning.readers.admin,
    }
}

/// The days of the last week, and of each provider the claims that are read, as they came on them.
pub fn tables(
    visit: &Visit,
    history: &History,
    drift: &[Warning],
) -> (Vec<(String, String)>, Vec<ClaimTable>) {
    let today = visit.now.to_offset(UtcOffset::UTC).date();
    let days: Vec<Date> = (0..DAYS).rev().map(|ago| today - Duration::days(ago)).collect();
    let mut tables: Vec<(&ProviderId, ClaimTable)> = Vec::new();
    for used in visit.gateway.watch.uses() {
        let seen = history.sightings.iter();
        let seen = seen.filter(|seen| seen.provider == used.provider && seen.claim == used.claim);
        let mut by_day: BTreeMap<Date, (u64, u64)> = BTreeMap::new();
        let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
        for seen in seen.filter(|seen| days.contains(&seen.at.date())) {
            let (of_use, all) = by_day.entry(seen.at.date()).or_default();
            *all += seen.count;
            if seen.kind.is_of_use() {
                *of_use += seen.count;
                *kinds.entry(seen.kind).or_default() += seen.count;
            }
        }
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let percent = |day: &Date| by_day.get(day).map(|(of_use, all)| of_use * 100 / all.max(&1));
        let row = ClaimRow {
            claim: used.claim.clone(),
            changed: drift.iter().any(|warning| {
                (warning.provider.as_ref(), &warning.claim) == (Some(&used.provider), &used.claim)
            }),
            kinds: kinds.into_iter().map(|(form, _)| kind(form)).collect(),
            cells: days.iter().map(percent).collect(),
        };
        match tables.last_mut() {
            Some((id, table)) if **id == used.provider => table.rows.push(row),
            _ => {
                let provider = title_of(visit, &used.provider);
                let rows = vec![row];
                tables.push((&used.provider, ClaimTable { provider, rows }));
            }
        }
    }
    let label = |day: &Date| {
        (
            format!("{:02}", u8::from(day.month())),
            format!("{:02}", day.day()),
        )
    };
    let tables = tables.into_iter().map(|(_, table)| table).collect();
    (days.iter().map(label).collect(), tables)
}

fn title_of(visit: &Visit, id: &ProviderId) -> String {
    let provider = visit.config().provider(id);
    provider.map_or_else(|| id.to_string(), |provider| provider.title.clone())
}

fn kind(kind: Kind) -> Text {
    match kind {
        Kind::Absent => Text::new("claim-absent"),
        Kind::Empty => Text::new("claim-empty"),
        Kind::Text => Text::new("claim-text"),
        Kind::Number => Text::new("claim-number"),
        Kind::Boolean => Text::new("claim-boolean"),
        Kind::List => Text::new("claim-list"),
        Kind::Object => Text::new("claim-object"),
        Kind::Verified => Text::new("claim-verified"),
        Kind::Unverified => Text::new("claim-unverified"),
    }
}
