//! Removing old records without breaking their chains: what goes leaves a tombstone (C-41).
//!
//! PostgreSQL keeps what was removed in its indexes until it tidies up, so that no statement here begins
//! to look where others have removed.

use time::OffsetDateTime;

use super::clean_up::STEP;
use super::db::{Connection, Error, Row, Statement, query};
use crate::audit::{ChainKey, Head, instant};

/// A row that is past its time. Those that its chain has before it are older, whatever clock they were
/// written by.
#[derive(Clone)]
pub(super) struct Old {
    writer: String,
    seq: i64,
}

impl Old {
    pub(super) fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            writer: row.get("writer")?,
            seq: row.get("seq")?,
        })
    }
}

/// The first rows of a chain.
pub(super) const FRONT: &str = "SELECT seq, mac, time FROM audit WHERE writer = $1 \
     AND seq > COALESCE((SELECT seq FROM audit_tombstones WHERE writer = $1), 0) ORDER BY seq LIMIT $2";

pub(super) const CUT: &str = "DELETE FROM audit WHERE writer = $1 AND seq BETWEEN $2 AND $3";

pub(super) const OLDEST: &str =
    "SELECT writer, seq, time FROM audit WHERE time >= $1 AND time < $2 ORDER BY time LIMIT 1";

/// The `writer`, `seq` and `time` of the oldest row that is from `since` or later and before `before`.
pub(super) fn oldest(since: &str, before: OffsetDateTime) -> Statement {
    query(OLDEST).bind(since).bind(instant(before))
}

/// Removes rows from the front of a chain, up to the first that is to stay, and says how many.
pub(super) async fn cut(
    db: &mut Connection,
    key: &ChainKey,
    old: &Old,
    [before, now]: [OffsetDateTime; 2],
) -> Result<u64, Error> {
    let before = instant(before);
    let rows = db.query(FRONT);
    let (mut first, mut last) = (None, None);
    for row in rows.bind(old.writer.as_str()).bind(STEP).fetch_all().await? {
        let seq: i64 = row.get("seq")?;
        if seq > old.seq && row.get::<String>("time")? >= before {
            break;
        }
        first.get_or_insert(seq);
        last = Some((seq, row.get("mac")?));
    }
    let (Some(first), Some((seq, mac))) = (first, last) else {
        return Ok(0);
    };

    let last = Head {
        writer: old.writer.clone(),
        seq,
        mac,
    };
    let cut_at = instant(now);
    let mac = key.tombstone(&last, &cut_at);
    let stone = db.query(
        "INSERT INTO audit_tombstones (writer, seq, row_mac, cut_at, mac) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (writer) DO UPDATE SET seq = excluded.seq, row_mac = excluded.row_mac, \
         cut_at = excluded.cut_at, mac = excluded.mac",
    );
    let stone = stone.bind(&last.writer).bind(last.seq).bind(&last.mac);
    stone.bind(cut_at).bind(mac).execute().await?;
    // The tombstone now says how the chain begins, and it says where a chain ends that is gone.
    let starts = db.query("DELETE FROM audit_starts WHERE writer = $1");
    starts.bind(&last.writer).execute().await?;
    let heads = db.query("DELETE FROM audit_heads WHERE writer = $1 AND seq <= $2");
    heads.bind(&last.writer).bind(last.seq).execute().await?;
    let gone = db.query(CUT);
    gone.bind(&last.writer).bind(first).bind(last.seq).execute().await
}
