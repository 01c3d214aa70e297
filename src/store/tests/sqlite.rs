//! Over a file of its own.

use super::*;

#[path = "binding.rs"]
mod binding;
#[path = "frame.rs"]
mod frame;
#[path = "logout.rs"]
mod logout;
#[path = "people.rs"]
mod people;
#[path = "sessions.rs"]
mod sessions;
#[path = "trail.rs"]
mod trail;

fn ground() -> Ground {
    let dir = tempfile::tempdir().unwrap();
    let url = StoreUrl::Sqlite(dir.path().join("usher.db"));
    Ground { url, dir }
}

#[tokio::test]
async fn c_40_the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let ground = ground();
    let store = open(&ground).await;
    sign_in(&store, 1).await;
    for file in std::fs::read_dir(ground.dir.path()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// However full the store is, who clicks waits for rows that go, and not for a search.
#[tokio::test]
async fn c_41_what_is_past_its_time_is_found_by_an_index() {
    let ground = ground();
    drop(open(&ground).await);
    let mut db = other_connection(&ground).await;
    for statement in [
        clean_up::SESSIONS,
        clean_up::REDEEMED,
        clean_up::LOGOUTS,
        retention::OLDEST,
        retention::FRONT,
        retention::CUT,
    ] {
        let plan = db.query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")));
        for step in plan.fetch_all().await.unwrap() {
            let detail: String = step.get("detail").unwrap();
            let found = !detail.starts_with("SCAN ") || ["SCAN unused", "SCAN old"].contains(&&*detail);
            assert!(found && !detail.contains("FOR ORDER BY"), "{statement}: {detail}");
        }
    }
}
