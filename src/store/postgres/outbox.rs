//! Effects and their lanes inside a transaction: queue, progress, take back.
//!
//! A lane's row exists while the lane has unfinished effects and names the first of them; whoever changes a lane holds
//! its row lock. Tokens and sequence numbers come from one database sequence: they only grow, also for a lane that was
//! empty (and thus deleted) in between, so that a zombie's token never matches again.

use super::load::Held;
use super::session::{Run, column, int};
use crate::domain::ids::EffectId;
use crate::store::cells::{Cells, micros};
use crate::store::fault::Fault;
use crate::store::keys::{held_lane, lane_id, lane_of, priority, reports_that_count, unusual_lane};
use crate::store::{AttemptRow, ClaimedEffect, Committed, EffectRow, NewEffect, Progress, ReadyLane, decode};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

type Done<T> = std::result::Result<T, Fault>;

/// Lanes are inserted in order of their keys; `SET token = lane.token` changes nothing and takes the row lock of a lane
/// that is there. A lane is fresh when a token given here came back: nothing else is in it, and whoever queues behind waits
/// for it before drawing numbers, so what was drawn first may be the tokens and numbers of its effects. In a lane that was
/// there numbers are drawn under its lock.
/// An effect that exists is left alone with its lane: derived ids make a repetition harmless.
/// No joins: the planner takes the arrays for a few rows and would compare each with each.
const QUEUE: &str = "
WITH input AS MATERIALIZED (
    SELECT d.*, row_number() OVER (PARTITION BY d.lane_id ORDER BY d.ord) = 1 AS first
    FROM (
        SELECT i.*, nextval('lane_number') AS token
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::integer[], $7::smallint[], $8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[])
            WITH ORDINALITY AS i (id, instance_id, document_id, lane_id, created_at, tenant_id, priority, due_at, delivery, connection, lane, step, version, retry, work, claim_owner, claim_until, ord)
        WHERE NOT EXISTS (SELECT 1 FROM effect e WHERE e.id = i.id)) AS d
), lanes AS (
    INSERT INTO lane (id, head_id, due_at, token, tenant_id, priority, connection, owner)
    SELECT lane_id, id, COALESCE(claim_until, due_at), token, tenant_id, priority, connection, claim_owner
    FROM input WHERE first ORDER BY lane_id
    ON CONFLICT (id) DO UPDATE SET token = lane.token
    RETURNING id, token IN (SELECT f.token FROM input f WHERE f.first) AS fresh
), placed AS MATERIALIZED (
    SELECT i.*, i.lane_id IN (SELECT l.id FROM lanes l WHERE l.fresh) AS fresh
    FROM input i ORDER BY i.ord
)
INSERT INTO effect (id, instance_id, document_id, lane_id, seq, created_at, tenant_id, priority, behind, due_at, attempt, state, delivery, connection, lane, step, version, retry, work)
SELECT id, instance_id, document_id, lane_id, CASE WHEN fresh THEN token ELSE nextval('lane_number') END, created_at, tenant_id, priority,
    NOT (fresh AND first), due_at, (fresh AND first AND claim_owner IS NOT NULL)::integer,
    CASE WHEN fresh AND first AND claim_owner IS NOT NULL THEN 'started' ELSE 'planned' END,
    delivery, connection, lane, step, version, retry, work
FROM placed
RETURNING id, seq, NOT behind AS head, state = 'started' AS started";

/// Queues new effects and claims those whose lane was free, when that is asked for.
pub(super) async fn queue(run: &mut Run, new: Vec<NewEffect>) -> Done<Committed> {
    let mut committed = Committed::default();
    if new.is_empty() {
        return Ok(committed);
    }
    let rows = run.fetch(queue_statement(&new, run.skew)).await?;
    let mut by_id: HashMap<EffectId, EffectRow> = new.into_iter().map(|new| (new.effect.id, new.effect)).collect();
    for row in &rows {
        let cells = Cells::new(row, "effect", "id");
        let (started, head, seq) = (cells.flag("started")?, cells.flag("head")?, cells.int("seq")?);
        run.rows += 1 + u32::from(head);
        match by_id.remove(&cells.id("id", EffectId)?) {
            Some(effect) if started => {
                let effect = EffectRow { seq, state: "started".into(), attempt: 1, ..effect };
                committed.claimed.push(ClaimedEffect { effect, token: seq, orphaned: false, sealed: false });
            }
            Some(effect) if head => committed.ready.push(lane_of(&effect)),
            _ => {}
        }
    }
    committed.claimed.sort_by_key(|claimed| claimed.effect.seq);
    Ok(committed)
}

fn queue_statement(new: &[NewEffect], skew: i64) -> super::session::Statement<'_> {
    sqlx::query(QUEUE)
        .bind(column(new, |new| new.effect.id.0))
        .bind(column(new, |new| new.effect.instance.0))
        .bind(column(new, |new| new.effect.document.0))
        .bind(column(new, |new| lane_id(new.effect.tenant, &new.effect.lane)))
        .bind(column(new, |new| micros(new.effect.created_at)))
        .bind(column(new, |new| new.effect.tenant.0))
        .bind(column(new, |new| priority(new.effect.priority)))
        .bind(column(new, |new| micros(new.effect.due_at)))
        .bind(column(new, |new| new.effect.delivery.as_str()))
        .bind(column(new, |new| new.effect.connection.as_str()))
        .bind(column(new, |new| unusual_lane(&new.effect)))
        .bind(column(new, |new| new.effect.step.as_str()))
        .bind(column(new, |new| new.effect.version.as_str()))
        .bind(column(new, |new| new.effect.retry.as_str()))
        .bind(column(new, |new| new.effect.work.as_str()))
        .bind(column(new, |new| new.claim.as_ref().map(|lease| lease.owner.as_str())))
        .bind(column(new, |new| new.claim.as_ref().map(|lease| micros(lease.until).saturating_add(skew))))
}

const PROGRESS: &str = "
UPDATE effect e SET state = p.state, delivery = p.delivery,
    due_at = CASE WHEN p.state IN ('planned', 'waiting') THEN p.due_at ELSE e.due_at END,
    behind = e.behind AND p.state IN ('planned', 'waiting')
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[]) AS p (id, state, delivery, due_at)
WHERE e.id = p.id";

/// Writes progress of effects whose hold `held` confirms, whose lanes are locked; answers which lanes go on.
pub(super) async fn progress(run: &mut Run, held: &Held, all: &[Progress]) -> Done<Vec<ReadyLane>> {
    let valid = reports_that_count(held, all);
    if valid.is_empty() {
        return Ok(Vec::new());
    }
    let statement = sqlx::query(PROGRESS)
        .bind(column(&valid, |progress| progress.hold.effect.0))
        .bind(column(&valid, |progress| progress.state.as_str()))
        .bind(column(&valid, |progress| progress.delivery.as_str()))
        .bind(column(&valid, |progress| micros(progress.due_at)));
    run.write(statement).await?;
    attempts(run, &valid.iter().flat_map(|progress| &progress.attempts).collect::<Vec<_>>()).await?;
    settle(run, column(&valid, |progress| held_lane(&progress.hold))).await
}

const ATTEMPTS: &str = "
INSERT INTO attempt (instance_id, effect_id, started_at, tenant_id, number, part, duration_millis, status, purpose, connection, operation, class, message, request, response)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::integer[], $5::integer[], $6::integer[], $7::bigint[], $8::integer[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])";

async fn attempts(run: &mut Run, rows: &[&AttemptRow]) -> Done<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = sqlx::query(ATTEMPTS)
        .bind(column(rows, |row| row.instance.0))
        .bind(column(rows, |row| row.effect.0))
        .bind(column(rows, |row| micros(row.started_at)))
        .bind(column(rows, |row| row.tenant.0))
        .bind(column(rows, |row| int(row.number)))
        .bind(column(rows, |row| int(row.part)))
        .bind(column(rows, |row| i64::from(row.duration_millis)))
        .bind(column(rows, |row| row.status.map(i32::from)))
        .bind(column(rows, |row| row.purpose.as_str()))
        .bind(column(rows, |row| row.connection.as_str()))
        .bind(column(rows, |row| row.operation.as_str()))
        .bind(column(rows, |row| row.class.as_str()))
        .bind(column(rows, |row| row.message.as_deref()))
        .bind(column(rows, |row| row.request.as_str()))
        .bind(column(rows, |row| row.response.as_str()));
    run.write(statement).await?;
    Ok(())
}

/// Gives lanes their first unfinished effect, without an owner, or removes them; a head that gives way to an older one
/// (queued again) is behind now. A statement of its own after the locks were taken: it must see what others queued while
/// we waited.
const SETTLE: &str = "
WITH settled AS MATERIALIZED (
    SELECT l.id AS lane_id, l.tenant_id, l.connection, n.id, n.priority, n.due_at
    FROM lane l LEFT JOIN LATERAL (
        SELECT u.* FROM (
            SELECT e.id, e.priority, e.due_at, e.seq FROM effect e WHERE e.id = l.head_id AND e.state IN ('planned', 'started', 'waiting')
            UNION ALL
            (SELECT e.id, e.priority, e.due_at, e.seq FROM effect e WHERE e.lane_id = l.id AND e.behind ORDER BY e.seq LIMIT 1)
        ) AS u ORDER BY u.seq LIMIT 1) AS n ON true
    WHERE l.id = ANY($1::uuid[])
), displaced AS (
    UPDATE effect e SET behind = true
    FROM settled s JOIN lane l ON l.id = s.lane_id
    WHERE e.id = l.head_id AND l.head_id <> s.id AND NOT e.behind AND e.state IN ('planned', 'started', 'waiting')
), moved AS (
    UPDATE lane l SET head_id = s.id, priority = s.priority, due_at = s.due_at, owner = NULL
    FROM settled s WHERE l.id = s.lane_id AND s.id IS NOT NULL
), emptied AS (
    DELETE FROM lane l USING settled s WHERE l.id = s.lane_id AND s.id IS NULL
)
SELECT lane_id AS id, tenant_id, connection, priority, due_at FROM settled WHERE id IS NOT NULL";

/// Settles lanes whose rows this transaction locked and that nobody holds, or whose hold it releases; answers those that
/// go on.
pub(super) async fn settle(run: &mut Run, lanes: Vec<Uuid>) -> Done<Vec<ReadyLane>> {
    run.wrote(lanes.len());
    let rows = run.fetch(sqlx::query(SETTLE).bind(lanes)).await?;
    Ok(decode::all(&rows, decode::ready_lane)?)
}

/// Lanes of effects, locked, with whether somebody holds them.
const LANES_OF: &str = "
SELECT l.id, l.owner IS NOT NULL AS held FROM lane l WHERE l.id IN (SELECT e.lane_id FROM effect e WHERE e.id = ANY($1::uuid[]))
ORDER BY l.id FOR UPDATE OF l";

/// Only what was not sent: an effect in any other state may be under way.
const WITHDRAW: &str = "UPDATE effect SET state = 'withdrawn', behind = false WHERE id = ANY($1::uuid[]) AND state = 'planned'";

/// A stopped effect waits in its lane by its old number, due since it stopped. Its lane is made when it is gone.
const REQUEUE: &str = "
WITH again AS (
    UPDATE effect SET state = 'planned', behind = true WHERE id = ANY($1::uuid[]) AND state IN ('failed', 'withdrawn')
    RETURNING id, lane_id, tenant_id, connection, priority, due_at, seq
)
INSERT INTO lane (id, head_id, due_at, token, tenant_id, priority, connection)
SELECT DISTINCT ON (lane_id) lane_id, id, due_at, nextval('lane_number'), tenant_id, priority, connection FROM again ORDER BY lane_id, seq
ON CONFLICT (id) DO UPDATE SET token = lane.token
RETURNING id, owner IS NOT NULL AS held";

/// Withdraws and queues again; answers which lanes are ready for it.
pub(super) async fn take_back(run: &mut Run, withdrawn: &[EffectId], requeued: &[EffectId]) -> Done<Vec<ReadyLane>> {
    let mut free = HashSet::new();
    if !withdrawn.is_empty() {
        let ids = column(withdrawn, |id| id.0);
        free.extend(unheld(&run.fetch(sqlx::query(LANES_OF).bind(ids.clone())).await?)?);
        run.write(sqlx::query(WITHDRAW).bind(ids)).await?;
    }
    if !requeued.is_empty() {
        let ids = column(requeued, |id| id.0);
        run.fetch(sqlx::query(LANES_OF).bind(ids.clone())).await?;
        let rows = run.fetch(sqlx::query(REQUEUE).bind(ids)).await?;
        run.wrote(2 * rows.len());
        free.extend(unheld(&rows)?);
    }
    if free.is_empty() { Ok(Vec::new()) } else { settle(run, free.into_iter().collect()).await }
}

fn unheld(rows: &[sqlx::postgres::PgRow]) -> crate::store::Result<Vec<Uuid>> {
    let mut free = Vec::with_capacity(rows.len());
    for row in rows {
        if !Cells::new(row, "lane", "id").flag("held")? {
            free.push(decode::id(row, "lane")?);
        }
    }
    Ok(free)
}
