//! Removing old records without breaking their chains: what goes leaves a tombstone (C-41).

use time::OffsetDateTime;

use super::change::STEP;
use super::db::Connection;
use crate::audit::{ChainKey, Head, instant};

/// Removes rows from the front of the chain that has the oldest one, up to the first that is to
/// stay, and says how many.
pub(super) async fn cut(
    db: &mut Connection,
    key: &ChainKey,
    before: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<u64, sqlx::Error> {
    let before = instant(before);
    let oldest = db.query("SELECT writer FROM audit WHERE time < $1 ORDER BY time LIMIT 1");
    let Some(oldest) = oldest.bind(&before).fetch_optional().await? else {
        return Ok(0);
    };
    let writer: String = oldest.get("writer")?;

    let rows = db.query("SELECT seq, mac, time FROM audit WHERE writer = $1 ORDER BY seq LIMIT $2");
    let mut last = None;
    for row in rows.bind(&writer).bind(STEP).fetch_all().await? {
        if row.get::<String>("time")? >= before {
            break;
        }
        last = Some((row.get("seq")?, row.get("mac")?));
    }
    let Some((seq, mac)) = last else { return Ok(0) };

    let last = Head { writer, seq, mac };
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
    let gone = db.query("DELETE FROM audit WHERE writer = $1 AND seq <= $2");
    gone.bind(&last.writer).bind(last.seq).execute().await
}
