//! Start and stop: what is ready, who must stop when, and how long that may take.
//!
//! Stopping is soft first and hard after `SOFT_MAX`, in one order: not ready → claim nothing more → finish what is
//! under way → cut off requests to partners and settle what that leaves → close the listener → close the store. Webhooks are taken while work finishes, since a partner whose
//! callback is refused may not come back.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::metrics::list::LOOP_DEATHS;
use super::spawn::Spawner;

/// How long everything together may take to finish by itself; then it is cut off. Orchestrators commonly kill at 30 s.
pub const SOFT_MAX: Duration = Duration::from_secs(20);

/// Of `SOFT_MAX`, what is kept for open HTTP exchanges after the work is done.
const LISTENER_SHARE: u32 = 4;
/// Of `SOFT_MAX`, what is kept for storing what became of requests that were cut off: a commit or two.
const SETTLE_SHARE: u32 = 8;

/// How a loop that died begins again.
#[derive(Clone, Copy)]
struct Revival {
    /// Wait before it; doubled with each death.
    wait: Duration,
    /// The longest wait.
    wait_max: Duration,
    /// A loop that has gone on for so long is well.
    well_after: Duration,
}

const REVIVAL: Revival = Revival { wait: Duration::from_secs(1), wait_max: Duration::from_secs(60), well_after: Duration::from_secs(300) };

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

    /// Keeps a loop going: one that dies of a panic is begun again, is counted, and shows in the readiness until it has gone on for
    /// a while. A process whose timers stopped firing without a word would look healthy for ever.
    pub fn keep<F>(&self, name: &'static str, begin: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.keep_with(REVIVAL, name, begin);
    }

    fn keep_with<F>(&self, revival: Revival, name: &'static str, mut begin: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        if self.spawner.is_elsewhere() {
            // Who simulates wants to see it.
            return self.run(begin());
        }
        let (readiness, soft) = (self.readiness.clone(), self.claim.clone());
        self.run(async move {
            let mut wait = revival.wait;
            let mut ill = false;
            loop {
                let mut going = AssertUnwindSafe(Box::pin(begin())).catch_unwind();
                let well = tokio::time::sleep(revival.well_after);
                tokio::pin!(well);
                let died = loop {
                    tokio::select! {
                        ended = &mut going => break ended.is_err(),
                        () = &mut well, if ill => {
                            (ill, wait) = (false, revival.wait);
                            readiness.degraded(name, None);
                        }
                    }
                };
                if !died || soft.is_cancelled() {
                    return;
                }
                LOOP_DEATHS.increment([name]);
                tracing::error!(part = name, "the loop `{name}` died and begins again in {wait:?}");
                readiness.degraded(name, Some("it died of a fault of this hub and was begun again; the log says where".to_owned()));
                ill = true;
                tokio::select! {
                    () = soft.cancelled() => return,
                    () = tokio::time::sleep(wait) => {}
                }
                wait = (wait * 2).min(revival.wait_max);
            }
        });
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

    #[tokio::test]
    async fn a_loop_that_dies_begins_again_and_says_so_until_it_has_gone_on_for_a_while() {
        let lifecycle = Lifecycle::new();
        let begun = Arc::new(Mutex::new(0));
        let (go_on, hold) = tokio::sync::watch::channel(0);
        let (count, soft) = (begun.clone(), lifecycle.soft().clone());
        let millis = Duration::from_millis;
        let revival = Revival { wait: millis(1), wait_max: millis(2), well_after: millis(5) };
        lifecycle.keep_with(revival, "timers", move || {
            let (count, soft, mut hold) = (count.clone(), soft.clone(), hold.clone());
            async move {
                let number = {
                    let mut count = count.lock().unwrap();
                    *count += 1;
                    *count
                };
                let _ = hold.wait_for(|allowed| *allowed >= number).await;
                assert!(number > 2, "dies twice");
                soft.cancelled().await;
            }
        });
        let until = async |what: &dyn Fn() -> bool| {
            while !what() {
                tokio::time::sleep(millis(1)).await;
            }
        };
        until(&|| *begun.lock().unwrap() == 1).await;
        assert!(lifecycle.readiness().degradations().is_empty());
        go_on.send(1).unwrap();
        until(&|| *begun.lock().unwrap() == 2).await;
        go_on.send(2).unwrap();
        until(&|| *begun.lock().unwrap() == 3).await;
        go_on.send(3).unwrap();
        // It is told by then, and forgotten once the third has gone on for a while.
        until(&|| lifecycle.readiness().degradations().is_empty()).await;
        assert_eq!(lifecycle.stop(SOFT_MAX).await, Stopped::Clean);
        assert_eq!(*begun.lock().unwrap(), 3);
    }

    #[tokio::test]
    async fn a_loop_that_keeps_dying_shows() {
        let lifecycle = Lifecycle::new();
        let revival = Revival { wait: Duration::from_secs(600), wait_max: Duration::from_secs(600), well_after: Duration::from_secs(600) };
        lifecycle.keep_with(revival, "timers", || async { panic!("a fault") });
        while lifecycle.readiness().degradations().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(lifecycle.readiness().degradations().keys().copied().collect::<Vec<_>>(), ["timers"]);
        assert_eq!(lifecycle.stop(SOFT_MAX).await, Stopped::Clean, "it does not wait for what waits");
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
