//! What comes in: messages with their leases, and how they are put off.

use crate::domain::ids::{InboxId, TenantId};
use jiff::Timestamp;

/// Who claims, and until when.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease {
    /// The process, unique per start.
    pub owner: String,
    /// When others may take it over.
    pub until: Timestamp,
}

/// A message as received, before anything was made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMessage {
    /// Its id, drawn by the receiver (UUIDv7).
    pub id: InboxId,
    /// Tenant.
    pub tenant: TenantId,
    /// The connection it came from.
    pub connection: String,
    /// The event of the connector it is heard by (a webhook or stream may feed several: one message each).
    pub event: String,
    /// The sender's message id, or a digest where there is none; unique per (tenant, source).
    pub message_id: String,
    /// Source of duplicate suppression: `webhook/NAME`, `stream/NAME`, `reread`.
    pub source: String,
    /// What was heard: for webhooks the raw body as text, for streams the item; JSON.
    pub payload: String,
    /// When.
    pub received_at: Timestamp,
}

/// What became of a received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Stored.
    New,
    /// Known already; counted, nothing stored.
    Duplicate,
}

/// A stored message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// As received.
    pub new: NewMessage,
    /// The partner's id, once known.
    pub external_id: Option<String>,
    /// What the read-back gave, JSON, once known; then no further read is needed.
    pub heard: Option<String>,
    /// How often it was leased, the receiver's own lease included.
    pub attempts: u32,
    /// Why it still waits: `new`, `reading`, `parked`, `stopped`.
    pub state: String,
    /// The last problem in words.
    pub problem: Option<String>,
    /// When it is due again.
    pub due_at: Timestamp,
}

impl Message {
    /// A message of the hub to itself, as it stands right after the commit that stored it.
    pub fn own(new: NewMessage, lease: &Lease) -> Message {
        Message { new, external_id: None, heard: None, attempts: 1, state: "new".to_owned(), problem: None, due_at: lease.until }
    }
}

/// A message put back.
#[derive(Clone, Debug, PartialEq)]
pub struct Deferral {
    /// Which.
    pub id: InboxId,
    /// Tenant.
    pub tenant: TenantId,
    /// When it is due again.
    pub due_at: Timestamp,
    /// `reading`, `parked` (its object is not known yet) or `stopped` (wants a person).
    pub state: String,
    /// The partner's id, when known.
    pub external_id: Option<String>,
    /// What the read-back gave.
    pub heard: Option<String>,
    /// In words.
    pub problem: Option<String>,
}
