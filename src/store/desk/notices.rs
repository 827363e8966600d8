//! Notices that wait for their person's time, and how they become bundles.
//!
//! A bundle is fixed by one statement, so that whoever looks at the same moment makes another one or none; what is in it
//! stays in it until it has been handed to an instance.

use crate::domain::ids::{InstanceId, TaskId, TenantId};
use crate::store::ask::{Ask, Speaks, ask, look, write};
use crate::store::cells::Cells;
use crate::store::{Result, WaitingRow, decode};
use jiff::Timestamp;
use uuid::Uuid;

/// Rows of one statement: PostgreSQL takes 65,535 parameters, and a notice has 15.
const ROWS_MAX: usize = 1_000;
/// People and channels whose time has come that one look takes.
const BUNDLES_MAX: u32 = 200;

/// Statements that keep notices.
pub(in crate::store) fn waiting(rows: &[WaitingRow]) -> Vec<Ask> {
    let statement = |rows: &[WaitingRow]| {
        let asked = ask(
            "INSERT INTO waiting_notice (id, instance_id, task_id, due_at, created_at, tenant_id, visit, step, person, channel, event, subject, body, url)",
        );
        let asked = asked.rows(rows, |asked, row| {
            let asked = asked.id(row.id).comma().id(row.instance.0).comma().maybe_text(row.task.map(|task| task.0.to_string()).as_deref());
            let asked = asked.comma().time(row.due).comma().time(row.created_at).comma().int(row.tenant.0).comma().int(row.visit).comma();
            let asked = asked.text(&row.step).comma().text(&row.person).comma().text(&row.channel).comma().text(&row.event).comma();
            asked.text(&row.subject).comma().text(&row.text).comma().text(&row.url)
        });
        asked.then(" ON CONFLICT (id) DO NOTHING")
    };
    rows.chunks(ROWS_MAX).map(statement).collect()
}

/// Whose time has come and who is in no bundle yet: person and channel.
pub(super) async fn due<S: Speaks>(store: &S, tenant: TenantId, now: Timestamp) -> Result<Vec<(String, String)>> {
    let asked = ask("SELECT DISTINCT n.person AS person, n.channel AS channel FROM waiting_notice n WHERE n.tenant_id = ")
        .int(tenant.0)
        .then(" AND n.bundle IS NULL AND n.due_at <= ")
        .time(now)
        .then(" ORDER BY n.person, n.channel LIMIT ")
        .int(BUNDLES_MAX);
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "waiting_notice", "person");
        Ok((cells.text("person")?, cells.text("channel")?))
    };
    decode::all(&look(store, tenant, asked).await?, read)
}

/// Puts what is due of a person and a channel into a bundle; how many there were.
pub(super) async fn bundle<S: Speaks>(store: &S, tenant: TenantId, whose: (&str, &str), bundle: Uuid, now: Timestamp) -> Result<u64> {
    let asked = ask("UPDATE waiting_notice SET bundle = ")
        .text(&bundle.to_string())
        .then(" WHERE tenant_id = ")
        .int(tenant.0)
        .then(" AND person = ")
        .text(whose.0)
        .then(" AND channel = ")
        .text(whose.1)
        .then(" AND bundle IS NULL AND due_at <= ")
        .time(now);
    write(store, asked).await
}

/// Bundles that no instance has yet, each with its notices, the oldest first; at most so many notices.
pub(super) async fn bundled<S: Speaks>(store: &S, tenant: TenantId, most: u32) -> Result<Vec<WaitingRow>> {
    let asked = ask("SELECT n.id, n.instance_id, n.task_id, n.due_at, n.created_at, n.visit, n.step, n.person, n.channel, n.event, n.subject, n.body, n.url, n.bundle FROM waiting_notice n WHERE n.tenant_id = ")
        .int(tenant.0)
        .then(" AND n.bundle IS NOT NULL ORDER BY n.bundle, n.created_at, n.id LIMIT ")
        .int(most);
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "waiting_notice", "id");
        let id = |text: Option<String>| text.and_then(|text| Uuid::parse_str(&text).ok());
        Ok(WaitingRow {
            id: cells.id("id", |id| id)?,
            tenant,
            instance: cells.id("instance_id", InstanceId)?,
            task: id(cells.maybe_text("task_id")?).map(TaskId),
            due: cells.time("due_at")?,
            created_at: cells.time("created_at")?,
            visit: cells.int("visit")?,
            step: cells.text("step")?,
            person: cells.text("person")?,
            channel: cells.text("channel")?,
            event: cells.text("event")?,
            subject: cells.text("subject")?,
            text: cells.text("body")?,
            url: cells.text("url")?,
            bundle: id(cells.maybe_text("bundle")?),
        })
    };
    decode::all(&look(store, tenant, asked).await?, read)
}

/// Forgets a bundle that an instance has.
pub(super) async fn drop<S: Speaks>(store: &S, tenant: TenantId, bundle: Uuid) -> Result<()> {
    let asked = ask("DELETE FROM waiting_notice WHERE tenant_id = ").int(tenant.0).then(" AND bundle = ").text(&bundle.to_string());
    write(store, asked).await.map(|_| ())
}
