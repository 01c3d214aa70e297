//! Over a file of its own.

use super::*;

#[path = "binding.rs"]
mod binding;
#[path = "desk.rs"]
mod desk;
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

#[tokio::test]
async fn c_40_in_a_crowd_those_who_come_close_together_share_a_commit() {
    let ground = ground();
    let store = open(&ground).await;
    // It goes on only while nobody has anything to do.
    tokio::time::pause();
    let record = || store.record(launch_record());
    let late = async || {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        record().await
    };
    let commits = async || {
        let before = store.counts().commits;
        let (early, late) = tokio::join!(record(), late());
        early.and(late).unwrap();
        store.counts().commits - before
    };
    let few = tokio::join!(record(), record(), record());
    assert_eq!(few, (Ok(()), Ok(()), Ok(())));
    assert_eq!(commits().await, 2, "each is written as it comes");
    let crowd = tokio::join!(record(), record(), record(), record());
    assert_eq!(crowd, (Ok(()), Ok(()), Ok(()), Ok(())));
    assert_eq!(commits().await, 1);
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
        clean_up::ROLLUPS,
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

/// However full the store is, a record is found by what its page was shown under.
#[tokio::test]
async fn c_34_a_reference_and_an_id_lead_to_their_record_by_an_index() {
    let ground = ground();
    let store = open(&ground).await;
    store.record(launch_record()).await.unwrap();
    let row = trail(&ground).await.next_by_chain(None).await.unwrap().remove(0);
    let mut db = other_connection(&ground).await;
    for (name, field) in [("ref", "reference"), ("id", "id")] {
        let filter = vec![(name.to_owned(), row.get(field).unwrap().to_owned())];
        let filter = Filter::parse(&filter).unwrap();
        let exact = store.trail().exact(&filter);
        let plan = format!("EXPLAIN QUERY PLAN SELECT * FROM audit{}", exact.text);
        let plan = trail_reader::question(plan, exact.values);
        let plan: String = db.rows(plan).await.unwrap()[0].get("detail").unwrap();
        assert_eq!(plan, "SEARCH audit USING INDEX audit_by_time (time>? AND time<?)");
        let found = store.trail().page(&filter, Order::Newest, None, 2).await.unwrap();
        assert_eq!(
            found.rows.iter().map(|row| &row.link.mac).collect::<Vec<_>>(),
            [&row.link.mac]
        );
    }
}

/// No commit has to stop for it: the log's pages go into the file by themselves.
#[tokio::test]
async fn c_40_the_log_is_copied_beside_those_who_write() {
    let ground = ground();
    let store = open(&ground).await;
    let file = ground.dir.path().join("usher.db");
    let size = || std::fs::metadata(&file).unwrap().len();
    let before = size();
    let until = tokio::time::Instant::now() + PATIENCE;
    while size() == before {
        assert!(tokio::time::Instant::now() < until, "nothing is copied");
        store.record(launch_record()).await.unwrap();
        let pages = std::fs::metadata(ground.dir.path().join("usher.db-wal"))
            .unwrap()
            .len()
            / 4096;
        assert!(pages < 3900, "a commit had to copy");
    }
}
