//! The feed of changes: one row for each commit that changed what people look at, written in that commit.
//!
//! It says which things changed and which version they have now; whoever needs more reads it. PostgreSQL keeps the table out
//! of its log: after a crash it is empty, and readers begin again. Rows become visible in another order than they were
//! numbered; so a reader there takes only what lies before every transaction of this database that is still under way.

use super::watched::{ChangeRow, FeedPlace};
use crate::domain::ids::{InstanceId, TenantId};
use crate::store::ask::{Ask, Speaks, ask, look};
use crate::store::cells::{Cell, Cells, micros};
use crate::store::{DriftRow, DriftWord, Progress, ReleaseRow, Result, Writes, decode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

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
    for closed in &writes.exceptions_closed {
        note(closed.tenant, "exceptions", json!([closed.id, 2]), closed.at);
    }
    // A task has no version of its own: it changes with its instance.
    let locks: HashMap<InstanceId, i64> =
        writes.instances_new.iter().chain(&writes.instances_changed).map(|row| (row.id, row.lock)).collect();
    for row in &writes.tasks {
        let when = row.ended.unwrap_or(row.since);
        note(row.tenant, "tasks", json!([row.id, locks.get(&row.instance).copied().unwrap_or_default()]), when);
    }
    for row in &writes.drifts {
        let when = moved_at(row);
        note(row.tenant, "drift", json!([row.id, micros(when)]), when);
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

/// What a page of a reconciliation tells the feed: differences that it opened, saw again or found gone.
pub(in crate::store) fn drifted(rows: &[DriftRow]) -> Option<Ask> {
    told_of_drift(rows.iter().map(|row| (row.tenant, json!(row.id), moved_at(row))))
}

/// What people's words about differences tell the feed: those that counted.
pub(in crate::store) fn said(words: &[DriftWord], counted: &[bool]) -> Option<Ask> {
    let said = words.iter().zip(counted).filter(|(_, counted)| **counted);
    told_of_drift(said.map(|(word, _)| (word.tenant, json!(word.id), word.at)))
}

fn told_of_drift(moved: impl Iterator<Item = (TenantId, Value, Timestamp)>) -> Option<Ask> {
    let mut tenants: BTreeMap<TenantId, Vec<Value>> = BTreeMap::new();
    let mut at: Option<Timestamp> = None;
    for (tenant, id, when) in moved {
        tenants.entry(tenant).or_default().push(json!([id, micros(when)]));
        at = Some(at.map_or(when, |known| known.max(when)));
    }
    let text = |(tenant, entries): (TenantId, Vec<Value>)| (tenant, json!({"drift": named(entries)}).to_string());
    Some(rows_of(at?, &tenants.into_iter().map(text).collect::<Vec<_>>()))
}

/// When it became what it is: a difference has no version of its own.
fn moved_at(row: &DriftRow) -> Timestamp {
    row.resolved_at.map_or(row.last_seen_at, |at| at.max(row.last_seen_at))
}

/// Tells that a release went live; it never changes, so its version is one.
pub(in crate::store) fn released(release: &ReleaseRow) -> Ask {
    rows_of(release.created_at, &[(release.tenant, json!({"releases": [[release.number, 1]]}).to_string())])
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
    let changes = json!({"batches": [[batch, micros(at)]]}).to_string();
    let asked = ask("INSERT INTO change_feed (at, tenant_id, changes) SELECT ").time(at).then(", b.tenant_id, ").text(&changes);
    asked.then(" FROM batch b WHERE b.id = ").id(batch)
}

/// Tells that an exception changed hands.
pub(super) fn exception_changed(tenant: TenantId, exception: uuid::Uuid, at: Timestamp) -> Ask {
    let changes = json!({"exceptions": [[exception, micros(at)]]}).to_string();
    ask("INSERT INTO change_feed (at, tenant_id, changes) VALUES (").time(at).comma().int(tenant.0).comma().text(&changes).then(")")
}

/// The number before which every transaction of this database has ended. The server's own horizon (`pg_snapshot_xmin`) is that
/// of all its databases and of prepared transactions, which may stand for days; it counts where the role may not see what
/// other sessions do (no `pg_read_all_stats`). Numbers of sessions have 32 bits, those of rows 64; what is ahead of the
/// snapshot lies behind the horizon anyhow. No transaction of the hub is under way for a minute: one that somebody forgot
/// must not hold the feed up.
const HORIZON: &str = "CASE WHEN bool_or(a.query = '<insufficient privilege>') THEN min(x.oldest)
    ELSE min(x.next) - COALESCE(max((x.next - a.backend_xid::text::bigint) & 4294967295) FILTER (
        WHERE ((x.next - a.backend_xid::text::bigint) & 4294967295) < 2147483648
            AND (a.xact_start IS NULL OR a.xact_start > clock_timestamp() - interval '1 minute')), 0) END AS horizon
    FROM (SELECT pg_snapshot_xmax(s.now)::text::bigint AS next, pg_snapshot_xmin(s.now)::text::bigint AS oldest
        FROM (SELECT pg_current_snapshot() AS now) AS s) AS x
    LEFT JOIN pg_stat_activity AS a ON a.datname = current_database()";

/// Asked in a statement before the rows: what ended until then, their statement sees. Only PostgreSQL numbers transactions;
/// one file has one writer, so there its rows are in order.
async fn horizon<S: Speaks>(store: &S, tenant: TenantId) -> Result<i64> {
    let rows = look(store, tenant, ask("SELECT ").either(HORIZON, "1 AS horizon")).await?;
    let Some(row) = rows.first() else { return Ok(0) };
    Cells::new(row, "change_feed", "horizon").int("horizon")
}

fn settled(asked: Ask, horizon: i64) -> Ask {
    asked.either(" AND f.xid < ", " AND 0 < ").int(horizon)
}

pub(super) async fn after<S: Speaks>(store: &S, tenant: TenantId, place: FeedPlace, limit: u32) -> Result<Vec<ChangeRow>> {
    let horizon = horizon(store, tenant).await?;
    let asked =
        ask("SELECT ").either("f.xid", "0").then(" AS transaction_id, f.number, f.at, f.changes FROM change_feed f WHERE f.tenant_id = ");
    let asked = asked.int(tenant.0).either(" AND (f.xid, f.number) > (", " AND (0, f.number) > (").int(place.transaction).comma();
    let asked = settled(asked.int(place.number).then(")"), horizon)
        .either(" ORDER BY f.xid, f.number", " ORDER BY f.number")
        .then(" LIMIT ")
        .int(limit);
    decode::all(&look(store, tenant, asked).await?, read)
}

pub(super) async fn ends<S: Speaks>(store: &S, tenant: TenantId) -> Result<Option<(FeedPlace, FeedPlace)>> {
    let horizon = horizon(store, tenant).await?;
    let end = |newest: bool| {
        let asked = ask("SELECT ")
            .either("f.xid", "0")
            .then(" AS transaction_id, f.number, f.at, '' AS changes FROM change_feed f WHERE f.tenant_id = ");
        let asked = settled(asked.int(tenant.0), horizon);
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
