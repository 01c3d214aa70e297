//! What this process has seen, and what it has warned of.

use std::sync::{Mutex, PoisonError};

use super::{Counter, Warning};

#[derive(Debug, Default)]
pub struct Standing {
    pub counter: Counter,
    warnings: Mutex<Vec<Warning>>,
}

/// What is another than before.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    pub begun: Vec<Warning>,
    pub ended: Vec<Warning>,
}

impl Standing {
    /// The warnings that stand.
    pub fn warnings(&self) -> Vec<Warning> {
        self.warnings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Lets these stand from now on.
    pub fn settle(&self, now: Vec<Warning>) -> News {
        let mut standing = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = std::mem::replace(&mut *standing, now);
        let missing = |of: &[Warning], among: &[Warning]| {
            let new = of
                .iter()
                .filter(|one| !among.iter().any(|other| one.continues(other)));
            new.cloned().collect()
        };
        News {
            begun: missing(&standing, &earlier),
            ended: missing(&earlier, &standing),
        }
    }
}
