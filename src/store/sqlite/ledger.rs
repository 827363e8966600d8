//! What a batch writes beside its effects.
//!
//! New rows have derived ids and are left alone when they exist, so that a repeated batch changes nothing.

use super::intake::defer_in;
use super::session::{Run, sql};
use crate::store::ask::Turn;
use crate::store::desk::{amendments, decisions, tasks, uses, waiting};
use crate::store::facts::Facts;
use crate::store::fault::Fault;
use crate::store::keys::{amount, last_of_each, reversed};
use crate::store::{Deferral, DocumentRow, Error, HistoryRow, InstanceRow, LinkRow, RevisionRow, Writes};

type Done<T> = std::result::Result<T, Fault>;

const DOCUMENT_NEW: &str = "
INSERT INTO document (id, created_at, tenant_id, kind, source, key, external_id, updated_at, revision, withdrawn, status, source_status, source_version, display, amount, key_reversed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (id) DO NOTHING";

const DOCUMENT_CHANGED: &str = "
UPDATE document SET external_id = $3, updated_at = $4, revision = $5, withdrawn = $6, status = $7, source_status = $8,
    source_version = $9, display = $10, amount = $11
WHERE id = $1 AND tenant_id = $2";

const STATUS: &str = "UPDATE document SET status = $3, updated_at = max(updated_at, $4) WHERE id = $1 AND tenant_id = $2";

const REVISION: &str = "
INSERT INTO revision (document_id, created_at, tenant_id, number, hash, body) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
const PAYLOAD: &str = "
INSERT INTO payload (document_id, created_at, tenant_id, number, payload) VALUES ($1, $2, $3, $4, $5)";

const RELATION: &str = "
INSERT INTO relation (document_id, made_for_id, tenant_id, relation) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

const INSTANCE_NEW: &str = "
INSERT INTO instance (id, document_id, started_at, tenant_id, revision, flow, version, updated_at, lock, ended_at, status, outcome, at_step, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (id) DO NOTHING";

const INSTANCE_CHANGED: &str = "
UPDATE instance SET updated_at = $3, lock = $2 + 1, ended_at = $4, status = $5, outcome = $6, at_step = $7, state = $8, revision = $9
WHERE id = $1 AND lock = $2";

const HISTORY: &str = "INSERT INTO history (instance_id, lock, at, tenant_id, entries) VALUES ($1, $2, $3, $4, $5)";

/// What was once written or seen is not forgotten by a change that does not speak of it.
const LINK: &str = "
INSERT INTO link (document_id, instance_id, tenant_id, connection, external_id, step, written_at, seen_at, reread_at, rereads, closed, written, seen, id_reversed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (external_id, connection, tenant_id, document_id) DO UPDATE SET
    instance_id = COALESCE(excluded.instance_id, link.instance_id), step = COALESCE(excluded.step, link.step),
    written = COALESCE(excluded.written, link.written), written_at = COALESCE(excluded.written_at, link.written_at),
    seen = COALESCE(excluded.seen, link.seen), seen_at = COALESCE(excluded.seen_at, link.seen_at),
    closed = excluded.closed, reread_at = excluded.reread_at, rereads = excluded.rereads";

const TIMER_REMOVED: &str = "DELETE FROM timer WHERE instance_id = $1 AND number = $2";
const TIMER: &str = "
INSERT INTO timer (instance_id, due_at, tenant_id, number) VALUES ($1, $2, $3, $4)
ON CONFLICT (instance_id, number) DO UPDATE SET due_at = excluded.due_at";

const EXCEPTION: &str = "
INSERT INTO exception (id, instance_id, document_id, effect_id, opened_at, tenant_id, step, connection, cause, code, message, owner, state, resolution, resolved_by, closed_at, fingerprint, flow, operation, assignee)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) ON CONFLICT (id) DO NOTHING";
const EXCEPTION_CLOSED: &str = "
UPDATE exception SET state = 'closed', resolution = $2, closed_at = $3, resolved_by = $4 WHERE id = $1 AND state = 'open'";

const MESSAGE_DONE: &str = "DELETE FROM message WHERE id = $1";

/// Documents, statuses, revisions, relations.
pub(super) async fn documents(run: &mut Run, facts: &Facts, writes: &Writes) -> Done<()> {
    let mut known = Vec::new();
    for row in &writes.documents_new {
        if !document_new(run, facts, row).await? && writes.documents_made.contains(&row.id) {
            known.push(row.id);
        }
    }
    if !known.is_empty() {
        return Err(Error::Known(known).into());
    }
    for row in last_of_each(&writes.documents_changed, |row| row.id) {
        document_changed(run, row).await?;
    }
    for (tenant, id, status, at) in last_of_each(&writes.statuses, |(_, id, _, _)| *id) {
        run.write(sql(STATUS).id(id.0).int(tenant.0).text(status).time(*at)).await?;
    }
    for row in &writes.revisions {
        revision(run, row).await?;
    }
    if let Some(amended) = amendments(&writes.amendments) {
        run.done(amended).await?;
    }
    let decided = decisions(&writes.decisions).into_iter().chain(uses(&writes.files));
    for statement in tasks(&writes.tasks).into_iter().chain(decided).chain(waiting(&writes.waiting)) {
        run.done(statement).await?;
    }
    for row in &writes.relations {
        run.write(sql(RELATION).id(row.document.0).id(row.made_for.0).int(row.tenant.0).text(&row.relation)).await?;
    }
    Ok(())
}

/// A document that was not named may have been created before, and stays as it is. A named one cannot. Whether it is new.
async fn document_new(run: &mut Run, facts: &Facts, row: &DocumentRow) -> Done<bool> {
    let statement = sql(DOCUMENT_NEW)
        .id(row.id.0)
        .time(row.created_at)
        .int(row.tenant.0)
        .text(&row.kind)
        .text(&row.source)
        .text(&row.key)
        .maybe_text(row.external_id.as_deref())
        .time(row.updated_at)
        .int(row.revision)
        .int(row.withdrawn)
        .text(&row.status)
        .maybe_text(row.source_status.as_deref())
        .maybe_text(row.source_version.as_deref())
        .text(&row.display)
        .maybe_int(amount(&row.display))
        .text(&reversed(&row.key));
    let stored = run.write(statement).await?;
    if facts.absent.contains(&row.id) {
        expect_row(stored, "document")?;
    }
    Ok(stored > 0)
}

async fn document_changed(run: &mut Run, row: &DocumentRow) -> Done<()> {
    let statement = sql(DOCUMENT_CHANGED)
        .id(row.id.0)
        .int(row.tenant.0)
        .maybe_text(row.external_id.as_deref())
        .time(row.updated_at)
        .int(row.revision)
        .int(row.withdrawn)
        .text(&row.status)
        .maybe_text(row.source_status.as_deref())
        .maybe_text(row.source_version.as_deref())
        .text(&row.display)
        .maybe_int(amount(&row.display));
    expect_row(run.write(statement).await?, "document")
}

async fn revision(run: &mut Run, row: &RevisionRow) -> Done<()> {
    let statement = sql(REVISION).id(row.document.0).time(row.created_at).int(row.tenant.0).int(row.number).text(&row.hash).text(&row.body);
    let stored = run.write(statement).await?;
    if stored == 1 && !row.payload.is_empty() {
        let payload = sql(PAYLOAD).id(row.document.0).time(row.created_at).int(row.tenant.0).int(row.number).text(&row.payload);
        run.write(payload).await?;
    }
    Ok(())
}

/// Instances and their history.
pub(super) async fn instances(run: &mut Run, writes: &Writes) -> Done<()> {
    for row in &writes.instances_new {
        instance_new(run, row).await?;
    }
    for row in last_of_each(&writes.instances_changed, |row| row.id) {
        instance_changed(run, row).await?;
    }
    for row in &writes.history {
        history(run, row).await?;
    }
    Ok(())
}

async fn instance_new(run: &mut Run, row: &InstanceRow) -> Done<()> {
    let statement = sql(INSTANCE_NEW)
        .id(row.id.0)
        .id(row.document.0)
        .time(row.started_at)
        .int(row.tenant.0)
        .int(row.revision)
        .text(&row.flow)
        .text(&row.version)
        .time(row.updated_at)
        .int(row.lock)
        .maybe_time(row.ended_at)
        .text(&row.status)
        .maybe_text(row.outcome.as_deref())
        .maybe_text(row.at_step.as_deref())
        .text(&row.state);
    run.write(statement).await?;
    Ok(())
}

async fn instance_changed(run: &mut Run, row: &InstanceRow) -> Done<()> {
    let statement = sql(INSTANCE_CHANGED)
        .id(row.id.0)
        .int(row.lock)
        .time(row.updated_at)
        .maybe_time(row.ended_at)
        .text(&row.status)
        .maybe_text(row.outcome.as_deref())
        .maybe_text(row.at_step.as_deref())
        .text(&row.state)
        .int(row.revision);
    expect_row(run.write(statement).await?, "instance")
}

async fn history(run: &mut Run, row: &HistoryRow) -> Done<()> {
    let statement = sql(HISTORY).id(row.instance.0).int(row.lock).time(row.at).int(row.tenant.0).text(&row.entries);
    run.write(statement).await?;
    Ok(())
}

/// Links.
pub(super) async fn links(run: &mut Run, rows: &[LinkRow]) -> Done<()> {
    for row in rows {
        let statement = sql(LINK)
            .id(row.document.0)
            .maybe_id(row.instance.map(|id| id.0))
            .int(row.tenant.0)
            .text(&row.connection)
            .text(&row.external_id)
            .maybe_text(row.step.as_deref())
            .maybe_time(row.written_at)
            .maybe_time(row.seen_at)
            .maybe_time(row.reread_at)
            .int(row.rereads)
            .int(row.closed)
            .maybe_text(row.written.as_deref())
            .maybe_text(row.seen.as_deref())
            .text(&reversed(&row.external_id));
        run.write(statement).await?;
    }
    Ok(())
}

/// Timers: removed first, then set, so that a batch may move one.
pub(super) async fn timers(run: &mut Run, writes: &Writes) -> Done<()> {
    for timer in &writes.timers_removed {
        run.write(sql(TIMER_REMOVED).id(timer.instance.0).int(timer.number)).await?;
    }
    for (timer, due_at) in &writes.timers {
        run.write(sql(TIMER).id(timer.instance.0).time(*due_at).int(timer.tenant.0).int(timer.number)).await?;
    }
    Ok(())
}

/// Exceptions opened and closed.
pub(super) async fn exceptions(run: &mut Run, writes: &Writes) -> Done<()> {
    for row in &writes.exceptions {
        let statement = sql(EXCEPTION)
            .id(row.id.0)
            .maybe_id(row.instance.map(|id| id.0))
            .maybe_id(row.document.map(|id| id.0))
            .maybe_id(row.effect.map(|id| id.0))
            .time(row.opened_at)
            .int(row.tenant.0)
            .maybe_text(row.step.as_deref())
            .maybe_text(row.connection.as_deref())
            .text(&row.cause)
            .text(&row.code)
            .text(&row.message)
            .maybe_text(row.owner.as_deref())
            .text(&row.state)
            .maybe_text(row.resolution.as_deref())
            .maybe_text(row.resolved_by.as_deref())
            .maybe_time(row.closed_at)
            .id(row.fingerprint)
            .maybe_text(row.flow.as_deref())
            .maybe_text(row.operation.as_deref())
            .maybe_text(row.assignee.as_deref());
        run.write(statement).await?;
    }
    for closed in &writes.exceptions_closed {
        run.write(sql(EXCEPTION_CLOSED).id(closed.id.0).text(&closed.resolution).time(closed.at).text(&closed.by)).await?;
    }
    Ok(())
}

/// Messages of the batch: deleted, or kept as told.
pub(super) async fn messages(run: &mut Run, facts: &Facts, kept: &[Deferral]) -> Done<()> {
    let (done, kept) = facts.sort_messages(kept);
    for id in done {
        run.write(sql(MESSAGE_DONE).id(id.0)).await?;
    }
    for deferral in kept {
        defer_in(run, deferral).await?;
    }
    Ok(())
}

fn expect_row(found: u64, table: &'static str) -> Done<()> {
    if found == 1 { Ok(()) } else { Err(Error::conflict(table, 1, found).into()) }
}
