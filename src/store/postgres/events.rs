//! Events that wait to be published.

use super::session::{Postgres, Run, column, fault};
use crate::store::cells::micros;
use crate::store::fault::{Fault, Phase};
use crate::store::{NewEvent, Result, WaitingEvent, decode};

/// Numbered under the locks of their documents, so that within a document the numbers grow with the commits.
const QUEUE: &str = "
INSERT INTO event (id, tenant_id, document_id, instance_id, at, what, data)
SELECT * FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::text[])";

pub(super) async fn queue(run: &mut Run, events: &[NewEvent]) -> std::result::Result<(), Fault> {
    if events.is_empty() {
        return Ok(());
    }
    let statement = sqlx::query(QUEUE)
        .bind(column(events, |event| event.id))
        .bind(column(events, |event| event.tenant.0))
        .bind(column(events, |event| event.document.map(|id| id.0)))
        .bind(column(events, |event| event.instance.map(|id| id.0)))
        .bind(column(events, |event| micros(event.at)))
        .bind(column(events, |event| event.what.as_str()))
        .bind(column(events, |event| event.data.as_str()));
    run.write(statement).await?;
    Ok(())
}

const WAITING: &str = "
SELECT e.seq, e.id, e.tenant_id, e.document_id, e.instance_id, e.at, e.what, e.data, d.kind, d.key
FROM event e LEFT JOIN document d ON d.id = e.document_id ORDER BY e.seq LIMIT $1";

pub(super) async fn waiting(store: &Postgres, limit: u32) -> Result<Vec<WaitingEvent>> {
    let rows = sqlx::query(WAITING).bind(i64::from(limit)).fetch_all(&store.work).await.map_err(|error| fault(error, Phase::Inside))?;
    decode::all(&rows, decode::waiting_event)
}

const PUBLISHED: &str = "DELETE FROM event WHERE seq = ANY($1::bigint[])";

pub(super) async fn published(store: &Postgres, published: &[i64]) -> Result<()> {
    if !published.is_empty() {
        sqlx::query(PUBLISHED).bind(published).execute(&store.work).await.map_err(|error| fault(error, Phase::Commit))?;
    }
    Ok(())
}
