//! What is asked of the gateway and what it answers.

use crate::domain::connector::{Begun, Class};
use crate::domain::flow::effect::Cause;
use crate::domain::ids::TenantId;
use crate::domain::value::Value;
use jiff::Timestamp;
use std::time::Duration;

/// Why an operation is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallPurpose {
    /// The operation itself.
    Call,
    /// Its look-up: did an earlier call with this reference happen?
    LookUp,
    /// Its read-back: was what it said really done?
    ReadBack,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The tenant.
    pub tenant: TenantId,
    /// The connection, as the target names it.
    pub connection: String,
    /// The operation that was or is to be called, also for its look-up and read-back.
    pub operation: String,
    /// Why.
    pub purpose: CallPurpose,
    /// The operation's input.
    pub input: Value,
    /// The operation's output, for a read-back; unset before.
    pub output: Value,
    /// Our reference at the partner.
    pub reference: String,
    /// The same for every attempt at one effect.
    pub idempotency_key: String,
    /// Counts from 1.
    pub attempt: u32,
    /// When the first attempt was sent.
    pub first_sent_at: Option<Timestamp>,
    /// Of a look-up: since when it was due. What another look-up read after that serves this one too.
    pub due_since: Option<Timestamp>,
    /// Nothing is sent after this, by the monotonic time of the gateway's clock (`Gateway::deadline`).
    pub deadline: Duration,
    /// Texts of the input that no record may hold.
    pub secrets: Vec<String>,
}

/// What a call came to.
#[derive(Clone, Debug)]
pub struct Performed {
    /// The class of the answer. Of a look-up: `ok` when it was found, `not_found` when not.
    pub class: Class,
    /// The cause an exception would get.
    pub cause: Option<Cause>,
    /// The operation's output. Of a look-up: what the operation would have answered. Of a read-back: the call's output.
    pub output: Value,
    /// The body as the partner wrote it; what mappings read.
    pub payload: Value,
    /// Of a read-back: whether what it saw is what was wanted. Else: whether the class is ok.
    pub confirmed: bool,
    /// Words for people.
    pub message: Option<String>,
    /// The partner's code, or ours.
    pub code: Option<String>,
    /// Whether the partner refuses our credentials.
    pub credentials: bool,
    /// It answered success, but not what is declared.
    pub misread: bool,
    /// Of `not_found`: whether the connector says that this is an answer.
    pub absence_is_said: bool,
    /// The earliest time at which trying again makes sense.
    pub retry_after: Option<Timestamp>,
    /// Nothing of the operation was sent, and not because of the partner: limits, breaker, deadline.
    pub unsent: bool,
    /// Every request that was made, in order, redacted.
    pub attempts: Vec<AttemptRecord>,
    /// What another attempt need not do again.
    pub begun: Begun,
}

/// One request and its answer, redacted.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRecord {
    /// The operation; `auth` for log-ins.
    pub operation: String,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took.
    pub duration_millis: u32,
    /// The status, when there was an answer.
    pub status: Option<u16>,
    /// The class.
    pub class: Class,
    /// Words for people.
    pub message: Option<String>,
    /// The request as JSON.
    pub request: String,
    /// The answer as JSON; empty when none came.
    pub response: String,
    /// Bytes of the request's body.
    pub request_bytes: u64,
    /// Bytes of the answer's body, decompressed.
    pub response_bytes: u64,
}
