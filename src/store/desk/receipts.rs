//! Receipts of webhooks: the last few of each connection.

use super::exceptions::{limit, start};
use super::watched::ReceiptRow;
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, Turn, ask, look};
use crate::store::cells::Cells;
use crate::store::{Page, Result, decode};
use std::collections::BTreeSet;

pub(super) async fn add<S: Speaks>(store: &S, receipts: &[ReceiptRow], keep: u32) -> Result<()> {
    if receipts.is_empty() {
        return Ok(());
    }
    let mut turn = store.turn().await?;
    for rows in receipts.chunks(500) {
        let cells = |asked: Ask, row: &ReceiptRow| {
            let asked = asked.id(row.id).comma().time(row.at).comma().int(row.tenant.0).comma().int(row.bytes).comma().int(row.status);
            let asked = asked.comma().text(&row.connection).comma().text(&row.webhook).comma().text(&row.signature);
            asked.comma().maybe_text(row.message.as_deref())
        };
        let asked = ask("INSERT INTO receipt (id, at, tenant_id, bytes, status, connection, webhook, signature, message)");
        turn.done(asked.rows(rows, cells).then(" ON CONFLICT (id) DO NOTHING")).await?;
    }
    let touched: BTreeSet<(TenantId, &str)> = receipts.iter().map(|row| (row.tenant, row.connection.as_str())).collect();
    for (tenant, connection) in touched {
        let mine = |asked: Ask| asked.then(" WHERE tenant_id = ").int(tenant.0).then(" AND connection = ").text(connection);
        let cut = mine(ask("DELETE FROM receipt")).then(" AND (at, id) < (SELECT at, id FROM receipt");
        turn.done(mine(cut).then(" ORDER BY at DESC, id DESC LIMIT 1 OFFSET ").int(i64::from(keep.max(1)) - 1).then(")")).await?;
    }
    turn.keep().await?;
    Ok(())
}

pub(super) async fn list<S: Speaks>(store: &S, tenant: TenantId, connection: &str, page: &Page) -> Result<Vec<ReceiptRow>> {
    let (time, id) = start(page);
    let asked = ask("SELECT id, at, bytes, status, webhook, signature, message FROM receipt WHERE tenant_id = ").int(tenant.0);
    let asked = asked.then(" AND connection = ").text(connection).then(" AND (at, id) < (").int(time).comma().id(id);
    let asked = asked.then(") ORDER BY at DESC, id DESC LIMIT ").int(limit(page));
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "receipt", "id");
        Ok(ReceiptRow {
            id: cells.id("id", |id| id)?,
            tenant,
            at: cells.time("at")?,
            connection: connection.to_owned(),
            webhook: cells.text("webhook")?,
            bytes: cells.int("bytes")?,
            status: cells.int("status")?,
            signature: cells.text("signature")?,
            message: cells.maybe_text("message")?,
        })
    };
    decode::all(&look(store, tenant, asked).await?, read)
}
