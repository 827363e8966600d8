//! Counting, answering, cleaning.

use super::session::{Postgres, Run, fault};
use crate::store::cells::{Cells, micros};
use crate::store::fault::Phase;
use crate::store::{Counts, Result, decode};
use jiff::Timestamp;
use sqlx::postgres::PgRow;

/// Exact while it is cheap. A table that the planner knows to be big is counted by its estimate or a sample of its pages,
/// except for what is in flight, which has an index of its own.
const DOCUMENTS: &str = "SELECT count(*) AS number FROM document";
const INSTANCES: &str = "SELECT status AS word, count(*) AS number FROM instance GROUP BY status ORDER BY status";
const BIG: &str = "SELECT oid::regclass::text AS word, GREATEST(reltuples, 0)::bigint AS number FROM pg_class
    WHERE oid IN ('document'::regclass, 'instance'::regclass)";
const INSTANCES_SAMPLED: &str = "
SELECT status AS word, count(*) AS number FROM instance WHERE status IN ('running', 'exception') GROUP BY status
UNION ALL
SELECT status, count(*) * 100 FROM instance TABLESAMPLE SYSTEM (1) WHERE status NOT IN ('running', 'exception') GROUP BY status
ORDER BY word";
const DRIFTS: &str = "SELECT kind AS word, count(*) AS number FROM drift WHERE state = 'open' GROUP BY kind ORDER BY kind";
const EXCEPTIONS: &str = "SELECT cause AS word, count(*) AS number FROM exception WHERE state = 'open' GROUP BY cause ORDER BY cause";
/// Unfinished effects are the heads of lanes and those behind them. The heads are looked up one by one: there are few lanes
/// and very many effects, and a join would read them all.
const EFFECTS: &str = "
SELECT state AS word, count(*) AS number FROM (
    SELECT (SELECT e.state FROM effect e WHERE e.id = l.head_id AND NOT e.behind) AS state FROM lane l
    UNION ALL SELECT e.state FROM effect e WHERE e.behind) AS u
WHERE state IS NOT NULL GROUP BY state ORDER BY state";
const MESSAGES: &str = "SELECT state AS word, count(*) AS number FROM message GROUP BY state ORDER BY state";
const DUPLICATES: &str = "SELECT COALESCE(sum(value), 0)::bigint AS number FROM counter WHERE name = 'duplicates'";
const OLDEST_READY: &str = "SELECT min(due_at) AS number FROM lane WHERE owner IS NULL AND due_at <= $1";

const OLDEST_TIMER: &str = "SELECT min(due_at) AS number FROM timer WHERE due_at <= $1";

/// Above this many rows a count is an estimate.
const EXACT_ROWS_MAX: u64 = 100_000;

pub(super) async fn counts(store: &Postgres, now: Timestamp) -> Result<Counts> {
    let big = words(&rows(store, BIG, None).await?)?;
    let size = |table: &str| big.iter().find(|(name, _)| name == table).map_or(0, |(_, number)| *number);
    let documents = match size("document") {
        estimate if estimate > EXACT_ROWS_MAX => estimate,
        _ => number(&rows(store, DOCUMENTS, None).await?)?.unwrap_or(0),
    };
    let instances = if size("instance") > EXACT_ROWS_MAX { INSTANCES_SAMPLED } else { INSTANCES };
    let now = store.here(now);
    let age = |due: Option<i64>| due.map(|due| (now.saturating_sub(due) / 1000).unsigned_abs());
    Ok(Counts {
        documents,
        instances: words(&rows(store, instances, None).await?)?,
        exceptions: words(&rows(store, EXCEPTIONS, None).await?)?,
        drifts: words(&rows(store, DRIFTS, None).await?)?,
        effects: words(&rows(store, EFFECTS, None).await?)?,
        messages: words(&rows(store, MESSAGES, None).await?)?,
        duplicates: number(&rows(store, DUPLICATES, None).await?)?.unwrap_or(0),
        oldest_ready_millis: age(oldest(store, OLDEST_READY, now).await?),
        oldest_timer_millis: age(oldest(store, OLDEST_TIMER, now).await?),
    })
}

async fn oldest(store: &Postgres, sql: &'static str, now: i64) -> Result<Option<i64>> {
    match rows(store, sql, Some(now)).await?.first() {
        Some(row) => Cells::new(row, "lane", "number").maybe_int("number"),
        None => Ok(None),
    }
}

async fn rows(store: &Postgres, sql: &'static str, parameter: Option<i64>) -> Result<Vec<PgRow>> {
    let statement = match parameter {
        Some(value) => sqlx::query(sql).bind(value),
        None => sqlx::query(sql),
    };
    Ok(statement.fetch_all(&store.work).await.map_err(|error| fault(error, Phase::Inside))?)
}

fn words(rows: &[PgRow]) -> Result<Vec<(String, u64)>> {
    decode::all(rows, decode::count)
}

fn number(rows: &[PgRow]) -> Result<Option<u64>> {
    rows.first().map(|row| Cells::new(row, "counts", "number").int("number")).transpose()
}

/// A standby, a server that is shutting down and a full disk all fail here.
const PING: &str = "INSERT INTO counter (tenant_id, name, value) VALUES (0, 'ping', 1)
    ON CONFLICT (tenant_id, name) DO UPDATE SET value = counter.value + 1";

pub(super) async fn ping(store: &Postgres) -> Result<()> {
    let mut run = store.begin().await?;
    run.write(sqlx::query(PING)).await?;
    // Whether it can be written is known; there is nothing to keep.
    run.rollback().await;
    store.measure_skew().await
}

/// Processes keep house one after another, and give up soon where a long reader is in their way.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock(7213, 0)::text";
const PATIENCE: &str = "SET LOCAL lock_timeout = '2s'";
/// Yesterday, for clocks behind the database's, to three days ahead.
const DAYS_AHEAD: &str = "
SELECT count(*) FILTER (WHERE day_partition_create(parent, (now() AT TIME ZONE 'UTC')::date + ahead)) AS number
FROM unnest(ARRAY['attempt', 'payload']) AS p (parent), generate_series(-1, 3) AS g (ahead)";
const DROP_DAY: &str = "SELECT count(*) FILTER (WHERE day_partition_drop(parent, $1)) AS number
    FROM unnest(ARRAY['attempt', 'payload']) AS p (parent)";
const ATTEMPTS_LEFT: &str = "
DELETE FROM attempt_default WHERE ctid = ANY(ARRAY(SELECT ctid FROM attempt_default WHERE started_at < $1 LIMIT 10000))";
const PAYLOADS_LEFT: &str = "
DELETE FROM payload_default WHERE ctid = ANY(ARRAY(SELECT ctid FROM payload_default WHERE created_at < $1 LIMIT 10000))";

/// Creates the partitions of the coming days. Without them rows go to the default partition: nothing fails, only
/// dropping them costs more.
pub(super) async fn days_ahead(store: &Postgres) -> Result<()> {
    let mut run = keep_house(store).await?;
    run.fetch(sqlx::query(DAYS_AHEAD)).await?;
    run.commit().await?;
    Ok(())
}

async fn keep_house(store: &Postgres) -> Result<Run> {
    let mut run = store.begin().await?;
    run.fetch(sqlx::query(ONE_AT_A_TIME)).await?;
    run.write(sqlx::query(PATIENCE)).await?;
    Ok(run)
}

/// One day of each table and a bounded number of rows a call; answers partitions and rows dropped.
pub(super) async fn clean(store: &Postgres, before: Timestamp) -> Result<u64> {
    days_ahead(store).await?;
    let mut run = keep_house(store).await?;
    let days = run.fetch(sqlx::query(DROP_DAY).bind(micros(before))).await?;
    run.commit().await?;
    let mut run = store.begin().await?;
    let mut rows = run.write(sqlx::query(ATTEMPTS_LEFT).bind(micros(before))).await?;
    rows += run.write(sqlx::query(PAYLOADS_LEFT).bind(micros(before))).await?;
    run.commit().await?;
    Ok(rows + number(&days)?.unwrap_or(0))
}
