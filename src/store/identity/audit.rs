//! The audit's entries: written with what they tell of, sealed a moment later in one chain per tenant.
//!
//! Sealing is apart from writing, because a chain has one end: whoever writes would otherwise wait for whoever writes.

use super::rows::{AuditChoice, AuditRow, KeptAudit};
use crate::domain::access::chain::{Head, UNKNOWN};
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, Turn, ask, look};
use crate::store::cells::{Cell, Cells};
use crate::store::fault::Fault;
use crate::store::{Page, Result, decode};
use jiff::Timestamp;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Entries sealed in one transaction.
const SEALED_MAX: u32 = 500;
/// Entries of a chain read at once.
pub(super) const CHAIN_MAX: u32 = 1_000;

const COLUMNS: &str = "SELECT a.id, a.at, a.number, a.tenant_id, a.actor, a.via, a.action, a.object, a.outcome, a.detail, a.address, \
    a.request, a.hash FROM audit_entry a WHERE ";

fn insert(entries: &[AuditRow]) -> Ask {
    let cells = |asked: Ask, entry: &AuditRow| {
        let asked = asked.id(entry.id).comma().time(entry.at).comma().int(entry.tenant.0).comma().text(&entry.actor).comma();
        let asked = asked.text(&entry.via).comma().text(&entry.action).comma().maybe_text(entry.object.as_deref()).comma();
        let asked = asked.maybe_text(entry.outcome.as_deref()).comma().text(&entry.detail).comma();
        asked.maybe_text(entry.address.as_deref()).comma().maybe_text(entry.request.as_deref())
    };
    ask("INSERT INTO audit_entry (id, at, tenant_id, actor, via, action, object, outcome, detail, address, request)")
        .rows(entries, cells)
        .then(" ON CONFLICT DO NOTHING")
}

/// Writes an entry within the transaction of what it tells of.
pub(super) async fn beside<T: Turn>(turn: &mut T, entry: &AuditRow) -> std::result::Result<(), Fault> {
    turn.done(insert(std::slice::from_ref(entry))).await?;
    Ok(())
}

pub(super) async fn note<S: Speaks>(store: &S, entries: &[AuditRow]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut turn = store.turn().await?;
    turn.done(insert(entries)).await?;
    turn.keep().await?;
    Ok(())
}

pub(super) async fn finish<S: Speaks>(store: &S, ends: &[(Uuid, String)]) -> Result<()> {
    let mut turn = store.turn().await?;
    for (id, outcome) in ends {
        let asked = ask("UPDATE audit_entry SET outcome = ").text(outcome).then(" WHERE number IS NULL AND outcome IS NULL AND id = ");
        turn.done(asked.id(*id)).await?;
    }
    turn.keep().await?;
    Ok(())
}

pub(super) async fn list<S: Speaks>(store: &S, choice: &AuditChoice, page: &Page) -> Result<Vec<KeptAudit>> {
    let asked = ask(COLUMNS).then("a.tenant_id = ").int(choice.tenant.0).and_text(" AND a.actor = ", choice.actor.as_deref());
    let asked = asked.and_text(" AND a.action = ", choice.action.as_deref()).and_text(" AND a.object = ", choice.object.as_deref());
    let mut asked = asked.and_text(" AND a.outcome = ", choice.outcome.as_deref());
    if let Some(since) = choice.since {
        asked = asked.then(" AND a.at >= ").time(since);
    }
    if let Some(until) = choice.until {
        asked = asked.then(" AND a.at < ").time(until);
    }
    if let Some((at, id)) = page.after {
        asked = asked.then(" AND (a.at, a.id) < (").time(at).comma().id(id).then(")");
    }
    decode::all(&look(store, choice.tenant, asked.then(" ORDER BY a.at DESC, a.id DESC LIMIT ").int(page.limit)).await?, read)
}

pub(super) async fn chain<S: Speaks>(store: &S, tenant: TenantId, after: u64) -> Result<Vec<KeptAudit>> {
    let asked = ask(COLUMNS).then("a.tenant_id = ").int(tenant.0).then(" AND a.number > ").int(i64::try_from(after).unwrap_or(i64::MAX));
    decode::all(&look(store, tenant, asked.then(" ORDER BY a.number LIMIT ").int(CHAIN_MAX)).await?, read)
}

pub(super) async fn head<S: Speaks>(store: &S, tenant: TenantId) -> Result<Head> {
    let asked = ask("SELECT tenant_id, number, hash FROM audit_head WHERE tenant_id = ").int(tenant.0);
    Ok(look(store, tenant, asked).await?.first().map(read_head).transpose()?.unwrap_or_default())
}

pub(super) async fn seal<S: Speaks>(store: &S, unfinished_before: Timestamp) -> Result<u32> {
    let mut turn = store.turn().await?;
    let waiting = ask(COLUMNS).then("a.number IS NULL AND (a.outcome IS NOT NULL OR a.at <= ").time(unfinished_before);
    let waiting = turn.rows(waiting.then(") ORDER BY a.id LIMIT ").int(SEALED_MAX)).await?;
    let mut tenants: BTreeMap<TenantId, Vec<AuditRow>> = BTreeMap::new();
    for kept in decode::all(&waiting, read)? {
        tenants.entry(kept.entry.tenant).or_default().push(kept.entry);
    }
    let mut sealed = 0;
    for (tenant, entries) in tenants {
        sealed += seal_of(&mut turn, tenant, entries).await?;
    }
    turn.keep().await?;
    Ok(sealed)
}

/// Seals entries of one tenant. Its head is locked first: replicas that look at the same moment seal one after the other,
/// and what the first has sealed the second passes over.
async fn seal_of<T: Turn>(turn: &mut T, tenant: TenantId, entries: Vec<AuditRow>) -> Result<u32> {
    let begin = ask("INSERT INTO audit_head (tenant_id, number, hash) VALUES (").int(tenant.0).then(", 0, '') ON CONFLICT DO NOTHING");
    turn.done(begin).await?;
    let locked = ask("SELECT tenant_id, number, hash FROM audit_head WHERE tenant_id = ").int(tenant.0).either(" FOR UPDATE", "");
    let mut head = turn.rows(locked).await?.first().map(read_head).transpose()?.unwrap_or_default();
    let mut sealed = 0;
    for mut entry in entries {
        let outcome = entry.outcome.take().unwrap_or_else(|| UNKNOWN.to_owned());
        entry.outcome = Some(outcome.clone());
        let number = head.number + 1;
        let hash = entry.link(number).hash(&head.hash);
        let asked = ask("UPDATE audit_entry SET number = ").int(i64::try_from(number).unwrap_or(i64::MAX)).then(", hash = ").text(&hash);
        let asked = asked.then(", outcome = ").text(&outcome).then(" WHERE number IS NULL AND (outcome IS NULL OR outcome = ");
        if turn.done(asked.text(&outcome).then(") AND id = ").id(entry.id)).await? == 1 {
            head = Head { number, hash };
            sealed += 1;
        }
    }
    let moved = ask("UPDATE audit_head SET number = ").int(i64::try_from(head.number).unwrap_or(i64::MAX)).then(", hash = ");
    turn.done(moved.text(&head.hash).then(" WHERE tenant_id = ").int(tenant.0)).await?;
    Ok(sealed)
}

pub(super) async fn heads<S: Speaks>(store: &S) -> Result<Vec<(TenantId, Head)>> {
    let mut turn = store.turn().await?;
    let rows = turn.rows(ask("SELECT tenant_id, number, hash FROM audit_head ORDER BY tenant_id")).await?;
    let read = |row: &S::Row| Ok((Cells::new(row, "audit_head", "hash").int("tenant_id").map(TenantId)?, read_head(row)?));
    decode::all(&rows, read)
}

fn read_head<R: Cell>(row: &R) -> Result<Head> {
    let cells = Cells::new(row, "audit_head", "hash");
    Ok(Head { number: cells.int("number")?, hash: cells.text("hash")? })
}

fn read<R: Cell>(row: &R) -> Result<KeptAudit> {
    let cells = Cells::new(row, "audit_entry", "id");
    let entry = AuditRow {
        id: cells.id("id", |id| id)?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        at: cells.time("at")?,
        actor: cells.text("actor")?,
        via: cells.text("via")?,
        action: cells.text("action")?,
        object: cells.maybe_text("object")?,
        outcome: cells.maybe_text("outcome")?,
        detail: cells.text("detail")?,
        address: cells.maybe_text("address")?,
        request: cells.maybe_text("request")?,
    };
    let sealed = match (cells.maybe_int("number")?, cells.maybe_text("hash")?) {
        (Some(number), Some(hash)) => Some(Head { number, hash }),
        _ => None,
    };
    Ok(KeptAudit { entry, sealed })
}
