//! What people who use the console have to say about its pages.

use super::exceptions::{limit, start};
use super::rows::FeedbackRow;
use crate::domain::ids::TenantId;
use crate::store::ask::{Speaks, ask, look, write_of};
use crate::store::cells::{Cell, Cells};
use crate::store::{Page, Result, decode};
use jiff::Timestamp;
use uuid::Uuid;

const COLUMNS: &str = "id, created_at, settled_at, tenant_id, page, text, author, agent, settled_by, answer";

/// Written only while its author has fewer than `most` open notes.
pub(super) async fn give<S: Speaks>(store: &S, row: &FeedbackRow, most: u32) -> Result<bool> {
    let asked = ask("INSERT INTO feedback (id, created_at, tenant_id, page, text, author, agent) SELECT ").id(row.id).comma();
    let asked = asked
        .time(row.created_at)
        .comma()
        .int(row.tenant.0)
        .comma()
        .text(&row.page)
        .comma()
        .text(&row.text)
        .comma()
        .text(&row.author)
        .comma();
    let asked = asked.maybe_text(row.agent.as_deref()).then(" WHERE (SELECT count(*) FROM feedback f WHERE f.tenant_id = ");
    let asked = asked.int(row.tenant.0).then(" AND f.author = ").text(&row.author).then(" AND f.settled_at IS NULL) < ").int(most);
    Ok(write_of(store, row.tenant, asked).await? == 1)
}

pub(super) async fn list<S: Speaks>(store: &S, tenant: TenantId, settled: Option<bool>, page: &Page) -> Result<Vec<FeedbackRow>> {
    let (time, id) = start(page);
    let asked = ask("SELECT ").then(COLUMNS).then(" FROM feedback WHERE tenant_id = ").int(tenant.0);
    let asked = match settled {
        Some(true) => asked.then(" AND settled_at IS NOT NULL"),
        Some(false) => asked.then(" AND settled_at IS NULL"),
        None => asked,
    };
    let asked = asked.then(" AND (created_at, id) < (").int(time).comma().id(id);
    let asked = asked.then(") ORDER BY created_at DESC, id DESC LIMIT ").int(limit(page));
    decode::all(&look(store, tenant, asked).await?, read)
}

pub(super) async fn one<S: Speaks>(store: &S, tenant: TenantId, id: Uuid) -> Result<Option<FeedbackRow>> {
    let asked = ask("SELECT ").then(COLUMNS).then(" FROM feedback WHERE tenant_id = ").int(tenant.0).then(" AND id = ").id(id);
    look(store, tenant, asked).await?.first().map(read).transpose()
}

/// Settled once: whoever comes later changes nothing.
pub(super) async fn settle<S: Speaks>(
    store: &S,
    tenant: TenantId,
    id: Uuid,
    by: &str,
    answer: Option<&str>,
    at: Timestamp,
) -> Result<bool> {
    let asked = ask("UPDATE feedback SET settled_at = ").time(at).then(", settled_by = ").text(by).then(", answer = ").maybe_text(answer);
    let asked = asked.then(" WHERE settled_at IS NULL AND tenant_id = ").int(tenant.0).then(" AND id = ").id(id);
    Ok(write_of(store, tenant, asked).await? == 1)
}

fn read<R: Cell>(row: &R) -> Result<FeedbackRow> {
    let cells = Cells::new(row, "feedback", "id");
    Ok(FeedbackRow {
        id: cells.id("id", |id| id)?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        created_at: cells.time("created_at")?,
        settled_at: cells.maybe_time("settled_at")?,
        page: cells.text("page")?,
        text: cells.text("text")?,
        author: cells.text("author")?,
        agent: cells.maybe_text("agent")?,
        settled_by: cells.maybe_text("settled_by")?,
        answer: cells.maybe_text("answer")?,
    })
}
