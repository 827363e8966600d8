//! Who decides for whom, as the engine knows it: read again when it is older than a moment, so that no decision waits for a
//! look of its own; what was changed through this process counts at once.

use crate::domain::approval::{Delegation, Delegations};
use crate::domain::ids::TenantId;
use crate::runtime::Clock;
use crate::runtime::clock::within;
use crate::store::Store;
use futures::FutureExt;
use futures::future::{self, BoxFuture};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Another replica's change is known here after this time at the latest: until then its agent is told by it alone.
const FRESH: Duration = Duration::from_secs(1);
/// How long a batch waits to know: people's lists, which share the connections, may hold them all.
const READ_WITHIN: Duration = Duration::from_millis(250);

/// What was read last.
#[derive(Default)]
pub struct Delegated {
    read: Mutex<State>,
}

#[derive(Default)]
struct State {
    delegations: Arc<Delegations>,
    /// When, by the monotonic clock; none for never, and after a change.
    at: Option<Duration>,
    /// Counts changes: what was read before one is not fresh after it.
    changes: u64,
    /// Reads in a row that came to nothing.
    failures: u32,
}

impl Delegated {
    /// Somebody has made or ended a delegation here.
    pub fn changed(&self) {
        let mut state = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        (state.at, state.changes) = (None, state.changes.wrapping_add(1));
    }

    /// Those that hold or are to come. When they cannot be read, those of before: nothing waits for who else is told.
    ///
    /// Boxed here, where it is shallow: as a part of an engine batch's future the compiler proves anew, wherever that one goes,
    /// that it may go from thread to thread, which made builds take five times as long.
    pub fn now<'a>(&'a self, store: &'a dyn Store, clock: &'a dyn Clock) -> BoxFuture<'a, Arc<Delegations>> {
        match self.known(clock) {
            Known::Fresh(delegations) => future::ready(delegations).boxed(),
            Known::Old { delegations, changes } => self.read_anew(store, clock, delegations, changes).boxed(),
        }
    }

    fn known(&self, clock: &dyn Clock) -> Known {
        let state = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let delegations = state.delegations.clone();
        if state.at.is_some_and(|at| clock.monotonic().saturating_sub(at) < FRESH) {
            return Known::Fresh(delegations);
        }
        Known::Old { delegations, changes: state.changes }
    }

    async fn read_anew(&self, store: &dyn Store, clock: &dyn Clock, before: Arc<Delegations>, changes: u64) -> Arc<Delegations> {
        let at = clock.monotonic();
        let read = store.desk().delegations(TenantId::DEFAULT, None, None, clock.now());
        // Not asked again at once either: no decision is held up by a store that is slow or away.
        let delegations = match within(clock, READ_WITHIN, read).await {
            Some(Ok(rows)) => {
                self.read.lock().unwrap_or_else(PoisonError::into_inner).failures = 0;
                Arc::new(rows.iter().map(Delegation::from).collect())
            }
            Some(Err(error)) => {
                self.failed(&error.to_string());
                before
            }
            None => {
                self.failed("the store takes long");
                before
            }
        };
        let mut state = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if state.changes == changes {
            (state.delegations, state.at) = (delegations.clone(), Some(at));
        }
        delegations
    }
}

impl Delegated {
    /// Said once, and then once a minute: it is tried every second while there is work.
    fn failed(&self, why: &str) {
        let mut state = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failures.is_multiple_of(60) {
            tracing::warn!("who decides for whom cannot be read now, those of before are told: {why}");
        }
        state.failures = state.failures.saturating_add(1);
    }
}

/// What this process knows.
enum Known {
    Fresh(Arc<Delegations>),
    /// Older than a moment: these, as of so many changes.
    Old {
        delegations: Arc<Delegations>,
        changes: u64,
    },
}
