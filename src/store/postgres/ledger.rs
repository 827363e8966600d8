//! What a batch writes beside its effects: one statement a kind of row.
//!
//! New rows have derived ids and are left alone when they exist, so that a repeated batch changes nothing.

use super::intake::defer_statement;
use super::session::{Run, column, int};
use crate::domain::ids::DocumentId;
use crate::store::ask::Turn;
use crate::store::cells::micros;
use crate::store::desk::{amendments, decisions, tasks, uses, waiting};
use crate::store::facts::Facts;
use crate::store::fault::Fault;
use crate::store::keys::{amount, last_of_each};
use crate::store::{Deferral, DocumentRow, Error, HistoryRow, InstanceRow, LinkRow, RevisionRow, Writes};
use std::collections::HashSet;

type Done<T> = std::result::Result<T, Fault>;

const DOCUMENTS_NEW: &str = "
INSERT INTO document (id, created_at, tenant_id, kind, source, key, external_id, updated_at, revision, withdrawn, status, source_status, source_version, display, amount)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::integer[], $10::boolean[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[])
ON CONFLICT (id) DO NOTHING RETURNING id";

const DOCUMENTS_CHANGED: &str = "
UPDATE document d SET external_id = u.external_id, updated_at = u.updated_at, revision = u.revision, withdrawn = u.withdrawn,
    status = u.status, source_status = u.source_status, source_version = u.source_version, display = u.display,
    amount = u.amount
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::bigint[], $5::integer[], $6::boolean[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[])
    AS u (id, tenant_id, external_id, updated_at, revision, withdrawn, status, source_status, source_version, display, amount)
WHERE d.id = u.id AND d.tenant_id = u.tenant_id";

const STATUSES: &str = "
UPDATE document d SET status = u.status, updated_at = GREATEST(d.updated_at, u.updated_at)
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::bigint[]) AS u (id, tenant_id, status, updated_at)
WHERE d.id = u.id AND d.tenant_id = u.tenant_id";

const REVISIONS: &str = "
WITH input AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::integer[], $5::text[], $6::text[], $7::text[])
        AS i (document_id, created_at, tenant_id, number, hash, body, payload)
), stored AS (
    INSERT INTO revision (document_id, created_at, tenant_id, number, hash, body)
    SELECT document_id, created_at, tenant_id, number, hash, body FROM input
    ON CONFLICT DO NOTHING RETURNING document_id, number
)
INSERT INTO payload (document_id, created_at, tenant_id, number, payload)
SELECT document_id, created_at, tenant_id, number, payload FROM input JOIN stored USING (document_id, number)
WHERE payload <> ''";

const RELATIONS: &str = "
INSERT INTO relation (document_id, made_for_id, tenant_id, relation)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[]) ON CONFLICT DO NOTHING";

const INSTANCES_NEW: &str = "
INSERT INTO instance (id, document_id, started_at, tenant_id, revision, flow, version, updated_at, lock, ended_at, status, outcome, at_step, state)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::integer[], $5::integer[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[])
ON CONFLICT (id) DO NOTHING";

const INSTANCES_CHANGED: &str = "
UPDATE instance i SET updated_at = u.updated_at, lock = u.lock + 1, ended_at = u.ended_at, status = u.status, outcome = u.outcome,
    at_step = u.at_step, state = u.state, revision = u.revision
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::integer[])
    AS u (id, updated_at, lock, ended_at, status, outcome, at_step, state, revision)
WHERE i.id = u.id AND i.lock = u.lock";

const HISTORY: &str = "
INSERT INTO history (instance_id, lock, at, tenant_id, entries)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::integer[], $5::text[])";

/// What was once written or seen is not forgotten by a change that does not speak of it.
const LINKS: &str = "
INSERT INTO link (document_id, instance_id, tenant_id, connection, external_id, step, written_at, seen_at, reread_at, rereads, closed, written, seen)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::integer[], $11::boolean[], $12::text[], $13::text[])
ON CONFLICT (external_id, connection, tenant_id, document_id) DO UPDATE SET
    instance_id = COALESCE(excluded.instance_id, link.instance_id), step = COALESCE(excluded.step, link.step),
    written = COALESCE(excluded.written, link.written), written_at = COALESCE(excluded.written_at, link.written_at),
    seen = COALESCE(excluded.seen, link.seen), seen_at = COALESCE(excluded.seen_at, link.seen_at),
    closed = excluded.closed, reread_at = excluded.reread_at, rereads = excluded.rereads";

const TIMERS_REMOVED: &str = "
DELETE FROM timer t USING unnest($1::uuid[], $2::integer[]) AS k (instance_id, number)
WHERE t.instance_id = k.instance_id AND t.number = k.number";

const TIMERS: &str = "
INSERT INTO timer (instance_id, due_at, tenant_id, number)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::integer[])
ON CONFLICT (instance_id, number) DO UPDATE SET due_at = excluded.due_at";

const EXCEPTIONS: &str = "
INSERT INTO exception (id, instance_id, document_id, effect_id, opened_at, tenant_id, step, connection, cause, code, message, owner, state, resolution, resolved_by, closed_at, fingerprint, flow, operation, assignee)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::integer[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[], $17::uuid[], $18::text[], $19::text[], $20::text[])
ON CONFLICT (id) DO NOTHING";

const EXCEPTIONS_CLOSED: &str = "
UPDATE exception x SET state = 'closed', resolution = u.resolution, closed_at = u.closed_at, resolved_by = u.resolved_by
FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[]) AS u (id, resolution, closed_at, resolved_by)
WHERE x.id = u.id AND x.state = 'open'";

const MESSAGES_DONE: &str = "DELETE FROM message WHERE id = ANY($1::uuid[])";

/// Documents, statuses, revisions, relations.
pub(super) async fn documents(run: &mut Run, facts: &Facts, writes: &Writes) -> Done<()> {
    documents_new(run, facts, writes).await?;
    documents_changed(run, &writes.documents_changed).await?;
    if !writes.statuses.is_empty() {
        let statuses = last_of_each(&writes.statuses, |(_, id, _, _)| *id);
        let statement = sqlx::query(STATUSES)
            .bind(column(&statuses, |(_, id, _, _)| id.0))
            .bind(column(&statuses, |(tenant, _, _, _)| tenant.0))
            .bind(column(&statuses, |(_, _, status, _)| status.as_str()))
            .bind(column(&statuses, |(_, _, _, at)| micros(*at)));
        run.write(statement).await?;
    }
    revisions(run, &writes.revisions).await?;
    if let Some(amended) = amendments(&writes.amendments) {
        run.done(amended).await?;
    }
    let decided = decisions(&writes.decisions).into_iter().chain(uses(&writes.files));
    for statement in tasks(&writes.tasks).into_iter().chain(decided).chain(waiting(&writes.waiting)) {
        run.done(statement).await?;
    }
    if !writes.relations.is_empty() {
        let statement = sqlx::query(RELATIONS)
            .bind(column(&writes.relations, |row| row.document.0))
            .bind(column(&writes.relations, |row| row.made_for.0))
            .bind(column(&writes.relations, |row| row.tenant.0))
            .bind(column(&writes.relations, |row| row.relation.as_str()));
        run.write(statement).await?;
    }
    Ok(())
}

/// A document that was named, not there and is there now cannot be (they are reserved); one that was not named may have
/// been created by anyone, and stays as it is.
async fn documents_new(run: &mut Run, facts: &Facts, writes: &Writes) -> Done<()> {
    let rows = &writes.documents_new;
    if rows.is_empty() {
        return Ok(());
    }
    let statement = sqlx::query(DOCUMENTS_NEW)
        .bind(column(rows, |row| row.id.0))
        .bind(column(rows, |row| micros(row.created_at)))
        .bind(column(rows, |row| row.tenant.0))
        .bind(column(rows, |row| row.kind.as_str()))
        .bind(column(rows, |row| row.source.as_str()))
        .bind(column(rows, |row| row.key.as_str()))
        .bind(column(rows, |row| row.external_id.as_deref()))
        .bind(column(rows, |row| micros(row.updated_at)))
        .bind(column(rows, |row| int(row.revision)))
        .bind(column(rows, |row| row.withdrawn))
        .bind(column(rows, |row| row.status.as_str()))
        .bind(column(rows, |row| row.source_status.as_deref()))
        .bind(column(rows, |row| row.source_version.as_deref()))
        .bind(column(rows, |row| row.display.as_str()))
        .bind(column(rows, |row| amount(&row.display)));
    let stored = run.fetch(statement).await?;
    run.wrote(stored.len());
    let stored: HashSet<_> = stored.iter().map(|row| crate::store::decode::id(row, "document")).collect::<Result<_, _>>()?;
    let known: Vec<DocumentId> = writes.documents_made.iter().filter(|id| !stored.contains(&id.0)).copied().collect();
    if !known.is_empty() {
        return Err(Error::Known(known).into());
    }
    let expected: HashSet<_> = rows.iter().map(|row| row.id).filter(|id| facts.absent.contains(id)).collect();
    match expected.iter().filter(|id| stored.contains(&id.0)).count() {
        all if all == expected.len() => Ok(()),
        some => Err(Error::conflict("document", expected.len(), some as u64).into()),
    }
}

async fn documents_changed(run: &mut Run, rows: &[DocumentRow]) -> Done<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = last_of_each(rows, |row| row.id);
    let statement = sqlx::query(DOCUMENTS_CHANGED)
        .bind(column(&rows, |row| row.id.0))
        .bind(column(&rows, |row| row.tenant.0))
        .bind(column(&rows, |row| row.external_id.as_deref()))
        .bind(column(&rows, |row| micros(row.updated_at)))
        .bind(column(&rows, |row| int(row.revision)))
        .bind(column(&rows, |row| row.withdrawn))
        .bind(column(&rows, |row| row.status.as_str()))
        .bind(column(&rows, |row| row.source_status.as_deref()))
        .bind(column(&rows, |row| row.source_version.as_deref()))
        .bind(column(&rows, |row| row.display.as_str()))
        .bind(column(&rows, |row| amount(&row.display)));
    expect_rows(run.write(statement).await?, rows.len(), "document")
}

async fn revisions(run: &mut Run, rows: &[RevisionRow]) -> Done<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = sqlx::query(REVISIONS)
        .bind(column(rows, |row| row.document.0))
        .bind(column(rows, |row| micros(row.created_at)))
        .bind(column(rows, |row| row.tenant.0))
        .bind(column(rows, |row| int(row.number)))
        .bind(column(rows, |row| row.hash.as_str()))
        .bind(column(rows, |row| row.body.as_str()))
        .bind(column(rows, |row| row.payload.as_str()));
    run.write(statement).await?;
    // The statement answers with the payloads; each came with a revision.
    run.wrote(rows.len());
    Ok(())
}

/// Instances and their history.
pub(super) async fn instances(run: &mut Run, writes: &Writes) -> Done<()> {
    instances_new(run, &writes.instances_new).await?;
    instances_changed(run, &writes.instances_changed).await?;
    history(run, &writes.history).await
}

async fn instances_new(run: &mut Run, rows: &[InstanceRow]) -> Done<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = sqlx::query(INSTANCES_NEW)
        .bind(column(rows, |row| row.id.0))
        .bind(column(rows, |row| row.document.0))
        .bind(column(rows, |row| micros(row.started_at)))
        .bind(column(rows, |row| row.tenant.0))
        .bind(column(rows, |row| int(row.revision)))
        .bind(column(rows, |row| row.flow.as_str()))
        .bind(column(rows, |row| row.version.as_str()))
        .bind(column(rows, |row| micros(row.updated_at)))
        .bind(column(rows, |row| row.lock))
        .bind(column(rows, |row| row.ended_at.map(micros)))
        .bind(column(rows, |row| row.status.as_str()))
        .bind(column(rows, |row| row.outcome.as_deref()))
        .bind(column(rows, |row| row.at_step.as_deref()))
        .bind(column(rows, |row| row.state.as_str()));
    run.write(statement).await?;
    Ok(())
}

async fn instances_changed(run: &mut Run, rows: &[InstanceRow]) -> Done<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = last_of_each(rows, |row| row.id);
    let statement = sqlx::query(INSTANCES_CHANGED)
        .bind(column(&rows, |row| row.id.0))
        .bind(column(&rows, |row| micros(row.updated_at)))
        .bind(column(&rows, |row| row.lock))
        .bind(column(&rows, |row| row.ended_at.map(micros)))
        .bind(column(&rows, |row| row.status.as_str()))
        .bind(column(&rows, |row| row.outcome.as_deref()))
        .bind(column(&rows, |row| row.at_step.as_deref()))
        .bind(column(&rows, |row| row.state.as_str()))
        .bind(column(&rows, |row| int(row.revision)));
    expect_rows(run.write(statement).await?, rows.len(), "instance")
}

async fn history(run: &mut Run, rows: &[HistoryRow]) -> Done<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = sqlx::query(HISTORY)
        .bind(column(rows, |row| row.instance.0))
        .bind(column(rows, |row| row.lock))
        .bind(column(rows, |row| micros(row.at)))
        .bind(column(rows, |row| row.tenant.0))
        .bind(column(rows, |row| row.entries.as_str()));
    run.write(statement).await?;
    Ok(())
}

/// Links; the last of several changes of one row counts.
pub(super) async fn links(run: &mut Run, rows: &[LinkRow]) -> Done<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = last_of_each(rows, |row| (row.tenant, row.connection.as_str(), row.external_id.as_str(), row.document));
    let statement = sqlx::query(LINKS)
        .bind(column(&rows, |row| row.document.0))
        .bind(column(&rows, |row| row.instance.map(|id| id.0)))
        .bind(column(&rows, |row| row.tenant.0))
        .bind(column(&rows, |row| row.connection.as_str()))
        .bind(column(&rows, |row| row.external_id.as_str()))
        .bind(column(&rows, |row| row.step.as_deref()))
        .bind(column(&rows, |row| row.written_at.map(micros)))
        .bind(column(&rows, |row| row.seen_at.map(micros)))
        .bind(column(&rows, |row| row.reread_at.map(micros)))
        .bind(column(&rows, |row| int(row.rereads)))
        .bind(column(&rows, |row| row.closed))
        .bind(column(&rows, |row| row.written.as_deref()))
        .bind(column(&rows, |row| row.seen.as_deref()));
    run.write(statement).await?;
    Ok(())
}

/// Timers: removed first, then set, so that a batch may move one.
pub(super) async fn timers(run: &mut Run, writes: &Writes) -> Done<()> {
    let removed = &writes.timers_removed;
    if !removed.is_empty() {
        let statement =
            sqlx::query(TIMERS_REMOVED).bind(column(removed, |timer| timer.instance.0)).bind(column(removed, |timer| int(timer.number)));
        run.write(statement).await?;
    }
    if !writes.timers.is_empty() {
        let set = last_of_each(&writes.timers, |(timer, _)| *timer);
        let statement = sqlx::query(TIMERS)
            .bind(column(&set, |(timer, _)| timer.instance.0))
            .bind(column(&set, |(_, due_at)| micros(*due_at)))
            .bind(column(&set, |(timer, _)| timer.tenant.0))
            .bind(column(&set, |(timer, _)| int(timer.number)));
        run.write(statement).await?;
    }
    Ok(())
}

/// Exceptions opened and closed.
pub(super) async fn exceptions(run: &mut Run, writes: &Writes) -> Done<()> {
    let rows = &writes.exceptions;
    if !rows.is_empty() {
        let statement = sqlx::query(EXCEPTIONS)
            .bind(column(rows, |row| row.id.0))
            .bind(column(rows, |row| row.instance.map(|id| id.0)))
            .bind(column(rows, |row| row.document.map(|id| id.0)))
            .bind(column(rows, |row| row.effect.map(|id| id.0)))
            .bind(column(rows, |row| micros(row.opened_at)))
            .bind(column(rows, |row| row.tenant.0))
            .bind(column(rows, |row| row.step.as_deref()))
            .bind(column(rows, |row| row.connection.as_deref()))
            .bind(column(rows, |row| row.cause.as_str()))
            .bind(column(rows, |row| row.code.as_str()))
            .bind(column(rows, |row| row.message.as_str()))
            .bind(column(rows, |row| row.owner.as_deref()))
            .bind(column(rows, |row| row.state.as_str()))
            .bind(column(rows, |row| row.resolution.as_deref()))
            .bind(column(rows, |row| row.resolved_by.as_deref()))
            .bind(column(rows, |row| row.closed_at.map(micros)))
            .bind(column(rows, |row| row.fingerprint))
            .bind(column(rows, |row| row.flow.as_deref()))
            .bind(column(rows, |row| row.operation.as_deref()))
            .bind(column(rows, |row| row.assignee.as_deref()));
        run.write(statement).await?;
    }
    if !writes.exceptions_closed.is_empty() {
        let closed = last_of_each(&writes.exceptions_closed, |closed| closed.id);
        let statement = sqlx::query(EXCEPTIONS_CLOSED)
            .bind(column(&closed, |closed| closed.id.0))
            .bind(column(&closed, |closed| closed.resolution.as_str()))
            .bind(column(&closed, |closed| micros(closed.at)))
            .bind(column(&closed, |closed| closed.by.as_str()));
        run.write(statement).await?;
    }
    Ok(())
}

/// Messages of the batch: deleted, or kept as told.
pub(super) async fn messages(run: &mut Run, facts: &Facts, kept: &[Deferral]) -> Done<()> {
    let (done, kept) = facts.sort_messages(kept);
    let done = column(&done, |id| id.0);
    if !done.is_empty() {
        run.write(sqlx::query(MESSAGES_DONE).bind(done)).await?;
    }
    if !kept.is_empty() {
        run.write(defer_statement(&kept)).await?;
    }
    Ok(())
}

fn expect_rows(found: u64, expected: usize, table: &'static str) -> Done<()> {
    if found == expected as u64 { Ok(()) } else { Err(Error::conflict(table, expected, found).into()) }
}
