use super::*;
use std::io;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use serde_json::Value;
use time::macros::datetime;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What becomes of what is said, behind the time.
fn said(say: impl FnOnce()) -> String {
    let paper = Paper::default();
    let writer = paper.clone();
    let layer = fmt::layer()
        .with_writer(move || writer.clone())
        .event_format(Json);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), say);
    let line = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    let time = r#"{"timestamp":"2026-11-22T05:46:08.299157Z","#.len();
    line[time..].to_owned()
}

#[test]
fn every_kind_of_value_keeps_its_name_and_place() {
    let error = io::Error::other("it \"broke\"");
    let error: &(dyn std::error::Error + 'static) = &error;
    let line = said(|| {
        let absent = None::<u8>;
        tracing::warn!(
            word = "w", shown = %'x', debugged = ?"y", absent, small = -1_i8, large = u64::MAX, yes = true,
            half = 0.5, nan = f64::NAN, huge = i128::MAX, error, "said {}", 1
        );
    });
    let rest = r#""shown":"x","debugged":"\"y\"","small":-1,"large":18446744073709551615,"yes":true,"half":0.5,"nan":null,"huge":"170141183460469231731687303715884105727","error":"it \"broke\""}"#;
    assert_eq!(
        line,
        format!("\"level\":\"WARN\",\"message\":\"said 1\",\"word\":\"w\",{rest}\n")
    );
}

#[test]
fn a_value_that_breaks_off_does_not_break_the_line() {
    struct Broken;
    impl Debug for Broken {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("so far")?;
            Err(std::fmt::Error)
        }
    }
    let line = said(|| tracing::info!(value = ?Broken, behind = 1));
    assert_eq!(line, "\"level\":\"INFO\",\"value\":\"so far\",\"behind\":1}\n");
}

#[test]
fn a_time_has_all_its_digits() {
    let written = |time| {
        let mut line = String::new();
        push_time(&mut line, time);
        line
    };
    assert_eq!(
        written(datetime!(2026-11-22 05:46:08.299157 UTC)),
        "2026-11-22T05:46:08.299157Z"
    );
    assert_eq!(
        written(datetime!(1970-01-01 00:00:00.000001999 UTC)),
        "1970-01-01T00:00:00.000001Z"
    );
}

proptest! {
    #[test]
    fn s_336_what_goes_in_comes_out_and_stays_in_its_line(
        text in ".*|[\\x00-\\x7f\u{80}-\u{9f}\u{2028}]*",
        signed: i64,
        unsigned: u64,
        flag: bool,
    ) {
        let line = said(|| {
            tracing::error!(text, signed, unsigned, flag, shown = %text, "{text}");
        });
        prop_assert_eq!(line.bytes().filter(|byte| *byte < 0x20).collect::<Vec<_>>(), b"\n");
        let read: Value = serde_json::from_str(&format!("{{{line}")).unwrap();
        prop_assert_eq!(read, serde_json::json!({
            "level": "ERROR", "message": text, "text": text, "signed": signed, "unsigned": unsigned,
            "flag": flag, "shown": text,
        }));
    }
}
