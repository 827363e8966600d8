//! Opens the store a URL names.

use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::{Error, Result, Store};
use std::sync::Arc;
use std::time::Duration;

/// How a store is opened. The defaults suit one process of a small installation.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections for the engine's work (PostgreSQL; SQLite has one writer).
    pub connections: u32,
    /// Connections for what people read.
    pub view_connections: u32,
    /// How long a caller waits for a connection; short, so that overload sheds instead of queueing.
    pub acquire_timeout: Duration,
    /// A statement that runs longer is cancelled (PostgreSQL).
    pub statement_timeout: Duration,
    /// A session that idles inside a transaction longer is ended (PostgreSQL): old snapshots kill queues.
    pub idle_in_transaction_timeout: Duration,
    /// URL of the role that people's requests use, subject to row-level security; none: they use the engine's.
    pub people_url: Option<String>,
    /// PostgreSQL: the role that people's writes take on within their transaction, subject to row-level security; none: they stay
    /// the engine's.
    pub people_role: Option<String>,
    /// For tests alone: what people read and write is not narrowed to its tenant by the statements, so that row-level security
    /// has to do it alone (PostgreSQL).
    pub without_tenant_filters: bool,
    /// Open for reading only: no lock on the file of SQLite, every writing method is unavailable.
    pub read_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            connections: 8,
            view_connections: 4,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(15),
            idle_in_transaction_timeout: Duration::from_secs(10),
            people_url: None,
            people_role: None,
            without_tenant_filters: false,
            read_only: false,
        }
    }
}

/// Opens `postgres://…` or `sqlite:PATH`. The database must answer; the schema is left to `Store::migrate`.
pub async fn connect(url: &str, options: Options) -> Result<Arc<dyn Store>> {
    match url.split_once(':') {
        Some(("postgres" | "postgresql", _)) => Ok(Arc::new(Postgres::connect(url, &options).await?)),
        Some(("sqlite", path)) => Ok(Arc::new(Sqlite::connect(path.trim_start_matches("//"), &options).await?)),
        _ => Err(Error::Unavailable("a store URL starts with `postgres://` or `sqlite:`".into())),
    }
}
