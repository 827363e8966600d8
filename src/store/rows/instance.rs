//! Runs of flows and their history.

use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use jiff::Timestamp;

/// One instance.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceRow {
    /// Id.
    pub id: InstanceId,
    /// Tenant.
    pub tenant: TenantId,
    /// Flow.
    pub flow: String,
    /// Hash of the flow version with everything it needs.
    pub version: String,
    /// Document.
    pub document: DocumentId,
    /// The revision it runs for.
    pub revision: u32,
    /// `running`, `exception`, `ended`, `superseded`.
    pub status: String,
    /// Final outcome, once ended.
    pub outcome: Option<String>,
    /// The step(s) it stands at, for lists.
    pub at_step: Option<String>,
    /// The pure state, JSON.
    pub state: String,
    /// Optimistic version; the loaded one in `instances_changed`.
    pub lock: i64,
    /// Started.
    pub started_at: Timestamp,
    /// Last changed.
    pub updated_at: Timestamp,
    /// Ended.
    pub ended_at: Option<Timestamp>,
}

/// History of one decision.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Instance.
    pub instance: InstanceId,
    /// The instance's lock version after the decision; orders the rows.
    pub lock: i64,
    /// When.
    pub at: Timestamp,
    /// The entries, JSON array of `HistoryEntry`.
    pub entries: String,
}
