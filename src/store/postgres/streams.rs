//! Cursors of streams and re-reads of open objects.

use super::session::{Postgres, Run, column};
use crate::store::cells::micros;
use crate::store::columns::{link_columns, stream_columns};
use crate::store::fault::{Fault, again};
use crate::store::{Fenced, Lease, Reread, Result, StreamCursor, StreamKey, decode};
use jiff::Timestamp;

/// A claimed stream is due again when its lease ends.
const CLAIM: &str = concat!(
    "WITH due AS (
        SELECT s.tenant_id, s.connection, s.stream FROM stream s
        JOIN unnest($1::integer[], $2::text[], $3::text[]) AS k (tenant_id, connection, stream)
            ON s.tenant_id = k.tenant_id AND s.connection = k.connection AND s.stream = k.stream
        WHERE s.due_at <= $4 ORDER BY s.due_at, s.tenant_id, s.connection, s.stream LIMIT $7 FOR UPDATE OF s SKIP LOCKED
    )
    UPDATE stream s SET due_at = $5, owner = $6, token = nextval('lane_number')
    FROM due d WHERE s.tenant_id = d.tenant_id AND s.connection = d.connection AND s.stream = d.stream
    RETURNING ",
    stream_columns!()
);

/// A stream nobody ran before is claimed by whoever inserts it.
const FIRST: &str = concat!(
    "INSERT INTO stream AS s (tenant_id, connection, stream, due_at, token, failures, owner)
    SELECT k.tenant_id, k.connection, k.stream, $4, nextval('lane_number'), 0, $5
    FROM unnest($1::integer[], $2::text[], $3::text[]) AS k (tenant_id, connection, stream)
    WHERE NOT EXISTS (SELECT 1 FROM stream f WHERE f.tenant_id = k.tenant_id AND f.connection = k.connection AND f.stream = k.stream)
    ORDER BY k.tenant_id, k.connection, k.stream LIMIT $6
    ON CONFLICT DO NOTHING RETURNING ",
    stream_columns!()
);

pub(super) async fn claim(store: &Postgres, lease: &Lease, now: Timestamp, streams: &[StreamKey], limit: u32) -> Result<Vec<StreamCursor>> {
    if streams.is_empty() {
        return Ok(Vec::new());
    }
    again!(try_claim(store, lease, now, streams, limit))
}

async fn try_claim(
    store: &Postgres,
    lease: &Lease,
    now: Timestamp,
    streams: &[StreamKey],
    limit: u32,
) -> std::result::Result<Vec<StreamCursor>, Fault> {
    let tenants = column(streams, |key| key.tenant.0);
    let connections = column(streams, |key| key.connection.as_str());
    let names = column(streams, |key| key.stream.as_str());
    let mut run = store.begin().await?;
    let until = store.here(lease.until);
    let known = sqlx::query(CLAIM).bind(&tenants).bind(&connections).bind(&names).bind(store.here(now)).bind(until).bind(&lease.owner);
    let known = known.bind(i64::from(limit));
    let mut rows = run.fetch(known).await?;
    let left = i64::from(limit).saturating_sub_unsigned(rows.len() as u64).max(0);
    let first = sqlx::query(FIRST).bind(&tenants).bind(&connections).bind(&names).bind(until).bind(&lease.owner).bind(left);
    rows.extend(run.fetch(first).await?);
    run.commit().await?;
    Ok(decode::all(&rows, decode::cursor)?)
}

/// The token stays: the next page of the same run is saved under it too, until somebody else claims the stream.
const SAVE: &str = "
UPDATE stream SET cursor = $5, last_success_at = $6, problem = $7, failures = $8, due_at = $9, owner = NULL
WHERE tenant_id = $1 AND connection = $2 AND stream = $3 AND token = $4";

pub(super) async fn save(store: &Postgres, cursor: &StreamCursor, next_due: Timestamp) -> Result<Fenced> {
    again!(try_save(store, cursor, next_due))
}

async fn try_save(store: &Postgres, cursor: &StreamCursor, next_due: Timestamp) -> std::result::Result<Fenced, Fault> {
    let mut run: Run = store.begin().await?;
    let statement = sqlx::query(SAVE)
        .bind(cursor.key.tenant.0)
        .bind(&cursor.key.connection)
        .bind(&cursor.key.stream)
        .bind(cursor.token)
        .bind(&cursor.cursor)
        .bind(cursor.last_success_at.map(micros))
        .bind(&cursor.problem)
        .bind(i64::from(cursor.failures))
        .bind(micros(next_due));
    let saved = run.write(statement).await?;
    run.commit().await?;
    Ok(if saved == 1 { Fenced::Held } else { Fenced::Lost })
}

/// Until the engine sets another time, re-reads of an object space out: one minute, doubled each time, at most two hours.
const REREADS: &str = concat!(
    "WITH due AS (
        SELECT l.external_id, l.connection, l.tenant_id, l.document_id FROM link l
        WHERE l.reread_at IS NOT NULL AND NOT l.closed AND l.reread_at <= $1
        ORDER BY l.reread_at LIMIT $2 FOR UPDATE SKIP LOCKED
    )
    UPDATE link l SET rereads = l.rereads + 1,
        reread_at = $1 + LEAST(60000000::bigint << LEAST(l.rereads, 7), 7200000000)
    FROM due d WHERE l.external_id = d.external_id AND l.connection = d.connection AND l.tenant_id = d.tenant_id
        AND l.document_id = d.document_id
    RETURNING ",
    link_columns!()
);

pub(super) async fn rereads(store: &Postgres, now: Timestamp, limit: u32) -> Result<Vec<Reread>> {
    again!(try_rereads(store, now, limit))
}

async fn try_rereads(store: &Postgres, now: Timestamp, limit: u32) -> std::result::Result<Vec<Reread>, Fault> {
    let mut run = store.begin().await?;
    let rows = run.fetch(sqlx::query(REREADS).bind(store.here(now)).bind(i64::from(limit))).await?;
    run.commit().await?;
    Ok(decode::all(&rows, |row| decode::link(row).map(|link| Reread { link }))?)
}
