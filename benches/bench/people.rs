//! People with a session, as a sign-in makes it.

use std::sync::Arc;

use futures_util::future::join_all;
use secrecy::SecretBox;
use serde_json::json;
use time::{Duration, OffsetDateTime};
use usher::audit::Record;
use usher::clock::{Clock as _, FrozenClock, SystemClock};
use usher::config::{Person, StoreUrl};
use usher::identity::{Groups, Identity};
use usher::session::{Session, SessionId};
use usher::store::{Options, Store};
use usher::types::{Email, Issuer, ProviderId, Subject};

use super::gateway::AUDIT_KEY;

/// A store lets nobody wait long.
const AT_ONCE: usize = 200;

/// Has so many people signed in, so long ago, at a store that is made where there is none; their cookies.
pub fn signed_in(store: &StoreUrl, people: usize, ago: Duration) -> Vec<String> {
    let then = SystemClock.now() - ago;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let options = Options {
            audit_key: SecretBox::new(Box::new(*AUDIT_KEY)),
            keep: Duration::days(400),
            person: Person::Plain,
            values: false,
        };
        let store = Store::open(store, options, Arc::new(FrozenClock(then)))
            .await
            .expect("a store");
        let mut cookies = Vec::with_capacity(people);
        while cookies.len() < people {
            let next = cookies.len()..people.min(cookies.len() + AT_ONCE);
            cookies.extend(join_all(next.map(|number| sign_in(&store, number, then))).await);
        }
        store.close().await;
        cookies
    })
}

async fn sign_in(store: &Store, number: usize, now: OffsetDateTime) -> String {
    let id = SessionId::random();
    let claims =
        json!({"name": "Ada Lovelace", "title": "Countess", "picture": "https://example.com/ada.png"});
    let identity = Identity {
        provider: ProviderId::parse("work").expect("an id"),
        issuer: Issuer::parse("http://localhost:9").expect("an issuer"),
        subject: Subject::parse(&format!("ada-{number}")).expect("a subject"),
        email: Email::parse(&format!("ada-{number}@example.com")).ok(),
        email_verified: true,
        groups: Groups::Known(vec!["staff".into(), "comms".into()]),
        auth_time: None,
        acr: None,
        claims: claims.as_object().expect("an object").clone(),
    };
    let occasion = store.occasion(now, None);
    let record = Record::sign_in(&identity, &occasion);
    let session = Session {
        parent: None,
        key: id.key(),
        identity,
        sid: None,
        id_token_sealed: None,
        created_at: now,
        last_seen: now,
    };
    let state = id.key().0;
    store
        .sign_in(&session, session.created_at, state, None, record)
        .await
        .expect("a session");
    format!("usher={}", id.expose())
}
