//! Timers that are due. They are deleted by the batch that fires them (`load`).

use super::session::{Sqlite, sql};
use crate::store::{Result, TimerKey, decode};
use jiff::Timestamp;

const DUE: &str = "
SELECT tenant_id, instance_id, number FROM timer WHERE due_at <= $1 ORDER BY due_at, instance_id, number LIMIT $2";

pub(super) async fn due(store: &Sqlite, now: Timestamp, limit: u32) -> Result<Vec<TimerKey>> {
    decode::all(&store.read(sql(DUE).time(now).int(limit)).await?, decode::timer)
}
