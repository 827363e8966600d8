//! Filters people keep, for themselves or for all.

use super::rows::SavedViewRow;
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, ask, look, write_of};
use crate::store::cells::{Cell, Cells};
use crate::store::{Result, decode};
use uuid::Uuid;

/// Views one page may have; more are no help to anybody.
const VIEWS_MAX: u32 = 200;

fn mine(tenant: TenantId, owner: &str) -> Ask {
    ask("SELECT v.id, v.created_at, v.updated_at, v.tenant_id, v.version, v.shared, v.page, v.name, v.owner, v.query FROM saved_view v WHERE v.tenant_id = ")
        .int(tenant.0)
        .then(" AND (v.owner = ")
        .text(owner)
        .then(" OR v.shared)")
}

pub(super) async fn list<S: Speaks>(store: &S, tenant: TenantId, owner: &str, page: Option<&str>) -> Result<Vec<SavedViewRow>> {
    let asked = mine(tenant, owner).and_text(" AND v.page = ", page).then(" ORDER BY v.page, v.name, v.id LIMIT ").int(VIEWS_MAX);
    decode::all(&look(store, tenant, asked).await?, read)
}

pub(super) async fn one<S: Speaks>(store: &S, tenant: TenantId, owner: &str, id: Uuid) -> Result<Option<SavedViewRow>> {
    let asked = mine(tenant, owner).then(" AND v.id = ").id(id);
    look(store, tenant, asked).await?.first().map(read).transpose()
}

/// A taken name and a version that has moved on both write nothing.
pub(super) async fn save<S: Speaks>(store: &S, view: &SavedViewRow) -> Result<bool> {
    let asked = if view.version == 1 {
        let cells = |asked: Ask, view: &&SavedViewRow| {
            let asked = asked.id(view.id).comma().time(view.created_at).comma().time(view.updated_at).comma().int(view.tenant.0).comma();
            let asked = asked.int(view.version).comma().flag(view.shared).comma().text(&view.page).comma().text(&view.name).comma();
            asked.text(&view.owner).comma().text(&view.query)
        };
        ask("INSERT INTO saved_view (id, created_at, updated_at, tenant_id, version, shared, page, name, owner, query)")
            .rows(&[view], cells)
            .then(" ON CONFLICT DO NOTHING")
    } else {
        ask("UPDATE saved_view SET version = version + 1, updated_at = ")
            .time(view.updated_at)
            .then(", shared = ")
            .flag(view.shared)
            .then(", name = ")
            .text(&view.name)
            .then(", query = ")
            .text(&view.query)
            .then(" WHERE tenant_id = ")
            .int(view.tenant.0)
            .then(" AND owner = ")
            .text(&view.owner)
            .then(" AND id = ")
            .id(view.id)
            .then(" AND version = ")
            .int(i64::from(view.version) - 1)
            .then(" AND NOT EXISTS (SELECT 1 FROM saved_view o WHERE o.tenant_id = ")
            .int(view.tenant.0)
            .then(" AND o.page = ")
            .text(&view.page)
            .then(" AND o.owner = ")
            .text(&view.owner)
            .then(" AND o.name = ")
            .text(&view.name)
            .then(" AND o.id <> ")
            .id(view.id)
            .then(")")
    };
    Ok(write_of(store, view.tenant, asked).await? == 1)
}

pub(super) async fn drop<S: Speaks>(store: &S, tenant: TenantId, owner: &str, id: Uuid, version: u32) -> Result<bool> {
    let asked = ask("DELETE FROM saved_view WHERE tenant_id = ").int(tenant.0).then(" AND owner = ").text(owner);
    let asked = asked.then(" AND id = ").id(id).then(" AND version = ").int(version);
    Ok(write_of(store, tenant, asked).await? == 1)
}

fn read<R: Cell>(row: &R) -> Result<SavedViewRow> {
    let cells = Cells::new(row, "saved_view", "id");
    Ok(SavedViewRow {
        id: cells.id("id", |id| id)?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        version: cells.int("version")?,
        shared: cells.flag("shared")?,
        page: cells.text("page")?,
        name: cells.text("name")?,
        owner: cells.text("owner")?,
        query: cells.text("query")?,
        created_at: cells.time("created_at")?,
        updated_at: cells.time("updated_at")?,
    })
}
