//! Answers under a caller's key.

use super::session::{Postgres, fault};
use crate::store::answers::begun;
use crate::store::cells::micros;
use crate::store::fault::{Fault, Phase, again};
use crate::store::{Answer, Begun, Question, Result};
use uuid::Uuid;

/// The key is taken by the first, and by the next one when whoever had it died before it answered.
const BEGIN: &str = "
INSERT INTO answer (key, created_at, busy_until, tenant_id, fingerprint) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (key) DO UPDATE SET busy_until = excluded.busy_until
WHERE answer.status IS NULL AND answer.busy_until <= $2 AND answer.fingerprint = excluded.fingerprint
RETURNING key";
const KNOWN: &str = "SELECT key, fingerprint, status, body FROM answer WHERE key = $1";

pub(super) async fn begin(store: &Postgres, question: &Question) -> Result<Begun> {
    again!(try_begin(store, question))
}

async fn try_begin(store: &Postgres, question: &Question) -> std::result::Result<Begun, Fault> {
    let mut run = store.begin_for(question.tenant).await?;
    let statement = sqlx::query(BEGIN)
        .bind(question.key)
        .bind(store.here(question.now))
        .bind(store.here(question.busy_until))
        .bind(question.tenant.0)
        .bind(&question.fingerprint);
    let taken = !run.fetch(statement).await?.is_empty();
    let known = if taken { Vec::new() } else { run.fetch(sqlx::query(KNOWN).bind(question.key)).await? };
    run.commit().await?;
    match known.first() {
        Some(row) => Ok(begun(row, &question.fingerprint)?),
        None if taken => Ok(Begun::Yours),
        // It was dropped between the two statements: a failure of ours, to be asked again.
        None => Ok(Begun::Busy),
    }
}

const FINISH: &str = "UPDATE answer SET status = $2, body = $3 WHERE key = $1 AND status IS NULL";
const DROP: &str = "DELETE FROM answer WHERE key = $1 AND status IS NULL";

pub(super) async fn finish(store: &Postgres, key: Uuid, answer: Option<&Answer>) -> Result<()> {
    let statement = match answer {
        Some(answer) => sqlx::query(FINISH).bind(key).bind(i32::from(answer.status)).bind(&answer.body),
        None => sqlx::query(DROP).bind(key),
    };
    statement.execute(&store.work).await.map_err(|error| fault(error, Phase::Commit))?;
    Ok(())
}

const OLD: &str = "DELETE FROM answer WHERE key = ANY(ARRAY(SELECT key FROM answer WHERE created_at < $1 LIMIT 1000))";

pub(super) async fn forget(store: &Postgres, before: jiff::Timestamp) -> Result<u64> {
    let done = sqlx::query(OLD).bind(micros(before)).execute(&store.work).await.map_err(|error| fault(error, Phase::Commit))?;
    Ok(done.rows_affected())
}
