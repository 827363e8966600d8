//! Sessions: rows that end by themselves, found by the digest of what the browser holds.

use super::audit::beside;
use super::rows::{AuditRow, SessionChoice, SessionRow, UserRow};
use super::users;
use crate::domain::ids::{SessionId, TenantId, UserId};
use crate::store::ask::{Ask, Speaks, Turn, ask, look, write, write_of};
use crate::store::cells::{Cell, Cells};
use crate::store::{Result, decode};
use jiff::Timestamp;

/// Rows a call of house-keeping drops of each kind.
const SWEPT_MAX: u32 = 1_000;
/// Sessions of one user that are shown.
const SHOWN_MAX: u32 = 200;

fn columns() -> Ask {
    ask(
        "SELECT id, created_at, used_at, expires_at, tenant_id, user_id, digest, method, address, agent FROM hub_session WHERE tenant_id = ",
    )
}

pub(super) async fn start<S: Speaks>(store: &S, session: &SessionRow, entry: &AuditRow) -> Result<()> {
    let cells = |asked: Ask, session: &&SessionRow| {
        let asked = asked.id(session.id.0).comma().time(session.created_at).comma().time(session.used_at).comma();
        let asked = asked.time(session.expires_at).comma().int(session.tenant.0).comma().id(session.user.0).comma();
        let asked = asked.text(&session.digest).comma().text(&session.method).comma();
        asked.maybe_text(session.address.as_deref()).comma().maybe_text(session.agent.as_deref())
    };
    let row = ask("INSERT INTO hub_session (id, created_at, used_at, expires_at, tenant_id, user_id, digest, method, address, agent)");
    let forgotten = ask("UPDATE hub_user SET failures = 0, locked_until = NULL, last_sign_in_at = ").time(session.created_at);
    let mut turn = store.turn_of(session.tenant).await?;
    turn.done(row.rows(&[session], cells).then(" ON CONFLICT DO NOTHING")).await?;
    turn.done(forgotten.then(" WHERE tenant_id = ").int(session.tenant.0).then(" AND id = ").id(session.user.0)).await?;
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(())
}

pub(super) async fn one<S: Speaks>(store: &S, tenant: TenantId, digest: &str) -> Result<Option<(SessionRow, UserRow)>> {
    let session = columns().int(tenant.0).then(" AND digest = ").text(digest);
    let user = users::columns().int(tenant.0).then(" AND u.id = (SELECT s.user_id FROM hub_session s WHERE s.tenant_id = ").int(tenant.0);
    let user = user.then(" AND s.digest = ").text(digest).then(")");
    let mut found = store.look(tenant, vec![session, user]).await?;
    let user = found.pop().unwrap_or_default().first().map(users::read).transpose()?;
    let session = found.pop().unwrap_or_default().first().map(read).transpose()?;
    Ok(session.zip(user))
}

pub(super) async fn touch<S: Speaks>(store: &S, tenant: TenantId, id: SessionId, at: Timestamp) -> Result<()> {
    let asked = ask("UPDATE hub_session SET used_at = ").time(at).then(" WHERE tenant_id = ").int(tenant.0).then(" AND id = ").id(id.0);
    write_of(store, tenant, asked.then(" AND used_at < ").time(at)).await?;
    Ok(())
}

pub(super) async fn list<S: Speaks>(store: &S, tenant: TenantId, user: UserId, now: Timestamp) -> Result<Vec<SessionRow>> {
    let asked = columns().int(tenant.0).then(" AND user_id = ").id(user.0).then(" AND expires_at > ").time(now);
    decode::all(&look(store, tenant, asked.then(" ORDER BY used_at DESC, id LIMIT ").int(SHOWN_MAX)).await?, read)
}

/// The statement that ends sessions.
pub(super) fn ended(which: &SessionChoice) -> Ask {
    let mut asked = ask("DELETE FROM hub_session WHERE tenant_id = ").int(which.tenant.0).then(" AND user_id = ").id(which.user.0);
    if let Some(only) = which.only {
        asked = asked.then(" AND id = ").id(only.0);
    }
    if let Some(except) = which.except {
        asked = asked.then(" AND id <> ").id(except.0);
    }
    asked
}

pub(super) async fn end<S: Speaks>(store: &S, which: &SessionChoice, entry: &AuditRow) -> Result<u64> {
    let mut turn = store.turn_of(which.tenant).await?;
    let ended = turn.done(ended(which)).await?;
    if ended > 0 {
        beside(&mut turn, entry).await?;
    }
    turn.keep().await?;
    Ok(ended)
}

pub(super) async fn sweep<S: Speaks>(store: &S, now: Timestamp, unused_since: Timestamp) -> Result<u64> {
    let sessions = ask("DELETE FROM hub_session WHERE id IN (SELECT id FROM hub_session WHERE expires_at <= ").time(now);
    let sessions = sessions.then(" OR used_at <= ").time(unused_since).then(" LIMIT ").int(SWEPT_MAX).then(")");
    let links = ask("DELETE FROM hub_link WHERE digest IN (SELECT digest FROM hub_link WHERE expires_at <= ").time(now);
    let links = links.then(" LIMIT ").int(SWEPT_MAX).then(")");
    let pending = ask("DELETE FROM hub_pending WHERE digest IN (SELECT digest FROM hub_pending WHERE expires_at <= ").time(now);
    let pending = pending.then(" LIMIT ").int(SWEPT_MAX).then(")");
    Ok(write(store, sessions).await? + write(store, links).await? + write(store, pending).await?)
}

fn read<R: Cell>(row: &R) -> Result<SessionRow> {
    let cells = Cells::new(row, "hub_session", "id");
    Ok(SessionRow {
        id: cells.id("id", SessionId)?,
        digest: cells.text("digest")?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        user: cells.id("user_id", UserId)?,
        method: cells.text("method")?,
        address: cells.maybe_text("address")?,
        agent: cells.maybe_text("agent")?,
        created_at: cells.time("created_at")?,
        used_at: cells.time("used_at")?,
        expires_at: cells.time("expires_at")?,
    })
}
