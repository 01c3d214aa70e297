//! The store as its callers meet it: every story is told of both kinds.
#![expect(clippy::duplicate_mod, reason = "the stories are the same")]

use std::net::{IpAddr, Ipv4Addr};

use serde_json::{Map, json};
use tempfile::TempDir;
use time::macros::datetime;

use super::db::Connection;
use super::*;
use crate::audit::{Event, Filter, Occasion, Order, Outcome, Position, Report, Verifier, columns};
use crate::clock::FrozenClock;
use crate::identity::{Groups, Identity};
use crate::session::{Limits, Session, SessionId};
use crate::signer::TokenFacts;
use crate::types::{AppId, Email, Issuer, ProviderId, Subject};

mod migrations;
mod postgres;
mod sqlite;

const NOW: OffsetDateTime = datetime!(2026-11-21 06:47:00 UTC);
const LIMITS: Limits = Limits {
    idle: Duration::minutes(30),
    lifetime: Duration::hours(8),
};

fn key() -> SecretBox<[u8; 32]> {
    SecretBox::new(Box::new([7; 32]))
}

/// Where a store lies, for as long as a story lasts.
struct Ground {
    url: StoreUrl,
    dir: TempDir,
}

async fn open_at(ground: &Ground, now: OffsetDateTime, person: Person) -> Store {
    let options = Options {
        audit_key: key(),
        keep: Duration::days(400),
        person,
        values: false,
    };
    Store::open(&ground.url, options, Arc::new(FrozenClock(now)))
        .await
        .unwrap()
}

async fn open(ground: &Ground) -> Store {
    open_at(ground, NOW, Person::Plain).await
}

async fn other_connection(ground: &Ground) -> Connection {
    Place::new(&ground.url).writer().await.unwrap()
}

async fn trail(ground: &Ground) -> TrailReader {
    TrailReader::open(&ground.url, Arc::new(ChainKey::new(&key())))
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
    occasion_at(NOW)
}

fn occasion_at(now: OffsetDateTime) -> Occasion {
    Occasion {
        now,
        reference: ChainKey::new(&key()).reference(now),
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

async fn verified(ground: &Ground, noted: &[Head]) -> Report {
    let mut trail = trail(ground).await;
    let key = ChainKey::new(&key());
    let mut verifier = Verifier::new(&key, trail.anchors().await.unwrap(), noted);
    for row in trail.next_by_chain(None).await.unwrap() {
        verifier.push(&row);
    }
    verifier.finish()
}
