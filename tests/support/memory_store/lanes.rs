//! Effects and their lanes: queued, claimed by lease and token, reported on, taken back.

use super::state::{Lane, LaneKey, State};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use waybill::domain::ids::{EffectId, LaneId, TenantId};
use waybill::store::*;

type Held = BTreeSet<(EffectId, i64)>;

fn unfinished(state: &str) -> bool {
    matches!(state, "planned" | "started" | "waiting")
}

impl State {
    fn index(&mut self, key: &LaneKey, there: bool) {
        let Some(lane) = self.lanes.get(key) else { return };
        let entry = (key.0, lane.connection.clone(), lane.priority, lane.due, key.clone());
        if there {
            self.lanes_ready.insert(entry);
        } else {
            self.lanes_ready.remove(&entry);
        }
    }

    pub fn held(&self, holds: &[LaneHold]) -> Held {
        let holds = holds.iter().filter(|hold| {
            let lane = self.lanes.get(&(hold.tenant, hold.lane.clone()));
            lane.is_some_and(|lane| lane.token == hold.token && lane.head == hold.effect && lane.owner.is_some())
        });
        holds.map(|hold| (hold.effect, hold.token)).collect()
    }

    pub fn queue(&mut self, new: Vec<NewEffect>) -> Committed {
        let mut committed = Committed::default();
        for NewEffect { effect, claim } in new {
            if self.effects.contains_key(&effect.id) {
                continue;
            }
            let (token, seq) = (self.next(), self.next());
            let key: LaneKey = (effect.tenant, effect.lane.clone());
            let priority = effect.priority.clamp(0, 9);
            let head = !self.lanes.contains_key(&key);
            let started = head && claim.is_some();
            let effect = EffectRow {
                seq,
                priority,
                state: if started { "started" } else { "planned" }.to_owned(),
                attempt: u32::from(started),
                ..effect
            };
            if head {
                let lane = Lane {
                    head: effect.id,
                    due: claim.as_ref().map_or(effect.due_at, |lease| lease.until),
                    token,
                    priority,
                    connection: effect.connection.clone(),
                    owner: claim.map(|lease| lease.owner),
                    queue: BTreeSet::new(),
                };
                self.put_lane(&key, lane);
                self.index(&key, true);
                if !started {
                    committed.ready.extend(self.ready_lane(&key));
                }
            }
            if let Some(lane) = self.lanes.get_mut(&key) {
                lane.queue.insert((seq, effect.id));
            }
            self.effects_of.entry(effect.instance).or_default().insert((seq, effect.id));
            self.effects.insert(effect.id, effect.clone());
            committed.rows += 1;
            if started {
                committed.claimed.push(ClaimedEffect { effect, token, orphaned: false, sealed: false });
            }
        }
        committed
    }

    pub fn claim_lanes(&mut self, lease: &Lease, now: Timestamp, room: &[ConnectionRoom]) -> Vec<ClaimedEffect> {
        let mut claimed = Vec::new();
        let mut rooms: Vec<&ConnectionRoom> = room.iter().collect();
        rooms.sort_by(|left, right| left.connection.cmp(&right.connection));
        for room in rooms {
            let mut ready: Vec<(Timestamp, i16, LaneKey)> = Vec::new();
            for priority in 0..=9 {
                let from = (room.tenant, room.connection.clone(), priority, Timestamp::MIN, (TenantId(i32::MIN), String::new()));
                let due = self.lanes_ready.range(from..).take_while(|(tenant, connection, of, due, _)| {
                    *tenant == room.tenant && *connection == room.connection && *of == priority && *due <= now
                });
                // A step of priority is worth half a minute: who waited longer goes first.
                let patience = SignedDuration::from_secs(30 * i64::from(priority));
                ready.extend(due.take(room.free as usize).map(|(_, _, _, due, key)| (*due + patience, priority, key.clone())));
            }
            ready.sort();
            ready.truncate(room.free as usize);
            for (_, _, key) in ready {
                claimed.extend(self.start(lease, &key));
            }
        }
        in_turn(&mut claimed);
        claimed
    }

    fn start(&mut self, lease: &Lease, key: &LaneKey) -> Option<ClaimedEffect> {
        let token = self.next();
        self.index(key, false);
        let lane = self.lanes.get_mut(key)?;
        lane.owner = Some(lease.owner.clone());
        lane.due = lease.until;
        lane.token = token;
        let head = lane.head;
        self.index(key, true);
        let effect = self.effects.get_mut(&head)?;
        let orphaned = effect.state == "started";
        if !orphaned {
            effect.state = "started".to_owned();
            effect.attempt += 1;
        }
        Some(ClaimedEffect { effect: effect.clone(), token, orphaned, sealed: false })
    }

    pub fn record_progress(&mut self, progress: &[Progress]) -> Vec<Fenced> {
        let holds: Vec<LaneHold> = progress.iter().map(|progress| progress.hold.clone()).collect();
        let held = self.held(&holds);
        self.progress(&held, progress);
        let mut left = held;
        let mut answer = |progress: &Progress| left.remove(&(progress.hold.effect, progress.hold.token));
        progress.iter().map(|progress| if answer(progress) { Fenced::Held } else { Fenced::Lost }).collect()
    }

    fn put_lane(&mut self, key: &LaneKey, lane: Lane) {
        self.lane_keys.insert(LaneId::of(key.0, &key.1), key.clone());
        self.lanes.insert(key.clone(), lane);
    }

    fn ready_lane(&self, key: &LaneKey) -> Option<ReadyLane> {
        let lane = self.lanes.get(key)?;
        Some(ReadyLane {
            tenant: key.0,
            connection: lane.connection.clone(),
            lane: LaneId::of(key.0, &key.1),
            priority: lane.priority,
            due_at: lane.due,
        })
    }

    pub fn claim_named_lanes(&mut self, lease: &Lease, now: Timestamp, lanes: &[LaneId]) -> Vec<ClaimedEffect> {
        let mut claimed = Vec::new();
        for lane in lanes {
            let Some(key) = self.lane_keys.get(lane).cloned() else { continue };
            if self.lanes.get(&key).is_some_and(|lane| lane.due <= now) {
                claimed.extend(self.start(lease, &key));
            }
        }
        in_turn(&mut claimed);
        claimed
    }

    /// Writes progress whose hold is held, the first on each; answers which lanes go on.
    pub fn progress(&mut self, held: &Held, all: &[Progress]) -> Vec<ReadyLane> {
        let mut once = BTreeSet::new();
        let mut lanes = BTreeSet::new();
        for progress in all {
            let effect = progress.hold.effect;
            if !held.contains(&(effect, progress.hold.token)) || !once.insert(effect) {
                continue;
            }
            let key: LaneKey = (progress.hold.tenant, progress.hold.lane.clone());
            if let Some(row) = self.effects.get_mut(&effect) {
                row.state.clone_from(&progress.state);
                row.delivery.clone_from(&progress.delivery);
                if unfinished(&progress.state) {
                    row.due_at = progress.due_at;
                } else if let Some(lane) = self.lanes.get_mut(&key) {
                    lane.queue.remove(&(row.seq, effect));
                }
                let instance = row.instance;
                if !self.forget_attempts && !progress.attempts.is_empty() {
                    self.attempts.entry(instance).or_default().extend(progress.attempts.iter().cloned());
                }
            }
            lanes.insert(key);
        }
        self.settle(lanes)
    }

    /// Gives lanes that nobody holds, or whose hold is released, their first unfinished effect, or removes them.
    fn settle(&mut self, lanes: BTreeSet<LaneKey>) -> Vec<ReadyLane> {
        let mut ready = Vec::new();
        for key in lanes {
            self.index(&key, false);
            let Some(lane) = self.lanes.get_mut(&key) else { continue };
            let Some((_, first)) = lane.queue.first().copied() else {
                self.lanes.remove(&key);
                self.lane_keys.remove(&LaneId::of(key.0, &key.1));
                continue;
            };
            let effect = &self.effects[&first];
            lane.head = first;
            lane.priority = effect.priority;
            lane.due = effect.due_at;
            lane.owner = None;
            self.index(&key, true);
            ready.extend(self.ready_lane(&key));
        }
        ready
    }

    pub fn take_back(&mut self, withdrawn: &[EffectId], requeued: &[EffectId]) -> Vec<ReadyLane> {
        let mut free = BTreeSet::new();
        for id in withdrawn {
            let Some(row) = self.effects.get_mut(id) else { continue };
            let key: LaneKey = (row.tenant, row.lane.clone());
            if row.state == "planned" {
                row.state = "withdrawn".to_owned();
                let place = (row.seq, *id);
                if let Some(lane) = self.lanes.get_mut(&key) {
                    lane.queue.remove(&place);
                }
            }
            if self.lanes.get(&key).is_some_and(|lane| lane.owner.is_none()) {
                free.insert(key);
            }
        }
        for id in requeued {
            self.requeue(*id, &mut free);
        }
        self.settle(free)
    }

    fn requeue(&mut self, id: EffectId, free: &mut BTreeSet<LaneKey>) {
        let token = self.next();
        let Some(row) = self.effects.get_mut(&id).filter(|row| matches!(row.state.as_str(), "failed" | "withdrawn")) else { return };
        row.state = "planned".to_owned();
        let key: LaneKey = (row.tenant, row.lane.clone());
        let fresh = Lane {
            head: id,
            due: row.due_at,
            token,
            priority: row.priority,
            connection: row.connection.clone(),
            owner: None,
            queue: BTreeSet::new(),
        };
        let place = (row.seq, id);
        if !self.lanes.contains_key(&key) {
            self.put_lane(&key, fresh);
        }
        let Some(lane) = self.lanes.get_mut(&key) else { return };
        lane.queue.insert(place);
        if lane.owner.is_none() {
            free.insert(key);
        }
    }
}

/// The first of every connection (by priority, then due), then every second.
fn in_turn(claimed: &mut [ClaimedEffect]) {
    claimed.sort_by_key(|claimed| (claimed.effect.priority, claimed.effect.due_at, claimed.effect.seq));
    let mut places: BTreeMap<(TenantId, String), usize> = BTreeMap::new();
    claimed.sort_by_cached_key(|claimed| {
        let place = places.entry((claimed.effect.tenant, claimed.effect.connection.clone())).or_default();
        *place += 1;
        *place
    });
}
