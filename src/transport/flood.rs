//! The first of many alike is said whole, then how many more there were in each minute: a flood of rubbish must not flood
//! the log that somebody is to read.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often it is said how many more there were.
pub(super) const SUM_EVERY: Duration = Duration::from_secs(60);

/// Counts what is alike.
#[derive(Debug, Default)]
pub(super) struct Flood(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Since when one was said whole, or a sum was.
    since: Option<Duration>,
    /// How many came after it.
    more: u64,
}

impl Flood {
    /// One more; yes when it is to be said whole, because none was for a while. `now` is monotonic.
    pub fn met(&self, now: Duration) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.since.is_none() {
            state.since = Some(now);
            return true;
        }
        state.more += 1;
        false
    }

    /// How many more there were, once a minute; none when it is not time, or there were none. After a minute without any
    /// the next one is said whole again.
    pub fn sum(&self, now: Duration) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(state.since?) < SUM_EVERY {
            return None;
        }
        let more = std::mem::take(&mut state.more);
        state.since = (more > 0).then_some(now);
        (more > 0).then_some(more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_flood_is_one_line_and_one_sum_a_minute() {
        let flood = Flood::default();
        let mut lines = 0;
        for second in 0..180 {
            for _ in 0..1_000 {
                lines += u32::from(flood.met(at(second)));
            }
            lines += u32::from(flood.sum(at(second)).is_some());
        }
        assert_eq!(lines, 3, "the first, and two sums");
        assert_eq!(flood.sum(at(180)), Some(59_000), "counted from the second sum on, none left out");
    }

    #[test]
    fn after_a_quiet_minute_the_next_is_said_whole_again() {
        let flood = Flood::default();
        assert!(flood.met(at(0)));
        assert!(!flood.met(at(1)));
        assert_eq!(flood.sum(at(59)), None);
        assert_eq!(flood.sum(at(60)), Some(1));
        assert_eq!(flood.sum(at(120)), None);
        assert!(flood.met(at(121)));
    }
}
