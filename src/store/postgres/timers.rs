//! Timers that are due. They are deleted by the batch that fires them (`load`).

use super::session::{Postgres, fault};
use crate::store::fault::Phase;
use crate::store::{Result, TimerKey, decode};
use jiff::Timestamp;

const DUE: &str = "
SELECT t.tenant_id, t.instance_id, t.number FROM timer t WHERE t.due_at <= $1
ORDER BY t.due_at, t.instance_id, t.number LIMIT $2";

pub(super) async fn due(store: &Postgres, now: Timestamp, limit: u32) -> Result<Vec<TimerKey>> {
    let statement = sqlx::query(DUE).bind(store.here(now)).bind(i64::from(limit));
    let rows = statement.fetch_all(&store.work).await.map_err(|error| fault(error, Phase::Inside))?;
    decode::all(&rows, decode::timer)
}
