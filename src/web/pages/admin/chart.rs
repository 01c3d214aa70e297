//! Counts over time as stacked bars. Across, everything is in per cent of the width, so that texts keep
//! their size on any screen; upwards, in pixels.

use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::web::text::Text;

/// Where the bars stand, from above.
const TOP: u64 = 14;
const HEIGHT: u64 = 200;
/// Below them, the names of the hours.
const BELOW: u64 = 30;
/// How much of its place a bar takes, in per cent.
const BAR: u64 = 72;

/// Which apps stand out; all others are one.
pub const APART: usize = 5;

/// What the chart goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    Day,
    Week,
}

impl Span {
    /// How long one bar is.
    pub fn slot(self) -> Duration {
        match self {
            Self::Day => Duration::HOUR,
            Self::Week => Duration::hours(6),
        }
    }

    pub fn slots(self) -> u16 {
        match self {
            Self::Day => 24,
            Self::Week => 28,
        }
    }

    /// The start of the first bar; the last one is not over yet.
    pub fn start(self, now: OffsetDateTime) -> OffsetDateTime {
        let slot = self.slot().whole_seconds();
        let last = now.unix_timestamp().div_euclid(slot) * slot;
        let first = last - i64::from(self.slots() - 1) * slot;
        OffsetDateTime::from_unix_timestamp(first).unwrap_or(now)
    }
}

/// Bars of the same counts, of which some may be none.
#[derive(Debug)]
pub struct Chart {
    span: Span,
    start: OffsetDateTime,
    /// By bar, then by series, the lowest first.
    counts: Vec<Vec<u64>>,
}

/// A rectangle of a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub series: usize,
    pub y: Tenths,
    pub height: Tenths,
}

/// Tenths of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenths(pub u64);

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

impl Chart {
    /// Of so many series, with nothing in it yet.
    pub fn new(span: Span, now: OffsetDateTime, series: usize) -> Self {
        Self {
            span,
            start: span.start(now),
            counts: vec![vec![0; series]; usize::from(span.slots())],
        }
    }

    /// Adds to the bar that the time lies in; what lies in none is left out.
    pub fn add(&mut self, at: OffsetDateTime, series: usize, count: u64) {
        let after = (at - self.start).whole_seconds();
        let slot = after.div_euclid(self.span.slot().whole_seconds());
        let bar = usize::try_from(slot)
            .ok()
            .and_then(|slot| self.counts.get_mut(slot));
        if let Some(found) = bar.and_then(|bar| bar.get_mut(series)) {
            *found += count;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.counts.iter().flatten().all(|count| *count == 0)
    }

    pub fn bars(&self) -> impl Iterator<Item = (usize, &[u64])> {
        self.counts.iter().map(Vec::as_slice).enumerate()
    }

    pub fn total(bar: &[u64]) -> u64 {
        bar.iter().sum()
    }

    /// The rectangles of a bar, the lowest first; they end where the next one begins.
    pub fn segments(&self, bar: &[u64]) -> Vec<Segment> {
        let floor = (TOP + HEIGHT) * 10;
        let mut below = 0;
        let mut segments = Vec::new();
        for (series, count) in bar.iter().enumerate().filter(|(_, count)| **count > 0) {
            let (bottom, top) = (self.up(below), self.up(below + count));
            below += count;
            segments.push(Segment {
                series,
                y: Tenths(floor - top),
                height: Tenths(top - bottom),
            });
        }
        segments
    }

    /// How far above the floor a count stands, in tenths of a pixel.
    fn up(&self, count: u64) -> u64 {
        count * HEIGHT * 10 / self.top()
    }

    /// The counts at which lines go across, from the floor up: round numbers, at most five of them above it.
    pub fn lines(&self) -> Vec<u64> {
        let highest = self.counts.iter().map(|bar| Self::total(bar)).max().unwrap_or(0);
        let step = step(highest);
        let above = highest.div_ceil(step).max(1);
        (0..=above).map(|line| line * step).collect()
    }

    fn top(&self) -> u64 {
        self.lines().last().copied().unwrap_or(1)
    }

    pub fn line_at(&self, line: u64) -> Tenths {
        Tenths((TOP + HEIGHT) * 10 - self.up(line))
    }

    /// The left edge of a bar, its middle and its width, in tenths of a per cent of the width.
    pub fn left(&self, bar: usize) -> Tenths {
        let place = 1000 / self.width();
        Tenths(bar as u64 * 1000 / self.width() + place * (100 - BAR) / 200)
    }

    pub fn middle(&self, bar: usize) -> Tenths {
        Tenths((bar as u64 * 1000 + 500) / self.width())
    }

    pub fn bar_width(&self) -> Tenths {
        Tenths(1000 * BAR / 100 / self.width())
    }

    fn width(&self) -> u64 {
        self.counts.len().max(1) as u64
    }

    pub fn height() -> u64 {
        TOP + HEIGHT + BELOW
    }

    pub fn top_edge() -> u64 {
        TOP
    }

    pub fn plot_height() -> u64 {
        HEIGHT
    }

    pub fn label_at() -> u64 {
        TOP + HEIGHT + 20
    }

    pub fn from(&self, bar: usize) -> OffsetDateTime {
        self.start + self.span.slot() * i32::try_from(bar).unwrap_or(0)
    }

    /// What stands under a bar: an hour, or the day that begins with it.
    pub fn label(&self, bar: usize) -> Option<Text> {
        let from = self.from(bar).to_offset(UtcOffset::UTC);
        match self.span {
            Span::Day if from.hour().is_multiple_of(3) => {
                Some(Text::new("chart-hour").with("time", clock(from)))
            }
            Span::Week if from.hour() == 0 => Some(weekday(from)),
            _ => None,
        }
    }

    /// Whether there is room for the label on a wide screen only.
    pub fn is_fine(&self, bar: usize) -> bool {
        self.span == Span::Day && !self.from(bar).hour().is_multiple_of(6)
    }

    /// The time of a bar in full.
    pub fn time(&self, bar: usize) -> Text {
        let (from, to) = (self.from(bar), self.from(bar + 1));
        let day = from.format(format_description!("[year]-[month]-[day]"));
        Text::new("chart-time")
            .with("day", day.unwrap_or_default())
            .with("from", clock(from))
            .with("to", clock(to))
    }
}

/// The largest round step that leaves two lines or more, so that the axis has few numbers.
fn step(highest: u64) -> u64 {
    let mut step = 1;
    for factor in [2, 5, 10].iter().cycle() {
        if highest.div_ceil(step) <= 5 {
            break;
        }
        let decade = 10u64.pow(step.ilog10());
        step = decade * factor;
    }
    step
}

fn clock(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC)
        .format(format_description!("[hour]:[minute]"))
        .unwrap_or_default()
}

fn weekday(at: OffsetDateTime) -> Text {
    use time::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    match at.weekday() {
        Monday => Text::new("chart-monday"),
        Tuesday => Text::new("chart-tuesday"),
        Wednesday => Text::new("chart-wednesday"),
        Thursday => Text::new("chart-thursday"),
        Friday => Text::new("chart-friday"),
        Saturday => Text::new("chart-saturday"),
        Sunday => Text::new("chart-sunday"),
    }
}

/// A number as people read it, in groups of three.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 13:47:00 UTC);

    #[test]
    fn the_bars_end_with_the_hour_that_is_not_over_and_begin_a_day_or_a_week_before() {
        let day = Chart::new(Span::Day, NOW, 1);
        assert_eq!(day.from(0), datetime!(2026-11-20 14:00 UTC));
        assert_eq!(day.from(23), datetime!(2026-11-21 13:00 UTC));
        let week = Chart::new(Span::Week, NOW, 1);
        assert_eq!(week.from(0), datetime!(2026-11-14 18:00 UTC));
        assert_eq!(week.from(27), datetime!(2026-11-21 12:00 UTC));
        let labels = |chart: &Chart| {
            (0..chart.counts.len())
                .filter(|bar| chart.label(*bar).is_some())
                .count()
        };
        assert_eq!((labels(&day), labels(&week)), (8, 7));
        assert_eq!(day.label(1), Some(Text::new("chart-hour").with("time", "15:00")));
        assert!(day.is_fine(1) && !day.is_fine(4), "18:00 stands on a phone too");
    }

    #[test]
    fn hours_without_launches_stay_empty_and_what_lies_outside_is_left_out() {
        let mut chart = Chart::new(Span::Day, NOW, 2);
        assert!(chart.is_empty());
        assert_eq!(chart.lines(), [0, 1], "an axis needs some height");
        for (at, series, count) in [
            (datetime!(2026-11-20 13:59 UTC), 0, 9),
            (datetime!(2026-11-20 14:00 UTC), 0, 3),
            (datetime!(2026-11-20 14:59 UTC), 1, 4),
            (datetime!(2026-11-21 14:00 UTC), 0, 9),
            (NOW, 7, 9),
        ] {
            chart.add(at, series, count);
        }
        let bars: Vec<u64> = chart.bars().map(|(_, bar)| Chart::total(bar)).collect();
        assert_eq!((bars[0], bars.iter().sum::<u64>()), (7, 7));
        assert!(chart.segments(&chart.counts[1]).is_empty());
        let [low, high] = &chart.segments(&chart.counts[0])[..] else {
            panic!("two series")
        };
        assert_eq!((low.series, high.series), (0, 1));
        assert_eq!(low.y.0, high.y.0 + high.height.0, "one stands on the other");
    }

    #[test]
    fn the_axis_has_round_numbers_and_few_of_them() {
        for (highest, lines) in [
            (1, vec![0, 1]),
            (4, vec![0, 1, 2, 3, 4]),
            (7, vec![0, 2, 4, 6, 8]),
            (23, vec![0, 5, 10, 15, 20, 25]),
            (101, vec![0, 50, 100, 150]),
            (1_234, vec![0, 500, 1_000, 1_500]),
        ] {
            let mut chart = Chart::new(Span::Day, NOW, 1);
            chart.add(NOW, 0, highest);
            assert_eq!(chart.lines(), lines, "{highest}");
        }
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(grouped(999), "999");
    }

    proptest! {
        #[test]
        fn a_bar_is_as_high_as_its_count_and_no_bar_leaves_the_plot(
            counts in prop::collection::vec((0i64..24, 0usize..6, 0u64..100_000), 1..80),
        ) {
            let mut chart = Chart::new(Span::Day, NOW, 6);
            for (hour, series, count) in counts {
                chart.add(NOW - Duration::hours(hour), series, count);
            }
            for (_, bar) in chart.bars() {
                let segments = chart.segments(bar);
                let high: u64 = segments.iter().map(|segment| segment.height.0).sum();
                prop_assert_eq!(high, Chart::total(bar) * HEIGHT * 10 / chart.top());
                prop_assert!(high <= HEIGHT * 10);
                prop_assert_eq!(segments.len(), bar.iter().filter(|count| **count > 0).count());
                if let Some(highest) = segments.last() {
                    prop_assert_eq!(highest.y.0 + high, (TOP + HEIGHT) * 10);
                }
            }
            let lines = chart.lines();
            prop_assert!((2..=6).contains(&lines.len()));
        }
    }
}
