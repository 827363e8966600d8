//! Instances of a flow with their history, to be measured.
//!
//! A page of figures must not cost more the longer a hub runs: a bounded piece of the newest instances is walked along its
//! index, and the histories of a bounded number of them are read by their own.

use super::rows::{MeasureChoice, MeasuredRow};
use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use crate::store::ask::{Speaks, ask, look};
use crate::store::cells::Cells;
use crate::store::{HistoryRow, Result, decode};
use uuid::Uuid;

/// Instances of any flow that are walked to find those of one; the newest of the range.
const WALKED_MAX: i64 = 50_000;
/// Histories of one statement.
const INSTANCES_AT_ONCE: usize = 500;

pub(super) async fn measured<S: Speaks>(store: &S, choice: &MeasureChoice) -> Result<Vec<MeasuredRow>> {
    let walk = ask("SELECT w.id, w.document_id, w.started_at, w.ended_at, w.status, w.outcome FROM (SELECT i.id, i.document_id,
            i.started_at, i.ended_at, i.status, i.outcome, i.flow FROM instance i WHERE i.tenant_id = ")
    .int(choice.tenant.0)
    .then(" AND i.started_at >= ")
    .time(choice.since)
    .then(" AND i.started_at < ")
    .time(choice.until)
    .then(" ORDER BY i.started_at DESC, i.id DESC LIMIT ")
    .int(WALKED_MAX)
    .then(") AS w WHERE w.flow = ")
    .text(&choice.flow)
    .then(" ORDER BY w.started_at DESC, w.id DESC LIMIT ")
    .int(choice.limit);
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "instance", "id");
        Ok(MeasuredRow {
            instance: cells.id("id", InstanceId)?,
            document: cells.id("document_id", DocumentId)?,
            started_at: cells.time("started_at")?,
            ended_at: cells.maybe_time("ended_at")?,
            status: cells.text("status")?,
            outcome: cells.maybe_text("outcome")?,
        })
    };
    decode::all(&look(store, choice.tenant, walk).await?, read)
}

pub(super) async fn histories<S: Speaks>(store: &S, tenant: TenantId, instances: &[Uuid]) -> Result<Vec<HistoryRow>> {
    let mut found = Vec::new();
    for ids in instances.chunks(INSTANCES_AT_ONCE) {
        let asked = ask("SELECT h.instance_id, h.lock, h.at, h.entries FROM history h WHERE h.instance_id")
            .in_ids(ids)
            .then(" AND h.tenant_id = ")
            .int(tenant.0)
            .then(" ORDER BY h.instance_id, h.lock");
        let read = |row: &S::Row| {
            let cells = Cells::new(row, "history", "instance_id");
            Ok(HistoryRow {
                tenant,
                instance: cells.id("instance_id", InstanceId)?,
                lock: cells.int("lock")?,
                at: cells.time("at")?,
                entries: cells.text("entries")?,
            })
        };
        found.extend(decode::all(&look(store, tenant, asked).await?, read)?);
    }
    Ok(found)
}
