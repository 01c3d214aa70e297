//! A few connections that only read, kept for the next who asks.
//!
//! A crowd stands in line for its turn, which says nothing of the store. What needs the store, be it a new
//! connection or the statement, is within the budget.
//!
//! Admins look through connections of their own: they ask for more, and no launch waits behind them. Where
//! the store is a file they do so on threads of their own, too. Whoever clicks asks for one session, which
//! is there before another thread would be awake.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::db::{Connection, Row, Statement, is_lost};
use super::error::Failure;
use super::open::Place;
use super::{BUDGET, PATIENCE};

/// How many admins' statements run at once, and how long each may take.
const ADMINS: usize = 2;
const ADMINS_BUDGET: Duration = Duration::from_secs(5);

pub(super) struct Readers {
    place: Arc<Place>,
    /// How long a statement may take.
    budget: Duration,
    /// Whether it is left to other threads.
    aside: bool,
    turns: Arc<Semaphore>,
    kept: Mutex<Vec<Connection>>,
}

/// A turn, and the connection of somebody who has one.
struct Turn {
    readers: Arc<Readers>,
    connection: Option<Connection>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Readers {
    pub(super) fn new(place: Arc<Place>) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(place.readers())),
            budget: BUDGET,
            aside: false,
            place,
            kept: Mutex::default(),
        }
    }

    pub(super) fn for_admins(place: Arc<Place>) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(ADMINS)),
            budget: ADMINS_BUDGET,
            aside: place.is_file(),
            place,
            kept: Mutex::default(),
        }
    }

    /// Whether an answer is there before another thread would be awake: out of a file, for who asks for little.
    pub(super) fn answer_at_once(&self) -> bool {
        !self.aside && self.place.is_file()
    }

    /// The rows of a statement, within the budget; `None` where the line is too long, or the store is closed.
    pub(super) async fn ask(self: &Arc<Self>, statement: Statement) -> Option<Result<Vec<Row>, Failure>> {
        let permit = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let mut turn = Turn {
            readers: Arc::clone(self),
            connection: None,
            permit: Some(permit.ok()?.ok()?),
        };
        let answer = if self.aside {
            timeout(self.budget, self.place.run(Box::pin(turn.finish(statement)))).await
        } else {
            // Made only now, so that a crowd in line holds little.
            let answer = timeout(self.budget, Box::pin(turn.ask(statement))).await;
            turn.keep(matches!(answer, Ok(Ok(_))));
            answer.map(Some)
        };
        Some(answer.ok().flatten().unwrap_or(Err(Failure::Slow)))
    }

    /// Lets go of the kept connections, which may all be as dead as the last one.
    pub(super) fn forget(&self) {
        self.kept().clear();
    }

    pub(super) async fn close(&self) {
        self.turns.close();
        let kept = std::mem::take(&mut *self.kept());
        for connection in kept {
            // Nothing is lost with a connection that only reads.
            let _ = timeout(BUDGET, connection.close()).await;
        }
    }

    /// All turns, so that nobody else has one.
    #[cfg(test)]
    pub(super) async fn take_all(&self) -> OwnedSemaphorePermit {
        let all = u32::try_from(self.turns.available_permits()).unwrap_or(u32::MAX);
        let turns = Arc::clone(&self.turns).acquire_many_owned(all).await;
        turns.expect("the store is open")
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// A kept connection may have ended with its server; then a new one says how things are.
    async fn ask(&mut self, statement: Statement) -> Result<Vec<Row>, Failure> {
        let budget = self.readers.budget;
        let kept = self.readers.kept().pop();
        if let Some(kept) = kept {
            let kept = self.connection.insert(kept);
            kept.limit(budget)?;
            match kept.rows(statement.clone()).await {
                Err(error) if is_lost(&error) => self.connection = None,
                answer => return Ok(answer?),
            }
        }
        // Seldom, and large: every look at a session would carry the room for it.
        let fresh = Box::pin(self.readers.place.reader(budget)).await?;
        let fresh = self.connection.insert(fresh);
        fresh.limit(budget)?;
        Ok(fresh.rows(statement).await?)
    }

    async fn finish(mut self, statement: Statement) -> Result<Vec<Row>, Failure> {
        let answer = self.ask(statement).await;
        self.keep(answer.is_ok());
        answer
    }

    /// Keeps the connection for the next; whatever state a failure has left it in goes with it.
    fn keep(&mut self, is_good: bool) {
        let connection = self.connection.take().filter(|_| is_good);
        self.readers.kept().extend(connection);
    }
}

/// Whoever asked may go before the answer comes. It is then waited for, lest a crowd that comes and goes
/// have us connect anew each time.
impl Drop for Turn {
    fn drop(&mut self) {
        let (Some(mut connection), Ok(runtime)) = (self.connection.take(), Handle::try_current()) else {
            return;
        };
        let (readers, permit) = (Arc::clone(&self.readers), self.permit.take());
        runtime.spawn(async move {
            if let Ok(Ok(())) = timeout(readers.budget, connection.settle()).await {
                readers.kept().push(connection);
            }
            drop(permit);
        });
    }
}
