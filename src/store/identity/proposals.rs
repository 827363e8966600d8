//! Changes that wait for a second person.

use super::audit::beside;
use super::rows::{AuditRow, ProposalRow, ProposalStep};
use crate::domain::ids::{TenantId, UserId};
use crate::store::ask::{Ask, Speaks, Turn, ask, look};
use crate::store::cells::{Cell, Cells};
use crate::store::{Result, decode};
use jiff::Timestamp;
use uuid::Uuid;

/// Proposals that are shown.
const SHOWN_MAX: u32 = 200;

fn columns() -> Ask {
    ask("SELECT id, created_at, expires_at, settled_at, tenant_id, kind, action, object, digest, shown, proposed_by, proposer_id, \
        proposer_person, state, settled_by, note FROM proposal WHERE tenant_id = ")
}

pub(super) async fn list<S: Speaks>(store: &S, tenant: TenantId, state: Option<&str>) -> Result<Vec<ProposalRow>> {
    let asked = columns().int(tenant.0).and_text(" AND state = ", state);
    decode::all(&look(store, tenant, asked.then(" ORDER BY created_at DESC, id DESC LIMIT ").int(SHOWN_MAX)).await?, read)
}

pub(super) async fn one<S: Speaks>(store: &S, tenant: TenantId, id: Uuid) -> Result<Option<ProposalRow>> {
    Ok(decode::all(&look(store, tenant, columns().int(tenant.0).then(" AND id = ").id(id)).await?, read)?.pop())
}

pub(super) async fn waiting<S: Speaks>(store: &S, tenant: TenantId, digest: &str, by: &str) -> Result<Option<ProposalRow>> {
    let asked = columns().int(tenant.0).then(" AND digest = ").text(digest).then(" AND proposed_by = ").text(by);
    Ok(decode::all(&look(store, tenant, asked.then(" AND state IN ('open', 'confirmed')")).await?, read)?.pop())
}

pub(super) async fn add<S: Speaks>(store: &S, row: &ProposalRow, now: Timestamp, entry: &AuditRow) -> Result<bool> {
    let cells = |asked: Ask, row: &&ProposalRow| {
        let asked = asked.id(row.id).comma().time(row.created_at).comma().time(row.expires_at).comma().int(row.tenant.0).comma();
        let asked = asked.text(&row.kind).comma().text(&row.action).comma().text(&row.object).comma().text(&row.digest).comma();
        let asked = asked.text(&row.shown).comma().text(&row.proposed_by).comma();
        let asked = match row.proposer {
            Some(user) => asked.id(user.0),
            None => asked.then("NULL"),
        };
        asked.comma().maybe_text(row.proposer_person.as_deref()).comma().then("'open'")
    };
    let insert =
        ask("INSERT INTO proposal (id, created_at, expires_at, tenant_id, kind, action, object, digest, shown, proposed_by, proposer_id, \
        proposer_person, state)");
    // What nobody settled in time makes room: the same may be proposed again.
    let over = ask("UPDATE proposal SET state = 'withdrawn', note = 'over', settled_at = ").time(now);
    let over = over.then(" WHERE tenant_id = ").int(row.tenant.0).then(" AND digest = ").text(&row.digest);
    let over = over.then(" AND state IN ('open', 'confirmed') AND expires_at <= ").time(now);
    let mut turn = store.turn_of(row.tenant).await?;
    turn.done(over).await?;
    if turn.done(insert.rows(&[row], cells).then(" ON CONFLICT DO NOTHING")).await? == 0 {
        return Ok(false);
    }
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(true)
}

pub(super) async fn step<S: Speaks>(store: &S, step: &ProposalStep, entry: &AuditRow) -> Result<bool> {
    let asked = ask("UPDATE proposal SET state = ").text(step.to).then(", settled_at = ").time(step.at);
    let asked = match &step.by {
        Some(by) => asked.then(", settled_by = ").text(by),
        None => asked,
    };
    let asked = match &step.note {
        Some(note) => asked.then(", note = ").text(note),
        None => asked,
    };
    let asked = match step.expires_at {
        Some(at) => asked.then(", expires_at = ").time(at),
        None => asked,
    };
    let asked = asked.then(" WHERE tenant_id = ").int(step.tenant.0).then(" AND id = ").id(step.id);
    let asked = asked.then(" AND state = ").text(step.from).then(" AND expires_at > ").time(step.at);
    let mut turn = store.turn_of(step.tenant).await?;
    if turn.done(asked).await? == 0 {
        return Ok(false);
    }
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(true)
}

fn read<R: Cell>(row: &R) -> Result<ProposalRow> {
    let cells = Cells::new(row, "proposal", "id");
    Ok(ProposalRow {
        id: cells.id("id", |id| id)?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        kind: cells.text("kind")?,
        action: cells.text("action")?,
        object: cells.text("object")?,
        digest: cells.text("digest")?,
        shown: cells.text("shown")?,
        proposed_by: cells.text("proposed_by")?,
        proposer: cells.maybe_id("proposer_id", UserId)?,
        proposer_person: cells.maybe_text("proposer_person")?,
        state: cells.text("state")?,
        created_at: cells.time("created_at")?,
        expires_at: cells.time("expires_at")?,
        settled_at: cells.maybe_time("settled_at")?,
        settled_by: cells.maybe_text("settled_by")?,
        note: cells.maybe_text("note")?,
    })
}
