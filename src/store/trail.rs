//! Writing a batch's records: linked, inserted, counted, all in the batch's transaction.

use std::sync::LazyLock;

use super::db::{self, Connection, Error};
use super::rollup;
use crate::audit::{Chain, ChainKey, Head, Row, columns};

/// Rows that go in with one statement: few texts, so that each is prepared once. A file takes each by itself:
/// there is no way to save, and for several at once SQLite keeps a journal of their own.
const CHUNKS: [usize; 3] = [32, 8, 1];

static INSERTS: LazyLock<[String; CHUNKS.len()]> = LazyLock::new(|| CHUNKS.map(insert_text));

fn insert_text(rows: usize) -> String {
    let columns: Vec<&str> = columns().collect();
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
    db: &mut Connection,
    key: &ChainKey,
    chain: &mut Chain,
    mut rows: Vec<Row>,
) -> Result<(), Error> {
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
        let most = if db.is_file() { 1 } else { rest.len() };
        let size = CHUNKS.iter().position(|size| *size <= most);
        let size = size.unwrap_or(CHUNKS.len() - 1);
        let mut insert = db.query(INSERTS[size].as_str());
        for row in rest.by_ref().take(CHUNKS[size]) {
            let link = row.link;
            insert = insert
                .bind_all(row.fields)
                .bind(link.writer)
                .bind(link.seq)
                .bind(link.prev)
                .bind(link.mac)
                .bind(row.decision);
        }
        insert.execute().await?;
    }

    let Some(head) = chain.head() else { return Ok(()) };
    let insert = db.query(
        "INSERT INTO audit_heads (writer, seq, mac) VALUES ($1, $2, $3) \
         ON CONFLICT (writer) DO UPDATE SET seq = excluded.seq, mac = excluded.mac",
    );
    let insert = insert.bind(head.writer).bind(head.seq).bind(head.mac);
    insert.execute().await.map(drop)
}

/// The first row of a chain names all heads that stand.
async fn begin(db: &mut Connection, key: &ChainKey, chain: &mut Chain) -> Result<(), Error> {
    let heads = heads(db).await?;
    let heads: Vec<String> = heads.iter().map(Head::to_string).collect();
    let heads = heads.join("\n");
    chain.begin(key, &heads);
    let insert = db.query("INSERT INTO audit_starts (writer, heads) VALUES ($1, $2)");
    insert.bind(chain.writer()).bind(heads).execute().await.map(drop)
}

/// The last row of every chain that has rows.
pub(super) async fn heads(db: &mut Connection) -> Result<Vec<Head>, Error> {
    let rows = db.query("SELECT writer, seq, mac FROM audit_heads ORDER BY writer");
    rows.fetch_all().await?.iter().map(head).collect()
}

pub(super) fn head(row: &db::Row) -> Result<Head, Error> {
    Ok(Head {
        writer: row.get("writer")?,
        seq: row.get("seq")?,
        mac: row.get("mac")?,
    })
}
