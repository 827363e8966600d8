//! Breakers in people's hands, and the history of all.

use super::watched::{BreakerChange, BreakerHold};
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, Turn, ask, look, write};
use crate::store::cells::Cells;
use crate::store::{Result, decode};

/// Lines of history that are shown.
const HISTORY_MAX: u32 = 100;

pub(super) async fn held<S: Speaks>(store: &S) -> Result<Vec<BreakerHold>> {
    let mut turn = store.turn().await?;
    let rows =
        turn.rows(ask("SELECT tenant_id, connection, state, actor, reason, at FROM breaker_hold ORDER BY tenant_id, connection")).await?;
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "breaker_hold", "connection");
        Ok(BreakerHold {
            tenant: cells.int("tenant_id").map(TenantId)?,
            connection: cells.text("connection")?,
            state: cells.maybe_text("state")?,
            actor: cells.text("actor")?,
            reason: cells.text("reason")?,
            at: cells.time("at")?,
        })
    };
    decode::all(&rows, read)
}

pub(super) async fn hold<S: Speaks>(store: &S, hold: &BreakerHold, change: &BreakerChange) -> Result<()> {
    let mut turn = store.turn_of(hold.tenant).await?;
    let asked = match &hold.state {
        None => ask("DELETE FROM breaker_hold WHERE tenant_id = ").int(hold.tenant.0).then(" AND connection = ").text(&hold.connection),
        Some(state) => ask("INSERT INTO breaker_hold (tenant_id, connection, state, actor, reason, at) VALUES (")
            .int(hold.tenant.0)
            .comma()
            .text(&hold.connection)
            .comma()
            .text(state)
            .comma()
            .text(&hold.actor)
            .comma()
            .text(&hold.reason)
            .comma()
            .time(hold.at)
            .then(
                ") ON CONFLICT (tenant_id, connection) DO UPDATE SET state = excluded.state, actor = excluded.actor,
                reason = excluded.reason, at = excluded.at",
            ),
    };
    turn.done(asked).await?;
    turn.done(lines(std::slice::from_ref(change))).await?;
    turn.keep().await?;
    Ok(())
}

fn lines(changes: &[BreakerChange]) -> Ask {
    let cells = |asked: Ask, row: &BreakerChange| {
        let asked = asked.id(row.id).comma().time(row.at).comma().int(row.tenant.0).comma().text(&row.connection).comma().text(&row.state);
        asked.comma().maybe_text(row.actor.as_deref()).comma().maybe_text(row.reason.as_deref()).comma().maybe_text(row.process.as_deref())
    };
    ask("INSERT INTO breaker_change (id, at, tenant_id, connection, state, actor, reason, process)")
        .rows(changes, cells)
        .then(" ON CONFLICT (id) DO NOTHING")
}

pub(super) async fn add<S: Speaks>(store: &S, changes: &[BreakerChange]) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    write(store, lines(changes)).await.map(|_| ())
}

pub(super) async fn history<S: Speaks>(store: &S, tenant: TenantId, connection: &str) -> Result<Vec<BreakerChange>> {
    let asked = ask("SELECT id, at, state, actor, reason, process FROM breaker_change WHERE tenant_id = ").int(tenant.0);
    let asked = asked.then(" AND connection = ").text(connection).then(" ORDER BY at DESC, id DESC LIMIT ").int(HISTORY_MAX);
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "breaker_change", "id");
        Ok(BreakerChange {
            id: cells.id("id", |id| id)?,
            tenant,
            at: cells.time("at")?,
            connection: connection.to_owned(),
            state: cells.text("state")?,
            actor: cells.maybe_text("actor")?,
            reason: cells.maybe_text("reason")?,
            process: cells.maybe_text("process")?,
        })
    };
    decode::all(&look(store, tenant, asked).await?, read)
}
