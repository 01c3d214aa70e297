//! Reading the trail: by the command line in one snapshot, beside a running server; by the pages for
//! admins statement by statement, so that nothing is held up for as long as somebody reads.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use sqlx::{AssertSqlSafe, SqlSafeStr as _};

use super::OpenError;
use super::db::{self, Connection, Error, Statement, Value, is_cancelled};
use super::error::Failure;
use super::open::Place;
use super::readers::Readers;
use super::trail;
use super::trail_page::LOOK;
use crate::audit::{Anchors, ChainKey, FIELDS, Head, LAST_FIELD, Link, Row, Tombstone, columns};
use crate::config::StoreUrl;

const PAGE: i64 = 1000;

/// Why the trail could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("the audit trail cannot be read")]
    Sql(#[source] Error),
    #[error("the audit trail cannot be read")]
    Open(#[from] OpenError),
    #[error("the audit trail took too long to read")]
    Slow,
}

pub struct TrailReader {
    source: Source,
    pub(super) key: Arc<ChainKey>,
    /// The most rows that a page looks at.
    pub(super) look: i64,
}

enum Source {
    Snapshot(Box<Connection>),
    Desk(Arc<Readers>),
}

/// Whether a row is what was written, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// Its own MAC holds.
    pub unchanged: bool,
    /// It names the row before it, or the beginning of its chain; `None`: that is missing.
    pub follows: Option<bool>,
}

pub(super) static COLUMNS: LazyLock<String> = LazyLock::new(|| columns().collect::<Vec<_>>().join(", "));

impl From<Error> for ReadError {
    fn from(error: Error) -> Self {
        if is_cancelled(&error) {
            return Self::Slow;
        }
        Self::Sql(error)
    }
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Open(error) => Self::Open(error),
            Failure::Sql(error) => Self::from(error),
            Failure::Slow | Failure::Late => Self::Slow,
        }
    }
}

impl TrailReader {
    /// Holds the state that the trail has now, without the right to write.
    pub async fn open(url: &StoreUrl, key: Arc<ChainKey>) -> Result<Self, OpenError> {
        let connection = Place::new(url).snapshot().await?;
        let source = Source::Snapshot(Box::new(connection));
        let look = LOOK;
        Ok(Self { source, key, look })
    }

    pub(super) fn beside(desk: Arc<Readers>, key: Arc<ChainKey>) -> Self {
        let source = Source::Desk(desk);
        let look = LOOK;
        Self { source, key, look }
    }

    pub(super) async fn ask(&mut self, question: Statement) -> Result<Vec<db::Row>, ReadError> {
        match &mut self.source {
            Source::Snapshot(db) => Ok(db.rows(question).await?),
            Source::Desk(readers) => match readers.ask(question).await {
                Some(rows) => Ok(rows?),
                None => Err(ReadError::Slow),
            },
        }
    }

    /// Up to a thousand rows behind `last`, chain by chain.
    pub async fn next_by_chain(&mut self, last: Option<&Link>) -> Result<Vec<Row>, ReadError> {
        let (writer, seq) = last.map_or(("", i64::MIN), |link| (&link.writer, link.seq));
        let columns = &*COLUMNS;
        let rows = self.ask(question(
            format!(
                "SELECT {columns} FROM audit WHERE (writer, seq) > ($1, $2) ORDER BY writer, seq LIMIT $3"
            ),
            [writer.into(), Value::Whole(seq), Value::Whole(PAGE)],
        ));
        Ok(rows.await?.iter().map(row).collect::<Result<_, _>>()?)
    }

    /// What the rows must agree with.
    pub async fn anchors(&mut self) -> Result<Anchors, ReadError> {
        let mut starts = BTreeMap::new();
        for row in self
            .ask(question("SELECT writer, heads FROM audit_starts", []))
            .await?
        {
            starts.insert(row.get("writer")?, row.get("heads")?);
        }
        let stones = question(
            "SELECT writer, seq, row_mac, cut_at, mac FROM audit_tombstones",
            [],
        );
        let stones = self.ask(stones).await?;
        let stones = stones.iter().map(tombstone).collect::<Result<Vec<_>, _>>()?;
        let heads = question("SELECT writer, seq, mac FROM audit_heads ORDER BY writer", []);
        let heads = self.ask(heads).await?;
        Ok(Anchors {
            starts,
            tombstones: stones
                .into_iter()
                .map(|stone| (stone.last.writer.clone(), stone))
                .collect(),
            heads: heads.iter().map(trail::head).collect::<Result<_, _>>()?,
        })
    }

    /// Holds one row against its own MAC and against the row before it. That no row is missing
    /// elsewhere, only a walk along all chains can tell.
    pub async fn proof(&mut self, row: &Row) -> Result<Proof, ReadError> {
        let link = &row.link;
        let before = question(
            "SELECT mac FROM audit WHERE writer = $1 AND seq = $2",
            [
                link.writer.as_str().into(),
                Value::Whole(link.seq.saturating_sub(1)),
            ],
        );
        let before = match self.ask(before).await?.first() {
            Some(before) => Some(before.get::<String>("mac")?),
            None => self.beginning(link).await?,
        };
        Ok(Proof {
            unchanged: self.key.row(row) == link.mac,
            follows: before.map(|mac| mac == link.prev),
        })
    }

    /// What the first row of a chain has to name.
    async fn beginning(&mut self, link: &Link) -> Result<Option<String>, ReadError> {
        let stone = question(
            "SELECT writer, seq, row_mac, cut_at, mac FROM audit_tombstones WHERE writer = $1 AND seq = $2",
            [
                link.writer.as_str().into(),
                Value::Whole(link.seq.saturating_sub(1)),
            ],
        );
        if let Some(stone) = self.ask(stone).await?.first() {
            let stone = tombstone(stone)?;
            let whole = self.key.tombstone(&stone.last, &stone.cut_at) == stone.mac;
            return Ok(whole.then_some(stone.last.mac));
        }
        if link.seq != 1 {
            return Ok(None);
        }
        let start = question(
            "SELECT heads FROM audit_starts WHERE writer = $1",
            [link.writer.as_str().into()],
        );
        let start = self.ask(start).await?;
        let heads = start
            .first()
            .map(|start| start.get::<String>("heads"))
            .transpose()?;
        Ok(heads.map(|heads| self.key.start(&link.writer, &heads)))
    }

    pub async fn close(self) -> Result<(), ReadError> {
        match self.source {
            Source::Snapshot(db) => Ok(db.close().await?),
            Source::Desk(_) => Ok(()),
        }
    }
}

/// Made of words that stand in this module and its neighbours; what anybody typed is bound.
pub(super) fn question(text: impl Into<String>, values: impl Into<Vec<Value>>) -> Statement {
    Statement {
        text: AssertSqlSafe(text.into()).into_sql_str(),
        values: values.into(),
    }
}

pub(super) fn row(row: &db::Row) -> Result<Row, Error> {
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
    let decision = row.get(LAST_FIELD)?;
    Ok(Row {
        fields,
        link,
        decision,
    })
}

fn tombstone(row: &db::Row) -> Result<Tombstone, Error> {
    let last = Head {
        writer: row.get("writer")?,
        seq: row.get("seq")?,
        mac: row.get("row_mac")?,
    };
    let (cut_at, mac) = (row.get("cut_at")?, row.get("mac")?);
    Ok(Tombstone { last, cut_at, mac })
}
