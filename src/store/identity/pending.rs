//! Sign-ins that somebody went to an identity provider for: rows that are taken once, and end by themselves.

use super::rows::PendingRow;
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, Turn, ask};
use crate::store::cells::{Cell, Cells};
use crate::store::{Result, decode};
use jiff::Timestamp;

pub(super) async fn add<S: Speaks>(store: &S, pending: &PendingRow) -> Result<()> {
    let cells = |asked: Ask, pending: &&PendingRow| {
        let asked = asked.text(&pending.digest).comma().time(pending.created_at).comma().time(pending.expires_at).comma();
        asked.int(pending.tenant.0).comma().text(&pending.provider).comma().text(&pending.return_to)
    };
    let row = ask("INSERT INTO hub_pending (digest, created_at, expires_at, tenant_id, provider, return_to)").rows(&[pending], cells);
    let mut turn = store.turn_of(pending.tenant).await?;
    turn.done(row.then(" ON CONFLICT DO NOTHING")).await?;
    turn.keep().await?;
    Ok(())
}

/// Of many who bring the same answer at once, the one whose deletion finds the row has it.
pub(super) async fn take<S: Speaks>(store: &S, tenant: TenantId, digest: &str, now: Timestamp) -> Result<Option<PendingRow>> {
    let mut turn = store.turn_of(tenant).await?;
    let asked = ask("SELECT digest, created_at, expires_at, tenant_id, provider, return_to FROM hub_pending WHERE tenant_id = ");
    let found = turn.rows(asked.int(tenant.0).then(" AND digest = ").text(digest).then(" AND expires_at > ").time(now)).await?;
    let gone = ask("DELETE FROM hub_pending WHERE tenant_id = ").int(tenant.0).then(" AND digest = ").text(digest);
    let ours = turn.done(gone).await? == 1;
    turn.keep().await?;
    Ok(decode::all(&found, read)?.pop().filter(|_| ours))
}

fn read<R: Cell>(row: &R) -> Result<PendingRow> {
    let cells = Cells::new(row, "hub_pending", "provider");
    Ok(PendingRow {
        digest: cells.text("digest")?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        provider: cells.text("provider")?,
        return_to: cells.text("return_to")?,
        created_at: cells.time("created_at")?,
        expires_at: cells.time("expires_at")?,
    })
}
