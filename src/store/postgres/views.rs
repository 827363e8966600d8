//! What people read: one tenant, keyset pages, read-only transactions.

use super::session::{Postgres, Statement};
use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use crate::store::cells::micros;
use crate::store::columns::{
    document_columns, drift_columns, effect_columns, exception_columns, instance_columns, link_columns, message_columns,
};
use crate::store::*;
use sqlx::postgres::PgRow;

/// Where a page begins, as a pair every row is compared with: the first page begins after the end of time.
pub(super) fn start(page: &Page) -> (i64, uuid::Uuid) {
    page.after.map_or((i64::MAX, uuid::Uuid::max()), |(time, id)| (micros(time), id))
}

pub(super) fn limit(page: &Page) -> i64 {
    i64::from(page.limit.clamp(1, PAGE_MAX))
}

impl Postgres {
    pub(super) async fn read(&self, tenant: TenantId, statement: Statement<'_>) -> Result<Vec<PgRow>> {
        let mut run = self.view(tenant).await?;
        let rows = run.fetch(statement).await?;
        run.rollback().await;
        Ok(rows)
    }
}

const DOCUMENTS: &str = concat!(
    "SELECT ",
    document_columns!(),
    " FROM document d
    WHERE d.tenant_id = $1 AND (d.created_at, d.id) < ($2, $3)
        AND ($4::text IS NULL OR d.kind = $4) AND ($5::text IS NULL OR d.status = $5)
    ORDER BY d.created_at DESC, d.id DESC LIMIT $6"
);
/// The few documents that have a key are found first.
const DOCUMENTS_BY_KEY: &str = concat!(
    "SELECT ",
    document_columns!(),
    " FROM document d
    WHERE d.tenant_id = $1 AND (d.created_at, d.id) < ($2, $3)
        AND ($4::text IS NULL OR d.kind = $4) AND ($5::text IS NULL OR d.status = $5)
        AND d.id IN (SELECT k.id FROM document k WHERE k.tenant_id = $1 AND k.key = $7
                     UNION SELECT l.document_id FROM link l WHERE l.external_id = $7 AND l.tenant_id = $1)
    ORDER BY d.created_at DESC, d.id DESC LIMIT $6"
);

pub(super) async fn documents(store: &Postgres, filter: &DocumentFilter, page: &Page) -> Result<Vec<DocumentRow>> {
    let (time, id) = start(page);
    let sql = if filter.key.is_some() { DOCUMENTS_BY_KEY } else { DOCUMENTS };
    let statement = sqlx::query(sql).bind(filter.tenant.0).bind(time).bind(id).bind(&filter.kind).bind(&filter.status).bind(limit(page));
    let statement = if filter.key.is_some() { statement.bind(&filter.key) } else { statement };
    decode::all(&store.read(filter.tenant, statement).await?, decode::document)
}

const DOCUMENT: &str = concat!("SELECT ", document_columns!(), " FROM document d WHERE d.tenant_id = $1 AND d.id = $2");
const REVISIONS: &str = "
SELECT document_id, created_at, tenant_id, number, hash, '' AS body, '' AS payload FROM revision
WHERE tenant_id = $1 AND document_id = $2 ORDER BY number";
const LINKS: &str =
    concat!("SELECT ", link_columns!(), " FROM link l WHERE l.tenant_id = $1 AND l.document_id = $2 ORDER BY l.connection, l.external_id");
const RELATIONS: &str = "
SELECT document_id, made_for_id, tenant_id, relation FROM relation
WHERE tenant_id = $1 AND (document_id = $2 OR made_for_id = $2) ORDER BY relation, document_id, made_for_id";
const INSTANCES_OF: &str = concat!(
    "SELECT ",
    instance_columns!(),
    " FROM instance i WHERE i.tenant_id = $1 AND i.document_id = $2
    ORDER BY i.started_at DESC, i.id DESC LIMIT 500"
);

const DRIFTS: &str = concat!(
    "SELECT ",
    drift_columns!(),
    " FROM drift f WHERE f.tenant_id = $1 AND f.document_id = $2
    ORDER BY f.first_seen_at DESC, f.id LIMIT 500"
);

pub(super) async fn document(store: &Postgres, tenant: TenantId, id: DocumentId) -> Result<Option<DocumentView>> {
    let mut run = store.view(tenant).await?;
    let of = |sql: &'static str| sqlx::query(sql).bind(tenant.0).bind(id.0);
    let found = run.fetch(of(DOCUMENT)).await?;
    let Some(row) = found.first() else { return Ok(None) };
    let view = DocumentView {
        document: decode::document(row)?,
        revisions: decode::all(&run.fetch(of(REVISIONS)).await?, decode::revision)?,
        links: decode::all(&run.fetch(of(LINKS)).await?, decode::link)?,
        relations: decode::all(&run.fetch(of(RELATIONS)).await?, decode::relation)?,
        drifts: decode::all(&run.fetch(of(DRIFTS)).await?, decode::drift)?,
        instances: decode::all(&run.fetch(of(INSTANCES_OF)).await?, decode::instance)?,
    };
    run.rollback().await;
    Ok(Some(view))
}

/// The payload stands in the day the revision was made; it is empty once its retention is over.
const REVISION: &str = "
SELECT r.document_id, r.created_at, r.tenant_id, r.number, r.hash, r.body, COALESCE(p.payload, '') AS payload
FROM revision r LEFT JOIN payload p ON p.document_id = r.document_id AND p.number = r.number AND p.created_at = r.created_at
WHERE r.tenant_id = $1 AND r.document_id = $2 AND r.number = $3";

pub(super) async fn revision(store: &Postgres, tenant: TenantId, id: DocumentId, number: u32) -> Result<Option<RevisionRow>> {
    let statement = sqlx::query(REVISION).bind(tenant.0).bind(id.0).bind(super::session::int(number));
    store.read(tenant, statement).await?.first().map(decode::revision).transpose()
}

const INSTANCES: &str = concat!(
    "SELECT ",
    instance_columns!(),
    " FROM instance i
    WHERE i.tenant_id = $1 AND (i.started_at, i.id) < ($2, $3)
        AND ($4::text IS NULL OR i.flow = $4) AND ($5::text IS NULL OR i.status = $5)
    ORDER BY i.started_at DESC, i.id DESC LIMIT $6"
);
const INSTANCES_BY_DOCUMENT: &str = concat!(
    "SELECT ",
    instance_columns!(),
    " FROM instance i
    WHERE i.tenant_id = $1 AND (i.started_at, i.id) < ($2, $3)
        AND ($4::text IS NULL OR i.flow = $4) AND ($5::text IS NULL OR i.status = $5) AND i.document_id = $7
    ORDER BY i.started_at DESC, i.id DESC LIMIT $6"
);

pub(super) async fn instances(store: &Postgres, filter: &InstanceFilter, page: &Page) -> Result<Vec<InstanceRow>> {
    let (time, id) = start(page);
    let sql = if filter.document.is_some() { INSTANCES_BY_DOCUMENT } else { INSTANCES };
    let statement = sqlx::query(sql).bind(filter.tenant.0).bind(time).bind(id).bind(&filter.flow).bind(&filter.status).bind(limit(page));
    let statement = match filter.document {
        Some(document) => statement.bind(document.0),
        None => statement,
    };
    decode::all(&store.read(filter.tenant, statement).await?, decode::instance)
}

const INSTANCE: &str = concat!("SELECT ", instance_columns!(), " FROM instance i WHERE i.tenant_id = $1 AND i.id = $2");
const INSTANCES_NAMED: &str =
    concat!("SELECT ", instance_columns!(), " FROM instance i WHERE i.tenant_id = $1 AND i.id = ANY($2) ORDER BY i.id LIMIT 500");

pub(super) async fn instances_named(store: &Postgres, tenant: TenantId, ids: &[InstanceId]) -> Result<Vec<InstanceRow>> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let statement = sqlx::query(INSTANCES_NAMED).bind(tenant.0).bind(ids);
    decode::all(&store.read(tenant, statement).await?, decode::instance)
}

const HISTORY: &str = "
SELECT instance_id, lock, at, tenant_id, entries FROM history
WHERE tenant_id = $1 AND instance_id = $2 AND lock > $3
ORDER BY lock, at, ctid LIMIT $4";
const EFFECTS: &str = concat!(
    "SELECT ",
    effect_columns!(),
    " FROM effect e WHERE e.tenant_id = $1 AND e.instance_id = $2 AND e.seq > $3 ORDER BY e.seq LIMIT $4"
);
/// Days before the instance began are not looked at; a day of grace for clocks that differ.
const ATTEMPTS: &str = "
SELECT instance_id, effect_id, started_at, tenant_id, number, part, duration_millis, status, purpose, connection, operation, class, message, request, response
FROM attempt WHERE tenant_id = $1 AND instance_id = $2
    AND started_at >= COALESCE((SELECT i.started_at FROM instance i WHERE i.id = $2), 0) - 86400000000
    AND (started_at, number, part, effect_id) > ($3, $4, $5, $6)
ORDER BY started_at, number, part, effect_id LIMIT $7";

pub(super) async fn instance(store: &Postgres, tenant: TenantId, id: InstanceId) -> Result<Option<InstanceRow>> {
    store.of_instance(INSTANCE, tenant, id).await?.first().map(decode::instance).transpose()
}

pub(super) async fn history(store: &Postgres, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> Result<Vec<HistoryRow>> {
    let statement = sqlx::query(HISTORY).bind(tenant.0).bind(id.0).bind(page.after.unwrap_or(i64::MIN)).bind(page.rows());
    decode::all(&store.read(tenant, statement).await?, decode::history)
}

pub(super) async fn effects(store: &Postgres, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> Result<Vec<EffectRow>> {
    let statement = sqlx::query(EFFECTS).bind(tenant.0).bind(id.0).bind(page.after.unwrap_or(i64::MIN)).bind(page.rows());
    decode::all(&store.read(tenant, statement).await?, decode::effect)
}

pub(super) async fn attempts(store: &Postgres, tenant: TenantId, id: InstanceId, page: Onward<AttemptPlace>) -> Result<Vec<AttemptRow>> {
    let (started_at, number, part, effect) = page.bounds();
    let statement = sqlx::query(ATTEMPTS).bind(tenant.0).bind(id.0).bind(started_at).bind(number).bind(part).bind(effect).bind(page.rows());
    decode::all(&store.read(tenant, statement).await?, decode::attempt)
}

impl Postgres {
    async fn of_instance(&self, sql: &'static str, tenant: TenantId, id: InstanceId) -> Result<Vec<PgRow>> {
        self.read(tenant, sqlx::query(sql).bind(tenant.0).bind(id.0)).await
    }
}

const EXCEPTIONS: &str = concat!(
    "SELECT ",
    exception_columns!(),
    " FROM exception x
    WHERE x.tenant_id = $1 AND (x.opened_at, x.id) < ($2, $3) AND ($4::text IS NULL OR x.state = $4)
        AND ($5::text IS NULL OR x.cause = $5) AND ($6::uuid IS NULL OR x.instance_id = $6) AND ($7::uuid IS NULL OR x.id = $7)
    ORDER BY x.opened_at DESC, x.id DESC LIMIT $8"
);

pub(super) async fn exceptions(store: &Postgres, filter: &ExceptionFilter, page: &Page) -> Result<Vec<ExceptionRow>> {
    let (time, id) = start(page);
    let statement = sqlx::query(EXCEPTIONS)
        .bind(filter.tenant.0)
        .bind(time)
        .bind(id)
        .bind(&filter.state)
        .bind(&filter.cause)
        .bind(filter.instance.map(|id| id.0))
        .bind(filter.id.map(|id| id.0))
        .bind(limit(page));
    decode::all(&store.read(filter.tenant, statement).await?, decode::exception)
}

const MESSAGES: &str = concat!(
    "SELECT ",
    message_columns!(),
    " FROM message m
    WHERE m.tenant_id = $1 AND (m.received_at, m.id) < ($2, $3) AND m.state IN ('parked', 'stopped')
    ORDER BY m.received_at DESC, m.id DESC LIMIT $4"
);

pub(super) async fn messages(store: &Postgres, tenant: TenantId, page: &Page) -> Result<Vec<Message>> {
    let (time, id) = start(page);
    let statement = sqlx::query(MESSAGES).bind(tenant.0).bind(time).bind(id).bind(limit(page));
    decode::all(&store.read(tenant, statement).await?, decode::message)
}
