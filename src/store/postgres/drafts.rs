//! Drafts: one row for each author and definition, saved only over the state its author saw.

use super::session::Postgres;
use crate::domain::ids::TenantId;
use crate::store::cells::micros;
use crate::store::fault::{Fault, again};
use crate::store::publishing as rows;
use crate::store::{DraftKey, DraftRow, DraftSaved, Result, decode};

macro_rules! draft_columns {
    () => {
        "SELECT tenant_id, author, kind, id, created_at, updated_at, hash, base, path, text FROM draft "
    };
}

const LIST: &str = concat!(
    draft_columns!(),
    "WHERE tenant_id = $1 AND ($2::text IS NULL OR author = $2) ORDER BY author COLLATE \"C\", kind COLLATE \"C\", id COLLATE \"C\""
);

pub(super) async fn list(store: &Postgres, tenant: TenantId, author: Option<&str>) -> Result<Vec<DraftRow>> {
    decode::all(&store.read(tenant, sqlx::query(LIST).bind(tenant.0).bind(author)).await?, rows::draft)
}

const NEW: &str = "
INSERT INTO draft (tenant_id, author, kind, id, created_at, updated_at, hash, base, path, text)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
const REPLACE: &str = "
UPDATE draft SET updated_at = $6, hash = $7, base = $8, path = $9, text = $10
WHERE tenant_id = $1 AND author = $2 AND kind = $3 AND id = $4 AND $5::bigint IS NOT NULL AND hash = $11";

pub(super) async fn save(store: &Postgres, draft: &DraftRow, expected: Option<&str>) -> Result<DraftSaved> {
    let saved = again!(try_save(store, draft, expected))?;
    outcome(store, saved, draft.tenant, &draft.author, &draft.kind, &draft.id).await
}

async fn try_save(store: &Postgres, draft: &DraftRow, expected: Option<&str>) -> std::result::Result<bool, Fault> {
    let mut run = store.begin_for(draft.tenant).await?;
    let statement = sqlx::query(if expected.is_none() { NEW } else { REPLACE });
    let statement = statement.bind(draft.tenant.0).bind(&draft.author).bind(&draft.kind).bind(&draft.id);
    let statement = statement.bind(micros(draft.created_at)).bind(micros(draft.updated_at)).bind(&draft.hash).bind(&draft.base);
    let statement = statement.bind(&draft.path).bind(&draft.text);
    let statement = if expected.is_none() { statement } else { statement.bind(expected) };
    let written = run.write(statement).await?;
    run.commit().await?;
    Ok(written > 0)
}

const DROP: &str = "DELETE FROM draft WHERE tenant_id = $1 AND author = $2 AND kind = $3 AND id = $4 AND hash = $5";

pub(super) async fn drop_one(store: &Postgres, tenant: TenantId, draft: &DraftKey) -> Result<DraftSaved> {
    let dropped = again!(try_drop(store, tenant, draft))?;
    outcome(store, dropped, tenant, &draft.author, &draft.kind, &draft.id).await
}

async fn try_drop(store: &Postgres, tenant: TenantId, draft: &DraftKey) -> std::result::Result<bool, Fault> {
    let mut run = store.begin_for(tenant).await?;
    let statement = sqlx::query(DROP).bind(tenant.0).bind(&draft.author).bind(&draft.kind).bind(&draft.id).bind(&draft.hash);
    let dropped = run.write(statement).await?;
    run.commit().await?;
    Ok(dropped > 0)
}

const ONE: &str = concat!(draft_columns!(), "WHERE tenant_id = $1 AND author = $2 AND kind = $3 AND id = $4");

async fn outcome(store: &Postgres, done: bool, tenant: TenantId, author: &str, kind: &str, id: &str) -> Result<DraftSaved> {
    if done {
        return Ok(DraftSaved::Done);
    }
    let statement = sqlx::query(ONE).bind(tenant.0).bind(author).bind(kind).bind(id);
    Ok(DraftSaved::Conflict(store.read(tenant, statement).await?.first().map(rows::draft).transpose()?))
}
