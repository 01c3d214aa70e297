//! Reading the trail besides a running server: one read-only snapshot, a page at a time.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::db::{self, Connection};
use super::open::Place;
use super::{OpenError, trail};
use crate::audit::{Anchors, FIELDS, Head, LINK_FIELDS, Link, Row, Tombstone};
use crate::config::StoreUrl;

const PAGE: i64 = 1000;

/// Why the trail could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the audit trail cannot be read")]
pub struct ReadError(#[from] sqlx::Error);

/// Which rows to show; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub app: Option<String>,
    /// A subject or an e-mail address, and the form that `person = "hash"` gives it.
    pub person: Option<[String; 2]>,
    pub event: Option<String>,
    pub reference: Option<String>,
    pub id: Option<String>,
    pub token_sha256: Option<String>,
    /// RFC 3339 as in the rows; `from` is included, `to` is not.
    pub from: Option<String>,
    pub to: Option<String>,
}

pub struct TrailReader(Connection);

static COLUMNS: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<&str> = FIELDS.iter().chain(&LINK_FIELDS).copied().collect();
    columns.join(", ")
});
static NEWEST: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM audit WHERE ($1 IS NULL OR app = $1) \
         AND ($2 IS NULL OR sub IN ($2, $3) OR email IN ($2, $3)) \
         AND ($4 IS NULL OR event = $4) AND ($5 IS NULL OR reference = $5) \
         AND ($6 IS NULL OR time >= $6) AND ($7 IS NULL OR time < $7) \
         AND ($8 IS NULL OR id = $8) AND ($9 IS NULL OR token_sha256 = $9) \
         ORDER BY time DESC, writer DESC, seq DESC LIMIT $10",
        *COLUMNS
    )
});
static BY_TIME: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM audit WHERE (time, writer, seq) > ($1, $2, $3) \
         ORDER BY time, writer, seq LIMIT $4",
        *COLUMNS
    )
});
static BY_CHAIN: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM audit WHERE (writer, seq) > ($1, $2) ORDER BY writer, seq LIMIT $3",
        *COLUMNS
    )
});

impl TrailReader {
    /// Holds the state that the trail has now, without the right to write.
    pub async fn open(url: &StoreUrl) -> Result<Self, OpenError> {
        Place::new(url).snapshot().await.map(Self)
    }

    /// The newest rows that pass the filter, oldest of them first.
    pub async fn newest(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Row>, ReadError> {
        let [plain, hashed] = filter
            .person
            .clone()
            .map_or([None, None], |person| person.map(Some));
        let rows = self
            .0
            .query(NEWEST.as_str())
            .bind(&filter.app)
            .bind(plain)
            .bind(hashed)
            .bind(&filter.event)
            .bind(&filter.reference)
            .bind(&filter.from)
            .bind(&filter.to)
            .bind(&filter.id)
            .bind(&filter.token_sha256)
            .bind(i64::from(limit))
            .fetch_all()
            .await?;
        Ok(rows.iter().rev().map(row).collect::<Result<_, _>>()?)
    }

    /// Up to a thousand rows behind `last`, in the order of time.
    pub async fn next_by_time(&mut self, last: Option<&Row>) -> Result<Vec<Row>, ReadError> {
        let none = Link::default();
        let (time, link) = last.map_or(("", &none), |row| {
            (row.get("time").unwrap_or_default(), &row.link)
        });
        let rows = self
            .0
            .query(BY_TIME.as_str())
            .bind(time)
            .bind(&link.writer)
            .bind(link.seq)
            .bind(PAGE)
            .fetch_all()
            .await?;
        Ok(rows.iter().map(row).collect::<Result<_, _>>()?)
    }

    /// Up to a thousand rows behind `last`, chain by chain.
    pub async fn next_by_chain(&mut self, last: Option<&Link>) -> Result<Vec<Row>, ReadError> {
        let (writer, seq) = last.map_or(("", i64::MIN), |link| (&link.writer, link.seq));
        let rows = self
            .0
            .query(BY_CHAIN.as_str())
            .bind(writer)
            .bind(seq)
            .bind(PAGE)
            .fetch_all()
            .await?;
        Ok(rows.iter().map(row).collect::<Result<_, _>>()?)
    }

    /// What the rows must agree with.
    pub async fn anchors(&mut self) -> Result<Anchors, ReadError> {
        let mut starts = BTreeMap::new();
        let rows = self.0.query("SELECT writer, heads FROM audit_starts");
        for row in rows.fetch_all().await? {
            starts.insert(row.get("writer")?, row.get("heads")?);
        }
        let mut tombstones = BTreeMap::new();
        let rows = self
            .0
            .query("SELECT writer, seq, row_mac, cut_at, mac FROM audit_tombstones");
        for row in rows.fetch_all().await? {
            let writer: String = row.get("writer")?;
            let last = Head {
                writer: writer.clone(),
                seq: row.get("seq")?,
                mac: row.get("row_mac")?,
            };
            let (cut_at, mac) = (row.get("cut_at")?, row.get("mac")?);
            tombstones.insert(writer, Tombstone { last, cut_at, mac });
        }
        Ok(Anchors {
            starts,
            tombstones,
            heads: trail::heads(&mut self.0).await?,
        })
    }

    pub async fn close(self) -> Result<(), ReadError> {
        Ok(self.0.close().await?)
    }
}

fn row(row: &db::Row) -> Result<Row, sqlx::Error> {
    let mut fields = [const { None }; FIELDS.len()];
    for (field, name) in fields.iter_mut().zip(FIELDS) {
        *field = row.get(name)?;
    }
    let link = Link {
        writer: row.get("writer")?,
        seq: row.get("seq")?,
        prev: row.get("prev")?,
        mac: row.get("mac")?,
    };
    Ok(Row { fields, link })
}
