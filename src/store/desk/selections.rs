//! Selections: what somebody chose, frozen by one statement in the database, so that a hundred thousand ids never travel.

use super::exceptions::chosen;
use super::messages;
use super::rows::{Chosen, NewSelection, SelectionRow};
use super::search;
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, Turn, ask, look};
use crate::store::cells::Cells;
use crate::store::{Result, decode};
use jiff::Timestamp;
use uuid::Uuid;

pub(super) async fn freeze<S: Speaks>(store: &S, selection: &NewSelection, most: u32) -> Result<u32> {
    let mut turn = store.turn_of(selection.tenant).await?;
    let found = turn.done(items_of(selection, most)).await?;
    let count = u32::try_from(found).unwrap_or(u32::MAX);
    if count > most {
        // Dropped, the turn takes everything back.
        return Ok(count);
    }
    let asked = ask("INSERT INTO selection (id, created_at, expires_at, tenant_id, number, resource, actor, filter) VALUES (")
        .id(selection.id)
        .comma()
        .time(selection.created_at)
        .comma()
        .time(selection.expires_at)
        .comma()
        .int(selection.tenant.0)
        .comma()
        .int(count)
        .comma()
        .text(selection.chosen.resource())
        .comma()
        .text(&selection.actor)
        .comma()
        .text(&selection.filter)
        .then(")");
    turn.done(asked).await?;
    turn.keep().await?;
    Ok(count)
}

/// One row more than is allowed tells that there are too many.
fn items_of(selection: &NewSelection, most: u32) -> Ask {
    let tenant = selection.tenant.0;
    let asked = ask("INSERT INTO selection_item (selection_id, tenant_id, position, target_id) SELECT ").id(selection.id);
    let asked = asked
        .either("::uuid, ", ", ")
        .int(tenant)
        .either("::integer, ", ", ")
        .then("row_number() OVER (ORDER BY at DESC, id DESC), id FROM (");
    let asked = match &selection.chosen {
        Chosen::Exceptions(choice) => {
            chosen(asked.then("SELECT x.opened_at AS at, x.id AS id"), choice).then(" ORDER BY x.opened_at DESC, x.id DESC")
        }
        Chosen::Documents(choice) => {
            search::chosen(asked.then("SELECT d.created_at AS at, d.id AS id"), choice).then(" ORDER BY d.created_at DESC, d.id DESC")
        }
        Chosen::Messages(choice) => {
            messages::chosen(asked.then("SELECT m.received_at AS at, m.id AS id"), choice).then(" ORDER BY m.received_at DESC, m.id DESC")
        }
        Chosen::Ids("exceptions", ids) => asked
            .then("SELECT x.opened_at AS at, x.id AS id FROM exception x WHERE x.tenant_id = ")
            .int(tenant)
            .then(" AND x.id")
            .in_ids(ids),
        Chosen::Ids("messages", ids) => asked
            .then("SELECT m.received_at AS at, m.id AS id FROM message m WHERE m.tenant_id = ")
            .int(tenant)
            .then(" AND m.id")
            .in_ids(ids),
        Chosen::Ids(_, ids) => asked
            .then("SELECT d.created_at AS at, d.id AS id FROM document d WHERE d.tenant_id = ")
            .int(tenant)
            .then(" AND d.id")
            .in_ids(ids),
    };
    asked.then(" LIMIT ").int(i64::from(most) + 1).then(") AS f")
}

pub(super) async fn one<S: Speaks>(store: &S, tenant: TenantId, id: Uuid, now: Timestamp) -> Result<Option<SelectionRow>> {
    let asked = ask("SELECT id, created_at, expires_at, tenant_id, number, resource, actor, filter FROM selection WHERE tenant_id = ")
        .int(tenant.0)
        .then(" AND id = ")
        .id(id)
        .then(" AND expires_at > ")
        .time(now);
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "selection", "id");
        Ok(SelectionRow {
            id,
            tenant,
            created_at: cells.time("created_at")?,
            expires_at: cells.time("expires_at")?,
            count: cells.int("number")?,
            resource: cells.text("resource")?,
            actor: cells.text("actor")?,
            filter: cells.text("filter")?,
        })
    };
    look(store, tenant, asked).await?.first().map(read).transpose()
}

pub(super) async fn items<S: Speaks>(store: &S, tenant: TenantId, id: Uuid, after: u32, limit: u32) -> Result<Vec<(u32, Uuid)>> {
    let asked = ask("SELECT position, target_id FROM selection_item WHERE tenant_id = ")
        .int(tenant.0)
        .then(" AND selection_id = ")
        .id(id)
        .then(" AND position > ")
        .int(after)
        .then(" ORDER BY position LIMIT ")
        .int(limit);
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "selection_item", "target_id");
        Ok((cells.int("position")?, cells.id("target_id", |id| id)?))
    };
    decode::all(&look(store, tenant, asked).await?, read)
}
