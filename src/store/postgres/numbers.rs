//! Counters that numbers of documents are drawn from.

use super::session::{Postgres, fault};
use crate::domain::ids::TenantId;
use crate::store::Result;
use crate::store::cells::Cells;
use crate::store::fault::{Fault, Phase, again};

const DRAW: &str = "
INSERT INTO counter (tenant_id, name, value) VALUES ($1, $2, 1)
ON CONFLICT (tenant_id, name) DO UPDATE SET value = counter.value + 1 RETURNING value";

pub(super) async fn draw(store: &Postgres, tenant: TenantId, counter: &str) -> Result<u64> {
    // A draw whose answer was lost is drawn again: the lost number is left out.
    again!(try_draw(store, tenant, counter))
}

async fn try_draw(store: &Postgres, tenant: TenantId, counter: &str) -> std::result::Result<u64, Fault> {
    let statement = sqlx::query(DRAW).bind(tenant.0).bind(counter);
    let row = statement.fetch_one(&store.work).await.map_err(|error| fault(error, Phase::Commit))?;
    Ok(Cells::new(&row, "counter", "name").int("value")?)
}
