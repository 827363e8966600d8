//! Runs of reconciliation and fires of schedules: planned, claimed, done page by page, with the fences of the real engines.

use super::MemoryStore;
use super::state::{LinkKey, State};
use super::views::page_of;
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::collections::BTreeSet;
use waybill::domain::ids::{DocumentId, ReconciliationId, TenantId};
use waybill::store::*;

/// A run, when it is due, and who holds it.
pub struct StoredRun {
    pub row: ReconciliationRow,
    pub due: Timestamp,
    pub owner: Option<String>,
}

/// Since when a link is in step or differs, and when it was read last.
#[derive(Clone, Copy, Default)]
pub struct StoredStanding {
    pub checked_at: Option<Timestamp>,
    pub in_step_since: Option<Timestamp>,
    pub differs_since: Option<Timestamp>,
}

impl Reconciliations for MemoryStore {
    fn plan_reconciliations<'a>(&'a self, rows: &'a [ReconciliationRow]) -> BoxFuture<'a, Result<Vec<bool>>> {
        self.with(|state| Ok(rows.iter().map(|row| state.plan(row)).collect()))
    }

    fn last_fires<'a>(&'a self, schedules: &'a [ScheduleKey]) -> BoxFuture<'a, Result<Vec<(ScheduleKey, Timestamp)>>> {
        self.with(|state| Ok(schedules.iter().filter_map(|key| Some((key.clone(), state.last_fire(key)?))).collect()))
    }

    fn note_fires<'a>(&'a self, fires: &'a [(ScheduleKey, Timestamp)], _now: Timestamp) -> BoxFuture<'a, Result<()>> {
        self.with(|state| {
            fires.iter().for_each(|(key, nominal)| {
                state.fire(key.tenant, &key.schedule, *nominal);
            });
            Ok(())
        })
    }

    fn claim_reconciliations<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        self.with(|state| Ok(state.claim_runs(lease, now, limit)))
    }

    fn reconcilable<'a>(&'a self, tenant: TenantId, connection: &'a str, wanted: &'a Wanted) -> BoxFuture<'a, Result<Reconcilable>> {
        self.with(|state| Ok(state.reconcilable(tenant, connection, wanted)))
    }

    fn record_reconciliation<'a>(&'a self, step: &'a ReconciliationStep) -> BoxFuture<'a, Result<Fenced>> {
        self.with(|state| state.record_run(step))
    }

    fn cancel_reconciliation<'a>(
        &'a self,
        tenant: TenantId,
        id: ReconciliationId,
        words: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool>> {
        self.with(|state| {
            let State { runs, runs_open, .. } = state;
            let open = runs.get_mut(&id).filter(|run| run.row.tenant == tenant && runs_open.contains(&id));
            Ok(open.is_some_and(|run| {
                runs_open.remove(&id);
                run.owner = None;
                run.row.state = "cancelled".to_owned();
                run.row.ended_at = Some(now);
                run.row.problem = Some(words.to_owned());
                true
            }))
        })
    }

    fn say_of_drifts<'a>(&'a self, words: &'a [DriftWord]) -> BoxFuture<'a, Result<Vec<bool>>> {
        self.with(|state| Ok(words.iter().map(|word| state.say_of_drift(word)).collect()))
    }

    fn reconciliations<'a>(&'a self, filter: &'a ReconciliationFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        self.with(|state| {
            let rows = state.runs.values().map(|run| &run.row).filter(|row| {
                row.tenant == filter.tenant
                    && filter.connection.as_ref().is_none_or(|connection| row.connection == *connection)
                    && filter.state.as_ref().is_none_or(|state| row.state == *state)
                    && filter.id.is_none_or(|id| row.id == id)
            });
            Ok(page_of(rows.cloned().collect(), page, |row| (row.requested_at, row.id.0)))
        })
    }

    fn drifts<'a>(&'a self, filter: &'a DriftFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DriftRow>>> {
        self.with(|state| Ok(page_of(state.filtered_drifts(filter), page, |row| (row.first_seen_at, row.id.0))))
    }

    fn drift_groups<'a>(&'a self, filter: &'a DriftFilter) -> BoxFuture<'a, Result<Vec<DriftGroup>>> {
        self.with(|state| Ok(state.drift_groups(filter)))
    }

    fn link_standings<'a>(&'a self, tenant: TenantId, document: DocumentId) -> BoxFuture<'a, Result<Vec<LinkStanding>>> {
        self.with(|state| {
            let keys = state.links_of.get(&document).into_iter().flatten().filter(|key| key.0 == tenant);
            let standing = |key: &LinkKey| {
                let known = state.standings.get(key).copied().unwrap_or_default();
                LinkStanding {
                    connection: key.1.clone(),
                    external_id: key.2.clone(),
                    checked_at: known.checked_at,
                    in_step_since: known.in_step_since,
                    differs_since: known.differs_since,
                }
            };
            Ok(keys.map(standing).collect())
        })
    }
}

impl State {
    /// The last fire of a schedule that is known.
    pub fn last_fire(&self, key: &ScheduleKey) -> Option<Timestamp> {
        self.fires.get(&(key.tenant, key.schedule.clone())).copied()
    }

    /// Whether this fire is new: neither it nor a later one is known.
    fn fire(&mut self, tenant: TenantId, schedule: &str, nominal: Timestamp) -> bool {
        let last = self.fires.entry((tenant, schedule.to_owned())).or_insert(Timestamp::MIN);
        let new = *last < nominal;
        if new {
            *last = nominal;
            self.fires_changed += 1;
        }
        new
    }

    fn plan(&mut self, row: &ReconciliationRow) -> bool {
        if let Some((schedule, nominal)) = &row.schedule
            && !self.fire(row.tenant, schedule, *nominal)
        {
            return false;
        }
        if self.runs.contains_key(&row.id) {
            return false;
        }
        self.runs_open.insert(row.id);
        self.runs.insert(row.id, StoredRun { row: row.clone(), due: row.requested_at, owner: None });
        true
    }

    /// Runs that may be claimed once they are due: of each connection those under way, or else the oldest that is planned.
    fn claimable(&self) -> impl Iterator<Item = &StoredRun> {
        let open: Vec<&StoredRun> = self.runs_open.iter().filter_map(|id| self.runs.get(id)).collect();
        let blocks = |one: &StoredRun, other: &StoredRun| {
            other.row.id != one.row.id
                && (other.row.tenant, &other.row.connection) == (one.row.tenant, &one.row.connection)
                && (other.row.state == "running" || (other.row.requested_at, other.row.id) < (one.row.requested_at, one.row.id))
        };
        let free = |one: &&StoredRun| one.row.state != "planned" || !open.iter().any(|other| blocks(one, other));
        open.iter().copied().filter(free).collect::<Vec<_>>().into_iter()
    }

    /// When a run is due next: nobody who looks before finds one.
    pub fn next_run_due(&self) -> Option<Timestamp> {
        self.claimable().map(|run| run.due).min()
    }

    fn claim_runs(&mut self, lease: &Lease, now: Timestamp, limit: u32) -> Vec<ReconciliationRow> {
        let mut due: Vec<(Timestamp, ReconciliationId)> =
            self.claimable().filter(|run| run.due <= now).map(|run| (run.due, run.row.id)).collect();
        due.sort();
        due.truncate(limit as usize);
        let mut claimed = Vec::with_capacity(due.len());
        for (_, id) in due {
            let token = self.next();
            let Some(run) = self.runs.get_mut(&id) else { continue };
            run.due = lease.until;
            run.owner = Some(lease.owner.clone());
            run.row.token = token;
            run.row.state = "running".to_owned();
            run.row.started_at.get_or_insert(now);
            claimed.push(run.row.clone());
        }
        claimed
    }

    fn record_run(&mut self, step: &ReconciliationStep) -> Result<Fenced> {
        let row = &step.run;
        super::check::texts([&row.progress, &row.statement].into_iter().chain(&row.problem))?;
        for drift in &step.drifts {
            super::check::texts(drift.ours.iter().chain(&drift.theirs).chain(&drift.external_id))?;
        }
        let held = self.runs.get_mut(&row.id).filter(|run| run.row.token == row.token && run.row.state == "running");
        let Some(run) = held else { return Ok(Fenced::Lost) };
        run.due = step.due_at;
        if row.state != "running" {
            run.owner = None;
            self.runs_open.remove(&row.id);
        }
        run.row = ReconciliationRow {
            failures: row.failures,
            state: row.state.clone(),
            ended_at: row.ended_at,
            problem: row.problem.clone(),
            progress: row.progress.clone(),
            statement: row.statement.clone(),
            ..run.row.clone()
        };
        for check in &step.checks {
            self.check_link((row.tenant, row.connection.clone(), check.external_id.clone(), check.document), check);
        }
        self.write_drifts(&step.drifts);
        Ok(Fenced::Held)
    }

    fn check_link(&mut self, key: LinkKey, check: &LinkCheck) {
        let Some(link) = self.links.get_mut(&key) else { return };
        if let Some(seen) = check.seen.as_ref().filter(|_| link.seen_at.is_none_or(|known| known <= check.at)) {
            link.seen = Some(seen.clone());
            link.seen_at = Some(check.at);
        }
        let standing = self.standings.entry(key).or_default();
        standing.checked_at = Some(check.at);
        match check.differs {
            None => {}
            Some(true) => {
                standing.in_step_since = None;
                standing.differs_since.get_or_insert(check.at);
            }
            Some(false) => {
                standing.in_step_since.get_or_insert(check.at);
                standing.differs_since = None;
            }
        }
    }

    fn reconcilable(&self, tenant: TenantId, connection: &str, wanted: &Wanted) -> Reconcilable {
        let mut found = Reconcilable::default();
        let documents = match wanted {
            Wanted::Objects(ids) => self.documents_of_objects(tenant, connection, ids),
            Wanted::Next(scan) => self.documents_next(tenant, connection, scan, &mut found),
        };
        for document in &documents {
            let keys = self.links_of.get(document).into_iter().flatten().filter(|key| key.0 == tenant && key.1 == connection);
            for key in keys {
                let Some(link) = self.links.get(key) else { continue };
                let checked = self.standings.get(key).and_then(|standing| standing.checked_at);
                let is_wanted = match wanted {
                    Wanted::Objects(ids) => ids.contains(&link.external_id),
                    Wanted::Next(scan) => checked.is_none_or(|at| at < scan.unread_since),
                };
                if is_wanted {
                    found.links.push(link.clone());
                    found.checked.push(checked);
                }
                found.siblings.push(link.clone());
            }
            if self.lanes.contains_key(&(tenant, format!("{connection}:{document}"))) {
                found.busy.push(*document);
            }
            let Some(row) = self.documents.get(document).filter(|row| row.tenant == tenant) else { continue };
            let revision = self.revisions.get(&(row.id, row.revision));
            found.revisions.extend(revision.map(|revision| RevisionRow { payload: String::new(), ..revision.clone() }));
            found.documents.push(row.clone());
        }
        let of_page: BTreeSet<&String> = match wanted {
            Wanted::Objects(ids) => ids.iter().collect(),
            Wanted::Next(_) => found.links.iter().map(|link| &link.external_id).collect(),
        };
        found.drifts = self.drifts_of_objects(tenant, connection, &of_page);
        found
    }

    fn documents_of_objects(&self, tenant: TenantId, connection: &str, ids: &[String]) -> BTreeSet<DocumentId> {
        let of = |id: &String| {
            let key = |document| (tenant, connection.to_owned(), id.clone(), DocumentId(document));
            self.links.range(key(uuid::Uuid::nil())..=key(uuid::Uuid::max())).map(|(key, _)| key.3)
        };
        ids.iter().flat_map(of).collect()
    }

    /// Newest first; of those looked at, the ones worth reading.
    fn documents_next(&self, tenant: TenantId, connection: &str, scan: &Scan, found: &mut Reconcilable) -> BTreeSet<DocumentId> {
        let limit = scan.limit as usize;
        // As in the databases: the first page begins with what was created at the very end of the window.
        let before = scan.after.map_or_else(|| (scan.until, DocumentId(uuid::Uuid::max())), |(time, id)| (time, DocumentId(id)));
        let older = self.documents_by_age.range(..=before).rev().filter(|key| scan.after.is_none() || **key != before);
        let looked: Vec<&DocumentRow> =
            older.filter_map(|(_, id)| self.documents.get(id)).filter(|row| row.tenant == tenant).take(limit).collect();
        found.after = looked.last().filter(|_| looked.len() >= limit).map(|row| (row.created_at, row.id.0));
        let worth = |row: &&DocumentRow| {
            let in_window = !scan.open_only && row.updated_at >= scan.since && row.updated_at <= scan.until;
            let mut instances = self.instances_of.get(&row.id).into_iter().flatten().filter_map(|id| self.instances.get(id));
            let differs = |key: &LinkKey| key.1 == connection && self.standings.get(key).is_some_and(|one| one.differs_since.is_some());
            row.kind == scan.kind
                && (in_window
                    || instances.any(|row| matches!(row.status.as_str(), "running" | "exception"))
                    || self.links_of.get(&row.id).into_iter().flatten().any(differs))
        };
        looked.into_iter().filter(worth).map(|row| row.id).collect()
    }
}
