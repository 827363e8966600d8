//! Drift of fields whose owner is another: written with the sighting that shows it.

use super::session::{Run, column};
use crate::store::DriftRow;
use crate::store::cells::micros;
use crate::store::fault::Fault;
use crate::store::keys::last_of_each;

/// When it was first seen never changes; what a person accepted stays accepted while it lasts.
const WRITE: &str = "
INSERT INTO drift AS f (id, document_id, first_seen_at, last_seen_at, tenant_id, state, kind, connection, external_id, field, ours, theirs, resolution, resolved_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[])
ON CONFLICT (id) DO UPDATE SET last_seen_at = excluded.last_seen_at, ours = excluded.ours, theirs = excluded.theirs,
    state = CASE WHEN excluded.state = 'open' THEN f.state ELSE excluded.state END,
    resolution = COALESCE(excluded.resolution, f.resolution), resolved_at = COALESCE(excluded.resolved_at, f.resolved_at)";

pub(super) async fn write(run: &mut Run, rows: &[DriftRow]) -> std::result::Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = last_of_each(rows, |row| row.id);
    let statement = sqlx::query(WRITE)
        .bind(column(&rows, |row| row.id.0))
        .bind(column(&rows, |row| row.document.map(|id| id.0)))
        .bind(column(&rows, |row| micros(row.first_seen_at)))
        .bind(column(&rows, |row| micros(row.last_seen_at)))
        .bind(column(&rows, |row| row.tenant.0))
        .bind(column(&rows, |row| row.state.as_str()))
        .bind(column(&rows, |row| row.kind.as_str()))
        .bind(column(&rows, |row| row.connection.as_str()))
        .bind(column(&rows, |row| row.external_id.as_deref()))
        .bind(column(&rows, |row| row.field.as_deref()))
        .bind(column(&rows, |row| row.ours.as_deref()))
        .bind(column(&rows, |row| row.theirs.as_deref()))
        .bind(column(&rows, |row| row.resolution.as_deref()))
        .bind(column(&rows, |row| row.resolved_at.map(micros)));
    run.write(statement).await?;
    Ok(())
}
