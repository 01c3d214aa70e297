//! Two stores over one database, each with a writer of its own: whatever they do at once, it comes out as
//! though one had been first.

use std::sync::atomic::{AtomicU8, Ordering};

use secrecy::ExposeSecret as _;
use sqlx::AssertSqlSafe;

use super::super::*;
use super::*;
use crate::identity::logout_token::{Logout, Whose};

/// Often enough for either to be first.
const ROUNDS: u8 = 20;

async fn two(ground: &Ground) -> (Store, Store) {
    tokio::join!(open(ground), open(ground))
}

async fn has_settings(ground: &Ground, settings: &str) {
    let database = ground.url.to_string();
    let (_, name) = database.rsplit_once('/').unwrap();
    let text = format!("ALTER DATABASE {name} SET {settings}");
    let mut other = other_connection(ground).await;
    other.query(AssertSqlSafe(text)).execute().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tables_are_made_by_whoever_comes_first() {
    let ground = ground();
    let stores = tokio::join!(open(&ground), open(&ground), open(&ground), open(&ground));
    for store in [stores.0, stores.1, stores.2, stores.3] {
        store.record(launch_record()).await.unwrap();
    }
    let report = verified(&ground, &[]).await;
    assert!(report.is_whole() && report.chains == 4, "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_18_of_two_that_redeem_a_value_at_once_one_does() {
    let ground = ground();
    let (one, two) = two(&ground).await;
    for value in 0..ROUNDS {
        let launch = async |store: &Store| {
            let terms = once(Some([value; 32]));
            store.launch(token(), launch_record(), terms).await.map(drop)
        };
        let both = tokio::join!(launch(&one), launch(&two));
        let used = Err(LaunchError::AlreadyRedeemed);
        assert!([(Ok(()), used), (used, Ok(()))].contains(&both), "{both:?}");
    }
    assert!(verified(&ground, &[]).await.is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_25_no_session_outlives_a_logout_that_came_meanwhile() {
    let ground = ground();
    let (one, two) = two(&ground).await;
    for round in 0..ROUNDS {
        let (_, session) = session();
        let record = Record::sign_in(&ada(), &occasion());
        let logout = Logout {
            issuer: ada().issuer,
            whose: Whose::Subject(ada().subject),
            issued_at: NOW,
            once: [round; 32],
        };
        let (began, ended) = tokio::join!(
            one.sign_in(&session, NOW, [round; 32], None, record),
            two.log_out(logout, "logout.backchannel", occasion()),
        );
        match (began, ended) {
            (Ok(()), Ok(Some(1))) | (Err(SignInError::LoggedOut), Ok(Some(0))) => {}
            both => panic!("{both:?}"),
        }
        assert!(two.session(&session.key).await.unwrap().is_none());
    }
    assert!(verified(&ground, &[]).await.is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_25_no_frame_outlives_the_session_that_ended_meanwhile() {
    let ground = ground();
    let (one, two) = two(&ground).await;
    for round in 0..ROUNDS {
        let parent = sign_in(&one, round).await;
        let (_, mut frame) = session();
        frame.parent = Some(parent.key);
        let record = Record::sign_out(&ada(), &occasion());
        let begun = Record::sign_in(&ada(), &occasion());
        let (framed, ended) = tokio::join!(
            one.frame(&frame, [100 + round; 32], None, begun),
            two.end_session(&parent.key, record),
        );
        assert!(ended.unwrap() && matches!(framed, Ok(()) | Err(SignInError::LoggedOut)));
        let mut other = other_connection(&ground).await;
        let left = other.query("SELECT key FROM sessions").fetch_all().await.unwrap();
        assert!(left.is_empty(), "a row nobody ends any more");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_17_of_two_with_one_address_one_comes_in() {
    let ground = ground();
    let (one, two) = two(&ground).await;
    for round in 0..ROUNDS {
        let app = AppId::parse(&format!("app-{round}")).unwrap();
        let launch = async |store: &Store, sub: &str| {
            let person = Identity {
                subject: Subject::parse(sub).unwrap(),
                ..ada()
            };
            let terms = Terms {
                redeem: None,
                binding: Binding::of(&app, &person, NOW),
            };
            store.launch(token(), launch_record(), terms).await.is_ok()
        };
        let both = tokio::join!(launch(&one, "ada-1"), launch(&two, "eve-2"));
        assert!(both.0 != both.1, "{both:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_27_two_that_make_a_key_or_a_room_at_once_have_the_same() {
    let ground = ground();
    let (one, two) = two(&ground).await;
    let made = AtomicU8::new(0);
    let make = || vec![made.fetch_add(1, Ordering::Relaxed)].into();
    let keys = tokio::join!(
        one.setting_or_insert("sealing", make),
        two.setting_or_insert("sealing", make)
    );
    let keys = (keys.0.unwrap(), keys.1.unwrap());
    assert_eq!(keys.0.expose_secret(), keys.1.expose_secret());
    let application = Uuid::nil();
    for round in 0..ROUNDS {
        let name = format!("case {round}");
        let both = tokio::join!(
            one.keep_room(application, &name, "first".into()),
            two.keep_room(application, &name, "second".into()),
        );
        assert!(both.0.is_ok() && both.0 == both.1, "{both:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_41_replicas_clean_up_at_once_and_every_chain_stays_whole() {
    let ground = ground();
    let (one, two) = two(&ground).await;
    for state in 0..10 {
        sign_in(&one, 2 * state).await;
        sign_in(&two, 2 * state + 1).await;
    }
    for store in [one, two] {
        store.close().await;
    }
    let later = NOW + Duration::days(401);
    let one = open_at(&ground, later, Person::Plain).await;
    let two = open_at(&ground, later, Person::Plain).await;
    let both = tokio::join!(one.clean_up(LIMITS), two.clean_up(LIMITS));
    let both = (both.0.unwrap(), both.1.unwrap());
    assert_eq!(both.0.records + both.1.records, 20);
    assert_eq!(both.0.sessions + both.1.sessions, 20);
    assert!(verified(&ground, &[]).await.is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_at_work_never_stand_in_each_other_s_way() {
    let ground = ground();
    let (one, two) = two(&ground).await;
    let work = |store: Store, from: u8| {
        tokio::spawn(async move {
            for state in from..from + 100 {
                let session = sign_in(&store, state).await;
                store.touch(session.key, NOW + Duration::minutes(1));
                store
                    .launch(token(), launch_record(), Terms::default())
                    .await
                    .unwrap();
            }
        })
    };
    let both = tokio::join!(work(one.clone(), 0), work(two.clone(), 100));
    both.0.and(both.1).unwrap();
    assert!(one.is_up() && two.is_up());
    let report = verified(&ground, &[]).await;
    assert!(report.is_whole() && report.rows == 400, "{report:?}");
}

#[tokio::test]
async fn c_42_a_replica_that_falls_asleep_in_its_turn_holds_nobody_up_for_long() {
    let ground = ground();
    let store = open(&ground).await;
    let mut asleep = other_connection(&ground).await;
    asleep.begin().await.unwrap();
    // A busy machine may need a second budget.
    let mut recorded = store.record(launch_record()).await;
    if recorded.is_err() {
        recorded = store.record(launch_record()).await;
    }
    assert_eq!(recorded, Ok(()));
    assert!(asleep.commit().await.is_err(), "and what it was at is not done");
}

/// Each row takes 10 ms, a hundred of them two budgets.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_42_a_crowd_that_takes_long_is_let_in_bit_by_bit() {
    let ground = ground();
    let store = open(&ground).await;
    let mut other = other_connection(&ground).await;
    for text in [
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$",
        "CREATE TRIGGER slow BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION slow()",
    ] {
        other.query(text).execute().await.unwrap();
    }
    let crowd: Vec<_> = (0..100)
        .map(|state| {
            let store = store.clone();
            tokio::spawn(async move { drop(sign_in(&store, state).await) })
        })
        .collect();
    for person in crowd {
        person.await.unwrap();
    }
    assert!(store.is_up());
    assert!(verified(&ground, &[]).await.is_whole());
}

#[tokio::test]
async fn c_40_commits_are_durable_whatever_the_server_was_told() {
    let ground = ground();
    has_settings(&ground, "synchronous_commit = off").await;
    let mut writer = other_connection(&ground).await;
    let found = writer.query("SELECT current_setting('synchronous_commit') AS it");
    let found = found.fetch_optional().await.unwrap().unwrap();
    assert_eq!(found.get::<String>("it").unwrap(), "on");
}

#[tokio::test]
async fn c_40_a_server_that_only_reads_is_no_store() {
    let ground = ground();
    open(&ground).await.close().await;
    has_settings(&ground, "default_transaction_read_only = on").await;
    let refused = Place::new(&ground.url).writer().await.err().expect("refused");
    assert!(refused.to_string().contains("it only reads"), "{refused}");
}

#[tokio::test]
async fn a_text_that_the_server_cannot_take_says_nothing_of_its_health() {
    let ground = ground();
    let store = open(&ground).await;
    for _ in 0..3 {
        let found = store.has_session_of_sid(&ada().issuer, "a\0b").await;
        assert_eq!(found, Err(Unavailable));
        let room = store.keep_room(Uuid::nil(), "a\0b", "session".into()).await;
        assert_eq!(room, Err(Unavailable));
    }
    assert!(store.is_up());
    assert_eq!(store.record(launch_record()).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_and_goes_takes_no_connection_along() {
    let ground = ground();
    let store = open(&ground).await;
    let kept = sign_in(&store, 1).await;
    for wait in 0..200 {
        let asked = tokio::time::timeout(StdDuration::from_micros(10 * wait), store.session(&kept.key));
        // Some are answered.
        let _ = asked.await;
    }
    assert!(store.session(&kept.key).await.unwrap().is_some());
    let mut other = other_connection(&ground).await;
    let found = other.query(
        "SELECT count(*) AS it FROM pg_stat_activity \
         WHERE datname = current_database() AND application_name = 'usher'",
    );
    let found = found.fetch_optional().await.unwrap().unwrap();
    // The readers, the writer, and this one.
    assert!(found.get::<i64>("it").unwrap() <= 8 + 2);
}
