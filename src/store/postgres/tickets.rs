//! Claiming lanes that a ticket names.

use super::lanes;
use super::session::{Postgres, column};
use crate::domain::ids::LaneId;
use crate::store::fault::{Fault, again};
use crate::store::{ClaimedEffect, Lease, Result};
use jiff::Timestamp;

/// A lane is queued with the time of the process that planned its effect, and clocks differ by a little: a free lane is
/// taken that early. One with an owner is due when the lease ends, to the microsecond.
const CLAIM: &str = "
WITH picked AS MATERIALIZED (
    SELECT l.id FROM lane l
    WHERE l.id = ANY($1::uuid[]) AND l.due_at <= $2::bigint + CASE WHEN l.owner IS NULL THEN 250000 ELSE 0 END
    ORDER BY l.id FOR UPDATE SKIP LOCKED
)
UPDATE lane SET owner = $3, due_at = $4, token = nextval('lane_number')
WHERE id = ANY(ARRAY(SELECT id FROM picked))
RETURNING id, head_id, token";

pub(super) async fn claim(store: &Postgres, lease: &Lease, now: Timestamp, lanes: &[LaneId]) -> Result<Vec<ClaimedEffect>> {
    if lanes.is_empty() {
        return Ok(Vec::new());
    }
    again!(try_claim(store, lease, now, lanes))
}

async fn try_claim(store: &Postgres, lease: &Lease, now: Timestamp, lanes: &[LaneId]) -> std::result::Result<Vec<ClaimedEffect>, Fault> {
    let run = store.begin().await?;
    let statement =
        sqlx::query(CLAIM).bind(column(lanes, |lane| lane.0)).bind(store.here(now)).bind(&lease.owner).bind(store.here(lease.until));
    lanes::start_picked(run, statement).await
}
