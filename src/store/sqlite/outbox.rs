//! Effects and their lanes inside a transaction: queue, progress, take back. The rules are those of PostgreSQL's file of
//! the same name; the single writer stands in for the lanes' row locks.

use super::load::Held;
use super::session::{Run, sql};
use crate::domain::ids::EffectId;
use crate::store::cells::Cells;
use crate::store::fault::Fault;
use crate::store::keys::{held_lane, lane_id, lane_of, priority, reports_that_count, unusual_lane};
use crate::store::{AttemptRow, ClaimedEffect, Committed, EffectRow, NewEffect, Progress, ReadyLane, decode};
use std::collections::BTreeSet;
use uuid::Uuid;

type Done<T> = std::result::Result<T, Fault>;

const KNOWN: &str = "SELECT id FROM effect WHERE id = $1";
const LANE: &str = "
INSERT INTO lane (id, head_id, due_at, token, tenant_id, priority, connection, owner) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO NOTHING";
const EFFECT: &str = "
INSERT INTO effect (id, instance_id, document_id, lane_id, seq, created_at, tenant_id, priority, behind, due_at, attempt, state, delivery, connection, lane, step, version, retry, work)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";

/// Queues new effects and claims those whose lane was free, when that is asked for. An effect that exists is left alone.
pub(super) async fn queue(run: &mut Run, new: Vec<NewEffect>) -> Done<Committed> {
    let mut committed = Committed::default();
    for NewEffect { effect, claim } in new {
        if run.fetch_one(sql(KNOWN).id(effect.id.0)).await?.is_some() {
            continue;
        }
        let (lane, token) = (lane_id(effect.tenant, &effect.lane), run.number().await?);
        let statement = sql(LANE)
            .id(lane)
            .id(effect.id.0)
            .time(claim.as_ref().map_or(effect.due_at, |lease| lease.until))
            .int(token)
            .int(effect.tenant.0)
            .int(priority(effect.priority))
            .text(&effect.connection)
            .maybe_text(claim.as_ref().map(|lease| lease.owner.as_str()));
        let head = run.write(statement).await? == 1;
        let started = head && claim.is_some();
        if head && !started {
            committed.ready.push(lane_of(&effect));
        }
        let effect = EffectRow {
            seq: run.number().await?,
            state: if started { "started" } else { "planned" }.into(),
            attempt: u32::from(started),
            ..effect
        };
        insert(run, &effect, lane, !head).await?;
        if started {
            committed.claimed.push(ClaimedEffect { effect, token, orphaned: false, sealed: false });
        }
    }
    Ok(committed)
}

async fn insert(run: &mut Run, effect: &EffectRow, lane: Uuid, behind: bool) -> Done<()> {
    let statement = sql(EFFECT)
        .id(effect.id.0)
        .id(effect.instance.0)
        .id(effect.document.0)
        .id(lane)
        .int(effect.seq)
        .time(effect.created_at)
        .int(effect.tenant.0)
        .int(priority(effect.priority))
        .int(behind)
        .time(effect.due_at)
        .int(effect.attempt)
        .text(&effect.state)
        .text(&effect.delivery)
        .text(&effect.connection)
        .maybe_text(unusual_lane(effect))
        .text(&effect.step)
        .text(&effect.version)
        .text(&effect.retry)
        .text(&effect.work);
    run.write(statement).await?;
    Ok(())
}

const PROGRESS: &str = "
UPDATE effect SET state = $2, delivery = $3, due_at = CASE WHEN $2 IN ('planned', 'waiting') THEN $4 ELSE due_at END,
    behind = behind AND $2 IN ('planned', 'waiting')
WHERE id = $1";

/// Writes progress of effects whose hold `held` confirms; answers which lanes go on.
pub(super) async fn progress(run: &mut Run, held: &Held, all: &[Progress]) -> Done<Vec<ReadyLane>> {
    let valid = reports_that_count(held, all);
    for progress in &valid {
        let statement = sql(PROGRESS).id(progress.hold.effect.0).text(&progress.state).text(&progress.delivery).time(progress.due_at);
        run.write(statement).await?;
        for row in &progress.attempts {
            attempt(run, row).await?;
        }
    }
    settle(run, valid.iter().map(|progress| held_lane(&progress.hold)).collect()).await
}

const ATTEMPT: &str = "
INSERT INTO attempt (instance_id, effect_id, started_at, tenant_id, number, part, duration_millis, status, purpose, connection, operation, class, message, request, response)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

async fn attempt(run: &mut Run, row: &AttemptRow) -> Done<()> {
    let statement = sql(ATTEMPT)
        .id(row.instance.0)
        .id(row.effect.0)
        .time(row.started_at)
        .int(row.tenant.0)
        .int(row.number)
        .int(row.part)
        .int(row.duration_millis)
        .maybe_int(row.status.map(i64::from))
        .text(&row.purpose)
        .text(&row.connection)
        .text(&row.operation)
        .text(&row.class)
        .maybe_text(row.message.as_deref())
        .text(&row.request)
        .text(&row.response);
    run.write(statement).await?;
    Ok(())
}

const FIRST: &str = "
SELECT id, priority, due_at FROM (
    SELECT e.id, e.priority, e.due_at, e.seq FROM lane l JOIN effect e ON e.id = l.head_id
    WHERE l.id = $1 AND e.state IN ('planned', 'started', 'waiting')
    UNION ALL
    SELECT * FROM (SELECT id, priority, due_at, seq FROM effect WHERE lane_id = $1 AND behind ORDER BY seq LIMIT 1)
) ORDER BY seq LIMIT 1";
/// A head that gives way to an older one (queued again) is behind now, or nobody would find it.
const DISPLACE: &str = "
UPDATE effect SET behind = 1
WHERE id = (SELECT head_id FROM lane WHERE id = $1) AND id <> $2 AND state IN ('planned', 'started', 'waiting')";
const MOVE: &str = "
UPDATE lane SET head_id = $2, priority = $3, due_at = $4, owner = NULL WHERE id = $1
RETURNING id, tenant_id, connection, priority, due_at";
const EMPTY: &str = "DELETE FROM lane WHERE id = $1";

/// Gives lanes that nobody holds, or whose hold is released, their first unfinished effect, or removes them; answers
/// those that go on.
pub(super) async fn settle(run: &mut Run, lanes: BTreeSet<Uuid>) -> Done<Vec<ReadyLane>> {
    let mut ready = Vec::new();
    for lane in lanes {
        match run.fetch_one(sql(FIRST).id(lane)).await? {
            Some(row) => {
                let cells = Cells::new(&row, "effect", "id");
                let (head, priority): (Uuid, i64) = (cells.id("id", |id| id)?, cells.int("priority")?);
                let due_at: i64 = cells.int("due_at")?;
                run.write(sql(DISPLACE).id(lane).id(head)).await?;
                let moved = run.fetch(sql(MOVE).id(lane).id(head).int(priority).int(due_at)).await?;
                run.rows += 1;
                ready.extend(decode::all(&moved, decode::ready_lane)?);
            }
            None => {
                run.write(sql(EMPTY).id(lane)).await?;
            }
        }
    }
    Ok(ready)
}

const UNHELD: &str = "SELECT l.id FROM lane l JOIN effect e ON e.lane_id = l.id WHERE e.id = $1 AND l.owner IS NULL";
/// Only what was not sent: an effect in any other state may be under way.
const WITHDRAW: &str = "UPDATE effect SET state = 'withdrawn', behind = false WHERE id = $1 AND state = 'planned'";
/// A stopped effect waits in its lane by its old number, due since it stopped.
const REQUEUE: &str = "UPDATE effect SET state = 'planned', behind = true WHERE id = $1 AND state IN ('failed', 'withdrawn')";
const LANE_AGAIN: &str = "
INSERT INTO lane (id, head_id, due_at, token, tenant_id, priority, connection)
SELECT lane_id, id, due_at, $2, tenant_id, priority, connection FROM effect WHERE id = $1
ON CONFLICT (id) DO NOTHING";

/// Withdraws and queues again; answers which lanes are ready for it.
pub(super) async fn take_back(run: &mut Run, withdrawn: &[EffectId], requeued: &[EffectId]) -> Done<Vec<ReadyLane>> {
    let mut free = BTreeSet::new();
    for id in withdrawn {
        run.write(sql(WITHDRAW).id(id.0)).await?;
        free.extend(unheld(run, *id).await?);
    }
    for id in requeued {
        if run.write(sql(REQUEUE).id(id.0)).await? == 1 {
            let token = run.number().await?;
            run.write(sql(LANE_AGAIN).id(id.0).int(token)).await?;
            free.extend(unheld(run, *id).await?);
        }
    }
    settle(run, free).await
}

/// The lane of an effect, unless somebody holds it.
async fn unheld(run: &mut Run, effect: EffectId) -> Done<Option<Uuid>> {
    let row = run.fetch_one(sql(UNHELD).id(effect.0)).await?;
    Ok(row.map(|row| decode::id(&row, "lane")).transpose()?)
}
