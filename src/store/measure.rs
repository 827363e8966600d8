//! What a run cost the database: for `waybill bench` alone. PostgreSQL's own counters, read before and after.

use super::{Error, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Row};
use std::collections::BTreeMap;
use std::str::FromStr;

/// Counters of one database at one moment.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    /// Committed transactions.
    pub commits: i64,
    /// WAL position in bytes, of the whole server.
    pub wal_bytes: i64,
    /// What was written, by table (partitions under their parent's name).
    pub rows: BTreeMap<String, Rows>,
}

/// Rows written to one table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rows {
    /// Inserted.
    pub inserted: i64,
    /// Updated, on whatever page.
    pub updated: i64,
    /// Updated on their page, without touching an index; part of `updated`.
    pub updated_in_place: i64,
    /// Deleted.
    pub deleted: i64,
}

/// A record belongs to the relation of its first block; an index, a partition and a TOAST table to their table.
const WAL_BY_TABLE: &str = "
WITH written AS (
    SELECT (regexp_match(block_ref, 'rel [0-9]+/([0-9]+)/([0-9]+)'))[1]::oid AS database,
        (regexp_match(block_ref, 'rel [0-9]+/[0-9]+/([0-9]+)'))[1]::oid AS node, sum(record_length)::bigint AS bytes
    FROM pg_get_wal_records_info('0/0'::pg_lsn + $1::bigint::numeric, '0/0'::pg_lsn + $2::bigint::numeric)
    GROUP BY 1, 2
), named AS (
    SELECT COALESCE(i.indrelid, t.oid, c.oid) AS id, w.bytes
    FROM written w
    JOIN pg_database d ON d.oid = w.database AND d.datname = current_database()
    JOIN pg_class c ON c.relfilenode = w.node AND c.oid >= 16384
    LEFT JOIN pg_index i ON i.indexrelid = c.oid
    LEFT JOIN pg_class t ON t.reltoastrelid = c.oid AND c.relkind = 't'
)
SELECT COALESCE(p.relname, c.relname)::text AS name, sum(n.bytes)::bigint AS bytes
FROM named n JOIN pg_class c ON c.oid = n.id
LEFT JOIN pg_inherits h ON h.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = h.inhparent
GROUP BY 1";

/// Reads counters of a database.
pub struct Measure {
    pool: PgPool,
}

impl Measure {
    /// Connects with one connection of its own.
    pub async fn connect(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url).map_err(away)?;
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.map_err(away)?;
        Ok(Self { pool })
    }

    /// The counters now. Sessions report theirs at most once a second, so wait that long after the load.
    pub async fn counters(&self) -> Result<Counters> {
        let database = sqlx::query(
            "SELECT xact_commit, (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint AS wal \
             FROM pg_stat_database WHERE datname = current_database()",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(away)?;
        let mut counters = Counters {
            commits: database.try_get("xact_commit").map_err(away)?,
            wal_bytes: database.try_get("wal").map_err(away)?,
            rows: BTreeMap::new(),
        };
        let tables = sqlx::query(
            "SELECT COALESCE(p.relname, s.relname)::text AS name, SUM(s.n_tup_ins)::bigint AS ins, \
                    SUM(s.n_tup_upd)::bigint AS upd, SUM(s.n_tup_hot_upd)::bigint AS hot, SUM(s.n_tup_del)::bigint AS del \
             FROM pg_stat_user_tables s \
             LEFT JOIN pg_inherits i ON i.inhrelid = s.relid LEFT JOIN pg_class p ON p.oid = i.inhparent \
             GROUP BY 1",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(away)?;
        for row in tables {
            let name: String = row.try_get("name").map_err(away)?;
            let part = |column: &str| row.try_get::<i64, _>(column).map_err(away);
            let rows = Rows { inserted: part("ins")?, updated: part("upd")?, updated_in_place: part("hot")?, deleted: part("del")? };
            counters.rows.insert(name, rows);
        }
        Ok(counters)
    }

    /// Bytes of the log between two readings of `counters`, by table with its indexes, from the records themselves. Needs the
    /// extension `pg_walinspect` (part of PostgreSQL) and a superuser; none where it cannot be had, or where the server has
    /// recycled the log meanwhile.
    pub async fn wal_by_table(&self, before: &Counters, after: &Counters) -> Option<BTreeMap<String, i64>> {
        sqlx::query("CREATE EXTENSION IF NOT EXISTS pg_walinspect").execute(&self.pool).await.ok()?;
        let rows = sqlx::query(WAL_BY_TABLE).bind(before.wal_bytes).bind(after.wal_bytes).fetch_all(&self.pool).await.ok()?;
        rows.iter().map(|row| Some((row.try_get("name").ok()?, row.try_get("bytes").ok()?))).collect()
    }

    /// Durable commits a second of one session writing one small row: the disk's own pace, measured in the same run.
    pub async fn commit_probe(&self, commits: u32) -> Result<f64> {
        sqlx::query("CREATE TABLE IF NOT EXISTS bench_probe (n bigint)").execute(&self.pool).await.map_err(away)?;
        let began = std::time::Instant::now();
        for number in 0..commits {
            sqlx::query("INSERT INTO bench_probe VALUES ($1)").bind(i64::from(number)).execute(&self.pool).await.map_err(away)?;
        }
        let rate = f64::from(commits) / began.elapsed().as_secs_f64();
        sqlx::query("DROP TABLE bench_probe").execute(&self.pool).await.map_err(away)?;
        Ok(rate)
    }
}

fn away(error: sqlx::Error) -> Error {
    Error::Unavailable(Box::new(error))
}

/// A database made for one run and dropped after it.
pub struct ScratchDatabase {
    admin: PgPool,
    name: String,
    /// Its URL.
    pub url: String,
}

impl ScratchDatabase {
    /// Creates a database beside the one that `admin_url` names.
    pub async fn create(admin_url: &str, name: &str) -> Result<Self> {
        let mut url = url::Url::parse(admin_url).map_err(|error| Error::Unavailable(Box::new(error)))?;
        let options = PgConnectOptions::from_str(admin_url).map_err(away)?;
        let admin = PgPoolOptions::new().max_connections(1).connect_with(options).await.map_err(away)?;
        let sound = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !sound {
            return Err(Error::Schema(format!("`{name}` is not a plain database name")));
        }
        // A database name cannot be a bind parameter; the check above leaves nothing to escape.
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&admin).await.map_err(away)?;
        url.set_path(name);
        Ok(Self { admin, name: name.to_owned(), url: url.to_string() })
    }

    /// Drops it again, with any session that still uses it.
    pub async fn drop(self) -> Result<()> {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&self.admin).await.map_err(away)?;
        Ok(())
    }
}
