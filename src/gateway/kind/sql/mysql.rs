//! MySQL and MariaDB: arguments as text or whole numbers, which the server turns into the column's type exactly.

use super::value::{self, Argument};
use super::{Found, Line, Place, Problem, Server, cannot, not_connected, problem};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt;
use serde_json::{Map, Value as Json};
use sqlx::mysql::{MySqlArguments, MySqlConnectOptions, MySqlConnection, MySqlDatabaseError, MySqlRow, MySqlSslMode};
use sqlx::{Arguments, AssertSqlSafe, Column, ConnectOptions, Either, Executor, Row, TypeInfo, ValueRef};
use std::time::Duration;

/// Seconds a statement waits for a row that somebody else holds; the server's own default outlives our calls.
const LOCK_WAIT_SECONDS: u32 = 10;

/// A MySQL or MariaDB server.
pub(super) struct MySql {
    place: Place,
}

impl MySql {
    pub(super) fn new(place: Place) -> MySql {
        MySql { place }
    }
}

impl Server for MySql {
    type Line = MySqlConnection;
    // A table of an engine without transactions keeps what it was told.
    const ATOMIC: bool = false;
    const NUMBERED: bool = false;

    async fn connect(&self) -> Result<MySqlConnection, Problem> {
        let place = &self.place;
        let mut options = MySqlConnectOptions::new()
            .host(&place.host().await?)
            .port(place.port)
            .database(&place.database)
            .username(place.user.as_deref().unwrap_or("root"))
            .ssl_mode(if place.verify { MySqlSslMode::VerifyIdentity } else { MySqlSslMode::Disabled })
            // As the server is set up: a connector's author writes SQL for it and not for us.
            .pipes_as_concat(false)
            .disable_statement_logging();
        if let Some(password) = place.password.as_deref().filter(|password| !password.is_empty()) {
            options = options.password(password);
        }
        if let Some(ca) = &place.ca {
            options = options.ssl_ca_from_pem(ca.clone().into_bytes());
        }
        if let Some(identity) = &place.identity {
            options = options.ssl_client_cert_from_pem(identity).ssl_client_key_from_pem(identity);
        }
        let mut line = options.connect().await.map_err(|error| not_connected(said(error)))?;
        let sql = format!("SET SESSION innodb_lock_wait_timeout = {LOCK_WAIT_SECONDS}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut line).await.map_err(|error| not_connected(said(error)))?;
        Ok(line)
    }
}

impl Line for MySqlConnection {
    async fn begin(&mut self, reads: bool, _time: Duration) -> Result<(), Problem> {
        let sql = if reads { "START TRANSACTION READ ONLY" } else { "START TRANSACTION" };
        sqlx::raw_sql(sql).execute(self).await.map(drop).map_err(said)
    }

    async fn run(&mut self, sql: String, arguments: Vec<&Json>, found: &mut Found) -> Result<u64, Problem> {
        let mut bound = MySqlArguments::default();
        for (index, json) in arguments.into_iter().enumerate() {
            let added = match Argument::read(json) {
                None => return Err(cannot("argument", &(index + 1).to_string(), "cannot be sent")),
                Some(Argument::Null) => bound.add(None::<String>),
                Some(Argument::Bool(flag)) => bound.add(flag),
                Some(Argument::Int(number)) => bound.add(number),
                Some(Argument::Text(text)) => bound.add(text),
                Some(Argument::Instant(at)) => bound.add(value::mysql_time(at)),
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

/// What an error number says (MySQL and MariaDB share them).
fn status(said: &dyn sqlx::error::DatabaseError) -> u16 {
    let number = said.try_downcast_ref::<MySqlDatabaseError>().map_or(0, MySqlDatabaseError::number);
    match number {
        1062 | 1586 | 1859 => 409,
        1044 | 1045 | 1698 | 1862 | 1820 => 401,
        1142 | 1143 | 1227 | 1370 => 403,
        // Lock waits, dead locks, too many connections, a server going down: rolled back or never begun.
        1205 | 1213 | 1020 | 1040 | 1203 | 1226 | 1053 | 1077 | 1317 | 1969 | 3024 | 4031 => 503,
        1048 | 1216 | 1217 | 1264 | 1292 | 1364 | 1366 | 1406 | 1411 | 1451 | 1452 | 1690 | 3819 | 4025 => 422,
        _ => 400,
    }
}

fn read_row(row: &MySqlRow) -> Result<Map<String, Json>, Problem> {
    let mut out = Map::with_capacity(row.columns().len());
    for column in row.columns() {
        let at = column.ordinal();
        let value = row.try_get_raw(at).map_err(said)?;
        let of = value.type_info().name().to_owned();
        let json = if value.is_null() { Some(Json::Null) } else { read_cell(row, at, &of) };
        let json =
            json.ok_or_else(|| cannot("column", column.name(), &format!("is {of}, which is not read; cast it to CHAR in the statement")))?;
        if out.insert(column.name().to_owned(), json).is_some() {
            return Err(cannot("column", column.name(), "stands twice in the answer; name one of them with AS"));
        }
    }
    Ok(out)
}

fn read_cell(row: &MySqlRow, at: usize, of: &str) -> Option<Json> {
    let bytes = || row.try_get_unchecked::<&[u8], _>(at).ok();
    Some(match of {
        "TINYINT" | "SMALLINT" | "INT" | "MEDIUMINT" | "BIGINT" | "BOOLEAN" | "YEAR" => {
            Json::from(row.try_get_unchecked::<i64, _>(at).ok()?)
        }
        of if of.ends_with(" UNSIGNED") => Json::from(row.try_get_unchecked::<u64, _>(at).ok()?),
        "FLOAT" => Json::from(row.try_get_unchecked::<f32, _>(at).ok()?),
        "DOUBLE" => Json::from(row.try_get_unchecked::<f64, _>(at).ok()?),
        "JSON" => serde_json::from_slice(bytes()?).ok()?,
        "DATE" | "DATETIME" => Json::from(read_time(bytes()?, of)?),
        "TIMESTAMP" => Json::from(format!("{}Z", read_time(bytes()?, of)?)),
        "BIT" | "GEOMETRY" | "TIME" | "NULL" => return None,
        // Texts with a binary collation come under the names of bytes; what is no text goes as base64.
        _ => match std::str::from_utf8(bytes()?) {
            Ok(text) => Json::from(text),
            Err(_) => Json::from(STANDARD.encode(bytes()?)),
        },
    })
}

/// A day or time of the binary protocol: how many bytes follow, then year, month, day, then hour, minute, second, then microseconds, as far as not zero.
fn read_time(bytes: &[u8], of: &str) -> Option<String> {
    let (length, bytes) = bytes.split_first()?;
    let bytes = bytes.get(..usize::from(*length))?;
    let mut part = [0_u8; 11];
    part.get_mut(..bytes.len())?.copy_from_slice(bytes);
    let year = u16::from_le_bytes([part[0], part[1]]);
    let micros = u32::from_le_bytes([part[7], part[8], part[9], part[10]]);
    if bytes.is_empty() || part[2] == 0 || part[3] == 0 {
        // `0000-00-00` is MySQL's way to say that there is none.
        return None;
    }
    let day = format!("{year:04}-{:02}-{:02}", part[2], part[3]);
    if of == "DATE" {
        return Some(day);
    }
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    Some(format!("{day}T{:02}:{:02}:{:02}{fraction}", part[4], part[5], part[6]))
}
