//! How one connection is, for whoever asks.

use crate::runtime::Clock;
use crate::runtime::metrics::list::TRANSPORT_UP;
use crate::transport::health::{Link, LinkState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The state of one connection.
pub(super) struct LinkCell {
    name: &'static str,
    clock: Arc<dyn Clock>,
    state: Mutex<(LinkState, Duration)>,
}

impl LinkCell {
    /// A connection that is not there yet.
    pub fn new(name: &'static str, clock: Arc<dyn Clock>) -> Self {
        let since = clock.monotonic();
        let cell = Self { name, clock, state: Mutex::new((LinkState::Down("it is being opened".to_owned()), since)) };
        cell.gauge(false);
        cell
    }

    /// Its new state; for how long it has lasted counts from the change of kind, not of words.
    pub fn set(&self, state: LinkState) {
        let now = self.clock.monotonic();
        let mut held = self.lock();
        let same = std::mem::discriminant(&held.0) == std::mem::discriminant(&state);
        if !same {
            match &state {
                LinkState::Up => tracing::info!(link.name = self.name, "the broker is reached ({})", self.name),
                LinkState::Blocked(why) => tracing::warn!(link.name = self.name, "the broker blocks ({}): {why}", self.name),
                LinkState::Down(why) => tracing::warn!(link.name = self.name, "the broker is away ({}): {why}", self.name),
            }
        }
        let since = if same { held.1 } else { now };
        self.gauge(state == LinkState::Up);
        *held = (state, since);
    }

    pub fn is_up(&self) -> bool {
        self.lock().0 == LinkState::Up
    }

    pub fn link(&self) -> Link {
        let (state, since) = self.lock().clone();
        Link { name: self.name, state, lasting: self.clock.monotonic().saturating_sub(since) }
    }

    fn gauge(&self, up: bool) {
        TRANSPORT_UP.set(f64::from(u8::from(up)), [self.name]);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (LinkState, Duration)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
