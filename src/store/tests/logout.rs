//! Sessions that end because the provider says so (C-25).

use super::*;
use crate::identity::logout_token::{Logout, Whose};
use crate::session::SessionKey;

fn sid(sid: &str, subject: Option<&str>) -> Whose {
    Whose::Sid {
        sid: sid.to_owned(),
        subject: subject.map(|sub| Subject::parse(sub).unwrap()),
    }
}

fn person(sub: &str) -> Whose {
    Whose::Subject(Subject::parse(sub).unwrap())
}

fn logout(once: u8, whose: Whose) -> Logout {
    Logout {
        issuer: ada().issuer,
        whose,
        issued_at: NOW,
        once: [once; 32],
    }
}

/// Begins a session of Ada's at the provider's session `sid`, by an ID token of this time.
async fn begin(
    store: &Store,
    state: u8,
    sid: Option<&str>,
    issued_at: OffsetDateTime,
) -> Result<SessionKey, SignInError> {
    let (_, mut session) = session();
    session.sid = sid.map(str::to_owned);
    let record = Record::sign_in(&ada(), &occasion());
    store
        .sign_in(&session, issued_at, [state; 32], None, record)
        .await?;
    Ok(session.key)
}

async fn lives(store: &Store, key: SessionKey) -> bool {
    store.session(&key).await.unwrap().is_some()
}

#[tokio::test]
async fn s_159_a_sid_ends_its_sessions_and_a_subject_all_of_a_person() {
    let ground = ground();
    let store = open(&ground).await;
    let one = begin(&store, 1, Some("s1"), NOW).await.unwrap();
    let same = begin(&store, 2, Some("s1"), NOW).await.unwrap();
    let two = begin(&store, 3, Some("s2"), NOW).await.unwrap();
    let untold = begin(&store, 4, None, NOW).await.unwrap();
    let say = async |once, whose| {
        store
            .log_out(logout(once, whose), "logout.backchannel", occasion())
            .await
            .unwrap()
    };

    assert_eq!(say(1, sid("unknown", None)).await, Some(0));
    assert_eq!(say(2, sid("s1", None)).await, Some(2));
    assert!(!lives(&store, one).await && !lives(&store, same).await);
    assert!(lives(&store, two).await && lives(&store, untold).await);
    // A session without a `sid` can only be told by its person.
    assert_eq!(say(3, sid("s3", Some("ada-1"))).await, Some(1));
    assert!(lives(&store, two).await && !lives(&store, untold).await);
    assert_eq!(say(4, person("eve-2")).await, Some(0));
    assert_eq!(say(5, person("ada-1")).await, Some(1));
    assert!(!lives(&store, two).await);
    assert_eq!(store.counts().records, 4 + 4, "each end has a record");
}

#[tokio::test]
async fn s_378_the_sid_of_another_issuer_ends_nothing() {
    let ground = ground();
    let store = open(&ground).await;
    let key = begin(&store, 1, Some("s1"), NOW).await.unwrap();
    let mut foreign = logout(1, sid("s1", Some("ada-1")));
    foreign.issuer = Issuer::parse("https://login.example.com").unwrap();
    let ended = store.log_out(foreign, "logout.backchannel", occasion()).await;
    assert_eq!(ended, Ok(Some(0)));
    assert!(lives(&store, key).await);
}

#[tokio::test]
async fn s_158_a_token_acts_once_for_as_long_as_it_could_be_good() {
    let ground = ground();
    let store = open(&ground).await;
    let say = async |store: &Store| {
        let logout = logout(1, person("ada-1"));
        store
            .log_out(logout, "logout.backchannel", occasion())
            .await
            .unwrap()
    };
    assert_eq!(say(&store).await, Some(0));
    let key = begin(&store, 1, None, NOW + Duration::SECOND).await.unwrap();
    assert_eq!(say(&store).await, None);
    assert!(lives(&store, key).await, "a second use changes nothing");
    store.close().await;

    let store = open_at(&ground, NOW + Duration::minutes(34), Person::Plain).await;
    assert_eq!(store.clean_up(LIMITS).await.unwrap().logouts, 0);
    assert_eq!(say(&store).await, None);
    store.close().await;
    let store = open_at(&ground, NOW + Duration::minutes(36), Person::Plain).await;
    assert_eq!(store.clean_up(LIMITS).await.unwrap().logouts, 1);
}

#[tokio::test]
async fn c_25_a_sign_in_that_was_under_way_makes_no_session() {
    let ground = ground();
    let store = open(&ground).await;
    for (once, whose) in [(1, sid("s1", Some("ada-1"))), (2, person("eve-2"))] {
        let logout = logout(once, whose);
        store
            .log_out(logout, "logout.backchannel", occasion())
            .await
            .unwrap();
    }
    let logged_out = Err(SignInError::LoggedOut);
    let later = NOW + Duration::SECOND;
    assert_eq!(begin(&store, 1, Some("s1"), NOW).await, logged_out);
    assert_eq!(begin(&store, 2, None, NOW - Duration::SECOND).await, logged_out);
    assert!(
        begin(&store, 3, Some("s2"), NOW).await.is_ok(),
        "another session of hers"
    );
    assert!(
        begin(&store, 4, Some("s1"), later).await.is_ok(),
        "newer than the mark"
    );
    assert_eq!(store.counts().records, 2);

    let all = logout(3, person("ada-1"));
    store
        .log_out(all, "logout.backchannel", occasion())
        .await
        .unwrap();
    assert_eq!(begin(&store, 5, Some("s2"), NOW).await, logged_out);
    assert!(store.is_redeemed(&[5; 32]).await.unwrap(), "its state is spent");
}

#[tokio::test]
async fn c_25_what_hangs_on_a_session_ends_with_it() {
    let ground = ground();
    let store = open(&ground).await;
    let parent = begin(&store, 1, Some("s1"), NOW).await.unwrap();
    let frame = begin(&store, 2, Some("s2"), NOW).await.unwrap();
    let other = begin(&store, 3, Some("s2"), NOW).await.unwrap();
    let mut db = other_connection(&ground).await;
    let hang = db.query("UPDATE sessions SET parent = $1 WHERE key = $2");
    hang.bind(&parent.0[..])
        .bind(&frame.0[..])
        .execute()
        .await
        .unwrap();
    let issuer = ada().issuer;
    let ended = store.end_sessions_of_sid(&issuer, "s1", "logout.frontchannel", occasion());
    assert_eq!(ended.await, Ok(2));
    assert!(!lives(&store, parent).await && !lives(&store, frame).await);
    assert!(lives(&store, other).await);
    assert!(
        verified(&ground, &[]).await.is_whole(),
        "the records of the ends are in the chain"
    );
}
