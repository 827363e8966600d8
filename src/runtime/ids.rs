//! Drawn ids (UUIDv7): from the clock that is handed in and a seeded generator, so that a simulation repeats exactly.
//!
//! Ids that must be the same on a repeat are not drawn but derived: `domain::ids`.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use super::clock::Clock;

/// The counter inside one millisecond: the twelve bits after the version.
const COUNTER_MAX: u16 = 0x0fff;

/// Draws ids that grow: within one process every id is greater than the one before, whatever the clock does, so that
/// index pages fill one after the other and (time, id) cursors stay true.
#[derive(Clone)]
pub struct IdMaker {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

struct State {
    random: StdRng,
    millis: u64,
    counter: u16,
}

impl IdMaker {
    /// A maker whose randomness comes from the operating system.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with(clock, rand::make_rng())
    }

    /// A maker that draws the same ids for the same seed and clock.
    pub fn seeded(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self::with(clock, StdRng::seed_from_u64(seed))
    }

    fn with(clock: Arc<dyn Clock>, random: StdRng) -> Self {
        Self { clock, state: Arc::new(Mutex::new(State { random, millis: 0, counter: 0 })) }
    }

    /// The next id.
    pub fn next(&self) -> Uuid {
        let now = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.step(now);
        let mut tail = [0_u8; 10];
        state.random.fill_bytes(&mut tail);
        tail[..2].copy_from_slice(&state.counter.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(state.millis, &tail).into_uuid()
    }

    /// Random bytes, for what partners want unpredictable.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.state.lock().unwrap_or_else(PoisonError::into_inner).random.fill_bytes(&mut bytes);
        bytes
    }

    /// Sixty-four random bits, for jitter seeds.
    pub fn seed(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).random.next_u64()
    }
}

impl State {
    /// A clock that stands still or goes back borrows from the counter, and a full counter from the next millisecond.
    fn step(&mut self, now: u64) {
        if now > self.millis {
            self.millis = now;
            self.counter = 0;
        } else if self.counter < COUNTER_MAX {
            self.counter += 1;
        } else {
            self.millis += 1;
            self.counter = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::runtime::ManualClock;

    fn manual() -> Arc<ManualClock> {
        Arc::new(ManualClock::new("2026-09-28T10:00:00Z".parse().unwrap()))
    }

    #[test]
    fn ids_grow_even_when_the_clock_stands_still_or_goes_back() {
        let clock = manual();
        let ids = IdMaker::seeded(clock.clone(), 7);
        let mut last = Uuid::nil();
        for round in 0..10_000 {
            if round == 5_000 {
                clock.jump(jiff::SignedDuration::from_hours(-1));
            }
            if round % 100 == 0 {
                clock.advance(Duration::from_millis(1));
            }
            let id = ids.next();
            assert!(id > last, "{id} after {last}");
            assert_eq!(id.get_version_num(), 7);
            last = id;
        }
    }

    #[test]
    fn one_seed_draws_one_sequence() {
        let draw = |seed| IdMaker::seeded(manual(), seed).next();
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
