//! Differences between systems and the ledger.

use super::session::{Postgres, Run, column};
use crate::domain::ids::{DocumentId, TenantId};
use crate::store::ask::Turn as _;
use crate::store::cells::micros;
use crate::store::columns::drift_columns;
use crate::store::fault::{Fault, again};
use crate::store::keys::last_of_each;
use crate::store::{DriftFilter, DriftGroup, DriftRow, DriftSay, DriftWord, LinkStanding, Page, Result, decode, desk};

/// What a difference is about never changes; a person's word is not overwritten by a run that read the row before it.
const WRITE: &str = "
INSERT INTO drift AS f (id, document_id, run_id, first_seen_at, last_seen_at, tenant_id, state, kind, connection, external_id, field, ours,
    theirs, repair, repair_at, resolution, reason, resolved_by, resolved_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::integer[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::text[], $17::text[], $18::text[], $19::bigint[])
ON CONFLICT (id) DO UPDATE SET run_id = COALESCE(excluded.run_id, f.run_id), last_seen_at = excluded.last_seen_at,
    state = CASE WHEN f.state = 'accepted' AND excluded.state = 'open' AND f.ours IS NOT DISTINCT FROM excluded.ours
        AND f.theirs IS NOT DISTINCT FROM excluded.theirs THEN f.state ELSE excluded.state END,
    ours = excluded.ours, theirs = excluded.theirs,
    repair = COALESCE(excluded.repair, f.repair), repair_at = COALESCE(excluded.repair_at, f.repair_at),
    resolution = CASE WHEN f.state = 'accepted' AND excluded.state = 'open' AND (f.ours IS DISTINCT FROM excluded.ours
        OR f.theirs IS DISTINCT FROM excluded.theirs) THEN NULL ELSE COALESCE(excluded.resolution, f.resolution) END, reason = COALESCE(excluded.reason, f.reason),
    resolved_by = COALESCE(excluded.resolved_by, f.resolved_by), resolved_at = COALESCE(excluded.resolved_at, f.resolved_at)
WHERE f.state <> 'resolved'";

/// Inserts differences, or brings those of the same id up to date.
pub(super) async fn write(run: &mut Run, rows: &[DriftRow]) -> std::result::Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = last_of_each(rows, |row| row.id);
    let statement = sqlx::query(WRITE)
        .bind(column(&rows, |row| row.id.0))
        .bind(column(&rows, |row| row.document.map(|id| id.0)))
        .bind(column(&rows, |row| row.run.map(|id| id.0)))
        .bind(column(&rows, |row| micros(row.first_seen_at)))
        .bind(column(&rows, |row| micros(row.last_seen_at)))
        .bind(column(&rows, |row| row.tenant.0))
        .bind(column(&rows, |row| row.state.as_str()))
        .bind(column(&rows, |row| row.kind.as_str()))
        .bind(column(&rows, |row| row.connection.as_str()))
        .bind(column(&rows, |row| row.external_id.as_deref()))
        .bind(column(&rows, |row| row.field.as_deref()))
        .bind(column(&rows, |row| row.ours.as_deref()))
        .bind(column(&rows, |row| row.theirs.as_deref()))
        .bind(column(&rows, |row| row.repair.as_ref().map(|(word, _)| word.as_str())))
        .bind(column(&rows, |row| row.repair.as_ref().map(|(_, at)| micros(*at))))
        .bind(column(&rows, |row| row.resolution.as_deref()))
        .bind(column(&rows, |row| row.reason.as_deref()))
        .bind(column(&rows, |row| row.resolved_by.as_deref()))
        .bind(column(&rows, |row| row.resolved_at.map(micros)));
    run.write(statement).await?;
    Ok(())
}

const OF_OBJECTS: &str = concat!(
    "SELECT ",
    drift_columns!(),
    " FROM drift f WHERE f.external_id = ANY($1::text[]) AND f.connection = $2 AND f.tenant_id = $3 AND f.state <> 'resolved'
    ORDER BY f.first_seen_at, f.id"
);

/// Differences of objects that are not resolved.
pub(super) async fn of_objects(
    run: &mut Run,
    tenant: TenantId,
    connection: &str,
    external_ids: &[String],
) -> std::result::Result<Vec<DriftRow>, Fault> {
    let rows = run.fetch(sqlx::query(OF_OBJECTS).bind(external_ids).bind(connection).bind(tenant.0)).await?;
    Ok(decode::all(&rows, decode::drift)?)
}

const ACCEPT: &str = "
UPDATE drift SET state = 'accepted', resolution = 'accepted', reason = $3, resolved_by = $4, resolved_at = $5
WHERE id = $1 AND tenant_id = $2 AND state = 'open'";
const GONE: &str = "
UPDATE drift SET state = 'resolved', resolution = 'gone', reason = $3, resolved_by = $4, resolved_at = $5
WHERE id = $1 AND tenant_id = $2 AND state = 'open'";
const REPAIR: &str = "UPDATE drift SET repair = $3, repair_at = $4 WHERE id = $1 AND tenant_id = $2 AND state = 'open'";

pub(super) async fn say(store: &Postgres, words: &[DriftWord]) -> Result<Vec<bool>> {
    again!(try_say(store, words))
}

async fn try_say(store: &Postgres, words: &[DriftWord]) -> std::result::Result<Vec<bool>, Fault> {
    let mut run = store.begin().await?;
    let mut said = Vec::with_capacity(words.len());
    for word in words {
        let settle = |text: &'static str| {
            sqlx::query(text).bind(word.id.0).bind(word.tenant.0).bind(&word.reason).bind(&word.actor).bind(micros(word.at))
        };
        let statement = match &word.say {
            DriftSay::Accept => settle(ACCEPT),
            DriftSay::Gone => settle(GONE),
            DriftSay::Repair(what) => sqlx::query(REPAIR).bind(word.id.0).bind(word.tenant.0).bind(what).bind(micros(word.at)),
        };
        said.push(run.write(statement).await? == 1);
    }
    if let Some(told) = desk::said(words, &said) {
        run.done(told).await?;
    }
    run.commit().await?;
    Ok(said)
}

macro_rules! filtered {
    () => {
        "f.tenant_id = $1 AND ($2::text IS NULL OR f.state = $2) AND ($3::text IS NULL OR f.kind = $3)
        AND ($4::text IS NULL OR f.connection = $4) AND ($5::uuid IS NULL OR f.document_id = $5)
        AND ($6::uuid IS NULL OR f.run_id = $6) AND ($7::uuid IS NULL OR f.id = $7)"
    };
}

const LIST: &str = concat!(
    "SELECT ",
    drift_columns!(),
    " FROM drift f WHERE ",
    filtered!(),
    " AND (f.first_seen_at, f.id) < ($8, $9) ORDER BY f.first_seen_at DESC, f.id DESC LIMIT $10"
);
const GROUPS: &str = concat!(
    "SELECT f.kind, f.connection, f.state, count(*) AS number, min(f.first_seen_at) AS oldest FROM drift f WHERE ",
    filtered!(),
    " GROUP BY f.kind, f.connection, f.state ORDER BY number DESC, f.kind, f.connection, f.state"
);

fn filter<'q>(sql: &'static str, filter: &'q DriftFilter) -> super::session::Statement<'q> {
    sqlx::query(sql)
        .bind(filter.tenant.0)
        .bind(&filter.state)
        .bind(&filter.kind)
        .bind(&filter.connection)
        .bind(filter.document.map(|id| id.0))
        .bind(filter.run.map(|id| id.0))
        .bind(filter.id.map(|id| id.0))
}

pub(super) async fn list(store: &Postgres, wanted: &DriftFilter, page: &Page) -> Result<Vec<DriftRow>> {
    let (time, id) = super::views::start(page);
    let statement = filter(LIST, wanted).bind(time).bind(id).bind(super::views::limit(page));
    decode::all(&store.read(wanted.tenant, statement).await?, decode::drift)
}

pub(super) async fn groups(store: &Postgres, wanted: &DriftFilter) -> Result<Vec<DriftGroup>> {
    decode::all(&store.read(wanted.tenant, filter(GROUPS, wanted)).await?, decode::drift_group)
}

const STANDINGS: &str = "
SELECT connection, external_id, checked_at, in_step_since, differs_since FROM link
WHERE tenant_id = $1 AND document_id = $2 ORDER BY connection, external_id";

pub(super) async fn standings(store: &Postgres, tenant: TenantId, document: DocumentId) -> Result<Vec<LinkStanding>> {
    let statement = sqlx::query(STANDINGS).bind(tenant.0).bind(document.0);
    decode::all(&store.read(tenant, statement).await?, decode::link_standing)
}
