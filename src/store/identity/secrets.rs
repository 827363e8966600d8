//! Secrets in their envelopes. The store never holds what opens them.

use super::audit::beside;
use super::rows::{AuditRow, SecretRow};
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, Turn, ask, look};
use crate::store::cells::{Cell, Cells};
use crate::store::{Result, decode};

/// Secrets of one tenant.
pub const SECRETS_MAX: u32 = 1_000;

fn columns() -> Ask {
    ask("SELECT tenant_id, name, version, master, wrapped, sealed, set_at, set_by, expires_at FROM secret")
}

pub(super) async fn list<S: Speaks>(store: &S, tenant: TenantId) -> Result<Vec<SecretRow>> {
    let asked = columns().then(" WHERE tenant_id = ").int(tenant.0).then(" ORDER BY name LIMIT ").int(SECRETS_MAX);
    decode::all(&look(store, tenant, asked).await?, read)
}

/// In pages, and as the engine, which works over all tenants.
pub(super) async fn all<S: Speaks>(store: &S) -> Result<Vec<SecretRow>> {
    let mut found: Vec<SecretRow> = Vec::new();
    loop {
        let mut asked = columns();
        if let Some(last) = found.last() {
            asked = asked.then(" WHERE tenant_id > ").int(last.tenant.0);
            asked = asked.then(" OR (tenant_id = ").int(last.tenant.0).then(" AND name > ").text(&last.name).then(")");
        }
        let mut turn = store.turn().await?;
        let page = decode::all(&turn.rows(asked.then(" ORDER BY tenant_id, name LIMIT ").int(SECRETS_MAX)).await?, read)?;
        turn.keep().await?;
        let full = page.len() == SECRETS_MAX as usize;
        found.extend(page);
        if !full {
            return Ok(found);
        }
    }
}

pub(super) async fn save<S: Speaks>(store: &S, secret: &SecretRow, entry: &AuditRow) -> Result<bool> {
    let mut turn = store.turn_of(secret.tenant).await?;
    if turn.done(saved(secret)).await? == 0 {
        return Ok(false);
    }
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(true)
}

/// The first value is inserted, each later one takes the place of the one before it.
fn saved(secret: &SecretRow) -> Ask {
    if secret.version == 1 {
        let cells = |asked: Ask, secret: &&SecretRow| {
            let asked = asked.int(secret.tenant.0).comma().text(&secret.name).comma().int(secret.version).comma();
            let asked = asked.text(&secret.master).comma().text(&secret.wrapped).comma().text(&secret.sealed).comma();
            asked.time(secret.set_at).comma().text(&secret.set_by).comma().maybe_time(secret.expires_at)
        };
        let insert = ask("INSERT INTO secret (tenant_id, name, version, master, wrapped, sealed, set_at, set_by, expires_at)");
        return insert.rows(&[secret], cells).then(" ON CONFLICT DO NOTHING");
    }
    let asked = ask("UPDATE secret SET version = ").int(secret.version).then(", master = ").text(&secret.master);
    let asked = asked.then(", wrapped = ").text(&secret.wrapped).then(", sealed = ").text(&secret.sealed);
    let asked = asked.then(", set_at = ").time(secret.set_at).then(", set_by = ").text(&secret.set_by);
    let asked = asked.then(", expires_at = ").maybe_time(secret.expires_at).then(" WHERE tenant_id = ").int(secret.tenant.0);
    asked.then(" AND name = ").text(&secret.name).then(" AND version = ").int(i64::from(secret.version) - 1)
}

pub(super) async fn rewrap<S: Speaks>(store: &S, before: &SecretRow, after: &SecretRow) -> Result<bool> {
    let mut turn = store.turn_of(before.tenant).await?;
    let asked = ask("UPDATE secret SET master = ").text(&after.master).then(", wrapped = ").text(&after.wrapped);
    let asked = asked.then(" WHERE tenant_id = ").int(before.tenant.0).then(" AND name = ").text(&before.name);
    // Only over what was opened: a value that was set meanwhile has an envelope of its own.
    let asked = asked.then(" AND version = ").int(before.version).then(" AND wrapped = ").text(&before.wrapped);
    let done = turn.done(asked).await? > 0;
    turn.keep().await?;
    Ok(done)
}

pub(super) async fn remove<S: Speaks>(store: &S, tenant: TenantId, name: &str, version: u32, entry: &AuditRow) -> Result<bool> {
    let mut turn = store.turn_of(tenant).await?;
    let asked = ask("DELETE FROM secret WHERE tenant_id = ").int(tenant.0).then(" AND name = ").text(name);
    if turn.done(asked.then(" AND version = ").int(version)).await? == 0 {
        return Ok(false);
    }
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(true)
}

fn read<R: Cell>(row: &R) -> Result<SecretRow> {
    let cells = Cells::new(row, "secret", "name");
    Ok(SecretRow {
        tenant: cells.int("tenant_id").map(TenantId)?,
        name: cells.text("name")?,
        version: cells.int("version")?,
        master: cells.text("master")?,
        wrapped: cells.text("wrapped")?,
        sealed: cells.text("sealed")?,
        set_at: cells.time("set_at")?,
        set_by: cells.text("set_by")?,
        expires_at: cells.maybe_time("expires_at")?,
    })
}
