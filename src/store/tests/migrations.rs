//! The two kinds of store have the same tables: one text of SQL serves both.

use std::collections::BTreeMap;

use super::super::{postgres, sqlite};

/// The columns of each table, with their types in SQLite's words.
type Tables = BTreeMap<String, Vec<[String; 2]>>;

fn tables(migrations: &sqlx::migrate::Migrator) -> Tables {
    let mut tables = Tables::new();
    let mut table = String::new();
    for migration in migrations.iter() {
        let text = migration
            .sql
            .as_str()
            .replace(" COLLATE \"C\"", "")
            .replace("BYTEA", "BLOB");
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().take_while(|word| *word != "--").collect();
            match words[..] {
                ["ALTER", "TABLE", name, "ADD", "COLUMN", column, ref kind @ ..] => {
                    let kind = kind.join(" ");
                    let column = [column.to_owned(), kind.trim_end_matches(';').to_owned()];
                    tables.entry(name.to_owned()).or_default().push(column);
                }
                ["CREATE", "TABLE", name, ..] => table = name.to_owned(),
                ["CREATE", "INDEX", ..] | ["INSERT" | "ALTER" | "DROP", ..] | [_] | [] => {}
                [first, ..] if first.starts_with("--") => {}
                [column, ..] => {
                    let rest = words[1..].join(" ");
                    let column = [column.to_owned(), rest.trim_end_matches(',').to_owned()];
                    tables.entry(table.clone()).or_default().push(column);
                }
            }
        }
    }
    tables
}

fn indexes(migrations: &sqlx::migrate::Migrator) -> Vec<String> {
    let lines = migrations
        .iter()
        .flat_map(|migration| migration.sql.as_str().lines());
    lines
        .filter(|line| line.starts_with("CREATE INDEX"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn both_kinds_have_the_same_migrations_tables_columns_and_indexes() {
    let names = |migrations: &sqlx::migrate::Migrator| -> Vec<_> {
        migrations
            .iter()
            .map(|found| (found.version, found.description.to_string()))
            .collect()
    };
    assert_eq!(names(&sqlite::MIGRATIONS), names(&postgres::MIGRATIONS));
    let wanted = tables(&sqlite::MIGRATIONS);
    assert!(wanted.len() >= 10 && wanted["audit"].len() == 26, "{wanted:?}");
    assert_eq!(wanted, tables(&postgres::MIGRATIONS));
    assert_eq!(indexes(&sqlite::MIGRATIONS), indexes(&postgres::MIGRATIONS));
}

#[tokio::test]
async fn figures_from_before_stay_when_sign_ins_get_their_provider() {
    let dir = tempfile::tempdir().unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(dir.path().join("usher.db"))
        .create_if_missing(true);
    let mut db = sqlx::ConnectOptions::connect(&options).await.unwrap();
    let earlier = sqlite::MIGRATIONS.iter().filter(|one| one.version < 6).cloned();
    let earlier = sqlx::migrate::Migrator::with_migrations(earlier.collect());
    earlier.run(&mut db).await.unwrap();
    let old = "INSERT INTO rollups VALUES ('2026-11-20T06', 'launch', 'ok', '', 'townhall', 7)";
    sqlx::raw_sql(old).execute(&mut db).await.unwrap();
    sqlite::MIGRATIONS.run(&mut db).await.unwrap();
    let kept = sqlx::query_as::<_, (String, String, i64)>("SELECT app, provider, count FROM rollups");
    let kept = kept.fetch_all(&mut db).await.unwrap();
    assert_eq!(kept, [("townhall".to_owned(), String::new(), 7)]);
}
