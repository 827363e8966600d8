//! What connected systems say of the organisation.

use super::rows::OrganisationRow;
use crate::domain::ids::TenantId;
use crate::store::ask::{Speaks, ask, look, write};
use crate::store::cells::Cells;
use crate::store::{Result, decode};
use jiff::Timestamp;

/// What was taken of each source, and when it is due again; without the content.
pub(super) async fn marks<S: Speaks>(store: &S, tenant: TenantId) -> Result<Vec<(String, String, Timestamp)>> {
    let asked = ask("SELECT source, hash, due_at FROM organisation WHERE tenant_id = ").int(tenant.0).then(" ORDER BY source");
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "organisation", "source");
        Ok((cells.text("source")?, cells.text("hash")?, cells.time("due_at")?))
    };
    decode::all(&look(store, tenant, asked).await?, read)
}

pub(super) async fn list<S: Speaks>(store: &S, tenant: TenantId) -> Result<Vec<OrganisationRow>> {
    let asked = ask(
        "SELECT tenant_id, source, tried_at, read_at, due_at, hash, content, held, problem, readings FROM organisation WHERE tenant_id = ",
    );
    let asked = asked.int(tenant.0).then(" ORDER BY source");
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "organisation", "source");
        Ok(OrganisationRow {
            tenant: cells.int("tenant_id").map(TenantId)?,
            source: cells.text("source")?,
            tried_at: cells.time("tried_at")?,
            read_at: cells.maybe_time("read_at")?,
            due_at: cells.time("due_at")?,
            hash: cells.text("hash")?,
            content: cells.text("content")?,
            held: cells.maybe_text("held")?,
            problem: cells.maybe_text("problem")?,
            readings: cells.text("readings")?,
        })
    };
    decode::all(&look(store, tenant, asked).await?, read)
}

/// Whoever read earlier and comes later changes nothing.
pub(super) async fn keep<S: Speaks>(store: &S, row: &OrganisationRow, over: Option<&str>) -> Result<bool> {
    let asked =
        ask("INSERT INTO organisation (tenant_id, source, tried_at, read_at, due_at, hash, content, held, problem, readings) VALUES (");
    let asked = asked.int(row.tenant.0).comma().text(&row.source).comma().time(row.tried_at).comma().maybe_time(row.read_at);
    let asked = asked.comma().time(row.due_at);
    let asked = asked.comma().text(&row.hash).comma().text(&row.content).comma().maybe_text(row.held.as_deref());
    let asked = asked.comma().maybe_text(row.problem.as_deref()).comma().text(&row.readings);
    let asked = asked.then(
        ") ON CONFLICT (tenant_id, source) DO UPDATE SET tried_at = excluded.tried_at, read_at = excluded.read_at, \
         due_at = excluded.due_at, hash = excluded.hash, content = excluded.content, held = excluded.held, problem = excluded.problem, \
         readings = excluded.readings \
         WHERE organisation.tried_at <= excluded.tried_at AND organisation.hash = ",
    );
    Ok(write(store, asked.text(over.unwrap_or_default())).await? == 1)
}

pub(super) async fn due<S: Speaks>(store: &S, tenant: TenantId, source: &str, now: Timestamp) -> Result<bool> {
    let asked = ask("UPDATE organisation SET due_at = ").time(now).then(" WHERE tenant_id = ").int(tenant.0);
    Ok(write(store, asked.then(" AND source = ").text(source)).await? == 1)
}
