//! Immutable versions of definitions.

use super::session::{Postgres, Run, column, fault};
use crate::domain::ids::TenantId;
use crate::store::cells::micros;
use crate::store::fault::{Fault, Phase, again};
use crate::store::{DefinitionRow, Result, decode};

/// In order of the key, so that two processes that start at once do not wait for each other in a circle. Stored is
/// stored: a version never changes.
const PUT: &str = "
INSERT INTO definition (tenant_id, kind, id, hash, created_at, author, message, text)
SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[])
    AS d (tenant_id, kind, id, hash, created_at, author, message, text)
ORDER BY tenant_id, kind, id, hash
ON CONFLICT DO NOTHING";

pub(super) async fn put(store: &Postgres, definitions: &[DefinitionRow]) -> Result<()> {
    if definitions.is_empty() {
        return Ok(());
    }
    again!(try_put(store, definitions))
}

async fn try_put(store: &Postgres, definitions: &[DefinitionRow]) -> std::result::Result<(), Fault> {
    let mut run = store.begin().await?;
    insert(&mut run, definitions).await?;
    run.commit().await
}

/// As one part of a transaction.
pub(super) async fn insert(run: &mut Run, definitions: &[DefinitionRow]) -> std::result::Result<(), Fault> {
    let statement = sqlx::query(PUT)
        .bind(column(definitions, |row| row.tenant.0))
        .bind(column(definitions, |row| row.kind.as_str()))
        .bind(column(definitions, |row| row.id.as_str()))
        .bind(column(definitions, |row| row.hash.as_str()))
        .bind(column(definitions, |row| micros(row.created_at)))
        .bind(column(definitions, |row| row.author.as_str()))
        .bind(column(definitions, |row| row.message.as_str()))
        .bind(column(definitions, |row| row.text.as_str()));
    run.write(statement).await?;
    Ok(())
}

const GET: &str = "
SELECT tenant_id, kind, id, hash, created_at, author, message, text FROM definition
WHERE tenant_id = $1 AND kind = $2 AND id = $3 AND hash = $4";

pub(super) async fn get(store: &Postgres, tenant: TenantId, kind: &str, id: &str, hash: &str) -> Result<Option<DefinitionRow>> {
    let statement = sqlx::query(GET).bind(tenant.0).bind(kind).bind(id).bind(hash);
    let row = statement.fetch_optional(&store.work).await.map_err(|error| fault(error, Phase::Inside))?;
    row.as_ref().map(decode::definition).transpose()
}
