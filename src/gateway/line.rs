//! The line to one partner: rate limits, concurrency, circuit breaker and the pause a partner asked for.
//!
//! Shared by every version of a connection, so that publishing one does not give it a second allowance.

use super::limiter::{Limiter, Sharing, Waits};
use super::watch::{ByHand, LineState};
use crate::domain::connector::operation::Limits;
use crate::domain::ids::TenantId;
use crate::domain::retry::{Admission, Breaker, BreakerPolicy};
use crate::domain::text::units::Rate;
use crate::runtime::clock::{Clock, within};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests at the same time where nothing is said.
pub(super) const CONCURRENCY: u32 = 8;
/// Longest wait for a limit while holding a worker; longer ones give the work back.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// A call held back by a person looks again so often.
const HELD_LOOK: Duration = Duration::from_secs(5);

/// The line to one partner.
pub struct Line {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    breaker: Mutex<Breaker>,
    /// Not before this monotonic time; zero when nobody asked for a pause.
    paused_until: Mutex<Duration>,
    sharing: Option<Sharing>,
    /// A person holds the breaker.
    by_hand: Mutex<Option<ByHand>>,
    /// Calls that wait for leave.
    waiting: AtomicU32,
}

struct State {
    limits: Limits,
    concurrency: u32,
    limiters: Vec<Arc<Limiter>>,
    permits: Arc<Semaphore>,
}

/// Leave to send one request; given back when dropped.
pub struct Leave {
    _permit: OwnedSemaphorePermit,
}

/// Why nothing may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A limit of ours, or a pause the partner asked for.
    Limited(Duration),
    /// The breaker is open.
    Open(Duration),
    /// Every place is taken, until the deadline.
    Full,
    /// The process is stopping.
    Stopping,
}

impl Held {
    /// The reason, for counts.
    pub(super) fn word(self) -> &'static str {
        match self {
            Held::Limited(_) => "limited",
            Held::Open(_) => "open",
            Held::Full => "full",
            Held::Stopping => "stopping",
        }
    }
}

impl Line {
    pub(super) fn new(clock: Arc<dyn Clock>, limits: &Limits, concurrency_max: u32, sharing: Option<Sharing>) -> Line {
        let state = State::new(&clock, limits, concurrency_max, sharing.as_ref());
        let breaker = Breaker::new(BreakerPolicy::default());
        Line {
            clock,
            state: Mutex::new(state),
            breaker: Mutex::new(breaker),
            paused_until: Mutex::new(Duration::ZERO),
            sharing,
            by_hand: Mutex::default(),
            waiting: AtomicU32::new(0),
        }
    }

    /// Takes over changed limits; unchanged ones keep what they have counted.
    pub(super) fn update(&self, limits: &Limits, concurrency_max: u32) {
        let mut state = lock(&self.state);
        let concurrency = limits.concurrency.unwrap_or(CONCURRENCY).min(concurrency_max).max(1);
        if state.limits.rates != limits.rates {
            state.limiters = limiters(&self.clock, &limits.rates, self.sharing.as_ref());
        }
        if state.concurrency != concurrency {
            // Requests under way keep their places in the old one.
            state.permits = Arc::new(Semaphore::new(concurrency as usize));
            state.concurrency = concurrency;
        }
        state.limits = limits.clone();
    }

    /// Waits for leave to send one request, at most until `left` is over.
    pub(super) async fn enter(&self, left: Duration) -> Result<Leave, Held> {
        let _waits = Waits::of(&self.waiting);
        if *lock(&self.by_hand) == Some(ByHand::Open) {
            return Err(Held::Open(HELD_LOOK));
        }
        let left_at_start = self.clock.monotonic();
        let remaining = || left.saturating_sub(self.clock.monotonic().saturating_sub(left_at_start));
        self.wait_for_pause(remaining()).await?;
        let (limiters, permits) = {
            let state = lock(&self.state);
            (state.limiters.clone(), state.permits.clone())
        };
        // The semaphore is never closed, so the only failure is the time.
        let permit = within(self.clock.as_ref(), remaining(), permits.acquire_owned()).await;
        let Some(Ok(permit)) = permit else { return Err(Held::Full) };
        for limiter in &limiters {
            limiter.wait(WAIT_MAX.min(remaining())).await.map_err(Held::Limited)?;
        }
        if *lock(&self.by_hand) == Some(ByHand::Closed) {
            return Ok(Leave { _permit: permit });
        }
        // Last, because an admitted probe must be followed by a request.
        match lock(&self.breaker).admit(self.millis()) {
            Admission::Go => Ok(Leave { _permit: permit }),
            Admission::Wait { millis } => Err(Held::Open(Duration::from_millis(millis))),
        }
    }

    async fn wait_for_pause(&self, left: Duration) -> Result<(), Held> {
        let until = *lock(&self.paused_until);
        let wait = until.saturating_sub(self.clock.monotonic());
        if wait.is_zero() {
            return Ok(());
        }
        if wait > WAIT_MAX.min(left) {
            return Err(Held::Limited(wait));
        }
        self.clock.wait(wait).await;
        Ok(())
    }

    /// The partner answered in a way that shows it is alive, or not.
    pub(super) fn tell(&self, alive: bool) {
        let now = self.millis();
        let mut breaker = lock(&self.breaker);
        if alive { breaker.succeeded(now) } else { breaker.failed(now) }
    }

    /// Leave was given and not used.
    pub(super) fn abandon(&self) {
        let now = self.millis();
        lock(&self.breaker).abandoned(now);
    }

    /// The partner asked for a pause.
    pub(super) fn pause(&self, wait: Duration) {
        let until = self.clock.monotonic().saturating_add(wait);
        let mut paused = lock(&self.paused_until);
        *paused = until.max(*paused);
    }

    /// Whether the breaker holds calls back.
    pub(super) fn is_open(&self) -> bool {
        match *lock(&self.by_hand) {
            Some(ByHand::Open) => true,
            Some(ByHand::Closed) => false,
            None => lock(&self.breaker).is_open(),
        }
    }

    /// A person holds the breaker, or lets it go.
    pub(super) fn hold(&self, by_hand: Option<ByHand>) {
        *lock(&self.by_hand) = by_hand;
    }

    /// How the line stands.
    pub(super) fn state(&self, tenant: TenantId, connection: String) -> LineState {
        let (breaker, held_millis) = lock(&self.breaker).standing(self.millis());
        let paused = lock(&self.paused_until).saturating_sub(self.clock.monotonic());
        let state = lock(&self.state);
        let free = u32::try_from(state.permits.available_permits()).unwrap_or(u32::MAX);
        LineState {
            tenant,
            connection,
            breaker,
            held_millis,
            by_hand: lock(&self.by_hand).map(ByHand::word),
            places: state.concurrency,
            in_use: state.concurrency.saturating_sub(free),
            waiting: self.waiting.load(Ordering::Relaxed),
            rates: state.limits.rates.iter().map(|rate| (rate.count, rate.period_millis)).collect(),
            paused_millis: u64::try_from(paused.as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.clock.monotonic().as_millis()).unwrap_or(u64::MAX)
    }
}

impl State {
    fn new(clock: &Arc<dyn Clock>, limits: &Limits, concurrency_max: u32, sharing: Option<&Sharing>) -> State {
        let concurrency = limits.concurrency.unwrap_or(CONCURRENCY).min(concurrency_max).max(1);
        State {
            limits: limits.clone(),
            concurrency,
            limiters: limiters(clock, &limits.rates, sharing),
            permits: Arc::new(Semaphore::new(concurrency as usize)),
        }
    }
}

/// The rates of a line have names of their own where they are shared: a changed rate is another one.
fn limiters(clock: &Arc<dyn Clock>, rates: &[Rate], sharing: Option<&Sharing>) -> Vec<Arc<Limiter>> {
    let named = |rate: &Rate| {
        let name = |sharing: &Sharing| format!("{} {}/{}", sharing.name, rate.count, rate.period_millis);
        sharing.map(|sharing| Sharing { name: name(sharing), ..sharing.clone() })
    };
    rates.iter().map(|rate| Arc::new(Limiter::new(clock.clone(), *rate, named(rate)))).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::ManualClock;

    fn line(limits: &Limits) -> (Arc<ManualClock>, Line) {
        let clock = Arc::new(ManualClock::new("2026-09-28T10:00:00Z".parse().unwrap()));
        (clock.clone(), Line::new(clock, limits, 100, None))
    }

    #[tokio::test]
    async fn no_period_ever_holds_more_than_the_rate() {
        for (count, period_millis) in [(20, 1_000), (5, 1_000), (1, 1_000), (200, 1_000), (600, 60_000)] {
            let limits = Limits { rates: vec![Rate { count, period_millis }], concurrency: Some(100) };
            let (clock, line) = line(&limits);
            let limiter = lock(&line.state).limiters[0].clone();
            let mut sent: Vec<u64> = Vec::new();
            let step = (period_millis / 400).max(1);
            for tick in 0..1_600 {
                while limiter.check() {
                    sent.push(tick * step);
                }
                clock.advance(Duration::from_millis(step));
            }
            for (index, start) in sent.iter().enumerate() {
                let within = sent[index..].iter().filter(|at| **at < start + period_millis).count();
                assert!(within <= count as usize, "{within} of {count} in {period_millis} ms");
            }
            let whole = sent.len() as u64 * period_millis / (1_600 * step);
            assert!(whole >= u64::from(count) * 95 / 100, "{count}/{period_millis}: only {whole} a period");
        }
    }

    #[tokio::test]
    async fn places_are_given_back() {
        let (_, line) = line(&Limits { rates: vec![], concurrency: Some(1) });
        let leave = line.enter(Duration::from_secs(1)).await.ok().unwrap();
        assert_eq!(line.enter(Duration::ZERO).await.err(), Some(Held::Full));
        drop(leave);
        assert!(line.enter(Duration::ZERO).await.is_ok());
    }

    #[tokio::test]
    async fn a_pause_holds_everything_back_and_ends() {
        let (clock, line) = line(&Limits::default());
        line.pause(Duration::from_secs(60));
        line.pause(Duration::from_secs(5));
        assert_eq!(line.enter(Duration::from_secs(30)).await.err(), Some(Held::Limited(Duration::from_secs(60))));
        clock.advance(Duration::from_secs(60));
        assert!(line.enter(Duration::from_secs(30)).await.is_ok());
    }

    #[tokio::test]
    async fn an_open_breaker_lets_one_probe_through() {
        let (clock, line) = line(&Limits::default());
        for _ in 0..10 {
            drop(line.enter(Duration::from_secs(1)).await.ok().unwrap());
            line.tell(false);
        }
        assert!(matches!(line.enter(Duration::from_secs(1)).await.err(), Some(Held::Open(_))));
        clock.advance(Duration::from_secs(5));
        let probe = line.enter(Duration::from_secs(1)).await;
        assert!(probe.is_ok() && line.enter(Duration::from_secs(1)).await.is_err());
        line.tell(true);
        assert!(line.enter(Duration::from_secs(1)).await.is_ok());
    }
}
