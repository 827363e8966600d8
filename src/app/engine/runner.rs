//! Runs engine batches: loads missing flow versions, repeats what is safe to repeat, bisects what fails, hands on what was claimed.

use super::batch::{Circumstances, decide_batch};
use super::definitions::{Live, NotLoaded};
use super::input::{Input, Stuck, StuckAt, Verdict, keys};
use super::parked::Parked;
use crate::app::receive::Processor;
use crate::app::trace as spans;
use crate::runtime::metrics::list::{
    ENGINE_BATCH_INPUTS, ENGINE_BATCHES, ENGINE_DECISION_SECONDS, ENGINE_INPUTS, ENGINE_STATEMENTS, ENGINE_TRANSACTION_SECONDS,
};
use crate::runtime::tally::Tally;
use crate::runtime::{Clock, trace};
use crate::store::{ClaimedEffect, Decide, Error, Lease, Message, ReadyLane, Store, Writes};
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Where freshly claimed effects go.
pub trait Claims: Send + Sync {
    /// How many effects each connection may take now.
    fn room(&self) -> HashMap<String, u32>;
    /// Takes effects whose lease began at `leased_at` by the clock's monotonic time, and the lanes that wait unclaimed, decided
    /// at `now`.
    fn take(&self, claimed: Vec<ClaimedEffect>, ready: Vec<ReadyLane>, now: Timestamp, leased_at: Duration);
}

/// Everything an engine batch is run with.
pub struct Runner {
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// The definitions in force.
    pub live: Arc<Live>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// This process, unique per start.
    pub owner: String,
    /// How long a claim holds.
    pub lease: SignedDuration,
    /// Where claimed effects go.
    pub claims: Arc<dyn Claims>,
    /// Events that wait for a link.
    pub parked: Arc<Parked>,
    /// Works on messages that need not wait any longer.
    pub processor: Arc<dyn Processor>,
    /// Whether committed changes are published.
    pub publishes: bool,
    /// Counts for charts.
    pub tally: Tally,
    /// Statements run so far, for the benchmark.
    pub statements: Arc<AtomicU64>,
}

/// Waits between repeats of a batch while the database is away, milliseconds.
const AWAY_WAITS_MILLIS: [u64; 6] = [20, 100, 500, 1_000, 2_000, 5_000];

/// Documents made by one input that may turn out to be known before its batch is halved.
const KNOWN_MAX: usize = 64;

/// What is said of an input whose decision panicked.
const PANICKED: &str = "deciding on it panicked, a fault of this hub; the log says where";

impl Runner {
    /// Runs one batch to its end: every input gets a verdict.
    pub async fn run(&self, inputs: Vec<Input>) -> Vec<Verdict> {
        let mut verdicts = self.attempt(&inputs).await;
        // A version that is not in memory (an instance of before the last start) is loaded, then its inputs come again.
        for _ in 0..8 {
            let again: Vec<usize> = verdicts
                .iter()
                .enumerate()
                .filter(|(_, verdict)| matches!(verdict, Verdict::Version { .. }))
                .map(|(index, _)| index)
                .collect();
            if again.is_empty() {
                break;
            }
            for index in &again {
                let Some(Verdict::Version { tenant, flow, hash }) = verdicts.get(*index) else { continue };
                let problem = loop {
                    match self.live.load_version(self.store.as_ref(), *tenant, flow, hash).await {
                        Ok(_) => break None,
                        // As with a batch: it goes on when the store does.
                        Err(NotLoaded::Away(_)) => self.clock.wait(Duration::from_millis(AWAY_WAITS_MILLIS[2])).await,
                        Err(NotLoaded::Wrong(problem)) => break Some(problem),
                    }
                };
                if let Some(problem) = problem {
                    verdicts[*index] = Verdict::Unloadable(format!("flow version `{hash}` cannot be loaded: {problem}"));
                }
            }
            let retry: Vec<usize> = again.into_iter().filter(|index| matches!(verdicts[*index], Verdict::Version { .. })).collect();
            let subset: Vec<Input> = retry.iter().map(|index| inputs[*index].clone()).collect();
            for (index, verdict) in retry.into_iter().zip(self.attempt(&subset).await) {
                verdicts[index] = verdict;
            }
        }
        self.stop_timers(&inputs, &verdicts).await;
        verdicts
    }

    /// Nobody waits for what becomes of a timer: one that cannot be decided on is put off, with an exception that says so. Left where
    /// it is, it would be looked at with every poll and never heard of.
    async fn stop_timers(&self, inputs: &[Input], verdicts: &[Verdict]) {
        for (input, verdict) in inputs.iter().zip(verdicts) {
            let Input::Timer(timer) = input else { continue };
            let Some((code, problem)) = verdict.stuck() else { continue };
            let stuck =
                Stuck { tenant: timer.tenant, instance: timer.instance, at: StuckAt::Timer(*timer), code, problem: problem.to_owned() };
            // Its verdict stays: it has not fired. That it cannot even be put off is in the log.
            self.attempt(&[Input::Stuck(Arc::new(stuck))]).await;
        }
    }

    /// One batch; on a refused row it is halved until the culprit stands alone.
    fn attempt<'a>(&'a self, inputs: &'a [Input]) -> BoxFuture<'a, Vec<Verdict>> {
        Box::pin(async move {
            if inputs.is_empty() {
                return Vec::new();
            }
            match self.transact(inputs).await {
                Ok(verdicts) => verdicts,
                Err(error) if inputs.len() == 1 => {
                    ENGINE_BATCHES.increment(["failed"]);
                    tracing::error!(error = %error, "one input cannot be decided and is put aside: {error}");
                    vec![Verdict::Failed(error.to_string())]
                }
                Err(error) => {
                    ENGINE_BATCHES.increment(["halved"]);
                    tracing::warn!(inputs = inputs.len(), "a batch of {} inputs failed and is halved: {error}", inputs.len());
                    let (left, right) = inputs.split_at(inputs.len() / 2);
                    let mut verdicts = self.attempt(left).await;
                    verdicts.extend(self.attempt(right).await);
                    verdicts
                }
            }
        })
    }

    async fn transact(&self, inputs: &[Input]) -> Result<Vec<Verdict>, Error> {
        let mut keys = keys(inputs);
        let mut known = 0;
        let shared: Arc<[Input]> = inputs.into();
        let mut tries = 0;
        loop {
            // Before the lease's end is reckoned: a commit that takes long must not let the work begin as if it had just been claimed.
            let leased_at = self.clock.monotonic();
            // Where nobody is asked for anything, nobody is asked for them.
            let delegations = match self.live.now().asks_people() {
                true => self.live.delegated().now(self.store.as_ref(), self.clock.as_ref()).await,
                false => Arc::default(),
            };
            let now = self.clock.now();
            let circumstances = Circumstances {
                definitions: self.live.now(),
                delegations,
                now,
                traced: trace::is_on(),
                lease: Lease { owner: self.owner.clone(), until: now.checked_add(self.lease).unwrap_or(now) },
                room: self.claims.room(),
                publishes: self.publishes,
            };
            let verdicts = Arc::new(Mutex::new((Vec::new(), Vec::new(), Vec::new(), Vec::new())));
            let own = Arc::new(Mutex::new(Vec::new()));
            let (slot, inputs, own_slot) = (verdicts.clone(), shared.clone(), own.clone());
            let decide: Decide = Box::new(move |loaded| {
                let deciding = std::time::Instant::now();
                // A panic is a failure of this batch like a refused row: halved until the culprit stands alone. It would take the
                // inputs of everybody else with it otherwise, again and again. What it worked on is dropped with it.
                let decided = std::panic::catch_unwind(AssertUnwindSafe(|| decide_batch(&inputs, loaded, &circumstances)));
                let batch = decided.map_err(|_| Error::Refused(PANICKED.into()))?;
                ENGINE_DECISION_SECONDS.took(deciding.elapsed(), []);
                let counted = counted(&batch.writes);
                if let Ok(mut slot) = slot.lock() {
                    *slot = (batch.verdicts, batch.linked, batch.touched, counted);
                }
                if let Ok(mut slot) = own_slot.lock() {
                    slot.clone_from(&batch.writes.messages_new);
                }
                Ok(batch.writes)
            });
            match self.store.decide(&keys, decide).await {
                Ok(committed) => {
                    self.statements.fetch_add(u64::from(committed.statements), Ordering::Relaxed);
                    ENGINE_BATCHES.increment(["committed"]);
                    ENGINE_BATCH_INPUTS.sized(shared.len(), []);
                    ENGINE_STATEMENTS.add(committed.statements.into(), []);
                    ENGINE_TRANSACTION_SECONDS.took(self.clock.monotonic().saturating_sub(leased_at), []);
                    self.claims.take(committed.claimed, committed.ready, now, leased_at);
                    let (verdicts, linked, touched, counted) =
                        verdicts.lock().map(|mut slot| std::mem::take(&mut *slot)).unwrap_or_default();
                    count(&shared, &verdicts);
                    for (tenant, series, names) in counted {
                        let [name, label] = names.each_ref().map(String::as_str);
                        self.tally.add(tenant, now, series, ["", name, label], 1);
                    }
                    if trace::is_on() {
                        spans::decided(&shared, &verdicts, &touched, now, self.clock.now());
                    }
                    for message in self.parked.linked(linked) {
                        self.processor.offer(message);
                    }
                    // What the hub tells itself is stored and leased to this process: it goes on at once.
                    for (new, lease) in own.lock().map(|mut slot| std::mem::take(&mut *slot)).unwrap_or_default() {
                        self.processor.offer(Message::own(new, &lease));
                    }
                    return Ok(verdicts);
                }
                Err(error @ (Error::Unavailable(_) | Error::CommitUnknown(_))) => {
                    // Repeating is safe: rows taken by a commit that did happen are gone, and the inputs come back as `Gone`.
                    ENGINE_BATCHES.increment(["away"]);
                    let wait = AWAY_WAITS_MILLIS[tries.min(AWAY_WAITS_MILLIS.len() - 1)];
                    tries += 1;
                    if tries == 1 || tries % 20 == 0 {
                        tracing::warn!(tries, "the store is away, an engine batch waits: {error}");
                    }
                    self.clock.wait(Duration::from_millis(wait)).await;
                }
                // Made again under its key, after it was taken back or for another document: it is loaded, so that nothing of it is lost.
                Err(Error::Known(found)) if known < shared.len() * KNOWN_MAX => {
                    ENGINE_BATCHES.increment(["known"]);
                    known += found.len();
                    keys.documents.extend(found);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Counts inputs of one batch, one addition for each kind and verdict.
fn count(inputs: &[Input], verdicts: &[Verdict]) {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (input, verdict) in inputs.iter().zip(verdicts) {
        *counts.entry((input.word(), verdict.word())).or_default() += 1;
    }
    for ((input, verdict), count) in counts {
        ENGINE_INPUTS.add(count, [input, verdict]);
    }
}

/// What a batch adds to the charts, once its commit is sure: new documents by type, ended instances by flow and outcome,
/// exceptions by cause and code.
fn counted(writes: &Writes) -> Vec<(i32, &'static str, [String; 2])> {
    let documents = writes.documents_new.iter().map(|row| (row.tenant.0, "documents", [row.kind.clone(), String::new()]));
    let over = writes
        .instances_changed
        .iter()
        .chain(&writes.instances_new)
        .filter(|row| row.status == "ended" && row.ended_at == Some(row.updated_at));
    let ended = over.map(|row| (row.tenant.0, "ended", [row.flow.clone(), row.outcome.clone().unwrap_or_default()]));
    let opened = writes.exceptions.iter().filter(|row| row.state == "open");
    let exceptions = opened.map(|row| (row.tenant.0, "exceptions", [row.cause.clone(), row.code.clone()]));
    documents.chain(ended).chain(exceptions).collect()
}

#[cfg(test)]
mod tests;
