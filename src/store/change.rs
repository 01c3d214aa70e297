//! What a write does besides leaving a record.

use secrecy::{ExposeSecret as _, SecretSlice};
use sqlx::sqlite::SqliteConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::logout::{self, Ending};
use super::session_row::{identity_json, micros};
use super::{Binding, Tally, retention, rollup};
use crate::audit::{ChainKey, Row};
use crate::identity::logout_token::Logout;
use crate::session::{Session, SessionKey};
use crate::types::{AppId, Issuer, Subject, random_bytes};

/// The most rows that one cleaning step removes, so that nobody waits long behind it.
pub(super) const STEP: i64 = 500;

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
    /// Something that must reach the disk, and nothing else.
    Probe,
    /// Sessions last seen or begun before these times.
    CleanSessions {
        idle: OffsetDateTime,
        old: OffsetDateTime,
    },
    CleanRedeemed(OffsetDateTime),
    CleanLogouts(OffsetDateTime),
    /// Audit rows from before `keep`.
    CleanAudit {
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
        db: &mut SqliteConnection,
        key: &ChainKey,
        rows: &mut Vec<Row>,
    ) -> Result<Applied, sqlx::Error> {
        let query = match self {
            Self::None => return Ok(Applied::Rows(0)),
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
                if let Some(old) = replaces {
                    end_session(old).execute(&mut *db).await?;
                }
                insert_session(session)
            }
            Self::Frame {
                session,
                redeemed,
                replaces,
            } => return framed(session, redeemed, *replaces, db).await,
            Self::Launch { redeem, binding } => {
                if let Some(redeem) = redeem
                    && !redeem.redeem(db).await?
                {
                    return Ok(Applied::AlreadyRedeemed);
                }
                return Ok(match binding {
                    Some(binding) if !binding.hold(db).await? => Applied::Rebound,
                    _ => Applied::Rows(1),
                });
            }
            Self::ClearBindings { app, person } => Binding::clear(app, person),
            Self::EndSession(key) => end_session(key),
            Self::EndSessionsOf(issuer, subject) => {
                sqlx::query("DELETE FROM sessions WHERE issuer = $1 AND sub = $2")
                    .bind(issuer.as_str().to_owned())
                    .bind(subject.as_str().to_owned())
            }
            Self::LogOut { ending, remember } => {
                if let Some((logout, until)) = remember
                    && !logout::remember(logout, *until, db).await?
                {
                    return Ok(Applied::AlreadyRedeemed);
                }
                return Ok(Applied::Rows(ending.apply(db, key, rows).await?));
            }
            Self::Touch(key, at) => touch(key, *at),
            Self::Setting(name, value) => {
                sqlx::query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                    .bind(*name)
                    .bind(value.expose_secret().to_vec())
            }
            Self::Room {
                application_id,
                room,
                session_id,
                now,
            } => sqlx::query(
                "INSERT INTO rooms (application_id, room, session_id, created_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(application_id.to_string())
            .bind(room.clone())
            .bind(session_id.clone())
            .bind(micros(*now)),
            Self::Probe => sqlx::query(
                "INSERT INTO settings (name, value) VALUES ('probe', $1) \
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )
            .bind(random_bytes::<8>().to_vec()),
            Self::Rollup(tallies) => {
                rollup::add_tallies(db, tallies).await?;
                return Ok(Applied::Rows(tallies.len() as u64));
            }
            Self::CleanSessions { idle, old } => sqlx::query(
                "DELETE FROM sessions WHERE key IN \
                 (SELECT key FROM sessions WHERE last_seen < $1 OR created_at < $2 LIMIT $3)",
            )
            .bind(micros(*idle))
            .bind(micros(*old))
            .bind(STEP),
            Self::CleanRedeemed(now) => sqlx::query(
                "DELETE FROM redeemed WHERE hash IN \
                 (SELECT hash FROM redeemed WHERE expires_at < $1 LIMIT $2)",
            )
            .bind(micros(*now))
            .bind(STEP),
            Self::CleanLogouts(now) => logout::clean(*now),
            Self::CleanAudit { before, now } => {
                return Ok(Applied::Rows(retention::cut(db, key, *before, *now).await?));
            }
        };
        Ok(Applied::Rows(query.execute(db).await?.rows_affected()))
    }
}

pub(super) type Query = sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

fn insert_session(session: &Session) -> Query {
    let identity = &session.identity;
    sqlx::query(
        "INSERT INTO sessions \
         (key, provider, issuer, sub, sid, identity, id_token_sealed, created_at, last_seen, parent) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(session.key.0.to_vec())
    .bind(identity.provider.as_str().to_owned())
    .bind(identity.issuer.as_str().to_owned())
    .bind(identity.subject.as_str().to_owned())
    .bind(session.sid.clone())
    .bind(identity_json(identity))
    .bind(session.id_token_sealed.clone())
    .bind(micros(session.created_at))
    .bind(micros(session.last_seen))
    .bind(session.parent.map(|parent| parent.0.to_vec()))
}

/// Begins the session of a frame, where the one that it hangs on lives.
async fn framed(
    session: &Session,
    redeemed: &Redeemed,
    replaces: Option<SessionKey>,
    db: &mut SqliteConnection,
) -> Result<Applied, sqlx::Error> {
    if !redeemed.redeem(db).await? {
        return Ok(Applied::AlreadyRedeemed);
    }
    let parent = sqlx::query_scalar::<_, i64>("SELECT 1 FROM sessions WHERE key = $1 AND parent IS NULL")
        .bind(session.parent.map(|parent| parent.0.to_vec()))
        .fetch_optional(&mut *db)
        .await?;
    if parent.is_none() {
        return Ok(Applied::LoggedOut);
    }
    if let Some(old) = replaces {
        end_session(&old).execute(&mut *db).await?;
    }
    Ok(Applied::Rows(
        insert_session(session).execute(db).await?.rows_affected(),
    ))
}

/// Whoever works in a frame is at work: the session that it hangs on is seen too.
fn touch(key: &SessionKey, at: OffsetDateTime) -> Query {
    sqlx::query(
        "UPDATE sessions SET last_seen = $1 WHERE last_seen < $1 \
         AND key IN ($2, (SELECT parent FROM sessions WHERE key = $2))",
    )
    .bind(micros(at))
    .bind(key.0.to_vec())
}

fn end_session(key: &SessionKey) -> Query {
    sqlx::query("DELETE FROM sessions WHERE key = $1 OR parent = $1").bind(key.0.to_vec())
}

impl Redeemed {
    /// False where it was redeemed before.
    async fn redeem(&self, db: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        let done =
            sqlx::query("INSERT INTO redeemed (hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(self.hash.to_vec())
                .bind(micros(self.until))
                .execute(db)
                .await?;
        Ok(done.rows_affected() == 1)
    }
}
