//! Claiming lanes, recording progress.

use super::session::{Postgres, Run, Statement, column};
use super::{load, outbox};
use crate::store::ask::Turn as _;
use crate::store::cells::Cells;
use crate::store::columns::effect_columns;
use crate::store::desk::tried;
use crate::store::fault::{Fault, again};
use crate::store::keys::{PATIENCE_MICROS, PRIORITY_LAST, answers, in_turn, reports_that_count};
use crate::store::{ClaimedEffect, ConnectionRoom, Fenced, LaneHold, Lease, Progress, Result, decode};
use jiff::Timestamp;
use std::collections::HashSet;
use uuid::Uuid;

/// One index probe per connection and priority, in the order of `lane_ready`; each connection gets its room and no more;
/// the better priorities first, but nobody waits for ever (`PATIENCE_MICROS`).
/// `due_at` becomes the end of the lease: a dead owner's lane is due again by itself. The picked keys go through an array
/// because the planner, who cannot know how few they are, would join them to the whole table.
const CLAIM: &str = "
WITH picked AS MATERIALIZED (
    SELECT c.id
    FROM unnest($1::integer[], $2::text[], $3::bigint[]) AS r (tenant_id, connection, free)
    CROSS JOIN LATERAL (
        SELECT p.* FROM generate_series(0, $4::integer) AS g (priority) CROSS JOIN LATERAL (
            SELECT l.id, l.priority, l.due_at FROM lane l
            WHERE l.tenant_id = r.tenant_id AND l.connection = r.connection AND l.priority = g.priority AND l.due_at <= $5
            ORDER BY l.due_at LIMIT r.free FOR UPDATE SKIP LOCKED) AS p
        ORDER BY p.due_at + p.priority * $8::bigint, p.priority, p.id LIMIT r.free) AS c
)
UPDATE lane SET owner = $6, due_at = $7, token = nextval('lane_number')
WHERE id = ANY(ARRAY(SELECT id FROM picked))
RETURNING id, head_id, token";

/// A second statement, because it must see effects that were committed while the first waited for nothing but time.
/// What is `started` already was found under a dead lease: it may have been sent, and that try was counted.
const START: &str = concat!(
    "UPDATE effect e SET state = 'started', attempt = e.attempt + CASE WHEN o.state = 'started' THEN 0 ELSE 1 END
    FROM unnest($1::uuid[], $2::bigint[]) AS c (head_id, token) JOIN effect o ON o.id = c.head_id
    WHERE e.id = o.id AND o.state IN ('planned', 'started', 'waiting')
    RETURNING c.token, o.state = 'started' AS orphaned, ",
    effect_columns!()
);

pub(super) async fn claim(store: &Postgres, lease: &Lease, now: Timestamp, room: &[ConnectionRoom]) -> Result<Vec<ClaimedEffect>> {
    let room: Vec<&ConnectionRoom> = room.iter().filter(|room| room.free > 0).collect();
    if room.is_empty() {
        return Ok(Vec::new());
    }
    again!(try_claim(store, lease, now, &room))
}

struct Picked {
    lane: Uuid,
    head: Uuid,
    token: i64,
}

async fn try_claim(
    store: &Postgres,
    lease: &Lease,
    now: Timestamp,
    room: &[&ConnectionRoom],
) -> std::result::Result<Vec<ClaimedEffect>, Fault> {
    let run = store.begin().await?;
    let statement = sqlx::query(CLAIM)
        .bind(column(room, |room| room.tenant.0))
        .bind(column(room, |room| room.connection.as_str()))
        .bind(column(room, |room| i64::from(room.free)))
        .bind(i32::from(PRIORITY_LAST))
        .bind(store.here(now))
        .bind(&lease.owner)
        .bind(store.here(lease.until))
        .bind(PATIENCE_MICROS);
    start_picked(run, statement).await
}

/// Starts what a statement leased (`id`, `head_id`, `token`) and commits.
pub(super) async fn start_picked(mut run: Run, leasing: Statement<'_>) -> std::result::Result<Vec<ClaimedEffect>, Fault> {
    let rows = run.fetch(leasing).await?;
    if rows.is_empty() {
        run.rollback().await;
        return Ok(Vec::new());
    }
    let picked = decode::all(&rows, |row| {
        let cells = Cells::new(row, "lane", "id");
        Ok(Picked { lane: cells.id("id", |id| id)?, head: cells.id("head_id", |id| id)?, token: cells.int("token")? })
    })?;
    let claimed = start(&mut run, &picked).await?;
    run.commit().await?;
    Ok(claimed)
}

/// Marks the heads started.
async fn start(run: &mut Run, picked: &[Picked]) -> std::result::Result<Vec<ClaimedEffect>, Fault> {
    let statement = sqlx::query(START).bind(column(picked, |picked| picked.head)).bind(column(picked, |picked| picked.token));
    let mut claimed = decode::all(&run.fetch(statement).await?, decode::claimed)?;
    in_turn(&mut claimed);
    if claimed.len() < picked.len() {
        // Heads that are finished or gone (repaired by hand, say): their lanes move on instead of blocking for ever.
        let started: HashSet<Uuid> = claimed.iter().map(|claimed| claimed.effect.id.0).collect();
        let stuck = picked.iter().filter(|picked| !started.contains(&picked.head)).map(|picked| picked.lane).collect();
        outbox::settle(run, stuck).await?;
    }
    Ok(claimed)
}

pub(super) async fn record_progress(store: &Postgres, progress: &[Progress]) -> Result<Vec<Fenced>> {
    if progress.is_empty() {
        return Ok(Vec::new());
    }
    again!(try_record(store, progress))
}

async fn try_record(store: &Postgres, progress: &[Progress]) -> std::result::Result<Vec<Fenced>, Fault> {
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
