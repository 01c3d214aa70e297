//! Writing a batch's records: linked, inserted, counted, all in the batch's transaction.

use std::sync::LazyLock;

use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use super::rollup;
use crate::audit::{Chain, ChainKey, FIELDS, Head, LINK_FIELDS, Row};

/// Rows that go in with one statement: few texts, so that each is prepared once.
const CHUNKS: [usize; 3] = [32, 8, 1];

static INSERTS: LazyLock<[String; CHUNKS.len()]> = LazyLock::new(|| CHUNKS.map(insert_text));

fn insert_text(rows: usize) -> String {
    let columns: Vec<&str> = FIELDS.iter().chain(&LINK_FIELDS).copied().collect();
    let values: Vec<String> = (0..rows)
        .map(|row| {
            let marks: Vec<String> = (1..=columns.len())
                .map(|column| format!("${}", row * columns.len() + column))
                .collect();
            format!("({})", marks.join(", "))
        })
        .collect();
    format!(
        "INSERT INTO audit ({}) VALUES {}",
        columns.join(", "),
        values.join(", ")
    )
}

/// Appends `rows` to the chain.
pub(super) async fn append(
    db: &mut SqliteConnection,
    key: &ChainKey,
    chain: &mut Chain,
    mut rows: Vec<Row>,
) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    if chain.is_new() {
        begin(db, key, chain).await?;
    }
    for row in &mut rows {
        chain.link(key, row);
    }
    rollup::add_rows(db, &rows).await?;

    let mut rest = rows.into_iter();
    while rest.len() > 0 {
        let size = CHUNKS.iter().position(|size| *size <= rest.len());
        let size = size.unwrap_or(CHUNKS.len() - 1);
        let mut insert = sqlx::query(AssertSqlSafe(INSERTS[size].as_str()));
        for row in rest.by_ref().take(CHUNKS[size]) {
            for field in row.fields {
                insert = insert.bind(field);
            }
            let link = row.link;
            insert = insert
                .bind(link.writer)
                .bind(link.seq)
                .bind(link.prev)
                .bind(link.mac);
        }
        insert.execute(&mut *db).await?;
    }

    let Some(head) = chain.head() else { return Ok(()) };
    sqlx::query(
        "INSERT INTO audit_heads (writer, seq, mac) VALUES ($1, $2, $3) \
         ON CONFLICT (writer) DO UPDATE SET seq = excluded.seq, mac = excluded.mac",
    )
    .bind(head.writer)
    .bind(head.seq)
    .bind(head.mac)
    .execute(db)
    .await?;
    Ok(())
}

/// The first row of a chain names all heads that stand.
async fn begin(db: &mut SqliteConnection, key: &ChainKey, chain: &mut Chain) -> Result<(), sqlx::Error> {
    let heads = heads(db).await?;
    let heads: Vec<String> = heads.iter().map(Head::to_string).collect();
    let heads = heads.join("\n");
    chain.begin(key, &heads);
    sqlx::query("INSERT INTO audit_starts (writer, heads) VALUES ($1, $2)")
        .bind(chain.writer())
        .bind(heads)
        .execute(db)
        .await?;
    Ok(())
}

/// The last row of every chain that has rows.
pub(super) async fn heads(db: &mut SqliteConnection) -> Result<Vec<Head>, sqlx::Error> {
    let rows: Vec<(String, i64, String)> =
        sqlx::query_as("SELECT writer, seq, mac FROM audit_heads ORDER BY writer")
            .fetch_all(db)
            .await?;
    let head = |(writer, seq, mac)| Head { writer, seq, mac };
    Ok(rows.into_iter().map(head).collect())
}
