//! Answers under a caller's key.

use super::session::{Sqlite, sql};
use crate::store::answers::begun;
use crate::store::{Answer, Begun, Question, Result};
use uuid::Uuid;

/// The key is taken by the first, and by the next one when whoever had it died before it answered.
const BEGIN: &str = "
INSERT INTO answer (key, created_at, busy_until, tenant_id, fingerprint) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (key) DO UPDATE SET busy_until = excluded.busy_until
WHERE answer.status IS NULL AND answer.busy_until <= $2 AND answer.fingerprint = excluded.fingerprint
RETURNING key";
const KNOWN: &str = "SELECT key, fingerprint, status, body FROM answer WHERE key = $1";

pub(super) async fn begin(store: &Sqlite, question: &Question) -> Result<Begun> {
    let mut run = store.begin().await?;
    let statement =
        sql(BEGIN).id(question.key).time(question.now).time(question.busy_until).int(question.tenant.0).text(&question.fingerprint);
    let taken = run.fetch_one(statement).await?.is_some();
    let known = if taken { None } else { run.fetch_one(sql(KNOWN).id(question.key)).await? };
    run.commit().await?;
    known.map_or(Ok(Begun::Yours), |row| begun(&row, &question.fingerprint))
}

const FINISH: &str = "UPDATE answer SET status = $2, body = $3 WHERE key = $1 AND status IS NULL";
const DROP: &str = "DELETE FROM answer WHERE key = $1 AND status IS NULL";

pub(super) async fn finish(store: &Sqlite, key: Uuid, answer: Option<&Answer>) -> Result<()> {
    let mut run = store.begin().await?;
    let statement = match answer {
        Some(answer) => sql(FINISH).id(key).int(answer.status).text(&answer.body),
        None => sql(DROP).id(key),
    };
    run.write(statement).await?;
    run.commit().await?;
    Ok(())
}

const OLD: &str = "DELETE FROM answer WHERE key IN (SELECT key FROM answer WHERE created_at < $1 LIMIT 1000)";

pub(super) async fn forget(store: &Sqlite, before: jiff::Timestamp) -> Result<u64> {
    let mut run = store.begin().await?;
    let gone = run.write(sql(OLD).time(before)).await?;
    run.commit().await?;
    Ok(gone)
}
