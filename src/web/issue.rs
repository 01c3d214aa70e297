//! What a launch and an answer of the token API have in common: count, mint, record.

use actix_web::http::StatusCode;
use tracing::Instrument as _;
use uuid::Uuid;

use super::Gateway;
use super::error::Problem;
use super::visit::Visit;
use crate::access::Denial;
use crate::audit::{Decision, PlainReceipt, Receipt, Record};
use crate::claims::{ClaimError, ClaimSet};
use crate::config::App;
use crate::decision;
use crate::delivery::Address;
use crate::identity::Identity;
use crate::mint::{self, Minted, Prepared, Refusal};
use crate::params::Params;
use crate::session::Session;
use crate::session::attempt::Destination;
use crate::store::{Binding, LaunchError, Terms};

/// A token on record, and what its delivery needs besides.
pub struct Issued {
    pub receipt: Receipt,
    pub address: Option<Address>,
    pub claims: ClaimSet,
}

/// What works once only: its hash, and the code of the refusal when it comes again.
pub struct Once {
    pub hash: [u8; 32],
    pub used: &'static str,
}

/// One person's way into one app.
pub struct Entry<'a> {
    pub visit: &'a Visit,
    pub app: &'a App,
    pub session: &'a Session,
    pub params: &'a Params,
}

impl Entry<'_> {
    /// Counts, mints, records: in this order, and no token without its record.
    pub async fn issue(&self, once: Option<Once>) -> Result<Issued, Problem> {
        let (visit, app, person) = (self.visit, self.app, &self.session.identity);
        self.count().await?;
        if !visit.gateway.lasting.clock.is_steady() {
            return Err(Problem::unsteady().towards(self.destination()));
        }
        let span = tracing::info_span!(target: "trace", "mint", usher.app = %app.id);
        let minted = match self.mint().instrument(span).await? {
            Ok(minted) => minted,
            Err(refusal) => return Err(self.refuse(&refusal).await?),
        };
        let record = Record::launch(person, &app.id, app.vendor, &minted.roles, &visit.occasion());
        let (redeem, used) = parts(once);
        let receipt = match visit
            .gateway
            .store()
            .launch(minted.token, record, self.terms(redeem))
            .await
        {
            Ok(receipt) => receipt,
            Err(error) => return Err(self.unrecorded(error, used).await?),
        };
        self.launched(receipt.id());
        Ok(Issued {
            receipt,
            address: minted.address,
            claims: minted.claims,
        })
    }

    /// The one mint path, with the room found on the way where the vendor has rooms (C-6).
    async fn mint(&self) -> Result<Result<Minted, Refusal>, Problem> {
        let (visit, app) = (self.visit, self.app);
        let granted = match mint::grant(app, &self.session.identity, self.params, visit.now) {
            Ok(granted) => granted,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let session_id = match granted.room() {
            Some(room) => {
                let Gateway { rooms, lasting, .. } = &*visit.gateway;
                let found = rooms.session_id(&lasting.store, room, &app.key, visit.now).await;
                let found = found.map_err(|error| Problem::from(error).towards(self.destination()))?;
                // The vendor may have taken its time, and the person may have signed out meanwhile (S-161).
                if visit.session_of(self.session.key).await?.is_none() {
                    let gone = Problem::new(StatusCode::UNAUTHORIZED, "session.required");
                    return Err(gone.towards(self.destination()));
                }
                Some(found)
            }
            None => None,
        };
        let prepared = granted.prepare(session_id.as_deref(), visit.now);
        if let Err(Refusal::Claims(ClaimError::Missing { claim })) = &prepared {
            self.missed(claim);
        }
        Ok(prepared.and_then(|prepared| prepared.sign(app)))
    }

    /// Lesson 29: what could not be said, and by name what the provider did send.
    fn missed(&self, claim: &str) {
        let (visit, person) = (self.visit, &self.session.identity);
        // A provider may name its claims as it likes, at any length.
        let plain = |name: &&str| name.len() <= 64 && name.bytes().all(|b| b.is_ascii_graphic());
        let names = person.claims.keys().map(String::as_str).filter(plain);
        let sent = names.take(50).collect::<Vec<_>>().join(" ");
        tracing::warn!(event = "launch.claim_missing", request_id = %visit.reference, app = %self.app.id,
            provider = %person.provider, claim, sent);
    }

    /// What a token would say, for a page of ours that comes before it. Whoever would be refused is told
    /// so at once; that is a row in the audit trail, and so counts as a launch does.
    pub async fn prepare(&self) -> Result<Prepared, Problem> {
        match mint::prepare(self.app, &self.session.identity, self.params, self.visit.now) {
            Ok(prepared) => Ok(prepared),
            Err(refusal) => {
                self.count().await?;
                Err(self.refuse(&refusal).await?)
            }
        }
    }

    /// Counts, decides, records: a launch that carries no token.
    pub async fn pass(&self) -> Result<(PlainReceipt, Address), Problem> {
        let (visit, app, person) = (self.visit, self.app, &self.session.identity);
        if app.target.is_none() {
            return Err(Problem::no_page(&app.id));
        }
        self.count().await?;
        let (roles, address) = match mint::grant(app, person, self.params, visit.now) {
            Ok(granted) => granted.without_token(),
            Err(refusal) => return Err(self.refuse(&refusal).await?),
        };
        let record = Record::launch(person, &app.id, app.vendor, &roles, &visit.occasion());
        let receipt = match visit.gateway.store().launch_plain(record, self.terms(None)).await {
            Ok(receipt) => receipt,
            Err(error) => return Err(self.unrecorded(error, "csrf.invalid").await?),
        };
        self.launched(receipt.id());
        let address = address.ok_or_else(|| Problem::no_page(&app.id))?;
        Ok((receipt, address))
    }

    /// What must hold for this launch to be recorded.
    fn terms(&self, redeem: Option<[u8; 32]>) -> Terms {
        let (app, person) = (self.app, &self.session.identity);
        let binding = app
            .access
            .bind_email
            .then(|| Binding::of(&app.id, person, self.visit.now));
        Terms {
            redeem,
            binding: binding.flatten(),
        }
    }

    fn launched(&self, id: Uuid) {
        let app = &self.app.id;
        tracing::info!(event = "launch", request_id = %self.visit.reference, app = %app, id = %id);
        metrics::counter!("usher_launches_total", "app" => app.as_str().to_owned(), "outcome" => "ok", "reason" => "")
            .increment(1);
    }

    /// Counts one launch of this person, or refuses it.
    async fn count(&self) -> Result<(), Problem> {
        let person = &self.session.identity;
        let counted = count(self.visit, person, || limited(self.visit, self.app, person)).await;
        counted.map_err(|problem| problem.towards(self.destination()))
    }

    /// Writes the denial down, and makes its page.
    pub async fn refuse(&self, refusal: &Refusal) -> Result<Problem, Problem> {
        let (visit, app, session) = (self.visit, self.app, self.session);
        let (person, began) = (&session.identity, Some(session.created_at));
        let decision = decision::of_app(app, person, began, self.params, refusal, visit.now);
        let problem = refuse(visit, app, person, refusal, decision).await?;
        Ok(problem.towards(self.destination()))
    }

    async fn unrecorded(&self, error: LaunchError, used: &'static str) -> Result<Problem, Problem> {
        let problem = match error {
            LaunchError::EmailRebound => return self.refuse(&Refusal::Denied(Denial::EmailRebound)).await,
            LaunchError::AlreadyRedeemed => Problem::forbidden(used),
            LaunchError::Unavailable(error) => Problem::from(error).under("launch.refused"),
        };
        Ok(problem.towards(self.destination()))
    }

    pub fn destination(&self) -> Destination {
        destination(self.app, self.params)
    }
}

/// Counts what this person does, or refuses it. The first refusal in a minute goes on record, and stands
/// for all (S-369).
pub async fn count(visit: &Visit, person: &Identity, record: impl FnOnce() -> Record) -> Result<(), Problem> {
    let limit = visit.config().limits.launches_per_minute;
    let key = (person.issuer.clone(), person.subject.clone());
    let Err(exhausted) = visit.gateway.counters().launches.count(limit, key) else {
        return Ok(());
    };
    if exhausted.first {
        visit.gateway.store().record(record()).await?;
    }
    Err(Problem::too_many(exhausted.seconds).under("launch.refused"))
}

pub fn limited(visit: &Visit, app: &App, person: &Identity) -> Record {
    Record::denied(person, &app.id, app.vendor, "rate.limited", &visit.occasion())
}

async fn refuse(
    visit: &Visit,
    app: &App,
    person: &Identity,
    refusal: &Refusal,
    decision: Decision,
) -> Result<Problem, Problem> {
    let record = Record::denied(person, &app.id, app.vendor, refusal.code(), &visit.occasion());
    visit.gateway.store().record(record.decided(decision)).await?;
    Ok(Problem::refusal(refusal).at_provider(&person.provider))
}

/// Turns away whoever comes back from the provider with less than the app demands of a sign-in: no
/// session, and no second round by itself (C-22). It counts and is recorded as a launch would be.
pub async fn require_step_up(visit: &Visit, app: &App, person: &Identity) -> Result<(), Problem> {
    let Err(denial) = app.access.step_up.check(person, visit.now) else {
        return Ok(());
    };
    count(visit, person, || limited(visit, app, person)).await?;
    let refusal = Refusal::Denied(denial);
    let decision = decision::of_step_up(app, person, &refusal, visit.now);
    Err(refuse(visit, app, person, &refusal, decision).await?)
}

fn parts(once: Option<Once>) -> (Option<[u8; 32]>, &'static str) {
    once.map_or((None, "csrf.invalid"), |once| (Some(once.hash), once.used))
}

/// The launch that a way was or would have been.
pub fn destination(app: &App, params: &Params) -> Destination {
    Destination::App {
        app: app.id.clone(),
        params: params.to_pairs(),
    }
}
