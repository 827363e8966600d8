//! Events that wait to be published.

use super::session::{Run, Sqlite, sql};
use crate::store::fault::Fault;
use crate::store::{NewEvent, Result, WaitingEvent, decode};

const QUEUE: &str = "
INSERT INTO event (id, tenant_id, document_id, instance_id, at, what, data) VALUES ($1, $2, $3, $4, $5, $6, $7)";

pub(super) async fn queue(run: &mut Run, events: &[NewEvent]) -> std::result::Result<(), Fault> {
    for event in events {
        let statement = sql(QUEUE)
            .id(event.id)
            .int(event.tenant.0)
            .maybe_id(event.document.map(|id| id.0))
            .maybe_id(event.instance.map(|id| id.0))
            .time(event.at)
            .text(&event.what)
            .text(&event.data);
        run.write(statement).await?;
    }
    Ok(())
}

const WAITING: &str = "
SELECT e.seq, e.id, e.tenant_id, e.document_id, e.instance_id, e.at, e.what, e.data, d.kind, d.key
FROM event e LEFT JOIN document d ON d.id = e.document_id ORDER BY e.seq LIMIT $1";

pub(super) async fn waiting(store: &Sqlite, limit: u32) -> Result<Vec<WaitingEvent>> {
    decode::all(&store.read(sql(WAITING).int(limit)).await?, decode::waiting_event)
}

const PUBLISHED: &str = "DELETE FROM event WHERE seq = $1";

pub(super) async fn published(store: &Sqlite, published: &[i64]) -> Result<()> {
    if published.is_empty() {
        return Ok(());
    }
    let mut run = store.begin().await?;
    for seq in published {
        run.write(sql(PUBLISHED).int(*seq)).await?;
    }
    Ok(run.commit().await?)
}
