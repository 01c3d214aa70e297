//! What a write does besides leaving a record.

use secrecy::{ExposeSecret as _, SecretSlice};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::clean_up::{self, STEP};
use super::db::{Connection, Error};
use super::logout::{self, Ending};
use super::retention::{self, Old};
use super::rollup::{self, hour_of};
use super::session_row::{identity_json, micros};
use super::{Binding, Tally, sightings};
use crate::audit::{ChainKey, Row};
use crate::drift::Sightings;
use crate::identity::logout_token::Logout;
use crate::session::{Session, SessionKey};
use crate::types::{AppId, Issuer, Subject, random_bytes};

pub(super) enum Change {
    /// Only the record.
    None,
    SignIn {
        session: Box<Session>,
        /// When the ID token was issued.
        issued_at: OffsetDateTime,
        redeemed: Redeemed,
        replaces: Option<SessionKey>,
    },
    /// The session of a frame, which hangs on another.
    Frame {
        session: Box<Session>,
        redeemed: Redeemed,
        replaces: Option<SessionKey>,
    },
    /// What must hold for a launch to be recorded.
    Launch {
        redeem: Option<Redeemed>,
        binding: Option<Binding>,
    },
    ClearBindings {
        app: AppId,
        person: String,
    },
    EndSession(SessionKey),
    EndSessionsOf(Issuer, Subject),
    /// The provider ended sessions; what it said is remembered until then, where it is worth that.
    LogOut {
        ending: Box<Ending>,
        remember: Option<(Box<Logout>, OffsetDateTime)>,
    },
    Touch(SessionKey, OffsetDateTime),
    Setting(&'static str, SecretSlice<u8>),
    /// The session of a room, where it has none yet.
    Room {
        application_id: Uuid,
        room: String,
        session_id: String,
        now: OffsetDateTime,
    },
    Rollup(Vec<Tally>),
    Sightings(Sightings),
    /// Groups that rules name, as of this day.
    LookOut(Vec<String>, Date),
    /// Something that must reach the disk, and nothing else.
    Probe,
    /// Sessions last seen or begun before these times.
    CleanSessions {
        idle: OffsetDateTime,
        old: OffsetDateTime,
    },
    CleanRedeemed(OffsetDateTime),
    CleanLogouts(OffsetDateTime),
    /// Counts by hours from before.
    CleanRollups(OffsetDateTime),
    /// Counts of claims from before.
    CleanSightings(OffsetDateTime),
    /// The rows of a chain from before that, and those that go before one of them.
    CleanAudit {
        old: Old,
        before: OffsetDateTime,
        now: OffsetDateTime,
    },
}

/// A hash that works once.
pub(super) struct Redeemed {
    pub(super) hash: [u8; 32],
    pub(super) until: OffsetDateTime,
}

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Applied {
    Rows(u64),
    AlreadyRedeemed,
    /// The provider has ended the session that was to begin (C-25).
    LoggedOut,
    /// The address is bound otherwise (C-17).
    Rebound,
}

impl Change {
    /// Whether a record belongs to what came of it: not to a second use, nor to an end of nothing.
    pub(super) fn is_recorded(&self, applied: Applied) -> bool {
        match (self, applied) {
            (_, Applied::AlreadyRedeemed | Applied::LoggedOut | Applied::Rebound)
            | (
                Self::EndSession(_) | Self::EndSessionsOf(..) | Self::ClearBindings { .. },
                Applied::Rows(0),
            ) => false,
            (_, Applied::Rows(_)) => true,
        }
    }

    /// Records that only come of the change itself are added to `rows`.
    pub(super) async fn apply(
        &self,
        db: &mut Connection,
        key: &ChainKey,
        rows: &mut Vec<Row>,
    ) -> Result<Applied, Error> {
        Ok(Applied::Rows(match self {
            Self::None => 0,
            Self::SignIn {
                session,
                issued_at,
                redeemed,
                replaces,
            } => {
                if !redeemed.redeem(db).await? {
                    return Ok(Applied::AlreadyRedeemed);
                }
                if logout::has_ended(session, *issued_at, db).await? {
                    return Ok(Applied::LoggedOut);
                }
                begin_session(session, *replaces, db).await?
            }
            Self::Frame {
                session,
                redeemed,
                replaces,
            } => {
                if !redeemed.redeem(db).await? {
                    return Ok(Applied::AlreadyRedeemed);
                }
                if !parent_lives(session, db).await? {
                    return Ok(Applied::LoggedOut);
                }
                begin_session(session, *replaces, db).await?
            }
            Self::Launch { redeem, binding } => {
                if let Some(redeem) = redeem
                    && !redeem.redeem(db).await?
                {
                    return Ok(Applied::AlreadyRedeemed);
                }
                match binding {
                    Some(binding) if !binding.hold(db).await? => return Ok(Applied::Rebound),
                    _ => 1,
                }
            }
            Self::ClearBindings { app, person } => Binding::clear(app, person, db).await?,
            Self::EndSession(key) => end_session(key, db).await?,
            Self::EndSessionsOf(issuer, subject) => {
                let end = db.query("DELETE FROM sessions WHERE issuer = $1 AND sub = $2");
                end.bind(issuer.as_str()).bind(subject.as_str()).execute().await?
            }
            Self::LogOut { ending, remember } => {
                if let Some((logout, until)) = remember
                    && !logout::remember(logout, *until, db).await?
                {
                    return Ok(Applied::AlreadyRedeemed);
                }
                ending.apply(db, key, rows).await?
            }
            Self::Touch(key, at) => touch(key, *at, db).await?,
            Self::Setting(name, value) => keep_setting(name, value, db).await?,
            Self::Room {
                application_id,
                room,
                session_id,
                now,
            } => {
                let insert = db.query(
                    "INSERT INTO rooms (application_id, room, session_id, created_at) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                );
                let insert = insert.bind(application_id.to_string()).bind(room);
                insert.bind(session_id).bind(micros(*now)).execute().await?
            }
            Self::Probe => probe(db).await?,
            Self::Rollup(tallies) => {
                rollup::add_tallies(db, tallies).await?;
                tallies.len() as u64
            }
            Self::Sightings(seen) => sightings::add(db, seen).await?,
            Self::LookOut(groups, today) => sightings::look_out(db, groups, *today).await?,
            Self::CleanRollups(before) => {
                let clean = db.query(clean_up::ROLLUPS);
                clean.bind(hour_of(*before)).execute().await?
            }
            Self::CleanSightings(before) => sightings::clean(db, *before).await?,
            Self::CleanSessions { idle, old } => {
                let clean = db.query(clean_up::SESSIONS);
                let clean = clean.bind(micros(*idle)).bind(micros(*old));
                clean.bind(STEP).execute().await?
            }
            Self::CleanRedeemed(now) => {
                let clean = db.query(clean_up::REDEEMED);
                clean.bind(micros(*now)).bind(STEP).execute().await?
            }
            Self::CleanLogouts(now) => logout::clean(*now, db).await?,
            Self::CleanAudit { old, before, now } => retention::cut(db, key, old, [*before, *now]).await?,
        }))
    }
}

async fn keep_setting(name: &str, value: &SecretSlice<u8>, db: &mut Connection) -> Result<u64, Error> {
    let insert = db.query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING");
    insert.bind(name).bind(value.expose_secret()).execute().await
}

async fn probe(db: &mut Connection) -> Result<u64, Error> {
    let write = db.query(
        "INSERT INTO settings (name, value) VALUES ('probe', $1) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    );
    write.bind(&random_bytes::<8>()[..]).execute().await
}

/// Begins a session in the place of the one that the browser, or the frame, had.
async fn begin_session(
    session: &Session,
    replaces: Option<SessionKey>,
    db: &mut Connection,
) -> Result<u64, Error> {
    if let Some(old) = replaces {
        end_session(&old, db).await?;
    }
    let identity = &session.identity;
    let insert = db.query(
        "INSERT INTO sessions \
         (key, provider, issuer, sub, sid, identity, id_token_sealed, created_at, last_seen, parent, email) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    );
    insert
        .bind(&session.key.0[..])
        .bind(identity.provider.as_str())
        .bind(identity.issuer.as_str())
        .bind(identity.subject.as_str())
        .bind(session.sid.as_deref())
        .bind(identity_json(identity))
        .bind(session.id_token_sealed.as_deref())
        .bind(micros(session.created_at))
        .bind(micros(session.last_seen))
        .bind(session.parent.as_ref().map(|parent| &parent.0[..]))
        .bind(identity.email.as_ref().map(|email| email.as_str().to_lowercase()))
        .execute()
        .await
}

/// Whether the session that a frame's is to hang on is there.
async fn parent_lives(session: &Session, db: &mut Connection) -> Result<bool, Error> {
    let parent = db.query("SELECT key FROM sessions WHERE key = $1 AND parent IS NULL");
    let parent = parent.bind(session.parent.as_ref().map(|parent| &parent.0[..]));
    Ok(parent.fetch_optional().await?.is_some())
}

/// Whoever works in a frame is at work: the session that it hangs on is seen too.
async fn touch(key: &SessionKey, at: OffsetDateTime, db: &mut Connection) -> Result<u64, Error> {
    let touch = db.query(
        "UPDATE sessions SET last_seen = $1 WHERE last_seen < $1 \
         AND key IN ($2, (SELECT parent FROM sessions WHERE key = $2))",
    );
    touch.bind(micros(at)).bind(&key.0[..]).execute().await
}

async fn end_session(key: &SessionKey, db: &mut Connection) -> Result<u64, Error> {
    let end = db.query("DELETE FROM sessions WHERE key = $1 OR parent = $1");
    end.bind(&key.0[..]).execute().await
}

impl Redeemed {
    /// False where it was redeemed before.
    async fn redeem(&self, db: &mut Connection) -> Result<bool, Error> {
        let insert =
            db.query("INSERT INTO redeemed (hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        let done = insert.bind(&self.hash[..]).bind(micros(self.until)).execute();
        Ok(done.await? == 1)
    }
}
