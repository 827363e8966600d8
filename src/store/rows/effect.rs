//! Effects on partners, their lanes and attempts.

use super::intake::Lease;
use crate::domain::ids::{DocumentId, EffectId, InstanceId, TenantId};
use jiff::Timestamp;

/// An effect to queue.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEffect {
    /// The row; `seq`, `state`, `attempt`, `token` are set by the store.
    pub effect: EffectRow,
    /// Claim it at once for this lease when its lane is free.
    pub claim: Option<Lease>,
}

/// An effect.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectRow {
    /// Id and idempotency key.
    pub id: EffectId,
    /// Tenant.
    pub tenant: TenantId,
    /// Instance it belongs to.
    pub instance: InstanceId,
    /// Document it is about.
    pub document: DocumentId,
    /// Connection (`log` or an SMTP connection for notices).
    pub connection: String,
    /// Lane: `{connection}:{document}`.
    pub lane: String,
    /// Order within the lane.
    pub seq: i64,
    /// Step and visit, `step#visit`.
    pub step: String,
    /// Priority: 0 is first.
    pub priority: i16,
    /// Hash of the flow version, for the connector's definition.
    pub version: String,
    /// The work, JSON of `Work`.
    pub work: String,
    /// The retry policy, JSON.
    pub retry: String,
    /// `planned`, `started`, `waiting` (retry or look-up due later), `done`, `failed`, `withdrawn`.
    pub state: String,
    /// The pure delivery state, JSON (phase, counts, first sent at, …).
    pub delivery: String,
    /// Attempts so far.
    pub attempt: u32,
    /// When it may be tried.
    pub due_at: Timestamp,
    /// When it was planned.
    pub created_at: Timestamp,
}

/// A claimed effect.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedEffect {
    /// The effect, with `attempt` already counted.
    pub effect: EffectRow,
    /// The fencing token.
    pub token: i64,
    /// It was found `started` under a dead lease: it may have been sent, its outcome is unknown.
    pub orphaned: bool,
    /// Its work lies sealed; what becomes of it shall too.
    pub sealed: bool,
}

/// A hold on a lane.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneHold {
    /// Tenant.
    pub tenant: TenantId,
    /// Lane.
    pub lane: String,
    /// Fencing token.
    pub token: i64,
    /// The effect at its head.
    pub effect: EffectId,
    /// The effect is sealed, and what is recorded of it shall be.
    pub sealed: bool,
}

/// Whether a fenced write took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fenced {
    /// It did.
    Held,
    /// The lease was lost; nothing was written, drop the result.
    Lost,
}

/// How an attempt of an effect went on.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The hold under which it was made; released by this write.
    pub hold: LaneHold,
    /// New state: `waiting`, `done`, `failed`, or `planned` to give it back unsent.
    pub state: String,
    /// The pure delivery state.
    pub delivery: String,
    /// When it is due again, for `waiting` and `planned`.
    pub due_at: Timestamp,
    /// What was tried.
    pub attempts: Vec<AttemptRow>,
}

/// One recorded attempt: one request and its answer, redacted before it got here.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Instance.
    pub instance: InstanceId,
    /// Effect.
    pub effect: EffectId,
    /// Attempt number of the effect.
    pub number: u32,
    /// Which request of the attempt (paging, steps, read-back), from 0.
    pub part: u32,
    /// `call`, `look_up`, `read_back`, `auth`.
    pub purpose: String,
    /// Connection and operation.
    pub connection: String,
    /// Operation.
    pub operation: String,
    /// When it began.
    pub started_at: Timestamp,
    /// How long, milliseconds.
    pub duration_millis: u32,
    /// HTTP status, when there was one.
    pub status: Option<u16>,
    /// Class of the answer.
    pub class: String,
    /// Message of the answer.
    pub message: Option<String>,
    /// Request, redacted JSON.
    pub request: String,
    /// Response, redacted JSON.
    pub response: String,
}

/// How many effects a connection may take now.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionRoom {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// Free places.
    pub free: u32,
}
