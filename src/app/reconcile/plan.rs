//! Runs to do: asked for by a person, or due by a schedule.

use crate::app::engine::definitions::Definitions;
use crate::domain::ids::{ReconciliationId, TenantId, derived};
use crate::domain::reconcile::{Progress, Statement};
use crate::store::{ReconciliationRow, ScheduleKey};
use jiff::{SignedDuration, Timestamp};

/// A run that nobody has begun.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Its id.
    pub id: ReconciliationId,
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// Documents that ended since then.
    pub since: Timestamp,
    /// Up to then.
    pub until: Timestamp,
    /// Only open ones.
    pub open_only: bool,
    /// Who asks.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// The schedule and its nominal time.
    pub schedule: Option<(String, Timestamp)>,
}

impl Wish {
    /// Its row.
    pub fn row(self, now: Timestamp) -> ReconciliationRow {
        let json = |value: serde_json::Result<String>| value.unwrap_or_else(|_| "{}".to_owned());
        ReconciliationRow {
            id: self.id,
            tenant: self.tenant,
            connection: self.connection,
            requested_by: self.actor,
            reason: self.reason,
            schedule: self.schedule,
            since: self.since,
            until: self.until,
            open_only: self.open_only,
            state: "planned".to_owned(),
            requested_at: now,
            started_at: None,
            ended_at: None,
            failures: 0,
            problem: None,
            progress: json(serde_json::to_string(&Progress::default())),
            statement: json(serde_json::to_string(&Statement::default())),
            token: 0,
        }
    }
}

/// The schedules in force, with the last time each was due.
pub fn due(definitions: &Definitions, now: Timestamp) -> Vec<(ScheduleKey, Timestamp)> {
    let connections = definitions.catalog().connections.values();
    let of = |id: &str| ScheduleKey { tenant: TenantId::DEFAULT, schedule: schedule_id(id) };
    connections.filter_map(|one| Some((of(&one.id), one.reconcile.schedule.as_ref()?.last(now)?))).collect()
}

/// The run of a fire; the same fire is the same run, whichever process notices it.
pub fn scheduled(definitions: &Definitions, key: &ScheduleKey, nominal: Timestamp) -> Option<Wish> {
    let id = key.schedule.strip_prefix(SCHEDULE)?;
    let connection = definitions.catalog().connections.get(id)?;
    let micros = nominal.as_microsecond().to_be_bytes();
    Some(Wish {
        id: ReconciliationId(derived(&[b"reconciliation", &key.tenant.0.to_be_bytes(), key.schedule.as_bytes(), &micros])),
        tenant: key.tenant,
        connection: id.to_owned(),
        since: before(nominal, connection.reconcile.window_millis),
        until: nominal,
        open_only: false,
        actor: "schedule".to_owned(),
        reason: None,
        schedule: Some((key.schedule.clone(), nominal)),
    })
}

const SCHEDULE: &str = "reconcile/";

fn schedule_id(connection: &str) -> String {
    format!("{SCHEDULE}{connection}")
}

/// A time this long before another.
pub fn before(at: Timestamp, millis: u64) -> Timestamp {
    let span = SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
    at.checked_sub(span).unwrap_or(Timestamp::UNIX_EPOCH)
}
