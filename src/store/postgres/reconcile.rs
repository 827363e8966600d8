//! Runs of reconciliation: planned, claimed, done page by page.

use super::drift;
use super::session::{Postgres, Run, column, int};
use crate::domain::ids::{DocumentId, ReconciliationId, TenantId};
use crate::store::ask::Turn as _;
use crate::store::cells::micros;
use crate::store::columns::{document_columns, link_columns, reconciliation_columns};
use crate::store::desk::drifted;
use crate::store::fault::{Fault, again};
use crate::store::keys::lane_id;
use crate::store::*;
use std::collections::HashSet;
use uuid::Uuid;

type Done<T> = std::result::Result<T, Fault>;

impl Reconciliations for Postgres {
    fn plan_reconciliations<'a>(&'a self, rows: &'a [ReconciliationRow]) -> BoxFuture<'a, Result<Vec<bool>>> {
        Box::pin(async move { again!(plan(self, rows)) })
    }

    fn last_fires<'a>(&'a self, schedules: &'a [ScheduleKey]) -> BoxFuture<'a, Result<Vec<(ScheduleKey, Timestamp)>>> {
        Box::pin(async move { again!(last_fires(self, schedules)) })
    }

    fn note_fires<'a>(&'a self, fires: &'a [(ScheduleKey, Timestamp)], now: Timestamp) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { again!(note_fires(self, fires, now)) })
    }

    fn claim_reconciliations<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        Box::pin(async move { again!(claim(self, lease, now, limit)) })
    }

    fn reconcilable<'a>(&'a self, tenant: TenantId, connection: &'a str, wanted: &'a Wanted) -> BoxFuture<'a, Result<Reconcilable>> {
        Box::pin(async move { again!(reconcilable(self, tenant, connection, wanted)) })
    }

    fn record_reconciliation<'a>(&'a self, step: &'a ReconciliationStep) -> BoxFuture<'a, Result<Fenced>> {
        Box::pin(async move { again!(record(self, step)) })
    }

    fn cancel_reconciliation<'a>(
        &'a self,
        tenant: TenantId,
        id: ReconciliationId,
        words: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move { again!(cancel(self, tenant, id, words, now)) })
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

/// A fire counts once, and never before one that is known: a replica whose clock is behind fires nothing again. Of each
/// schedule only its last fire is kept.
const FIRE: &str = "
INSERT INTO schedule_fire (schedule_id, nominal_at, tenant_id, fired_at)
SELECT $1, $2, $3, $4 WHERE NOT EXISTS
    (SELECT 1 FROM schedule_fire f WHERE f.schedule_id = $1 AND f.tenant_id = $3 AND f.nominal_at >= $2)
ON CONFLICT DO NOTHING";
const FORGET: &str = "DELETE FROM schedule_fire WHERE schedule_id = $1 AND tenant_id = $3 AND nominal_at < $2";
const PLAN: &str = "
INSERT INTO reconciliation (id, requested_at, due_at, token, tenant_id, failures, state, connection, requested_by, reason, schedule,
    nominal_at, since, until, open_only, progress, statement)
VALUES ($1, $2, $2, 0, $3, 0, 'planned', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING";

/// Whether this fire is new.
async fn fire(run: &mut Run, tenant: TenantId, schedule: &str, nominal: Timestamp, now: Timestamp) -> Done<bool> {
    let statement = sqlx::query(FIRE).bind(schedule).bind(micros(nominal)).bind(tenant.0).bind(micros(now));
    let new = run.write(statement).await? == 1;
    if new {
        run.write(sqlx::query(FORGET).bind(schedule).bind(micros(nominal)).bind(tenant.0)).await?;
    }
    Ok(new)
}

async fn plan(store: &Postgres, rows: &[ReconciliationRow]) -> Done<Vec<bool>> {
    let mut run = store.begin().await?;
    let mut planned = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some((schedule, nominal)) = &row.schedule
            && !fire(&mut run, row.tenant, schedule, *nominal, row.requested_at).await?
        {
            planned.push(false);
            continue;
        }
        let statement = sqlx::query(PLAN)
            .bind(row.id.0)
            .bind(micros(row.requested_at))
            .bind(row.tenant.0)
            .bind(&row.connection)
            .bind(&row.requested_by)
            .bind(&row.reason)
            .bind(row.schedule.as_ref().map(|(schedule, _)| schedule.as_str()))
            .bind(row.schedule.as_ref().map(|(_, nominal)| micros(*nominal)))
            .bind(micros(row.since))
            .bind(micros(row.until))
            .bind(row.open_only)
            .bind(&row.progress)
            .bind(&row.statement);
        planned.push(run.write(statement).await? == 1);
    }
    run.commit().await?;
    Ok(planned)
}

const LAST_FIRES: &str = "
SELECT f.schedule_id, f.tenant_id, max(f.nominal_at) AS nominal_at FROM schedule_fire f
JOIN unnest($1::text[], $2::integer[]) AS k (schedule_id, tenant_id) ON f.schedule_id = k.schedule_id AND f.tenant_id = k.tenant_id
GROUP BY f.schedule_id, f.tenant_id";

async fn last_fires(store: &Postgres, schedules: &[ScheduleKey]) -> Done<Vec<(ScheduleKey, Timestamp)>> {
    let mut run = store.begin().await?;
    let names = column(schedules, |key| key.schedule.as_str());
    let rows = run.fetch(sqlx::query(LAST_FIRES).bind(names).bind(column(schedules, |key| key.tenant.0))).await?;
    run.rollback().await;
    Ok(decode::all(&rows, decode::fire)?)
}

async fn note_fires(store: &Postgres, fires: &[(ScheduleKey, Timestamp)], now: Timestamp) -> Done<()> {
    let mut run = store.begin().await?;
    for (key, nominal) in fires {
        fire(&mut run, key.tenant, &key.schedule, *nominal, now).await?;
    }
    run.commit().await
}

/// The oldest planned run of a connection, unless another of its runs is under way.
const CLAIM: &str = concat!(
    "WITH due AS (
        SELECT d.id FROM reconciliation d
        WHERE d.state IN ('planned', 'running') AND d.due_at <= $1 AND NOT EXISTS (
            SELECT 1 FROM reconciliation o
            WHERE o.state IN ('planned', 'running') AND o.tenant_id = d.tenant_id AND o.connection = d.connection AND o.id <> d.id
                AND d.state = 'planned' AND (o.state = 'running' OR (o.requested_at, o.id) < (d.requested_at, d.id)))
        ORDER BY d.due_at LIMIT $4 FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE reconciliation r SET due_at = $2, owner = $3, token = nextval('lane_number'), state = 'running',
        started_at = COALESCE(r.started_at, $5)
    FROM due WHERE r.id = due.id RETURNING ",
    reconciliation_columns!()
);

async fn claim(store: &Postgres, lease: &Lease, now: Timestamp, limit: u32) -> Done<Vec<ReconciliationRow>> {
    let mut run = store.begin().await?;
    let statement =
        sqlx::query(CLAIM).bind(store.here(now)).bind(store.here(lease.until)).bind(&lease.owner).bind(i64::from(limit)).bind(micros(now));
    let rows = run.fetch(statement).await?;
    run.commit().await?;
    Ok(decode::all(&rows, decode::reconciliation)?)
}

const OF_OBJECTS: &str = "
SELECT document_id AS id FROM link WHERE external_id = ANY($1::text[]) AND connection = $2 AND tenant_id = $3";
/// Newest first; whether one is worth reading is told beside it, so that every page is as short as the next.
const NEXT: &str = "
SELECT p.id, p.created_at, (p.kind = $5 AND (($6 = false AND p.updated_at >= $7 AND p.updated_at <= $8)
    OR EXISTS (SELECT 1 FROM instance i WHERE i.document_id = p.id AND i.status IN ('running', 'exception'))
    OR EXISTS (SELECT 1 FROM link l WHERE l.document_id = p.id AND l.connection = $9 AND l.differs_since IS NOT NULL))) AS wanted
FROM (SELECT d.id, d.created_at, d.kind, d.updated_at FROM document d
      WHERE d.tenant_id = $1 AND (d.created_at, d.id) < ($2, $3) ORDER BY d.created_at DESC, d.id DESC LIMIT $4) AS p
ORDER BY p.created_at DESC, p.id DESC";
const LINKS: &str = concat!(
    "SELECT ",
    link_columns!(),
    ", l.checked_at FROM link l WHERE l.document_id = ANY($1::uuid[]) AND l.connection = $2 AND l.tenant_id = $3
    ORDER BY l.document_id, l.external_id"
);
const DOCUMENTS: &str =
    concat!("SELECT ", document_columns!(), " FROM document d WHERE d.id = ANY($1::uuid[]) AND d.tenant_id = $2 ORDER BY d.id");
const REVISIONS: &str = "
SELECT v.document_id, v.created_at, v.tenant_id, v.number, v.hash, v.body, '' AS payload
FROM unnest($1::uuid[], $2::integer[]) AS k (document_id, number)
JOIN revision v ON v.document_id = k.document_id AND v.number = k.number ORDER BY v.document_id";
const BUSY: &str = "SELECT id FROM lane WHERE id = ANY($1::uuid[])";

async fn reconcilable(store: &Postgres, tenant: TenantId, connection: &str, wanted: &Wanted) -> Done<Reconcilable> {
    let mut run = store.begin().await?;
    let mut found = Reconcilable::default();
    let documents: Vec<Uuid> = match wanted {
        Wanted::Objects(ids) => {
            let rows = run.fetch(sqlx::query(OF_OBJECTS).bind(ids).bind(connection).bind(tenant.0)).await?;
            decode::all(&rows, |row| decode::id(row, "link"))?
        }
        Wanted::Next(scan) => next(&mut run, tenant, connection, scan, &mut found).await?,
    };
    let rows = run.fetch(sqlx::query(LINKS).bind(&documents).bind(connection).bind(tenant.0)).await?;
    take_links(&mut found, decode::all(&rows, |row| Ok((decode::link(row)?, decode::checked_at(row)?)))?, wanted);
    let rows = run.fetch(sqlx::query(DOCUMENTS).bind(&documents).bind(tenant.0)).await?;
    found.documents = decode::all(&rows, decode::document)?;
    let rows =
        sqlx::query(REVISIONS).bind(column(&found.documents, |row| row.id.0)).bind(column(&found.documents, |row| int(row.revision)));
    found.revisions = decode::all(&run.fetch(rows).await?, decode::revision)?;
    let lane = |id: Uuid| lane_id(tenant, &format!("{connection}:{id}"));
    let lanes: Vec<Uuid> = documents.iter().map(|id| lane(*id)).collect();
    let busy = run.fetch(sqlx::query(BUSY).bind(&lanes)).await?;
    let busy: HashSet<Uuid> = decode::all(&busy, |row| decode::id(row, "lane"))?.into_iter().collect();
    found.busy = documents.iter().filter(|id| busy.contains(&lane(**id))).map(|id| DocumentId(*id)).collect();
    found.drifts = drift::of_objects(&mut run, tenant, connection, &objects(&found, wanted)).await?;
    run.rollback().await;
    Ok(found)
}

async fn next(run: &mut Run, tenant: TenantId, connection: &str, scan: &Scan, found: &mut Reconcilable) -> Done<Vec<Uuid>> {
    let (time, id) = scan.after.map_or((micros(scan.until).saturating_add(1), Uuid::nil()), |(time, id)| (micros(time), id));
    let statement = sqlx::query(NEXT)
        .bind(tenant.0)
        .bind(time)
        .bind(id)
        .bind(i64::from(scan.limit))
        .bind(&scan.kind)
        .bind(scan.open_only)
        .bind(micros(scan.since))
        .bind(micros(scan.until))
        .bind(connection);
    let rows = decode::all(&run.fetch(statement).await?, decode::looked_at)?;
    found.after = rows.last().filter(|_| rows.len() >= scan.limit as usize).map(|(id, created_at, _)| (*created_at, id.0));
    Ok(rows.into_iter().filter(|(_, _, wanted)| *wanted).map(|(id, _, _)| id.0).collect())
}

/// The fence: a run that was taken over or cancelled stores nothing.
const RECORD: &str = "
UPDATE reconciliation SET due_at = $3, failures = $4, state = $5, ended_at = $6, problem = $7, progress = $8, statement = $9,
    owner = CASE WHEN $5 = 'running' THEN owner END
WHERE id = $1 AND token = $2 AND state = 'running'";
/// What was heard after the object was asked for is not overwritten.
const CHECKS: &str = "
UPDATE link l SET checked_at = u.at, seen = CASE WHEN u.seen IS NULL OR l.seen_at > u.at THEN l.seen ELSE u.seen END,
    seen_at = CASE WHEN u.seen IS NULL OR l.seen_at > u.at THEN l.seen_at ELSE u.at END,
    in_step_since = CASE WHEN u.differs IS NULL THEN l.in_step_since WHEN u.differs THEN NULL ELSE COALESCE(l.in_step_since, u.at) END,
    differs_since = CASE WHEN u.differs IS NULL THEN l.differs_since WHEN u.differs THEN COALESCE(l.differs_since, u.at) ELSE NULL END
FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::boolean[]) AS u (external_id, document_id, at, seen, differs)
WHERE l.external_id = u.external_id AND l.connection = $6 AND l.tenant_id = $7 AND l.document_id = u.document_id";

async fn record(store: &Postgres, step: &ReconciliationStep) -> Done<Fenced> {
    let mut run = store.begin().await?;
    let row = &step.run;
    let statement = sqlx::query(RECORD)
        .bind(row.id.0)
        .bind(row.token)
        .bind(store.here(step.due_at))
        .bind(int(row.failures))
        .bind(&row.state)
        .bind(row.ended_at.map(micros))
        .bind(&row.problem)
        .bind(&row.progress)
        .bind(&row.statement);
    if run.write(statement).await? == 0 {
        run.rollback().await;
        return Ok(Fenced::Lost);
    }
    if !step.checks.is_empty() {
        let checks = keys::last_of_each(&step.checks, |check| (check.external_id.as_str(), check.document));
        let statement = sqlx::query(CHECKS)
            .bind(column(&checks, |check| check.external_id.as_str()))
            .bind(column(&checks, |check| check.document.0))
            .bind(column(&checks, |check| micros(check.at)))
            .bind(column(&checks, |check| check.seen.as_deref()))
            .bind(column(&checks, |check| check.differs))
            .bind(&row.connection)
            .bind(row.tenant.0);
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

async fn cancel(store: &Postgres, tenant: TenantId, id: ReconciliationId, words: &str, now: Timestamp) -> Done<bool> {
    let mut run = store.begin_for(tenant).await?;
    let cancelled = run.write(sqlx::query(CANCEL).bind(id.0).bind(tenant.0).bind(micros(now)).bind(words)).await?;
    run.commit().await?;
    Ok(cancelled == 1)
}

const LIST: &str = concat!(
    "SELECT ",
    reconciliation_columns!(),
    " FROM reconciliation r WHERE r.tenant_id = $1 AND ($2::text IS NULL OR r.connection = $2) AND ($3::text IS NULL OR r.state = $3)
        AND ($4::uuid IS NULL OR r.id = $4) AND (r.requested_at, r.id) < ($5, $6)
    ORDER BY r.requested_at DESC, r.id DESC LIMIT $7"
);

async fn list(store: &Postgres, filter: &ReconciliationFilter, page: &Page) -> Result<Vec<ReconciliationRow>> {
    let (time, id) = super::views::start(page);
    let statement = sqlx::query(LIST)
        .bind(filter.tenant.0)
        .bind(&filter.connection)
        .bind(&filter.state)
        .bind(filter.id.map(|id| id.0))
        .bind(time)
        .bind(id)
        .bind(super::views::limit(page));
    decode::all(&store.read(filter.tenant, statement).await?, decode::reconciliation)
}
