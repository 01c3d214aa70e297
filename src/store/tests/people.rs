//! Who is signed in, page by page.

use super::*;
use crate::session::SessionName;

/// Somebody else, who signed in so many minutes before now.
async fn somebody(store: &Store, sub: &str, email: &str, minutes: i64, state: u8) -> Session {
    let (_, mut session) = session();
    session.identity.subject = Subject::parse(sub).unwrap();
    session.identity.email = Email::parse(email).ok();
    session.created_at = NOW - Duration::minutes(minutes);
    session.last_seen = session.created_at;
    let record = Record::sign_in(&session.identity, &occasion());
    store
        .sign_in(&session, NOW, [state; 32], None, record)
        .await
        .unwrap();
    session
}

fn names(sessions: &[Session]) -> Vec<SessionName> {
    sessions.iter().map(|session| session.key.name()).collect()
}

#[tokio::test]
async fn people_come_newest_first_and_page_by_page_nobody_is_lost() {
    let ground = ground();
    let store = open(&ground).await;
    let mut all = Vec::new();
    // Three came in the same moment.
    for (state, minutes) in [(1, 1), (2, 2), (3, 2), (4, 2), (5, 3)] {
        all.push(somebody(&store, "grace", "Grace@example.com", minutes, state).await);
    }
    somebody(&store, "idle", "idle@example.com", 31, 6).await;
    let mut all = names(&all);
    all.sort_by_key(SessionName::to_string);
    // Found by the address, by the subject, or not looked for.
    for who in [None, Some("grace@"), Some("grace")] {
        let mut met = Vec::new();
        let mut behind = None;
        loop {
            let page = store.people(who, behind, LIMITS, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            behind = Some(Behind {
                created_at: last.created_at,
                name: last.key.name(),
            });
            met.extend(page);
        }
        assert!(met.is_sorted_by(|one, next| one.created_at >= next.created_at));
        let mut met = names(&met);
        met.sort_by_key(SessionName::to_string);
        assert_eq!(met, all, "{who:?}, and nobody whose session is over");
    }
}

#[tokio::test]
async fn a_person_is_found_by_the_beginning_of_the_address_or_by_the_subject() {
    let ground = ground();
    let store = open(&ground).await;
    let grace = somebody(&store, "g-1", "Grace.Hopper@example.com", 1, 1).await;
    let odd = somebody(&store, "100%_", "o'neil@example.com", 2, 2).await;
    for (who, found) in [
        ("grace.h", vec![grace.key.name()]),
        ("GRACE.HOPPER@EXAMPLE.COM", vec![grace.key.name()]),
        ("g-1", vec![grace.key.name()]),
        ("g-", vec![]),
        ("hopper", vec![]),
        ("%", vec![]),
        ("100%_", vec![odd.key.name()]),
        ("o'neil", vec![odd.key.name()]),
        ("grace.hopper@example.com\u{10ffff}", vec![]),
    ] {
        let people = store.people(Some(who), None, LIMITS, 10).await.unwrap();
        assert_eq!(names(&people), found, "{who}");
    }
    let named = store.session_named(grace.key.name()).await.unwrap().unwrap();
    assert_eq!(named.key, grace.key);
    let nobody = SessionName::parse(&"0".repeat(24)).unwrap();
    assert!(store.session_named(nobody).await.unwrap().is_none());
}

#[tokio::test]
async fn the_last_launches_are_those_of_one_person_and_no_other() {
    for person in [Person::Plain, Person::Hash] {
        let ground = ground();
        let store = open_at(&ground, NOW, person).await;
        let bob = |sub: &str, issuer: &str| Identity {
            subject: Subject::parse(sub).unwrap(),
            issuer: Issuer::parse(issuer).unwrap(),
            ..ada()
        };
        let here = "https://login.example.com/";
        let launched = async |person: &Identity, app: &str| {
            let app = AppId::parse(app).unwrap();
            let record = Record::launch(person, &app, "frameable", &[], &occasion());
            store.launch(token(), record, once(None)).await.unwrap();
        };
        let ada = ada();
        launched(&ada, "townhall").await;
        launched(&bob(ada.subject.as_str(), "https://elsewhere.example/"), "other").await;
        launched(&bob("somebody", here), "other").await;
        // Whose subject is another's address.
        let named = bob("ada@example.com", here);
        assert_eq!(store.last_launches(&named, 10).await.unwrap(), []);
        let found = store.last_launches(&ada, 10).await.unwrap();
        assert_eq!(found, [(AppId::parse("townhall").unwrap(), NOW)]);
        assert_eq!(store.last_launches(&ada, 0).await.unwrap(), []);
    }
}
