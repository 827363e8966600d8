//! The feed of changes, followed once a process and handed to whoever has a page open.
//!
//! One look at the store every half second while anybody listens, none while nobody does. Listeners read from a ring in
//! memory; who comes back after a break reads what it missed from the store, or is told to read everything again.

use crate::domain::ids::TenantId;
use crate::runtime::Clock;
use crate::store::Store;
use crate::store::desk::{ChangeRow, FeedPlace};
use serde_json::{Map, Value};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Pause between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Commits read at one look.
const LOOK_MAX: u32 = 500;
/// Commits kept in memory for one tenant.
const RING_MAX: usize = 2_000;
/// Things of one topic one event names; more are told as "many".
const NAMED_MAX: usize = 200;
/// Listeners of one process, and of one caller.
pub const LISTENERS_MAX: usize = 500;
/// Of one caller.
pub const LISTENERS_OF_CALLER_MAX: usize = 20;

/// Follows the feed.
pub struct Feed {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    moved: Notify,
}

#[derive(Default)]
struct State {
    rings: HashMap<TenantId, Ring>,
    /// By tenant and name: the same name elsewhere is somebody else's.
    callers: HashMap<(TenantId, String), usize>,
    count: usize,
}

#[derive(Default)]
struct Ring {
    listeners: usize,
    /// Everything after this place, up to the newest, is in `rows`.
    base: Option<FeedPlace>,
    rows: VecDeque<ChangeRow>,
    /// The store could not be asked lately: what it keeps may have been lost meanwhile.
    doubtful: bool,
    /// How often something may have been missed.
    breaks: u64,
}

/// What a listener is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// These things changed: topic to ids with versions, or to `"many"`.
    Changes {
        /// Where to go on from.
        place: FeedPlace,
        /// Topic to changes.
        topics: Map<String, Value>,
    },
    /// Too much was missed: everything is to be read again.
    Reset {
        /// Where to go on from.
        place: FeedPlace,
    },
}

/// A listener; dropped, it listens no more.
pub struct Listener {
    feed: Arc<Feed>,
    tenant: TenantId,
    caller: (TenantId, String),
    topics: Vec<String>,
    place: Option<FeedPlace>,
    missed: Option<FeedPlace>,
    /// Breaks of the feed that it knows of.
    breaks: u64,
}

impl Feed {
    /// A feed nobody listens to yet.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { store, clock, state: Mutex::default(), moved: Notify::new() })
    }

    /// Follows the feed until told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            for tenant in self.heard_of() {
                if let Err(error) = self.look(tenant).await {
                    tracing::debug!("the feed cannot be read now: {error}");
                    self.lock().rings.entry(tenant).or_default().doubtful = true;
                }
            }
            tokio::select! {
                () = self.clock.wait(LOOK_EVERY) => {}
                () = stop.cancelled() => {}
            }
        }
        self.moved.notify_waiters();
    }

    /// Begins to listen; none when too many do. An empty list of topics means all.
    pub fn listen(self: &Arc<Self>, tenant: TenantId, caller: &str, topics: Vec<String>, last: Option<FeedPlace>) -> Option<Listener> {
        let mut state = self.lock();
        let caller = (tenant, caller.to_owned());
        let of_caller = state.callers.get(&caller).copied().unwrap_or(0);
        if state.count >= LISTENERS_MAX || of_caller >= LISTENERS_OF_CALLER_MAX {
            return None;
        }
        state.count += 1;
        *state.callers.entry(caller.clone()).or_default() += 1;
        let ring = state.rings.entry(tenant).or_default();
        ring.listeners += 1;
        let breaks = ring.breaks;
        Some(Listener { feed: self.clone(), tenant, caller, topics, place: None, missed: last, breaks })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn heard_of(&self) -> Vec<TenantId> {
        self.lock().rings.iter().filter(|(_, ring)| ring.listeners > 0).map(|(tenant, _)| *tenant).collect()
    }

    async fn look(&self, tenant: TenantId) -> Result<(), crate::store::Error> {
        let known = {
            let state = self.lock();
            state.rings.get(&tenant).and_then(|ring| ring.rows.back().map(|row| row.place).or(ring.base))
        };
        let Some(known) = known else {
            // The first listener begins at the newest place.
            let newest = self.store.desk().feed_ends(tenant).await?.map_or_else(FeedPlace::default, |(newest, _)| newest);
            self.lock().rings.entry(tenant).or_default().base = Some(newest);
            self.moved.notify_waiters();
            return Ok(());
        };
        let rows = self.store.desk().changes(tenant, known, LOOK_MAX).await?;
        if std::mem::take(&mut self.lock().rings.entry(tenant).or_default().doubtful) {
            // PostgreSQL keeps the feed out of its log: what was committed right before it went away may be gone from here.
            let newest = self.store.desk().feed_ends(tenant).await?.map_or(known, |(newest, _)| newest);
            let mut state = self.lock();
            let ring = state.rings.entry(tenant).or_default();
            (ring.base, ring.breaks) = (Some(newest), ring.breaks + 1);
            ring.rows.clear();
            drop(state);
            self.moved.notify_waiters();
            return Ok(());
        }
        if rows.is_empty() {
            return Ok(());
        }
        {
            let mut state = self.lock();
            let ring = state.rings.entry(tenant).or_default();
            ring.rows.extend(rows);
            while ring.rows.len() > RING_MAX {
                ring.base = ring.rows.pop_front().map(|row| row.place);
            }
        }
        self.moved.notify_waiters();
        Ok(())
    }

    /// What the ring has after a place; none when it does not reach back so far.
    fn after(&self, tenant: TenantId, place: FeedPlace) -> Option<Vec<ChangeRow>> {
        let state = self.lock();
        let ring = state.rings.get(&tenant)?;
        if place < ring.base? {
            return None;
        }
        Some(ring.rows.iter().filter(|row| row.place > place).cloned().collect())
    }

    /// The newest place that is known, and how often something may have been missed until now.
    fn newest(&self, tenant: TenantId) -> Option<(FeedPlace, u64)> {
        let state = self.lock();
        let ring = state.rings.get(&tenant)?;
        Some((ring.rows.back().map(|row| row.place).or(ring.base)?, ring.breaks))
    }
}

impl Listener {
    /// Waits for the next thing to tell: what changed meanwhile, as one.
    pub async fn next(&mut self) -> Told {
        loop {
            let moved = self.feed.clone();
            let moved = moved.moved.notified();
            if let Some(told) = self.ready().await {
                return told;
            }
            moved.await;
        }
    }

    async fn ready(&mut self) -> Option<Told> {
        let (newest, breaks) = self.feed.newest(self.tenant)?;
        if std::mem::replace(&mut self.breaks, breaks) != breaks {
            (self.place, self.missed) = (Some(newest), None);
            return Some(Told::Reset { place: newest });
        }
        if let Some(last) = self.missed.take() {
            self.place = Some(newest);
            let missed = self.catch_up(last, newest).await;
            return missed.or_else(|| Some(Told::Changes { place: newest, topics: Map::new() }));
        }
        let Some(place) = self.place else {
            // Tells where it begins, so that a break right after can be made up for.
            self.place = Some(newest);
            return Some(Told::Changes { place: newest, topics: Map::new() });
        };
        let Some(rows) = self.feed.after(self.tenant, place) else {
            self.place = Some(newest);
            return Some(Told::Reset { place: newest });
        };
        let last = rows.last()?.place;
        self.place = Some(last);
        let topics = merged(&rows, &self.topics);
        (!topics.is_empty()).then_some(Told::Changes { place: last, topics })
    }

    /// What was missed since a place, from the store.
    async fn catch_up(&self, last: FeedPlace, newest: FeedPlace) -> Option<Told> {
        let reset = Some(Told::Reset { place: newest });
        let desk = self.feed.store.desk();
        let Ok(ends) = desk.feed_ends(self.tenant).await else { return reset };
        // A place before the oldest row was tidied away; one after the newest is of another life of the database, which lost
        // its feed in a crash or was restored; in both cases nobody can say what was missed.
        let is_there = last == newest || ends.is_some_and(|(latest, oldest)| oldest <= last && last <= latest);
        if !is_there {
            return reset;
        }
        let rows = desk.changes(self.tenant, last, LOOK_MAX).await.unwrap_or_default();
        if rows.len() >= LOOK_MAX as usize {
            return reset;
        }
        let topics = merged(&rows, &self.topics);
        (!topics.is_empty()).then_some(Told::Changes { place: newest, topics })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut state = self.feed.lock();
        state.count = state.count.saturating_sub(1);
        if let Some(count) = state.callers.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                state.callers.remove(&self.caller);
            }
        }
        if let Some(ring) = state.rings.get_mut(&self.tenant) {
            ring.listeners = ring.listeners.saturating_sub(1);
            if ring.listeners == 0 {
                // Nobody follows it now; the next listener begins anew.
                state.rings.remove(&self.tenant);
            }
        }
    }
}

/// A place as the id of an event.
pub fn place_text(place: FeedPlace) -> String {
    format!("{}.{}", place.transaction, place.number)
}

/// The place an event's id names; one from where nothing is known when it names none, so that its listener reads everything again.
pub fn place_of(text: Option<&str>) -> FeedPlace {
    let read = |text: &str| {
        let (transaction, number) = text.split_once('.')?;
        Some(FeedPlace { transaction: transaction.parse().ok()?, number: number.parse().ok()? })
    };
    text.and_then(read).unwrap_or(FeedPlace::UNKNOWN)
}

/// Several commits as one: of each thing the newest version.
fn merged(rows: &[ChangeRow], wanted: &[String]) -> Map<String, Value> {
    let mut topics: Map<String, Value> = Map::new();
    for row in rows {
        let Ok(changes) = serde_json::from_str::<Map<String, Value>>(&row.changes) else { continue };
        for (topic, entries) in changes {
            if wanted.is_empty() || wanted.contains(&topic) {
                add(topics.entry(topic).or_insert_with(|| Value::Array(Vec::new())), entries);
            }
        }
    }
    topics
}

fn add(known: &mut Value, entries: Value) {
    let (Value::Array(list), Value::Array(entries)) = (&mut *known, entries) else {
        *known = Value::from("many");
        return;
    };
    for entry in entries {
        let same = |other: &&mut Value| other.get(0) == entry.get(0);
        match list.iter_mut().find(same) {
            Some(older) => *older = entry,
            None => list.push(entry),
        }
    }
    if list.len() > NAMED_MAX {
        *known = Value::from("many");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(number: i64, changes: Value) -> ChangeRow {
        ChangeRow { place: FeedPlace { transaction: 0, number }, at: jiff::Timestamp::UNIX_EPOCH, changes: changes.to_string() }
    }

    #[test]
    fn several_commits_become_one_with_the_newest_versions() {
        let rows = [
            row(1, json!({"documents": [["a", 1]], "instances": [["i", 1]]})),
            row(2, json!({"documents": [["a", 2], ["b", 1]], "exceptions": "many"})),
        ];
        let all = merged(&rows, &[]);
        assert_eq!(Value::Object(all), json!({"documents": [["a", 2], ["b", 1]], "instances": [["i", 1]], "exceptions": "many"}));
        let some = merged(&rows, &["instances".to_owned()]);
        assert_eq!(Value::Object(some), json!({"instances": [["i", 1]]}));
        let many: Vec<ChangeRow> = (0..300).map(|number| row(number, json!({"documents": [[number.to_string(), 1]]}))).collect();
        assert_eq!(Value::Object(merged(&many, &[])), json!({"documents": "many"}));
    }
}
