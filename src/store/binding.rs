//! Which person an e-mail address belongs to in an app: fixed at the first launch (C-17), since
//! providers hand addresses on and vendors know people by nothing else (S-325).

use time::OffsetDateTime;

use super::db::{Addressed, Connection, Error};
use super::session_row::micros;
use crate::identity::Identity;
use crate::types::{AppId, Issuer, Subject};

/// A person of an app and the verified address that is theirs there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    app: AppId,
    issuer: Issuer,
    subject: Subject,
    /// In lower case: hardly any server tells `Ada@` from `ada@`, and to a vendor they may be one.
    email: String,
    now: OffsetDateTime,
}

impl Binding {
    /// What a launch of this app binds; nothing without a verified address.
    pub fn of(app: &AppId, identity: &Identity, now: OffsetDateTime) -> Option<Self> {
        Some(Self {
            app: app.clone(),
            issuer: identity.issuer.clone(),
            subject: identity.subject.clone(),
            email: identity.verified_email()?.as_str().to_ascii_lowercase(),
            now,
        })
    }

    /// Binds where neither the person nor the address is bound yet; false where either is, otherwise.
    pub(super) async fn hold(&self, db: &mut Connection) -> Result<bool, Error> {
        let holds = "SELECT app FROM bindings WHERE app = $1 AND issuer = $2 AND sub = $3 AND email = $4";
        let held = self.bound(db.query(holds)).fetch_optional().await?;
        if held.is_some() {
            return Ok(true);
        }
        let bind = "INSERT INTO bindings (app, issuer, sub, email, created_at) \
                    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let bound = self.bound(db.query(bind)).bind(micros(self.now));
        Ok(bound.execute().await? == 1)
    }

    /// Lets go of the person with this subject or address.
    pub(super) async fn clear(app: &AppId, person: &str, db: &mut Connection) -> Result<u64, Error> {
        let clear = db.query("DELETE FROM bindings WHERE app = $1 AND (sub = $2 OR email = $3)");
        let clear = clear.bind(app.as_str()).bind(person);
        clear.bind(person.to_ascii_lowercase()).execute().await
    }

    fn bound<'c>(&self, statement: Addressed<'c>) -> Addressed<'c> {
        statement
            .bind(self.app.as_str())
            .bind(self.issuer.as_str())
            .bind(self.subject.as_str())
            .bind(self.email.as_str())
    }
}
