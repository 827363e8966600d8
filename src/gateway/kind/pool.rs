//! Connections that are kept open between jobs. Whoever takes one owns it: a job that breaks off drops its connection, so that
//! nothing half done is ever handed on.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Kept at most: as many as jobs are commonly under way.
const IDLE_MAX: usize = 16;
/// Shorter than the time after which firewalls drop idle connections, so that we close first.
const IDLE_TIMEOUT: Duration = Duration::from_secs(45);

/// Connections without work.
pub(super) struct Pool<C> {
    idle: Mutex<Vec<(C, Instant)>>,
}

impl<C> Default for Pool<C> {
    fn default() -> Self {
        Pool { idle: Mutex::new(Vec::new()) }
    }
}

impl<C> Pool<C> {
    /// The one used last, if it is not too old.
    pub(super) fn take(&self) -> Option<C> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < IDLE_TIMEOUT);
        idle.pop().map(|(connection, _)| connection)
    }

    /// Keeps one that is whole.
    pub(super) fn give(&self, connection: C) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push((connection, Instant::now()));
        }
    }
}
