//! One-time links: what makes the first owner, and what sets a forgotten password.

use super::audit::beside;
use super::rows::{AuditRow, OnceLinkRow};
use crate::domain::ids::{TenantId, UserId};
use crate::store::ask::{Ask, Speaks, Turn, ask, look};
use crate::store::cells::{Cell, Cells};
use crate::store::fault::Fault;
use crate::store::{Result, decode};
use jiff::Timestamp;

pub(super) async fn add<S: Speaks>(store: &S, link: &OnceLinkRow, entry: &AuditRow) -> Result<()> {
    let mut turn = store.turn_of(link.tenant).await?;
    if let Some(user) = link.user {
        let older = ask("DELETE FROM hub_link WHERE tenant_id = ").int(link.tenant.0).then(" AND user_id = ").id(user.0);
        turn.done(older.then(" AND purpose = ").text(&link.purpose)).await?;
    }
    let cells = |asked: Ask, link: &&OnceLinkRow| {
        let asked = asked.text(&link.digest).comma().time(link.created_at).comma().time(link.expires_at).comma();
        let asked = asked.int(link.tenant.0).comma().text(&link.purpose).comma();
        let asked = match link.user {
            Some(user) => asked.id(user.0),
            None => asked.then("NULL"),
        };
        asked.comma().text(&link.created_by)
    };
    let row = ask("INSERT INTO hub_link (digest, created_at, expires_at, tenant_id, purpose, user_id, created_by)").rows(&[link], cells);
    turn.done(row.then(" ON CONFLICT DO NOTHING")).await?;
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(())
}

pub(super) async fn one<S: Speaks>(store: &S, tenant: TenantId, digest: &str, now: Timestamp) -> Result<Option<OnceLinkRow>> {
    let asked = ask("SELECT digest, created_at, expires_at, tenant_id, purpose, user_id, created_by FROM hub_link WHERE tenant_id = ")
        .int(tenant.0)
        .then(" AND digest = ")
        .text(digest)
        .then(" AND expires_at > ")
        .time(now);
    Ok(decode::all(&look(store, tenant, asked).await?, read)?.pop())
}

/// Uses a link up within the transaction of what it was for; false when it is gone or over.
pub(super) async fn used<T: Turn>(turn: &mut T, tenant: TenantId, digest: &str, now: Timestamp) -> std::result::Result<bool, Fault> {
    let gone = ask("DELETE FROM hub_link WHERE tenant_id = ").int(tenant.0).then(" AND digest = ").text(digest);
    Ok(turn.done(gone.then(" AND expires_at > ").time(now)).await? == 1)
}

fn read<R: Cell>(row: &R) -> Result<OnceLinkRow> {
    let cells = Cells::new(row, "hub_link", "purpose");
    Ok(OnceLinkRow {
        digest: cells.text("digest")?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        purpose: cells.text("purpose")?,
        user: cells.maybe_id("user_id", UserId)?,
        created_by: cells.text("created_by")?,
        created_at: cells.time("created_at")?,
        expires_at: cells.time("expires_at")?,
    })
}
