//! What must hold in the end.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use usher::audit::instant;
use usher::clock::{Clock as _, SystemClock};

use crate::bench::clicks::{Click, Crowd};
use crate::ground::Ground;

/// The clean-up comes each minute.
const PATIENCE: Duration = Duration::from_secs(150);

/// Everybody still gets to their app.
pub fn sessions_live(crowd: &mut Crowd<'_>, people: usize) {
    let until = Instant::now() + PATIENCE;
    // The last trouble may not be over.
    while !crowd.click(None, |click| click < 1).iter().all(Click::launched) {
        assert!(Instant::now() < until, "the store has not come back");
        thread::sleep(Duration::from_millis(200));
    }
    let clicks = crowd.click(None, |click| click < people);
    let launched = clicks.iter().filter(|click| click.launched()).count();
    assert_eq!(launched, people, "sessions are lost");
}

/// How many launches are recorded; among them is every token that left, as often as it left: two of one
/// second may be the same.
pub fn tokens_are_recorded(ground: &Ground, clicks: &[Click]) -> usize {
    let rows = ask(async || {
        let mut db = ground.connect().await;
        db.texts("SELECT token_sha256 FROM audit WHERE event = 'launch'")
            .await
    });
    let mut recorded: HashMap<&str, usize> = HashMap::new();
    for row in &rows {
        *recorded.entry(row).or_default() += 1;
    }
    let launched: Vec<&Click> = clicks.iter().filter(|click| click.status == 302).collect();
    assert!(!launched.is_empty(), "nobody clicked");
    for click in launched {
        let token = click.token.expect("somebody was sent to sign in again");
        let left = recorded.get_mut(&*hex(&token)).filter(|left| **left > 0);
        *left.expect("a token left without a record") -= 1;
    }
    rows.len()
}

fn hex(hash: &[u8]) -> String {
    hash.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What was past its time goes by itself.
pub fn old_rows_go(ground: &Ground) {
    let until = Instant::now() + PATIENCE;
    let before = SystemClock.now() - time::Duration::days(1);
    let (time, micros) = (instant(before), before.unix_timestamp() * 1_000_000);
    let old = format!(
        "SELECT (SELECT COUNT(*) FROM audit WHERE time < '{time}') \
         + (SELECT COUNT(*) FROM sessions WHERE created_at < {micros})"
    );
    let left = || ask(async || ground.connect().await.number(&old).await);
    while left() > 0 {
        assert!(Instant::now() < until, "old rows have stayed");
        thread::sleep(Duration::from_secs(2));
    }
}

/// Proves the trail against the heads that the log names; what the proof says.
pub fn trail_is_whole(ground: &Ground) -> String {
    let directory = ground.directory.path();
    let log = fs::read_to_string(directory.join("usher.log")).expect("a log");
    // A line that a kill has cut short proves nothing.
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let heads = lines.filter(|line| line["event"] == "audit.head").map(|line| {
        let word = |name: &str| {
            line[name]
                .as_str()
                .map_or_else(|| line[name].to_string(), str::to_owned)
        };
        format!("{} {} {}\n", word("writer"), word("seq"), word("mac"))
    });
    let file = directory.join("heads");
    fs::write(&file, heads.collect::<String>()).expect("a file");
    let proof = Command::new(env!("CARGO_BIN_EXE_usher"))
        .args(["audit", "verify", "-c"])
        .arg(directory.join("usher.toml"))
        .arg("--heads")
        .arg(file)
        .output()
        .expect("a proof");
    let said = String::from_utf8_lossy(&proof.stdout).trim().to_owned();
    let problem = String::from_utf8_lossy(&proof.stderr).trim().to_owned();
    assert!(proof.status.success(), "{said}\n{problem}");
    said
}

fn ask<T>(question: impl AsyncFnOnce() -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(question())
}
