//! What people ask for, and the store's own state.

use super::document::{DocumentRow, LinkRow, RelationRow, RevisionRow};
use super::instance::InstanceRow;
use crate::domain::ids::{DocumentId, EffectId, ExceptionId, InstanceId, TenantId};
use crate::store::cells::micros;
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

/// A page of what belongs to one instance: oldest first, after the place of the last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Onward<P> {
    /// How many at most.
    pub limit: u32,
    /// The place after which it goes on; none begins with the oldest.
    pub after: Option<P>,
}

impl<P> Onward<P> {
    /// All of it.
    pub const fn all() -> Self {
        Self { limit: u32::MAX, after: None }
    }
}

impl<P> Onward<P> {
    /// What the store asks for, as SQL's bound.
    pub(in crate::store) fn rows(&self) -> i64 {
        i64::from(self.limit)
    }
}

/// The place of an attempt among those of its instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptPlace {
    /// When it began.
    pub started_at: Timestamp,
    /// Attempt number of its effect.
    pub number: u32,
    /// Which request of the attempt.
    pub part: u32,
    /// Its effect.
    pub effect: EffectId,
}

impl Onward<AttemptPlace> {
    /// What every row's (begin, number, part, effect) is compared with: all come after the beginning of time.
    pub(in crate::store) fn bounds(&self) -> (i64, i64, i64, uuid::Uuid) {
        let begin = (i64::MIN, 0, 0, uuid::Uuid::nil());
        self.after.map_or(begin, |at| (micros(at.started_at), i64::from(at.number), i64::from(at.part), at.effect.0))
    }
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
