//! PostgreSQL: arguments in the type that the server derives for their place, so that `numeric` and `timestamptz` stay exact.

use super::value::{self, Argument};
use super::{Found, Line, Place, Problem, Server, cannot, not_connected, number, problem};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt;
use serde_json::{Map, Value as Json};
use sqlx::encode::IsNull;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgRow, PgSslMode, PgTypeInfo, PgTypeKind, PgValueRef};
use sqlx::{
    Arguments, AssertSqlSafe, Column, ConnectOptions, Either, Encode, Executor, Row, SqlSafeStr, Statement, Type, TypeInfo, ValueRef,
};
use std::time::Duration;

/// A PostgreSQL server.
pub(super) struct Postgres {
    place: Place,
}

impl Postgres {
    pub(super) fn new(place: Place) -> Postgres {
        Postgres { place }
    }
}

impl Server for Postgres {
    type Line = PgConnection;
    const ATOMIC: bool = true;
    const NUMBERED: bool = true;

    async fn connect(&self) -> Result<PgConnection, Problem> {
        let place = &self.place;
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(&place.host().await?)
            .port(place.port)
            .database(&place.database)
            .username(place.user.as_deref().unwrap_or("postgres"))
            .password(place.password.as_deref().unwrap_or_default())
            .application_name("waybill")
            .ssl_mode(if place.verify { PgSslMode::VerifyFull } else { PgSslMode::Disable })
            .disable_statement_logging();
        if let Some(ca) = &place.ca {
            options = options.ssl_root_cert_from_pem(ca.clone().into_bytes());
        }
        if let Some(identity) = &place.identity {
            options = options.ssl_client_cert_from_pem(identity).ssl_client_key_from_pem(identity);
        }
        options.connect().await.map_err(|error| not_connected(said(error)))
    }
}

impl Line for PgConnection {
    async fn begin(&mut self, reads: bool, time: Duration) -> Result<(), Problem> {
        let only = if reads { " READ ONLY" } else { "" };
        // The server gives up when we do, so that nothing goes on for nobody.
        let sql = format!("BEGIN{only}; SET LOCAL statement_timeout = {}", time.as_millis().max(1));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(self).await.map(drop).map_err(said)
    }

    async fn run(&mut self, sql: String, arguments: Vec<&Json>, found: &mut Found) -> Result<u64, Problem> {
        let statement = Executor::prepare(&mut *self, AssertSqlSafe(sql).into_sql_str()).await.map_err(said)?;
        let types = match statement.parameters() {
            Some(Either::Left(types)) => types.to_vec(),
            _ => Vec::new(),
        };
        let mut bound = PgArguments::default();
        for (index, json) in arguments.into_iter().enumerate() {
            let of = types.get(index).cloned().unwrap_or_else(<str as Type<sqlx::Postgres>>::type_info);
            let bytes = Argument::read(json).and_then(|argument| encode(&argument, &of));
            let bytes = bytes.ok_or_else(|| cannot("argument", &format!("${}", index + 1), &format!("cannot be sent as {}", of.name())))?;
            bound.add(Bytes { of, bytes }).map_err(|error| problem(sqlx::Error::Encode(error), status))?;
        }
        let query = statement.query_with(bound);
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

/// What a code says (PostgreSQL, appendix A).
fn status(said: &dyn sqlx::error::DatabaseError) -> u16 {
    let code = said.code().unwrap_or_default();
    match code.as_ref() {
        "23505" | "23P01" => 409,
        "42501" => 403,
        // A lost race, a dead lock, a lock or time that was waited for in vain: rolled back, so surely not done.
        "40001" | "40P01" | "40003" | "55P03" | "57014" => 503,
        code => match code.get(..2).unwrap_or_default() {
            "28" => 401,
            "08" | "53" | "57" | "58" => 503,
            "22" | "23" => 422,
            _ => 400,
        },
    }
}

/// An argument in the server's own form.
struct Bytes {
    of: PgTypeInfo,
    /// None for null.
    bytes: Option<Vec<u8>>,
}

impl Type<sqlx::Postgres> for Bytes {
    fn type_info() -> PgTypeInfo {
        <str as Type<sqlx::Postgres>>::type_info()
    }
}

impl Encode<'_, sqlx::Postgres> for Bytes {
    fn encode_by_ref(&self, buffer: &mut sqlx::postgres::PgArgumentBuffer) -> Result<IsNull, sqlx::error::BoxDynError> {
        let Some(bytes) = &self.bytes else { return Ok(IsNull::Yes) };
        buffer.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.of.clone())
    }
}

/// The binary form of an argument in the type of its place; an outer none when it has no such form.
fn encode(argument: &Argument, of: &PgTypeInfo) -> Option<Option<Vec<u8>>> {
    let text = match argument {
        Argument::Null => return Some(None),
        Argument::Bool(flag) => flag.to_string(),
        Argument::Int(number) => number.to_string(),
        Argument::Text(text) => text.clone(),
        Argument::Instant(at) => at.to_string(),
    };
    Some(Some(match of.name() {
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "UNKNOWN" | "JSON" => text.into_bytes(),
        "JSONB" => [&[1], text.as_bytes()].concat(),
        "INT2" => text.parse::<i16>().ok()?.to_be_bytes().to_vec(),
        "INT4" => text.parse::<i32>().ok()?.to_be_bytes().to_vec(),
        "INT8" => text.parse::<i64>().ok()?.to_be_bytes().to_vec(),
        "NUMERIC" => number::encode(&text)?,
        "FLOAT4" => text.parse::<f32>().ok()?.to_be_bytes().to_vec(),
        "FLOAT8" => text.parse::<f64>().ok()?.to_be_bytes().to_vec(),
        "BOOL" => vec![match text.as_str() {
            "true" | "1" => 1,
            "false" | "0" => 0,
            _ => return None,
        }],
        "DATE" => value::days(text.get(..10).unwrap_or(&text))?.to_be_bytes().to_vec(),
        "TIMESTAMP" | "TIMESTAMPTZ" => value::micros(argument)?.to_be_bytes().to_vec(),
        "UUID" => text.parse::<uuid::Uuid>().ok()?.as_bytes().to_vec(),
        _ if matches!(of.kind(), PgTypeKind::Enum(_)) => text.into_bytes(),
        _ => return None,
    }))
}

fn read_row(row: &PgRow) -> Result<Map<String, Json>, Problem> {
    let mut out = Map::with_capacity(row.columns().len());
    for column in row.columns() {
        let value = row.try_get_raw(column.ordinal()).map_err(said)?;
        let of = value.type_info().into_owned();
        let json = read_cell(value, &of).ok_or_else(|| {
            cannot("column", column.name(), &format!("is {}, which is not read; cast it to text in the statement", of.name()))
        })?;
        if out.insert(column.name().to_owned(), json).is_some() {
            return Err(cannot("column", column.name(), "stands twice in the answer; name one of them with AS"));
        }
    }
    Ok(out)
}

fn read_cell(value: PgValueRef<'_>, of: &PgTypeInfo) -> Option<Json> {
    if value.is_null() {
        return Some(Json::Null);
    }
    let bytes = value.as_bytes().ok()?;
    let text = || std::str::from_utf8(bytes).ok();
    Some(match of.name() {
        "TEXT" | "VARCHAR" | "CHAR" | "\"CHAR\"" | "NAME" | "UNKNOWN" => Json::from(text()?),
        "BOOL" => Json::from(bytes == [1]),
        "INT2" => Json::from(i16::from_be_bytes(bytes.try_into().ok()?)),
        "INT4" => Json::from(i32::from_be_bytes(bytes.try_into().ok()?)),
        "INT8" => Json::from(i64::from_be_bytes(bytes.try_into().ok()?)),
        // As text: money keeps its digits.
        "NUMERIC" => Json::from(number::decode(bytes)?),
        "FLOAT4" => Json::from(f32::from_be_bytes(bytes.try_into().ok()?)),
        "FLOAT8" => Json::from(f64::from_be_bytes(bytes.try_into().ok()?)),
        "DATE" => Json::from(value::day(i32::from_be_bytes(bytes.try_into().ok()?))?),
        "TIMESTAMP" => Json::from(value::moment(i64::from_be_bytes(bytes.try_into().ok()?), false)?),
        "TIMESTAMPTZ" => Json::from(value::moment(i64::from_be_bytes(bytes.try_into().ok()?), true)?),
        "UUID" => Json::from(uuid::Uuid::from_slice(bytes).ok()?.to_string()),
        "JSON" => serde_json::from_slice(bytes).ok()?,
        "JSONB" => serde_json::from_slice(bytes.strip_prefix(&[1])?).ok()?,
        "BYTEA" => Json::from(STANDARD.encode(bytes)),
        _ if matches!(of.kind(), PgTypeKind::Enum(_)) => Json::from(text()?),
        _ => return None,
    })
}
