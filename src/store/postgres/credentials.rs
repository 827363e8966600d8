//! Credentials that replicas share, renewed by one of them at a time.

use super::session::{Postgres, fault};
use crate::store::cells::Cells;
use crate::store::fault::Phase;
use crate::store::{CredentialClaim, CredentialKey, Error, Fenced, Lease, Result, decode};
use jiff::Timestamp;

/// Leave to renew is given when nobody has it and what is there is lapsed or not newer than what the caller knows.
const CLAIM: &str = "
INSERT INTO credential AS c (tenant_id, name, generation, owner, token, due_at)
VALUES ($1, $2, 0, $3, nextval('lane_number'), $4)
ON CONFLICT (tenant_id, name) DO UPDATE SET owner = excluded.owner, token = excluded.token, due_at = excluded.due_at
    WHERE c.due_at <= $5 AND (c.sealed IS NULL OR c.generation <= $6 OR c.lapses_at <= $5)
RETURNING name, token, generation";
const THERE: &str = "
SELECT name, generation, sealed, lapses_at, due_at FROM credential WHERE tenant_id = $1 AND name = $2";

pub(super) async fn claim(store: &Postgres, key: &CredentialKey, stale: i64, lease: &Lease, now: Timestamp) -> Result<CredentialClaim> {
    let now = store.here(now);
    let statement =
        sqlx::query(CLAIM).bind(key.tenant.0).bind(&key.name).bind(&lease.owner).bind(store.here(lease.until)).bind(now).bind(stale);
    let mine = statement.fetch_optional(&store.work).await.map_err(|error| fault(error, Phase::Commit))?;
    if let Some(row) = mine {
        let cells = Cells::new(&row, "credential", "name");
        let generation: i64 = cells.int("generation")?;
        return Ok(CredentialClaim::Mine { token: cells.int("token")?, generation: generation.max(stale) + 1 });
    }
    let there = sqlx::query(THERE).bind(key.tenant.0).bind(&key.name);
    let row = there.fetch_optional(&store.work).await.map_err(|error| fault(error, Phase::Inside))?;
    let row = row.ok_or_else(|| Error::Unavailable("a row of `credential` went away".into()))?;
    decode::credential(&row, stale, now)
}

const SAVE: &str = "
UPDATE credential SET generation = $6, sealed = $4, lapses_at = $5, owner = NULL, due_at = 0
WHERE tenant_id = $1 AND name = $2 AND token = $3 AND owner IS NOT NULL";

pub(super) async fn save(
    store: &Postgres,
    key: &CredentialKey,
    token: i64,
    generation: i64,
    sealed: &str,
    lapses_at: Option<Timestamp>,
) -> Result<Fenced> {
    let statement = sqlx::query(SAVE)
        .bind(key.tenant.0)
        .bind(&key.name)
        .bind(token)
        .bind(sealed)
        .bind(lapses_at.map(|at| store.here(at)))
        .bind(generation);
    let saved = statement.execute(&store.work).await.map_err(|error| fault(error, Phase::Commit))?;
    Ok(if saved.rows_affected() == 1 { Fenced::Held } else { Fenced::Lost })
}

const RELEASE: &str = "
UPDATE credential SET owner = NULL, due_at = $4 WHERE tenant_id = $1 AND name = $2 AND token = $3 AND owner IS NOT NULL";

pub(super) async fn release(store: &Postgres, key: &CredentialKey, token: i64, again_at: Timestamp) -> Result<()> {
    let statement = sqlx::query(RELEASE).bind(key.tenant.0).bind(&key.name).bind(token).bind(store.here(again_at));
    statement.execute(&store.work).await.map_err(|error| fault(error, Phase::Commit))?;
    Ok(())
}

const KEPT: &str = "SELECT name, sealed FROM credential WHERE tenant_id = $1 AND name = $2 AND sealed IS NOT NULL";

pub(super) async fn kept(store: &Postgres, key: &CredentialKey) -> Result<Option<String>> {
    let statement = sqlx::query(KEPT).bind(key.tenant.0).bind(&key.name);
    let row = statement.fetch_optional(&store.work).await.map_err(|error| fault(error, Phase::Inside))?;
    row.map(|row| Cells::new(&row, "credential", "name").text("sealed")).transpose()
}
