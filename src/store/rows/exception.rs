//! What wants a person.

use crate::domain::ids::{DocumentId, EffectId, ExceptionId, InstanceId, TenantId};
use jiff::Timestamp;

/// An exception on the desk.
#[derive(Clone, Debug, PartialEq)]
pub struct ExceptionRow {
    /// Id, derived.
    pub id: ExceptionId,
    /// Tenant.
    pub tenant: TenantId,
    /// Instance, unless it is about a message.
    pub instance: Option<InstanceId>,
    /// Document, when known.
    pub document: Option<DocumentId>,
    /// Effect that stopped.
    pub effect: Option<EffectId>,
    /// Step and visit.
    pub step: Option<String>,
    /// Same cause, same fingerprint: `domain::exception::fingerprint`.
    pub fingerprint: uuid::Uuid,
    /// Flow of the instance.
    pub flow: Option<String>,
    /// Connection involved.
    pub connection: Option<String>,
    /// Operation that stopped.
    pub operation: Option<String>,
    /// Cause class.
    pub cause: String,
    /// Stable code.
    pub code: String,
    /// In words.
    pub message: String,
    /// Owner as written in the flow.
    pub owner: Option<String>,
    /// Who took it or was given it, whatever the flow says.
    pub assignee: Option<String>,
    /// `open` or `closed`.
    pub state: String,
    /// How it was settled.
    pub resolution: Option<String>,
    /// By whom.
    pub resolved_by: Option<String>,
    /// Opened.
    pub opened_at: Timestamp,
    /// Closed.
    pub closed_at: Option<Timestamp>,
}

/// An exception that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosedException {
    /// Which.
    pub id: ExceptionId,
    /// Whose: one about a message has no instance that would say so.
    pub tenant: TenantId,
    /// How.
    pub resolution: String,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}
