//! Who users are at identity providers: by the issuer and the subject, which a provider never gives to somebody else.

use super::audit::beside;
use super::rows::{AuditRow, LinkedRow, LinkedSaved, SessionChoice, UserRow};
use super::sessions::ended;
use super::users;
use crate::domain::ids::{TenantId, UserId};
use crate::store::ask::{Ask, Speaks, Turn, ask, look};
use crate::store::cells::{Cell, Cells};
use crate::store::{Result, decode};
use uuid::Uuid;

/// Providers one user is known at that are shown.
const SHOWN_MAX: u32 = 100;

pub(super) async fn user<S: Speaks>(store: &S, tenant: TenantId, issuer: &str, subject: &str) -> Result<Option<UserRow>> {
    let asked = users::columns().int(tenant.0).then(" AND u.id = (SELECT i.user_id FROM hub_identity i WHERE i.tenant_id = ");
    let asked = asked.int(tenant.0).then(" AND i.issuer = ").text(issuer).then(" AND i.subject = ").text(subject).then(")");
    look(store, tenant, asked).await?.first().map(users::read).transpose()
}

pub(super) async fn list<S: Speaks>(store: &S, tenant: TenantId, user: UserId) -> Result<Vec<LinkedRow>> {
    let asked =
        ask("SELECT id, created_at, tenant_id, user_id, provider, issuer, subject, created_by FROM hub_identity WHERE tenant_id = ")
            .int(tenant.0)
            .then(" AND user_id = ")
            .id(user.0);
    decode::all(&look(store, tenant, asked.then(" ORDER BY created_at, id LIMIT ").int(SHOWN_MAX)).await?, read)
}

pub(super) async fn add<S: Speaks>(store: &S, linked: &LinkedRow, user: Option<&UserRow>, entry: &AuditRow) -> Result<LinkedSaved> {
    let cells = |asked: Ask, linked: &&LinkedRow| {
        let asked = asked.id(linked.id).comma().time(linked.created_at).comma().int(linked.tenant.0).comma().id(linked.user.0).comma();
        asked.text(&linked.provider).comma().text(&linked.issuer).comma().text(&linked.subject).comma().text(&linked.created_by)
    };
    let row = ask("INSERT INTO hub_identity (id, created_at, tenant_id, user_id, provider, issuer, subject, created_by)");
    let mut turn = store.turn_of(linked.tenant).await?;
    if turn.done(row.rows(&[linked], cells).then(" ON CONFLICT DO NOTHING")).await? == 0 {
        return Ok(LinkedSaved::SubjectTaken);
    }
    if let Some(user) = user
        && !users::inserted(&mut turn, user).await?
    {
        return Ok(LinkedSaved::NameTaken);
    }
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(LinkedSaved::Saved)
}

pub(super) async fn remove<S: Speaks>(store: &S, tenant: TenantId, user: UserId, id: Uuid, entry: &AuditRow) -> Result<bool> {
    let asked = ask("DELETE FROM hub_identity WHERE tenant_id = ").int(tenant.0).then(" AND user_id = ").id(user.0);
    let mut turn = store.turn_of(tenant).await?;
    if turn.done(asked.then(" AND id = ").id(id)).await? == 0 {
        return Ok(false);
    }
    // Some of them were begun by what is now forgotten.
    turn.done(ended(&SessionChoice { tenant, user, only: None, except: None })).await?;
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(true)
}

fn read<R: Cell>(row: &R) -> Result<LinkedRow> {
    let cells = Cells::new(row, "hub_identity", "id");
    Ok(LinkedRow {
        id: cells.id("id", |id| id)?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        user: cells.id("user_id", UserId)?,
        provider: cells.text("provider")?,
        issuer: cells.text("issuer")?,
        subject: cells.text("subject")?,
        created_by: cells.text("created_by")?,
        created_at: cells.time("created_at")?,
    })
}
