//! One rate limit: counted by this process alone, or in slots that all processes of the installation share.

use super::shared::{Ask, Shared};
use crate::domain::ids::TenantId;
use crate::domain::text::units::Rate;
use crate::runtime::clock::Clock;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// A slot that was not used by then is let go, or a quiet process would save up for a burst.
const SLOT_LATE_MAX: Duration = Duration::from_millis(100);
/// Slots asked for at once.
const SLOTS_MAX: u32 = 256;

type Local = RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Duration>>;

/// Our clock as the limiter's, so that simulated time moves it too.
#[derive(Clone)]
struct Ticks(Arc<dyn Clock>);

impl GovernorClock for Ticks {
    type Instant = Duration;
    fn now(&self) -> Duration {
        self.0.monotonic()
    }
}

/// Where a limit is shared, and under which name.
#[derive(Clone)]
pub(super) struct Sharing {
    pub shared: Arc<dyn Shared>,
    pub tenant: TenantId,
    pub name: String,
}

/// One rate limit.
pub(super) struct Limiter {
    clock: Arc<dyn Clock>,
    local: Local,
    every: Duration,
    burst: u32,
    sharing: Option<Sharing>,
    /// Slots that were given and not used yet, in monotonic time.
    stock: Mutex<VecDeque<Duration>>,
    waiting: AtomicU32,
}

impl Limiter {
    pub fn new(clock: Arc<dyn Clock>, rate: Rate, sharing: Option<Sharing>) -> Self {
        let (every, burst) = spacing(rate);
        // `every` is at least one nanosecond, so there is a quota.
        let quota = Quota::with_period(every).unwrap_or_else(|| Quota::per_second(burst)).allow_burst(burst);
        let local = RateLimiter::direct_with_clock(quota, Ticks(clock.clone()));
        Limiter { clock, local, every, burst: burst.get(), sharing, stock: Mutex::default(), waiting: AtomicU32::new(0) }
    }

    /// Waits for leave to send one request, but no longer than `most`; then how long it would take is answered.
    pub async fn wait(&self, most: Duration) -> Result<(), Duration> {
        if let Some(sharing) = &self.sharing {
            let asking = Waits::of(&self.waiting);
            let slot = self.slot(sharing, most).await;
            drop(asking);
            match slot {
                Some(Ok(at)) => {
                    let wait = at.saturating_sub(self.clock.monotonic());
                    if !wait.is_zero() {
                        self.clock.wait(wait).await;
                    }
                    return Ok(());
                }
                Some(Err(wait)) => return Err(wait),
                None => {}
            }
        }
        self.wait_alone(most).await
    }

    async fn wait_alone(&self, most: Duration) -> Result<(), Duration> {
        loop {
            let Err(not_until) = self.local.check() else { return Ok(()) };
            let wait = not_until.wait_time_from(self.clock.monotonic());
            if wait > most {
                return Err(wait);
            }
            self.clock.wait(wait.max(Duration::from_millis(1))).await;
        }
    }

    /// A slot of ours, in monotonic time. Whoever finds none asks for everybody who waits.
    async fn slot(&self, sharing: &Sharing, most: Duration) -> Option<Result<Duration, Duration>> {
        let mut stock = self.stock.lock().await;
        let now = self.clock.monotonic();
        while stock.front().is_some_and(|at| now.saturating_sub(*at) > SLOT_LATE_MAX) {
            stock.pop_front();
        }
        if stock.is_empty() {
            let count = self.waiting.load(Ordering::Relaxed).clamp(1, SLOTS_MAX);
            let ask = Ask { every: self.every, burst: self.burst, count, within: most };
            let given = sharing.shared.slots(sharing.tenant, &sharing.name, ask).await?;
            if given.count == 0 {
                return Some(Err(given.first_in.max(Duration::from_millis(1))));
            }
            // Reckoned from the answer's arrival: the way back only makes slots later, for everybody.
            let first = self.clock.monotonic().saturating_add(given.first_in);
            stock.extend((0..given.count).map(|number| first.saturating_add(self.every.saturating_mul(number))));
        }
        let at = stock.pop_front()?;
        let wait = at.saturating_sub(self.clock.monotonic());
        if wait > most {
            stock.push_front(at);
            return Some(Err(wait));
        }
        Some(Ok(at))
    }

    /// Whether one request may be sent at once, counted by this process.
    #[cfg(test)]
    pub fn check(&self) -> bool {
        self.local.check().is_ok()
    }
}

/// Counts who waits, also when the wait is given up.
pub(super) struct Waits<'a>(&'a AtomicU32);

impl<'a> Waits<'a> {
    pub fn of(count: &'a AtomicU32) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Waits(count)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A twentieth may come at once and the rest is spread, so that no window of the period ever holds more than the rate: a
/// bucket of the whole rate would let nearly twice as many through in its first period. What is lost by it stays below 5 %.
fn spacing(rate: Rate) -> (Duration, NonZeroU32) {
    let burst = NonZeroU32::new(rate.count / 20).unwrap_or(NonZeroU32::MIN);
    let spread = u64::from(rate.count.saturating_sub(burst.get()).saturating_add(1).max(1));
    (Duration::from_nanos(rate.period_millis.saturating_mul(1_000_000).div_ceil(spread).max(1)), burst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::shared::fake::Fake;
    use crate::runtime::ManualClock;
    use futures::FutureExt;
    use std::sync::Mutex as Plain;

    /// What a partner sees.
    type Sent = Arc<Plain<Vec<Duration>>>;

    fn process(clock: &Arc<ManualClock>, shared: &Arc<Fake>, rate: Rate) -> Arc<Limiter> {
        let sharing = Sharing { shared: shared.clone(), tenant: TenantId::DEFAULT, name: "oa".to_owned() };
        Arc::new(Limiter::new(clock.clone(), rate, Some(sharing)))
    }

    /// Somebody of a process who always wants to send, with a pause after each request.
    fn sends(limiter: &Arc<Limiter>, clock: &Arc<ManualClock>, sent: &Sent, pause: Duration) {
        let (limiter, clock, sent) = (limiter.clone(), clock.clone(), sent.clone());
        tokio::spawn(async move {
            loop {
                match limiter.wait(Duration::from_secs(2)).await {
                    Ok(()) => sent.lock().unwrap().push(clock.monotonic()),
                    Err(wait) => clock.wait(wait).await,
                }
                if !pause.is_zero() {
                    clock.wait(pause).await;
                }
            }
        });
    }

    /// Time goes on for so long; when each request was sent, in order.
    async fn lasting(clock: &ManualClock, sent: &Sent, lasting: Duration) -> Vec<Duration> {
        let step = Duration::from_millis(1);
        while clock.monotonic() < lasting {
            // Everybody who can go on does so before time moves.
            for _ in 0..40 {
                tokio::task::yield_now().await;
            }
            clock.advance(step);
        }
        std::mem::take(&mut *sent.lock().unwrap())
    }

    fn start() -> (Arc<ManualClock>, Arc<Fake>, Sent) {
        let clock = Arc::new(ManualClock::new("2026-09-28T10:00:00Z".parse().unwrap()));
        (clock.clone(), Fake::new(clock), Sent::default())
    }

    /// Three processes that always want to send.
    async fn sent(rate: Rate, most: Duration) -> Vec<Duration> {
        let (clock, shared, sent) = start();
        for _ in 0..3 {
            let limiter = process(&clock, &shared, rate);
            for _ in 0..4 {
                sends(&limiter, &clock, &sent, Duration::ZERO);
            }
        }
        lasting(&clock, &sent, most).await
    }

    #[tokio::test]
    async fn who_gives_up_waiting_takes_no_slots_from_the_others() {
        let (clock, shared, sent) = start();
        let rate = Rate { count: 20, period_millis: 1_000 };
        let (quiet, busy) = (process(&clock, &shared, rate), process(&clock, &shared, rate));
        {
            // Somebody else is asking, and fifty who wait behind it are dropped.
            let asking = quiet.stock.lock().await;
            for _ in 0..50 {
                let waits = quiet.wait(Duration::from_secs(2));
                assert!(waits.now_or_never().is_none());
            }
            drop(asking);
        }
        // One request in a second asks for itself alone, so that the other process has the rest.
        sends(&quiet, &clock, &sent, Duration::from_secs(1));
        for _ in 0..4 {
            sends(&busy, &clock, &sent, Duration::ZERO);
        }
        let sent = lasting(&clock, &sent, Duration::from_secs(10)).await;
        assert!((190..=201).contains(&sent.len()), "{} of 200", sent.len());
    }

    #[tokio::test]
    async fn processes_share_a_rate_within_five_percent() {
        for (count, period_millis) in [(20, 1_000), (200, 1_000), (5, 1_000)] {
            let sent = sent(Rate { count, period_millis }, Duration::from_secs(10)).await;
            let period = Duration::from_millis(period_millis);
            for (index, start) in sent.iter().enumerate() {
                let within = sent[index..].iter().filter(|at| **at < *start + period).count();
                assert!(within <= count as usize, "{within} of {count} in a period");
            }
            let whole = count as usize * 10;
            assert!(sent.len() * 100 >= whole * 95 && sent.len() <= whole + 1, "{} of {whole}", sent.len());
        }
    }

    #[tokio::test]
    async fn who_cannot_be_served_in_time_is_told_when() {
        let clock = Arc::new(ManualClock::new("2026-09-28T10:00:00Z".parse().unwrap()));
        let sharing = Sharing { shared: Fake::new(clock.clone()), tenant: TenantId::DEFAULT, name: "oa".to_owned() };
        let limiter = Limiter::new(clock, Rate { count: 1, period_millis: 60_000 }, Some(sharing));
        assert_eq!(limiter.wait(Duration::from_secs(2)).await, Ok(()));
        assert_eq!(limiter.wait(Duration::from_secs(2)).await, Err(Duration::from_secs(60)));
        assert_eq!(limiter.wait(Duration::from_secs(2)).await, Err(Duration::from_secs(60)), "asking takes nothing");
    }
}
