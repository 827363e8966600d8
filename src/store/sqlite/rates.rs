//! Slots for requests. One process has the file, so this only keeps the promise of the trait.

use super::session::{Sqlite, sql};
use crate::store::cells::{Cells, micros};
use crate::store::{Result, SlotRequest, Slots};
use jiff::Timestamp;

const NEXT: &str = "SELECT name, next_at FROM rate WHERE tenant_id = $1 AND name = $2";
const PUT: &str = "
INSERT INTO rate (tenant_id, name, first_at, granted, next_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id, name) DO UPDATE SET first_at = excluded.first_at, granted = excluded.granted, next_at = excluded.next_at";

pub(super) async fn take(store: &Sqlite, request: &SlotRequest, now: Timestamp) -> Result<Slots> {
    let mut run = store.begin().await?;
    let row = run.fetch_one(sql(NEXT).int(request.tenant.0).text(&request.name)).await?;
    let next_at = row.map(|row| Cells::new(&row, "rate", "name").int("next_at")).transpose()?.unwrap_or(i64::MIN);
    let (first, granted, next_at) = request.give(next_at, micros(now));
    run.write(sql(PUT).int(request.tenant.0).text(&request.name).int(first).int(granted).int(next_at)).await?;
    run.commit().await?;
    Ok(Slots { granted, first_micros: first.saturating_sub(micros(now)) })
}
