//! The writer, the readers, the lock on the file, and what SQLite's errors mean.

use crate::store::ask::{Ask, Dialect, Param, Speaks, Turn};
use crate::store::cells::{Cell, micros};
use crate::store::connect::Options;
use crate::store::fault::{Fault, Phase};
use crate::store::{BoxError, Error, Result};
use jiff::Timestamp;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous};
use sqlx::{Row, Sqlite as Engine, Transaction, TypeInfo, ValueRef};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

/// The store in an SQLite file.
pub struct Sqlite {
    /// One connection; every transaction on it begins as a writer.
    pub(super) writer: SqlitePool,
    /// Read only; they see the last commit.
    pub(super) readers: SqlitePool,
    /// Held while the process lives; the file system gives it back when it dies. None when opened for reading only.
    _lock: Option<File>,
    read_only: bool,
}

/// How long a statement waits for another process's transaction (a backup, a shell) before it fails.
const BUSY: Duration = Duration::from_secs(10);

impl Sqlite {
    /// Opens the file, creating it unless it is opened for reading only.
    pub async fn connect(path: &str, options: &Options) -> Result<Self> {
        if path.is_empty() || path.contains(":memory:") {
            // Each connection of a pool would have a database of its own.
            return Err(Error::Unavailable("SQLite in memory is not supported; name a file: `sqlite:PATH`".into()));
        }
        let path = Path::new(path.split('?').next().unwrap_or(path));
        let lock = if options.read_only { None } else { Some(lock(path)?) };
        let base = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY);
        // FULL: a commit that was answered survives a power cut, not only the death of the process.
        let writing = base.clone().journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full).create_if_missing(true);
        let writing = if options.read_only { base.clone().read_only(true) } else { writing };
        let pool = |connections: u32| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(options.acquire_timeout.max(BUSY))
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool(1).connect_with(writing).await.map_err(|error| fault(error, Phase::Inside))?;
        let readers = pool(options.view_connections.max(1)).connect_lazy_with(base.read_only(true));
        Ok(Sqlite { writer, readers, _lock: lock, read_only: options.read_only })
    }

    /// A writing transaction. It is a writer from its first statement: one that read first and wrote later would fail
    /// at once, whatever the busy timeout, when another had written in between.
    pub(super) async fn begin(&self) -> std::result::Result<Run, Fault> {
        if self.read_only {
            return Err(Fault::Final(Error::Unavailable("the store is opened for reading only".into())));
        }
        let tx = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(|error| fault(error, Phase::Inside))?;
        Ok(Run { tx, statements: 0, rows: 0 })
    }

    /// A reading transaction: one page shows one moment, its statements must not see different commits.
    pub(super) async fn view(&self) -> std::result::Result<Run, Fault> {
        let tx = self.readers.begin().await.map_err(|error| fault(error, Phase::Inside))?;
        Ok(Run { tx, statements: 0, rows: 0 })
    }

    /// Rows of one reading statement outside any transaction.
    pub(super) async fn read(&self, statement: Statement<'_>) -> Result<Vec<SqliteRow>> {
        Ok(statement.query()?.fetch_all(&self.readers).await.map_err(|error| fault(error, Phase::Inside))?)
    }
}

fn lock(path: &Path) -> Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let unusable = |reason: String| Error::Unavailable(format!("`{}`: {reason}", name.display()).into());
    let file = File::options().create(true).truncate(false).write(true).open(&name).map_err(|error| unusable(error.to_string()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(unusable("another process has this database open".into())),
        Err(std::fs::TryLockError::Error(error)) => Err(unusable(error.to_string())),
    }
}

/// A writing transaction that counts what it does. Dropped, it rolls back.
pub(in crate::store) struct Run {
    tx: Transaction<'static, Engine>,
    /// Statements so far.
    pub statements: u32,
    /// Rows written so far.
    pub rows: u32,
}

impl Run {
    /// Rows of a statement.
    pub async fn fetch(&mut self, statement: Statement<'_>) -> std::result::Result<Vec<SqliteRow>, Fault> {
        self.statements += 1;
        statement.query()?.fetch_all(&mut *self.tx).await.map_err(|error| fault(error, Phase::Inside))
    }

    /// The row of a statement that answers at most one.
    pub async fn fetch_one(&mut self, statement: Statement<'_>) -> std::result::Result<Option<SqliteRow>, Fault> {
        self.statements += 1;
        statement.query()?.fetch_optional(&mut *self.tx).await.map_err(|error| fault(error, Phase::Inside))
    }

    /// Runs a writing statement; the number of rows it wrote.
    pub async fn write(&mut self, statement: Statement<'_>) -> std::result::Result<u64, Fault> {
        self.statements += 1;
        let done = statement.query()?.execute(&mut *self.tx).await.map_err(|error| fault(error, Phase::Inside))?;
        self.rows += u32::try_from(done.rows_affected()).unwrap_or(u32::MAX);
        Ok(done.rows_affected())
    }

    /// The next number that only grows: fencing tokens and the order of effects.
    pub async fn number(&mut self) -> std::result::Result<i64, Fault> {
        const NEXT: &str = "UPDATE lane_number SET value = value + 1 RETURNING value";
        let row = self.fetch_one(sql(NEXT)).await?;
        let row = row.ok_or_else(|| Error::Schema("the table `lane_number` is empty".into()))?;
        row.try_get("value").map_err(|error| fault(error, Phase::Inside))
    }

    /// The connection, for statements that are not prepared.
    pub fn connection(&mut self) -> &mut sqlx::SqliteConnection {
        &mut self.tx
    }

    pub async fn commit(self) -> std::result::Result<(), Fault> {
        self.tx.commit().await.map_err(|error| fault(error, Phase::Commit))
    }

    /// Gives up what was done; a failure to say so changes nothing.
    pub async fn rollback(self) {
        let _ = self.tx.rollback().await;
    }
}

/// A statement being given its parameters.
pub(in crate::store) struct Statement<'q> {
    query: Query<'q, Engine, SqliteArguments>,
    /// A text with a NUL character was given.
    nul: bool,
}

/// A statement.
pub(super) fn sql<'q>(text: &'static str) -> Statement<'q> {
    Statement { query: sqlx::query(text), nul: false }
}

impl<'q> Statement<'q> {
    /// PostgreSQL's texts cannot hold the character NUL. SQLite's could; they must not, so that both refuse the same rows.
    pub fn text(mut self, value: &str) -> Self {
        self.nul |= value.contains('\0');
        self.query = self.query.bind(value.to_owned());
        self
    }

    pub fn maybe_text(mut self, value: Option<&str>) -> Self {
        self.nul |= value.is_some_and(|value| value.contains('\0'));
        self.query = self.query.bind(value.map(str::to_owned));
        self
    }

    pub fn id(mut self, value: Uuid) -> Self {
        self.query = self.query.bind(value.as_bytes().to_vec());
        self
    }

    pub fn maybe_id(mut self, value: Option<Uuid>) -> Self {
        self.query = self.query.bind(value.map(|id| id.as_bytes().to_vec()));
        self
    }

    pub fn int(mut self, value: impl Into<i64>) -> Self {
        self.query = self.query.bind(value.into());
        self
    }

    pub fn maybe_int(mut self, value: Option<i64>) -> Self {
        self.query = self.query.bind(value);
        self
    }

    pub fn time(self, value: Timestamp) -> Self {
        self.int(micros(value))
    }

    pub fn maybe_time(self, value: Option<Timestamp>) -> Self {
        self.maybe_int(value.map(micros))
    }

    fn query(self) -> std::result::Result<Query<'q, Engine, SqliteArguments>, Fault> {
        if self.nul {
            return Err(Fault::Final(Error::Refused("a text contains the character NUL".into())));
        }
        Ok(self.query)
    }
}

/// A statement of both engines as this one takes it.
fn statement(ask: Ask) -> Statement<'static> {
    let rendered = ask.render(Dialect::Sqlite);
    let begun = Statement { query: sqlx::query(sqlx::AssertSqlSafe(rendered.sql)).persistent(rendered.keep), nul: false };
    rendered.params.into_iter().fold(begun, |statement, param| match param {
        Param::Int(value) => statement.maybe_int(value),
        Param::Text(value) => statement.maybe_text(value.as_deref()),
        Param::Id(value) => statement.id(value),
        Param::Flag(value) => statement.int(value),
        Param::Ids(values) => {
            let hex: Vec<String> = values.iter().map(|id| id.simple().to_string()).collect();
            statement.text(&serde_json::Value::from(hex).to_string())
        }
        Param::Texts(values) => statement.text(&serde_json::Value::from(values).to_string()),
    })
}

impl Speaks for Sqlite {
    type Row = SqliteRow;
    type Turn = Run;

    async fn look(&self, _: crate::domain::ids::TenantId, asks: Vec<Ask>) -> Result<Vec<Vec<SqliteRow>>> {
        let mut found = Vec::with_capacity(asks.len());
        for ask in asks {
            found.push(self.read(statement(ask)).await?);
        }
        Ok(found)
    }

    async fn turn(&self) -> std::result::Result<Run, Fault> {
        self.begin().await
    }

    /// SQLite has no roles: its statements name the tenant, and nothing else does.
    async fn turn_of(&self, _: crate::domain::ids::TenantId) -> std::result::Result<Run, Fault> {
        self.begin().await
    }

    fn local(&self, time: Timestamp) -> i64 {
        micros(time)
    }
}

impl Turn for Run {
    type Row = SqliteRow;

    async fn rows(&mut self, ask: Ask) -> std::result::Result<Vec<SqliteRow>, Fault> {
        self.fetch(statement(ask)).await
    }

    async fn done(&mut self, ask: Ask) -> std::result::Result<u64, Fault> {
        self.write(statement(ask)).await
    }

    async fn keep(self) -> std::result::Result<(), Fault> {
        self.commit().await
    }
}

/// What an error means at this point. The primary code is the low byte of the extended one.
pub(super) fn fault(error: sqlx::Error, phase: Phase) -> Fault {
    let code = match &error {
        sqlx::Error::Database(database) => database.code().and_then(|code| code.parse::<u32>().ok()),
        sqlx::Error::Encode(_) | sqlx::Error::InvalidArgument(_) => return Fault::Final(Error::Refused(boxed(error))),
        _ => None,
    };
    Fault::Final(match code.map(|code| code & 0xff) {
        // TOOBIG, CONSTRAINT, MISMATCH.
        Some(18..=20) => Error::Refused(boxed(error)),
        // ERROR: a statement that does not fit the schema.
        Some(1) => Error::Schema(format!("{error}; run `waybill migrate`")),
        // IOERR at commit: it may have reached the disk.
        Some(10) | None if phase == Phase::Commit => Error::CommitUnknown(boxed(error)),
        _ => Error::Unavailable(boxed(error)),
    })
}

fn boxed(error: sqlx::Error) -> BoxError {
    Box::new(error)
}

impl Cell for SqliteRow {
    fn text(&self, column: &str) -> std::result::Result<Option<String>, String> {
        self.try_get(column).map_err(|error| error.to_string())
    }

    fn integer(&self, column: &str) -> std::result::Result<Option<i64>, String> {
        self.try_get(column).map_err(|error| error.to_string())
    }

    fn uuid(&self, column: &str) -> std::result::Result<Option<Uuid>, String> {
        let value = self.try_get_raw(column).map_err(|error| error.to_string())?;
        if value.is_null() {
            return Ok(None);
        }
        if value.type_info().name() != "BLOB" {
            return Err("is not a uuid".into());
        }
        let bytes: Vec<u8> = self.try_get(column).map_err(|error| error.to_string())?;
        Uuid::from_slice(&bytes).map(Some).map_err(|error| error.to_string())
    }
}
