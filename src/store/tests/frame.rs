//! Sessions of frames, which hang on others (C-25).

use super::*;

fn framed_record() -> Record {
    let app = AppId::parse("support").unwrap();
    Record::sign_in_in_frame(&ada(), &app, "cobrowse", &occasion())
}

/// Begins a session of a frame that hangs on another.
async fn framed(store: &Store, parent: &Session, code: u8) -> Result<Session, SignInError> {
    let (_, mut session) = session();
    session.parent = Some(parent.key);
    store
        .frame(&session, [100 + code; 32], None, framed_record())
        .await?;
    Ok(session)
}

async fn lives(store: &Store, session: &Session) -> bool {
    store.session(&session.key).await.unwrap().is_some()
}

#[tokio::test]
async fn c_25_a_frame_s_session_hangs_on_another_and_is_no_device() {
    let ground = ground();
    let store = open(&ground).await;
    let ada = sign_in(&store, 1).await;
    let frame = framed(&store, &ada, 1).await.unwrap();
    let found = store.session(&frame.key).await.unwrap().unwrap();
    assert_eq!(found.parent, Some(ada.key));
    let devices = store
        .sessions_of(&ada.identity.issuer, &ada.identity.subject)
        .await
        .unwrap();
    assert_eq!(devices.len(), 1);
    // Nothing hangs on a frame's.
    let error = framed(&store, &frame, 2).await.unwrap_err();
    assert_eq!(error, SignInError::LoggedOut);
    let record = Record::sign_out(&ada.identity, &occasion());
    assert!(store.end_session(&ada.key, record).await.unwrap());
    assert!(!lives(&store, &frame).await);
    assert_eq!(framed(&store, &ada, 3).await.unwrap_err(), SignInError::LoggedOut);
}

#[tokio::test]
async fn s_209_a_code_makes_one_session_which_takes_the_place_of_the_frame_s_last() {
    let ground = ground();
    let store = open(&ground).await;
    let ada = sign_in(&store, 1).await;
    let first = framed(&store, &ada, 1).await.unwrap();
    let error = framed(&store, &ada, 1).await.unwrap_err();
    assert_eq!(error, SignInError::AlreadyRedeemed);
    let (_, mut next) = session();
    next.parent = Some(ada.key);
    store
        .frame(&next, [2; 32], Some(first.key), framed_record())
        .await
        .unwrap();
    assert!(!lives(&store, &first).await && lives(&store, &next).await && lives(&store, &ada).await);
}

#[tokio::test]
async fn whoever_works_in_a_frame_is_seen() {
    let ground = ground();
    let store = open(&ground).await;
    let ada = sign_in(&store, 1).await;
    let frame = framed(&store, &ada, 1).await.unwrap();
    let later = NOW + Duration::minutes(20);
    store.touch(frame.key, later);
    // Writes are done in their order.
    sign_in(&store, 2).await;
    for session in [&ada, &frame] {
        let found = store.session(&session.key).await.unwrap().unwrap();
        assert_eq!(found.last_seen, later);
    }
}
