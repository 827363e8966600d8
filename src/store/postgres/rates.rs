//! Slots for requests: a rate that all processes share.

use super::session::{Postgres, fault, int};
use crate::store::cells::Cells;
use crate::store::fault::Phase;
use crate::store::{Result, SlotRequest, Slots};
use jiff::Timestamp;

/// What `SlotRequest::give` says, in one statement, so that a hot row is locked for one round trip. It does not wait for
/// the disk: a crash forgets the slots of a moment, no document.
const TAKE: &str = "
INSERT INTO rate AS r (tenant_id, name, first_at, granted, next_at)
SELECT $1, $2, $3::bigint, $4::integer, $3::bigint + $4::integer * $5::bigint
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
ON CONFLICT (tenant_id, name) DO UPDATE SET
    first_at = GREATEST(r.next_at, $3),
    granted = LEAST($6::bigint, GREATEST(0, ($7 - GREATEST(r.next_at, $3) + $5) / $5)),
    next_at = GREATEST(r.next_at, $3)
        + $5 * LEAST($6::bigint, GREATEST(0, ($7 - GREATEST(r.next_at, $3) + $5) / $5))
RETURNING name, first_at, granted";

pub(super) async fn take(store: &Postgres, request: &SlotRequest, now: Timestamp) -> Result<Slots> {
    let now = store.exactly_here(now);
    let (first, granted, _) = request.give(i64::MIN, now);
    let statement = sqlx::query(TAKE)
        .bind(request.tenant.0)
        .bind(&request.name)
        .bind(first)
        .bind(int(granted))
        .bind(request.every_micros.max(1))
        .bind(i64::from(request.count))
        .bind(now.saturating_add(request.within_micros.max(0)));
    let row = statement.fetch_one(&store.work).await.map_err(|error| fault(error, Phase::Commit))?;
    let cells = Cells::new(&row, "rate", "name");
    let first: i64 = cells.int("first_at")?;
    Ok(Slots { granted: cells.int("granted")?, first_micros: first.saturating_sub(now) })
}
