//! The lab: tokens that are wrong in exactly one way, for trying out whether a vendor looks.
//!
//! They are made from what a real launch would say, for a person whom a `[[test]]` declares, and are
//! no [`SignedToken`](crate::signer::SignedToken): nothing that hands real ones over takes them.

mod flaw;
mod token;

use secrecy::SecretString;
use tokio::task::spawn_blocking;

use crate::audit::{Actor, Occasion, Record};
use crate::config::{App, Handover, PersonaTest};
use crate::delivery::{Address, Delivery, TooLong};
use crate::identity::Identity;
use crate::mint::{Prepared, Refusal};
use crate::signer::KeyError;
use crate::store::{Store, Unavailable};
pub use flaw::Flaw;
use token::{LabToken, stranger};

/// Why the lab made nothing.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub enum LabError {
    #[error("a token of this app cannot be wrong in this way")]
    Unsuited,
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    TooLong(#[from] TooLong),
    #[error("no token leaves without its record")]
    Unrecorded(#[from] Unavailable),
}

/// How a wrong token leaves once it is on record. It cannot be printed.
pub enum Exit {
    /// To this address, which carries it.
    Redirect(SecretString),
    /// By a form with it in its one field.
    Form {
        action: String,
        field: String,
        token: SecretString,
    },
    /// By itself, where only the token API gives one out.
    Bare(SecretString),
}

/// One use of the lab.
#[derive(Debug)]
pub struct Experiment<'a> {
    pub app: &'a App,
    pub person: &'a Identity,
    pub flaw: Flaw,
    pub actor: Actor,
    pub occasion: &'a Occasion,
}

impl Experiment<'_> {
    /// Makes the token out of what a launch would have said, records it, and lets it go: in this order.
    pub async fn run(self, prepared: Prepared, store: &Store) -> Result<Exit, LabError> {
        let Self {
            app, person, flaw, ..
        } = self;
        let key = if flaw == Flaw::OtherKey {
            let algorithm = app.key.algorithm();
            // Making an RSA key takes its time, in which others want to go on.
            let made = spawn_blocking(move || stranger(algorithm)).await;
            Some(made.map_err(|_| KeyError)??)
        } else {
            None
        };
        let token = LabToken::make(app, prepared.claims(), flaw, key)?;
        if let Some(address) = &prepared.address {
            app.delivery.fits(address, token.length())?;
        }
        let record = Record::lab(person, &app.id, app.vendor, &prepared.roles, self.occasion);
        let record = record
            .because(flaw.code())
            .by(self.actor)
            .with_token(token.facts());
        let id = record.id;
        store.record(record).await?;
        tracing::warn!(event = "lab", request_id = %self.occasion.reference, app = %app.id, id = %id,
            reason = flaw.code());
        Ok(exit(token, &app.delivery, prepared.address.as_ref()))
    }

    /// Writes down that the app's own rules refuse the test person.
    pub async fn refuse(self, refusal: &Refusal, store: &Store) -> Result<(), Unavailable> {
        let Self { app, person, .. } = self;
        let record = Record::lab_refused(person, &app.id, app.vendor, refusal.code(), self.occasion);
        store.record(record.by(self.actor)).await
    }
}

fn exit(token: LabToken, delivery: &Delivery, address: Option<&Address>) -> Exit {
    match (delivery, address) {
        (Delivery::FormPost(field), Some(address)) => Exit::Form {
            action: address.as_str().to_owned(),
            field: field.clone(),
            token: token.into_compact(),
        },
        (Delivery::Query(_) | Delivery::Fragment(_) | Delivery::Path, Some(address)) => {
            Exit::Redirect(token.placed(delivery, address))
        }
        _ => Exit::Bare(token.into_compact()),
    }
}

/// Whether a browser can carry a token to the app, or only a page that asks the token API.
pub fn opens(app: &App) -> bool {
    app.target.is_some() && app.delivery.is_by_launch() && app.handover == Handover::Token
}

/// The people whom the configuration declares for trying out this app.
pub fn people<'a>(app: &App, tests: &'a [PersonaTest]) -> Vec<&'a PersonaTest> {
    let declared = |test: &&PersonaTest| test.app == app.id && test.expect.allowed;
    tests.iter().filter(declared).collect()
}

/// A test person as lists name them.
pub fn called(person: &Identity) -> String {
    let email = person.email.as_ref().map(|email| email.as_str().to_owned());
    let name = email.or_else(|| person.name());
    name.unwrap_or_else(|| person.subject.as_str().to_owned())
}

#[cfg(test)]
mod tests;
