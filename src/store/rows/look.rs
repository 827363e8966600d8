//! What people ask for, and the store's own state.

use super::document::{DocumentRow, LinkRow, RelationRow, RevisionRow};
use super::instance::InstanceRow;
use crate::domain::ids::{DocumentId, ExceptionId, InstanceId, TenantId};
use crate::store::reconciliation::DriftRow;
use jiff::Timestamp;

/// Rows of one read at most: what a page may show, and one more that tells whether there is another page.
pub const PAGE_MAX: u32 = 501;

/// A keyset page: newest first, after a cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// How many, 1 to 500.
    pub limit: u32,
    /// Continue after this (time, id) pair of the last row.
    pub after: Option<(Timestamp, uuid::Uuid)>,
}

/// Which documents.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentFilter {
    /// Tenant.
    pub tenant: TenantId,
    /// Type.
    pub kind: Option<String>,
    /// Our status.
    pub status: Option<String>,
    /// Any business key, ours or a partner's, exactly.
    pub key: Option<String>,
}

/// A document for its page.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentView {
    /// The document.
    pub document: DocumentRow,
    /// Revisions, bodies left empty.
    pub revisions: Vec<RevisionRow>,
    /// Links.
    pub links: Vec<LinkRow>,
    /// Relations, in both directions.
    pub relations: Vec<RelationRow>,
    /// Its drift, the newest first; what is resolved among it.
    pub drifts: Vec<DriftRow>,
    /// Its instances, newest first.
    pub instances: Vec<InstanceRow>,
}

/// Which instances.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceFilter {
    /// Tenant.
    pub tenant: TenantId,
    /// Flow.
    pub flow: Option<String>,
    /// Status.
    pub status: Option<String>,
    /// Document.
    pub document: Option<DocumentId>,
}

/// Which exceptions.
#[derive(Clone, Debug, PartialEq)]
pub struct ExceptionFilter {
    /// Tenant.
    pub tenant: TenantId,
    /// `open` or `closed`.
    pub state: Option<String>,
    /// Cause class.
    pub cause: Option<String>,
    /// Instance.
    pub instance: Option<InstanceId>,
    /// One exception.
    pub id: Option<ExceptionId>,
}

/// Counts for health and the live line.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Counts {
    /// Documents.
    pub documents: u64,
    /// Instances by status.
    pub instances: Vec<(String, u64)>,
    /// Open exceptions by cause.
    pub exceptions: Vec<(String, u64)>,
    /// Open drift by kind.
    pub drifts: Vec<(String, u64)>,
    /// Effects not finished by state.
    pub effects: Vec<(String, u64)>,
    /// Messages waiting by state.
    pub messages: Vec<(String, u64)>,
    /// Duplicates refused at intake since the beginning.
    pub duplicates: u64,
    /// Age of the oldest ready lane, milliseconds.
    pub oldest_ready_millis: Option<u64>,
    /// How late the oldest due timer is, milliseconds.
    pub oldest_timer_millis: Option<u64>,
}

/// The connections of a store's pool at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// In use.
    pub busy: u32,
    /// Open and free.
    pub idle: u32,
    /// As many as there may be.
    pub max: u32,
}

/// What `migrate` did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MigrationReport {
    /// Versions applied now.
    pub applied: Vec<String>,
    /// Version the schema is at.
    pub current: String,
}
