//! The loop: claims runs and works on each phase by phase, storing every page together with how far the run got.

use super::pace::Pace;
use super::read::Trouble;
use super::schedules::Fires;
use crate::app::engine::definitions::{Definitions, Live};
use crate::app::reconcile::compare::{self, Setting};
use crate::app::reconcile::repair::Repairs;
use crate::domain::connector::{Connector, Reconcile};
use crate::domain::reconcile::{Object, Phase, Progress, Statement};
use crate::domain::retry::Backoff;
use crate::gateway::Gateway;
use crate::runtime::metrics::list::{RECONCILED, RECONCILED_AT, RECONCILIATIONS};
use crate::runtime::{Clock, IdMaker, Lifecycle};
use crate::store::{Fenced, Lease, Reconcilable, ReconciliationRow, ReconciliationStep, Store};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What reading systems back needs.
pub struct Reconciler {
    /// Definitions in force.
    pub live: Arc<Live>,
    /// Reads go out here.
    pub gateway: Arc<Gateway>,
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Repairs that flows allow.
    pub repairs: Repairs,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: IdMaker,
    /// This process.
    pub owner: String,
    /// How long a claim holds; renewed with every page.
    pub lease: Duration,
    /// How often due runs and schedules are looked for.
    pub poll: Duration,
}

/// Runs worked on by one process at a time; each is of another connection.
const RUNS_AT_ONCE: u32 = 4;
/// Readings that fail in a row before a run gives up: with the backoff below about two days.
const FAILURES_MAX: u32 = 60;

/// A run at work.
pub(super) struct Work {
    pub run: ReconciliationRow,
    pub progress: Progress,
    pub statement: Statement,
    pub definitions: Arc<Definitions>,
    pub connector: Arc<Connector>,
    pub pace: Pace,
}

/// Why a run does not go on here.
pub(super) enum Halted {
    /// Another process has it, or a person cancelled it.
    Lost,
    /// The process is stopping, or the database is away: the lease runs out and somebody goes on.
    Stopped,
    /// The partner cannot be read now.
    Trouble(Trouble),
}

impl Reconciler {
    /// Works until stopped.
    pub async fn run(self: Arc<Self>, halt: CancellationToken, work: Lifecycle) {
        let places = Arc::new(tokio::sync::Semaphore::new(RUNS_AT_ONCE as usize));
        let mut fires = Fires::default();
        while !halt.is_cancelled() {
            self.fire(&mut fires).await;
            let now = self.clock.now();
            let lease = Lease { owner: self.owner.clone(), until: after(now, self.lease) };
            let room = u32::try_from(places.available_permits()).unwrap_or(0);
            match self.store.claim_reconciliations(&lease, now, room).await {
                Ok(claimed) => {
                    for run in claimed {
                        let Ok(place) = places.clone().acquire_owned().await else { return };
                        let (reconciler, halt) = (self.clone(), halt.clone());
                        work.run(async move {
                            reconciler.work(run, &halt).await;
                            drop(place);
                        });
                    }
                }
                Err(error) => tracing::warn!("runs of reconciliation cannot be claimed now: {error}"),
            }
            tokio::select! {
                () = self.clock.wait(self.poll) => {}
                () = halt.cancelled() => {}
            }
        }
    }

    async fn work(&self, run: ReconciliationRow, halt: &CancellationToken) {
        let Some(mut work) = self.open(run.clone()) else {
            let problem = format!("the connection `{}` does not exist any more, or its connector reads nothing back", run.connection);
            return self.give_up(run, problem).await;
        };
        match self.phases(&mut work, halt).await {
            Ok(()) => {
                let (run, sentence) = (&work.run, work.statement.sentence());
                tracing::info!(reconciliation.id = %run.id, connection.name = %run.connection, "reconciliation {} of `{}`: {sentence}", run.id, run.connection);
                count(&work, self.clock.now());
            }
            Err(Halted::Lost | Halted::Stopped) => {}
            Err(Halted::Trouble(trouble)) => self.later(work, trouble).await,
        }
    }

    fn open(&self, run: ReconciliationRow) -> Option<Work> {
        let definitions = self.live.now();
        let (connection, connector) = definitions.connection(&run.connection)?;
        if connector.reconcile.is_empty() {
            return None;
        }
        let rates = match connection.limits.rate {
            Some(rate) => vec![rate],
            None => connector.limits.rates.clone(),
        };
        let pace = Pace::new(self.clock.clone(), &rates, connection.reconcile.share_percent);
        let progress = serde_json::from_str(&run.progress).unwrap_or_default();
        let statement = serde_json::from_str(&run.statement).unwrap_or_default();
        Some(Work { progress, statement, run, definitions, connector, pace })
    }

    async fn phases(&self, work: &mut Work, halt: &CancellationToken) -> Result<(), Halted> {
        loop {
            if halt.is_cancelled() {
                return Err(Halted::Stopped);
            }
            let connector = work.connector.clone();
            match (work.progress.phase, connector.reconcile.get_index(work.progress.entry)) {
                (Phase::Repair, _) | (_, None) => return self.repair(work).await,
                (Phase::List, Some((_, entry))) => self.list(work, entry, halt).await?,
                (Phase::Single, Some((_, entry))) => self.single(work, entry, halt).await?,
            }
        }
    }

    /// Stores a page with how far the run got, and holds on to the run.
    pub(super) async fn store_page(&self, work: &mut Work, compared: compare::Compared) -> Result<(), Halted> {
        work.run.failures = 0;
        work.run.problem = None;
        let due_at = after(self.clock.now(), self.lease);
        self.record(work, due_at, compared).await
    }

    async fn record(&self, work: &mut Work, due_at: Timestamp, compared: compare::Compared) -> Result<(), Halted> {
        let json = |text: serde_json::Result<String>, former: &str| text.unwrap_or_else(|_| former.to_owned());
        work.run.progress = json(serde_json::to_string(&work.progress), &work.run.progress);
        work.run.statement = json(serde_json::to_string(&work.statement), &work.run.statement);
        let step = ReconciliationStep { run: work.run.clone(), due_at, checks: compared.checks, drifts: compared.drifts };
        match self.store.record_reconciliation(&step).await {
            Ok(Fenced::Held) => Ok(()),
            Ok(Fenced::Lost) => Err(Halted::Lost),
            Err(error) => {
                tracing::warn!(reconciliation.id = %work.run.id, "a page of reconciliation {} cannot be stored now: {error}", work.run.id);
                Err(Halted::Stopped)
            }
        }
    }

    /// Ends a run.
    pub(super) async fn finish(&self, work: &mut Work, state: &str, problem: Option<String>) -> Result<(), Halted> {
        let now = self.clock.now();
        work.run.state = state.to_owned();
        work.run.ended_at = Some(now);
        work.run.problem = problem;
        self.record(work, now, compare::Compared::default()).await
    }

    async fn give_up(&self, run: ReconciliationRow, problem: String) {
        let definitions = self.live.now();
        let told = definitions.catalog().loggable(&problem, "the run says why");
        tracing::warn!(reconciliation.id = %run.id, connection.name = %run.connection, "reconciliation {} of `{}` is given up: {told}", run.id, run.connection);
        RECONCILIATIONS.increment([&run.connection, "failed"]);
        let now = self.clock.now();
        let run = ReconciliationRow { state: "failed".to_owned(), ended_at: Some(now), problem: Some(problem), ..run };
        let step = ReconciliationStep { run, due_at: now, checks: Vec::new(), drifts: Vec::new() };
        if let Err(error) = self.store.record_reconciliation(&step).await {
            tracing::warn!("the end of a reconciliation cannot be stored now: {error}");
        }
    }

    /// The partner cannot be read now: the run waits, longer each time.
    async fn later(&self, mut work: Work, trouble: Trouble) {
        work.run.failures = work.run.failures.saturating_add(1);
        if work.run.failures >= FAILURES_MAX {
            return self.give_up(work.run, trouble.words).await;
        }
        let now = self.clock.now();
        let backoff = Backoff::exponential(Duration::from_secs(1), Duration::from_secs(3_600));
        let due_at = backoff.next_attempt(work.run.failures, now, trouble.wait_millis(now), self.ids.seed());
        work.run.problem = Some(crate::domain::text::storable::storable(trouble.words));
        // Lost or not stored: whoever claims it next goes on.
        let _ = self.record(&mut work, due_at, compare::Compared::default()).await;
    }

    pub(super) fn compare(
        &self,
        work: &mut Work,
        entry: &Reconcile,
        loaded: &Reconcilable,
        objects: &[(String, Object)],
        asked_at: Timestamp,
    ) -> compare::Compared {
        let now = self.clock.now();
        let setting = Setting {
            definitions: &work.definitions,
            connector: &work.connector,
            entry,
            tenant: work.run.tenant,
            connection: &work.run.connection,
            run: work.run.id,
            began: work.run.started_at.unwrap_or(now),
            asked_at,
            now,
        };
        compare::page(&setting, loaded, objects, &mut work.statement)
    }
}

impl Work {
    /// What was compared and what agreed so far.
    pub fn mark(&self) -> (u64, u64) {
        (self.statement.compared, self.statement.agree)
    }

    /// Counts of the window at work: requests, and what was compared since `mark`.
    pub fn count(&mut self, entry: &str, span: Option<(Timestamp, Timestamp)>, mark: (u64, u64), calls: u64, millis: u64) {
        let (compared, agree) = (self.statement.compared - mark.0, self.statement.agree - mark.1);
        self.statement.calls += calls;
        self.statement.reading_millis += millis;
        let window = self.statement.window(entry, span);
        window.compared += compared;
        window.agree += agree;
        window.calls += calls;
    }
}

/// What a run that ended says to those who watch.
#[expect(clippy::cast_precision_loss, reason = "gauges are floating point; seconds stay far below 2^53")]
fn count(work: &Work, now: Timestamp) {
    let (connection, statement) = (&work.run.connection, &work.statement);
    RECONCILIATIONS.increment([connection, "done"]);
    RECONCILED.add(statement.agree, [connection, "agree"]);
    RECONCILED.add(statement.compared.saturating_sub(statement.agree), [connection, "differ"]);
    RECONCILED_AT.set(now.as_second() as f64, [connection]);
}

fn after(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| now.checked_add(by).ok()).unwrap_or(now)
}
