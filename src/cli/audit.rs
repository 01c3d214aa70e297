//! `usher audit`: the trail as a table, for other programs, and put to the proof.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;

use crate::audit::{ChainKey, EXPORTED, Filter, Format, Head, Order, Report, Row, Verifier};
use crate::store::TrailReader;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show records as a table, newest last.
    List {
        /// How many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        #[command(flatten)]
        filter: Filter,
    },
    /// Write records for other programs, oldest first.
    Export {
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
        #[command(flatten)]
        filter: Filter,
    },
    /// Prove that no record was removed, changed or moved; exit code 1 where one was.
    Verify {
        /// Lines of `writer seq mac`, as the log has them in `audit.head`: proves the ends too.
        #[arg(long)]
        heads: Option<PathBuf>,
    },
}

/// False where `verify` found something.
pub async fn run(
    trail: &mut TrailReader,
    key: &ChainKey,
    command: Command,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    match command {
        Command::List { limit, filter } => {
            filter.check()?;
            table(&trail.newest(&filter, limit).await?, out)?;
        }
        Command::Export { format, filter } => {
            filter.check()?;
            export(trail, &filter, format, out).await?;
        }
        Command::Verify { heads } => {
            let noted = heads.as_deref().map(noted).transpose()?.unwrap_or_default();
            let report = verify(trail, key, &noted).await?;
            print(&report, out)?;
            return Ok(report.is_whole());
        }
    }
    Ok(true)
}

fn table(rows: &[Row], out: &mut impl Write) -> std::io::Result<()> {
    const COLUMNS: [&str; 8] = [
        "time",
        "event",
        "outcome",
        "app",
        "email",
        "roles",
        "reason",
        "reference",
    ];
    let cells = |row: &Row| COLUMNS.map(|name| cell(row, name));
    let lines: Vec<[String; 8]> = std::iter::once(COLUMNS.map(str::to_owned))
        .chain(rows.iter().map(cells))
        .collect();
    let mut widths = [0; COLUMNS.len()];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    for line in lines {
        let cells = line.iter().zip(widths);
        let padded: Vec<String> = cells.map(|(cell, width)| format!("{cell:width$}")).collect();
        writeln!(out, "{}", padded.join("  ").trim_end())?;
    }
    Ok(())
}

fn cell(row: &Row, name: &str) -> String {
    let text = match (name, row.get(name)) {
        // Whole seconds are enough for eyes.
        ("time", Some(time)) => time.split_once('.').map_or(time, |(seconds, _)| seconds),
        ("roles", Some("[]")) | (_, None) => "-",
        // Some providers send no address.
        (_, Some(text)) => text,
    };
    let text = if name == "email" && text == "-" {
        row.get("sub").unwrap_or("-")
    } else {
        text
    };
    super::printable(text)
}

async fn export(
    trail: &mut TrailReader,
    filter: &Filter,
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    out.write_all(&format.head())?;
    let mut place = None;
    loop {
        let page = trail
            .page(filter, Order::Oldest, place.as_ref(), EXPORTED)
            .await?;
        out.write_all(&format.rows(&page.rows))?;
        place = page.next;
        if place.is_none() {
            return Ok(out.flush()?);
        }
    }
}

/// Walks all chains.
async fn verify(trail: &mut TrailReader, key: &ChainKey, noted: &[Head]) -> anyhow::Result<Report> {
    let mut verifier = Verifier::new(key, trail.anchors().await?, noted);
    let mut page = trail.next_by_chain(None).await?;
    while let Some(last) = page.last() {
        for row in &page {
            verifier.push(row);
        }
        page = trail.next_by_chain(Some(&last.link)).await?;
    }
    Ok(verifier.finish())
}

fn noted(path: &Path) -> anyhow::Result<Vec<Head>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut heads = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match Head::parse(line) {
            Some(head) => heads.push(head),
            None => bail!(
                "{}:{}: a line is `writer seq mac`, as the log has them in audit.head",
                path.display(),
                number + 1
            ),
        }
    }
    Ok(heads)
}

fn print(report: &Report, out: &mut impl Write) -> std::io::Result<()> {
    for problem in &report.problems {
        let shown: String = problem.chars().filter(|c| !c.is_control()).collect();
        writeln!(out, "{shown}")?;
    }
    if report.more > 0 {
        writeln!(out, "and {} more", report.more)?;
    }
    let verdict = if report.is_whole() { "whole" } else { "NOT whole" };
    writeln!(
        out,
        "{} records in {} chains: {verdict}",
        report.rows, report.chains
    )
}
