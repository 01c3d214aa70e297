//! The chain of records: what is found, what is kept, who is named.

use super::*;

#[tokio::test]
async fn c_41_every_removal_change_and_move_is_found() {
    for (tampering, said) in [
        ("DELETE FROM audit WHERE seq = 3", "row is missing"),
        ("DELETE FROM audit WHERE seq = 1", "row is missing"),
        ("DELETE FROM audit WHERE seq >= 4", "table of heads names it"),
        ("DELETE FROM audit", "table of heads names it"),
        (
            "UPDATE audit SET email = 'eve@example.com' WHERE seq = 2",
            "row was changed",
        ),
        ("UPDATE audit SET reason = '' WHERE seq = 2", "row was changed"),
        (
            "UPDATE audit SET seq = CASE seq WHEN 2 THEN 103 ELSE 102 END WHERE seq IN (2, 3)",
            "missing",
        ),
        (
            "UPDATE audit_starts SET heads = 'a 1 b'",
            "start of its chain was changed",
        ),
        ("DELETE FROM audit_starts", "start of its chain was changed"),
    ] {
        let ground = ground();
        let store = open(&ground).await;
        for _ in 0..5 {
            store.record(launch_record()).await.unwrap();
        }
        store.close().await;
        assert!(verified(&ground, &[]).await.is_whole());
        let mut other = other_connection(&ground).await;
        other.query(tampering).execute().await.unwrap();
        let report = verified(&ground, &[]).await;
        assert!(
            report.problems.iter().any(|problem| problem.contains(said)),
            "{tampering}: {report:?}"
        );
    }
}

#[tokio::test]
async fn c_41_a_chain_that_went_with_all_its_traces_is_missed_by_the_next_and_by_noted_heads() {
    let ground = ground();
    let mut heads = Vec::new();
    for _ in 0..2 {
        let store = open(&ground).await;
        store.record(launch_record()).await.unwrap();
        heads.extend(store.0.head.lock().unwrap().clone());
        store.close().await;
    }
    assert!(verified(&ground, &heads).await.is_whole());

    let mut other = other_connection(&ground).await;
    let mut forget = async |head: &Head| {
        for table in ["audit", "audit_heads", "audit_starts"] {
            let text = format!("DELETE FROM {table} WHERE writer = '{}'", head.writer);
            other.query(sqlx::AssertSqlSafe(text)).execute().await.unwrap();
        }
    };
    forget(&heads[0]).await;
    let report = verified(&ground, &[]).await;
    assert!(
        report.problems[0].contains("start of a later chain names it"),
        "{report:?}"
    );
    forget(&heads[1]).await;
    assert!(
        verified(&ground, &[]).await.is_whole(),
        "only a note from outside can tell"
    );
    assert_eq!(verified(&ground, &heads).await.problems.len(), 2);
}

#[tokio::test]
async fn c_41_retention_leaves_a_tombstone_and_a_whole_chain() {
    let ground = ground();
    let store = open(&ground).await;
    sign_in(&store, 1).await;
    for _ in 0..3 {
        store.record(launch_record()).await.unwrap();
    }
    store.close().await;

    let later = NOW + Duration::days(401);
    let store = open_at(&ground, later, Person::Plain).await;
    let now = Occasion {
        now: later,
        ..occasion()
    };
    store.record(Record::sign_out(&ada(), &now)).await.unwrap();
    let cleaned = store.clean_up(LIMITS).await.unwrap();
    assert_eq!(
        cleaned,
        Cleaned {
            sessions: 1,
            redeemed: 1,
            logouts: 0,
            records: 4,
            sightings: 0
        }
    );
    assert_eq!(store.clean_up(LIMITS).await.unwrap(), Cleaned::default());
    let report = verified(&ground, &[]).await;
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.rows, 1);

    let mut other = other_connection(&ground).await;
    other
        .query("UPDATE audit_tombstones SET seq = seq + 1")
        .execute()
        .await
        .unwrap();
    assert!(verified(&ground, &[]).await.problems[0].contains("tombstone was changed"));
}

#[tokio::test]
async fn c_41_retention_cuts_every_chain_also_one_that_a_wrong_clock_began() {
    let ground = ground();
    let ahead = Occasion {
        now: NOW + Duration::days(4000),
        ..occasion()
    };
    for _ in 0..2 {
        let store = open(&ground).await;
        store.record(Record::sign_out(&ada(), &ahead)).await.unwrap();
        for _ in 0..3 {
            store.record(launch_record()).await.unwrap();
        }
        store.record(Record::sign_out(&ada(), &ahead)).await.unwrap();
        store.close().await;
    }
    let store = open_at(&ground, NOW + Duration::days(401), Person::Plain).await;
    assert_eq!(store.clean_up(LIMITS).await.unwrap().records, 8);
    let report = verified(&ground, &[]).await;
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.rows, 2);
}

#[tokio::test]
async fn c_41_much_that_is_past_its_time_goes_in_many_steps() {
    let ground = ground();
    let store = open(&ground).await;
    let records = 10 * clean_up::STEP.unsigned_abs();
    let all = (0..records).map(|_| store.record(launch_record()));
    assert!(
        futures_util::future::join_all(all)
            .await
            .iter()
            .all(Result::is_ok)
    );
    store.close().await;
    let store = open_at(&ground, NOW + Duration::days(401), Person::Plain).await;
    assert_eq!(store.clean_up(LIMITS).await.unwrap().records, records);
    assert!(store.counts().commits >= 10, "{:?}", store.counts());
    assert!(verified(&ground, &[]).await.is_whole());
}

#[tokio::test]
async fn c_37_people_can_stand_in_the_trail_as_hashes_that_find_them() {
    let ground = ground();
    let store = open_at(&ground, NOW, Person::Hash).await;
    store.record(launch_record()).await.unwrap();
    let mut trail = trail(&ground).await;
    let hash = ChainKey::new(&key()).person("ada@example.com");
    let filter = Filter {
        person: Some(["ada@example.com".into(), hash.clone()]),
        ..Filter::default()
    };
    let rows = trail.newest(&filter, 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].get("email"), Some(hash.as_str()));
    assert!(!rows[0].fields.iter().flatten().any(|field| field.contains("ada")));
}

#[tokio::test]
async fn c_2_a_record_is_found_by_its_id_and_by_its_tokens_hash() {
    let ground = ground();
    let store = open(&ground).await;
    for _ in 0..2 {
        store.record(launch_record()).await.unwrap();
    }
    let mut trail = trail(&ground).await;
    let all = trail.newest(&Filter::default(), 10).await.unwrap();
    let by_id = Filter {
        id: all[0].get("id").map(str::to_owned),
        ..Filter::default()
    };
    assert_eq!(trail.newest(&by_id, 10).await.unwrap().len(), 1);
    let by_hash = Filter {
        token_sha256: Some("00".repeat(32)),
        ..Filter::default()
    };
    assert!(trail.newest(&by_hash, 10).await.unwrap().is_empty());
}
