//! SQLite: a file in one of the folders that connections may open. Amounts belong into columns declared TEXT: any other
//! declaration makes them floating point.

use super::super::Opening;
use super::value::Argument;
use super::{Found, Line, Problem, Server, cannot, not_connected, problem};
use crate::domain::connector::Failure;
use crate::gateway::kind::Folders;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt;
use serde_json::{Map, Value as Json};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Column, ConnectOptions, Either, Executor, Row, TypeInfo, ValueRef};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// How long a statement waits for another writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A database in a file.
pub(super) struct Sqlite {
    file: PathBuf,
    folders: Folders,
}

impl Sqlite {
    pub(super) fn new(opening: &Opening<'_>) -> Result<Sqlite, String> {
        let url = Url::parse(&opening.address).map_err(|_| "`sql.database` is no address".to_owned())?;
        if url.host_str().is_some_and(|host| !host.is_empty()) || url.query().is_some() {
            return Err("a SQLite database is written `sqlite:///path/of/the/file`, with three slashes and without options".to_owned());
        }
        let path = percent_encoding::percent_decode_str(url.path()).decode_utf8().map_err(|_| "the path is not UTF-8")?.into_owned();
        Ok(Sqlite { file: PathBuf::from(path), folders: opening.folders.clone() })
    }
}

impl Server for Sqlite {
    type Line = SqliteConnection;
    const ATOMIC: bool = true;
    const NUMBERED: bool = true;

    async fn connect(&self) -> Result<SqliteConnection, Problem> {
        // Each time: a link that was changed since must not lead elsewhere.
        let file = self.folders.allow(&self.file).map_err(|why| Problem::Lost(Failure::Egress, why))?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(false)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        options.connect().await.map_err(|error| not_connected(said(error)))
    }
}

impl Line for SqliteConnection {
    async fn begin(&mut self, reads: bool, _time: Duration) -> Result<(), Problem> {
        // A writer takes its place at once: one that began as a reader could only fail when it meets another.
        let sql = if reads { "PRAGMA query_only = 1; BEGIN" } else { "PRAGMA query_only = 0; BEGIN IMMEDIATE" };
        sqlx::raw_sql(sql).execute(self).await.map(drop).map_err(said)
    }

    async fn run(&mut self, sql: String, arguments: Vec<&Json>, found: &mut Found) -> Result<u64, Problem> {
        let mut bound = SqliteArguments::default();
        for (index, json) in arguments.into_iter().enumerate() {
            let added = match Argument::read(json) {
                None => return Err(cannot("argument", &format!("${}", index + 1), "cannot be sent")),
                Some(Argument::Null) => bound.add(None::<String>),
                Some(Argument::Bool(flag)) => bound.add(flag),
                Some(Argument::Int(number)) => bound.add(number),
                Some(Argument::Text(text)) => bound.add(text),
                Some(Argument::Instant(at)) => bound.add(at.to_string()),
            };
            added.map_err(|error| problem(sqlx::Error::Encode(error), status))?;
        }
        let query = sqlx::query_with(AssertSqlSafe(sql), bound);
        let mut changed = 0;
        let mut steps = Executor::fetch_many(&mut *self, query);
        while let Some(step) = steps.try_next().await.map_err(said)? {
            match step {
                Either::Left(done) => changed = done.rows_affected(),
                Either::Right(row) => found.push(read_row(&row)?)?,
            }
        }
        Ok(changed)
    }

    async fn end(&mut self, commit: bool) -> Result<(), Problem> {
        sqlx::raw_sql(if commit { "COMMIT" } else { "ROLLBACK" }).execute(self).await.map(drop).map_err(said)
    }
}

fn said(error: sqlx::Error) -> Problem {
    problem(error, status)
}

/// What a result code says; the low byte is the code, the rest its kind.
fn status(said: &dyn sqlx::error::DatabaseError) -> u16 {
    let code: u32 = said.code().and_then(|code| code.parse().ok()).unwrap_or(0);
    match (code, code & 0xff) {
        // A primary key, a unique column, a row id.
        (1555 | 2067 | 2579, _) => 409,
        (_, 5 | 6 | 9) => 503,
        (_, 3 | 23) => 403,
        (_, 18..=20) => 422,
        // The disk or the file: the next try may find them well.
        (_, 10 | 13 | 14) => 503,
        _ => 400,
    }
}

fn read_row(row: &SqliteRow) -> Result<Map<String, Json>, Problem> {
    let mut out = Map::with_capacity(row.columns().len());
    for column in row.columns() {
        let at = column.ordinal();
        let value = row.try_get_raw(at).map_err(said)?;
        let of = value.type_info().name().to_owned();
        let json = if value.is_null() { Some(Json::Null) } else { read_cell(row, at, &of) };
        let json = json.ok_or_else(|| cannot("column", column.name(), &format!("holds {of} that cannot be read")))?;
        if out.insert(column.name().to_owned(), json).is_some() {
            return Err(cannot("column", column.name(), "stands twice in the answer; name one of them with AS"));
        }
    }
    Ok(out)
}

fn read_cell(row: &SqliteRow, at: usize, of: &str) -> Option<Json> {
    Some(match of {
        "INTEGER" | "BOOLEAN" => Json::from(row.try_get_unchecked::<i64, _>(at).ok()?),
        "REAL" => Json::from(row.try_get_unchecked::<f64, _>(at).ok()?),
        "BLOB" => Json::from(STANDARD.encode(row.try_get_unchecked::<&[u8], _>(at).ok()?)),
        _ => Json::from(row.try_get_unchecked::<&str, _>(at).ok()?),
    })
}
