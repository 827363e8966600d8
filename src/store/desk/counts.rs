//! Counts of minutes, for charts and health.

use super::watched::{CountChoice, MinuteCount};
use crate::store::ask::{Ask, Speaks, Turn, ask, look};
use crate::store::cells::Cells;
use crate::store::fault::{Fault, again};
use crate::store::{Result, decode};

/// Rows of one statement: seven parameters each.
const ROWS_MAX: usize = 500;
/// Points a chart may ask for.
const POINTS_MAX: i64 = 100_000;

pub(super) async fn add<S: Speaks>(store: &S, counts: &[MinuteCount]) -> Result<()> {
    if counts.is_empty() {
        return Ok(());
    }
    again!(add_turn(store, counts))
}

/// In the order of the key, so that replicas that add at once wait for one another instead of locking up.
async fn add_turn<S: Speaks>(store: &S, counts: &[MinuteCount]) -> std::result::Result<(), Fault> {
    let mut sorted: Vec<&MinuteCount> = counts.iter().collect();
    sorted.sort_by_key(|row| (row.tenant, &row.series, row.minute, &row.connection, &row.operation, &row.label));
    let mut turn = store.turn().await?;
    for rows in sorted.chunks(ROWS_MAX) {
        let cells = |asked: Ask, row: &&MinuteCount| {
            let asked = asked.int(row.minute).comma().int(row.tenant.0).comma().text(&row.series).comma().text(&row.connection);
            asked.comma().text(&row.operation).comma().text(&row.label).comma().int(row.value)
        };
        let asked = ask("INSERT INTO minute_count (minute, tenant_id, series, connection, operation, label, value)").rows(rows, cells).then(
            " ON CONFLICT (tenant_id, series, minute, connection, operation, label) DO UPDATE SET value = minute_count.value + excluded.value",
        );
        turn.done(asked).await?;
    }
    turn.keep().await
}

pub(super) async fn between<S: Speaks>(store: &S, choice: &CountChoice) -> Result<Vec<MinuteCount>> {
    let step = choice.step_minutes.max(1);
    let asked = ask("SELECT c.minute - c.minute % ").int(step).then(" AS minute, c.connection, ");
    let asked = asked.then(if choice.over_operations { "'' AS operation" } else { "c.operation" });
    let asked =
        asked.then(", c.label, ").either("sum(c.value)::bigint", "sum(c.value)").then(" AS value FROM minute_count c WHERE c.tenant_id = ");
    let asked = asked.int(choice.tenant.0).then(" AND c.series = ").text(&choice.series).then(" AND c.minute >= ").int(choice.from);
    let asked = asked.then(" AND c.minute < ").int(choice.to).and_text(" AND c.connection = ", choice.connection.as_deref());
    let asked = asked.then(" GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT ").int(POINTS_MAX);
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "minute_count", "label");
        Ok(MinuteCount {
            tenant: choice.tenant,
            minute: cells.int("minute")?,
            series: choice.series.clone(),
            connection: cells.text("connection")?,
            operation: cells.text("operation")?,
            label: cells.text("label")?,
            value: cells.int("value")?,
        })
    };
    decode::all(&look(store, choice.tenant, asked).await?, read)
}
