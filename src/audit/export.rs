//! The trail for other programs: CSV or JSON lines, the fields of C-35 in their order.

use serde_json::{Map, Value};

use super::row::{FIELDS, LAST_FIELD, LINK_FIELDS, Row, columns};

const MEMORY: &str = "writing to memory does not fail";

/// How many records are read at a time.
pub const EXPORTED: usize = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Csv,
    Jsonl,
}

impl Format {
    /// What stands before all records.
    pub fn head(self) -> Vec<u8> {
        match self {
            Self::Csv => format!("{}\n", columns().collect::<Vec<_>>().join(",")).into_bytes(),
            Self::Jsonl => Vec::new(),
        }
    }

    /// Records, a line each.
    pub fn rows(self, rows: &[Row]) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Csv => {
                let mut csv = csv::Writer::from_writer(&mut out);
                for row in rows {
                    csv.write_record(cells(row)).expect(MEMORY);
                }
                csv.flush().expect(MEMORY);
            }
            Self::Jsonl => {
                for row in rows {
                    serde_json::to_writer(&mut out, &object(row)).expect(MEMORY);
                    out.push(b'\n');
                }
            }
        }
        out
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
    let places = [&link.writer, &seq, &link.prev, &link.mac].map(|text| harmless(text.clone()));
    let decision = row.decision.clone().map_or_else(String::new, harmless);
    fields.chain(places).chain([decision])
}

/// A spreadsheet takes a cell that starts so for a formula, and a person chooses their address. Where
/// semicolons separate, one begins another cell.
fn harmless(cell: String) -> String {
    const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
    let start = if cell.starts_with(FORMULA) { "'" } else { "" };
    if start.is_empty() && !cell.contains(';') {
        return cell;
    }
    let mut parts = cell.split(';');
    let mut out = format!("{start}{}", parts.next().unwrap_or_default());
    for part in parts {
        let bare = part.trim_start_matches([' ', '"']);
        out.push_str(if bare.starts_with(FORMULA) { ";'" } else { ";" });
        out.push_str(part);
    }
    out
}

impl Row {
    /// The record as a line of JSON has it.
    pub fn object(&self) -> Map<String, Value> {
        object(self)
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
    let decision = row.decision.as_deref();
    let decision = decision.map_or(Value::Null, |text| {
        serde_json::from_str(text).unwrap_or_else(|_| text.into())
    });
    fields
        .chain(LINK_FIELDS.iter().map(|name| (*name).to_owned()).zip(places))
        .chain([(LAST_FIELD.to_owned(), decision)])
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
        for (cell, written) in [
            ("x;=cmd|' /C calc'!A0;y", "x;'=cmd|' /C calc'!A0;y"),
            ("=1;+2", "'=1;'+2"),
            ("a;b", "a;b"),
        ] {
            assert_eq!(harmless(cell.to_owned()), written);
        }
    }
}
