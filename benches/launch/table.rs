//! The table of all cells, as Markdown has it.

use crate::cell::{Cell, Seen};

const COLUMNS: [(&str, usize); 16] = [
    ("store", 10),
    ("alg", 5),
    ("connections", 11),
    ("launches/s", 10),
    ("a core", 7),
    ("÷ Express", 9),
    ("CPU µs", 7),
    ("aws-lc µs", 9),
    ("÷", 6),
    ("OpenSSL µs", 10),
    ("÷", 6),
    ("database µs", 11),
    ("client µs", 9),
    ("p50 ms", 6),
    ("p99 ms", 6),
    ("p99.9 ms", 8),
];

pub fn heading() {
    line(&COLUMNS.map(|(name, _)| name.to_owned()));
    let rules = COLUMNS.map(|(_, width)| format!("{}:", "-".repeat(width - 1)));
    line(&rules);
}

/// A row of the gateway's, and one of those who took turns with it.
pub fn rows(cell: &Cell) {
    let faster = cell
        .express
        .as_ref()
        .map(|theirs| cell.usher.rate() / theirs.rate());
    row(cell.store, cell, &cell.usher, faster);
    if let Some(theirs) = &cell.express {
        row("Express", cell, theirs, None);
    }
}

fn row(name: &str, cell: &Cell, seen: &Seen, faster: Option<f64>) {
    let figure = |figure: Option<f64>, digits: usize| {
        figure.map_or("–".to_owned(), |figure| format!("{figure:.digits$}"))
    };
    let micro = |seconds: Option<f64>| figure(seconds.map(|seconds| seconds * 1e6), 1);
    let ms = |of_thousand| figure(Some(seen.half().ms(of_thousand)), 2);
    let database = (seen.database() > 0.0).then(|| seen.database());
    line(&[
        name.to_owned(),
        cell.algorithm.name().to_owned(),
        cell.connections.to_string(),
        figure(Some(seen.rate()), 0),
        figure(Some(1.0 / seen.cpu()), 0),
        figure(faster, 2),
        micro(Some(seen.cpu())),
        micro(Some(cell.aws_lc)),
        times(seen.cpu() / cell.aws_lc),
        micro(cell.openssl),
        cell.openssl
            .map_or("–".to_owned(), |openssl| times(seen.cpu() / openssl)),
        micro(database),
        micro(Some(seen.clicking())),
        ms(500),
        ms(990),
        ms(999),
    ]);
}

/// A ratio; where it is large, nobody asks for its decimals.
pub fn times(ratio: f64) -> String {
    let digits = if ratio < 10.0 { 2 } else { 0 };
    format!("{ratio:.digits$}")
}

fn line(cells: &[String; COLUMNS.len()]) {
    let cells = cells.iter().zip(COLUMNS);
    let padded: Vec<String> = cells
        .map(|(cell, (_, width))| format!("{cell:>width$}"))
        .collect();
    println!("| {} |", padded.join(" | "));
}
