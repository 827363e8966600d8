//! Claims ready lanes and keeps as many effects under way as each connection may have.
//!
//! Effects come in three ways: claimed in the very commit that planned them (the quick way of a single process), named by a
//! ticket (the way of several), or found by polling the store (after a wait, a restart, a lost ticket, another replica's
//! death). Polling is the guarantee; the others only make it sooner.

use super::deliveries::Deliveries;
use super::pending::{Named, Part, Pending};
use super::relay::Relay;
use crate::app::engine::runner::Claims;
use crate::domain::ids::{LaneId, TenantId};
use crate::runtime::Lifecycle;
use crate::runtime::metrics::list::{EFFECTS_CLAIMED, EFFECTS_UNDER_WAY, STORE_CALL_SECONDS};
use crate::store::{ClaimedEffect, ConnectionRoom, Lease, ReadyLane};
use crate::transport::{Listening, Transport};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How claiming is paced.
#[derive(Clone, Debug)]
pub struct ClaimOptions {
    /// This process.
    pub owner: String,
    /// How long a claim holds.
    pub lease: Duration,
    /// Pause between two polls when nothing was ready.
    pub poll: Duration,
    /// Effects under way at once in this process, over all connections.
    pub total_max: u32,
}

/// While tickets travel, polling leaves them so much time to arrive; a lost one costs this and a poll.
const TICKETS_TRAVEL: SignedDuration = SignedDuration::from_secs(1);
/// A broker that is away for longer than this …
const AWAY_AFTER: Duration = Duration::from_secs(5);
/// … is made up for by polling at least this often.
const POLL_AWAY: Duration = Duration::from_millis(250);
/// Tickets in hand for one connection at most; beyond a few hundred, brokers gain nothing.
const PREFETCH_MAX: u32 = 256;

/// Keeps effects under way.
pub struct Claimer {
    options: ClaimOptions,
    transport: Arc<dyn Transport>,
    deliveries: OnceLock<Arc<Deliveries>>,
    /// Calls under way at each connection.
    under_way: Mutex<HashMap<String, u32>>,
    /// Connections at which more waited than was free when lanes were last claimed.
    crowded: Mutex<HashSet<String>>,
    /// Effects claimed and not settled, over all connections.
    claimed: AtomicU32,
    pending: Mutex<Pending>,
    /// More is ready than there was room for: polls as soon as there is.
    backlog: AtomicBool,
    nudge: Notify,
    lifecycle: Lifecycle,
}

impl Claimer {
    /// A claimer that begins once `start` is called.
    pub fn new(options: ClaimOptions, transport: Arc<dyn Transport>, lifecycle: Lifecycle) -> Arc<Self> {
        Arc::new(Self {
            options,
            transport,
            deliveries: OnceLock::new(),
            under_way: Mutex::new(HashMap::new()),
            crowded: Mutex::new(HashSet::new()),
            claimed: AtomicU32::new(0),
            pending: Mutex::new(Pending::new(lifecycle.spawner().clone())),
            backlog: AtomicBool::new(true),
            nudge: Notify::new(),
            lifecycle,
        })
    }

    /// Starts the loops.
    pub fn start(self: &Arc<Self>, deliveries: Arc<Deliveries>) {
        let _ = self.deliveries.set(deliveries);
        self.listen();
        let claimer = self.clone();
        self.lifecycle.keep("loop_claims", move || claimer.clone().run());
        let claimer = self.clone();
        self.lifecycle.keep("loop_tickets", move || claimer.clone().take_tickets());
    }

    /// Polls as soon as there is room: something may be ready that no ticket tells of.
    pub fn poll_soon(&self) {
        self.backlog.store(true, Ordering::Relaxed);
        self.nudge.notify_one();
    }

    /// How many effects are under way, per connection.
    pub fn under_way(&self) -> HashMap<String, u32> {
        lock(&self.under_way).clone()
    }

    async fn take_tickets(self: Arc<Self>) {
        let Some(deliveries) = self.deliveries.get() else { return };
        loop {
            let delivery = tokio::select! {
                biased;
                () = self.lifecycle.soft().cancelled() => None,
                delivery = self.transport.next() => delivery,
            };
            let Some(delivery) = delivery else { return };
            lock(&self.pending).add(delivery, deliveries.clock.monotonic());
            self.nudge.notify_one();
        }
    }

    async fn run(self: Arc<Self>) {
        let Some(deliveries) = self.deliveries.get().cloned() else { return };
        let mut polled_at: Option<Duration> = None;
        let mut failures = 0_u32;
        while !self.lifecycle.soft().is_cancelled() {
            let named = lock(&self.pending).take(&self.room());
            let mut found = Ok(0);
            if !named.is_empty() {
                found = self.claim_for(&deliveries, named).await;
            }
            let now = deliveries.clock.monotonic();
            let pause = self.pause();
            let due = polled_at.is_none_or(|at| now.saturating_sub(at) >= pause);
            if found.is_ok() && (due || self.backlog.load(Ordering::Relaxed)) {
                found = self.poll(&deliveries).await.map(|more| more + found.unwrap_or(0));
                polled_at = Some(now);
                self.tend(now);
            }
            match found {
                Ok(found) => {
                    failures = 0;
                    if found > 0 {
                        continue;
                    }
                }
                Err(error) => {
                    failures += 1;
                    if failures == 1 || failures.is_multiple_of(60) {
                        tracing::warn!("lanes cannot be claimed now: {error}");
                    }
                }
            }
            let left = polled_at.map_or(pause, |at| pause.saturating_sub(deliveries.clock.monotonic().saturating_sub(at)));
            // After a failure a nudge must not make it a tight loop.
            let nudged = async { if failures == 0 { self.nudge.notified().await } else { std::future::pending().await } };
            tokio::select! {
                biased;
                () = self.lifecycle.soft().cancelled() => {}
                () = nudged => {}
                () = deliveries.clock.wait(if failures == 0 { left } else { pause }) => {}
            }
        }
        // Others take what comes from now on.
        self.transport.pause();
        lock(&self.pending).clear();
    }

    /// What is looked after with each poll: old tickets, and whose tickets are taken.
    fn tend(&self, now: Duration) {
        let expired = lock(&self.pending).expire(now);
        if !expired.is_empty() {
            self.backlog.store(true, Ordering::Relaxed);
            expired.into_iter().for_each(|named| named.part.finish());
        }
        self.listen();
    }

    fn listen(&self) {
        let Some(deliveries) = self.deliveries.get() else { return };
        let prefetch = |limit: u32| u16::try_from(limit.saturating_mul(2).clamp(2, PREFETCH_MAX)).unwrap_or(u16::MAX);
        let concurrency = deliveries.live.now().concurrency();
        let mut wanted: Vec<Listening> =
            concurrency.into_iter().map(|(connection, limit)| Listening { connection, prefetch: prefetch(limit) }).collect();
        wanted.sort();
        self.transport.listen(wanted);
    }

    fn pause(&self) -> Duration {
        if self.transport.carries() || self.transport.health().trouble_lasting() <= AWAY_AFTER {
            return self.options.poll;
        }
        self.options.poll.min(POLL_AWAY)
    }

    fn lease(&self, now: Timestamp) -> Lease {
        let until = SignedDuration::try_from(self.options.lease).ok().and_then(|lease| now.checked_add(lease).ok()).unwrap_or(now);
        Lease { owner: self.options.owner.clone(), until }
    }

    /// Claims for tickets in hand.
    async fn claim_for(self: &Arc<Self>, deliveries: &Arc<Deliveries>, named: Vec<Named>) -> crate::store::Result<usize> {
        if deliveries.live.now().has_mixed_priorities() {
            self.claim_best(deliveries, named).await
        } else {
            self.claim_named(deliveries, named).await
        }
    }

    /// A broker's queue knows no urgency: what is urgent would wait behind all that was announced before it. So where flows
    /// have different priorities a ticket stands for one claim at its connection, and the store's order says of what. What
    /// the ticket names is claimed for a ticket to come, or found by polling.
    async fn claim_best(self: &Arc<Self>, deliveries: &Arc<Deliveries>, named: Vec<Named>) -> crate::store::Result<usize> {
        let mut parts: BTreeMap<Arc<str>, Vec<Named>> = BTreeMap::new();
        for named in named {
            parts.entry(named.connection.clone()).or_default().push(named);
        }
        let room = |(connection, named): (&Arc<str>, &Vec<Named>)| ConnectionRoom {
            tenant: TenantId::DEFAULT,
            connection: connection.to_string(),
            free: u32::try_from(named.len()).unwrap_or(u32::MAX),
        };
        let room: Vec<ConnectionRoom> = parts.iter().map(room).collect();
        let leased_at = deliveries.clock.monotonic();
        let now = deliveries.clock.now();
        let claimed = deliveries.store.claim_lanes(&self.lease(now), now, &room).await;
        STORE_CALL_SECONDS.took(deliveries.clock.monotonic().saturating_sub(leased_at), ["claim"]);
        let finish = |parts: BTreeMap<Arc<str>, Vec<Named>>| parts.into_values().flatten().for_each(|named| named.part.finish());
        let claimed = match claimed {
            Ok(claimed) => claimed,
            Err(error) => {
                self.backlog.store(true, Ordering::Relaxed);
                finish(parts);
                return Err(error);
            }
        };
        let found = claimed.len();
        EFFECTS_CLAIMED.add(found as u64, ["ticket"]);
        for effect in claimed {
            let held = parts.get_mut(effect.effect.connection.as_str());
            let lane = LaneId::of(effect.effect.tenant, &effect.effect.lane);
            // Its own ticket, when that is in hand: what was announced is then acknowledged with its commit.
            let own = |named: &mut Vec<Named>| {
                let at = named.iter().position(|named| named.lane == lane).unwrap_or(0);
                (!named.is_empty()).then(|| named.remove(at).part)
            };
            let part = held.and_then(own);
            self.perform(effect, leased_at, part.into_iter().collect());
        }
        finish(parts);
        Ok(found)
    }

    /// Claims what tickets name; what is held, gone or not due needs nothing.
    async fn claim_named(self: &Arc<Self>, deliveries: &Arc<Deliveries>, named: Vec<Named>) -> crate::store::Result<usize> {
        let mut parts: BTreeMap<LaneId, Vec<Part>> = BTreeMap::new();
        for named in named {
            parts.entry(named.lane).or_default().push(named.part);
        }
        let lanes: Vec<LaneId> = parts.keys().copied().collect();
        // Before the lease's end is reckoned: a slow claim must not lengthen what may be done under it.
        let leased_at = deliveries.clock.monotonic();
        let now = deliveries.clock.now();
        let claimed = deliveries.store.claim_named_lanes(&self.lease(now), now, &lanes).await;
        STORE_CALL_SECONDS.took(deliveries.clock.monotonic().saturating_sub(leased_at), ["claim"]);
        let claimed = match claimed {
            Ok(claimed) => claimed,
            Err(error) => {
                // They are ready still, or leased to us by a commit without an answer; polling finds them either way.
                self.backlog.store(true, Ordering::Relaxed);
                parts.into_values().flatten().for_each(Part::finish);
                return Err(error);
            }
        };
        let found = claimed.len();
        EFFECTS_CLAIMED.add(found as u64, ["ticket"]);
        for effect in claimed {
            let lane = LaneId::of(effect.effect.tenant, &effect.effect.lane);
            self.perform(effect, leased_at, parts.remove(&lane).unwrap_or_default());
        }
        parts.into_values().flatten().for_each(Part::finish);
        Ok(found)
    }

    /// Claims whatever is ready and fits.
    async fn poll(self: &Arc<Self>, deliveries: &Arc<Deliveries>) -> crate::store::Result<usize> {
        let waiting = lock(&self.pending).waiting();
        let free = |(connection, free): (String, u32)| {
            let free = free.saturating_sub(waiting.get(&connection).copied().unwrap_or(0));
            (free > 0).then_some(ConnectionRoom { tenant: TenantId::DEFAULT, connection, free })
        };
        let room: Vec<ConnectionRoom> = self.room().into_iter().filter_map(free).collect();
        if room.is_empty() {
            return Ok(0);
        }
        let leased_at = deliveries.clock.monotonic();
        let now = deliveries.clock.now();
        let ready_by = if self.transport.carries() { now.checked_sub(TICKETS_TRAVEL).unwrap_or(now) } else { now };
        let claimed = deliveries.store.claim_lanes(&self.lease(now), ready_by, &room).await;
        STORE_CALL_SECONDS.took(deliveries.clock.monotonic().saturating_sub(leased_at), ["claim"]);
        let claimed = claimed?;
        EFFECTS_CLAIMED.add(claimed.len() as u64, ["poll"]);
        self.note_crowds(&room, &claimed);
        let taken = |room: &ConnectionRoom| claimed.iter().filter(|claimed| claimed.effect.connection == room.connection).count();
        let full = room.iter().any(|room| taken(room) >= room.free as usize);
        self.backlog.store(full, Ordering::Relaxed);
        let found = claimed.len();
        claimed.into_iter().for_each(|effect| self.perform(effect, leased_at, Vec::new()));
        Ok(found)
    }

    fn room(&self) -> HashMap<String, u32> {
        let Some(deliveries) = self.deliveries.get() else { return HashMap::new() };
        let limits = deliveries.live.now().concurrency();
        let left = self.options.total_max.saturating_sub(self.claimed.load(Ordering::Relaxed));
        let under_way = lock(&self.under_way);
        limits
            .into_iter()
            .map(|(connection, limit)| {
                let busy = under_way.get(&connection).copied().unwrap_or(0);
                (connection, limit.saturating_sub(busy).min(left))
            })
            .collect()
    }

    /// Performs a claimed effect in a task of its own; then the parts of tickets that named its lane are finished.
    fn perform(self: &Arc<Self>, effect: ClaimedEffect, leased_at: Duration, parts: Vec<Part>) {
        let Some(deliveries) = self.deliveries.get() else { return };
        let connection = effect.effect.connection.clone();
        *lock(&self.under_way).entry(connection.clone()).or_default() += 1;
        let under_way = self.claimed.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        EFFECTS_UNDER_WAY.set(under_way.into(), []);
        let place = Place { claimer: self.clone(), connection };
        let claim = Claim(self.clone());
        let deliveries = deliveries.clone();
        self.lifecycle.run(async move {
            deliveries.perform(effect, leased_at, move || drop(place)).await;
            parts.into_iter().for_each(Part::finish);
            drop(claim);
        });
    }

    /// A connection all of whose room was taken at once probably has more waiting.
    fn note_crowds(&self, room: &[ConnectionRoom], claimed: &[ClaimedEffect]) {
        let mut crowded = lock(&self.crowded);
        for one in room {
            let taken = claimed.iter().filter(|claimed| claimed.effect.connection == one.connection).count();
            if taken >= one.free as usize {
                crowded.insert(one.connection.clone());
            } else {
                crowded.remove(&one.connection);
            }
        }
    }

    /// Room for effects that are only now planned. Where flows have different priorities and more waits than there is room
    /// for, all of them go the way of the queue: what is planned last must not go before what is urgent, nor for ever before
    /// what is not.
    fn room_for_new(&self) -> HashMap<String, u32> {
        let mut room = self.room();
        let mixed = self.deliveries.get().is_some_and(|deliveries| deliveries.live.now().has_mixed_priorities());
        if mixed {
            let crowded = lock(&self.crowded);
            room.retain(|connection, _| !crowded.contains(connection));
        }
        room
    }

    fn called(&self, connection: &str) {
        if let Some(count) = lock(&self.under_way).get_mut(connection) {
            *count = count.saturating_sub(1);
        }
        self.nudge.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The place at the connection: given back when the call is over, also when its task is dropped.
struct Place {
    claimer: Arc<Claimer>,
    connection: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.claimer.called(&self.connection);
    }
}

/// The place among all effects: given back when the outcome is stored, also when its task is dropped.
struct Claim(Arc<Claimer>);

impl Drop for Claim {
    fn drop(&mut self) {
        let under_way = self.0.claimed.fetch_sub(1, Ordering::Relaxed).saturating_sub(1);
        EFFECTS_UNDER_WAY.set(under_way.into(), []);
        self.0.nudge.notify_one();
    }
}

/// The claimer as the engine sees it.
pub struct ClaimerHandle {
    /// Performs what the commit claimed.
    pub claimer: Arc<Claimer>,
    /// Announces the rest.
    pub relay: Relay,
    /// Told of each commit where committed changes are published.
    pub committed: Option<Arc<Notify>>,
}

impl Claims for ClaimerHandle {
    /// Nothing while tickets travel: what a commit plans is then spread over the processes by them. Connections whose queue is
    /// not ours to use are served at once.
    fn room(&self) -> HashMap<String, u32> {
        if self.claimer.lifecycle.soft().is_cancelled() {
            return HashMap::new();
        }
        if !self.claimer.transport.carries() {
            return self.claimer.room_for_new();
        }
        let apart = self.claimer.transport.apart();
        if apart.is_empty() {
            return HashMap::new();
        }
        let mut room = self.claimer.room_for_new();
        room.retain(|connection, _| apart.contains(connection));
        room
    }

    fn take(&self, claimed: Vec<ClaimedEffect>, ready: Vec<ReadyLane>, now: Timestamp, leased_at: Duration) {
        if !claimed.is_empty() {
            EFFECTS_CLAIMED.add(claimed.len() as u64, ["planning"]);
        }
        claimed.into_iter().for_each(|effect| self.claimer.perform(effect, leased_at, Vec::new()));
        self.relay.announce(ready, now);
        if let Some(committed) = &self.committed {
            committed.notify_one();
        }
    }
}
