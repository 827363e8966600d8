//! How many attempts one address has. Accounts lock by themselves; this keeps one address from trying them all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Attempts of one address within `WINDOW`. A whole office may share one address behind its gateway.
const ATTEMPTS_MAX: u32 = 60;
const WINDOW: Duration = Duration::from_secs(60);
/// Addresses remembered; when there are more, those whose window is over go first.
const ADDRESSES_MAX: usize = 10_000;

#[derive(Default)]
pub(super) struct Throttle {
    known: Mutex<HashMap<String, (Duration, u32)>>,
}

impl Throttle {
    /// Counts an attempt; seconds to wait where there were too many.
    pub fn count(&self, address: &str, now: Duration) -> Option<u64> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ADDRESSES_MAX && !known.contains_key(address) {
            known.retain(|_, (began, _)| now.saturating_sub(*began) < WINDOW);
            if known.len() >= ADDRESSES_MAX {
                return Some(WINDOW.as_secs());
            }
        }
        let (began, count) = known.entry(address.to_owned()).or_insert((now, 0));
        if now.saturating_sub(*began) >= WINDOW {
            (*began, *count) = (now, 0);
        }
        *count += 1;
        (*count > ATTEMPTS_MAX).then(|| (WINDOW.saturating_sub(now.saturating_sub(*began))).as_secs().max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_until_its_minute_is_over_and_others_do_not() {
        let throttle = Throttle::default();
        let at = Duration::from_secs;
        for attempt in 0..ATTEMPTS_MAX {
            assert_eq!(throttle.count("192.0.2.1", at(10)), None, "{attempt}");
        }
        assert_eq!(throttle.count("192.0.2.1", at(30)), Some(40));
        assert_eq!(throttle.count("192.0.2.2", at(30)), None);
        assert_eq!(throttle.count("192.0.2.1", at(70)), None);
    }

    #[test]
    fn addresses_without_end_do_not_fill_the_memory() {
        let throttle = Throttle::default();
        for number in 0..ADDRESSES_MAX {
            assert_eq!(throttle.count(&number.to_string(), Duration::ZERO), None);
        }
        assert_eq!(throttle.count("one more", Duration::ZERO), Some(60));
        assert_eq!(throttle.count("one more", WINDOW), None, "the others' minutes are over");
        assert_eq!(throttle.known.lock().unwrap().len(), 1);
    }
}
