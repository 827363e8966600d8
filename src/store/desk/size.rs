//! How much there is of what operators watch, and what is dropped when it is over.

use super::watched::{OutboxRow, SizeRow};
use crate::domain::ids::{InstanceId, TenantId};
use crate::domain::quota::Usage;
use crate::store::ask::{Ask, Speaks, Turn, ask, look};
use crate::store::cells::{Cells, micros};
use crate::store::{Result, decode};
use jiff::Timestamp;

pub(super) async fn outbox<S: Speaks>(store: &S, tenant: TenantId, now: Timestamp) -> Result<Vec<OutboxRow>> {
    let here = store.local(now);
    let ready = " THEN 1 ELSE 0 END) AS ready, min(CASE WHEN l.owner IS NULL AND l.due_at <= ";
    let asked = ask("SELECT l.connection, count(*) AS lanes, sum(CASE WHEN l.owner IS NULL THEN 0 ELSE 1 END) AS held, ")
        .then("sum(CASE WHEN l.owner IS NULL AND l.due_at <= ")
        .int(here)
        .then(ready)
        .int(here)
        .then(" THEN l.due_at END) AS oldest FROM lane l WHERE l.tenant_id = ")
        .int(tenant.0)
        .then(" GROUP BY l.connection ORDER BY l.connection");
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "lane", "connection");
        Ok(OutboxRow {
            connection: cells.text("connection")?,
            lanes: cells.int("lanes")?,
            held: cells.int("held")?,
            ready: cells.int("ready")?,
            oldest_ready_at: cells.maybe_time("oldest")?,
        })
    };
    decode::all(&look(store, tenant, asked).await?, read)
}

/// What a tenant has taken since the beginning of a day. Documents and instances are counted in indexes, payloads in the rows of
/// the day alone.
pub(super) async fn usage<S: Speaks>(store: &S, tenant: TenantId, since: Timestamp) -> Result<Usage> {
    let documents = ask("SELECT count(*) AS number FROM document d WHERE d.tenant_id = ").int(tenant.0);
    let documents = documents.then(" AND d.created_at >= ").time(since);
    let instances =
        ask("SELECT count(*) AS number FROM instance i WHERE i.status IN ('running', 'exception') AND i.tenant_id = ").int(tenant.0);
    // As they lie there, compressed: nothing is unpacked for it.
    let bytes = ask("SELECT CAST(COALESCE(SUM(").either("pg_column_size(p.payload)", "length(CAST(p.payload AS BLOB))");
    let bytes = bytes.then("), 0) AS bigint) AS number FROM payload p WHERE p.tenant_id = ").int(tenant.0);
    let found = store.look(tenant, vec![documents, instances, bytes.then(" AND p.created_at >= ").time(since)]).await?;
    let number = |place: usize| -> Result<u64> {
        let row = found.get(place).and_then(|rows| rows.first());
        Ok(row.map(|row| Cells::new(row, "usage", "number").int("number")).transpose()?.unwrap_or(0))
    };
    Ok(Usage { documents: number(0)?, instances: number(1)?, payload_bytes: number(2)? })
}

/// The first day a table has a partition for: its rows have no index by time.
macro_rules! oldest_day {
    ($table:literal) => {
        concat!(
            "min((to_date(right(c.relname, 8), 'YYYYMMDD') - date '1970-01-01')::bigint * 86400000000) AS number
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '",
            $table,
            "'::regclass AND c.relname ~ '_[0-9]{8}$'"
        )
    };
}

/// The database is shared by tenants; what it keeps is asked of the tables' own ends.
pub(super) async fn of<S: Speaks>(store: &S, tenant: TenantId) -> Result<SizeRow> {
    let bytes = ask("SELECT ").either(
        "pg_database_size(current_database()) AS number",
        "(SELECT page_count FROM pragma_page_count()) * (SELECT page_size FROM pragma_page_size()) AS number",
    );
    let attempts = ask("SELECT ").either(oldest_day!("attempt"), "min(started_at) AS number FROM attempt");
    let payloads = ask("SELECT ").either(oldest_day!("payload"), "min(created_at) AS number FROM payload");
    let found = store.look(tenant, vec![bytes, attempts, payloads]).await?;
    let cell = |place: usize| found.get(place).and_then(|rows| rows.first()).map(|row| Cells::new(row, "size", "number"));
    Ok(SizeRow {
        bytes: cell(0).map(|cells| cells.int("number")).transpose()?.unwrap_or(0),
        oldest_attempt_at: cell(1).map(|cells| cells.maybe_time("number")).transpose()?.flatten(),
        oldest_payload_at: cell(2).map(|cells| cells.maybe_time("number")).transpose()?.flatten(),
    })
}

pub(super) async fn timers<S: Speaks>(store: &S, tenant: TenantId, limit: u32) -> Result<(u64, Vec<(InstanceId, u32, Timestamp)>)> {
    let count = ask("SELECT count(*) AS number FROM timer WHERE tenant_id = ").int(tenant.0);
    let next = ask("SELECT instance_id, number, due_at FROM timer WHERE tenant_id = ").int(tenant.0);
    let next = next.then(" ORDER BY due_at LIMIT ").int(limit.clamp(1, 500));
    let found = store.look(tenant, vec![count, next]).await?;
    let [count, next] = found.as_slice() else { return Ok((0, Vec::new())) };
    let number = count.first().map(|row| Cells::new(row, "timer", "number").int("number")).transpose()?.unwrap_or(0);
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "timer", "instance_id");
        Ok((cells.id("instance_id", InstanceId)?, cells.int("number")?, cells.time("due_at")?))
    };
    Ok((number, decode::all(next, read)?))
}

/// Rows of one kind dropped in one call at most.
const SWEEP_MAX: i64 = 10_000;
/// Reports of processes that fell silent are kept this long.
const REPORT_KEPT_MICROS: i64 = 3_600_000_000;
/// Batches that are over, with their items, and notes about pages that somebody has dealt with are kept this long.
const BATCH_KEPT_MICROS: i64 = 90 * 86_400_000_000;
/// Files that nothing names may be attached for a day; an hour more, so that no act meets one on its way out.
const FILE_KEPT_MICROS: i64 = 25 * 3_600_000_000;

pub(super) async fn sweep<S: Speaks>(store: &S, now: Timestamp, counts_before: Timestamp, feed_before: Timestamp) -> Result<u64> {
    let now = micros(now);
    let batch = now - BATCH_KEPT_MICROS;
    let minute = counts_before.as_second().div_euclid(60);
    let empty_selection = " AND NOT EXISTS (SELECT 1 FROM selection_item i WHERE i.selection_id = selection.id)";
    let empty_batch = " AND NOT EXISTS (SELECT 1 FROM batch_item i WHERE i.batch_id = batch.id)";
    let cuts = [
        cut(
            "DELETE FROM selection_item WHERE ",
            " FROM selection_item WHERE selection_id IN (SELECT id FROM selection WHERE expires_at < ",
            now,
            ")",
        ),
        cut("DELETE FROM selection WHERE ", " FROM selection WHERE expires_at < ", now, empty_selection),
        cut("DELETE FROM batch_item WHERE ", " FROM batch_item WHERE batch_id IN (SELECT id FROM batch WHERE finished_at < ", batch, ")"),
        cut("DELETE FROM batch WHERE ", " FROM batch WHERE finished_at < ", batch, empty_batch),
        cut("DELETE FROM minute_count WHERE ", " FROM minute_count WHERE minute < ", minute, ""),
        cut("DELETE FROM change_feed WHERE ", " FROM change_feed WHERE at < ", micros(feed_before), ""),
        cut("DELETE FROM process_report WHERE ", " FROM process_report WHERE at < ", now - REPORT_KEPT_MICROS, ""),
        cut("DELETE FROM breaker_change WHERE ", " FROM breaker_change WHERE at < ", batch, ""),
        cut("DELETE FROM feedback WHERE ", " FROM feedback WHERE settled_at < ", batch, ""),
        cut("DELETE FROM file WHERE ", " FROM file WHERE attached_at IS NULL AND created_at < ", now - FILE_KEPT_MICROS, ""),
    ];
    let mut turn = store.turn().await?;
    let mut dropped = 0;
    for cut in cuts {
        dropped += turn.done(cut).await?;
    }
    turn.keep().await?;
    Ok(dropped)
}

/// Deletes a bounded number of a table's rows.
fn cut(delete: &'static str, from: &'static str, before: i64, and: &'static str) -> Ask {
    let asked = ask(delete).either("ctid = ANY(ARRAY(SELECT ctid", "rowid IN (SELECT rowid").then(from).int(before);
    asked.then(and).then(" LIMIT ").int(SWEEP_MAX).either("))", ")")
}
