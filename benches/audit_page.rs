//! A page of the audit trail over ten million records, by each filter; and what a record waits for while
//! admins read.
//!
//! `AUDIT_ROWS` says how many records (ten million by default), `AUDIT_STORE` names an SQLite file to fill,
//! or to use as it is where it has records.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::SecretBox;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use usher::audit::{Filter, Order, Record};
use usher::clock::{Clock as _, SystemClock};
use usher::config::{Person, StoreUrl};
use usher::store::{Options, Store};
use usher::types::AppId;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The most that a page may take.
const LIMIT: Duration = Duration::from_millis(100);
const ROUNDS: usize = 21;

/// Records of 50,000 people and 23 apps, three seconds apart, a fiftieth of them refused.
const FILL: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
    INSERT INTO audit SELECT printf('%08x-0000-7000-8000-%012x', i, i), \
    strftime('%Y-%m-%dT%H:%M:%S', 1763700000 + i * 3, 'unixepoch') || printf('.%06dZ', (i * 7919) % 1000000), \
    CASE WHEN i % 12 = 0 THEN 'sign_in' WHEN i % 50 = 1 THEN 'denied' ELSE 'launch' END, \
    CASE WHEN i % 50 = 1 AND i % 12 <> 0 THEN 'refused' ELSE 'ok' END, \
    CASE WHEN i % 50 = 1 AND i % 12 <> 0 THEN 'access.not_allowed' END, \
    printf('%04X-%04X-%04X-%04X', (i * 7) % 65536, i % 65536, (i * 31) % 65536, i / 65536), \
    'https://login.example.com/', printf('sub-%d', (i * 2654435761) % 50000), \
    printf('p%d@example.com', (i * 2654435761) % 50000), 'work', \
    CASE WHEN i % 12 = 0 THEN NULL WHEN i % 1000003 = 5 THEN 'rare' ELSE printf('app-%d', i % 23) END, \
    'frameable', 'k1', CASE WHEN i % 12 = 1 THEN printf('jti-%d', i) END, printf('%064x', i), \
    '2026-01-01T00:00:00Z', '2026-01-01T00:05:00Z', '[\"host\"]', '203.0.113.9', NULL, \
    printf('%016x', i / 100000), i % 100000, printf('%064x', i - 1), printf('%064x', i + 1), NULL FROM n";
const COUNT: &str = "INSERT INTO rollups SELECT substr(time, 1, 13), event, outcome, coalesce(reason, ''), \
    coalesce(app, ''), \
    CASE event WHEN 'sign_in' THEN provider ELSE '' END, count(*) FROM audit GROUP BY 1, 2, 3, 4, 5, 6";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failed> {
    let rows: u64 = std::env::var("AUDIT_ROWS").map_or(Ok(10_000_000), |rows| rows.parse())?;
    let dir = tempfile::tempdir()?;
    let file = std::env::var("AUDIT_STORE").map_or_else(|_| dir.path().join("usher.db"), PathBuf::from);
    let store = open(&file).await?;
    if store.trail().newest(&Filter::default(), 1).await?.is_empty() {
        fill(&file, rows).await?;
    }

    // A reference says when that was: one among all the others.
    let then = SystemClock.now() - time::Duration::days(100);
    let occasion = store.occasion(then, None);
    let app = AppId::parse("app-1")?;
    store
        .record(Record::unbound("sub-1", &app, "frameable", &occasion))
        .await?;
    let reference = format!("ref={}", occasion.reference);
    let filters = [
        ("all", ""),
        ("a person's address", "person=p7776@example.com"),
        ("a person's subject", "person=sub-7776"),
        ("nobody", "person=nobody@example.com"),
        ("a person, an app", "person=sub-7776&app=app-3"),
        ("an app", "app=app-3"),
        ("a rare app", "app=rare"),
        ("an app that is not", "app=none"),
        ("refused", "outcome=refused"),
        ("refused of an app", "outcome=refused&app=app-3&event=denied"),
        ("an event that is not", "event=lab"),
        ("a day", "from=2025-12-01&to=2025-12-02"),
        ("an app on a day", "from=2025-12-01&to=2025-12-02&app=app-3"),
        ("a reference", &*reference),
        ("a jti", "jti=jti-120001"),
        (
            "a token",
            "token_sha256=0000000000000000000000000000000000000000000000000000000000000abc",
        ),
    ];
    println!("{:24} {:>5} {:>9} {:>9}", "filter", "rows", "median", "worst");
    let mut slow = Vec::new();
    for (name, query) in filters {
        let (found, median, worst) = time(&store, query).await?;
        println!("{name:24} {found:5} {median:9.1?} {worst:9.1?}");
        if median > LIMIT {
            slow.push(name);
        }
    }

    let alone = record(&store, &app, 500).await?;
    let reading = tokio::spawn({
        let store = store.clone();
        async move {
            loop {
                let _ = time(
                    &store,
                    "token_sha256=00000000000000000000000000000000000000000000000000000000000000ff",
                )
                .await;
            }
        }
    });
    let beside = record(&store, &app, 500).await?;
    reading.abort();
    println!("a record: p99 {alone:.1?} alone, {beside:.1?} while an admin reads without a pause");
    store.close().await;
    if slow.is_empty() {
        Ok(())
    } else {
        Err(format!("over {LIMIT:?}: {slow:?}").into())
    }
}

async fn open(file: &std::path::Path) -> Result<Store, Failed> {
    let options = Options {
        audit_key: SecretBox::new(Box::new([7; 32])),
        keep: time::Duration::days(400),
        person: Person::Plain,
        values: false,
    };
    Ok(Store::open(&StoreUrl::Sqlite(file.to_owned()), options, Arc::new(SystemClock)).await?)
}

/// Fills the tables first, and makes their indexes over what is there.
async fn fill(file: &std::path::Path, rows: u64) -> Result<(), sqlx::Error> {
    let mut db: SqliteConnection = SqliteConnectOptions::new()
        .filename(file)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-400000")
        .connect()
        .await?;
    let made =
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'audit' AND sql NOT NULL";
    let indexes: Vec<(String, String)> = sqlx::query_as(made).fetch_all(&mut db).await?;
    for (name, _) in &indexes {
        db.execute(AssertSqlSafe(format!("DROP INDEX {name}"))).await?;
    }
    db.execute(AssertSqlSafe(FILL.replace("{rows}", &rows.to_string())))
        .await?;
    db.execute(COUNT).await?;
    for (_, sql) in indexes {
        db.execute(AssertSqlSafe(sql)).await?;
    }
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    db.close().await
}

/// How many records the first page has, and how long it takes: in the middle, and at worst.
async fn time(store: &Store, query: &str) -> Result<(usize, Duration, Duration), Failed> {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let filter = Filter::parse(&pairs)?;
    let (mut times, mut found) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let page = store.trail().page(&filter, Order::Newest, None, 50).await?;
        times.push(started.elapsed());
        found = page.rows.len();
    }
    // The first round warms up.
    times.remove(0);
    times.sort();
    Ok((found, times[times.len() / 2], times[times.len() - 1]))
}

/// The 99th percentile of writing a record durably, one after the other.
async fn record(store: &Store, app: &AppId, count: usize) -> Result<Duration, Failed> {
    let mut times = Vec::new();
    for _ in 0..count {
        let occasion = store.occasion(SystemClock.now(), None);
        let record = Record::unbound("sub-1", app, "frameable", &occasion);
        let started = Instant::now();
        store.record(record).await?;
        times.push(started.elapsed());
    }
    times.sort();
    Ok(times[count * 99 / 100])
}
