//! Removing old records without breaking their chains: what goes leaves a tombstone (C-41).

use sqlx::sqlite::SqliteConnection;
use time::OffsetDateTime;

use super::change::STEP;
use crate::audit::{ChainKey, Head, instant};

/// Removes rows from the front of the chain that has the oldest one, up to the first that is to
/// stay, and says how many.
pub(super) async fn cut(
    db: &mut SqliteConnection,
    key: &ChainKey,
    before: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<u64, sqlx::Error> {
    let before = instant(before);
    let oldest: Option<String> =
        sqlx::query_scalar("SELECT writer FROM audit WHERE time < $1 ORDER BY time LIMIT 1")
            .bind(&before)
            .fetch_optional(&mut *db)
            .await?;
    let Some(writer) = oldest else { return Ok(0) };

    let rows: Vec<(i64, String, String)> =
        sqlx::query_as("SELECT seq, mac, time FROM audit WHERE writer = $1 ORDER BY seq LIMIT $2")
            .bind(&writer)
            .bind(STEP)
            .fetch_all(&mut *db)
            .await?;
    let last = rows.into_iter().take_while(|(_, _, time)| *time < before).last();
    let Some((seq, mac, _)) = last else { return Ok(0) };

    let last = Head { writer, seq, mac };
    let cut_at = instant(now);
    let stone = key.tombstone(&last, &cut_at);
    sqlx::query(
        "INSERT INTO audit_tombstones (writer, seq, row_mac, cut_at, mac) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (writer) DO UPDATE SET seq = excluded.seq, row_mac = excluded.row_mac, \
         cut_at = excluded.cut_at, mac = excluded.mac",
    )
    .bind(&last.writer)
    .bind(last.seq)
    .bind(&last.mac)
    .bind(cut_at)
    .bind(stone)
    .execute(&mut *db)
    .await?;
    // The tombstone now says how the chain begins, and it says where a chain ends that is gone.
    sqlx::query("DELETE FROM audit_starts WHERE writer = $1")
        .bind(&last.writer)
        .execute(&mut *db)
        .await?;
    sqlx::query("DELETE FROM audit_heads WHERE writer = $1 AND seq <= $2")
        .bind(&last.writer)
        .bind(last.seq)
        .execute(&mut *db)
        .await?;
    let gone = sqlx::query("DELETE FROM audit WHERE writer = $1 AND seq <= $2")
        .bind(&last.writer)
        .bind(last.seq)
        .execute(&mut *db)
        .await?;
    Ok(gone.rows_affected())
}
