//! What happened, written down before anybody else hears of it.

mod chain;
mod decision;
mod export;
mod filter;
mod key;
mod position;
mod record;
mod reference;
mod row;
mod verify;

use std::net::IpAddr;

use time::OffsetDateTime;
use uuid::Uuid;

pub(crate) use chain::Chain;
pub use chain::{ChainKey, Head, Tombstone};
pub use decision::{Claim, Decision, Rule};
pub use export::{EXPORTED, Format};
pub use filter::{Filter, FilterError};
pub use key::{KeyError, generate_key, key_beside};
pub use position::{Order, Position};
pub use record::{Occasion, moment};
pub(crate) use row::Naming;
pub use row::{FIELDS, LAST_FIELD, LINK_FIELDS, Link, Row, columns, instant};
pub use verify::{Anchors, Report, Verifier};

use crate::signer::SignedToken;
use crate::types::{AppId, Email, Issuer, ProviderId, Reference, Subject};

/// The kinds of records (C-35); never renamed, only added to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    SignIn,
    Launch,
    Denied,
    SignOut,
    Mint,
    Admin,
    Lab,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Ok,
    Refused,
}

/// Who acts on somebody else's behalf. Written `cli`, `provider`, or as an admin's subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Whoever may run the program.
    Cli,
    /// The provider, by a logout of its own.
    Provider,
    Admin(Subject),
}

/// One row before the store gives it its place in the chain. Field names are those of the export (C-35).
#[derive(Debug, Clone)]
pub struct Record {
    /// `UUIDv7`.
    pub id: Uuid,
    pub time: OffsetDateTime,
    pub event: Event,
    pub outcome: Outcome,
    /// A stable reason code such as `access.not_allowed`; absent where all went well.
    pub reason: Option<String>,
    pub reference: Option<Reference>,
    pub issuer: Option<Issuer>,
    pub subject: Option<Subject>,
    pub email: Option<Email>,
    pub provider: Option<ProviderId>,
    pub app: Option<AppId>,
    pub vendor: Option<&'static str>,
    pub kid: Option<String>,
    pub jti: Option<String>,
    pub token_sha256: Option<String>,
    pub issued_at: Option<OffsetDateTime>,
    pub expires_at: Option<OffsetDateTime>,
    pub roles: Vec<String>,
    pub address: Option<IpAddr>,
    /// Who acted, where it was not the person.
    pub actor: Option<Actor>,
    /// Why a person was turned away.
    pub decision: Option<Decision>,
}

/// Proof that the record of a token is durable. Only the store makes one, and only it lets the
/// token on to `delivery` (C-1).
pub struct Receipt {
    token: SignedToken,
    id: Uuid,
}

impl Receipt {
    /// For the store, after the commit.
    pub(crate) fn after_commit(token: SignedToken, id: Uuid) -> Self {
        Self { token, id }
    }

    /// The id of the record.
    pub fn id(&self) -> Uuid {
        self.id
    }

    pub(crate) fn into_token(self) -> SignedToken {
        self.token
    }
}

/// Proof that the record of a launch that carries no token is durable. Only the store makes one (C-1).
pub struct PlainReceipt {
    id: Uuid,
}

impl PlainReceipt {
    /// For the store, after the commit.
    pub(crate) fn after_commit(id: Uuid) -> Self {
        Self { id }
    }

    /// The id of the record.
    pub fn id(&self) -> Uuid {
        self.id
    }
}
