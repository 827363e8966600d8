//! How partners and the hub itself are doing: from counts of minutes, what replicas say of themselves, and the outbox.
//!
//! Calls, errors and percentiles are of the last hour; what stands only in a process's memory (breakers, places, credentials)
//! is as each replica told it at most a few seconds ago.

use crate::app::connections::ConnectionItem;
use crate::app::reading::{Reader, Result};
use crate::domain::ids::TenantId;
use crate::runtime::tally::{BUCKETS_MILLIS, is_good};
use crate::store::desk::{BreakerChange, BreakerHold, CountChoice, MinuteCount, ProcessReport};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Minutes that health looks back on.
const WINDOW_MINUTES: i64 = 60;
/// A replica that said nothing for so long is not shown.
const SILENT: SignedDuration = SignedDuration::from_secs(30);
/// Credentials that lapse sooner are worth a look where nothing renews them.
const LAPSE_SOON_SECONDS: u64 = 3_600;
/// More errors than this in a hundred calls is degraded.
const DEGRADED_PERCENT: u64 = 5;

/// How a connection is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionHealth {
    /// The connection.
    pub connection: String,
    /// The connector it speaks.
    pub connector: String,
    /// `production`, `test`, … as the connection says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub environment: Option<String>,
    /// `healthy`, `idle` (no call in the last hour), `degraded` (errors), `open` (the breaker holds calls back) or `held` (a
    /// person does).
    pub state: String,
    /// Calls of the last hour.
    pub calls: u64,
    /// Of them, those that were neither answered well nor found nothing.
    pub errors: u64,
    /// Of a hundred calls, how many took at most so long, milliseconds: the upper bound of the bucket that holds the 95th;
    /// absent without calls or above the last bucket.
    pub p95_millis: Option<u32>,
    /// When the last good answer came, within the hour: to the moment while the replica that had it runs, as told every five
    /// seconds; else the beginning of its minute.
    pub last_success_at: Option<Timestamp>,
    /// A person's hold on the breaker.
    pub held: Option<Held>,
    /// The line of each replica.
    pub lines: Vec<LineOf>,
    /// When the credentials in use lapse, the soonest of all replicas; they are renewed before.
    pub credentials_lapse_at: Option<Timestamp>,
    /// Streams that nobody listens to; they are not read, unless documents of earlier flows hang on the connection.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub unheard_streams: Vec<String>,
    /// Calls by operation; only for one connection.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub operations: Vec<OperationHealth>,
    /// When the breaker opened and closed, newest first; only for one connection.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub breaker_history: Vec<BreakerLine>,
}

/// A person's hold on a breaker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// `open` or `closed`.
    pub state: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// A connection's line in one replica.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LineOf {
    /// The replica.
    #[serde(default)]
    pub process: String,
    /// `closed`, `open` or `probing`; `held_open` or `held_closed` while a person holds it.
    pub breaker: String,
    /// Calls are held back for this long yet, milliseconds.
    pub held_millis: u64,
    /// Requests at the same time at most.
    pub places: u32,
    /// Requests under way.
    pub in_use: u32,
    /// Calls that wait for a place or the rate.
    pub waiting: u32,
    /// Rates in force: how many in how many milliseconds.
    pub rates: Vec<(u32, u64)>,
    /// The partner asked for a pause that lasts this long yet, milliseconds.
    pub paused_millis: u64,
}

/// Calls of one operation in the last hour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OperationHealth {
    /// The operation; `auth` for log-ins.
    pub operation: String,
    /// Calls by class of answer.
    pub calls: BTreeMap<String, u64>,
    /// As for the connection.
    pub p95_millis: Option<u32>,
}

/// A line in a breaker's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BreakerLine {
    /// When.
    pub at: Timestamp,
    /// `open`, `probing`, `closed`, `held_open`, `held_closed` or `released`.
    pub state: String,
    /// Who, when it was a person.
    pub actor: Option<String>,
    /// Why, when it was a person.
    pub reason: Option<String>,
    /// The replica that saw it.
    pub process: Option<String>,
}

/// What a replica says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Its release.
    pub version: String,
    /// Its lines.
    pub lines: BTreeMap<String, LineOf>,
    /// Seconds until credentials lapse, by connection.
    pub lapses: BTreeMap<String, u64>,
    /// Parts that are not ready, with why.
    pub waits: BTreeMap<String, String>,
    /// When each connection last answered well; replicas of before do not say it.
    #[serde(default)]
    pub successes: BTreeMap<String, Timestamp>,
}

/// Health of all connections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionsHealth {
    /// The connections, by name.
    pub items: Vec<ConnectionHealth>,
}

/// How all connections are doing: two queries for the calls, however many connections.
///
/// # Errors
/// When the store is away.
pub async fn connections(reader: &Reader, tenant: TenantId, known: &[ConnectionItem], now: Timestamp) -> Result<ConnectionsHealth> {
    let facts = Facts::read(reader, tenant, None, now).await?;
    Ok(ConnectionsHealth { items: known.iter().map(|item| facts.health(item, now)).collect() })
}

/// How one connection is doing, with its operations and its breaker's history.
///
/// # Errors
/// When the store is away.
pub async fn connection(reader: &Reader, tenant: TenantId, item: &ConnectionItem, now: Timestamp) -> Result<ConnectionHealth> {
    let facts = Facts::read(reader, tenant, Some(&item.connection), now).await?;
    let history = reader.store_of().desk().breaker_changes(tenant, &item.connection).await?;
    Ok(ConnectionHealth {
        operations: facts.operations(&item.connection),
        breaker_history: history.into_iter().map(BreakerLine::from).collect(),
        ..facts.health(item, now)
    })
}

struct Facts {
    calls: Vec<MinuteCount>,
    millis: Vec<MinuteCount>,
    holds: Vec<BreakerHold>,
    reports: Vec<(ProcessReport, Report)>,
}

impl Facts {
    async fn read(reader: &Reader, tenant: TenantId, connection: Option<&str>, now: Timestamp) -> Result<Facts> {
        let minute = now.as_second().div_euclid(60);
        let choice = |series: &str, step_minutes, over_operations| CountChoice {
            tenant,
            series: series.to_owned(),
            connection: connection.map(str::to_owned),
            from: minute - WINDOW_MINUTES + 1,
            to: minute + 1,
            step_minutes,
            over_operations,
        };
        let desk = reader.store_of().desk();
        let calls = desk.minute_counts(&choice("calls", 1, connection.is_none())).await?;
        let millis = desk.minute_counts(&choice("call_millis", WINDOW_MINUTES, connection.is_none())).await?;
        let holds = desk.held_breakers().await?.into_iter().filter(|hold| hold.tenant == tenant).collect();
        let reports = reports(reader, tenant, now).await?;
        Ok(Facts { calls, millis, holds, reports })
    }

    fn health(&self, item: &ConnectionItem, now: Timestamp) -> ConnectionHealth {
        let name = &item.connection;
        let mine: Vec<&MinuteCount> = self.calls.iter().filter(|count| count.connection == *name).collect();
        let sum =
            |good: bool| mine.iter().filter(|count| is_good(&count.label) == good).map(|count| count.value.unsigned_abs()).sum::<u64>();
        let (good, errors) = (sum(true), sum(false));
        let last = mine.iter().filter(|count| is_good(&count.label)).map(|count| count.minute).max();
        let lines: Vec<LineOf> = self
            .reports
            .iter()
            .filter_map(|(row, report)| Some(LineOf { process: row.process.clone(), ..report.lines.get(name)?.clone() }))
            .collect();
        let held = self.holds.iter().find(|hold| hold.connection == *name);
        let lapse = self.reports.iter().filter_map(|(_, report)| report.lapses.get(name)).min();
        let state = match held.and_then(|hold| hold.state.as_deref()) {
            Some("open") => "held",
            _ if lines.iter().any(|line| line.breaker != "closed") => "open",
            _ if good + errors == 0 => "idle",
            _ if errors * 100 > (good + errors) * DEGRADED_PERCENT => "degraded",
            _ => "healthy",
        };
        let lapse_at = lapse.filter(|seconds| **seconds <= LAPSE_SOON_SECONDS * 24 * 365);
        ConnectionHealth {
            connection: name.clone(),
            connector: item.connector.clone(),
            environment: item.environment.clone(),
            state: state.to_owned(),
            calls: good + errors,
            errors,
            p95_millis: p95(self.millis.iter().filter(|count| count.connection == *name)),
            last_success_at: self.last_success(name, last),
            held: held.and_then(|hold| {
                Some(Held { state: hold.state.clone()?, actor: hold.actor.clone(), reason: hold.reason.clone(), at: hold.at })
            }),
            lines,
            credentials_lapse_at: lapse_at
                .and_then(|seconds| i64::try_from(*seconds).ok())
                .and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok()),
            unheard_streams: item.unheard_streams.clone(),
            operations: Vec::new(),
            breaker_history: Vec::new(),
        }
    }

    /// The moment as replicas tell it; the minute where its replica is gone, or has not told yet.
    fn last_success(&self, connection: &str, last_minute: Option<i64>) -> Option<Timestamp> {
        let minute = Timestamp::from_second(last_minute? * 60).ok()?;
        let told = self.reports.iter().filter_map(|(_, report)| report.successes.get(connection)).max().copied();
        Some(told.filter(|told| *told >= minute).unwrap_or(minute))
    }

    fn operations(&self, connection: &str) -> Vec<OperationHealth> {
        let mut found: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
        for count in self.calls.iter().filter(|count| count.connection == connection) {
            *found.entry(&count.operation).or_default().entry(count.label.clone()).or_default() += count.value.unsigned_abs();
        }
        let of = |operation: &str| {
            self.millis.iter().filter(|count| count.connection == connection && count.operation == operation).collect::<Vec<_>>()
        };
        let view = |(operation, calls): (&str, BTreeMap<String, u64>)| OperationHealth {
            operation: operation.to_owned(),
            calls,
            p95_millis: p95(of(operation).into_iter()),
        };
        found.into_iter().map(view).collect()
    }
}

/// What replicas said of themselves a moment ago.
pub(in crate::app) async fn reports(reader: &Reader, tenant: TenantId, now: Timestamp) -> Result<Vec<(ProcessReport, Report)>> {
    let since = now.checked_sub(SILENT).unwrap_or(now);
    let rows = reader.store_of().desk().reports(tenant, since).await?;
    Ok(rows.into_iter().map(|row| (row.clone(), serde_json::from_str(&row.body).unwrap_or_default())).collect())
}

/// The upper bound of the bucket that holds the 95th of a hundred.
fn p95<'a>(counts: impl Iterator<Item = &'a MinuteCount>) -> Option<u32> {
    let mut buckets: BTreeMap<u32, u64> = BTreeMap::new();
    for count in counts {
        *buckets.entry(count.label.parse().unwrap_or(u32::MAX)).or_default() += count.value.unsigned_abs();
    }
    let all: u64 = buckets.values().sum();
    let mut seen = 0;
    for (bound, number) in buckets {
        seen += number;
        if seen * 100 >= all * 95 {
            return BUCKETS_MILLIS.contains(&bound).then_some(bound);
        }
    }
    None
}

impl From<BreakerChange> for BreakerLine {
    fn from(row: BreakerChange) -> Self {
        Self { at: row.at, state: row.state, actor: row.actor, reason: row.reason, process: row.process }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_good_answer_is_told_to_the_moment_where_its_replica_runs() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let report = |success: Option<&str>| {
            let row = ProcessReport {
                process: "a".into(),
                tenant: TenantId::DEFAULT,
                started_at: at("2026-09-28T09:00:00Z"),
                at: at("2026-09-28T10:00:50Z"),
                body: String::new(),
            };
            let successes = success.map(|text| ("oa".to_owned(), at(text))).into_iter().collect();
            (row, Report { successes, ..Report::default() })
        };
        let facts = |reports| Facts { calls: vec![], millis: vec![], holds: vec![], reports };
        let minute = Some(at("2026-09-28T10:00:00Z").as_second() / 60);
        for (reports, last, expected) in [
            (
                vec![report(Some("2026-09-28T10:00:07.5Z")), report(Some("2026-09-28T10:00:41.25Z"))],
                minute,
                Some("2026-09-28T10:00:41.25Z"),
            ),
            (vec![report(None), report(Some("2026-09-28T09:58:00Z"))], minute, Some("2026-09-28T10:00:00Z")),
            (vec![report(Some("2026-09-28T10:01:03Z"))], minute, Some("2026-09-28T10:01:03Z")),
            (vec![report(Some("2026-09-28T08:00:00Z"))], None, None),
        ] {
            assert_eq!(facts(reports).last_success("oa", last), expected.map(at));
        }
        assert_eq!(serde_json::from_str::<Report>(r#"{"version":"0.1.0","lines":{},"lapses":{},"waits":{}}"#).unwrap().version, "0.1.0");
    }

    #[test]
    fn the_95th_lies_in_its_bucket() {
        let count = |label: &str, value| MinuteCount {
            tenant: TenantId::DEFAULT,
            minute: 0,
            series: String::new(),
            connection: String::new(),
            operation: String::new(),
            label: label.to_owned(),
            value,
        };
        for (counts, expected) in [
            (vec![], None),
            (vec![count("10", 100)], Some(10)),
            (vec![count("10", 95), count("2500", 5)], Some(10)),
            (vec![count("10", 94), count("250", 2), count("2500", 4)], Some(250)),
            (vec![count("10", 90), count("more", 10)], None),
        ] {
            assert_eq!(p95(counts.iter()), expected, "{counts:?}");
        }
    }
}
