//! One screen for operators: the outbox, what is stopped and why, streams, timers, replicas, the database; and charts.

use crate::app::connections::ConnectionItem;
use crate::app::health::{self, Report};
use crate::app::reading::{ExceptionQuery, Reader, Result};
use crate::domain::ids::TenantId;
use crate::store::desk::{CountChoice, OutboxRow, ProcessReport, StreamRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// How the hub is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Overview {
    /// When this was read.
    pub at: Timestamp,
    /// Unfinished work by connection.
    pub outbox: Vec<Outbox>,
    /// Documents that are stopped, by cause.
    pub stopped: BTreeMap<String, u64>,
    /// Documents in flight, by our status.
    pub in_flight: BTreeMap<String, u64>,
    /// Streams that are late or fail.
    pub streams_in_trouble: Vec<Stream>,
    /// Timers that are set.
    pub timers: u64,
    /// Replicas that said something within half a minute.
    pub replicas: Vec<Replica>,
    /// Bytes of the database on disk.
    pub database_bytes: u64,
    /// Attempts are kept since.
    pub attempts_since: Option<Timestamp>,
    /// Payloads are kept since.
    pub payloads_since: Option<Timestamp>,
    /// Bounds beyond which a figure wants a person.
    pub thresholds: Thresholds,
}

/// Unfinished work of one connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Outbox {
    /// The connection.
    pub connection: String,
    /// Documents with unfinished effects there.
    pub depth: u64,
    /// Of them, being worked on.
    pub held: u64,
    /// Of them, due and not taken up yet.
    pub ready: u64,
    /// How long the oldest of those has been due, milliseconds.
    pub oldest_ready_millis: Option<u64>,
}

/// A replica.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Replica {
    /// Its name, new with each start.
    pub process: String,
    /// Its release.
    pub version: String,
    /// Since when it runs.
    pub started_at: Timestamp,
    /// When it last said something.
    pub heard_at: Timestamp,
    /// Parts of it that are not ready, with why.
    pub waits: BTreeMap<String, String>,
}

/// Bounds beyond which a figure wants a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Thresholds {
    /// Work that is due waits longer than this, milliseconds.
    pub oldest_ready_millis: u64,
    /// Errors in a hundred calls.
    pub error_percent: u64,
    /// A stream is later than this, seconds.
    pub stream_late_seconds: u64,
    /// A stream failed so often in a row.
    pub stream_failures: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { oldest_ready_millis: 60_000, error_percent: 5, stream_late_seconds: 300, stream_failures: 3 }
    }
}

/// Where a stream stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Stream {
    /// The connection.
    pub connection: String,
    /// The stream of its connector.
    pub stream: String,
    /// When it is due; while it runs, when its lease ends.
    pub due_at: Timestamp,
    /// Whether a replica runs it now.
    pub running: bool,
    /// How far it got; only with the permission `payloads`, since cursors may hold keys.
    pub cursor: Option<Value>,
    /// Last success.
    pub last_success_at: Option<Timestamp>,
    /// How long ago that was, seconds.
    pub lag_seconds: Option<u64>,
    /// Last problem.
    pub problem: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// Nobody listens to it, so it is not read, unless documents of earlier flows hang on the connection.
    #[serde(default)]
    pub unheard: bool,
}

/// Streams, by connection and name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Streams {
    /// The streams that were ever run.
    pub items: Vec<Stream>,
}

/// A timer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimerItem {
    /// The instance.
    pub instance: Uuid,
    /// Its number within the instance.
    pub number: u32,
    /// When it is due.
    pub due_at: Timestamp,
}

/// Timers, the next first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Timers {
    /// How many are set.
    pub count: u64,
    /// The next ones.
    pub items: Vec<TimerItem>,
}

/// Points of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Series {
    /// The series.
    pub series: String,
    /// Minutes of each point.
    pub step_minutes: i64,
    /// The points, oldest first; what is zero is left out.
    pub items: Vec<Point>,
}

/// A point of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Point {
    /// Beginning of its time.
    pub at: Timestamp,
    /// Connection, for calls.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub connection: String,
    /// Operation, flow, type or cause.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub name: String,
    /// Class, outcome, code, or the upper bound of a bucket in milliseconds.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub label: String,
    /// How many.
    pub value: i64,
}

/// Which points.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesQuery {
    /// `documents`, `ended`, `exceptions`, `calls` or `call_millis`.
    pub series: String,
    /// Connection.
    pub connection: Option<String>,
    /// From.
    pub from: Timestamp,
    /// To.
    pub to: Timestamp,
    /// Minutes of a point.
    pub step_minutes: i64,
    /// Whether operations are summed.
    pub over_operations: bool,
}

/// Series there are.
pub const SERIES: [&str; 5] = ["documents", "ended", "exceptions", "calls", "call_millis"];

/// How the hub is doing now.
///
/// # Errors
/// When the store is away.
pub async fn overview(reader: &Reader, tenant: TenantId, known: &[ConnectionItem], now: Timestamp) -> Result<Overview> {
    let desk = reader.store_of().desk();
    let thresholds = Thresholds::default();
    let outbox = desk.outbox(tenant, now).await?.into_iter().map(|row| waiting(row, now)).collect();
    let in_flight = desk.in_flight(tenant).await?;
    let size = desk.size(tenant).await?;
    let (timers, _) = desk.timers(tenant, 1).await?;
    let streams = streams(reader, tenant, known, false, now).await?;
    let in_trouble = |stream: &Stream| {
        let late = u64::try_from(now.duration_since(stream.due_at).as_secs()).unwrap_or(0);
        stream.failures >= thresholds.stream_failures || (!stream.running && !stream.unheard && late > thresholds.stream_late_seconds)
    };
    let replicas = health::reports(reader, tenant, now).await?.into_iter().map(replica).collect();
    Ok(Overview {
        at: now,
        outbox,
        stopped: in_flight.by_cause.into_iter().collect(),
        in_flight: in_flight.by_status.into_iter().collect(),
        streams_in_trouble: streams.items.into_iter().filter(in_trouble).collect(),
        timers,
        replicas,
        database_bytes: size.bytes,
        attempts_since: size.oldest_attempt_at,
        payloads_since: size.oldest_payload_at,
        thresholds,
    })
}

/// Streams with where they stand.
///
/// # Errors
/// When the store is away.
pub async fn streams(reader: &Reader, tenant: TenantId, known: &[ConnectionItem], cursors: bool, now: Timestamp) -> Result<Streams> {
    let rows = reader.store_of().desk().streams(tenant).await?;
    let unheard =
        |row: &StreamRow| known.iter().any(|item| item.connection == row.connection && item.unheard_streams.contains(&row.stream));
    let told = |row: StreamRow| Stream { unheard: unheard(&row), ..stream(row, cursors, now) };
    Ok(Streams { items: rows.into_iter().map(told).collect() })
}

/// Timers that are due next.
///
/// # Errors
/// When the store is away.
pub async fn timers(reader: &Reader, tenant: TenantId, limit: u32) -> Result<Timers> {
    let (count, rows) = reader.store_of().desk().timers(tenant, limit).await?;
    let items = rows.into_iter().map(|(instance, number, due_at)| TimerItem { instance: instance.0, number, due_at }).collect();
    Ok(Timers { count, items })
}

/// Points of a chart.
///
/// # Errors
/// When the store is away.
pub async fn series(reader: &Reader, tenant: TenantId, query: &SeriesQuery) -> Result<Series> {
    let minute = |at: Timestamp| at.as_second().div_euclid(60);
    let choice = CountChoice {
        tenant,
        series: query.series.clone(),
        connection: query.connection.clone(),
        from: minute(query.from),
        to: minute(query.to),
        step_minutes: query.step_minutes,
        over_operations: query.over_operations,
    };
    let rows = reader.store_of().desk().minute_counts(&choice).await?;
    let point = |row: crate::store::desk::MinuteCount| Point {
        at: Timestamp::from_second(row.minute * 60).unwrap_or(Timestamp::UNIX_EPOCH),
        connection: row.connection,
        name: row.operation,
        label: row.label,
        value: row.value,
    };
    Ok(Series { series: query.series.clone(), step_minutes: query.step_minutes, items: rows.into_iter().map(point).collect() })
}

/// Open exceptions of a connection since a time, as a filter: what `recover` takes up again.
pub fn failed_since(connection: &str, since: Timestamp) -> ExceptionQuery {
    ExceptionQuery {
        state: Some("open".to_owned()),
        connection: Some(connection.to_owned()),
        since: Some(since),
        ..ExceptionQuery::default()
    }
}

fn waiting(row: OutboxRow, now: Timestamp) -> Outbox {
    let age = |at: Timestamp| u64::try_from(now.duration_since(at).as_millis()).unwrap_or(0);
    Outbox {
        connection: row.connection,
        depth: row.lanes,
        held: row.held,
        ready: row.ready,
        oldest_ready_millis: row.oldest_ready_at.map(age),
    }
}

fn replica((row, report): (ProcessReport, Report)) -> Replica {
    Replica { process: row.process, version: report.version, started_at: row.started_at, heard_at: row.at, waits: report.waits }
}

fn stream(row: StreamRow, cursors: bool, now: Timestamp) -> Stream {
    let ago = |at: Timestamp| u64::try_from(now.duration_since(at).as_secs()).unwrap_or(0);
    let cursor = row.cursor.filter(|_| cursors);
    Stream {
        connection: row.connection,
        stream: row.stream,
        due_at: row.due_at,
        running: row.owner.is_some(),
        cursor: cursor.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text))),
        lag_seconds: row.last_success_at.map(ago),
        last_success_at: row.last_success_at,
        problem: row.problem,
        failures: row.failures,
        unheard: false,
    }
}
