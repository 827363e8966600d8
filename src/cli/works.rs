//! The part of a hub that does the work: engine, deliveries, messages, timers, streams, reconciliation, wired to each other.
//!
//! What surrounds it (a real store, the listener, house-keeping) is `assembly`'s. The simulator starts the same works over a
//! store, a clock and partners of its own, several times in one process.

use crate::app::engine::definitions::Live;
use crate::app::engine::input::{Input, Verdict};
use crate::app::engine::parked::Parked;
use crate::app::engine::runner::Runner;
use crate::app::group::Group;
use crate::app::notice::Notices;
use crate::app::quotas::Quotas;
use crate::app::receipts::Receipts;
use crate::app::receive::{Processor, Receiver};
use crate::app::reconcile::repair::Repairs;
use crate::gateway::Gateway;
use crate::runtime::metrics::list::STORE_CALL_SECONDS;
use crate::runtime::{Clock, IdMaker, Lifecycle, Spawner};
use crate::store::{Fenced, Lease, NewMessage, Progress, Received, Store};
use crate::transport::Transport;
use crate::worker::claims::{ClaimOptions, Claimer, ClaimerHandle};
use crate::worker::deliveries::Deliveries;
use crate::worker::messages::{self, Messages};
use crate::worker::reconcile::Reconciler;
use crate::worker::relay::Relay;
use crate::worker::streams::{self, Streams};
use crate::worker::timers;
use futures::FutureExt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tokio::sync::Notify;

/// What the works stand on.
pub struct Parts {
    /// How much tenants may take.
    pub quotas: Quotas,
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// The definitions in force.
    pub live: Arc<Live>,
    /// The way to partners.
    pub gateway: Arc<Gateway>,
    /// The way to people.
    pub notices: Arc<Notices>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: IdMaker,
    /// Start and stop.
    pub lifecycle: Lifecycle,
    /// This process, unique per start.
    pub owner: String,
    /// How ready work is announced.
    pub transport: Arc<dyn Transport>,
    /// Told of each commit where committed changes are published.
    pub publishes: Option<Arc<Notify>>,
}

/// How the works are paced.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Events decided in one transaction.
    pub batch_size_max: usize,
    /// Batches under way at once: more than one where row locks keep them apart.
    pub parallel: usize,
    /// Effects under way at once.
    pub effects_in_flight_max: u32,
    /// How long a claim holds.
    pub lease: Duration,
    /// Pause when nothing is due.
    pub poll: Duration,
    /// Streams read at once.
    pub stream_parallel_max: usize,
    /// How often due schedules and runs of reconciliation are looked for; none reads nothing back.
    pub reconcile_poll: Option<Duration>,
}

/// The doors of running works.
pub struct Works {
    /// The engine.
    pub engine: Group<Input, Verdict>,
    /// Takes webhooks.
    pub receiver: Receiver,
    /// Events that wait for a link.
    pub parked: Arc<Parked>,
    /// Statements the engine's batches ran so far.
    pub statements: Arc<AtomicU64>,
}

/// Queue of events before the engine; beyond it, callers wait.
const ENGINE_QUEUE: usize = 4_096;
/// Queue of webhooks before the store; beyond it, they are refused with 503 and come again.
const INTAKE_QUEUE: usize = 4_096;
/// Messages worked on at once.
const MESSAGES_PARALLEL: usize = 128;

/// Starts the works; they stop with the lifecycle.
pub fn start(parts: Parts, pace: &Pace) -> Works {
    let Parts { quotas, store, live, gateway, notices, clock, ids, lifecycle, owner, transport, publishes } = parts;
    let spawner = lifecycle.spawner().clone();
    let statements = Arc::new(AtomicU64::new(0));
    let claim = ClaimOptions { owner: owner.clone(), lease: pace.lease, poll: pace.poll, total_max: pace.effects_in_flight_max };
    let claimer = Claimer::new(claim, transport.clone(), lifecycle.clone());
    let relay = Relay::start(&spawner, transport, live.clone(), missed(&claimer));
    let (offer, offered) = messages::queue();
    let processor: Arc<dyn Processor> = Arc::new(offer);
    let parked = Arc::new(Parked::default());
    let runner = Runner {
        store: store.clone(),
        live: live.clone(),
        clock: clock.clone(),
        owner: owner.clone(),
        lease: jiff::SignedDuration::try_from(pace.lease).unwrap_or(jiff::SignedDuration::from_secs(60)),
        claims: Arc::new(ClaimerHandle { claimer: claimer.clone(), relay, committed: publishes.clone() }),
        publishes: publishes.is_some(),
        parked: parked.clone(),
        processor: processor.clone(),
        tally: gateway.tally().clone(),
        statements: statements.clone(),
    };
    let engine = engine(&spawner, runner, pace);
    let progress = progress(&spawner, &store, pace.parallel);
    claimer.start(Arc::new(Deliveries {
        gateway: gateway.clone(),
        live: live.clone(),
        store: store.clone(),
        engine: engine.clone(),
        progress,
        notices,
        clock: clock.clone(),
        lease: pace.lease,
    }));

    let working = Arc::new(Messages {
        quotas,
        live: live.clone(),
        gateway: gateway.clone(),
        store: store.clone(),
        engine: engine.clone(),
        parked: parked.clone(),
        processor: processor.clone(),
        clock: clock.clone(),
        owner: owner.clone(),
        lease: pace.lease,
        poll: pace.poll,
        parallel: MESSAGES_PARALLEL,
    });
    let all = lifecycle.clone();
    lifecycle.keep("loop_messages", move || working.clone().run(offered.clone(), all.soft().clone(), all.clone()));
    let (soft, poll) = (lifecycle.soft().clone(), pace.poll);
    let of = (store.clone(), engine.clone(), clock.clone());
    lifecycle.keep("loop_timers", move || timers::run(of.0.clone(), of.1.clone(), of.2.clone(), poll, soft.clone()));
    let reading = Arc::new(Streams {
        live: live.clone(),
        gateway: gateway.clone(),
        store: store.clone(),
        processor: processor.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        owner: owner.clone(),
        lease: pace.lease,
        poll: pace.poll,
        parallel: pace.stream_parallel_max,
    });
    let (all, again) = (lifecycle.clone(), reading.clone());
    lifecycle.keep("loop_streams", move || again.clone().run(all.soft().clone(), all.clone()));
    let soft = lifecycle.soft().clone();
    lifecycle.keep("loop_rereads", move || streams::rereads(reading.clone(), soft.clone()));
    if let Some(poll) = pace.reconcile_poll {
        let reconciler = Arc::new(Reconciler {
            live: live.clone(),
            gateway: gateway.clone(),
            store: store.clone(),
            repairs: Repairs { store: store.clone(), live: live.clone(), engine: engine.clone() },
            clock: clock.clone(),
            ids: ids.clone(),
            owner: owner.clone(),
            lease: pace.lease,
            poll,
        });
        let all = lifecycle.clone();
        lifecycle.keep("loop_reconciliation", move || reconciler.clone().run(all.soft().clone(), all.clone()));
    }
    let received = received(&spawner, &store, &owner, &clock, pace);
    let receiver = Receiver { live, gateway, received, processor, clock, ids, receipts: Receipts::default() };
    Works { engine, receiver, parked, statements }
}

/// What could not be announced is looked for by polling.
fn missed(claimer: &Arc<Claimer>) -> Arc<dyn Fn() + Send + Sync> {
    let claimer = Arc::downgrade(claimer);
    Arc::new(move || {
        if let Some(claimer) = claimer.upgrade() {
            claimer.poll_soon();
        }
    })
}

fn engine(spawner: &Spawner, runner: Runner, pace: &Pace) -> Group<Input, Verdict> {
    let runner = Arc::new(runner);
    Group::start(
        spawner,
        ENGINE_QUEUE,
        pace.batch_size_max,
        pace.parallel,
        Arc::new(move |inputs| {
            let runner = runner.clone();
            async move { runner.run(inputs).await }.boxed()
        }),
    )
}

fn progress(spawner: &Spawner, store: &Arc<dyn Store>, parallel: usize) -> Group<Progress, Option<Fenced>> {
    let store = store.clone();
    Group::start(
        spawner,
        ENGINE_QUEUE,
        256,
        parallel,
        Arc::new(move |items: Vec<Progress>| {
            let store = store.clone();
            async move {
                let began = std::time::Instant::now();
                let recorded = store.record_progress(&items).await;
                STORE_CALL_SECONDS.took(began.elapsed(), ["progress"]);
                match recorded {
                    Ok(fenced) => fenced.into_iter().map(Some).collect(),
                    Err(error) => {
                        // The lease runs out and the effect is found started: unknown, looked up, never lost.
                        tracing::warn!("progress of {} effects cannot be stored now: {error}", items.len());
                        items.iter().map(|_| None).collect()
                    }
                }
            }
            .boxed()
        }),
    )
}

fn received(
    spawner: &Spawner,
    store: &Arc<dyn Store>,
    owner: &str,
    clock: &Arc<dyn Clock>,
    pace: &Pace,
) -> Group<NewMessage, Option<Received>> {
    let (store, owner, clock, lease) = (store.clone(), owner.to_owned(), clock.clone(), pace.lease);
    Group::start(
        spawner,
        INTAKE_QUEUE,
        256,
        // One at a time: what arrives during a commit shares the next one, instead of paying for one of its own.
        1,
        Arc::new(move |messages: Vec<NewMessage>| {
            let (store, owner, now) = (store.clone(), owner.clone(), clock.now());
            async move {
                let until = jiff::SignedDuration::try_from(lease).ok().and_then(|lease| now.checked_add(lease).ok()).unwrap_or(now);
                let began = std::time::Instant::now();
                let received = store.receive(&messages, &Lease { owner, until }).await;
                STORE_CALL_SECONDS.took(began.elapsed(), ["receive"]);
                match received {
                    Ok(received) => received.into_iter().map(Some).collect(),
                    Err(error) => {
                        tracing::warn!("{} webhooks cannot be stored now and are refused: {error}", messages.len());
                        messages.iter().map(|_| None).collect()
                    }
                }
            }
            .boxed()
        }),
    )
}
