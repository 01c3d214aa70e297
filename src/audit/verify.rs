//! Walks every chain and says what is missing, changed or moved (C-41).

use std::collections::BTreeMap;

use super::chain::{ChainKey, Head, Tombstone};
use super::row::Row;

/// The most problems that a report spells out.
const SPELLED_OUT: usize = 100;

/// What stands beside the rows: how chains began, how far retention cut them, where they end.
pub struct Anchors {
    /// By writer: the heads that were known when its chain began, as lines.
    pub starts: BTreeMap<String, String>,
    pub tombstones: BTreeMap<String, Tombstone>,
    pub heads: Vec<Head>,
}

/// The result of a walk.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub rows: u64,
    pub chains: u64,
    /// The first hundred; `more` counts the rest.
    pub problems: Vec<String>,
    pub more: u64,
}

impl Report {
    pub fn is_whole(&self) -> bool {
        self.problems.is_empty()
    }

    fn problem(&mut self, text: String) {
        if self.problems.len() < SPELLED_OUT {
            self.problems.push(text);
        } else {
            self.more += 1;
        }
    }
}

/// Takes the rows ordered by writer and seq, and then tells.
pub struct Verifier<'k> {
    key: &'k ChainKey,
    anchors: Anchors,
    /// Rows that something vouches for and the walk has not met: MACs, and who names them.
    expected: BTreeMap<(String, i64), Vec<(String, &'static str)>>,
    last: Option<Head>,
    report: Report,
}

impl<'k> Verifier<'k> {
    /// `noted` are heads kept outside of the store, such as those in the log.
    pub fn new(key: &'k ChainKey, anchors: Anchors, noted: &[Head]) -> Self {
        let mut verifier = Self {
            key,
            expected: BTreeMap::new(),
            last: None,
            report: Report::default(),
            anchors,
        };
        for head in noted {
            verifier.expect(head, "the noted heads");
        }
        for head in std::mem::take(&mut verifier.anchors.heads) {
            verifier.expect(&head, "the table of heads");
        }
        let starts: Vec<String> = verifier.anchors.starts.values().cloned().collect();
        for line in starts.iter().flat_map(|heads| heads.lines()) {
            match Head::parse(line) {
                Some(head) => verifier.expect(&head, "the start of a later chain"),
                None => verifier
                    .report
                    .problem("the start of a chain names no head".into()),
            }
        }
        for (writer, stone) in &verifier.anchors.tombstones {
            if key.tombstone(&stone.last, &stone.cut_at) != stone.mac {
                verifier
                    .report
                    .problem(format!("{writer}: its tombstone was changed"));
            }
        }
        verifier
    }

    fn expect(&mut self, head: &Head, named_by: &'static str) {
        self.expected
            .entry((head.writer.clone(), head.seq))
            .or_default()
            .push((head.mac.clone(), named_by));
    }

    pub fn push(&mut self, row: &Row) {
        let link = &row.link;
        let place = format!("{} {}", link.writer, link.seq);
        self.report.rows += 1;

        match self.last.take().filter(|last| last.writer == link.writer) {
            Some(last) => self.follows(&last, row, &place),
            None => self.begins(row, &place),
        }
        if self.key.row(row) != link.mac {
            self.report.problem(format!("{place}: the row was changed"));
        }
        for (mac, named_by) in self
            .expected
            .remove(&(link.writer.clone(), link.seq))
            .unwrap_or_default()
        {
            if mac != link.mac {
                self.report
                    .problem(format!("{place}: not the row that {named_by} names"));
            }
        }
        self.last = Some(Head {
            writer: link.writer.clone(),
            seq: link.seq,
            mac: link.mac.clone(),
        });
    }

    fn follows(&mut self, last: &Head, row: &Row, place: &str) {
        if row.link.seq != last.seq + 1 {
            self.missing(&last.writer, last.seq + 1, row.link.seq - 1);
        } else if row.link.prev != last.mac {
            self.report
                .problem(format!("{place}: does not follow the row before it"));
        }
    }

    fn begins(&mut self, row: &Row, place: &str) {
        self.report.chains += 1;
        let link = &row.link;
        let (first, prev) = if let Some(stone) = self.anchors.tombstones.get(&link.writer) {
            (stone.last.seq + 1, Some(stone.last.mac.clone()))
        } else {
            let heads = self.anchors.starts.get(&link.writer);
            (1, heads.map(|heads| self.key.start(&link.writer, heads)))
        };
        if link.seq != first {
            self.missing(&link.writer, first, link.seq - 1);
        } else if prev.as_ref() != Some(&link.prev) {
            self.report
                .problem(format!("{place}: the start of its chain was changed"));
        }
    }

    fn missing(&mut self, writer: &str, from: i64, to: i64) {
        self.report.problem(if from == to {
            format!("{writer} {from}: the row is missing")
        } else {
            format!("{writer} {from} to {to}: rows are missing")
        });
    }

    pub fn finish(mut self) -> Report {
        for ((writer, seq), named) in std::mem::take(&mut self.expected) {
            let stone = self.anchors.tombstones.get(&writer).map(|stone| &stone.last);
            for (mac, named_by) in named {
                let removed_by_retention =
                    stone.is_some_and(|last| seq < last.seq || (seq == last.seq && mac == last.mac));
                if !removed_by_retention {
                    self.report
                        .problem(format!("{writer} {seq}: missing, but {named_by} names it"));
                }
            }
        }
        self.report
    }
}

#[cfg(test)]
mod tests;
