//! The trail for other programs: CSV or JSON lines, the fields of C-35 in their order.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::row::{FIELDS, LINK_FIELDS, Row};

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Csv,
    Jsonl,
}

/// Writes rows in one format.
pub struct Export<W: Write> {
    out: Out<W>,
}

enum Out<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Jsonl(W),
}

impl<W: Write> Export<W> {
    pub fn new(format: Format, out: W) -> io::Result<Self> {
        let out = match format {
            Format::Jsonl => Out::Jsonl(out),
            Format::Csv => {
                let mut csv = csv::Writer::from_writer(out);
                csv.write_record(FIELDS.iter().chain(&LINK_FIELDS))?;
                Out::Csv(Box::new(csv))
            }
        };
        Ok(Self { out })
    }

    pub fn write(&mut self, row: &Row) -> io::Result<()> {
        match &mut self.out {
            Out::Csv(csv) => csv.write_record(cells(row)).map_err(io::Error::from),
            Out::Jsonl(out) => {
                serde_json::to_writer(&mut *out, &object(row))?;
                out.write_all(b"\n")
            }
        }
    }

    pub fn finish(self) -> io::Result<()> {
        match self.out {
            Out::Csv(mut csv) => csv.flush(),
            Out::Jsonl(mut out) => out.flush(),
        }
    }
}

fn roles(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

fn cells(row: &Row) -> impl Iterator<Item = String> {
    let fields = FIELDS
        .iter()
        .zip(&row.fields)
        .map(|(name, value)| match (value.as_deref(), *name) {
            (Some(value), "roles") => harmless(roles(value).join(" ")),
            (Some(value), _) => harmless(value.to_owned()),
            (None, _) => String::new(),
        });
    let link = &row.link;
    let seq = link.seq.to_string();
    fields.chain([&link.writer, &seq, &link.prev, &link.mac].map(|text| harmless(text.clone())))
}

/// A spreadsheet takes a cell that starts so for a formula, and a person chooses their address.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

fn object(row: &Row) -> Map<String, Value> {
    let fields = FIELDS.iter().zip(&row.fields).map(|(name, value)| {
        let value = match (value.as_deref(), *name) {
            (Some(value), "roles") => Value::from(roles(value)),
            (Some(value), _) => Value::from(value),
            (None, _) => Value::Null,
        };
        ((*name).to_owned(), value)
    });
    let link = &row.link;
    let places = [
        Value::from(link.writer.as_str()),
        Value::from(link.seq),
        Value::from(link.prev.as_str()),
        Value::from(link.mac.as_str()),
    ];
    fields
        .chain(LINK_FIELDS.iter().map(|name| (*name).to_owned()).zip(places))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_start_a_formula_are_harmless() {
        for formula in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(formula.to_owned()), format!("'{formula}"));
        }
        assert_eq!(harmless("ada@example.com".to_owned()), "ada@example.com");
    }
}
