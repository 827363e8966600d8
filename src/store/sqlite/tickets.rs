//! Claiming lanes that a ticket names.

use super::lanes;
use super::session::{Sqlite, sql};
use crate::domain::ids::LaneId;
use crate::store::cells::Cells;
use crate::store::keys::in_turn;
use crate::store::{ClaimedEffect, Lease, Result};
use jiff::Timestamp;

const READY: &str = "SELECT id, head_id FROM lane WHERE id = $1 AND due_at <= $2";

pub(super) async fn claim(store: &Sqlite, lease: &Lease, now: Timestamp, lanes: &[LaneId]) -> Result<Vec<ClaimedEffect>> {
    if lanes.is_empty() {
        return Ok(Vec::new());
    }
    let mut run = store.begin().await?;
    let (mut claimed, mut found) = (Vec::new(), false);
    for lane in lanes {
        // A lane named twice is due at the end of the lease just taken, so it is found once.
        if let Some(row) = run.fetch_one(sql(READY).id(lane.0).time(now)).await? {
            found = true;
            let head = Cells::new(&row, "lane", "id").id("head_id", |id| id)?;
            claimed.extend(lanes::start(&mut run, lease, lane.0, head).await?);
        }
    }
    if !found {
        run.rollback().await;
        return Ok(claimed);
    }
    run.commit().await?;
    in_turn(&mut claimed);
    Ok(claimed)
}
