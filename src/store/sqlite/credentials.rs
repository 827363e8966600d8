//! Credentials shared between processes. One process has the file, so this only keeps the promise of the trait.

use super::session::{Sqlite, sql};
use crate::store::cells::{Cells, micros};
use crate::store::{CredentialClaim, CredentialKey, Error, Fenced, Lease, Result, decode};
use jiff::Timestamp;

const CLAIM: &str = "
INSERT INTO credential (tenant_id, name, generation, owner, token, due_at) VALUES ($1, $2, 0, $3, $7, $4)
ON CONFLICT (tenant_id, name) DO UPDATE SET owner = excluded.owner, token = excluded.token, due_at = excluded.due_at
    WHERE credential.due_at <= $5 AND (credential.sealed IS NULL OR credential.generation <= $6 OR credential.lapses_at <= $5)
RETURNING name, token, generation";
const THERE: &str = "
SELECT name, generation, sealed, lapses_at, due_at FROM credential WHERE tenant_id = $1 AND name = $2";

pub(super) async fn claim(store: &Sqlite, key: &CredentialKey, stale: i64, lease: &Lease, now: Timestamp) -> Result<CredentialClaim> {
    let mut run = store.begin().await?;
    let token = run.number().await?;
    let statement = sql(CLAIM).int(key.tenant.0).text(&key.name).text(&lease.owner).time(lease.until).time(now).int(stale).int(token);
    let mine = run.fetch_one(statement).await?;
    let there = run.fetch_one(sql(THERE).int(key.tenant.0).text(&key.name)).await?;
    run.commit().await?;
    if let Some(row) = mine {
        let cells = Cells::new(&row, "credential", "name");
        let generation: i64 = cells.int("generation")?;
        return Ok(CredentialClaim::Mine { token: cells.int("token")?, generation: generation.max(stale) + 1 });
    }
    let row = there.ok_or_else(|| Error::Unavailable("a row of `credential` went away".into()))?;
    decode::credential(&row, stale, micros(now))
}

const SAVE: &str = "
UPDATE credential SET generation = $6, sealed = $4, lapses_at = $5, owner = NULL, due_at = 0
WHERE tenant_id = $1 AND name = $2 AND token = $3 AND owner IS NOT NULL";

pub(super) async fn save(
    store: &Sqlite,
    key: &CredentialKey,
    token: i64,
    generation: i64,
    sealed: &str,
    lapses_at: Option<Timestamp>,
) -> Result<Fenced> {
    let mut run = store.begin().await?;
    let statement = sql(SAVE).int(key.tenant.0).text(&key.name).int(token).text(sealed).maybe_time(lapses_at).int(generation);
    let saved = run.write(statement).await?;
    run.commit().await?;
    Ok(if saved == 1 { Fenced::Held } else { Fenced::Lost })
}

const RELEASE: &str = "
UPDATE credential SET owner = NULL, due_at = $4 WHERE tenant_id = $1 AND name = $2 AND token = $3 AND owner IS NOT NULL";

pub(super) async fn release(store: &Sqlite, key: &CredentialKey, token: i64, again_at: Timestamp) -> Result<()> {
    let mut run = store.begin().await?;
    run.write(sql(RELEASE).int(key.tenant.0).text(&key.name).int(token).time(again_at)).await?;
    Ok(run.commit().await?)
}

const KEPT: &str = "SELECT name, sealed FROM credential WHERE tenant_id = $1 AND name = $2 AND sealed IS NOT NULL";

pub(super) async fn kept(store: &Sqlite, key: &CredentialKey) -> Result<Option<String>> {
    let mut run = store.begin().await?;
    let row = run.fetch_one(sql(KEPT).int(key.tenant.0).text(&key.name)).await?;
    run.commit().await?;
    row.map(|row| Cells::new(&row, "credential", "name").text("sealed")).transpose()
}
