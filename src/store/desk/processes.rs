//! What replicas say of themselves.

use super::watched::ProcessReport;
use crate::domain::ids::TenantId;
use crate::store::ask::{Speaks, ask, look, write};
use crate::store::cells::Cells;
use crate::store::{Result, decode};
use jiff::Timestamp;

pub(super) async fn report<S: Speaks>(store: &S, report: &ProcessReport) -> Result<()> {
    let asked = ask("INSERT INTO process_report (process, tenant_id, started_at, at, body) VALUES (")
        .text(&report.process)
        .comma()
        .int(report.tenant.0)
        .comma()
        .time(report.started_at)
        .comma()
        .time(report.at)
        .comma()
        .text(&report.body)
        .then(") ON CONFLICT (process, tenant_id) DO UPDATE SET at = excluded.at, body = excluded.body");
    write(store, asked).await.map(|_| ())
}

pub(super) async fn since<S: Speaks>(store: &S, tenant: TenantId, since: Timestamp) -> Result<Vec<ProcessReport>> {
    let asked = ask("SELECT process, started_at, at, body FROM process_report WHERE tenant_id = ").int(tenant.0);
    let asked = asked.then(" AND at >= ").time(since).then(" ORDER BY started_at, process");
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "process_report", "process");
        Ok(ProcessReport {
            process: cells.text("process")?,
            tenant,
            started_at: cells.time("started_at")?,
            at: cells.time("at")?,
            body: cells.text("body")?,
        })
    };
    decode::all(&look(store, tenant, asked).await?, read)
}
