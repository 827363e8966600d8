//! The feed of changes: one row for each commit that changed what people look at, written in that commit.
//!
//! It says which things changed and which version they have now; whoever needs more reads it. PostgreSQL keeps the table out
//! of its log: after a crash it is empty, and readers begin again. Rows become visible in another order than they were
//! numbered; so a reader there takes only what lies before every transaction that is still under way.

use super::watched::{ChangeRow, FeedPlace};
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, ask, look};
use crate::store::cells::{Cell, Cells};
use crate::store::{Progress, Result, Writes, decode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Things of one topic that one row names; more are told as "many", and readers read their lists again.
const NAMED_MAX: usize = 200;

/// What a commit tells the feed: one row a tenant, nothing when nobody could see a difference.
pub(in crate::store) fn told(writes: &Writes) -> Option<Ask> {
    let mut topics: BTreeMap<(TenantId, &'static str), Vec<Value>> = BTreeMap::new();
    let mut at: Option<Timestamp> = None;
    let mut note = |tenant: TenantId, topic: &'static str, entry: Value, when: Timestamp| {
        topics.entry((tenant, topic)).or_default().push(entry);
        at = Some(at.map_or(when, |known| known.max(when)));
    };
    for row in writes.documents_new.iter().chain(&writes.documents_changed) {
        note(row.tenant, "documents", json!([row.id, row.revision]), row.updated_at);
    }
    for row in writes.instances_new.iter().chain(&writes.instances_changed) {
        note(row.tenant, "instances", json!([row.id, row.lock]), row.updated_at);
    }
    for row in &writes.exceptions {
        note(row.tenant, "exceptions", json!([row.id, 1]), row.opened_at);
    }
    let tenant_of_closed = writes.instances_changed.first().map(|row| row.tenant);
    if let Some(tenant) = tenant_of_closed {
        for (id, _, when, _) in &writes.exceptions_closed {
            note(tenant, "exceptions", json!([id, 2]), *when);
        }
    }
    let at = at?;
    let mut tenants: BTreeMap<TenantId, Map<String, Value>> = BTreeMap::new();
    for ((tenant, topic), entries) in topics {
        tenants.entry(tenant).or_default().insert(topic.to_owned(), named(entries));
    }
    let rows: Vec<(TenantId, String)> = tenants.into_iter().map(|(tenant, topics)| (tenant, Value::Object(topics).to_string())).collect();
    Some(rows_of(at, &rows))
}

/// What attempts that did not end their effects tell the feed: who looks at the document must not go on reading that a call is
/// under way while it waits for its next try, or for somebody to learn whether it happened.
pub(in crate::store) fn tried(reports: &[&Progress]) -> Option<Ask> {
    let mut tenants: BTreeMap<TenantId, Vec<Value>> = BTreeMap::new();
    let mut at: Option<Timestamp> = None;
    for report in reports.iter().filter(|report| report.state == "waiting") {
        let Some(last) = report.attempts.last() else { continue };
        tenants.entry(last.tenant).or_default().push(json!([last.effect, last.number]));
        at = Some(at.map_or(last.started_at, |known| known.max(last.started_at)));
    }
    let at = at?;
    let text = |(tenant, entries): (TenantId, Vec<Value>)| (tenant, json!({"effects": named(entries)}).to_string());
    Some(rows_of(at, &tenants.into_iter().map(text).collect::<Vec<_>>()))
}

/// Things by name, or that there are many.
fn named(entries: Vec<Value>) -> Value {
    if entries.len() > NAMED_MAX { json!("many") } else { Value::Array(entries) }
}

fn rows_of(at: Timestamp, rows: &[(TenantId, String)]) -> Ask {
    let cells = |asked: Ask, row: &(TenantId, String)| asked.time(at).comma().int(row.0.0).comma().text(&row.1);
    ask("INSERT INTO change_feed (at, tenant_id, changes)").rows(rows, cells)
}

/// Tells that a batch has moved on.
pub(super) fn batch_moved(batch: uuid::Uuid, at: Timestamp) -> Ask {
    let changes = json!({"batches": [[batch, crate::store::cells::micros(at)]]}).to_string();
    let asked = ask("INSERT INTO change_feed (at, tenant_id, changes) SELECT ").time(at).then(", b.tenant_id, ").text(&changes);
    asked.then(" FROM batch b WHERE b.id = ").id(batch)
}

/// Tells that an exception changed hands.
pub(super) fn exception_changed(tenant: TenantId, exception: uuid::Uuid, at: Timestamp) -> Ask {
    let changes = json!({"exceptions": [[exception, crate::store::cells::micros(at)]]}).to_string();
    ask("INSERT INTO change_feed (at, tenant_id, changes) VALUES (").time(at).comma().int(tenant.0).comma().text(&changes).then(")")
}

/// Only PostgreSQL numbers transactions; one file has one writer, so there its rows are in order.
fn settled(asked: Ask) -> Ask {
    asked.either(" AND f.xid < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint", "")
}

pub(super) async fn after<S: Speaks>(store: &S, tenant: TenantId, place: FeedPlace, limit: u32) -> Result<Vec<ChangeRow>> {
    let asked =
        ask("SELECT ").either("f.xid", "0").then(" AS transaction_id, f.number, f.at, f.changes FROM change_feed f WHERE f.tenant_id = ");
    let asked = asked.int(tenant.0).either(" AND (f.xid, f.number) > (", " AND (0, f.number) > (").int(place.transaction).comma();
    let asked =
        settled(asked.int(place.number).then(")")).either(" ORDER BY f.xid, f.number", " ORDER BY f.number").then(" LIMIT ").int(limit);
    decode::all(&look(store, tenant, asked).await?, read)
}

pub(super) async fn ends<S: Speaks>(store: &S, tenant: TenantId) -> Result<Option<(FeedPlace, FeedPlace)>> {
    let end = |newest: bool| {
        let asked = ask("SELECT ")
            .either("f.xid", "0")
            .then(" AS transaction_id, f.number, f.at, '' AS changes FROM change_feed f WHERE f.tenant_id = ");
        let asked = settled(asked.int(tenant.0));
        let asked = if newest {
            asked.either(" ORDER BY f.xid DESC, f.number DESC", " ORDER BY f.number DESC")
        } else {
            asked.either(" ORDER BY f.xid, f.number", " ORDER BY f.number")
        };
        asked.then(" LIMIT 1")
    };
    let found = store.look(tenant, vec![end(true), end(false)]).await?;
    let place = |at: usize| found.get(at).and_then(|rows| rows.first()).map(|row| read(row).map(|change| change.place)).transpose();
    Ok(place(0)?.zip(place(1)?))
}

fn read<R: Cell>(row: &R) -> Result<ChangeRow> {
    let cells = Cells::new(row, "change_feed", "changes");
    Ok(ChangeRow {
        place: FeedPlace { transaction: cells.int("transaction_id")?, number: cells.int("number")? },
        at: cells.time("at")?,
        changes: cells.text("changes")?,
    })
}
