//! How many attempts one address has. Accounts lock by themselves; this keeps one address from trying them all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ipnet::Ipv6Net;

/// Attempts of one address within `WINDOW`. A whole office may share one address behind its gateway.
const ATTEMPTS_MAX: u32 = 60;
const WINDOW: Duration = Duration::from_secs(60);
/// Addresses remembered; when there are more, the one that began first goes. A newcomer is never refused for them: whoever has
/// addresses without end must not keep everybody else out.
const ADDRESSES_MAX: usize = 10_000;
/// Of an IPv6 address: what one customer is given as a whole.
const NETWORK_BITS: u8 = 64;

#[derive(Default)]
pub(super) struct Throttle {
    known: Mutex<HashMap<String, (Duration, u32)>>,
}

impl Throttle {
    /// Counts an attempt; seconds to wait where there were too many.
    pub fn count(&self, address: &str, now: Duration) -> Option<u64> {
        let address = network(address);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ADDRESSES_MAX && !known.contains_key(&address) {
            known.retain(|_, (began, _)| now.saturating_sub(*began) < WINDOW);
            // The oldest has had most of its minute.
            let oldest = known.iter().min_by_key(|(_, (began, _))| *began).map(|(address, _)| address.clone());
            if let Some(oldest) = oldest.filter(|_| known.len() >= ADDRESSES_MAX) {
                known.remove(&oldest);
            }
        }
        let (began, count) = known.entry(address).or_insert((now, 0));
        if now.saturating_sub(*began) >= WINDOW {
            (*began, *count) = (now, 0);
        }
        *count += 1;
        (*count > ATTEMPTS_MAX).then(|| (WINDOW.saturating_sub(now.saturating_sub(*began))).as_secs().max(1))
    }
}

/// Who counts as one: an IPv4 address, or the network of an IPv6 one.
fn network(address: &str) -> String {
    let read = address.parse::<IpAddr>().ok().map(|address| address.to_canonical());
    match read {
        Some(IpAddr::V6(address)) => {
            Ipv6Net::new(address, NETWORK_BITS).map_or_else(|_| address.to_string(), |network| network.trunc().to_string())
        }
        Some(IpAddr::V4(address)) => address.to_string(),
        None => address.to_owned(),
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
    fn addresses_without_end_neither_fill_the_memory_nor_keep_others_out() {
        let throttle = Throttle::default();
        for (number, millis) in (0..ADDRESSES_MAX).zip(0_u64..) {
            let address = format!("198.51.{}.{}", number / 256, number % 256);
            assert_eq!(throttle.count(&address, Duration::from_millis(millis)), None);
        }
        let later = Duration::from_secs(11);
        assert_eq!(throttle.count("203.0.113.9", later), None, "somebody new is let try");
        assert_eq!(throttle.known.lock().unwrap().len(), ADDRESSES_MAX);
        assert!(!throttle.known.lock().unwrap().contains_key("198.51.0.0"), "the oldest went");
        assert_eq!(throttle.count("203.0.113.9", later + WINDOW * 2), None, "the others' minutes are over");
        assert_eq!(throttle.count("203.0.113.10", later + WINDOW * 2), None);
    }

    #[test]
    fn addresses_of_one_customer_are_one() {
        let throttle = Throttle::default();
        for host in 0..u64::from(ATTEMPTS_MAX) {
            assert_eq!(throttle.count(&format!("2001:db8:1:2::{host:x}"), Duration::ZERO), None);
        }
        assert_eq!(throttle.count("2001:db8:1:2:ffff::1", Duration::ZERO), Some(60));
        assert_eq!(throttle.count("2001:db8:1:3::1", Duration::ZERO), None, "the next network is another's");
        for _ in 0..ATTEMPTS_MAX {
            assert_eq!(throttle.count("::ffff:192.0.2.1", Duration::ZERO), None);
        }
        assert_eq!(throttle.count("192.0.2.1", Duration::ZERO), Some(60), "the same address, written otherwise");
    }
}
