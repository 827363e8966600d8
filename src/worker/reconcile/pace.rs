//! How fast a run may ask: a share of the connection's rate, evenly.

use crate::domain::text::units::Rate;
use crate::runtime::Clock;
use std::sync::Arc;
use std::time::Duration;

/// Between two requests where the connection has no rate.
const INTERVAL: Duration = Duration::from_millis(100);

/// Paces the requests of one run.
pub(super) struct Pace {
    clock: Arc<dyn Clock>,
    interval: Duration,
    next: Duration,
}

impl Pace {
    /// At most this share, per cent, of the slowest of these rates.
    pub fn new(clock: Arc<dyn Clock>, rates: &[Rate], share_percent: u32) -> Pace {
        let next = clock.monotonic();
        Pace { clock, interval: interval(rates, share_percent), next }
    }

    /// Waits for the turn of the next request.
    pub async fn turn(&mut self) {
        let now = self.clock.monotonic();
        if self.next > now {
            self.clock.wait(self.next - now).await;
        }
        self.next = self.clock.monotonic().max(self.next) + self.interval;
    }
}

fn interval(rates: &[Rate], share_percent: u32) -> Duration {
    let of = |rate: &Rate| {
        let nanos = u128::from(rate.period_millis) * 1_000_000 * 100 / (u128::from(rate.count.max(1)) * u128::from(share_percent.max(1)));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    };
    rates.iter().map(of).max().unwrap_or(INTERVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_takes_a_share_of_the_slowest_rate() {
        let rate = |count, period_millis| Rate { count, period_millis };
        assert_eq!(interval(&[rate(200, 1_000)], 20), Duration::from_millis(25));
        assert_eq!(interval(&[rate(20, 1_000), rate(86_400, 86_400_000)], 100), Duration::from_secs(1));
        assert_eq!(interval(&[], 20), INTERVAL);
    }
}
