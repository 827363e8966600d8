//! Drift of fields whose owner is another: written with the sighting that shows it.

use super::session::{Run, sql};
use crate::store::DriftRow;
use crate::store::fault::Fault;

/// When it was first seen never changes; what a person accepted stays accepted while it lasts.
const WRITE: &str = "
INSERT INTO drift AS f (id, document_id, first_seen_at, last_seen_at, tenant_id, state, kind, connection, external_id, field, ours, theirs, resolution, resolved_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (id) DO UPDATE SET last_seen_at = excluded.last_seen_at, ours = excluded.ours, theirs = excluded.theirs,
    state = CASE WHEN excluded.state = 'open' THEN f.state ELSE excluded.state END,
    resolution = COALESCE(excluded.resolution, f.resolution), resolved_at = COALESCE(excluded.resolved_at, f.resolved_at)";

pub(super) async fn write(run: &mut Run, rows: &[DriftRow]) -> std::result::Result<(), Fault> {
    for row in rows {
        let statement = sql(WRITE)
            .id(row.id.0)
            .maybe_id(row.document.map(|id| id.0))
            .time(row.first_seen_at)
            .time(row.last_seen_at)
            .int(row.tenant.0)
            .text(&row.state)
            .text(&row.kind)
            .text(&row.connection)
            .maybe_text(row.external_id.as_deref())
            .maybe_text(row.field.as_deref())
            .maybe_text(row.ours.as_deref())
            .maybe_text(row.theirs.as_deref())
            .maybe_text(row.resolution.as_deref())
            .maybe_time(row.resolved_at);
        run.write(statement).await?;
    }
    Ok(())
}
