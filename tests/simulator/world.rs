//! One run: partners, people, the network between, a store, and replicas of the hub that come and go.

use crate::broker::{Broker, Line};
use crate::coverage::{Coverage, Stage};
use crate::dice::Dice;
use crate::executor::{Executor, Owner, SimulatedClock, WORLD};
use crate::faults::{Fault, Weather};
use crate::fires::{Fires, Nominal};
use crate::memory_store::MemoryStore;
use crate::memory_store::state::Lane;
use crate::network::Network;
use crate::office::{Book, Office};
use crate::partners::{Books, System};
use crate::shaky_store::ShakyStore;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use waybill::app::engine::definitions::Live;
use waybill::app::engine::input::{Input, Verdict};
use waybill::app::group::Group;
use waybill::app::notice::Notices;
use waybill::app::people::{Files, Leavers, People};
use waybill::app::quotas::{QuotaOptions, Quotas};
use waybill::app::receive::Receiver;
use waybill::app::start::Starter;
use waybill::cli::works::{self, Pace, Parts};
use waybill::domain::catalog::Catalog;
use waybill::domain::ids::EffectId;
use waybill::gateway::{CallPurpose, Gateway, Outgoing};
use waybill::runtime::{IdMaker, Lifecycle};
use waybill::store::{EffectRow, Store};
use waybill::transport::{InProcess, Transport};

/// How long a claim holds, and how often idle loops look.
pub const LEASE: Duration = Duration::from_secs(60);
pub const POLL: Duration = Duration::from_millis(500);
/// The same for schedules and runs of reconciliation; nobody else waits for so long.
pub const RECONCILE_POLL: Duration = Duration::from_millis(1_700);
/// Replicas of the hub.
pub const REPLICAS: usize = 3;
const HOOK_KEY: &[u8] = b"hooks of the simulation";

/// What a run is made of.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub weather: Weather,
    /// Whether work travels between the replicas as tickets; else each polls for itself.
    pub tickets: bool,
    /// Whether systems are read back by schedules, and people do things past the hub.
    pub reconciles: bool,
    /// Their times.
    pub schedules: &'static [Nominal],
    /// Mean time between things done past the hub.
    pub tamper_every: Option<Duration>,
    /// Orders made, spread over this time.
    pub orders: u32,
    pub over: Duration,
    /// After the last order, faults stop after this.
    pub storm_after: Duration,
    /// From then on, everything must be settled within this.
    pub calm: Duration,
    /// Longest time a person takes to decide, in the usual case.
    pub decide_within: Duration,
    /// Documents that ended this long ago are judged and forgotten.
    pub forget_after: Option<Duration>,
    /// People who approve in the hub itself.
    pub office: Option<Office>,
}

/// A replica that runs.
#[derive(Clone)]
pub struct Replica {
    pub owner: Owner,
    pub name: String,
    pub engine: Group<Input, Verdict>,
    pub receiver: Arc<Receiver>,
    pub live: Arc<Live>,
    pub people: People,
    pub starter: Arc<Starter>,
    pub clock: Arc<SimulatedClock>,
}

/// The run.
pub struct World {
    pub plan: Plan,
    pub executor: Executor,
    pub dice: Dice,
    pub store: MemoryStore,
    pub catalog: Arc<Catalog>,
    /// The number of the newest release and what is in it.
    pub release: Mutex<(u32, Arc<Catalog>)>,
    books: Mutex<Books>,
    weather: Mutex<Weather>,
    coverage: Mutex<Coverage>,
    replicas: Mutex<Vec<Option<Replica>>>,
    next_owner: Mutex<Owner>,
    /// Partners that are away, until when, and how that shows.
    outages: Mutex<BTreeMap<System, (Duration, Fault)>>,
    store_away: Mutex<Duration>,
    broker: Arc<Broker>,
    /// All machines are suspended until then.
    suspended: Mutex<Duration>,
    fires: Mutex<Fires>,
    book: Mutex<Book>,
    log: Option<Mutex<Vec<String>>>,
    problems: Mutex<Vec<String>>,
}

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    /// A world at its beginning. `told`: whether everything that happens is written down in words.
    pub fn new(plan: Plan, catalog: Arc<Catalog>, told: bool) -> Arc<Self> {
        let dice = Dice::new(plan.seed);
        let start: Timestamp = "2026-09-28T01:00:00Z".parse().expect("a timestamp");
        let store = MemoryStore::default();
        store.state().forget_attempts = !told;
        let weather = plan.weather.clone();
        let world = Arc::new(Self {
            executor: Executor::new(start, &[POLL, RECONCILE_POLL], dice.clone()),
            dice,
            store,
            release: Mutex::new((0, catalog.clone())),
            catalog,
            book: Mutex::default(),
            books: Mutex::default(),
            weather: Mutex::new(weather),
            coverage: Mutex::default(),
            replicas: Mutex::new(vec![None; REPLICAS]),
            next_owner: Mutex::new(WORLD),
            outages: Mutex::default(),
            store_away: Mutex::default(),
            broker: Arc::default(),
            suspended: Mutex::default(),
            fires: Mutex::default(),
            log: told.then(Mutex::default),
            problems: Mutex::default(),
            plan,
        });
        let widest = world.plan.weather.skew;
        for system in System::ALL {
            let off = world.dice.between(Duration::ZERO, widest * 2);
            let skew = SignedDuration::try_from(off).unwrap_or_default() - SignedDuration::try_from(widest).unwrap_or_default();
            lock(&world.books).skews.insert(system, skew);
        }
        for slot in 0..REPLICAS {
            world.start_replica(slot);
        }
        world
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        lock(&self.books)
    }

    pub fn weather(&self) -> Weather {
        lock(&self.weather).clone()
    }

    /// From now on nothing goes wrong any more.
    pub fn calm_down(&self) {
        *lock(&self.weather) = Weather { skew: self.plan.weather.skew, ..Weather::calm() };
        lock(&self.outages).clear();
        *lock(&self.store_away) = Duration::ZERO;
        self.broker.stay();
        self.tell(|| "the faults stop".to_owned());
    }

    pub fn coverage(&self) -> MutexGuard<'_, Coverage> {
        lock(&self.coverage)
    }

    pub fn fires(&self) -> MutexGuard<'_, Fires> {
        lock(&self.fires)
    }

    pub fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.book)
    }

    pub fn count(&self, what: &str) {
        self.coverage().count(what);
    }

    /// Notes what happened: in the hash always, in words where somebody wants them.
    pub fn tell(&self, words: impl FnOnce() -> String) {
        let words = words();
        self.executor.note(&words);
        if let Some(log) = &self.log {
            lock(log).push(format!("{:>14.3} {words}", self.executor.now().as_secs_f64()));
        }
    }

    pub fn log(&self) -> Vec<String> {
        self.log.as_ref().map(|log| lock(log).clone()).unwrap_or_default()
    }

    /// Something that must never be.
    pub fn wrong(&self, words: String) {
        self.tell(|| format!("WRONG: {words}"));
        lock(&self.problems).push(words);
    }

    pub fn problems(&self) -> Vec<String> {
        lock(&self.problems).clone()
    }

    // ---- replicas ----

    fn start_replica(self: &Arc<Self>, slot: usize) {
        let owner = {
            let mut next = lock(&self.next_owner);
            *next += 1;
            *next
        };
        let skew = SignedDuration::from_millis(i64::try_from(self.dice.below(400)).unwrap_or(0) - 200);
        let clock = Arc::new(SimulatedClock::new(self.executor.clone(), skew));
        let ids = IdMaker::seeded(clock.clone(), self.plan.seed ^ (u64::from(owner) << 32));
        let lifecycle = Lifecycle::with_spawner(self.executor.spawner(owner));
        let (release, catalog) = lock(&self.release).clone();
        let live = Arc::new(Live::new(catalog, release, HOOK_KEY));
        let options = waybill::gateway::Options { base: crate::content(), ..waybill::gateway::Options::default() };
        let network = Arc::new(Network { world: self.clone(), owner });
        let gateway = Arc::new(Gateway::over(options, clock.clone(), network));
        let name = ids.next().to_string();
        let store: Arc<dyn Store> = Arc::new(ShakyStore { world: self.clone(), inner: self.store.clone(), owner });
        let parts = Parts {
            quotas: Quotas::new(store.clone(), clock.clone(), QuotaOptions::default()),
            store: store.clone(),
            live: live.clone(),
            gateway,
            notices: Arc::new(Notices::to_log()),
            clock: clock.clone(),
            ids: ids.clone(),
            lifecycle: lifecycle.clone(),
            owner: name.clone(),
            transport: self.transport(owner),
            publishes: None,
        };
        let pace = Pace {
            batch_size_max: 128,
            parallel: 2,
            effects_in_flight_max: 256,
            lease: LEASE,
            poll: POLL,
            stream_parallel_max: 8,
            reconcile_poll: self.plan.reconciles.then_some(RECONCILE_POLL),
        };
        let works = works::start(parts, &pace);
        let people = People {
            engine: works.engine.clone(),
            store: store.clone(),
            live: live.clone(),
            clock: clock.clone(),
            files: Files::default(),
        };
        if self.plan.office.is_some() {
            lifecycle.run(Arc::new(Leavers { people: people.clone(), changed: None }).run(lifecycle.soft().clone()));
        }
        let starter = Arc::new(Starter {
            live: live.clone(),
            received: works.receiver.received.clone(),
            engine: works.engine.clone(),
            store,
            clock: clock.clone(),
            ids,
        });
        let replica = Replica { owner, name, engine: works.engine, receiver: Arc::new(works.receiver), live, people, starter, clock };
        lock(&self.replicas)[slot] = Some(replica);
        self.tell(|| format!("replica {slot} starts as {owner}"));
    }

    fn transport(self: &Arc<Self>, owner: Owner) -> Arc<dyn Transport> {
        if self.plan.tickets { Arc::new(Line::new(self, &self.broker, owner)) } else { Arc::new(InProcess::default()) }
    }

    /// The replicas that run.
    pub fn running(&self) -> Vec<Replica> {
        lock(&self.replicas).iter().flatten().cloned().collect()
    }

    /// A replica that runs, by the dice.
    pub fn some_replica(&self) -> Option<Replica> {
        let running = self.running();
        let index = usize::try_from(self.dice.below(running.len() as u64)).unwrap_or(0);
        running.get(index).cloned()
    }

    /// The replica dies here and now; another starts in its place after a while.
    pub fn crash(self: &Arc<Self>, owner: Owner, fault: Fault) {
        let mut replicas = lock(&self.replicas);
        let Some(slot) = slot_of(&replicas, owner) else { return };
        let replica = replicas[slot].take();
        drop(replicas);
        let name = replica.as_ref().map(|replica| replica.name.clone()).unwrap_or_default();
        self.meets(Some(&name), fault);
        self.tell(|| format!("replica {slot} ({owner}) dies: {}", fault.word()));
        self.executor.kill(owner);
        // Its parts go when nobody is inside them any more.
        let (world, wait) = (self.clone(), self.dice.seconds(1, 120));
        self.executor.spawn(WORLD, async move {
            world.executor.sleep(wait).await;
            drop(replica);
            world.resumed().await;
            world.start_replica(slot);
        });
    }

    /// A replica stands still, beyond its lease or not, and comes back not knowing.
    pub fn stall(self: &Arc<Self>, owner: Owner) {
        let Some(replica) = self.replica_of(owner) else { return };
        let wait = self.dice.seconds(20, 300);
        self.meets(Some(&replica.name), Fault::Stall);
        self.stand_still(owner, wait);
    }

    /// A replica stands still between learning that a schedule is due and firing it.
    pub fn stall_at_fire(self: &Arc<Self>, owner: Owner) {
        if self.replica_of(owner).is_some() {
            self.count("StallAtFire");
            self.stand_still(owner, self.dice.seconds(600, 3 * 3_600));
        }
    }

    fn replica_of(&self, owner: Owner) -> Option<Replica> {
        let replicas = lock(&self.replicas);
        slot_of(&replicas, owner).and_then(|slot| replicas[slot].clone())
    }

    fn stand_still(self: &Arc<Self>, owner: Owner, wait: Duration) {
        self.tell(|| format!("replica {owner} stands still for {} s", wait.as_secs()));
        self.executor.freeze(owner);
        let world = self.clone();
        self.executor.spawn(WORLD, async move {
            world.executor.sleep(wait).await;
            world.resumed().await;
            world.executor.thaw(owner);
        });
    }

    /// All machines are suspended; when they come back, their clocks have jumped.
    pub fn suspend(self: &Arc<Self>, wait: Duration) {
        self.count("Suspended");
        self.tell(|| format!("all machines are suspended for {} s", wait.as_secs()));
        *lock(&self.suspended) = self.executor.now() + wait;
        let running: Vec<Owner> = lock(&self.replicas).iter().flatten().map(|replica| replica.owner).collect();
        running.into_iter().for_each(|owner| self.stand_still(owner, wait));
    }

    /// Whether machines were suspended until a short while ago.
    pub fn was_suspended_within(&self, while_ago: Duration) -> bool {
        let until = *lock(&self.suspended);
        until > Duration::ZERO && self.executor.now() < until + while_ago
    }

    async fn resumed(&self) {
        let until = *lock(&self.suspended);
        self.executor.sleep(until.saturating_sub(self.executor.now())).await;
    }

    /// Ends everything, so that nothing keeps anything alive.
    pub fn end(&self) {
        for replica in lock(&self.replicas).iter_mut() {
            if let Some(replica) = replica.take() {
                self.executor.kill(replica.owner);
            }
        }
        self.executor.set_fate(None);
        self.executor.kill(WORLD);
        self.executor.run(self.executor.now(), |_| None, || false);
    }

    // ---- the store, and partners that are away ----

    pub fn store_is_away(&self) -> bool {
        self.executor.now() < *lock(&self.store_away)
    }

    pub fn take_store_away(&self, wait: Duration) {
        self.meets(None, Fault::StoreAway);
        self.tell(|| format!("the store is away for {} s", wait.as_secs()));
        *lock(&self.store_away) = self.executor.now() + wait;
    }

    pub fn take_broker_away(self: &Arc<Self>, wait: Duration) {
        self.broker.leave(self, wait);
    }

    pub fn take_partner_away(self: &Arc<Self>, system: System, wait: Duration) {
        let how = self.dice.pick(&[Fault::ConnectRefused, Fault::LostRequest, Fault::Unavailable]);
        self.meets_at(system, Fault::Outage);
        self.tell(|| format!("{system:?} is away for {} s: {}", wait.as_secs(), how.word()));
        lock(&self.outages).insert(system, (self.executor.now() + wait, how));
        // Those that have come to wait for it are met by it too.
        let world = self.clone();
        self.executor.spawn(WORLD, async move {
            world.executor.sleep(wait).await;
            world.meets_at(system, Fault::Outage);
        });
    }

    /// How a partner's being away shows now.
    pub fn away(&self, system: System) -> Option<Fault> {
        let outages = lock(&self.outages);
        outages.get(&system).filter(|(until, _)| self.executor.now() < *until).map(|(_, how)| *how)
    }

    // ---- what meets what ----

    /// Counts the unfinished effects that a fault of a process or of the store meets: those it holds, and those nobody holds.
    pub fn meets(&self, name: Option<&str>, fault: Fault) {
        self.count_met(fault, |lane| match (name, lane.owner.as_deref()) {
            (Some(name), Some(owner)) => owner == name,
            _ => true,
        });
    }

    fn meets_at(&self, system: System, fault: Fault) {
        self.count_met(fault, |lane| System::of(&lane.connection) == system && lane.connection != "log");
    }

    /// Each stage that any effect of these lanes is at counts as met once. Looking through all lanes costs more than what is
    /// simulated, and a hundred meetings are enough: a fault that came often is followed up with one in fifty only.
    fn count_met(&self, fault: Fault, of: impl Fn(&Lane) -> bool) {
        const ALL_OF: u64 = 2_000;
        const THEN_ONE_IN: u64 = 50;
        let came = self.coverage().count(&fault.word());
        if came > ALL_OF && !came.is_multiple_of(THEN_ONE_IN) {
            return;
        }
        let mut met: BTreeSet<Stage> = BTreeSet::new();
        {
            let state = self.store.state();
            for lane in state.lanes.values().filter(|lane| of(lane)) {
                met.extend(lane.queue.iter().filter_map(|(_, id)| state.effects.get(id)).map(stage));
            }
        }
        let mut coverage = self.coverage();
        met.into_iter().for_each(|stage| coverage.met(stage, fault));
    }

    /// What the effect is at for which something is sent; none for readings that belong to no effect.
    pub fn stage_of(&self, outgoing: &Outgoing<'_>) -> Option<Stage> {
        let call = outgoing.call?;
        let id: EffectId = call.idempotency_key.parse().ok()?;
        let state = self.store.state();
        let effect = state.effects.get(&id)?;
        Some(match call.purpose {
            CallPurpose::LookUp => Stage::LookingUp,
            CallPurpose::ReadBack => Stage::ReadingBack,
            CallPurpose::Call if effect.attempt > 1 => Stage::SendingAgain,
            CallPurpose::Call => Stage::Sending,
        })
    }
}

fn slot_of(replicas: &[Option<Replica>], owner: Owner) -> Option<usize> {
    replicas.iter().position(|replica| replica.as_ref().is_some_and(|replica| replica.owner == owner))
}

/// What an unfinished effect is at.
fn stage(effect: &EffectRow) -> Stage {
    let looks = effect.delivery.contains("look_up\"");
    let reads = effect.delivery.contains("read_back\"");
    match (effect.state.as_str(), looks, reads) {
        ("started", true, _) => Stage::LookingUp,
        ("started", _, true) => Stage::ReadingBack,
        ("started", _, _) if effect.attempt > 1 => Stage::SendingAgain,
        ("started", _, _) => Stage::Sending,
        ("waiting", true, _) => Stage::WaitingToLookUp,
        ("waiting", _, true) => Stage::WaitingToReadBack,
        ("waiting", _, _) => Stage::WaitingToSend,
        _ => Stage::Planned,
    }
}
