//! Claiming lanes, recording progress.

use super::session::{Run, Sqlite, sql};
use super::{load, outbox};
use crate::store::ask::Turn as _;
use crate::store::cells::Cells;
use crate::store::columns::effect_columns;
use crate::store::desk::tried;
use crate::store::fault::Fault;
use crate::store::keys::{PATIENCE_MICROS, PRIORITY_LAST, answers, in_turn, reports_that_count};
use crate::store::{ClaimedEffect, ConnectionRoom, Fenced, LaneHold, Lease, Progress, Result, decode};
use jiff::Timestamp;
use uuid::Uuid;

/// The first of each priority by the index, then the better priorities first, but so that nobody waits for ever.
const READY: &str = "
WITH RECURSIVE step (priority) AS (SELECT 0 UNION ALL SELECT priority + 1 FROM step WHERE priority < $6)
SELECT l.id, l.head_id FROM step JOIN lane l ON l.id IN (
    SELECT f.id FROM lane f WHERE f.tenant_id = $1 AND f.connection = $2 AND f.priority = step.priority AND f.due_at <= $3
    ORDER BY f.due_at LIMIT $4)
ORDER BY l.due_at + l.priority * $5, l.priority, l.id LIMIT $4";
/// `due_at` becomes the end of the lease: a dead owner's lane is due again by itself.
const LEASE: &str = "UPDATE lane SET owner = $2, due_at = $3, token = $4 WHERE id = $1";
/// What is `started` already was found under a dead lease: it may have been sent, and that try was counted.
const HEAD: &str = concat!(
    "SELECT $2 AS token, e.state = 'started' AS orphaned, ",
    effect_columns!(),
    " FROM effect e
    WHERE e.id = $1 AND e.state IN ('planned', 'started', 'waiting')"
);
const START: &str = "UPDATE effect SET state = 'started', attempt = attempt + 1 WHERE id = $1";

pub(super) async fn claim(store: &Sqlite, lease: &Lease, now: Timestamp, room: &[ConnectionRoom]) -> Result<Vec<ClaimedEffect>> {
    let mut run = store.begin().await?;
    let mut claimed = Vec::new();
    for room in room {
        let ready = sql(READY).int(room.tenant.0).text(&room.connection).time(now).int(room.free).int(PATIENCE_MICROS).int(PRIORITY_LAST);
        for row in &run.fetch(ready).await? {
            let cells = Cells::new(row, "lane", "id");
            let (lane, head) = (cells.id("id", |id| id)?, cells.id("head_id", |id| id)?);
            claimed.extend(start(&mut run, lease, lane, head).await?);
        }
    }
    run.commit().await?;
    in_turn(&mut claimed);
    Ok(claimed)
}

pub(super) async fn start(run: &mut Run, lease: &Lease, lane: Uuid, head: Uuid) -> std::result::Result<Option<ClaimedEffect>, Fault> {
    let token = run.number().await?;
    let Some(row) = run.fetch_one(sql(HEAD).id(head).int(token)).await? else {
        // A head that is finished or gone (repaired by hand, say): the lane moves on instead of blocking for ever.
        outbox::settle(run, [lane].into()).await?;
        return Ok(None);
    };
    run.write(sql(LEASE).id(lane).text(&lease.owner).time(lease.until).int(token)).await?;
    let mut claimed = decode::claimed(&row)?;
    if !claimed.orphaned {
        run.write(sql(START).id(head)).await?;
        claimed.effect.attempt += 1;
        claimed.effect.state = "started".into();
    }
    Ok(Some(claimed))
}

pub(super) async fn record_progress(store: &Sqlite, progress: &[Progress]) -> Result<Vec<Fenced>> {
    if progress.is_empty() {
        return Ok(Vec::new());
    }
    let holds: Vec<LaneHold> = progress.iter().map(|progress| progress.hold.clone()).collect();
    let mut run = store.begin().await?;
    let held = load::held(&mut run, &holds).await?;
    outbox::progress(&mut run, &held, progress).await?;
    if let Some(tried) = tried(&reports_that_count(&held, progress)) {
        run.done(tried).await?;
    }
    run.commit().await?;
    Ok(answers(held, progress))
}
