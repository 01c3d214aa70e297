//! Sessions, launches, and what else is kept.

use secrecy::ExposeSecret as _;

use super::*;

#[tokio::test]
async fn s_502_a_session_survives_a_restart_and_comes_back_as_it_was() {
    let ground = ground();
    let store = open(&ground).await;
    let kept = sign_in(&store, 1).await;
    store.close().await;
    assert_eq!(store.session(&kept.key).await.err(), Some(Unavailable));

    let found = open(&ground).await.session(&kept.key).await.unwrap().unwrap();
    assert_eq!(format!("{found:?}"), format!("{kept:?}"));
}

#[tokio::test]
async fn c_18_a_state_is_redeemed_once_and_the_second_time_changes_nothing() {
    let ground = ground();
    let store = open(&ground).await;
    assert!(!store.is_redeemed(&[1; 32]).await.unwrap());
    let first = sign_in(&store, 1).await;
    assert!(store.is_redeemed(&[1; 32]).await.unwrap());

    let (_, second) = session();
    let record = Record::sign_in(&ada(), &occasion());
    let again = store
        .sign_in(&second, NOW, [1; 32], Some(first.key), record)
        .await;
    assert_eq!(again, Err(SignInError::AlreadyRedeemed));
    assert!(store.session(&first.key).await.unwrap().is_some());
    assert!(store.session(&second.key).await.unwrap().is_none());
    assert_eq!(store.counts().records, 1);
}

#[tokio::test]
async fn c_34_s_311_a_confirmation_works_once_for_as_long_as_it_is_good() {
    let ground = ground();
    let store = open(&ground).await;
    store
        .launch(token(), launch_record(), once(Some([3; 32])))
        .await
        .unwrap();
    store.close().await;
    let later = NOW + crate::session::csrf::LIFETIME - Duration::SECOND;
    let store = open_at(&ground, later, Person::Plain).await;
    store.clean_up(LIMITS).await.unwrap();
    let again = store.launch(token(), launch_record(), once(Some([3; 32]))).await;
    assert!(matches!(again, Err(LaunchError::AlreadyRedeemed)));
}

#[tokio::test]
async fn s_501_a_new_sign_in_ends_the_session_that_the_browser_had() {
    let ground = ground();
    let store = open(&ground).await;
    let old = sign_in(&store, 1).await;
    let (_, new) = session();
    let record = Record::sign_in(&ada(), &occasion());
    store
        .sign_in(&new, NOW, [2; 32], Some(old.key), record)
        .await
        .unwrap();
    assert!(store.session(&old.key).await.unwrap().is_none());
    assert!(store.session(&new.key).await.unwrap().is_some());
}

#[tokio::test]
async fn s_503_sessions_end_one_by_one_or_all_of_a_person_and_only_real_ends_are_recorded() {
    let ground = ground();
    let store = open(&ground).await;
    let one = sign_in(&store, 1).await;
    sign_in(&store, 2).await;
    sign_in(&store, 3).await;
    let out = || Record::sign_out(&ada(), &occasion());
    assert!(store.end_session(&one.key, out()).await.unwrap());
    assert!(!store.end_session(&one.key, out()).await.unwrap());
    assert_eq!(store.counts().records, 4);

    let (issuer, subject) = (ada().issuer, ada().subject);
    assert_eq!(store.sessions_of(&issuer, &subject).await.unwrap().len(), 2);
    assert_eq!(store.end_sessions_of(&issuer, &subject, out()).await, Ok(2));
    assert_eq!(store.end_sessions_of(&issuer, &subject, out()).await, Ok(0));
    assert_eq!(store.counts().records, 5);
}

#[tokio::test]
async fn c_10_a_confirmation_launches_once() {
    let ground = ground();
    let store = open(&ground).await;
    let csrf = Some([9; 32]);
    assert!(store.launch(token(), launch_record(), once(csrf)).await.is_ok());
    let again = store.launch(token(), launch_record(), once(csrf)).await;
    assert_eq!(again.err(), Some(LaunchError::AlreadyRedeemed));
    assert_eq!(store.counts().records, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_40_launches_at_once_share_commits() {
    let ground = ground();
    let store = open(&ground).await;
    let launches: Vec<_> = (0..256)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .launch(token(), launch_record(), Terms::default())
                    .await
                    .is_ok()
            })
        })
        .collect();
    for launch in launches {
        assert!(launch.await.unwrap());
    }
    let Counts { commits, records } = store.counts();
    assert_eq!(records, 256);
    assert!(commits <= 64, "{commits} commits for 256 launches");
    assert!(verified(&ground, &[]).await.is_whole());
}

#[tokio::test]
async fn c_1_no_row_no_receipt_and_c_42_the_breaker_opens_and_closes_again() {
    let ground = ground();
    let store = open(&ground).await;
    let mut other = other_connection(&ground).await;
    other
        .query("ALTER TABLE audit RENAME TO away")
        .execute()
        .await
        .unwrap();
    for _ in 0..2 {
        assert!(store.is_up());
        let refused = store.launch(token(), launch_record(), once(Some([4; 32]))).await;
        assert_eq!(refused.err(), Some(LaunchError::Unavailable(Unavailable)));
    }
    assert!(!store.is_up());
    assert_eq!(store.is_redeemed(&[4; 32]).await, Err(Unavailable));
    assert_eq!(store.counts().records, 0);

    other
        .query("ALTER TABLE away RENAME TO audit")
        .execute()
        .await
        .unwrap();
    let mut up = store.0.health.watch();
    tokio::time::timeout(StdDuration::from_secs(10), up.wait_for(|up| *up))
        .await
        .unwrap()
        .unwrap();
    assert!(
        !store.is_redeemed(&[4; 32]).await.unwrap(),
        "nothing of the failed batches stands"
    );
    assert!(
        store
            .launch(token(), launch_record(), Terms::default())
            .await
            .is_ok()
    );
    assert!(verified(&ground, &[]).await.is_whole());
}

#[tokio::test]
async fn c_42_a_store_that_others_hold_is_answered_within_the_budget() {
    let ground = ground();
    let store = open(&ground).await;
    let mut other = other_connection(&ground).await;
    if let Connection::Postgres(_) = other {
        let patient = other.query("SET idle_in_transaction_session_timeout = 0");
        patient.execute().await.unwrap();
    }
    other.begin().await.unwrap();
    let refused = tokio::time::timeout(2 * BUDGET, store.record(launch_record())).await;
    assert_eq!(refused.unwrap(), Err(Unavailable));
    other.close().await.unwrap();
    assert_eq!(store.record(launch_record()).await, Ok(()));
}

#[tokio::test]
async fn c_27_a_setting_is_made_once() {
    let ground = ground();
    let store = open(&ground).await;
    let first = store
        .setting_or_insert("sealing", || vec![1].into())
        .await
        .unwrap();
    let second = store
        .setting_or_insert("sealing", || vec![2].into())
        .await
        .unwrap();
    assert_eq!(
        (first.expose_secret(), second.expose_secret()),
        (&[1][..], &[1][..])
    );
}

#[tokio::test]
async fn c_40_last_seen_rides_along_and_never_goes_back() {
    let ground = ground();
    let store = open(&ground).await;
    let kept = sign_in(&store, 1).await;
    store.touch(kept.key, NOW + Duration::minutes(2));
    store.touch(kept.key, NOW + Duration::minutes(1));
    store.record(launch_record()).await.unwrap();
    let seen = store.session(&kept.key).await.unwrap().unwrap().last_seen;
    assert_eq!(seen, NOW + Duration::minutes(2));
}

#[tokio::test]
async fn c_44_hours_are_counted_with_what_they_count() {
    let ground = ground();
    let store = open(&ground).await;
    store.record(launch_record()).await.unwrap();
    store.record(launch_record()).await.unwrap();
    let failed = Tally {
        at: NOW,
        event: Event::SignIn,
        outcome: Outcome::Refused,
        reason: Some("state.unknown".into()),
        app: None,
        provider: Some(ada().provider),
        count: 3,
    };
    store.add_to_rollup(vec![failed]).await.unwrap();
    let mut other = other_connection(&ground).await;
    let rows = other.query("SELECT hour, event, app, count FROM rollups ORDER BY event");
    let rows = rows.fetch_all().await.unwrap();
    let found: Vec<[String; 3]> = rows
        .iter()
        .map(|row| ["hour", "event", "app"].map(|name| row.get(name).unwrap()))
        .collect();
    let hour = || "2026-11-21T06".to_owned();
    assert_eq!(
        found,
        [
            [hour(), "launch".into(), "townhall".into()],
            [hour(), "sign_in".into(), String::new()]
        ]
    );
    let counts: Vec<i64> = rows.iter().map(|row| row.get("count").unwrap()).collect();
    assert_eq!(counts, [2, 3]);
}

/// Requests run on threads that have thousands of others to see to: each step of theirs waits for those.
#[test]
fn c_42_a_crowd_where_requests_run_is_no_failure_of_the_store() {
    let ground = ground();
    let house = tokio::runtime::Builder::new_multi_thread();
    let house = { house }.worker_threads(1).enable_all().build().unwrap();
    let (store, kept) = house.block_on(async {
        let store = open(&ground).await;
        let kept = sign_in(&store, 1).await;
        (store, kept)
    });
    let door = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    door.block_on(async {
        tokio::spawn(async {
            loop {
                std::thread::sleep(BUDGET * 2 / 3);
                tokio::task::yield_now().await;
            }
        });
        let began = std::time::Instant::now();
        let asked = (0..64).map(|_| store.session(&kept.key));
        for found in futures_util::future::join_all(asked).await {
            assert!(found.unwrap().is_some());
        }
        assert!(began.elapsed() < 4 * BUDGET, "turns wait for those who have them");
        assert!(store.is_up());
    });
}
