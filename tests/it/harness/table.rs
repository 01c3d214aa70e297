//! The store's tables, for what a test cannot wait for.

use std::path::Path;

use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};

/// Runs statements in the store of a gateway that lies in `dir` and has been stopped.
pub fn run_sql(dir: &Path, statements: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let options = SqliteConnectOptions::new().filename(dir.join("usher.db"));
    runtime.block_on(async {
        let mut connection = options.connect().await.expect("a store");
        let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()));
        statements.execute(&mut connection).await.expect("SQL");
        connection.close().await.expect("it closes");
    });
}
