//! Schedules: when they are due, what came of each fire, and whether it is right. What is planned and how runs end is watched
//! between the replicas and the store, so that the judge does not depend on the store's own word.

use crate::drift_oracle;
use crate::world::World;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use waybill::domain::ids::{ReconciliationId, TenantId};
use waybill::store::{Fenced, ReconciliationRow, ReconciliationStep, ScheduleKey};

/// A connection's nominal times in plain arithmetic: what its file says, told once more by the judge.
#[derive(Clone, Copy, Debug)]
pub struct Nominal {
    pub connection: &'static str,
    /// Seconds between two, and of the first of them after midnight UTC.
    pub every: i64,
    pub offset: i64,
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// As the files in `benches/simulator-content` say; 14:00 in Shanghai is 06:00 UTC.
pub const STORM: &[Nominal] = &[
    Nominal { connection: "erp_hq", every: 2 * HOUR, offset: 0 },
    Nominal { connection: "oa_main", every: 12 * HOUR, offset: 0 },
    Nominal { connection: "finance_main", every: DAY, offset: 6 * HOUR },
];

/// As the year rewrites them, 02:00 in Shanghai for the OA: an order is read back for three days.
pub const YEAR: &[Nominal] = &[
    Nominal { connection: "erp_hq", every: 12 * HOUR, offset: 0 },
    Nominal { connection: "oa_main", every: DAY, offset: 18 * HOUR },
    Nominal { connection: "finance_main", every: DAY, offset: 6 * HOUR },
];

/// Once the faults are over for this long, nobody stands still any more.
const THAWED: Duration = Duration::from_secs(9 * 3_600);
/// A fire in calm weather comes this soon after its time.
const SOON: Duration = Duration::from_secs(300);

impl Nominal {
    /// The last time at or before, and those from there on.
    fn last(&self, at: Timestamp) -> i64 {
        (at.as_second() - self.offset).div_euclid(self.every) * self.every + self.offset
    }

    fn key(&self) -> ScheduleKey {
        ScheduleKey { tenant: TenantId::DEFAULT, schedule: format!("reconcile/{}", self.connection) }
    }
}

/// What was seen of schedules and runs.
#[derive(Default)]
pub struct Fires {
    /// Where each schedule began to count.
    noted: BTreeMap<String, Timestamp>,
    /// Fires that led to a run: nominal time and true time of the commit, in the order of the commits.
    planned: BTreeMap<String, Vec<(Timestamp, Timestamp)>>,
    ended: BTreeMap<ReconciliationId, String>,
    /// When the next fire is due, as long as no fire changes it.
    next: Option<(u64, Option<Timestamp>)>,
}

/// Watches a commit that plans runs.
pub fn planned(world: &Arc<World>, rows: &[ReconciliationRow], stored: &[bool]) {
    let now = world.executor.timestamp();
    for (row, _) in rows.iter().zip(stored).filter(|(_, stored)| **stored) {
        let Some((schedule, nominal)) = &row.schedule else { continue };
        world.tell(|| format!("{schedule} fires for {nominal}"));
        world.count("Fires");
        let mut fires = world.fires();
        let last = fires.planned.get(schedule).and_then(|all| all.last()).map(|(nominal, _)| *nominal);
        let last = last.max(fires.noted.get(schedule).copied());
        fires.planned.entry(schedule.clone()).or_default().push((*nominal, now));
        drop(fires);
        if last.is_some_and(|last| last >= *nominal) {
            world.wrong(format!("{schedule} fires for {nominal} when {last:?} was known already"));
        }
    }
}

/// Watches a commit that notes where schedules begin to count.
pub fn noted(world: &Arc<World>, notes: &[(ScheduleKey, Timestamp)]) {
    let mut fires = world.fires();
    for (key, nominal) in notes {
        fires.noted.entry(key.schedule.clone()).or_insert(*nominal);
    }
}

/// Watches a commit of a page of a run.
pub fn recorded(world: &Arc<World>, step: &ReconciliationStep, fenced: &waybill::store::Result<Fenced>) {
    let run = &step.run;
    if !matches!(fenced, Ok(Fenced::Held)) {
        world.count("ReconciliationPageLost");
        return;
    }
    for drift in step.drifts.iter().filter(|drift| drift.first_seen_at == drift.last_seen_at) {
        world.tell(|| {
            format!(
                "drift {} of {} at {}: {:?}, {:?}",
                drift.kind,
                drift.external_id.as_deref().unwrap_or_default(),
                drift.connection,
                drift.ours,
                drift.theirs
            )
        });
        world.count(&format!("Drift {}", drift.kind));
    }
    drift_oracle::judge_new(world, run, &step.drifts);
    world.count("ReconciliationPage");
    if run.state == "running" {
        return;
    }
    world.tell(|| format!("run {} of {} is {}: {}", run.id, run.connection, run.state, run.statement));
    world.count(&format!("Reconciliation {}", run.state));
    if run.state == "failed" && run.problem.is_none() {
        world.wrong(format!("run {} of {} failed without a problem", run.id, run.connection));
    }
    let before = world.fires().ended.insert(run.id, run.state.clone());
    if let Some(before) = before {
        world.wrong(format!("run {} of {} ends twice: {before}, {}", run.id, run.connection, run.state));
    }
}

/// When somebody who looks finds a fire or a run.
pub fn next_due(world: &Arc<World>) -> Option<Timestamp> {
    let state = world.store.state();
    let (version, runs) = (state.fires_changed, state.next_run_due());
    let mut fires = world.fires();
    let next = match fires.next {
        Some((known, next)) if known == version => next,
        _ => {
            let of = |nominal: &Nominal| match state.last_fire(&nominal.key()) {
                Some(last) => world.catalog.connections.get(nominal.connection)?.reconcile.schedule.as_ref()?.next(last),
                None => Some(Timestamp::MIN),
            };
            let next = world.plan.schedules.iter().filter_map(of).min();
            fires.next = Some((version, next));
            next
        }
    };
    [runs, next].into_iter().flatten().min()
}

/// Whether every connection was read back by a run for a time after this.
pub fn read_back_since(world: &Arc<World>, since: Timestamp) -> bool {
    let state = world.store.state();
    let done = |connection: &str| {
        let runs = state.runs.values().map(|run| &run.row).filter(|row| row.connection == connection && row.state == "done");
        runs.filter_map(|row| row.schedule.as_ref()).any(|(_, nominal)| *nominal >= since)
    };
    world.plan.schedules.iter().all(|nominal| done(nominal.connection))
}

/// The run of a connection that ended last.
pub fn last_run(world: &Arc<World>, connection: &str) -> Option<ReconciliationRow> {
    let state = world.store.state();
    let runs = state.runs.values().map(|run| &run.row).filter(|row| row.connection == connection && row.state == "done");
    runs.max_by_key(|row| row.ended_at).cloned()
}

/// Judges all fires and runs at the end.
pub fn judge(world: &Arc<World>) {
    let (now, start) = (world.executor.timestamp(), world.executor.timestamp() - signed(world.executor.now()));
    let thawed = start + signed(world.plan.over + world.plan.storm_after + THAWED);
    for nominal in world.plan.schedules {
        judge_schedule(world, nominal, now, thawed);
    }
    let wrong: Vec<String> = {
        let (state, fires) = (world.store.state(), world.fires());
        let left = state.runs.values().map(|run| &run.row).filter(|row| matches!(row.state.as_str(), "planned" | "running"));
        let young = |row: &ReconciliationRow| row.requested_at > now - signed(SOON);
        let planned: usize = fires.planned.values().map(Vec::len).sum();
        let count = (planned != state.runs.len()).then(|| format!("{planned} fires led to {} runs", state.runs.len()));
        left.filter(|row| !young(row))
            .map(|row| format!("run {} of {} for {:?} is still {}: {:?}", row.id, row.connection, row.schedule, row.state, row.problem))
            .chain(count)
            .collect()
    };
    wrong.into_iter().for_each(|words| world.wrong(words));
}

/// Each nominal time led to one run, or to none where a later one was known before anybody could fire it.
fn judge_schedule(world: &Arc<World>, nominal: &Nominal, now: Timestamp, thawed: Timestamp) {
    let schedule = nominal.key().schedule;
    let (noted, planned) = {
        let fires = world.fires();
        (fires.noted.get(&schedule).copied(), fires.planned.get(&schedule).cloned().unwrap_or_default())
    };
    let Some(noted) = noted else { return world.wrong(format!("{schedule} was never noticed")) };
    if noted.as_second() != nominal.last(noted) {
        world.wrong(format!("{schedule} begins to count at {noted}, which is no time of it"));
    }
    for (fire, _) in &planned {
        if fire.as_second() != nominal.last(*fire) || fire.subsec_nanosecond() != 0 {
            world.wrong(format!("{schedule} fires for {fire}, which is no time of it"));
        }
    }
    let mut second = noted.as_second() + nominal.every;
    while let Ok(at) = Timestamp::from_second(second)
        && at + signed(SOON) < now
    {
        second += nominal.every;
        let runs: Vec<Timestamp> = planned.iter().filter(|(fire, _)| *fire == at).map(|(_, when)| *when).collect();
        match runs.as_slice() {
            [when] if at >= thawed && *when > at + signed(SOON) => world.wrong(format!("{schedule} fires for {at} at {when} only")),
            [_] => {}
            [] if at >= thawed => world.wrong(format!("{schedule} does not fire for {at}, with nothing in its way")),
            [] if planned.iter().any(|(fire, when)| *fire > at && *when >= at) => world.count("FireMissed"),
            [] => world.wrong(format!("{schedule} does not fire for {at}, nor for a later time")),
            [..] => world.wrong(format!("{schedule} fires {} times for {at}", runs.len())),
        }
    }
}

fn signed(by: Duration) -> jiff::SignedDuration {
    jiff::SignedDuration::try_from(by).unwrap_or_default()
}
