//! Cursors of streams and re-reads of open objects.

use super::session::{Sqlite, sql};
use crate::store::columns::{link_columns, stream_columns};
use crate::store::{Fenced, Lease, Reread, Result, StreamCursor, StreamKey, decode};
use jiff::Timestamp;

/// A stream nobody ran before is due at once; a claimed one is due again when its lease ends.
const CLAIM: &str = "
INSERT INTO stream (tenant_id, connection, stream, due_at, token, failures, owner) VALUES ($1, $2, $3, $5, $6, 0, $7)
ON CONFLICT (tenant_id, connection, stream) DO UPDATE SET due_at = excluded.due_at, token = excluded.token, owner = excluded.owner
WHERE stream.due_at <= $4";
const CLAIMED: &str =
    concat!("SELECT ", stream_columns!(), " FROM stream s WHERE s.tenant_id = $1 AND s.connection = $2 AND s.stream = $3");

pub(super) async fn claim(store: &Sqlite, lease: &Lease, now: Timestamp, streams: &[StreamKey], limit: u32) -> Result<Vec<StreamCursor>> {
    if streams.is_empty() {
        return Ok(Vec::new());
    }
    let mut run = store.begin().await?;
    let mut claimed = Vec::new();
    for key in streams {
        if claimed.len() >= limit as usize {
            break;
        }
        let token = run.number().await?;
        let of_key = |text: &'static str| sql(text).int(key.tenant.0).text(&key.connection).text(&key.stream);
        let statement = of_key(CLAIM).time(now).time(lease.until).int(token).text(&lease.owner);
        if run.write(statement).await? == 1 {
            let row = run.fetch_one(of_key(CLAIMED)).await?;
            claimed.extend(row.as_ref().map(decode::cursor).transpose()?);
        }
    }
    run.commit().await?;
    Ok(claimed)
}

/// The token stays: the next page of the same run is saved under it too, until somebody else claims the stream.
const SAVE: &str = "
UPDATE stream SET cursor = $5, last_success_at = $6, problem = $7, failures = $8, due_at = $9, owner = NULL
WHERE tenant_id = $1 AND connection = $2 AND stream = $3 AND token = $4";

pub(super) async fn save(store: &Sqlite, cursor: &StreamCursor, next_due: Timestamp) -> Result<Fenced> {
    let mut run = store.begin().await?;
    let statement = sql(SAVE)
        .int(cursor.key.tenant.0)
        .text(&cursor.key.connection)
        .text(&cursor.key.stream)
        .int(cursor.token)
        .maybe_text(cursor.cursor.as_deref())
        .maybe_time(cursor.last_success_at)
        .maybe_text(cursor.problem.as_deref())
        .int(cursor.failures)
        .time(next_due);
    let saved = run.write(statement).await?;
    run.commit().await?;
    Ok(if saved == 1 { Fenced::Held } else { Fenced::Lost })
}

const DUE: &str = concat!(
    "SELECT ",
    link_columns!(),
    " FROM link l WHERE l.reread_at IS NOT NULL AND NOT l.closed AND l.reread_at <= $1
    ORDER BY l.reread_at LIMIT $2"
);
/// Until the engine sets another time, re-reads of an object space out: one minute, doubled each time, at most two hours.
const MOVE: &str = "
UPDATE link SET rereads = rereads + 1, reread_at = $5 + min(60000000 << min(rereads, 7), 7200000000)
WHERE external_id = $1 AND connection = $2 AND tenant_id = $3 AND document_id = $4";
const MOVED: &str = concat!(
    "SELECT ",
    link_columns!(),
    " FROM link l
    WHERE l.external_id = $1 AND l.connection = $2 AND l.tenant_id = $3 AND l.document_id = $4"
);

pub(super) async fn rereads(store: &Sqlite, now: Timestamp, limit: u32) -> Result<Vec<Reread>> {
    let mut run = store.begin().await?;
    let mut moved = Vec::new();
    for link in decode::all(&run.fetch(sql(DUE).time(now).int(limit)).await?, decode::link)? {
        let of_link = |text| sql(text).text(&link.external_id).text(&link.connection).int(link.tenant.0).id(link.document.0);
        run.write(of_link(MOVE).time(now)).await?;
        let row = run.fetch_one(of_link(MOVED)).await?;
        moved.extend(row.as_ref().map(decode::link).transpose()?.map(|link| Reread { link }));
    }
    run.commit().await?;
    Ok(moved)
}
