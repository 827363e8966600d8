//! Counting, answering, cleaning.

use super::session::{Sqlite, sql};
use crate::store::cells::{Cells, micros};
use crate::store::{Counts, Result, decode};
use jiff::Timestamp;

const DOCUMENTS: &str = "SELECT count(*) AS number FROM document";
const INSTANCES: &str = "SELECT status AS word, count(*) AS number FROM instance GROUP BY status ORDER BY status";
const DRIFTS: &str = "SELECT kind AS word, count(*) AS number FROM drift WHERE state = 'open' GROUP BY kind ORDER BY kind";
const EXCEPTIONS: &str = "SELECT cause AS word, count(*) AS number FROM exception WHERE state = 'open' GROUP BY cause ORDER BY cause";
/// Unfinished effects are the heads of lanes and those behind them.
const EFFECTS: &str = "
SELECT state AS word, count(*) AS number FROM (
    SELECT e.state FROM lane l JOIN effect e ON e.id = l.head_id WHERE NOT e.behind
    UNION ALL SELECT state FROM effect WHERE behind)
GROUP BY state ORDER BY state";
const MESSAGES: &str = "SELECT state AS word, count(*) AS number FROM message GROUP BY state ORDER BY state";
const DUPLICATES: &str = "SELECT COALESCE(sum(value), 0) AS number FROM counter WHERE name = 'duplicates'";
const OLDEST_READY: &str = "SELECT min(due_at) AS number FROM lane WHERE owner IS NULL AND due_at <= $1";
const OLDEST_TIMER: &str = "SELECT min(due_at) AS number FROM timer WHERE due_at <= $1";

pub(super) async fn counts(store: &Sqlite, now: Timestamp) -> Result<Counts> {
    let age = |due: Option<i64>| due.map(|due| (micros(now).saturating_sub(due) / 1000).unsigned_abs());
    Ok(Counts {
        documents: number(store, DOCUMENTS).await?,
        instances: words(store, INSTANCES).await?,
        exceptions: words(store, EXCEPTIONS).await?,
        drifts: words(store, DRIFTS).await?,
        effects: words(store, EFFECTS).await?,
        messages: words(store, MESSAGES).await?,
        duplicates: number(store, DUPLICATES).await?,
        oldest_ready_millis: age(oldest(store, OLDEST_READY, now).await?),
        oldest_timer_millis: age(oldest(store, OLDEST_TIMER, now).await?),
    })
}

async fn oldest(store: &Sqlite, text: &'static str, now: Timestamp) -> Result<Option<i64>> {
    match store.read(sql(text).time(now)).await?.first() {
        Some(row) => Cells::new(row, "lane", "number").maybe_int("number"),
        None => Ok(None),
    }
}

async fn words(store: &Sqlite, text: &'static str) -> Result<Vec<(String, u64)>> {
    decode::all(&store.read(sql(text)).await?, decode::count)
}

async fn number(store: &Sqlite, text: &'static str) -> Result<u64> {
    let rows = store.read(sql(text)).await?;
    rows.first().map_or(Ok(0), |row| Cells::new(row, "counts", "number").int("number"))
}

/// A full disk and a file that became read-only both fail here.
const PING: &str = "INSERT INTO counter (tenant_id, name, value) VALUES (0, 'ping', 1)
    ON CONFLICT (tenant_id, name) DO UPDATE SET value = value + 1";

pub(super) async fn ping(store: &Sqlite) -> Result<()> {
    let mut run = store.begin().await?;
    run.write(sql(PING)).await?;
    run.rollback().await;
    Ok(())
}

const ATTEMPTS: &str = "DELETE FROM attempt WHERE rowid IN (SELECT rowid FROM attempt WHERE started_at < $1 LIMIT 10000)";
const PAYLOADS: &str = "DELETE FROM payload WHERE rowid IN (SELECT rowid FROM payload WHERE created_at < $1 LIMIT 10000)";

/// A bounded number of rows a call; answers how many.
pub(super) async fn clean(store: &Sqlite, before: Timestamp) -> Result<u64> {
    let mut run = store.begin().await?;
    let attempts = run.write(sql(ATTEMPTS).time(before)).await?;
    let payloads = run.write(sql(PAYLOADS).time(before)).await?;
    run.commit().await?;
    Ok(attempts + payloads)
}
