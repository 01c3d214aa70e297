//! `usher audit`: the trail as a table, for other programs, and put to the proof.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use secrecy::SecretBox;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use crate::audit::{ChainKey, Event, Export, Format, Head, Report, Row, Verifier, instant};
use crate::config::StoreUrl;
use crate::store::{Filter, TrailReader};

/// The kinds of records (C-35).
const EVENTS: [Event; 7] = [
    Event::SignIn,
    Event::Launch,
    Event::Denied,
    Event::SignOut,
    Event::Mint,
    Event::Admin,
    Event::Lab,
];

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show records as a table, newest last.
    List {
        /// How many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Only of this app.
        #[arg(long)]
        app: Option<String>,
        /// Only of the person with this subject or e-mail address.
        #[arg(long)]
        person: Option<String>,
        /// Only this kind.
        #[arg(long, value_parser = EVENTS.map(Event::as_str))]
        event: Option<String>,
        /// Not before: a date, or a time in RFC 3339.
        #[arg(long, value_parser = moment)]
        from: Option<OffsetDateTime>,
        /// Before: a date, or a time in RFC 3339.
        #[arg(long, value_parser = moment)]
        to: Option<OffsetDateTime>,
        /// Only the one with this reference, as error pages show it.
        #[arg(long = "ref")]
        reference: Option<String>,
        /// Only the one with this id.
        #[arg(long)]
        id: Option<String>,
        /// Only those of the token with this SHA-256, in hex.
        #[arg(long)]
        token_sha256: Option<String>,
    },
    /// Write all records, oldest first.
    Export {
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
    },
    /// Prove that no record was removed, changed or moved; exit code 1 where one was.
    Verify {
        /// Lines of `writer seq mac`, as the log has them in `audit.head`: proves the ends too.
        #[arg(long)]
        heads: Option<PathBuf>,
    },
}

/// Runs a command over the store, which servers may have open. False where `verify` found
/// something.
pub async fn run(
    store: &StoreUrl,
    key: &SecretBox<[u8; 32]>,
    command: Command,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let key = ChainKey::new(key);
    let mut trail = TrailReader::open(store).await?;
    match command {
        Command::List {
            limit,
            app,
            person,
            event,
            from,
            to,
            reference,
            id,
            token_sha256,
        } => {
            let filter = Filter {
                app,
                person: person.map(|text| [text.clone(), key.person(&text)]),
                event,
                reference,
                id,
                token_sha256: token_sha256.map(|hash| hash.to_ascii_lowercase()),
                from: from.map(instant),
                to: to.map(instant),
            };
            table(&trail.newest(&filter, limit).await?, out)?;
        }
        Command::Export { format } => export(&mut trail, format, out).await?,
        Command::Verify { heads } => {
            let noted = heads.as_deref().map(noted).transpose()?.unwrap_or_default();
            let report = verify(&mut trail, &key, &noted).await?;
            print(&report, out)?;
            return Ok(report.is_whole());
        }
    }
    trail.close().await?;
    Ok(true)
}

/// A date is its first moment in UTC.
fn moment(text: &str) -> Result<OffsetDateTime, String> {
    let date = Date::parse(text, format_description!("[year]-[month]-[day]"));
    date.map(|date| date.midnight().assume_utc())
        .or_else(|_| OffsetDateTime::parse(text, &Rfc3339))
        .map_err(|_| "use a date such as 2026-11-21, or a time such as 2026-11-21T08:00:00Z".to_owned())
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

async fn export(trail: &mut TrailReader, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    let mut export = Export::new(format, out)?;
    let mut page = trail.next_by_time(None).await?;
    while let Some(last) = page.last() {
        for row in &page {
            export.write(row)?;
        }
        page = trail.next_by_time(Some(last)).await?;
    }
    Ok(export.finish()?)
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
