//! Which person an e-mail address belongs to in an app: fixed at the first launch (C-17), since
//! providers hand addresses on and vendors know people by nothing else (S-325).

use sqlx::sqlite::SqliteConnection;
use time::OffsetDateTime;

use super::change::Query;
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
    pub(super) async fn hold(&self, db: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        let holds = "SELECT 1 FROM bindings WHERE app = $1 AND issuer = $2 AND sub = $3 AND email = $4";
        let held = self.bound(sqlx::query(holds)).fetch_optional(&mut *db).await?;
        if held.is_some() {
            return Ok(true);
        }
        let bind = "INSERT INTO bindings (app, issuer, sub, email, created_at) \
                    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let bound = self.bound(sqlx::query(bind)).bind(micros(self.now));
        Ok(bound.execute(db).await?.rows_affected() == 1)
    }

    /// Lets go of the person with this subject or address.
    pub(super) fn clear(app: &AppId, person: &str) -> Query {
        sqlx::query("DELETE FROM bindings WHERE app = $1 AND (sub = $2 OR email = $3)")
            .bind(app.as_str().to_owned())
            .bind(person.to_owned())
            .bind(person.to_ascii_lowercase())
    }

    fn bound(&self, query: Query) -> Query {
        query
            .bind(self.app.as_str().to_owned())
            .bind(self.issuer.as_str().to_owned())
            .bind(self.subject.as_str().to_owned())
            .bind(self.email.clone())
    }
}
