//! Drafts: one row for each author and definition, saved only over the state its author saw.

use super::session::{Sqlite, sql};
use crate::domain::ids::TenantId;
use crate::store::publishing as rows;
use crate::store::{DraftKey, DraftRow, DraftSaved, Result, decode};

macro_rules! draft_columns {
    () => {
        "SELECT tenant_id, author, kind, id, created_at, updated_at, hash, base, path, text FROM draft "
    };
}

const LIST: &str = concat!(draft_columns!(), "WHERE tenant_id = $1 AND ($2 IS NULL OR author = $2) ORDER BY author, kind, id");

pub(super) async fn list(store: &Sqlite, tenant: TenantId, author: Option<&str>) -> Result<Vec<DraftRow>> {
    decode::all(&store.read(sql(LIST).int(tenant.0).maybe_text(author)).await?, rows::draft)
}

const NEW: &str = "
INSERT INTO draft (tenant_id, author, kind, id, created_at, updated_at, hash, base, path, text)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
const REPLACE: &str = "
UPDATE draft SET updated_at = $6, hash = $7, base = $8, path = $9, text = $10
WHERE tenant_id = $1 AND author = $2 AND kind = $3 AND id = $4 AND $5 IS NOT NULL AND hash = $11";

pub(super) async fn save(store: &Sqlite, draft: &DraftRow, expected: Option<&str>) -> Result<DraftSaved> {
    let mut run = store.begin().await?;
    let statement = sql(if expected.is_none() { NEW } else { REPLACE })
        .int(draft.tenant.0)
        .text(&draft.author)
        .text(&draft.kind)
        .text(&draft.id)
        .time(draft.created_at)
        .time(draft.updated_at)
        .text(&draft.hash)
        .maybe_text(draft.base.as_deref())
        .text(&draft.path)
        .maybe_text(draft.text.as_deref());
    let statement = if expected.is_none() { statement } else { statement.maybe_text(expected) };
    let written = run.write(statement).await?;
    run.commit().await?;
    outcome(store, written > 0, draft.tenant, &draft.author, &draft.kind, &draft.id).await
}

const DROP: &str = "DELETE FROM draft WHERE tenant_id = $1 AND author = $2 AND kind = $3 AND id = $4 AND hash = $5";

pub(super) async fn drop_one(store: &Sqlite, tenant: TenantId, draft: &DraftKey) -> Result<DraftSaved> {
    let mut run = store.begin().await?;
    let statement = sql(DROP).int(tenant.0).text(&draft.author).text(&draft.kind).text(&draft.id).text(&draft.hash);
    let dropped = run.write(statement).await?;
    run.commit().await?;
    outcome(store, dropped > 0, tenant, &draft.author, &draft.kind, &draft.id).await
}

const ONE: &str = concat!(draft_columns!(), "WHERE tenant_id = $1 AND author = $2 AND kind = $3 AND id = $4");

async fn outcome(store: &Sqlite, done: bool, tenant: TenantId, author: &str, kind: &str, id: &str) -> Result<DraftSaved> {
    if done {
        return Ok(DraftSaved::Done);
    }
    let found = store.read(sql(ONE).int(tenant.0).text(author).text(kind).text(id)).await?;
    Ok(DraftSaved::Conflict(found.first().map(rows::draft).transpose()?))
}
