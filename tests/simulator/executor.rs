//! Runs tasks on one thread in virtual time: ready ones in an order the dice choose, idle time skipped.
//!
//! A task belongs to an owner (a replica, or the world of partners and people). An owner can be killed between two polls of
//! its tasks, which is what the death of a process is to everybody else, or frozen and thawed.

use crate::dice::Dice;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use waybill::runtime::{Clock, Spawner};

/// Whose task it is.
pub type Owner = u32;

/// Partners, people and the network: never killed.
pub const WORLD: Owner = 0;

/// The executor. Cheap to clone.
#[derive(Clone)]
pub struct Executor(Arc<Shared>);

struct Shared {
    start: Timestamp,
    polls: Vec<Duration>,
    dice: Dice,
    core: Mutex<Core>,
    ready: Arc<Mutex<VecDeque<u64>>>,
    fate: Mutex<Option<Arc<Fate>>>,
}

/// Asked before a replica's task goes on; what it does to the replica counts from then.
type Fate = dyn Fn(Owner) + Send + Sync;

#[derive(Default)]
struct Core {
    now: Duration,
    number: u64,
    tasks: HashMap<u64, Task>,
    timers: BinaryHeap<Reverse<(Duration, u64)>>,
    wakers: HashMap<u64, Waker>,
    /// Waits of polling loops: they find nothing before something is due, so the time until then is skipped.
    polls: BTreeMap<u64, Polling>,
    dead: BTreeSet<Owner>,
    /// Whether somebody died whose tasks are still there.
    unburied: bool,
    frozen: BTreeMap<Owner, Vec<u64>>,
    steps: u64,
    hash: u64,
}

/// A loop that polls: since when, how often, and whom to wake.
struct Polling {
    began: Duration,
    period: Duration,
    waker: Waker,
}

struct Task {
    owner: Owner,
    future: Option<BoxFuture<'static, ()>>,
    flag: Arc<Flag>,
}

struct Flag {
    id: u64,
    queued: AtomicBool,
    ready: Arc<Mutex<VecDeque<u64>>>,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::Relaxed) {
            lock(&self.ready).push_back(self.id);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many ready tasks the dice choose among.
const CHOICE: u64 = 4;

impl Executor {
    /// `polls` is how long idle loops wait, by which their waits are told from others and from each other's.
    pub fn new(start: Timestamp, polls: &[Duration], dice: Dice) -> Self {
        Self(Arc::new(Shared { start, polls: polls.to_vec(), dice, core: Mutex::default(), ready: Arc::default(), fate: Mutex::default() }))
    }

    /// Time since the start.
    pub fn now(&self) -> Duration {
        lock(&self.0.core).now
    }

    /// True time, without anybody's skew.
    pub fn timestamp(&self) -> Timestamp {
        plus(self.0.start, self.now())
    }

    /// When that is after the start; zero for what is past.
    pub fn since_start(&self, at: Timestamp) -> Duration {
        Duration::try_from(at.duration_since(self.0.start)).unwrap_or(Duration::ZERO)
    }

    pub fn spawn(&self, owner: Owner, work: impl Future<Output = ()> + Send + 'static) {
        let mut core = lock(&self.0.core);
        if core.dead.contains(&owner) {
            return;
        }
        core.number += 1;
        let id = core.number;
        let flag = Arc::new(Flag { id, queued: AtomicBool::new(true), ready: self.0.ready.clone() });
        core.tasks.insert(id, Task { owner, future: Some(work.boxed()), flag });
        lock(&self.0.ready).push_back(id);
    }

    /// Where a replica's tasks run.
    pub fn spawner(&self, owner: Owner) -> Spawner {
        let executor = self.clone();
        Spawner::new(move |work| executor.spawn(owner, work))
    }

    pub fn sleep(&self, wait: Duration) -> Sleep {
        Sleep { executor: self.clone(), until: self.now() + wait, poll: None, registered: None }
    }

    fn poll_wait(&self, period: Duration) -> Sleep {
        let now = self.now();
        Sleep { executor: self.clone(), until: now + period, poll: Some((now, period)), registered: None }
    }

    /// The owner's tasks are gone from now on; one that is being polled goes at the end of this poll.
    pub fn kill(&self, owner: Owner) {
        let mut core = lock(&self.0.core);
        core.unburied |= core.dead.insert(owner);
    }

    pub fn is_dead(&self, owner: Owner) -> bool {
        lock(&self.0.core).dead.contains(&owner)
    }

    /// The owner's tasks stand still.
    pub fn freeze(&self, owner: Owner) {
        lock(&self.0.core).frozen.entry(owner).or_default();
    }

    pub fn thaw(&self, owner: Owner) {
        let waiting = lock(&self.0.core).frozen.remove(&owner);
        lock(&self.0.ready).extend(waiting.unwrap_or_default());
    }

    /// Asks `fate` before every step of a replica.
    pub fn set_fate(&self, fate: Option<Arc<Fate>>) {
        *lock(&self.0.fate) = fate;
    }

    /// Notes something in the hash of the run.
    pub fn note(&self, what: &str) {
        let mut core = lock(&self.0.core);
        core.hash = what.bytes().fold(core.hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    }

    /// Hash of everything that was noted and of every step; polls of tasks so far.
    pub fn trace(&self) -> (u64, u64) {
        let core = lock(&self.0.core);
        (core.hash, core.steps)
    }

    /// Runs until `limit`, or until `over` says so; it is asked whenever time is about to move. `due` tells when the loops that
    /// poll this often would find something.
    pub fn run(&self, limit: Duration, due: impl Fn(Duration) -> Option<Duration>, mut over: impl FnMut() -> bool) {
        loop {
            while self.step() {}
            if over() || !self.advance(limit, &due) {
                return;
            }
        }
    }

    /// Polls one ready task; false when none is ready.
    fn step(&self) -> bool {
        let id = {
            let mut ready = lock(&self.0.ready);
            if ready.is_empty() {
                drop(ready);
                self.bury();
                return false;
            }
            let choice = (ready.len() as u64).min(CHOICE);
            let index = if choice > 1 { self.0.dice.below(choice) } else { 0 };
            ready.remove(usize::try_from(index).unwrap_or(0))
        };
        let Some(id) = id else { return true };
        self.ask_fate(id);
        let (mut future, flag, owner) = {
            let mut core = lock(&self.0.core);
            let Some(task) = core.tasks.get(&id) else { return true };
            let owner = task.owner;
            if core.dead.contains(&owner) {
                return true;
            }
            if let Some(waiting) = core.frozen.get_mut(&owner) {
                waiting.push(id);
                return true;
            }
            core.steps += 1;
            let mark = id ^ u64::try_from(core.now.as_micros()).unwrap_or(0).rotate_left(20);
            core.hash = (core.hash ^ mark).wrapping_mul(0x0100_0000_01b3);
            let Some(task) = core.tasks.get_mut(&id) else { return true };
            let Some(future) = task.future.take() else { return true };
            (future, task.flag.clone(), owner)
        };
        flag.queued.store(false, Ordering::Relaxed);
        let waker = Waker::from(flag);
        let outcome = future.as_mut().poll(&mut Context::from_waker(&waker));
        let mut core = lock(&self.0.core);
        if outcome.is_pending() && !core.dead.contains(&owner) {
            if let Some(task) = core.tasks.get_mut(&id) {
                task.future = Some(future);
            }
            return true;
        }
        core.tasks.remove(&id);
        drop(core);
        drop(future);
        true
    }

    fn ask_fate(&self, id: u64) {
        let owner = lock(&self.0.core).tasks.get(&id).map_or(WORLD, |task| task.owner);
        let fate = lock(&self.0.fate).clone();
        if let Some(fate) = fate.filter(|_| owner != WORLD && !self.is_dead(owner)) {
            fate(owner);
        }
    }

    /// Drops the tasks of the dead.
    fn bury(&self) {
        let mut gone = Vec::new();
        {
            let mut core = lock(&self.0.core);
            // The dead get no new tasks: once is enough.
            if !std::mem::take(&mut core.unburied) {
                return;
            }
            let Core { tasks, dead, .. } = &mut *core;
            let mut ids: Vec<u64> = tasks.iter().filter(|(_, task)| dead.contains(&task.owner)).map(|(id, _)| *id).collect();
            ids.sort_unstable();
            gone.extend(ids.into_iter().filter_map(|id| tasks.remove(&id)));
        }
        drop(gone);
    }

    fn advance(&self, limit: Duration, due: &impl Fn(Duration) -> Option<Duration>) -> bool {
        let due: Vec<(Duration, Duration)> = self.0.polls.iter().filter_map(|period| Some((*period, due(*period)?))).collect();
        let mut woken = Vec::new();
        {
            let mut core = lock(&self.0.core);
            let now = core.now;
            let timer = core.timers.peek().map(|Reverse((at, _))| *at);
            let looks_at = |polling: &Polling| {
                let due = due.iter().find(|(period, _)| *period == polling.period)?;
                Some(tick(polling.began, due.1, now, polling.period))
            };
            let look = core.polls.values().filter_map(looks_at).min();
            let Some(next) = [timer, look].into_iter().flatten().min() else {
                core.now = limit;
                return false;
            };
            if next > limit {
                core.now = limit;
                return false;
            }
            core.now = next.max(now);
            while core.timers.peek().is_some_and(|Reverse((at, _))| *at <= next) {
                let Some(Reverse((_, number))) = core.timers.pop() else { break };
                woken.extend(core.wakers.remove(&number));
            }
            let over: Vec<u64> = core
                .polls
                .iter()
                .filter(|(_, polling)| looks_at(polling).is_some_and(|at| at <= next))
                .map(|(number, _)| *number)
                .collect();
            woken.extend(over.into_iter().filter_map(|number| core.polls.remove(&number)).map(|polling| polling.waker));
        }
        woken.into_iter().for_each(Waker::wake);
        true
    }
}

/// When a loop that polls since `began` looks at what is due at `due`.
fn tick(began: Duration, due: Duration, now: Duration, poll: Duration) -> Duration {
    let from = due.max(now).saturating_sub(began).as_micros();
    let turns = from.div_ceil(poll.as_micros()).max(1);
    began + Duration::from_micros(u64::try_from(turns * poll.as_micros()).unwrap_or(u64::MAX))
}

fn plus(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

/// A wait in virtual time.
pub struct Sleep {
    executor: Executor,
    until: Duration,
    /// When a polling loop began to wait, and how often it polls.
    poll: Option<(Duration, Duration)>,
    registered: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let shared = self.executor.0.clone();
        let mut core = lock(&shared.core);
        if core.now >= self.until {
            return Poll::Ready(());
        }
        if let Some(number) = self.registered {
            // Woken by something else in the meantime: the newest waker counts.
            let waker = context.waker().clone();
            if self.poll.is_none() {
                core.wakers.insert(number, waker);
            } else if let Some(waiting) = core.polls.get_mut(&number) {
                waiting.waker = waker;
            }
            return Poll::Pending;
        }
        core.number += 1;
        let number = core.number;
        match self.poll {
            Some((began, period)) => {
                core.polls.insert(number, Polling { began, period, waker: context.waker().clone() });
            }
            None => {
                core.timers.push(Reverse((self.until, number)));
                core.wakers.insert(number, context.waker().clone());
            }
        }
        self.registered = Some(number);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(number) = self.registered {
            let mut core = lock(&self.executor.0.core);
            core.wakers.remove(&number);
            core.polls.remove(&number);
        }
    }
}

/// A replica's clock: virtual time, with the replica's own idea of what time it is.
pub struct SimulatedClock {
    executor: Executor,
    /// What it is always off by, and what it was set wrong by.
    skew: Mutex<(SignedDuration, SignedDuration)>,
}

impl SimulatedClock {
    pub fn new(executor: Executor, skew: SignedDuration) -> Self {
        Self { executor, skew: Mutex::new((skew, SignedDuration::ZERO)) }
    }

    /// Sets it wrong by this; zero sets it right.
    pub fn set(&self, off: SignedDuration) {
        lock(&self.skew).1 = off;
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let (always, set) = *lock(&self.skew);
        self.executor.timestamp() + always + set
    }

    fn monotonic(&self) -> Duration {
        self.executor.now()
    }

    fn wait(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if self.executor.0.polls.contains(&duration) {
            self.executor.poll_wait(duration).boxed()
        } else {
            self.executor.sleep(duration).boxed()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn executor() -> Executor {
        Executor::new("2026-09-28T10:00:00Z".parse().unwrap(), &[Duration::from_millis(500)], Dice::new(1))
    }

    #[test]
    fn idle_time_is_skipped_and_order_is_by_time() {
        let executor = executor();
        let seen = Arc::new(Mutex::new(Vec::new()));
        for wait in [30, 10, 20] {
            let (seen, sleep, clock) = (seen.clone(), executor.sleep(Duration::from_secs(wait)), executor.clone());
            executor.spawn(WORLD, async move {
                sleep.await;
                seen.lock().unwrap().push(clock.now().as_secs());
            });
        }
        executor.run(Duration::from_secs(3_600), |_| None, || false);
        assert_eq!(*seen.lock().unwrap(), [10, 20, 30]);
        assert_eq!(executor.now(), Duration::from_secs(3_600));
    }

    #[test]
    fn polling_loops_wake_at_their_tick_after_something_is_due() {
        let executor = executor();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let clock = SimulatedClock::new(executor.clone(), SignedDuration::ZERO);
        let looks = seen.clone();
        executor.spawn(1, async move {
            loop {
                clock.wait(Duration::from_millis(500)).await;
                looks.lock().unwrap().push(clock.monotonic().as_millis());
            }
        });
        let due = |_| Some(Duration::from_millis(10_100)).filter(|_| seen.lock().unwrap().len() < 2);
        executor.run(Duration::from_secs(60), due, || false);
        assert_eq!(*seen.lock().unwrap(), [10_500, 11_000]);
    }

    #[test]
    fn the_dead_do_nothing_and_the_frozen_do_it_later() {
        let executor = executor();
        let seen = Arc::new(Mutex::new(Vec::new()));
        for owner in [1, 2] {
            let (seen, executor) = (seen.clone(), executor.clone());
            executor.clone().spawn(owner, async move {
                executor.sleep(Duration::from_secs(1)).await;
                seen.lock().unwrap().push((owner, executor.now().as_secs()));
            });
        }
        executor.run(Duration::from_millis(500), |_| None, || false);
        executor.kill(1);
        executor.freeze(2);
        executor.run(Duration::from_secs(9), |_| None, || false);
        assert_eq!(*seen.lock().unwrap(), []);
        executor.thaw(2);
        executor.run(Duration::from_secs(10), |_| None, || false);
        assert_eq!(*seen.lock().unwrap(), [(2, 9)]);
    }
}
