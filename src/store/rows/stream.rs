//! How far partners were read.

use super::document::LinkRow;
use crate::domain::ids::TenantId;
use jiff::Timestamp;

/// A stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StreamKey {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// Stream of its connector.
    pub stream: String,
}

/// Where a stream got to.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamCursor {
    /// Which.
    pub key: StreamKey,
    /// The cursor, JSON; none at the beginning.
    pub cursor: Option<String>,
    /// Fencing token.
    pub token: i64,
    /// Last success.
    pub last_success_at: Option<Timestamp>,
    /// Last problem in words.
    pub problem: Option<String>,
    /// Runs that failed in a row.
    pub failures: u32,
}

/// An open object to read again.
#[derive(Clone, Debug, PartialEq)]
pub struct Reread {
    /// The link.
    pub link: LinkRow,
}
