//! Batches: one action on every thing of a selection, item by item, by whichever replica has room.
//!
//! An item is claimed by a lease, like a lane. What makes its action happen once is the action itself (an exception is
//! settled once); the lease only saves double work. Claims of one batch take turns on its row, which keeps its rate.

use super::exceptions::{limit, start as place};
use super::feed::batch_moved;
use super::rows::{BatchRow, ClaimedItems, ItemChoice, ItemOutcome, ItemRow};
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, Turn, ask, look};
use crate::store::cells::{Cell, Cells, micros};
use crate::store::fault::{Fault, again};
use crate::store::{Fenced, Lease, Page, Result, decode};
use jiff::Timestamp;
use uuid::Uuid;

const COLUMNS: &str = "b.id, b.selection_id, b.created_at, b.updated_at, b.finished_at, b.tenant_id, b.total, b.per_minute, b.dry_run, \
                       b.state, b.resource, b.action, b.actor, b.reason, b.arguments, b.frozen_at";
const ITEM_COLUMNS: &str = "i.position, i.target_id, i.state, i.attempts, i.code, i.message, i.detail, i.finished_at";

async fn start_turn<S: Speaks>(store: &S, batch: &BatchRow) -> std::result::Result<u32, Fault> {
    let mut turn = store.turn_of(batch.tenant).await?;
    let asked = ask("INSERT INTO batch (id, selection_id, frozen_at, created_at, updated_at, due_at, tenant_id, total, per_minute, dry_run, state, resource, action, actor, reason, arguments) SELECT ")
        .id(batch.id)
        .then(", s.id, s.created_at, ")
        .time(batch.created_at)
        .comma()
        .time(batch.created_at)
        .comma()
        .time(batch.created_at)
        .then(", s.tenant_id, s.number, ")
        .int(batch.per_minute)
        .comma()
        .flag(batch.dry_run)
        .then(", 'running', s.resource, ")
        .text(&batch.action)
        .comma()
        .text(&batch.actor)
        .comma()
        .maybe_text(batch.reason.as_deref())
        .comma()
        .text(&batch.arguments)
        .then(" FROM selection s WHERE s.tenant_id = ")
        .int(batch.tenant.0)
        .then(" AND s.id = ")
        .id(batch.selection)
        .then(" ON CONFLICT (id) DO NOTHING");
    if turn.done(asked).await? == 0 {
        return Ok(0);
    }
    let items = ask("INSERT INTO batch_item (batch_id, target_id, due_at, position, tenant_id, attempts, state) SELECT ")
        .id(batch.id)
        .then(", target_id, ")
        .time(batch.created_at)
        .then(", position, tenant_id, 0, 'waiting' FROM selection_item WHERE selection_id = ")
        .id(batch.selection)
        .then(" AND tenant_id = ")
        .int(batch.tenant.0);
    let count = turn.done(items).await?;
    if count == 0 {
        turn.done(finish(batch.id, batch.created_at)).await?;
    }
    turn.keep().await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

pub(super) async fn start<S: Speaks>(store: &S, batch: &BatchRow) -> Result<u32> {
    again!(start_turn(store, batch))
}

/// A batch is done when nothing of it waits any more.
fn finish(batch: Uuid, at: Timestamp) -> Ask {
    ask("UPDATE batch SET state = 'done', finished_at = ")
        .time(at)
        .then(", updated_at = ")
        .time(at)
        .then(" WHERE state IN ('running', 'paused') AND id = ")
        .id(batch)
        .then(" AND NOT EXISTS (SELECT 1 FROM batch_item i WHERE i.state = 'waiting' AND i.batch_id = ")
        .id(batch)
        .then(")")
}

pub(super) async fn list<S: Speaks>(store: &S, tenant: TenantId, page: &Page) -> Result<Vec<BatchRow>> {
    let (time, id) = place(page);
    let asked = ask("SELECT ").then(COLUMNS).then(" FROM batch b WHERE b.tenant_id = ").int(tenant.0).then(" AND (b.created_at, b.id) < (");
    let asked = asked.int(time).comma().id(id).then(") ORDER BY b.created_at DESC, b.id DESC LIMIT ").int(limit(page));
    decode::all(&look(store, tenant, asked).await?, read)
}

pub(super) async fn one<S: Speaks>(store: &S, tenant: TenantId, id: Uuid) -> Result<Option<(BatchRow, Vec<(String, u64)>)>> {
    let batch = ask("SELECT ").then(COLUMNS).then(" FROM batch b WHERE b.tenant_id = ").int(tenant.0).then(" AND b.id = ").id(id);
    let counts = ask("SELECT i.state AS word, count(*) AS number FROM batch_item i WHERE i.tenant_id = ").int(tenant.0);
    let counts = counts.then(" AND i.batch_id = ").id(id).then(" GROUP BY i.state ORDER BY i.state");
    let found = store.look(tenant, vec![batch, counts]).await?;
    let [batch, counts] = found.as_slice() else { return Ok(None) };
    let Some(row) = batch.first() else { return Ok(None) };
    Ok(Some((read(row)?, decode::all(counts, decode::count)?)))
}

pub(super) async fn items<S: Speaks>(store: &S, choice: &ItemChoice) -> Result<Vec<ItemRow>> {
    let asked = ask("SELECT ").then(ITEM_COLUMNS).then(" FROM batch_item i WHERE i.tenant_id = ").int(choice.tenant.0);
    let asked = asked.then(" AND i.batch_id = ").id(choice.batch).and_text(" AND i.state = ", choice.state.as_deref());
    let asked = asked.then(" AND i.position > ").int(choice.after).then(" ORDER BY i.position LIMIT ").int(choice.limit.clamp(1, 10_000));
    decode::all(&look(store, choice.tenant, asked).await?, read_item)
}

pub(super) async fn move_to<S: Speaks>(store: &S, tenant: TenantId, id: Uuid, from: &[&str], to: &str, at: Timestamp) -> Result<bool> {
    let mut turn = store.turn_of(tenant).await?;
    let from: Vec<String> = from.iter().map(|word| (*word).to_owned()).collect();
    let over = matches!(to, "cancelled" | "done");
    let asked = ask("UPDATE batch SET state = ").text(to).then(", updated_at = ").time(at).then(", finished_at = ");
    let asked = asked.maybe_time(over.then_some(at)).then(" WHERE tenant_id = ").int(tenant.0).then(" AND id = ").id(id).then(" AND state");
    if turn.done(asked.in_texts(&from)).await? == 0 {
        return Ok(false);
    }
    turn.done(batch_moved(id, at)).await?;
    if to == "cancelled" {
        // Those under way finish and say so; their report finds them cancelled, and what they did stands in its own history.
        let items =
            ask("UPDATE batch_item SET state = 'cancelled', finished_at = ").time(at).then(" WHERE state = 'waiting' AND owner IS NULL");
        turn.done(items.then(" AND batch_id = ").id(id)).await?;
    }
    turn.keep().await?;
    Ok(true)
}

pub(super) async fn retry_failed<S: Speaks>(store: &S, tenant: TenantId, id: Uuid, at: Timestamp) -> Result<u32> {
    let mut turn = store.turn_of(tenant).await?;
    let items = ask(
        "UPDATE batch_item SET state = 'waiting', owner = NULL, code = NULL, message = NULL, detail = NULL, finished_at = NULL, due_at = ",
    )
    .time(at)
    .then(" WHERE state = 'failed' AND tenant_id = ")
    .int(tenant.0)
    .then(" AND batch_id = ")
    .id(id);
    let count = turn.done(items).await?;
    if count > 0 {
        let asked = ask("UPDATE batch SET state = 'running', finished_at = NULL, updated_at = ").time(at).then(", due_at = ").time(at);
        turn.done(asked.then(" WHERE tenant_id = ").int(tenant.0).then(" AND id = ").id(id)).await?;
    }
    turn.keep().await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

pub(super) async fn claim<S: Speaks>(store: &S, lease: &Lease, now: Timestamp, limit: u32) -> Result<Option<ClaimedItems>> {
    again!(claim_turn(store, lease, now, limit))
}

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

async fn claim_turn<S: Speaks>(store: &S, lease: &Lease, now: Timestamp, limit: u32) -> std::result::Result<Option<ClaimedItems>, Fault> {
    let here = store.local(now);
    let mut turn = store.turn().await?;
    let due = ask("SELECT ").then(COLUMNS).then(", b.due_at FROM batch b WHERE b.state = 'running' AND b.due_at <= ").int(here);
    let due = due.then(" ORDER BY b.due_at LIMIT 1").either(" FOR UPDATE SKIP LOCKED", "");
    let rows = turn.rows(due).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let batch = read(row)?;
    // A second's worth at a time, so that a rate is kept without bursts.
    let per_minute = batch.per_minute.max(1);
    let most = (per_minute / 60).clamp(1, limit.max(1));
    let until = store.local(lease.until);
    let asked = ask("UPDATE batch_item SET attempts = attempts + 1, owner = ").text(&lease.owner).then(", due_at = ").int(until);
    let asked = asked.then(" WHERE batch_id = ").id(batch.id).then(" AND position IN (SELECT position FROM batch_item WHERE batch_id = ");
    let asked =
        asked.id(batch.id).then(" AND state = 'waiting' AND due_at <= ").int(here).then(" ORDER BY due_at, position LIMIT ").int(most);
    let asked = asked.then(") RETURNING position, target_id, state, attempts, code, message, detail, finished_at");
    let mut items = decode::all(&turn.rows(asked).await?, read_item)?;
    items.sort_by_key(|item| item.position);
    let pace = i64::try_from(items.len()).unwrap_or(0) * MINUTE / i64::from(per_minute);
    // Nothing to take means that what is left is in other hands: come back when their lease may be over.
    let next = if items.is_empty() { here + 1_000_000 } else { here + pace };
    turn.done(ask("UPDATE batch SET due_at = ").int(next).then(" WHERE id = ").id(batch.id)).await?;
    if items.is_empty() {
        turn.done(finish(batch.id, now)).await?;
    }
    turn.keep().await?;
    Ok((!items.is_empty()).then_some(ClaimedItems { batch, items }))
}

pub(super) async fn record<S: Speaks>(store: &S, outcomes: &[ItemOutcome], owner: &str, at: Timestamp) -> Result<Vec<Fenced>> {
    again!(record_turn(store, outcomes, owner, at))
}

async fn record_turn<S: Speaks>(
    store: &S,
    outcomes: &[ItemOutcome],
    owner: &str,
    at: Timestamp,
) -> std::result::Result<Vec<Fenced>, Fault> {
    let mut turn = store.turn().await?;
    let mut fenced = Vec::with_capacity(outcomes.len());
    let mut batches: Vec<Uuid> = Vec::new();
    for outcome in outcomes {
        let over = outcome.state != "waiting";
        let asked = ask("UPDATE batch_item SET owner = NULL, state = ")
            .text(&outcome.state)
            .then(", code = ")
            .maybe_text(outcome.code.as_deref())
            .then(", message = ")
            .maybe_text(outcome.message.as_deref())
            .then(", detail = ")
            .maybe_text(outcome.detail.as_deref())
            .then(", finished_at = ")
            .maybe_int(over.then(|| micros(at)))
            .then(", due_at = ")
            .time(at)
            .then(" WHERE state = 'waiting' AND batch_id = ")
            .id(outcome.batch)
            .then(" AND position = ")
            .int(outcome.position)
            .then(" AND attempts = ")
            .int(outcome.attempts)
            .then(" AND owner = ")
            .text(owner);
        fenced.push(if turn.done(asked).await? == 1 { Fenced::Held } else { Fenced::Lost });
        if !batches.contains(&outcome.batch) {
            batches.push(outcome.batch);
        }
    }
    for batch in batches {
        turn.done(finish(batch, at)).await?;
        turn.done(batch_moved(batch, at)).await?;
    }
    turn.keep().await?;
    Ok(fenced)
}

fn read<R: Cell>(row: &R) -> Result<BatchRow> {
    let cells = Cells::new(row, "batch", "id");
    Ok(BatchRow {
        id: cells.id("id", |id| id)?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        selection: cells.id("selection_id", |id| id)?,
        resource: cells.text("resource")?,
        action: cells.text("action")?,
        arguments: cells.text("arguments")?,
        actor: cells.text("actor")?,
        reason: cells.maybe_text("reason")?,
        dry_run: cells.flag("dry_run")?,
        per_minute: cells.int("per_minute")?,
        total: cells.int("total")?,
        state: cells.text("state")?,
        frozen_at: cells.maybe_time("frozen_at")?.map_or_else(|| cells.time("created_at"), Ok)?,
        created_at: cells.time("created_at")?,
        updated_at: cells.time("updated_at")?,
        finished_at: cells.maybe_time("finished_at")?,
    })
}

fn read_item<R: Cell>(row: &R) -> Result<ItemRow> {
    let cells = Cells::new(row, "batch_item", "target_id");
    Ok(ItemRow {
        position: cells.int("position")?,
        target: cells.id("target_id", |id| id)?,
        state: cells.text("state")?,
        attempts: cells.int("attempts")?,
        code: cells.maybe_text("code")?,
        message: cells.maybe_text("message")?,
        detail: cells.maybe_text("detail")?,
        finished_at: cells.maybe_time("finished_at")?,
    })
}
