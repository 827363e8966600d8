//! Duties: what one process does at a time, by lease.

use super::session::{Postgres, fault};
use crate::store::cells::Cells;
use crate::store::fault::Phase;
use crate::store::{Lease, Result};
use jiff::Timestamp;

/// Whoever has it prolongs it; others wait for the end of the lease.
const CLAIM: &str = "
INSERT INTO duty (name, tenant_id, owner, token, due_at) VALUES ($1, 0, $2, nextval('lane_number'), $3)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, token = excluded.token, due_at = excluded.due_at
    WHERE duty.due_at <= $4 OR duty.owner = excluded.owner
RETURNING name, token";

pub(super) async fn claim(store: &Postgres, duty: &str, lease: &Lease, now: Timestamp) -> Result<Option<i64>> {
    let statement = sqlx::query(CLAIM).bind(duty).bind(&lease.owner).bind(store.here(lease.until)).bind(store.here(now));
    let row = statement.fetch_optional(&store.work).await.map_err(|error| fault(error, Phase::Commit))?;
    row.map(|row| Cells::new(&row, "duty", "name").int("token")).transpose()
}
