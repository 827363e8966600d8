//! Immutable versions of definitions.

use super::session::{Run, Sqlite, sql};
use crate::domain::ids::TenantId;
use crate::store::fault::Fault;
use crate::store::{DefinitionRow, Result, decode};

/// Stored is stored: a version never changes.
const PUT: &str = "
INSERT INTO definition (tenant_id, kind, id, hash, created_at, author, message, text) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING";

pub(super) async fn put(store: &Sqlite, definitions: &[DefinitionRow]) -> Result<()> {
    if definitions.is_empty() {
        return Ok(());
    }
    let mut run = store.begin().await?;
    insert(&mut run, definitions).await?;
    run.commit().await?;
    Ok(())
}

/// As one part of a transaction.
pub(super) async fn insert(run: &mut Run, definitions: &[DefinitionRow]) -> std::result::Result<(), Fault> {
    for row in definitions {
        let statement = sql(PUT)
            .int(row.tenant.0)
            .text(&row.kind)
            .text(&row.id)
            .text(&row.hash)
            .time(row.created_at)
            .text(&row.author)
            .text(&row.message)
            .text(&row.text);
        run.write(statement).await?;
    }
    Ok(())
}

const GET: &str = "
SELECT tenant_id, kind, id, hash, created_at, author, message, text FROM definition
WHERE tenant_id = $1 AND kind = $2 AND id = $3 AND hash = $4";

pub(super) async fn get(store: &Sqlite, tenant: TenantId, kind: &str, id: &str, hash: &str) -> Result<Option<DefinitionRow>> {
    let rows = store.read(sql(GET).int(tenant.0).text(kind).text(id).text(hash)).await?;
    rows.first().map(decode::definition).transpose()
}
