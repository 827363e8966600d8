//! Duties: what one process does at a time, by lease.

use super::session::{Sqlite, sql};
use crate::store::cells::Cells;
use crate::store::{Lease, Result};
use jiff::Timestamp;

const CLAIM: &str = "
INSERT INTO duty (name, tenant_id, owner, token, due_at) VALUES ($1, 0, $2, $5, $3)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, token = excluded.token, due_at = excluded.due_at
    WHERE duty.due_at <= $4 OR duty.owner = excluded.owner
RETURNING name, token";

pub(super) async fn claim(store: &Sqlite, duty: &str, lease: &Lease, now: Timestamp) -> Result<Option<i64>> {
    let mut run = store.begin().await?;
    let token = run.number().await?;
    let row = run.fetch_one(sql(CLAIM).text(duty).text(&lease.owner).time(lease.until).time(now).int(token)).await?;
    run.commit().await?;
    row.map(|row| Cells::new(&row, "duty", "name").int("token")).transpose()
}
