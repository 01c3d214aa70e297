//! CPU a launch as bars, for the docs: what the signature takes, and what all else does.

use std::fmt::Write as _;

use crate::bench::clicks::count;
use crate::cell::{Cell, Seen};
use crate::table::times;

const WIDTH: f64 = 760.0;
/// Where bars begin, and where the longest ends.
const LEFT: f64 = 150.0;
const RIGHT: f64 = 590.0;
const TOP: f64 = 84.0;
const ROW: f64 = 30.0;
const BAR: f64 = 18.0;

/// Readable on a light page and on a dark one.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:16px;font-weight:600}\
.quiet{fill:#59636e;font-size:12px}.label{text-anchor:end}.tick{text-anchor:middle}.axis{stroke:#9198a1;fill:none}\
.signature{fill:#2f6feb}.rest{fill:#9aa9bd}.database{fill:#c9a24a}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.quiet{fill:#9198a1}\
.signature{fill:#5b8ff5}.rest{fill:#66758a}.database{fill:#b8923f}}";

struct Bar {
    label: String,
    /// Microseconds: the signature, the rest, the database.
    parts: [f64; 3],
    note: String,
}

/// The cells with so many connections, and the launcher that took turns with the first of them.
pub fn svg(cells: &[Cell], connections: usize) -> String {
    let cells = || cells.iter().filter(|cell| cell.connections == connections);
    let mut bars: Vec<Bar> = cells()
        .map(|cell| {
            bar(
                &format!("{}, {}", cell.algorithm.name(), cell.store),
                cell,
                &cell.usher,
            )
        })
        .collect();
    let theirs = cells().find_map(|cell| Some((cell, cell.express.as_ref()?)));
    bars.extend(theirs.map(|(cell, seen)| bar("RS256, Express", cell, seen)));

    let longest = bars.iter().map(|bar| bar.parts.iter().sum()).fold(1.0, f64::max);
    let scale = (RIGHT - LEFT) / longest;
    let bottom = TOP + ROW * count(bars.len());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" \
         aria-labelledby=\"title\"><style>{STYLE}</style>\
         <text id=\"title\" class=\"title\" x=\"16\" y=\"28\">CPU a launch in µs, at {connections} connections</text>",
        bottom + 32.0
    );
    legend(&mut svg);
    axis(&mut svg, longest, scale, bottom);
    for (number, bar) in bars.iter().enumerate() {
        bar.draw(&mut svg, TOP + ROW * count(number), scale);
    }
    svg + "</svg>\n"
}

fn bar(label: &str, cell: &Cell, seen: &Seen) -> Bar {
    let [signature, cpu, database] = [cell.aws_lc, seen.cpu(), seen.database()].map(|seconds| seconds * 1e6);
    let signature = signature.min(cpu);
    Bar {
        label: label.to_owned(),
        parts: [signature, cpu - signature, database],
        note: format!("{cpu:.0} µs, {} ×", times(cpu / signature)),
    }
}

const PARTS: [(&str, &str); 3] = [
    ("signature", "one bare signature by aws-lc"),
    ("rest", "everything else"),
    ("database", "the database's processes"),
];

fn legend(svg: &mut String) {
    for ((class, words), x) in PARTS.into_iter().zip([16.0, 240.0, 384.0]) {
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"44\" width=\"12\" height=\"12\" rx=\"2\"/>\
             <text x=\"{}\" y=\"55\">{words}</text>",
            x + 18.0
        );
    }
}

/// Round numbers, three to seven of them.
fn axis(svg: &mut String, longest: f64, scale: f64, bottom: f64) {
    let power = 10_f64.powf(longest.log10().floor());
    let step = [0.2, 0.5, 1.0, 2.0].map(|part| part * power);
    let step = step
        .into_iter()
        .find(|step| longest / step < 7.0)
        .unwrap_or(power);
    let _ = write!(svg, "<path class=\"axis\" d=\"M{LEFT} {bottom}H{RIGHT}\"/>");
    let mut at = 0.0;
    while at <= longest {
        let x = LEFT + at * scale;
        let _ = write!(
            svg,
            "<path class=\"axis\" d=\"M{x:.1} {bottom}v5\"/><text class=\"quiet tick\" x=\"{x:.1}\" y=\"{}\">{at:.0}</text>",
            bottom + 19.0
        );
        at += step;
    }
}

impl Bar {
    fn draw(&self, svg: &mut String, y: f64, scale: f64) {
        let text = y + BAR - 4.0;
        let _ = write!(
            svg,
            "<text class=\"label\" x=\"{}\" y=\"{text}\">{}</text>",
            LEFT - 10.0,
            self.label
        );
        let mut x = LEFT;
        for ((class, _), part) in PARTS.into_iter().zip(self.parts) {
            let width = part * scale;
            let _ = write!(
                svg,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\"/>"
            );
            x += width;
        }
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{text}\">{}</text>",
            x + 8.0,
            self.note
        );
    }
}
