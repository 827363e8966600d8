//! Runs of reconciliation: planned, claimed, done page by page.

use super::drift;
use super::session::{Run, Sqlite, sql};
use crate::domain::ids::{DocumentId, ReconciliationId, TenantId};
use crate::store::ask::Turn as _;
use crate::store::cells::micros;
use crate::store::columns::{document_columns, link_columns, reconciliation_columns};
use crate::store::desk::drifted;
use crate::store::fault::Fault;
use crate::store::keys::lane_id;
use crate::store::*;
use std::collections::BTreeSet;
use uuid::Uuid;

type Done<T> = std::result::Result<T, Fault>;

impl Reconciliations for Sqlite {
    fn plan_reconciliations<'a>(&'a self, rows: &'a [ReconciliationRow]) -> BoxFuture<'a, Result<Vec<bool>>> {
        Box::pin(async move { Ok(plan(self, rows).await?) })
    }

    fn last_fires<'a>(&'a self, schedules: &'a [ScheduleKey]) -> BoxFuture<'a, Result<Vec<(ScheduleKey, Timestamp)>>> {
        Box::pin(async move { Ok(last_fires(self, schedules).await?) })
    }

    fn note_fires<'a>(&'a self, fires: &'a [(ScheduleKey, Timestamp)], now: Timestamp) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { Ok(note_fires(self, fires, now).await?) })
    }

    fn claim_reconciliations<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        Box::pin(async move { Ok(claim(self, lease, now, limit).await?) })
    }

    fn reconcilable<'a>(&'a self, tenant: TenantId, connection: &'a str, wanted: &'a Wanted) -> BoxFuture<'a, Result<Reconcilable>> {
        Box::pin(async move { Ok(reconcilable(self, tenant, connection, wanted).await?) })
    }

    fn record_reconciliation<'a>(&'a self, step: &'a ReconciliationStep) -> BoxFuture<'a, Result<Fenced>> {
        Box::pin(async move { Ok(record(self, step).await?) })
    }

    fn cancel_reconciliation<'a>(
        &'a self,
        tenant: TenantId,
        id: ReconciliationId,
        words: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move { Ok(cancel(self, tenant, id, words, now).await?) })
    }

    fn say_of_drifts<'a>(&'a self, words: &'a [DriftWord]) -> BoxFuture<'a, Result<Vec<bool>>> {
        Box::pin(drift::say(self, words))
    }

    fn reconciliations<'a>(&'a self, filter: &'a ReconciliationFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        Box::pin(list(self, filter, page))
    }

    fn drifts<'a>(&'a self, filter: &'a DriftFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DriftRow>>> {
        Box::pin(drift::list(self, filter, page))
    }

    fn drift_groups<'a>(&'a self, filter: &'a DriftFilter) -> BoxFuture<'a, Result<Vec<DriftGroup>>> {
        Box::pin(drift::groups(self, filter))
    }

    fn link_standings<'a>(&'a self, tenant: TenantId, document: DocumentId) -> BoxFuture<'a, Result<Vec<LinkStanding>>> {
        Box::pin(drift::standings(self, tenant, document))
    }
}

/// A fire counts once, and never before one that is known: a clock that was set back fires nothing again. Of each schedule
/// only its last fire is kept.
const FIRE: &str = "
INSERT INTO schedule_fire (schedule_id, nominal_at, tenant_id, fired_at)
SELECT $1, $2, $3, $4 WHERE NOT EXISTS
    (SELECT 1 FROM schedule_fire f WHERE f.schedule_id = $1 AND f.tenant_id = $3 AND f.nominal_at >= $2)";
const FORGET: &str = "DELETE FROM schedule_fire WHERE schedule_id = $1 AND tenant_id = $3 AND nominal_at < $2";
const PLAN: &str = "
INSERT INTO reconciliation (id, requested_at, due_at, token, tenant_id, failures, state, connection, requested_by, reason, schedule,
    nominal_at, since, until, open_only, progress, statement)
VALUES ($1, $2, $2, 0, $3, 0, 'planned', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING";

/// Whether this fire is new.
async fn fire(run: &mut Run, tenant: TenantId, schedule: &str, nominal: Timestamp, now: Timestamp) -> Done<bool> {
    let of_fire = |text: &'static str| sql(text).text(schedule).time(nominal).int(tenant.0);
    let new = run.write(of_fire(FIRE).time(now)).await? == 1;
    if new {
        run.write(of_fire(FORGET)).await?;
    }
    Ok(new)
}

async fn plan(store: &Sqlite, rows: &[ReconciliationRow]) -> Done<Vec<bool>> {
    let mut run = store.begin().await?;
    let mut planned = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some((schedule, nominal)) = &row.schedule
            && !fire(&mut run, row.tenant, schedule, *nominal, row.requested_at).await?
        {
            planned.push(false);
            continue;
        }
        let statement = sql(PLAN)
            .id(row.id.0)
            .time(row.requested_at)
            .int(row.tenant.0)
            .text(&row.connection)
            .text(&row.requested_by)
            .maybe_text(row.reason.as_deref())
            .maybe_text(row.schedule.as_ref().map(|(schedule, _)| schedule.as_str()))
            .maybe_time(row.schedule.as_ref().map(|(_, nominal)| *nominal))
            .time(row.since)
            .time(row.until)
            .int(row.open_only)
            .text(&row.progress)
            .text(&row.statement);
        planned.push(run.write(statement).await? == 1);
    }
    run.commit().await?;
    Ok(planned)
}

const LAST_FIRE: &str = "
SELECT schedule_id, tenant_id, nominal_at FROM schedule_fire WHERE schedule_id = $1 AND tenant_id = $2
ORDER BY nominal_at DESC LIMIT 1";

async fn last_fires(store: &Sqlite, schedules: &[ScheduleKey]) -> Done<Vec<(ScheduleKey, Timestamp)>> {
    let mut fires = Vec::new();
    for key in schedules {
        let rows = store.read(sql(LAST_FIRE).text(&key.schedule).int(key.tenant.0)).await?;
        fires.extend(decode::all(&rows, decode::fire)?);
    }
    Ok(fires)
}

async fn note_fires(store: &Sqlite, fires: &[(ScheduleKey, Timestamp)], now: Timestamp) -> Done<()> {
    let mut run = store.begin().await?;
    for (key, nominal) in fires {
        fire(&mut run, key.tenant, &key.schedule, *nominal, now).await?;
    }
    run.commit().await
}

/// The oldest planned run of a connection, unless another of its runs is under way.
const DUE: &str = "
SELECT d.id FROM reconciliation d
WHERE d.state IN ('planned', 'running') AND d.due_at <= $1 AND NOT EXISTS (
    SELECT 1 FROM reconciliation o
    WHERE o.state IN ('planned', 'running') AND o.tenant_id = d.tenant_id AND o.connection = d.connection AND o.id <> d.id
        AND d.state = 'planned' AND (o.state = 'running' OR (o.requested_at, o.id) < (d.requested_at, d.id)))
ORDER BY d.due_at LIMIT $2";
const CLAIM: &str = "
UPDATE reconciliation SET due_at = $2, owner = $3, token = $4, state = 'running', started_at = COALESCE(started_at, $5) WHERE id = $1";
const CLAIMED: &str = concat!("SELECT ", reconciliation_columns!(), " FROM reconciliation r WHERE r.id = $1");

async fn claim(store: &Sqlite, lease: &Lease, now: Timestamp, limit: u32) -> Done<Vec<ReconciliationRow>> {
    let mut run = store.begin().await?;
    let mut claimed = Vec::new();
    for id in decode::all(&run.fetch(sql(DUE).time(now).int(limit)).await?, |row| decode::id(row, "reconciliation"))? {
        let token = run.number().await?;
        run.write(sql(CLAIM).id(id).time(lease.until).text(&lease.owner).int(token).time(now)).await?;
        let row = run.fetch_one(sql(CLAIMED).id(id)).await?;
        claimed.extend(row.as_ref().map(decode::reconciliation).transpose()?);
    }
    run.commit().await?;
    Ok(claimed)
}

const OF_OBJECT: &str = "SELECT document_id AS id FROM link WHERE external_id = $1 AND connection = $2 AND tenant_id = $3";
/// Newest first; whether one is worth reading is told beside it, so that every page is as short as the next.
const NEXT: &str = "
SELECT p.id, p.created_at, (p.kind = $5 AND (($6 = 0 AND p.updated_at >= $7 AND p.updated_at <= $8)
    OR EXISTS (SELECT 1 FROM instance i WHERE i.document_id = p.id AND i.status IN ('running', 'exception'))
    OR EXISTS (SELECT 1 FROM link l WHERE l.document_id = p.id AND l.connection = $9 AND l.differs_since IS NOT NULL))) AS wanted
FROM (SELECT d.id, d.created_at, d.kind, d.updated_at FROM document d
      WHERE d.tenant_id = $1 AND (d.created_at, d.id) < ($2, $3) ORDER BY d.created_at DESC, d.id DESC LIMIT $4) AS p
ORDER BY p.created_at DESC, p.id DESC";
const LINKS: &str = concat!(
    "SELECT ",
    link_columns!(),
    ", l.checked_at FROM link l WHERE l.document_id = $1 AND l.connection = $2 AND l.tenant_id = $3 ORDER BY l.external_id"
);
const DOCUMENT: &str = concat!("SELECT ", document_columns!(), " FROM document d WHERE d.id = $1 AND d.tenant_id = $2");
const REVISION: &str = "
SELECT document_id, created_at, tenant_id, number, hash, body, '' AS payload FROM revision WHERE document_id = $1 AND number = $2";
const BUSY: &str = "SELECT id FROM lane WHERE id = $1";

async fn reconcilable(store: &Sqlite, tenant: TenantId, connection: &str, wanted: &Wanted) -> Done<Reconcilable> {
    let mut found = Reconcilable::default();
    let documents = match wanted {
        Wanted::Objects(ids) => of_objects(store, tenant, connection, ids).await?,
        Wanted::Next(scan) => next(store, tenant, connection, scan, &mut found).await?,
    };
    let mut links = Vec::new();
    for id in documents {
        let rows = store.read(sql(LINKS).id(id.0).text(connection).int(tenant.0)).await?;
        links.extend(decode::all(&rows, |row| Ok((decode::link(row)?, decode::checked_at(row)?)))?);
        for document in decode::all(&store.read(sql(DOCUMENT).id(id.0).int(tenant.0)).await?, decode::document)? {
            let rows = store.read(sql(REVISION).id(id.0).int(document.revision)).await?;
            found.revisions.extend(decode::all(&rows, decode::revision)?);
            found.documents.push(document);
        }
        if !store.read(sql(BUSY).id(lane_id(tenant, &format!("{connection}:{id}")))).await?.is_empty() {
            found.busy.push(id);
        }
    }
    take_links(&mut found, links, wanted);
    found.drifts = drift::of_objects(store, tenant, connection, &objects(&found, wanted)).await?;
    Ok(found)
}

async fn of_objects(store: &Sqlite, tenant: TenantId, connection: &str, ids: &[String]) -> Done<BTreeSet<DocumentId>> {
    let mut documents = BTreeSet::new();
    for id in ids {
        let rows = store.read(sql(OF_OBJECT).text(id).text(connection).int(tenant.0)).await?;
        documents.extend(decode::all(&rows, |row| decode::id(row, "link").map(DocumentId))?);
    }
    Ok(documents)
}

async fn next(store: &Sqlite, tenant: TenantId, connection: &str, scan: &Scan, found: &mut Reconcilable) -> Done<BTreeSet<DocumentId>> {
    let (time, id) = scan.after.map_or((micros(scan.until).saturating_add(1), Uuid::nil()), |(time, id)| (micros(time), id));
    let statement = sql(NEXT)
        .int(tenant.0)
        .int(time)
        .id(id)
        .int(scan.limit)
        .text(&scan.kind)
        .int(scan.open_only)
        .time(scan.since)
        .time(scan.until)
        .text(connection);
    let rows = decode::all(&store.read(statement).await?, decode::looked_at)?;
    found.after = rows.last().filter(|_| rows.len() >= scan.limit as usize).map(|(id, created_at, _)| (*created_at, id.0));
    Ok(rows.into_iter().filter(|(_, _, wanted)| *wanted).map(|(id, _, _)| id).collect())
}

/// The fence: a run that was taken over or cancelled stores nothing.
const RECORD: &str = "
UPDATE reconciliation SET due_at = $3, failures = $4, state = $5, ended_at = $6, problem = $7, progress = $8, statement = $9,
    owner = CASE WHEN $5 = 'running' THEN owner END
WHERE id = $1 AND token = $2 AND state = 'running'";
/// What was heard after the object was asked for is not overwritten.
const CHECK: &str = "
UPDATE link SET checked_at = $3, seen = CASE WHEN $4 IS NULL OR seen_at > $3 THEN seen ELSE $4 END,
    seen_at = CASE WHEN $4 IS NULL OR seen_at > $3 THEN seen_at ELSE $3 END,
    in_step_since = CASE WHEN $5 IS NULL THEN in_step_since WHEN $5 THEN NULL ELSE COALESCE(in_step_since, $3) END,
    differs_since = CASE WHEN $5 IS NULL THEN differs_since WHEN $5 THEN COALESCE(differs_since, $3) ELSE NULL END
WHERE external_id = $1 AND document_id = $2 AND connection = $6 AND tenant_id = $7";

async fn record(store: &Sqlite, step: &ReconciliationStep) -> Done<Fenced> {
    let mut run = store.begin().await?;
    let row = &step.run;
    let statement = sql(RECORD)
        .id(row.id.0)
        .int(row.token)
        .time(step.due_at)
        .int(row.failures)
        .text(&row.state)
        .maybe_time(row.ended_at)
        .maybe_text(row.problem.as_deref())
        .text(&row.progress)
        .text(&row.statement);
    if run.write(statement).await? == 0 {
        run.rollback().await;
        return Ok(Fenced::Lost);
    }
    for check in &step.checks {
        let statement = sql(CHECK)
            .text(&check.external_id)
            .id(check.document.0)
            .time(check.at)
            .maybe_text(check.seen.as_deref())
            .maybe_int(check.differs.map(i64::from))
            .text(&row.connection)
            .int(row.tenant.0);
        run.write(statement).await?;
    }
    drift::write(&mut run, &step.drifts).await?;
    if let Some(told) = drifted(&step.drifts) {
        run.done(told).await?;
    }
    run.commit().await?;
    Ok(Fenced::Held)
}

const CANCEL: &str = "
UPDATE reconciliation SET state = 'cancelled', ended_at = $3, problem = $4, owner = NULL
WHERE id = $1 AND tenant_id = $2 AND state IN ('planned', 'running')";

async fn cancel(store: &Sqlite, tenant: TenantId, id: ReconciliationId, words: &str, now: Timestamp) -> Done<bool> {
    let mut run = store.begin().await?;
    let cancelled = run.write(sql(CANCEL).id(id.0).int(tenant.0).time(now).text(words)).await?;
    run.commit().await?;
    Ok(cancelled == 1)
}

const LIST: &str = concat!(
    "SELECT ",
    reconciliation_columns!(),
    " FROM reconciliation r WHERE r.tenant_id = $1 AND ($2 IS NULL OR r.connection = $2) AND ($3 IS NULL OR r.state = $3)
        AND ($4 IS NULL OR r.id = $4) AND (r.requested_at, r.id) < ($5, $6)
    ORDER BY r.requested_at DESC, r.id DESC LIMIT $7"
);

async fn list(store: &Sqlite, filter: &ReconciliationFilter, page: &Page) -> Result<Vec<ReconciliationRow>> {
    let (time, id) = super::views::start(page);
    let statement = sql(LIST)
        .int(filter.tenant.0)
        .maybe_text(filter.connection.as_deref())
        .maybe_text(filter.state.as_deref())
        .maybe_id(filter.id.map(|id| id.0))
        .int(time)
        .id(id)
        .int(super::views::limit(page));
    decode::all(&store.read(statement).await?, decode::reconciliation)
}
