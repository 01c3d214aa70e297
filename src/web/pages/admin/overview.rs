use askama::Template;
use time::OffsetDateTime;

use super::Halls;
use super::chart::{APART, Chart, Span, Tenths, grouped};
use crate::web::pages::Shell;
use crate::web::pages::account::{ago, exact, stamp};
use crate::web::text::{Markup, Text};

/// `GET /admin`.
#[derive(Debug, Template)]
#[template(path = "admin/overview.html")]
pub struct Overview {
    pub shell: Shell,
    pub halls: Halls,
    pub now: OffsetDateTime,
    pub span: Span,
    pub drift: Vec<DriftNote>,
    /// `None` where the store did not answer in time.
    pub numbers: Option<Numbers>,
    pub health: Vec<Sign>,
    pub keys: Vec<KeyLine>,
    pub setup: Setup,
}

/// A change of a claim that somebody should look at.
#[derive(Debug)]
pub struct DriftNote {
    pub title: Text,
    pub text: Text,
    pub cure: Text,
    pub since: OffsetDateTime,
    pub apps: Vec<AppLink>,
    /// The rules of `[admin]` are touched too.
    pub admin: bool,
}

/// An app that may have gone from the configuration.
#[derive(Debug, Clone)]
pub struct AppLink {
    pub title: String,
    pub path: Option<String>,
}

/// What was counted.
#[derive(Debug)]
pub struct Numbers {
    pub chart: Chart,
    /// In the order of the chart, the lowest bar first.
    pub series: Vec<Series>,
    pub launches: u64,
    pub refused: u64,
    pub sign_ins: u64,
    pub failed: u64,
    pub apps: Vec<AppLine>,
    /// What people were told instead of being let in.
    pub refusals: Vec<Share>,
    pub providers: Vec<ProviderLine>,
    pub living: u64,
    /// There are more than were counted.
    pub over: bool,
    pub newest: Vec<Guest>,
    pub claims: Vec<ClaimTable>,
    /// The months and days of the claims' columns.
    pub days: Vec<(String, String)>,
}

#[derive(Debug)]
pub struct Series {
    /// `None`: all other apps.
    pub title: Option<String>,
    pub count: u64,
}

#[derive(Debug)]
pub struct AppLine {
    pub app: AppLink,
    pub series: usize,
    pub launches: u64,
    pub refused: u64,
}

/// A count among others, beside the largest of them.
#[derive(Debug)]
pub struct Share {
    pub words: Option<Text>,
    pub code: String,
    pub count: u64,
    pub width: Tenths,
}

#[derive(Debug)]
pub struct ProviderLine {
    pub title: String,
    pub signed_in: u64,
    pub width: Tenths,
    pub failures: Vec<Share>,
}

/// Somebody who is signed in.
#[derive(Debug)]
pub struct Guest {
    pub name: String,
    pub email: Option<String>,
    /// Where all that they have open stands.
    pub path: String,
    pub provider: String,
    pub since: OffsetDateTime,
}

/// How something is.
#[derive(Debug)]
pub struct Sign {
    pub well: bool,
    pub title: Text,
    pub state: Text,
    pub facts: Vec<Text>,
    pub code: Option<&'static str>,
}

/// A key, with whoever uses it.
#[derive(Debug)]
pub struct KeyLine {
    pub apps: Vec<AppLink>,
    pub algorithm: String,
    pub kind: String,
    pub thumbprint: Option<String>,
    pub state: Text,
    pub written: Option<OffsetDateTime>,
    pub days: Option<u64>,
    pub old: bool,
}

/// A provider's claims, day by day.
#[derive(Debug)]
pub struct ClaimTable {
    pub provider: String,
    pub rows: Vec<ClaimRow>,
}

#[derive(Debug)]
pub struct ClaimRow {
    pub claim: String,
    /// A warning speaks of it.
    pub changed: bool,
    pub kinds: Vec<Text>,
    /// In how many of a hundred sign-ins of the day it was of use; `None` where nobody came.
    pub cells: Vec<Option<u64>>,
}

/// What is running.
#[derive(Debug)]
pub struct Setup {
    /// In groups of four.
    pub fingerprint: String,
    pub loaded: OffsetDateTime,
    pub generation: u64,
    pub version: &'static str,
    pub started: OffsetDateTime,
}

impl Overview {
    fn chart_title(&self) -> String {
        let key = match self.span {
            Span::Day => Text::new("overview-chart-day"),
            Span::Week => Text::new("overview-chart-week"),
        };
        let launches = self.numbers.as_ref().map_or(0, |numbers| numbers.launches);
        self.shell.plain(&key.with("n", launches))
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "askama passes by reference")]
    fn bar_title(&self, at: &usize, bar: &[u64]) -> String {
        let time = self.numbers.as_ref().map(|numbers| numbers.chart.time(*at));
        let time = time.map_or_else(String::new, |time| self.shell.plain(&time));
        format!("{time}: {}", grouped(Chart::total(bar)))
    }

    #[expect(clippy::unused_self, reason = "the template has nothing else to ask")]
    fn total(&self, bar: &[u64]) -> String {
        grouped(Chart::total(bar))
    }

    fn ago(&self, then: &OffsetDateTime) -> Markup {
        self.shell.html(&ago((self.now - *then).whole_minutes()))
    }

    fn is_day(&self) -> bool {
        self.span == Span::Day
    }

    #[expect(clippy::unused_self, reason = "the template has nothing else to ask")]
    fn percent_of(&self, line: &AppLine) -> String {
        // Rounded up, so that no refusal reads as none.
        let percent = (line.refused * 100).div_ceil((line.launches + line.refused).max(1));
        percent.to_string()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "askama passes by reference")]
    fn days_text(&self, days: &u64) -> Markup {
        self.shell.html(&Text::new("overview-key-days").with("n", *days))
    }

    fn name_of(&self, series: &Series) -> String {
        series
            .title
            .clone()
            .unwrap_or_else(|| self.shell.plain(&Text::new("overview-others")))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "askama passes by reference")]
fn number(count: &u64) -> String {
    grouped(*count)
}

/// How much of its best a claim reached, in five steps for the eye.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "askama passes by reference")]
fn shade(percent: &u64) -> u64 {
    match percent {
        0..10 => 0,
        10..50 => 1,
        50..90 => 2,
        90..99 => 3,
        _ => 4,
    }
}
