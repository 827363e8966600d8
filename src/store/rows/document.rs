//! Documents, their revisions and links.

use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use jiff::Timestamp;

/// A document of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentRow {
    /// Id, derived from the identity.
    pub id: DocumentId,
    /// Tenant.
    pub tenant: TenantId,
    /// Type.
    pub kind: String,
    /// Source connection (`hub` for documents made here).
    pub source: String,
    /// Business key.
    pub key: String,
    /// The source's own id of it, when it has one.
    pub external_id: Option<String>,
    /// Newest revision.
    pub revision: u32,
    /// Our status.
    pub status: String,
    /// What the source last said, mapped, and since when; its echo never makes a revision.
    pub source_status: Option<String>,
    /// The source's version or change time of what we last took, for refusing older events.
    pub source_version: Option<String>,
    /// Withdrawn at the source.
    pub withdrawn: bool,
    /// Title line for lists (`PO 4711 · Supplier · 1,130.00 CNY`), JSON of a few display fields.
    pub display: String,
    /// First seen.
    pub created_at: Timestamp,
    /// Last changed.
    pub updated_at: Timestamp,
}

/// One revision of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Document.
    pub document: DocumentId,
    /// Number from 1.
    pub number: u32,
    /// Hash of the content without status and version fields.
    pub hash: String,
    /// Canonical body, JSON.
    pub body: String,
    /// The source's payload, verbatim.
    pub payload: String,
    /// When.
    pub created_at: Timestamp,
}

/// Who made a revision by hand, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct AmendmentRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Document.
    pub document: DocumentId,
    /// The revision that was made.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// What changed, JSON: a list of `{path, before, after}`.
    pub changes: String,
}

/// Two documents belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationRow {
    /// Tenant.
    pub tenant: TenantId,
    /// The one that was made.
    pub document: DocumentId,
    /// What it was made for.
    pub made_for: DocumentId,
    /// `pays`, …
    pub relation: String,
}

/// The ledger's row for one document in one system.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// The partner's id.
    pub external_id: String,
    /// Document.
    pub document: DocumentId,
    /// Instance that made it; none for the source link.
    pub instance: Option<InstanceId>,
    /// Step visit that made it, `step#visit`.
    pub step: Option<String>,
    /// Last written status and when.
    pub written: Option<String>,
    /// When it was written.
    pub written_at: Option<Timestamp>,
    /// Last seen status and when.
    pub seen: Option<String>,
    /// When it was seen.
    pub seen_at: Option<Timestamp>,
    /// Over: its events no longer wake an await.
    pub closed: bool,
    /// When to read it again (`heard_by: reread`), and how many re-reads there were.
    pub reread_at: Option<Timestamp>,
    /// Re-reads so far.
    pub rereads: u32,
}
