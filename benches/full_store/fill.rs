//! Rows as years of clicks leave them, made by the database itself.
//!
//! Their MACs are random: nothing that serves clicks or cleans up looks into them.

use usher::clock::{Clock as _, SystemClock};
use usher::config::StoreUrl;

use super::ground::{Connection, Ground};

/// How many processes have written, one after the other.
const WRITERS: u64 = 400;
/// How many of them are past their time.
const OLD_WRITERS: u64 = 40;

/// What a store is filled with.
#[derive(Clone, Copy)]
pub struct Load {
    pub sessions: u64,
    /// A multiple of [`WRITERS`].
    pub rows: u64,
}

/// The writer of the last row that is past its time: names sort as numbers do.
pub fn last_old_writer() -> String {
    format!("{:016x}", OLD_WRITERS - 1)
}

impl Load {
    pub fn from_environment() -> Self {
        let number = |name, or| {
            let given = std::env::var(name).ok();
            given.map_or(or, |given| given.parse().expect("a number of rows"))
        };
        let rows: u64 = number("USHER_BENCH_ROWS", 10_000_000);
        Self {
            sessions: number("USHER_BENCH_SESSIONS", 1_000_000),
            rows: rows.next_multiple_of(WRITERS),
        }
    }

    pub fn old_rows(self) -> u64 {
        self.rows / WRITERS * OLD_WRITERS
    }

    pub fn old_sessions(self) -> u64 {
        self.sessions / 5
    }

    /// Fills a store that has its tables.
    pub async fn fill(self, ground: &Ground) {
        let mut db = ground.connect().await;
        let words = match ground.url {
            StoreUrl::Sqlite(_) => &SQLITE,
            StoreUrl::Postgres(_) => &POSTGRES,
        };
        db.run(words.before).await;
        // Indexes are made at once, afterwards.
        let indexes = db.texts(words.indexes).await;
        for index in &indexes {
            let name = index.split_whitespace().nth(2).expect("CREATE INDEX name");
            db.run(&format!("DROP INDEX {name}")).await;
        }
        db.run(&self.sessions(words)).await;
        if self.rows > 0 {
            db.run(&self.rows(words)).await;
            db.run(&self.heads(words)).await;
        }
        db.run(words.keys).await;
        for index in &indexes {
            db.run(index).await;
        }
        db.run(words.after).await;
    }

    fn sessions(self, words: &Words) -> String {
        let now = SystemClock.now().unix_timestamp() * 1_000_000;
        let old = now - 2 * 86_400_000_000;
        let (series, key, old_sessions) = (words.series(self.sessions), words.bytes, self.old_sessions());
        let claims = r#"{"email":"someone@example.com","email_verified":true,"groups":{"known":["staff","comms"]},"auth_time":null,"acr":null,"claims":{"name":"Some One","title":"Countess","picture":"https://example.com/someone.png"}}"#;
        format!(
            "INSERT INTO sessions \
             (key, provider, issuer, sub, identity, created_at, last_seen) {series} \
             SELECT {key}, 'work', 'http://localhost:9', 'someone-' || i, '{claims}', \
             CASE WHEN i <= {old_sessions} THEN {old} ELSE {now} END + i, \
             CASE WHEN i <= {old_sessions} THEN {old} ELSE {now} END + i FROM n"
        )
    }

    /// The rows of old writers are from 450 to 410 days ago, the others from 399 days ago to yesterday.
    fn rows(self, words: &Words) -> String {
        const DAY: i64 = 86_400_000;
        let now = SystemClock.now().unix_timestamp() * 1000;
        let (series, old, rows) = (words.series(self.rows), self.old_rows(), self.rows);
        let each = rows / WRITERS;
        let (first, second) = (now - 450 * DAY, now - 399 * DAY);
        let (old_days, days) = (40 * DAY, 398 * DAY);
        let Words {
            id,
            time,
            hash,
            reference,
            writer,
            ..
        } = words;
        let writer = writer.replace('?', &format!("(i - 1) / {each}"));
        format!(
            "INSERT INTO audit {series}, \
             t(i, ms) AS (SELECT i, CASE WHEN i <= {old} THEN {first} + i * {old_days} / {old} \
             ELSE {second} + (i - {old}) * {days} / ({rows} - {old}) END FROM n) \
             SELECT {id}, {time}, 'launch', 'ok', NULL, {reference}, 'http://localhost:9', \
             'someone-' || (i % 100000), 'someone-' || (i % 100000) || '@example.com', 'work', 'townhall', \
             'frameable', 'aZ3dXk0qT1vQy7mB5rN2pL8sJ6wH4gF9', NULL, {hash}, '2025-11-21T06:00:00Z', \
             '2025-11-21T06:05:00Z', '[\"host\"]', '192.0.2.1', NULL, {writer}, (i - 1) % {each} + 1, \
             {hash}, {hash}, NULL FROM t"
        )
    }

    fn heads(self, words: &Words) -> String {
        let (series, each) = (words.series(WRITERS), self.rows / WRITERS);
        let writer = words.writer.replace('?', "i - 1");
        format!("INSERT INTO audit_heads {series} SELECT {writer}, {each}, 'filled' FROM n")
    }

    /// What is still to be removed, looked at from another connection.
    pub async fn is_cleaned(db: &mut Connection) -> bool {
        let last = last_old_writer();
        let heads = format!("SELECT COUNT(*) FROM audit_heads WHERE mac = 'filled' AND writer <= '{last}'");
        db.number(&heads).await == 0
    }
}

/// What the two say differently.
struct Words {
    before: &'static str,
    indexes: &'static str,
    /// The numbers from 1 to `?`, as `n(i)`.
    series: &'static str,
    bytes: &'static str,
    /// `UUIDv7` of the milliseconds `ms`, and RFC 3339.
    id: &'static str,
    time: &'static str,
    hash: &'static str,
    reference: &'static str,
    /// The name of the writer with the number `?`.
    writer: &'static str,
    keys: &'static str,
    after: &'static str,
}

impl Words {
    fn series(&self, numbers: u64) -> String {
        self.series.replace('?', &numbers.to_string())
    }
}

const SQLITE: Words = Words {
    before: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000",
    indexes: "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL \
              AND tbl_name IN ('audit', 'sessions')",
    series: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)",
    bytes: "randomblob(32)",
    id: "printf('%08x-%04x-7%03x-8000-%012x', ms >> 16, ms & 65535, i & 4095, i)",
    time: "strftime('%Y-%m-%dT%H:%M:%S', ms / 1000, 'unixepoch') || printf('.%03d000Z', ms % 1000)",
    hash: "lower(hex(randomblob(32)))",
    reference: "printf('%04X-%04X-%04X-%04X', random() & 65535, random() & 65535, random() & 65535, random() & 65535)",
    writer: "printf('%016x', ?)",
    keys: "",
    after: "ANALYZE; PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL; PRAGMA wal_checkpoint(TRUNCATE)",
};

const POSTGRES: Words = Words {
    before: "SET synchronous_commit = off; ALTER TABLE audit DROP CONSTRAINT audit_pkey",
    indexes: "SELECT indexdef FROM pg_indexes WHERE tablename IN ('audit', 'sessions') \
              AND indexname NOT LIKE '%_pkey'",
    series: "WITH n AS (SELECT generate_series(1, ?::bigint) AS i)",
    bytes: "decode(md5(random()::text) || md5(i::text), 'hex')",
    id: "substr(lpad(to_hex(ms), 12, '0'), 1, 8) || '-' || substr(lpad(to_hex(ms), 12, '0'), 9) || '-7' \
         || lpad(to_hex(i & 4095), 3, '0') || '-8000-' || lpad(to_hex(i), 12, '0')",
    time: "to_char(to_timestamp(ms / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
    hash: "md5(random()::text) || md5(i::text)",
    reference: "regexp_replace(upper(substr(md5(random()::text), 1, 16)), '(....)(....)(....)(....)', '\\1-\\2-\\3-\\4')",
    writer: "lpad(to_hex(?), 16, '0')",
    keys: "ALTER TABLE audit ADD PRIMARY KEY (writer, seq)",
    after: "VACUUM (FREEZE, ANALYZE); CHECKPOINT",
};
