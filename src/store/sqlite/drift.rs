//! Differences between systems and the ledger.

use super::session::{Run, Sqlite, Statement, sql};
use crate::domain::ids::{DocumentId, TenantId};
use crate::store::ask::Turn as _;
use crate::store::columns::drift_columns;
use crate::store::fault::Fault;
use crate::store::{DriftFilter, DriftGroup, DriftRow, DriftSay, DriftWord, LinkStanding, Page, Result, decode, desk};

/// What a difference is about never changes; a person's word is not overwritten by a run that read the row before it.
const WRITE: &str = "
INSERT INTO drift AS f (id, document_id, run_id, first_seen_at, last_seen_at, tenant_id, state, kind, connection, external_id, field, ours,
    theirs, repair, repair_at, resolution, reason, resolved_by, resolved_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
ON CONFLICT (id) DO UPDATE SET run_id = COALESCE(excluded.run_id, f.run_id), last_seen_at = excluded.last_seen_at,
    state = CASE WHEN f.state = 'accepted' AND excluded.state = 'open' AND f.ours IS excluded.ours
        AND f.theirs IS excluded.theirs THEN f.state ELSE excluded.state END,
    ours = excluded.ours, theirs = excluded.theirs,
    repair = COALESCE(excluded.repair, f.repair), repair_at = COALESCE(excluded.repair_at, f.repair_at),
    resolution = CASE WHEN f.state = 'accepted' AND excluded.state = 'open' AND (f.ours IS NOT excluded.ours
        OR f.theirs IS NOT excluded.theirs) THEN NULL ELSE COALESCE(excluded.resolution, f.resolution) END, reason = COALESCE(excluded.reason, f.reason),
    resolved_by = COALESCE(excluded.resolved_by, f.resolved_by), resolved_at = COALESCE(excluded.resolved_at, f.resolved_at)
WHERE f.state <> 'resolved'";

/// Inserts differences, or brings those of the same id up to date.
pub(super) async fn write(run: &mut Run, rows: &[DriftRow]) -> std::result::Result<(), Fault> {
    for row in rows {
        let statement = sql(WRITE)
            .id(row.id.0)
            .maybe_id(row.document.map(|id| id.0))
            .maybe_id(row.run.map(|id| id.0))
            .time(row.first_seen_at)
            .time(row.last_seen_at)
            .int(row.tenant.0)
            .text(&row.state)
            .text(&row.kind)
            .text(&row.connection)
            .maybe_text(row.external_id.as_deref())
            .maybe_text(row.field.as_deref())
            .maybe_text(row.ours.as_deref())
            .maybe_text(row.theirs.as_deref())
            .maybe_text(row.repair.as_ref().map(|(word, _)| word.as_str()))
            .maybe_time(row.repair.as_ref().map(|(_, at)| *at))
            .maybe_text(row.resolution.as_deref())
            .maybe_text(row.reason.as_deref())
            .maybe_text(row.resolved_by.as_deref())
            .maybe_time(row.resolved_at);
        run.write(statement).await?;
    }
    Ok(())
}

const OF_OBJECT: &str = concat!(
    "SELECT ",
    drift_columns!(),
    " FROM drift f WHERE f.external_id = $1 AND f.connection = $2 AND f.tenant_id = $3 AND f.state <> 'resolved'
    ORDER BY f.first_seen_at, f.id"
);

/// Differences of objects that are not resolved.
pub(super) async fn of_objects(store: &Sqlite, tenant: TenantId, connection: &str, external_ids: &[String]) -> Result<Vec<DriftRow>> {
    let mut found = Vec::new();
    for id in external_ids {
        let rows = store.read(sql(OF_OBJECT).text(id).text(connection).int(tenant.0)).await?;
        found.extend(decode::all(&rows, decode::drift)?);
    }
    Ok(found)
}

const ACCEPT: &str = "
UPDATE drift SET state = 'accepted', resolution = 'accepted', reason = $3, resolved_by = $4, resolved_at = $5
WHERE id = $1 AND tenant_id = $2 AND state = 'open'";
const GONE: &str = "
UPDATE drift SET state = 'resolved', resolution = 'gone', reason = $3, resolved_by = $4, resolved_at = $5
WHERE id = $1 AND tenant_id = $2 AND state = 'open'";
const REPAIR: &str = "UPDATE drift SET repair = $3, repair_at = $4 WHERE id = $1 AND tenant_id = $2 AND state = 'open'";

pub(super) async fn say(store: &Sqlite, words: &[DriftWord]) -> Result<Vec<bool>> {
    let mut run = store.begin().await?;
    let mut said = Vec::with_capacity(words.len());
    for word in words {
        let of_drift = |text: &'static str| sql(text).id(word.id.0).int(word.tenant.0);
        let statement = match &word.say {
            DriftSay::Gone => of_drift(GONE).maybe_text(word.reason.as_deref()).text(&word.actor).time(word.at),
            DriftSay::Accept => of_drift(ACCEPT).maybe_text(word.reason.as_deref()).text(&word.actor).time(word.at),
            DriftSay::Repair(what) => of_drift(REPAIR).text(what).time(word.at),
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
        "f.tenant_id = $1 AND ($2 IS NULL OR f.state = $2) AND ($3 IS NULL OR f.kind = $3)
        AND ($4 IS NULL OR f.connection = $4) AND ($5 IS NULL OR f.document_id = $5)
        AND ($6 IS NULL OR f.run_id = $6) AND ($7 IS NULL OR f.id = $7)"
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

fn filter<'q>(text: &'static str, filter: &DriftFilter) -> Statement<'q> {
    sql(text)
        .int(filter.tenant.0)
        .maybe_text(filter.state.as_deref())
        .maybe_text(filter.kind.as_deref())
        .maybe_text(filter.connection.as_deref())
        .maybe_id(filter.document.map(|id| id.0))
        .maybe_id(filter.run.map(|id| id.0))
        .maybe_id(filter.id.map(|id| id.0))
}

pub(super) async fn list(store: &Sqlite, wanted: &DriftFilter, page: &Page) -> Result<Vec<DriftRow>> {
    let (time, id) = super::views::start(page);
    let statement = filter(LIST, wanted).int(time).id(id).int(super::views::limit(page));
    decode::all(&store.read(statement).await?, decode::drift)
}

pub(super) async fn groups(store: &Sqlite, wanted: &DriftFilter) -> Result<Vec<DriftGroup>> {
    decode::all(&store.read(filter(GROUPS, wanted)).await?, decode::drift_group)
}

const STANDINGS: &str = "
SELECT connection, external_id, checked_at, in_step_since, differs_since FROM link
WHERE tenant_id = $1 AND document_id = $2 ORDER BY connection, external_id";

pub(super) async fn standings(store: &Sqlite, tenant: TenantId, document: DocumentId) -> Result<Vec<LinkStanding>> {
    let rows = store.read(sql(STANDINGS).int(tenant.0).id(document.0)).await?;
    decode::all(&rows, decode::link_standing)
}
