//! The store as its callers meet it, over files of its own.

use std::net::{IpAddr, Ipv4Addr};

use secrecy::ExposeSecret as _;
use serde_json::{Map, json};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tempfile::TempDir;
use time::macros::datetime;

use super::*;
use crate::audit::{Event, Occasion, Outcome, Report, Verifier};
use crate::clock::FrozenClock;
use crate::identity::{Groups, Identity};
use crate::session::{Session, SessionId};
use crate::signer::TokenFacts;
use crate::types::{AppId, Email, Issuer, ProviderId, Reference, Subject};

mod binding;
mod frame;
mod logout;
mod trail;

const NOW: OffsetDateTime = datetime!(2026-11-21 06:47:00 UTC);
const LIMITS: Limits = Limits {
    idle: Duration::minutes(30),
    lifetime: Duration::hours(8),
};

fn key() -> SecretBox<[u8; 32]> {
    SecretBox::new(Box::new([7; 32]))
}

async fn open_at(dir: &TempDir, now: OffsetDateTime, person: Person) -> Store {
    let options = Options {
        audit_key: key(),
        keep: Duration::days(400),
        person,
    };
    Store::open(&dir.path().join("usher.db"), options, Arc::new(FrozenClock(now)))
        .await
        .unwrap()
}

async fn open(dir: &TempDir) -> Store {
    open_at(dir, NOW, Person::Plain).await
}

async fn other_connection(dir: &TempDir) -> SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new()
        .filename(dir.path().join("usher.db"))
        .connect()
        .await
        .unwrap()
}

fn ada() -> Identity {
    let claims = json!({ "sub": "ada-1", "name": "Ada", "region": "emea" });
    Identity {
        provider: ProviderId::parse("work").unwrap(),
        issuer: Issuer::parse("https://login.example.com/").unwrap(),
        subject: Subject::parse("ada-1").unwrap(),
        email: Some(Email::parse("ada@example.com").unwrap()),
        email_verified: true,
        groups: Groups::Known(vec!["staff".into()]),
        auth_time: Some(NOW),
        acr: None,
        claims: claims.as_object().cloned().unwrap_or_else(Map::new),
    }
}

fn session() -> (SessionId, Session) {
    let id = SessionId::random();
    let session = Session {
        parent: None,
        key: id.key(),
        identity: ada(),
        sid: Some("op-session".into()),
        id_token_sealed: Some(vec![1, 2, 3]),
        created_at: NOW,
        last_seen: NOW,
    };
    (id, session)
}

fn occasion() -> Occasion {
    Occasion {
        now: NOW,
        reference: Reference::random(),
        address: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
    }
}

fn once(redeem: Option<[u8; 32]>) -> Terms {
    Terms {
        redeem,
        binding: None,
    }
}

fn launch_record() -> Record {
    let app = AppId::parse("townhall").unwrap();
    Record::launch(&ada(), &app, "frameable", &["host".to_owned()], &occasion())
}

fn token() -> SignedToken {
    let facts = TokenFacts {
        sha256: "ab".repeat(32),
        kid: Some("k1".into()),
        jti: None,
        issued_at: NOW,
        expires_at: Some(NOW + Duration::minutes(5)),
    };
    SignedToken::for_test("a.b.c", facts)
}

async fn sign_in(store: &Store, state: u8) -> Session {
    let (_, session) = session();
    let record = Record::sign_in(&ada(), &occasion());
    store
        .sign_in(&session, NOW, [state; 32], None, record)
        .await
        .unwrap();
    session
}

async fn verified(dir: &TempDir, noted: &[Head]) -> Report {
    let mut trail = TrailReader::open(&dir.path().join("usher.db")).await.unwrap();
    let key = ChainKey::new(&key());
    let mut verifier = Verifier::new(&key, trail.anchors().await.unwrap(), noted);
    for row in trail.next_by_chain(None).await.unwrap() {
        verifier.push(&row);
    }
    verifier.finish()
}

#[tokio::test]
async fn s_502_a_session_survives_a_restart_and_comes_back_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    let kept = sign_in(&store, 1).await;
    store.close().await;
    assert_eq!(store.session(&kept.key).await.err(), Some(Unavailable));

    let found = open(&dir).await.session(&kept.key).await.unwrap().unwrap();
    assert_eq!(format!("{found:?}"), format!("{kept:?}"));
}

#[tokio::test]
async fn c_40_the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    sign_in(&store, 1).await;
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn c_18_a_state_is_redeemed_once_and_the_second_time_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
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
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    store
        .launch(token(), launch_record(), once(Some([3; 32])))
        .await
        .unwrap();
    store.close().await;
    let later = NOW + crate::session::csrf::LIFETIME - Duration::SECOND;
    let store = open_at(&dir, later, Person::Plain).await;
    store.clean_up(LIMITS).await.unwrap();
    let again = store.launch(token(), launch_record(), once(Some([3; 32]))).await;
    assert!(matches!(again, Err(LaunchError::AlreadyRedeemed)));
}

#[tokio::test]
async fn s_501_a_new_sign_in_ends_the_session_that_the_browser_had() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
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
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
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
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    let csrf = Some([9; 32]);
    assert!(store.launch(token(), launch_record(), once(csrf)).await.is_ok());
    let again = store.launch(token(), launch_record(), once(csrf)).await;
    assert_eq!(again.err(), Some(LaunchError::AlreadyRedeemed));
    assert_eq!(store.counts().records, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_40_launches_at_once_share_commits() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
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
    assert!(verified(&dir, &[]).await.is_whole());
}

#[tokio::test]
async fn c_1_no_row_no_receipt_and_c_42_the_breaker_opens_and_closes_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    let mut other = other_connection(&dir).await;
    sqlx::query("ALTER TABLE audit RENAME TO away")
        .execute(&mut other)
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

    sqlx::query("ALTER TABLE away RENAME TO audit")
        .execute(&mut other)
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
    assert!(verified(&dir, &[]).await.is_whole());
}

#[tokio::test]
async fn c_42_a_locked_file_is_answered_within_the_budget() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    let mut other = other_connection(&dir).await;
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let refused = tokio::time::timeout(2 * BUDGET, store.record(launch_record())).await;
    assert_eq!(refused.unwrap(), Err(Unavailable));
    lock.rollback().await.unwrap();
    assert_eq!(store.record(launch_record()).await, Ok(()));
}

#[tokio::test]
async fn c_27_a_setting_is_made_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
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
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    let kept = sign_in(&store, 1).await;
    store.touch(kept.key, NOW + Duration::minutes(2));
    store.touch(kept.key, NOW + Duration::minutes(1));
    store.record(launch_record()).await.unwrap();
    let seen = store.session(&kept.key).await.unwrap().unwrap().last_seen;
    assert_eq!(seen, NOW + Duration::minutes(2));
}

#[tokio::test]
async fn c_44_hours_are_counted_with_what_they_count() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    store.record(launch_record()).await.unwrap();
    store.record(launch_record()).await.unwrap();
    let failed = Tally {
        at: NOW,
        event: Event::SignIn,
        outcome: Outcome::Refused,
        reason: Some("state.unknown".into()),
        app: None,
        count: 3,
    };
    store.add_to_rollup(vec![failed]).await.unwrap();
    let mut other = other_connection(&dir).await;
    let rows: Vec<(String, String, String, i64)> =
        sqlx::query_as("SELECT hour, event, app, count FROM rollups ORDER BY event")
            .fetch_all(&mut other)
            .await
            .unwrap();
    let hour = || "2026-11-21T06".to_owned();
    assert_eq!(
        rows,
        [
            (hour(), "launch".into(), "townhall".into(), 2),
            (hour(), "sign_in".into(), String::new(), 3)
        ]
    );
}
