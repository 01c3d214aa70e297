//! The one mint path: a real launch, `explain`, `mint`, the preview and the tests of a
//! configuration all come through here, and only the last step differs.
//!
//! [`grant`], [`Granted::prepare`], [`Prepared::sign`]: between the first two a room may have to be
//! found, which is the one thing on the way that asks somebody else.

mod window;

use time::OffsetDateTime;

use crate::access::{Denial, Grant};
use crate::claims::{ClaimError, ClaimSet, Inputs};
use crate::config::App;
use crate::delivery::{Address, TooLong};
use crate::identity::Identity;
use crate::params::{ParamError, Params};
use crate::signer::{Draft, KeyError, SignedToken};
use crate::vendors::vonage_video::Room;
pub use window::Window;

/// A token, and where it goes once its record is durable.
pub struct Minted {
    pub token: SignedToken,
    pub roles: Vec<String>,
    pub address: Option<Address>,
    pub claims: ClaimSet,
}

/// All that a token would say, without the signature.
#[derive(Debug)]
pub struct Prepared {
    draft: Draft,
    pub roles: Vec<String>,
    /// Where people arrive; none where only the token API serves the app.
    pub address: Option<Address>,
}

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the access rules of the app refuse this person")]
    Denied(Denial),
    #[error("the app opens at {opens_at}")]
    NotOpenYet { opens_at: OffsetDateTime },
    #[error("the app closed at {closed_at}")]
    Closed { closed_at: OffsetDateTime },
    #[error(transparent)]
    Claims(#[from] ClaimError),
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// A value that cannot stand in the address; a 400, as at the door.
    #[error(transparent)]
    Params(#[from] ParamError),
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Refusal {
    /// The stable reason code for log, audit and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied(denial) => denial.code(),
            Self::NotOpenYet { .. } => "window.not_open",
            Self::Closed { .. } => "window.closed",
            Self::Claims(error) => error.code(),
            Self::TooLong(_) => "delivery.too_long",
            Self::Params(_) => "params.refused",
            Self::Key(_) => "signer.key_unusable",
        }
    }
}

/// What stands once a person may come in: the first half of the way, up to the room.
#[derive(Debug)]
pub struct Granted<'a> {
    app: &'a App,
    grant: Grant<'a>,
    address: Option<Address>,
    room: Option<(&'a Room, String)>,
}

/// Whether this person may come in, and where to.
pub fn grant<'a>(
    app: &'a App,
    identity: &'a Identity,
    params: &'a Params,
    now: OffsetDateTime,
) -> Result<Granted<'a>, Refusal> {
    let decided = app.decide(identity, params, now);
    // Nobody signs in anew before a door that is shut.
    if decided.as_ref().err().is_none_or(Denial::calls_for_sign_in) {
        app.window.admit(now)?;
    }
    let grant = decided.map_err(Refusal::Denied)?;
    let address = match &app.target {
        Some(target) => Some(target.address(params)?),
        None => None,
    };
    let room = match &app.room {
        Some(room) => Some((room, room.name(params)?)),
        None => None,
    };
    Ok(Granted {
        app,
        grant,
        address,
        room,
    })
}

/// Whether a more recent or stronger sign-in at the provider is all that this person lacks.
pub fn step_up_is_due(app: &App, identity: &Identity, params: &Params, now: OffsetDateTime) -> bool {
    app.access.step_up.check(identity, now).is_err()
        && matches!(grant(app, identity, params, now), Err(Refusal::Denied(denial)) if denial.calls_for_sign_in())
}

impl<'a> Granted<'a> {
    /// The room whose session has to be found before the claims can be filled in (C-6).
    pub fn room(&self) -> Option<(&'a Room, &str)> {
        self.room.as_ref().map(|(room, name)| (*room, name.as_str()))
    }

    /// In which roles, and where to, without a token.
    pub fn without_token(self) -> (Vec<String>, Option<Address>) {
        (self.grant.into_roles(), self.address)
    }

    /// Fills in the claims; `session_id` is that of the room.
    pub fn prepare(self, session_id: Option<&str>, now: OffsetDateTime) -> Result<Prepared, Refusal> {
        let app = self.app;
        app.params.complete(self.grant.params())?;
        let inputs = Inputs {
            app: &app.id,
            title: &app.title,
            issued_at: now - app.iat_backdate,
            ttl: app.ttl,
            session_id,
        };
        let draft = app.key.draft(app.recipe.fill(&self.grant, &inputs)?);
        if let Some(address) = &self.address {
            app.delivery.fits(address, draft.token_length())?;
        }
        Ok(Prepared {
            draft,
            roles: self.grant.into_roles(),
            address: self.address,
        })
    }
}

impl Prepared {
    pub fn claims(&self) -> &ClaimSet {
        self.draft.claims()
    }

    /// How many bytes the token will have.
    pub fn token_length(&self) -> usize {
        self.draft.token_length()
    }

    /// Signs. What it returns must be recorded before it leaves.
    pub fn sign(self, app: &App) -> Result<Minted, Refusal> {
        Ok(Minted {
            token: app.key.sign(&self.draft)?,
            roles: self.roles,
            address: self.address,
            claims: self.draft.into_claims(),
        })
    }
}

/// What a token would say, for whoever looks without launching. A room that nobody has opened yet
/// has no session, and then its name stands in its place.
pub fn prepare(
    app: &App,
    identity: &Identity,
    params: &Params,
    now: OffsetDateTime,
) -> Result<Prepared, Refusal> {
    let granted = grant(app, identity, params, now)?;
    let unmade = granted
        .room()
        .map(|(_, name)| format!("(session of room {name})"));
    granted.prepare(unmade.as_deref(), now)
}

#[cfg(test)]
mod tests;
