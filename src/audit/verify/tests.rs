use std::collections::BTreeMap;

use proptest::prelude::*;
use secrecy::SecretBox;

use super::*;
use crate::audit::chain::Chain;
use crate::audit::row::{FIELDS, Link};

/// The MAC of a row with nothing in it, as it was before there were decisions.
const BARE: &str = "068e11a946aa5009b592affdc883ddd139eef28f1cff847f4bf3ce50ba2da22c";

/// What somebody does who can write to the store, but does not have the key.
#[derive(Debug, Clone)]
enum Tampering {
    Remove(usize),
    /// A field, or one of the last three: `prev`, `mac`, `decision`.
    Change(usize, usize),
    /// Two rows change places, with their links or without.
    Swap(usize, usize, bool),
    /// A row goes to the end of the other chain, or stands there a second time.
    Move(usize, bool),
}

fn key() -> ChainKey {
    ChainKey::new(&SecretBox::new(Box::new([7; 32])))
}

/// Two chains of so many rows, with all that stands beside them.
fn trail(key: &ChainKey, lengths: [usize; 2]) -> (Vec<Row>, Anchors) {
    let (mut rows, mut heads, mut starts) = (Vec::new(), Vec::<Head>::new(), BTreeMap::new());
    for length in lengths {
        let known: Vec<String> = heads.iter().map(Head::to_string).collect();
        let mut chain = Chain::new();
        chain.begin(key, &known.join("\n"));
        starts.insert(chain.writer().to_owned(), known.join("\n"));
        for n in 0..length {
            let mut row = Row {
                fields: [const { None }; FIELDS.len()],
                link: Link::default(),
                decision: (n % 2 == 0).then(|| "{}".to_owned()),
            };
            row.fields[0] = Some(format!("row {n} of {}", chain.writer()));
            row.fields[4] = (n % 3 == 0).then(String::new);
            chain.link(key, &mut row);
            rows.push(row);
        }
        heads.extend(chain.head());
    }
    let anchors = Anchors {
        starts,
        tombstones: BTreeMap::new(),
        heads,
    };
    (rows, anchors)
}

fn report(key: &ChainKey, mut rows: Vec<Row>, anchors: Anchors, noted: &[Head]) -> Report {
    rows.sort_by(|a, b| (&a.link.writer, a.link.seq).cmp(&(&b.link.writer, b.link.seq)));
    let mut verifier = Verifier::new(key, anchors, noted);
    for row in &rows {
        verifier.push(row);
    }
    verifier.finish()
}

fn changed(text: Option<&String>) -> Option<String> {
    match text {
        None => Some(String::new()),
        Some(text) if text.is_empty() => None,
        Some(text) => Some(format!("{text} ")),
    }
}

/// False where it comes to nothing.
fn tamper(rows: &mut Vec<Row>, tampering: &Tampering) -> bool {
    let count = rows.len();
    match *tampering {
        Tampering::Remove(at) => {
            rows.remove(at % count);
        }
        Tampering::Change(at, field) => {
            let row = &mut rows[at % count];
            match field % (FIELDS.len() + 3) {
                20 => row.link.prev.push('0'),
                21 => row.link.mac.push('0'),
                22 => row.decision = changed(row.decision.as_ref()),
                field => row.fields[field] = changed(row.fields[field].as_ref()),
            }
        }
        Tampering::Swap(a, b, with_links) => {
            let (a, b) = (a % count, b % count);
            if a == b {
                return false;
            }
            let (one, other) = (rows[a].link.clone(), rows[b].link.clone());
            if with_links {
                (rows[a].link.writer, rows[a].link.seq) = (other.writer, other.seq);
                (rows[b].link.writer, rows[b].link.seq) = (one.writer, one.seq);
            } else {
                (rows[a].link, rows[b].link) = (other, one);
            }
        }
        Tampering::Move(at, copy) => {
            let mut row = if copy {
                rows[at % count].clone()
            } else {
                rows.remove(at % count)
            };
            let other = rows.iter().filter(|other| other.link.writer != row.link.writer);
            let Some(last) = other.max_by_key(|other| other.link.seq) else {
                return false;
            };
            row.link.seq = last.link.seq + 1;
            row.link.prev = last.link.mac.clone();
            row.link.writer = last.link.writer.clone();
            rows.push(row);
        }
    }
    true
}

fn tampering() -> impl Strategy<Value = Tampering> {
    prop_oneof![
        any::<usize>().prop_map(Tampering::Remove),
        any::<(usize, usize)>().prop_map(|(at, field)| Tampering::Change(at, field)),
        any::<(usize, usize, bool)>().prop_map(|(a, b, links)| Tampering::Swap(a, b, links)),
        any::<(usize, bool)>().prop_map(|(at, copy)| Tampering::Move(at, copy)),
    ]
}

proptest! {
    #[test]
    fn c_41_whoever_has_no_key_changes_nothing_unnoticed(
        lengths in [1_usize..6, 1_usize..6],
        tampering in tampering(),
    ) {
        let key = key();
        let (mut rows, anchors) = trail(&key, lengths);
        let whole = report(&key, rows.clone(), trail_like(&anchors), &[]);
        prop_assert!(whole.is_whole(), "{whole:?}");
        if tamper(&mut rows, &tampering) {
            prop_assert!(!report(&key, rows, anchors, &[]).is_whole());
        }
    }

    /// Whoever takes the end of a chain may take its head from the table, too.
    #[test]
    fn c_41_an_end_that_went_with_its_head_is_missed_where_the_head_is_noted(
        length in 1_usize..6,
        left in 0_usize..5,
    ) {
        let key = key();
        let (mut rows, mut anchors) = trail(&key, [length, 1]);
        let noted = anchors.heads.remove(0);
        rows.retain(|row| row.link.writer != noted.writer || row.link.seq <= left.try_into().unwrap());
        let later = anchors.starts.iter_mut().find(|(writer, _)| **writer != noted.writer);
        // The chain that names the head is gone as well.
        let later = later.unwrap().0.clone();
        anchors.starts.remove(&later);
        anchors.heads.clear();
        rows.retain(|row| row.link.writer != later);
        let found = report(&key, rows, anchors, &[noted]);
        prop_assert_eq!(found.is_whole(), left >= length, "{:?}", found);
    }
}

fn trail_like(anchors: &Anchors) -> Anchors {
    Anchors {
        starts: anchors.starts.clone(),
        tombstones: anchors.tombstones.clone(),
        heads: anchors.heads.clone(),
    }
}

#[test]
fn c_41_rows_from_before_there_were_decisions_are_as_whole_as_ever() {
    let key = key();
    let (rows, _) = trail(&key, [2, 1]);
    let mut without = rows[0].clone();
    without.decision = None;
    let mut empty = without.clone();
    empty.decision = Some(String::new());
    assert_ne!(key.row(&without), key.row(&empty));
    let bare = Row {
        fields: [const { None }; FIELDS.len()],
        link: Link::default(),
        decision: None,
    };
    assert_eq!(key.row(&bare), BARE);
}
