//! The rows of what people watch: counts, receipts, breakers, replicas, streams, messages, the feed.

use crate::domain::ids::TenantId;
use jiff::Timestamp;
use uuid::Uuid;

/// A count of one minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinuteCount {
    /// Tenant.
    pub tenant: TenantId,
    /// Minutes since 1970 UTC.
    pub minute: i64,
    /// What is counted: `documents`, `ended`, `calls`, `call_millis`.
    pub series: String,
    /// Connection, or empty.
    pub connection: String,
    /// Operation or flow, or empty.
    pub operation: String,
    /// Class, outcome, or the upper bound of a bucket.
    pub label: String,
    /// How many.
    pub value: i64,
}

/// Which counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountChoice {
    /// Tenant.
    pub tenant: TenantId,
    /// Series.
    pub series: String,
    /// Connection.
    pub connection: Option<String>,
    /// First minute.
    pub from: i64,
    /// Minute after the last.
    pub to: i64,
    /// Minutes summed into one; at least 1.
    pub step_minutes: i64,
    /// Whether operations are summed too.
    pub over_operations: bool,
}

/// A webhook that came, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Drawn.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// When.
    pub at: Timestamp,
    /// Connection.
    pub connection: String,
    /// Webhook of its connector.
    pub webhook: String,
    /// Size of its body.
    pub bytes: u32,
    /// What it was answered.
    pub status: u16,
    /// `valid`, `unheard`, `challenge`, or why it was refused: the verdict on it.
    pub signature: String,
    /// What was wrong, in words.
    pub message: Option<String>,
}

/// A breaker in a person's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakerHold {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// `open` or `closed`; none lets go.
    pub state: Option<String>,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A line in a breaker's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakerChange {
    /// Drawn.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// When.
    pub at: Timestamp,
    /// Connection.
    pub connection: String,
    /// `open`, `closed`, `probing`, `held_open`, `held_closed`, `released`.
    pub state: String,
    /// Who, when it was a person.
    pub actor: Option<String>,
    /// Why, when it was a person.
    pub reason: Option<String>,
    /// The process that saw it.
    pub process: Option<String>,
}

/// What a process says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessReport {
    /// The process, unique per start.
    pub process: String,
    /// Tenant.
    pub tenant: TenantId,
    /// When it started.
    pub started_at: Timestamp,
    /// When it said so.
    pub at: Timestamp,
    /// What, JSON.
    pub body: String,
}

/// Unfinished lanes of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Connection.
    pub connection: String,
    /// Lanes.
    pub lanes: u64,
    /// Of them, in somebody's hands.
    pub held: u64,
    /// Of them, due and in nobody's hands.
    pub ready: u64,
    /// When the oldest of those became due.
    pub oldest_ready_at: Option<Timestamp>,
}

/// How large the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeRow {
    /// Bytes on disk.
    pub bytes: u64,
    /// The oldest attempt that is kept.
    pub oldest_attempt_at: Option<Timestamp>,
    /// The oldest payload that is kept.
    pub oldest_payload_at: Option<Timestamp>,
}

/// Where a stream stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRow {
    /// Connection.
    pub connection: String,
    /// Stream of its connector.
    pub stream: String,
    /// When it is due.
    pub due_at: Timestamp,
    /// Who runs it now.
    pub owner: Option<String>,
    /// The cursor, JSON.
    pub cursor: Option<String>,
    /// Last success.
    pub last_success_at: Option<Timestamp>,
    /// Last problem.
    pub problem: Option<String>,
    /// Failures in a row.
    pub failures: u32,
}

/// A cursor moved by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorChange {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// Stream.
    pub stream: String,
    /// The cursor the caller saw, JSON.
    pub before: Option<String>,
    /// The new one; none begins from the beginning.
    pub after: Option<String>,
    /// When it is due: now.
    pub due_at: Timestamp,
}

/// Which messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageChoice {
    /// Tenant.
    pub tenant: TenantId,
    /// `parked` or `stopped`; both where none is said.
    pub state: Option<String>,
    /// Connection.
    pub connection: Option<String>,
}

/// A place in the feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeedPlace {
    /// The transaction, where the database has such numbers.
    pub transaction: i64,
    /// The row.
    pub number: i64,
}

impl FeedPlace {
    /// Where nothing has been yet: whoever comes from there has missed an unknown part.
    pub const UNKNOWN: FeedPlace = FeedPlace { transaction: i64::MAX, number: i64::MAX };
}

/// What one commit changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// Its place.
    pub place: FeedPlace,
    /// When.
    pub at: Timestamp,
    /// Topic to ids with versions, JSON.
    pub changes: String,
}
