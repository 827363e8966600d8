//! Streams as people see and move them.

use super::watched::{CursorChange, StreamRow};
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, ask, look, write_of};
use crate::store::cells::Cells;
use crate::store::{Result, decode};
use jiff::Timestamp;

pub(super) async fn list<S: Speaks>(store: &S, tenant: TenantId) -> Result<Vec<StreamRow>> {
    let asked = ask("SELECT connection, stream, due_at, owner, cursor, last_success_at, problem, failures FROM stream WHERE tenant_id = ");
    let asked = asked.int(tenant.0).then(" ORDER BY connection, stream");
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "stream", "stream");
        Ok(StreamRow {
            connection: cells.text("connection")?,
            stream: cells.text("stream")?,
            due_at: cells.time("due_at")?,
            owner: cells.maybe_text("owner")?,
            cursor: cells.maybe_text("cursor")?,
            last_success_at: cells.maybe_time("last_success_at")?,
            problem: cells.maybe_text("problem")?,
            failures: cells.int("failures")?,
        })
    };
    decode::all(&look(store, tenant, asked).await?, read)
}

fn named(asked: Ask, tenant: TenantId, connection: &str, stream: &str) -> Ask {
    asked.then(" WHERE tenant_id = ").int(tenant.0).then(" AND connection = ").text(connection).then(" AND stream = ").text(stream)
}

/// One that runs now is left to end; it is due again at once when it does not.
pub(super) async fn run<S: Speaks>(store: &S, tenant: TenantId, connection: &str, stream: &str, now: Timestamp) -> Result<bool> {
    let asked = ask("UPDATE stream SET due_at = CASE WHEN owner IS NULL THEN ").int(store.local(now)).then(" ELSE due_at END");
    Ok(write_of(store, tenant, named(asked, tenant, connection, stream)).await? == 1)
}

/// The token moves too: a run that holds the stream saves nothing any more.
pub(super) async fn move_cursor<S: Speaks>(store: &S, change: &CursorChange) -> Result<bool> {
    let asked =
        ask("UPDATE stream SET failures = 0, problem = NULL, owner = NULL, token = ").either("nextval('lane_number')", "-token - 1");
    let asked = asked.then(", due_at = ").int(store.local(change.due_at)).then(", cursor = ").maybe_text(change.after.as_deref());
    let asked = named(asked, change.tenant, &change.connection, &change.stream);
    let asked = match &change.before {
        Some(before) => asked.then(" AND cursor = ").text(before),
        None => asked.then(" AND cursor IS NULL"),
    };
    Ok(write_of(store, change.tenant, asked).await? == 1)
}
