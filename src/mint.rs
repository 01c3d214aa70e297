//! The one mint path: a real launch, `explain`, `mint`, the preview and the tests of a
//! configuration all come through here, and only the last step differs.

mod window;

use time::OffsetDateTime;

use crate::access::Denial;
use crate::claims::{ClaimError, ClaimSet};
use crate::config::App;
use crate::delivery::{Address, TooLong};
use crate::identity::Identity;
use crate::params::{ParamError, Params};
use crate::signer::{KeyError, SignedToken};
pub use window::Window;

/// A token, and where it goes once its record is durable.
pub struct Minted {
    pub token: SignedToken,
    pub claims: ClaimSet,
    pub roles: Vec<String>,
    pub address: Address,
}

/// All that a token would say, without the signature.
#[derive(Debug)]
pub struct Prepared {
    pub claims: ClaimSet,
    pub roles: Vec<String>,
    pub address: Address,
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

/// Decides, fills in, signs. What it returns must be recorded before it leaves.
pub fn mint(app: &App, identity: &Identity, params: &Params, now: OffsetDateTime) -> Result<Minted, Refusal> {
    let Prepared {
        claims,
        roles,
        address,
    } = prepare(app, identity, params, now)?;
    let token = app.key.sign(&claims)?;
    Ok(Minted {
        token,
        claims,
        roles,
        address,
    })
}

/// The same up to the signature.
pub fn prepare(
    app: &App,
    identity: &Identity,
    params: &Params,
    now: OffsetDateTime,
) -> Result<Prepared, Refusal> {
    let grant = app.decide(identity, params, now).map_err(Refusal::Denied)?;
    app.window.admit(now)?;
    let address = app.target.address(params)?;
    let claims = app
        .recipe
        .fill(&grant, (&app.id, &app.title), now - app.iat_backdate, app.ttl)?;
    address.fits(app.key.token_length(&claims))?;
    Ok(Prepared {
        claims,
        roles: grant.roles().to_vec(),
        address,
    })
}

#[cfg(test)]
mod tests;
