//! Counters that numbers of documents are drawn from.

use super::session::{Sqlite, sql};
use crate::domain::ids::TenantId;
use crate::store::cells::Cells;
use crate::store::{Error, Result};

const DRAW: &str = "
INSERT INTO counter (tenant_id, name, value) VALUES ($1, $2, 1)
ON CONFLICT (tenant_id, name) DO UPDATE SET value = value + 1 RETURNING value";

pub(super) async fn draw(store: &Sqlite, tenant: TenantId, counter: &str) -> Result<u64> {
    let mut run = store.begin().await?;
    let row = run.fetch_one(sql(DRAW).int(tenant.0).text(counter)).await?;
    let row = row.ok_or_else(|| Error::conflict("counter", 1, 0))?;
    let value = Cells::new(&row, "counter", "name").int("value")?;
    run.commit().await?;
    Ok(value)
}
