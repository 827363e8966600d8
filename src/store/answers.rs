//! Answers given under a caller's key, so that the same key gets the same answer after a restart and from any replica.

use crate::domain::ids::TenantId;
use jiff::Timestamp;
use uuid::Uuid;

/// A request under a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Derived from tenant, caller and the caller's key.
    pub key: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// What the key was used for; another fingerprint is another request.
    pub fingerprint: String,
    /// Now.
    pub now: Timestamp,
    /// Until when whoever asks first works on it alone; after that it died, and the next may.
    pub busy_until: Timestamp,
}

/// A stored answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body, JSON.
    pub body: String,
}

/// Who has a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The asker: it is to work and then to `finish_answer`.
    Yours,
    /// Somebody who works on it now.
    Busy,
    /// It was answered.
    Answered(Answer),
    /// It was used for something else.
    Other,
}

/// Reads the row of a key; shared by both engines.
pub(super) fn begun<R: super::cells::Cell>(row: &R, fingerprint: &str) -> super::Result<Begun> {
    let cells = super::cells::Cells::new(row, "answer", "key");
    if cells.text("fingerprint")? != fingerprint {
        return Ok(Begun::Other);
    }
    let Some(status) = cells.maybe_int("status")? else { return Ok(Begun::Busy) };
    Ok(Begun::Answered(Answer { status, body: cells.text("body")? }))
}
