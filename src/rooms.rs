//! The rooms of Vonage Video: a session is made when somebody first comes, once, and kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::timeout;
use url::Url;
use uuid::Uuid;

use crate::http::{Http, HttpError, Network};
use crate::signer::{KeyError, SigningKey};
use crate::store::{Store, Unavailable};
use crate::types::is_loopback;
use crate::vendors::vonage_video::{
    RestToken, Room, SessionRefused, session_address, session_from, session_request,
};

/// How long anybody waits for a room, the turns of others included.
const PATIENCE: Duration = Duration::from_secs(12);

/// Why a room has no session.
#[derive(Debug, thiserror::Error)]
pub enum RoomError {
    #[error("the store did not answer")]
    Store(#[from] Unavailable),
    #[error("the vendor {0}")]
    Call(HttpError),
    #[error(transparent)]
    Refused(#[from] SessionRefused),
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// The call's error is in the text already, and no source besides.
impl From<HttpError> for RoomError {
    fn from(error: HttpError) -> Self {
        Self::Call(error)
    }
}

/// A room, told from all others.
type Name = (Uuid, String);

/// Finds the sessions of rooms, and has them made.
pub struct Rooms {
    public: Http,
    loopback: Http,
    /// One turn a room, so that a crowd that comes at once makes one session.
    turns: Mutex<HashMap<Name, Arc<tokio::sync::Mutex<()>>>>,
}

impl Rooms {
    /// Its clients call the vendor directly, or through `proxy`.
    pub fn new(proxy: Option<&Url>) -> Result<Self, reqwest::Error> {
        Ok(Self {
            public: Http::new(Network::Public, None, proxy)?,
            loopback: Http::new(Network::Loopback, None, None)?,
            turns: Mutex::default(),
        })
    }

    /// The session of a room, made at the vendor where there is none yet.
    pub async fn session_id(
        &self,
        store: &Store,
        (room, name): (&Room, &str),
        key: &SigningKey,
        now: OffsetDateTime,
    ) -> Result<String, RoomError> {
        if let Some(id) = store.room(room.application_id, name).await? {
            return Ok(id);
        }
        let whole = (room.application_id, name.to_owned());
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(whole.clone()).or_default())
        };
        let found = async {
            let _mine = turn.lock().await;
            match store.room(room.application_id, name).await? {
                Some(id) => Ok(id),
                None => self.make(store, room, name, key, now).await,
            }
        };
        let found = timeout(PATIENCE, found).await;
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        // Ours and the map's: nobody else waits.
        if Arc::strong_count(&turn) == 2 {
            turns.remove(&whole);
        }
        found.unwrap_or(Err(HttpError::Slow.into()))
    }

    async fn make(
        &self,
        store: &Store,
        room: &Room,
        name: &str,
        key: &SigningKey,
        now: OffsetDateTime,
    ) -> Result<String, RoomError> {
        let http = if is_loopback(&room.api_url) {
            &self.loopback
        } else {
            &self.public
        };
        let token = RestToken::sign(key, room.application_id, now)?;
        let url = session_address(room);
        let answer = http.send(session_request(room, &url, &token)).await?;
        let made = session_from(&answer)?;
        tracing::info!(event = "room.made", application = %room.application_id);
        // Another replica may have been first, and then its session is the room's.
        Ok(store.keep_room(room.application_id, name, made).await?)
    }
}
