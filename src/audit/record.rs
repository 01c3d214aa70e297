//! Records as the handlers make them: one constructor for each thing that can happen.

use std::net::IpAddr;
use std::ops::Range;

use time::{Duration, OffsetDateTime};
use uuid::{Builder, Uuid};

use super::{Actor, Decision, Event, Outcome, Record};
use crate::identity::Identity;
use crate::signer::TokenFacts;
use crate::types::{AppId, Email, Reference, Subject, random_bytes};

/// When, under which reference and from which address something happened.
#[derive(Debug, Clone)]
pub struct Occasion {
    pub now: OffsetDateTime,
    pub reference: Reference,
    /// Of the browser, where it is known.
    pub address: Option<IpAddr>,
}

impl Record {
    /// A person signed in.
    pub fn sign_in(identity: &Identity, occasion: &Occasion) -> Self {
        Self::of(Event::SignIn, Outcome::Ok, identity, occasion)
    }

    /// A frame of this app got a session of its own, by a code that somebody's window handed back.
    pub fn sign_in_in_frame(
        identity: &Identity,
        app: &AppId,
        vendor: &'static str,
        occasion: &Occasion,
    ) -> Self {
        Self {
            app: Some(app.clone()),
            vendor: Some(vendor),
            ..Self::sign_in(identity, occasion).because("sign_in.in_frame")
        }
    }

    /// A signed-in person was not let in as a session (claims too large, an app's step-up, …).
    pub fn sign_in_refused(identity: &Identity, reason: &str, occasion: &Occasion) -> Self {
        Self::of(Event::SignIn, Outcome::Refused, identity, occasion).because(reason)
    }

    /// A launch, or a token API answer. The store adds what is to be said of the token.
    pub fn launch(
        identity: &Identity,
        app: &AppId,
        vendor: &'static str,
        roles: &[String],
        occasion: &Occasion,
    ) -> Self {
        Self {
            app: Some(app.clone()),
            vendor: Some(vendor),
            roles: roles.to_vec(),
            ..Self::of(Event::Launch, Outcome::Ok, identity, occasion)
        }
    }

    /// A signed-in person was refused an app; `reason` is a stable code.
    pub fn denied(
        identity: &Identity,
        app: &AppId,
        vendor: &'static str,
        reason: &str,
        occasion: &Occasion,
    ) -> Self {
        Self {
            app: Some(app.clone()),
            vendor: Some(vendor),
            ..Self::of(Event::Denied, Outcome::Refused, identity, occasion).because(reason)
        }
    }

    /// A signed-in person was refused the pages for admins; `reason` is a stable code.
    pub fn admin_refused(identity: &Identity, reason: &str, occasion: &Occasion) -> Self {
        Self::of(Event::Admin, Outcome::Refused, identity, occasion).because(reason)
    }

    /// An admin took records with them.
    pub fn exported(identity: &Identity, occasion: &Occasion) -> Self {
        Self::of(Event::Admin, Outcome::Ok, identity, occasion).because("audit.exported")
    }

    /// A token made on the command line for a persona. The store adds what is to be said of it.
    pub fn mint(
        identity: &Identity,
        app: &AppId,
        vendor: &'static str,
        roles: &[String],
        occasion: &Occasion,
    ) -> Self {
        Self {
            event: Event::Mint,
            ..Self::launch(identity, app, vendor, roles, occasion).by(Actor::Cli)
        }
    }

    /// A persona was refused a token on the command line; `reason` is a stable code.
    pub fn mint_refused(
        identity: &Identity,
        app: &AppId,
        vendor: &'static str,
        reason: &str,
        occasion: &Occasion,
    ) -> Self {
        Self {
            event: Event::Mint,
            ..Self::denied(identity, app, vendor, reason, occasion).by(Actor::Cli)
        }
    }

    /// A token that is wrong on purpose, for a test person. The reason and the actor are still to be named.
    pub fn lab(
        identity: &Identity,
        app: &AppId,
        vendor: &'static str,
        roles: &[String],
        occasion: &Occasion,
    ) -> Self {
        Self {
            event: Event::Lab,
            ..Self::launch(identity, app, vendor, roles, occasion)
        }
    }

    /// A test person was refused by the app's own rules; `reason` is a stable code.
    pub fn lab_refused(
        identity: &Identity,
        app: &AppId,
        vendor: &'static str,
        reason: &str,
        occasion: &Occasion,
    ) -> Self {
        Self {
            event: Event::Lab,
            ..Self::denied(identity, app, vendor, reason, occasion)
        }
    }

    /// A person ended a session, or had it ended.
    pub fn sign_out(identity: &Identity, occasion: &Occasion) -> Self {
        Self::of(Event::SignOut, Outcome::Ok, identity, occasion)
    }

    /// On the command line an app let go of what it had bound for a person, who is given by an address
    /// or a subject (C-17).
    pub fn unbound(person: &str, app: &AppId, vendor: &'static str, occasion: &Occasion) -> Self {
        let email = Email::parse(person).ok();
        let subject = Subject::parse(person).ok().filter(|_| email.is_none());
        Self {
            subject,
            email,
            app: Some(app.clone()),
            vendor: Some(vendor),
            ..Self::new(Event::Admin, Outcome::Ok, occasion)
        }
        .because("binding.cleared")
        .by(Actor::Cli)
    }

    /// Adds a stable reason code.
    #[must_use]
    pub fn because(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    /// Names who acted, where it was not the person.
    #[must_use]
    pub fn by(mut self, actor: Actor) -> Self {
        self.actor = Some(actor);
        self
    }

    /// Says why a person was turned away.
    #[must_use]
    pub fn decided(mut self, decision: Decision) -> Self {
        self.decision = Some(decision);
        self
    }

    /// Says what may be said of the token.
    #[must_use]
    pub(crate) fn with_token(mut self, facts: &TokenFacts) -> Self {
        self.kid.clone_from(&facts.kid);
        self.jti.clone_from(&facts.jti);
        self.token_sha256 = Some(facts.sha256.clone());
        self.issued_at = Some(facts.issued_at);
        self.expires_at = facts.expires_at;
        self
    }

    fn of(event: Event, outcome: Outcome, identity: &Identity, occasion: &Occasion) -> Self {
        Self {
            issuer: Some(identity.issuer.clone()),
            subject: Some(identity.subject.clone()),
            email: identity.email.clone(),
            provider: Some(identity.provider.clone()),
            ..Self::new(event, outcome, occasion)
        }
    }

    /// Of nobody yet.
    fn new(event: Event, outcome: Outcome, occasion: &Occasion) -> Self {
        Self {
            id: uuid_v7(occasion.now),
            time: occasion.now,
            event,
            outcome,
            reason: None,
            reference: Some(occasion.reference.clone()),
            issuer: None,
            subject: None,
            email: None,
            provider: None,
            app: None,
            vendor: None,
            kid: None,
            jti: None,
            token_sha256: None,
            issued_at: None,
            expires_at: None,
            roles: Vec::new(),
            address: occasion.address,
            actor: None,
            decision: None,
        }
    }
}

/// When that was for which an id was made.
pub fn moment(id: Uuid) -> Range<OffsetDateTime> {
    let millis = i128::try_from(id.as_u128() >> 80).unwrap_or(0);
    // An id that is none of ours may lie behind the year 9999.
    let start = OffsetDateTime::from_unix_timestamp_nanos(millis * 1_000_000);
    let start = start.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    start..start + Duration::MILLISECOND
}

/// A `UUIDv7` (RFC 9562, section 5.7) of a given time.
fn uuid_v7(now: OffsetDateTime) -> Uuid {
    let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random_bytes::<10>()).into_uuid()
}
