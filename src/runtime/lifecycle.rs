//! Start and stop: what is ready, who must stop when, and how long that may take.
//!
//! Stopping is soft first and hard after `SOFT_MAX`, in one order: not ready → claim nothing more → finish what is
//! under way → cut off requests to partners and settle what that leaves → close the listener → close the store. Webhooks are taken while work finishes, since a partner whose
//! callback is refused may not come back.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::spawn::Spawner;

/// How long everything together may take to finish by itself; then it is cut off. Orchestrators commonly kill at 30 s.
pub const SOFT_MAX: Duration = Duration::from_secs(20);

/// Of `SOFT_MAX`, what is kept for open HTTP exchanges after the work is done.
const LISTENER_SHARE: u32 = 4;
/// Of `SOFT_MAX`, what is kept for storing what became of requests that were cut off: a commit or two.
const SETTLE_SHARE: u32 = 8;

/// Which named parts are ready for work. A load balancer asks for the whole, a person for the parts.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Mutex<Parts>>);

#[derive(Debug, Default)]
struct Parts {
    /// Why a part is not ready; none when it is.
    waiting: BTreeMap<&'static str, Option<String>>,
    /// What works less well than it should, and how.
    degraded: BTreeMap<&'static str, String>,
    stopping: bool,
}

impl Readiness {
    /// A part is ready.
    pub fn ready(&self, part: &'static str) {
        self.lock().waiting.insert(part, None);
    }

    /// A part is not ready, and why.
    pub fn waits(&self, part: &'static str, why: impl Into<String>) {
        self.lock().waiting.insert(part, Some(why.into()));
    }

    /// A part works less well than it should; none when it is as it should be. Work may be sent here all the same.
    pub fn degraded(&self, part: &'static str, how: Option<String>) {
        let mut parts = self.lock();
        match how {
            Some(how) => drop(parts.degraded.insert(part, how)),
            None => drop(parts.degraded.remove(part)),
        }
    }

    /// What works less well than it should.
    pub fn degradations(&self) -> BTreeMap<&'static str, String> {
        self.lock().degraded.clone()
    }

    /// The process is stopping; nothing makes it ready again.
    pub fn stopping(&self) {
        self.lock().stopping = true;
    }

    /// Whether the process is stopping.
    pub fn is_stopping(&self) -> bool {
        self.lock().stopping
    }

    /// Each part and why it waits; the process is ready when it is not stopping and no part waits.
    pub fn parts(&self) -> BTreeMap<&'static str, Option<String>> {
        self.lock().waiting.clone()
    }

    /// Whether work may be sent here.
    pub fn is_ready(&self) -> bool {
        let parts = self.lock();
        !parts.stopping && parts.waiting.values().all(Option::is_none)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Parts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tokens and trackers of one process. Cheap to clone; every loop gets one.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    readiness: Readiness,
    claim: CancellationToken,
    cut: CancellationToken,
    listen: CancellationToken,
    hard: CancellationToken,
    work: TaskTracker,
    door: TaskTracker,
    spawner: Spawner,
}

/// How a stop went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Everything finished by itself.
    Clean,
    /// Something was cut off; what could not be settled any more is taken up when its lease ends.
    CutOff,
}

impl Lifecycle {
    /// A lifecycle with nothing in it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A lifecycle whose work runs elsewhere than on the process's runtime.
    pub fn with_spawner(spawner: Spawner) -> Self {
        Self { spawner, ..Self::default() }
    }

    /// Where its work runs, for what it need not wait for.
    pub fn spawner(&self) -> &Spawner {
        &self.spawner
    }

    /// What is ready.
    pub fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// Cancelled when loops must claim nothing more and come to an end.
    pub fn soft(&self) -> &CancellationToken {
        &self.claim
    }

    /// Cancelled when requests to partners are waited for no longer; what became of them is still stored.
    pub fn cut(&self) -> &CancellationToken {
        &self.cut
    }

    /// Cancelled when the listener must accept nothing more and finish what it has.
    pub fn listener(&self) -> &CancellationToken {
        &self.listen
    }

    /// Cancelled when time is up: drop everything.
    pub fn hard(&self) -> &CancellationToken {
        &self.hard
    }

    /// Runs a loop that `stop` waits for before the listener closes. It ends by itself after `soft`, or is dropped at
    /// `hard`.
    pub fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.spawn(&self.work, work);
    }

    /// Runs the listener: it ends by itself after `listener`, or is dropped at `hard`.
    pub fn run_listener(&self, door: impl Future<Output = ()> + Send + 'static) {
        self.spawn(&self.door, door);
    }

    fn spawn(&self, tracker: &TaskTracker, work: impl Future<Output = ()> + Send + 'static) {
        let hard = self.hard.clone();
        // Once on the heap: each of the futures around it would hold, and copy, what it is given twice.
        let work = Box::pin(work);
        self.spawner.run(tracker.track_future(async move {
            let _ = hard.run_until_cancelled(work).await;
        }));
    }

    /// Stops in order and within `bound`; afterwards only the store (and broker) remain to be closed by the caller.
    pub async fn stop(&self, bound: Duration) -> Stopped {
        self.readiness.stopping();
        let begun = tokio::time::Instant::now();
        self.claim.cancel();
        self.work.close();
        let for_work = bound - bound / LISTENER_SHARE;
        let work = tokio::time::timeout(for_work - bound / SETTLE_SHARE, self.work.wait()).await;
        self.cut.cancel();
        if work.is_err() {
            let _ = tokio::time::timeout(for_work.saturating_sub(begun.elapsed()), self.work.wait()).await;
        }
        self.listen.cancel();
        self.door.close();
        let door = tokio::time::timeout(bound.saturating_sub(begun.elapsed()), self.door.wait()).await;
        self.hard.cancel();
        // Cut-off tasks are dropped at their next await; give them the chance so that the store closes after them.
        self.work.wait().await;
        self.door.wait().await;
        if work.is_ok() && door.is_ok() { Stopped::Clean } else { Stopped::CutOff }
    }
}

/// Ends at the first request to stop: Ctrl-C, or SIGTERM from an orchestrator. Await it again for an impatient second.
pub async fn signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_order_is_readiness_claiming_work_listener() {
        let lifecycle = Lifecycle::new();
        let order = Arc::new(Mutex::new(Vec::new()));
        lifecycle.readiness().ready("store");
        assert!(lifecycle.readiness().is_ready());
        let (inner, seen) = (lifecycle.clone(), order.clone());
        lifecycle.run(async move {
            inner.soft().cancelled().await;
            seen.lock().unwrap().push(("work", inner.readiness().is_ready(), inner.listener().is_cancelled()));
        });
        let (inner, seen) = (lifecycle.clone(), order.clone());
        lifecycle.run_listener(async move {
            inner.listener().cancelled().await;
            seen.lock().unwrap().push(("listener", inner.readiness().is_ready(), inner.hard().is_cancelled()));
        });
        assert_eq!(lifecycle.stop(SOFT_MAX).await, Stopped::Clean);
        assert_eq!(*order.lock().unwrap(), [("work", false, false), ("listener", false, false)]);
    }

    #[tokio::test]
    async fn what_does_not_finish_is_cut_off_within_the_bound() {
        let lifecycle = Lifecycle::new();
        lifecycle.run(std::future::pending());
        lifecycle.run_listener(std::future::pending());
        // Without the cut this would never come back.
        assert_eq!(lifecycle.stop(Duration::from_millis(40)).await, Stopped::CutOff);
    }

    #[tokio::test]
    async fn who_is_cut_off_still_settles() {
        let lifecycle = Lifecycle::new();
        let settled = Arc::new(Mutex::new(None));
        let (inner, seen) = (lifecycle.clone(), settled.clone());
        lifecycle.run(async move {
            inner.cut().cancelled().await;
            tokio::task::yield_now().await;
            *seen.lock().unwrap() = Some((inner.listener().is_cancelled(), inner.hard().is_cancelled()));
        });
        assert_eq!(lifecycle.stop(Duration::from_secs(2)).await, Stopped::CutOff);
        assert_eq!(*settled.lock().unwrap(), Some((false, false)), "before the listener closes and everything is dropped");
    }

    #[test]
    fn one_part_that_waits_keeps_the_whole_from_being_ready() {
        let readiness = Readiness::default();
        readiness.ready("store");
        readiness.waits("broker", "it does not answer");
        assert!(!readiness.is_ready());
        readiness.ready("broker");
        assert!(readiness.is_ready());
        readiness.degraded("broker", Some("it is slow".to_owned()));
        assert!(readiness.is_ready(), "a process that can do its work gets it");
        assert_eq!(readiness.degradations().len(), 1);
        readiness.degraded("broker", None);
        assert!(readiness.degradations().is_empty());
        readiness.stopping();
        readiness.ready("store");
        assert!(!readiness.is_ready());
    }
}
