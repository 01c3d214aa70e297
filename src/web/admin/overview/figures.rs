//! From hourly figures to a chart and lists.

use std::collections::BTreeMap;

use super::app_link;
use crate::store::Figure;
use crate::types::ProviderId;
use crate::web::pages::admin::{APART, AppLine, Chart, ProviderLine, Series, Share, Span, Tenths};
use crate::web::text::{CODES, Text, error};
use crate::web::visit::Visit;

/// The longest list of reasons or apps.
const MOST: usize = 10;

/// The figures of a span, sorted by what they count.
pub struct Figures<'a> {
    launches: Vec<&'a Figure>,
    refusals: Vec<&'a Figure>,
    sign_ins: Vec<&'a Figure>,
    failures: Vec<&'a Figure>,
}

impl<'a> Figures<'a> {
    pub fn of(figures: &'a [Figure]) -> Self {
        let of = |event, outcome| {
            let found = figures.iter();
            found.filter(move |figure| (figure.event.as_str(), figure.outcome.as_str()) == (event, outcome))
        };
        Self {
            launches: of("launch", "ok").collect(),
            refusals: of("denied", "refused").collect(),
            // A frame's session comes from another session, and from no provider.
            sign_ins: of("sign_in", "ok")
                .filter(|figure| figure.reason.is_empty())
                .collect(),
            failures: of("sign_in", "refused").collect(),
        }
    }

    pub fn launches(&self) -> u64 {
        sum(&self.launches)
    }

    pub fn refused(&self) -> u64 {
        sum(&self.refusals)
    }

    pub fn sign_ins(&self) -> u64 {
        sum(&self.sign_ins)
    }

    pub fn failed(&self) -> u64 {
        sum(&self.failures)
    }

    /// The apps that are opened most have a series each, the others share the last one.
    pub fn chart(&self, visit: &Visit, span: Span) -> (Chart, Vec<Series>) {
        let ranks = self.ranks();
        let others: u64 = ranks.iter().skip(APART).map(|(_, count)| count).sum();
        let mut series: Vec<Series> = ranks
            .iter()
            .take(APART)
            .map(|(id, count)| Series {
                title: Some(app_link(visit, id).title),
                count: *count,
            })
            .collect();
        if others > 0 {
            series.push(Series {
                title: None,
                count: others,
            });
        }
        let mut chart = Chart::new(span, visit.now, series.len());
        for figure in &self.launches {
            chart.add(figure.hour, place(&ranks, &figure.app), figure.count);
        }
        (chart, series)
    }

    /// The apps by what was asked of them; those of the configuration that nobody asked for come last.
    pub fn apps(&self, visit: &Visit) -> Vec<AppLine> {
        let ranks = self.ranks();
        let refused = count(&self.refusals, |figure| figure.app.as_str());
        let mut ids: Vec<&str> = ranks.iter().map(|(id, _)| *id).collect();
        for (id, _) in &refused {
            if !ids.contains(id) {
                ids.push(id);
            }
        }
        for app in &visit.config().apps {
            if !ids.contains(&app.id.as_str()) {
                ids.push(app.id.as_str());
            }
        }
        let of = |counts: &[(&str, u64)], id: &str| {
            let found = counts.iter().find(|(other, _)| *other == id);
            found.map_or(0, |(_, count)| *count)
        };
        let line = |id: &str| AppLine {
            app: app_link(visit, id),
            series: place(&ranks, id),
            launches: of(&ranks, id),
            refused: of(&refused, id),
        };
        ids.into_iter().take(MOST).map(line).collect()
    }

    pub fn refusals(&self) -> Vec<Share> {
        let refusals = count(&self.refusals, |figure| figure.reason.as_str());
        let most = largest(&refusals);
        shares(refusals, most)
    }

    /// Each provider of the configuration, then those that are gone, and last what nobody knows the
    /// provider of.
    pub fn providers(&self, visit: &Visit) -> Vec<ProviderLine> {
        let signed_in = count(&self.sign_ins, |figure| figure.provider.as_str());
        let failed = count(&self.failures, |figure| figure.provider.as_str());
        let mut ids: Vec<&str> = visit.config().providers.iter().map(|p| p.id.as_str()).collect();
        for (id, _) in signed_in.iter().chain(&failed) {
            if !ids.contains(id) {
                ids.push(id);
            }
        }
        ids.sort_by_key(|id| id.is_empty());
        let reasons = count(&self.failures, |figure| figure.reason.as_str());
        // One scale for all of them: what fails is beside what does not.
        let most = largest(&signed_in).max(largest(&reasons));
        let line = |id: &str| {
            let provider = ProviderId::parse(id).ok();
            let provider = provider.and_then(|id| visit.config().provider(&id));
            let own: Vec<&Figure> = self
                .failures
                .iter()
                .copied()
                .filter(|f| f.provider == id)
                .collect();
            let signed_in = signed_in.iter().find(|(other, _)| *other == id);
            let signed_in = signed_in.map_or(0, |(_, count)| *count);
            ProviderLine {
                title: provider.map_or_else(|| id.to_owned(), |provider| provider.title.clone()),
                signed_in,
                width: width(signed_in, most),
                failures: shares(count(&own, |figure| figure.reason.as_str()), most),
            }
        };
        ids.into_iter().map(line).collect()
    }

    /// The apps by their launches, most first.
    fn ranks(&self) -> Vec<(&'a str, u64)> {
        count(&self.launches, |figure| figure.app.as_str())
    }
}

fn place(ranks: &[(&str, u64)], id: &str) -> usize {
    let rank = ranks.iter().position(|(other, _)| *other == id);
    rank.map_or(APART, |rank| rank.min(APART))
}

fn sum(figures: &[&Figure]) -> u64 {
    figures.iter().map(|figure| figure.count).sum()
}

/// Counts by what `of` names, most first.
fn count<'a>(figures: &[&'a Figure], of: impl Fn(&'a Figure) -> &'a str) -> Vec<(&'a str, u64)> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for figure in figures {
        *sums.entry(of(figure)).or_default() += figure.count;
    }
    let mut counts: Vec<_> = sums.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn largest(counts: &[(&str, u64)]) -> u64 {
    counts.first().map_or(0, |(_, count)| *count)
}

fn shares(counts: Vec<(&str, u64)>, most: u64) -> Vec<Share> {
    let share = |(code, count): (&str, u64)| Share {
        words: words(code),
        code: code.to_owned(),
        count,
        width: width(count, most),
    };
    counts.into_iter().take(MOST).map(share).collect()
}

/// In per cent; what is there at all can be seen.
fn width(count: u64, most: u64) -> Tenths {
    Tenths((count * 1000 / most.max(1)).max(10 * u64::from(count > 0)))
}

/// What people read who met with this reason; a reason that has no page of its own has its family's.
pub fn words(reason: &str) -> Option<Text> {
    let code = match reason {
        known if CODES.contains(&known) => known,
        "callback.cookie_missing" => "login.other_browser",
        "callback.state_stale" | "callback.state_replayed" => "login.expired",
        "callback.temporarily_unavailable" | "callback.server_error" => "login.temporarily_unavailable",
        "callback.logged_out_meanwhile" => "login.logged_out",
        family => match family.split_once('.')?.0 {
            "id_token" | "userinfo" => "id_token.invalid",
            "callback" if family.contains("state_") => "login.state_invalid",
            "callback" => "login.refused",
            "provider" => "provider.wrong_answer",
            "clock" => "clock.unsteady",
            _ => return None,
        },
    };
    Some(error(code).title)
}
