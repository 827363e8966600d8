//! Time as a value that is handed in: the system's clock in production, a clock moved by hand in tests and simulations.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::watch;

/// Tells the time and waits. Everything outside `runtime` that wants either takes one of these.
pub trait Clock: Send + Sync + 'static {
    /// Wall-clock time, for what is stored and shown. It may jump; never subtract two of these to measure.
    fn now(&self) -> Timestamp;

    /// Time since some fixed beginning; never goes back. For measuring.
    fn monotonic(&self) -> Duration;

    /// Waits this long by this clock. Only for pauses that nothing durable depends on: what must happen after a
    /// restart too is a stored timer.
    fn wait(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// What the work comes to, when it does so within `limit` by this clock.
pub async fn within<F: Future>(clock: &dyn Clock, limit: Duration, work: F) -> Option<F::Output> {
    tokio::select! {
        biased;
        output = work => Some(output),
        () = clock.wait(limit) => None,
    }
}

/// The system's clock.
#[derive(Debug)]
pub struct SystemClock {
    began: Instant,
}

impl SystemClock {
    /// A clock whose monotonic time begins now.
    pub fn new() -> Self {
        Self { began: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's wall clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.began.elapsed()
    }

    fn wait(&self, duration: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(duration).boxed()
    }
}

/// A clock that moves only when told to; waits end when it has been moved far enough.
#[derive(Debug)]
pub struct ManualClock {
    start: Timestamp,
    /// Added to both readings.
    elapsed: watch::Sender<Duration>,
    /// How much the wall clock was set off against the monotonic one.
    jumped: Mutex<jiff::SignedDuration>,
}

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self { start, elapsed: watch::Sender::new(Duration::ZERO), jumped: Mutex::new(jiff::SignedDuration::ZERO) }
    }

    /// Moves time on; waits that end by then wake up.
    pub fn advance(&self, by: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += by);
    }

    /// Sets the wall clock off, as an administrator or a time server would; the monotonic time does not notice.
    pub fn jump(&self, by: jiff::SignedDuration) {
        let mut jumped = self.jumped.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *jumped = jumped.saturating_add(by);
    }

    /// How many waits are pending; tests wait for this before they advance.
    pub fn waiting(&self) -> usize {
        self.elapsed.receiver_count()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        let jumped = *self.jumped.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let elapsed = jiff::SignedDuration::try_from(*self.elapsed.borrow()).unwrap_or(jiff::SignedDuration::MAX);
        let offset = elapsed.saturating_add(jumped);
        let end = if offset.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
        self.start.checked_add(offset).unwrap_or(end)
    }

    fn monotonic(&self) -> Duration {
        *self.elapsed.borrow()
    }

    fn wait(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut elapsed = self.elapsed.subscribe();
        let until = self.monotonic().saturating_add(duration);
        async move {
            // An error means that the clock is gone, and with it everybody who could be woken.
            let _ = elapsed.wait_for(|elapsed| *elapsed >= until).await;
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> ManualClock {
        ManualClock::new("2026-09-28T10:00:00Z".parse().unwrap())
    }

    #[test]
    fn advancing_moves_both_readings_and_jumping_only_the_wall() {
        let clock = clock();
        clock.advance(Duration::from_secs(90));
        clock.jump(jiff::SignedDuration::from_secs(-30));
        assert_eq!(clock.now(), "2026-09-28T10:01:00Z".parse().unwrap());
        assert_eq!(clock.monotonic(), Duration::from_secs(90));
    }

    #[tokio::test]
    async fn a_wait_ends_when_time_has_come_and_not_before() {
        let clock = clock();
        let mut wait = clock.wait(Duration::from_secs(10));
        clock.advance(Duration::from_secs(9));
        assert!(futures::poll!(&mut wait).is_pending());
        clock.advance(Duration::from_secs(1));
        wait.await;
    }

    #[test]
    fn the_end_of_time_is_not_a_panic() {
        let clock = clock();
        clock.jump(jiff::SignedDuration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
        clock.jump(jiff::SignedDuration::MIN);
        clock.jump(jiff::SignedDuration::MIN);
        assert_eq!(clock.now(), Timestamp::MIN);
    }
}
