//! Sessions as they begin and end.

use time::OffsetDateTime;

use super::change::{Applied, Change};
use super::logout::{self, Ending};
use super::{SignInError, Store, Unavailable};
use crate::audit::{Occasion, Record};
use crate::identity::logout_token::{Logout, Whose};
use crate::session::{Session, SessionKey, attempt, frame};
use crate::types::{Issuer, Subject};

impl Store {
    /// In one transaction: remembers the redeemed state for 30 minutes, ends the session that this
    /// browser had, begins the new one and records it (C-18); unless the provider has ended that
    /// session since `issued_at`, the time of the ID token (C-25).
    pub async fn sign_in(
        &self,
        session: &Session,
        issued_at: OffsetDateTime,
        redeemed: [u8; 32],
        replaces: Option<SessionKey>,
        record: Record,
    ) -> Result<(), SignInError> {
        let change = Change::SignIn {
            session: Box::new(session.clone()),
            issued_at,
            redeemed: self.redeemed(redeemed, attempt::LIFETIME),
            replaces,
        };
        began(self.write(change, Some(record)).await?)
    }

    /// In one transaction: remembers the redeemed code, ends the session that this frame had, begins
    /// the new one and records it; unless the session that it is to hang on has ended meanwhile.
    pub async fn frame(
        &self,
        session: &Session,
        redeemed: [u8; 32],
        replaces: Option<SessionKey>,
        record: Record,
    ) -> Result<(), SignInError> {
        let change = Change::Frame {
            session: Box::new(session.clone()),
            redeemed: self.redeemed(redeemed, frame::LIFETIME),
            replaces,
        };
        began(self.write(change, Some(record)).await?)
    }

    /// Ends a session and those that hang on it; false, and no record, where there was none.
    pub async fn end_session(&self, key: &SessionKey, record: Record) -> Result<bool, Unavailable> {
        let ended = self.write_rows(Change::EndSession(*key), Some(record)).await?;
        Ok(ended > 0)
    }

    /// Ends every session of a person and says how many; no record where there was none.
    pub async fn end_sessions_of(
        &self,
        issuer: &Issuer,
        subject: &Subject,
        record: Record,
    ) -> Result<u64, Unavailable> {
        let change = Change::EndSessionsOf(issuer.clone(), subject.clone());
        self.write_rows(change, Some(record)).await
    }

    /// In one transaction: remembers a back-channel logout, ends the sessions that it speaks of and
    /// records each end (C-25). Says how many there were; `None` where the token was used before, which
    /// then changes nothing.
    pub async fn log_out(
        &self,
        logout: Logout,
        reason: &'static str,
        occasion: Occasion,
    ) -> Result<Option<u64>, Unavailable> {
        let ending = self.ending(&logout.issuer, logout.whose.clone(), reason, occasion);
        let change = Change::LogOut {
            ending,
            remember: Some((Box::new(logout), self.now() + logout::LIFETIME)),
        };
        match self.write(change, None).await? {
            Applied::Rows(ended) => Ok(Some(ended)),
            Applied::AlreadyRedeemed | Applied::LoggedOut | Applied::Rebound => Ok(None),
        }
    }

    /// Ends the sessions of one session of the provider's, records each end and says how many there were.
    pub async fn end_sessions_of_sid(
        &self,
        issuer: &Issuer,
        sid: &str,
        reason: &'static str,
        occasion: Occasion,
    ) -> Result<u64, Unavailable> {
        let whose = Whose::Sid {
            sid: sid.to_owned(),
            subject: None,
        };
        let ending = self.ending(issuer, whose, reason, occasion);
        self.write_rows(
            Change::LogOut {
                ending,
                remember: None,
            },
            None,
        )
        .await
    }

    fn ending(&self, issuer: &Issuer, whose: Whose, reason: &'static str, occasion: Occasion) -> Box<Ending> {
        Box::new(Ending {
            issuer: issuer.clone(),
            whose,
            reason,
            occasion,
            naming: self.0.naming,
        })
    }
}

fn began(applied: Applied) -> Result<(), SignInError> {
    match applied {
        Applied::Rows(_) => Ok(()),
        Applied::LoggedOut => Err(SignInError::LoggedOut),
        Applied::AlreadyRedeemed | Applied::Rebound => Err(SignInError::AlreadyRedeemed),
    }
}
