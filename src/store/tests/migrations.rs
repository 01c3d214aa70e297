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
    assert!(wanted.len() >= 10 && wanted["audit"].len() == 25, "{wanted:?}");
    assert_eq!(wanted, tables(&postgres::MIGRATIONS));
    assert_eq!(indexes(&sqlite::MIGRATIONS), indexes(&postgres::MIGRATIONS));
}
