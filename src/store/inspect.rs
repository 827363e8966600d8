//! What a PostgreSQL server says of itself: for `waybill doctor` alone. Reads settings and catalogues, changes nothing.

use super::{Error, Result};
use jiff::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Row};
use std::str::FromStr;
use std::time::Duration;

/// A server, and the role we come with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Server {
    /// Version, such as 150004.
    pub version: i32,
    /// The role.
    pub role: String,
    /// The role may do everything.
    pub superuser: bool,
    /// Row-level security does not hold for the role.
    pub bypasses_row_security: bool,
    /// Tables with a tenant; none before the first migration.
    pub tables: usize,
    /// The role owns the tables.
    pub owns_tables: bool,
    /// Tables with a tenant but without row-level security.
    pub unprotected: Vec<String>,
    /// `synchronous_commit` of our sessions.
    pub synchronous_commit: String,
    /// `fsync` of the server.
    pub fsync: bool,
    /// `full_page_writes` of the server.
    pub full_page_writes: bool,
    /// `UTF8`, one hopes.
    pub encoding: String,
    /// The server only reads: a standby.
    pub standby: bool,
    /// The line is encrypted.
    pub encrypted: bool,
    /// The server is on this machine.
    pub local: bool,
    /// Sessions it takes.
    pub connections_max: i32,
    /// Sessions it has.
    pub connections: i64,
    /// How far its clock is ahead of ours.
    pub ahead_millis: i64,
    /// Bytes of our database.
    pub bytes: i64,
}

const ABOUT: &str = "
SELECT current_setting('server_version_num')::int AS version, current_user::text AS role,
       r.rolsuper AS superuser, r.rolbypassrls AS bypasses,
       current_setting('synchronous_commit') AS synchronous_commit, current_setting('fsync') = 'on' AS fsync,
       current_setting('full_page_writes') = 'on' AS full_page_writes,
       pg_encoding_to_char(d.encoding)::text AS encoding, pg_is_in_recovery() AS standby,
       COALESCE((SELECT s.ssl FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid()), false) AS encrypted,
       inet_server_addr() IS NULL OR inet_server_addr() = inet_client_addr() AS local,
       current_setting('max_connections')::int AS connections_max,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
       (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now, pg_database_size(current_database()) AS bytes
FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()";

/// Tables that hold tenants' rows; partitions follow their parent.
const TABLES: &str = "
SELECT c.relname::text AS name, c.relrowsecurity AS protected, pg_get_userbyid(c.relowner) = current_user AS own
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
ORDER BY 1";

/// Asks a server. One connection, closed again; `now` is our clock's time.
pub async fn inspect(url: &str, now: impl Fn() -> Timestamp) -> Result<Server> {
    let options = PgConnectOptions::from_str(url).map_err(away)?.application_name("waybill doctor");
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(5)).connect_with(options).await.map_err(away)?;
    let server = ask(&pool, now).await.map_err(away);
    pool.close().await;
    server
}

async fn ask(pool: &PgPool, now: impl Fn() -> Timestamp) -> std::result::Result<Server, sqlx::Error> {
    let row = sqlx::query(ABOUT).fetch_one(pool).await?;
    let ours = now().as_millisecond();
    let tables = sqlx::query(TABLES).fetch_all(pool).await?;
    let mut server = Server {
        version: row.try_get("version")?,
        role: row.try_get("role")?,
        superuser: row.try_get("superuser")?,
        bypasses_row_security: row.try_get("bypasses")?,
        tables: tables.len(),
        owns_tables: true,
        unprotected: Vec::new(),
        synchronous_commit: row.try_get("synchronous_commit")?,
        fsync: row.try_get("fsync")?,
        full_page_writes: row.try_get("full_page_writes")?,
        encoding: row.try_get("encoding")?,
        standby: row.try_get("standby")?,
        encrypted: row.try_get("encrypted")?,
        local: row.try_get("local")?,
        connections_max: row.try_get("connections_max")?,
        connections: row.try_get("connections")?,
        ahead_millis: row.try_get::<i64, _>("now")? - ours,
        bytes: row.try_get("bytes")?,
    };
    for table in &tables {
        server.owns_tables &= table.try_get::<bool, _>("own")?;
        if !table.try_get::<bool, _>("protected")? {
            server.unprotected.push(table.try_get("name")?);
        }
    }
    Ok(server)
}

fn away(error: sqlx::Error) -> Error {
    Error::Unavailable(Box::new(error))
}
