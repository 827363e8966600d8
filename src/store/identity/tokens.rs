//! Tokens for programs: of a person, or of a service. What is kept is a digest.

use super::audit::beside;
use super::rows::{ApiTokenRow, AuditRow, TokenChoice, UserRow};
use super::users;
use crate::domain::ids::{TenantId, UserId};
use crate::store::ask::{Ask, Speaks, Turn, ask, look, write_of};
use crate::store::cells::{Cell, Cells};
use crate::store::{Result, decode};
use jiff::Timestamp;
use uuid::Uuid;

/// Tokens that are shown; who has more has lost sight of them anyway.
const SHOWN_MAX: u32 = 1_000;

const COLUMNS: &str = "SELECT t.id, t.created_at, t.expires_at, t.used_at, t.tenant_id, t.user_id, t.name, t.digest, t.permissions, t.created_by \
    FROM api_token t WHERE t.revoked_at IS NULL AND t.tenant_id = ";

pub(super) async fn add<S: Speaks>(store: &S, token: &ApiTokenRow, entry: &AuditRow) -> Result<bool> {
    let cells = |asked: Ask, token: &&ApiTokenRow| {
        let asked = asked.id(token.id).comma().time(token.created_at).comma().time(token.expires_at).comma().int(token.tenant.0).comma();
        let asked = match token.user {
            Some(user) => asked.id(user.0),
            None => asked.then("NULL"),
        };
        let asked = asked.comma().text(&token.name).comma().text(&token.digest).comma().text(&token.permissions).comma();
        asked.text(&token.created_by)
    };
    let row = ask("INSERT INTO api_token (id, created_at, expires_at, tenant_id, user_id, name, digest, permissions, created_by)");
    let mut turn = store.turn_of(token.tenant).await?;
    if turn.done(row.rows(&[token], cells).then(" ON CONFLICT DO NOTHING")).await? == 0 {
        return Ok(false);
    }
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(true)
}

pub(super) async fn list<S: Speaks>(store: &S, choice: &TokenChoice) -> Result<Vec<ApiTokenRow>> {
    let mut asked = ask(COLUMNS).int(choice.tenant.0);
    if let Some(user) = choice.user {
        asked = asked.then(" AND t.user_id = ").id(user.0);
    }
    decode::all(&look(store, choice.tenant, asked.then(" ORDER BY t.name, t.id LIMIT ").int(SHOWN_MAX)).await?, read)
}

pub(super) async fn one<S: Speaks>(
    store: &S,
    tenant: TenantId,
    digest: &str,
    now: Timestamp,
) -> Result<Option<(ApiTokenRow, Option<UserRow>)>> {
    let token = ask(COLUMNS).int(tenant.0).then(" AND t.expires_at > ").time(now).then(" AND t.digest = ").text(digest);
    let user = users::columns().int(tenant.0).then(" AND u.id = (SELECT t.user_id FROM api_token t WHERE t.tenant_id = ").int(tenant.0);
    let user = user.then(" AND t.digest = ").text(digest).then(")");
    let mut found = store.look(tenant, vec![token, user]).await?;
    let user = found.pop().unwrap_or_default().first().map(users::read).transpose()?;
    let token = found.pop().unwrap_or_default().first().map(read).transpose()?;
    Ok(token.map(|token| (token, user)))
}

pub(super) async fn touch<S: Speaks>(store: &S, tenant: TenantId, id: Uuid, at: Timestamp) -> Result<()> {
    let asked = ask("UPDATE api_token SET used_at = ").time(at).then(" WHERE tenant_id = ").int(tenant.0).then(" AND id = ").id(id);
    write_of(store, tenant, asked.then(" AND (used_at IS NULL OR used_at < ").time(at).then(")")).await?;
    Ok(())
}

pub(super) async fn revoke<S: Speaks>(store: &S, choice: &TokenChoice, id: Uuid, at: Timestamp, entry: &AuditRow) -> Result<bool> {
    let mut asked =
        ask("UPDATE api_token SET revoked_at = ").time(at).then(" WHERE revoked_at IS NULL AND tenant_id = ").int(choice.tenant.0);
    if let Some(user) = choice.user {
        asked = asked.then(" AND user_id = ").id(user.0);
    }
    let mut turn = store.turn_of(choice.tenant).await?;
    if turn.done(asked.then(" AND id = ").id(id)).await? == 0 {
        return Ok(false);
    }
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(true)
}

fn read<R: Cell>(row: &R) -> Result<ApiTokenRow> {
    let cells = Cells::new(row, "api_token", "id");
    Ok(ApiTokenRow {
        id: cells.id("id", |id| id)?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        user: cells.maybe_id("user_id", UserId)?,
        name: cells.text("name")?,
        digest: cells.text("digest")?,
        permissions: cells.text("permissions")?,
        created_by: cells.text("created_by")?,
        created_at: cells.time("created_at")?,
        expires_at: cells.time("expires_at")?,
        used_at: cells.maybe_time("used_at")?,
    })
}
