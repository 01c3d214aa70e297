//! The store's tables, for what a test cannot wait for.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::runtime::Runtime;

const PATIENCE: Duration = Duration::from_secs(20);

fn connect(dir: &Path) -> (Runtime, SqliteConnection) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let options = SqliteConnectOptions::new().filename(dir.join("usher.db"));
    let connection = runtime.block_on(options.connect()).expect("a store");
    (runtime, connection)
}

/// Runs statements in the store of a gateway that lies in `dir` and has been stopped.
pub fn run_sql(dir: &Path, statements: &str) {
    let (runtime, mut connection) = connect(dir);
    runtime.block_on(async {
        let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()));
        statements.execute(&mut connection).await.expect("SQL");
        connection.close().await.expect("it closes");
    });
}

/// Waits until a running gateway has put rows into a table.
pub fn wait_for_rows(dir: &Path, table: &str) {
    let (runtime, mut connection) = connect(dir);
    let until = Instant::now() + PATIENCE;
    let count = format!("SELECT COUNT(*) FROM {table}");
    loop {
        let rows = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(count.clone()));
        if runtime.block_on(rows.fetch_one(&mut connection)).expect("SQL") > 0 {
            return;
        }
        assert!(Instant::now() < until, "{table} stays empty");
    }
}
