//! Differences between systems and the ledger, for people.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor::Pages;
use super::{Error, List, PageQuery, Reader, Result};
use crate::domain::document::MASKED;
use crate::domain::ids::{DocumentId, DriftId, ReconciliationId, TenantId};
use crate::store::{DriftFilter, DriftGroup, DriftRow, LinkStanding, Page};

/// Which differences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriftQuery {
    /// `open`, `accepted` or `resolved`.
    pub state: Option<String>,
    /// Kind.
    pub kind: Option<String>,
    /// Connection.
    pub connection: Option<String>,
    /// Document.
    pub document: Option<DocumentId>,
    /// Seen last by this run.
    pub run: Option<ReconciliationId>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DriftItem {
    /// Its id.
    pub id: Uuid,
    /// `approved_not_executed`, `executed_not_approved`, `voided_here`, `voided_there`, `amount_differs`, `field_differs`,
    /// `status_differs`, `missing_there`, `unknown_here`, `unreadable` or `not_owned`.
    pub kind: String,
    /// The document; absent for an object nobody here knows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document: Option<Uuid>,
    /// Its business key.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document_key: Option<String>,
    /// Its document type.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document_type: Option<String>,
    /// The connection.
    pub connection: String,
    /// The partner's id of the object.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub external_id: Option<String>,
    /// The field it is about; of an object nobody knows the entry of `reconcile` that found it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// What the ledger holds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ours: Option<String>,
    /// What the system says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub theirs: Option<String>,
    /// First seen.
    pub first_seen_at: Timestamp,
    /// Last seen.
    pub last_seen_at: Timestamp,
    /// The run that saw it last; absent when the engine did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reconciliation: Option<Uuid>,
    /// `open`, `accepted` or `resolved`.
    pub state: String,
    /// The repair that was begun last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repair: Option<String>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repair_at: Option<Timestamp>,
    /// `gone`, `repaired` or `accepted`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resolution: Option<String>,
    /// A person's reason.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Who settled it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resolved_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resolved_at: Option<Timestamp>,
}

/// Differences of one kind at one connection in one state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DriftCount {
    /// Kind.
    pub kind: String,
    /// Connection.
    pub connection: String,
    /// State.
    pub state: String,
    /// How many.
    pub count: u64,
    /// When the oldest of them was first seen.
    pub oldest: Timestamp,
}

/// Where a document stands in every system, as reconciliation saw it last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Ledger {
    /// One entry a link.
    pub links: Vec<Standing>,
    /// Its differences that are not resolved, newest first.
    pub drift: Vec<DriftItem>,
}

/// Since when one link is in step or differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    /// The connection.
    pub connection: String,
    /// The partner's id of the object.
    pub external_id: String,
    /// When it was last read back; absent when it never was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub checked_at: Option<Timestamp>,
    /// In step since.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub in_step_since: Option<Timestamp>,
    /// Differs since.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub differs_since: Option<Timestamp>,
}

impl DriftQuery {
    fn filter(&self, tenant: TenantId) -> DriftFilter {
        let DriftQuery { state, kind, connection, document, run } = self.clone();
        DriftFilter { state, kind, connection, document, run, ..DriftFilter::of(tenant) }
    }
}

impl Reader {
    /// Differences, newest first.
    pub async fn drifts(&self, tenant: TenantId, query: &DriftQuery, page: &PageQuery) -> Result<List<DriftItem>> {
        let pages = Pages::new("drift", query, page)?;
        let rows = self.store.drifts(&query.filter(tenant), pages.page()).await?;
        let mut list = pages.list(rows, |row| (row.first_seen_at, row.id.0), DriftItem::from);
        self.name(tenant, &mut list.items).await?;
        Ok(list)
    }

    /// One difference.
    pub async fn drift(&self, tenant: TenantId, id: DriftId) -> Result<DriftItem> {
        let filter = DriftFilter { id: Some(id), ..DriftFilter::of(tenant) };
        let rows = self.store.drifts(&filter, &Page { limit: 1, after: None }).await?;
        let mut found: Vec<_> = rows.into_iter().map(DriftItem::from).collect();
        self.name(tenant, &mut found).await?;
        found.pop().ok_or(Error::NotFound("drift"))
    }

    /// Gives differences the keys of their documents, which people know them by; one read for all of them.
    async fn name(&self, tenant: TenantId, items: &mut [DriftItem]) -> Result<()> {
        let mut ids: Vec<Uuid> = items.iter().filter_map(|item| item.document).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(());
        }
        let documents = self.store.desk().documents_by_id(tenant, &ids).await?;
        for item in items {
            if let Some(row) = documents.iter().find(|row| Some(row.id.0) == item.document) {
                item.document_key = Some(row.key.clone());
                item.document_type = Some(row.kind.clone());
                let sensitive = self.sensitive(&row.kind);
                // A difference without a field is about the object as a whole: its status, or that it is not there.
                let place = item.field.clone().unwrap_or_else(|| whole(&item.kind).to_owned());
                if !place.is_empty() && sensitive.touches(&place) {
                    item.ours.iter_mut().chain(&mut item.theirs).for_each(|value| MASKED.clone_into(value));
                }
            }
        }
        Ok(())
    }

    /// Differences counted by kind, connection and state.
    pub async fn drift_groups(&self, tenant: TenantId, query: &DriftQuery) -> Result<Vec<DriftCount>> {
        Ok(self.store.drift_groups(&query.filter(tenant)).await?.into_iter().map(DriftCount::from).collect())
    }

    /// Where a document stands in every system.
    pub async fn ledger(&self, tenant: TenantId, document: DocumentId) -> Result<Ledger> {
        if self.store.document(tenant, document).await?.is_none() {
            return Err(Error::NotFound("document"));
        }
        let filter = DriftFilter { document: Some(document), ..DriftFilter::of(tenant) };
        let rows = self.store.drifts(&filter, &Page { limit: super::LIMIT_MAX, after: None }).await?;
        let links = self.store.link_standings(tenant, document).await?;
        let mut drift: Vec<_> = rows.into_iter().filter(|row| row.state != "resolved").map(DriftItem::from).collect();
        self.name(tenant, &mut drift).await?;
        Ok(Ledger { links: links.into_iter().map(Standing::from).collect(), drift })
    }
}

/// The field that a difference of a kind is about when it names none; empty for none.
pub(super) fn whole(kind: &str) -> &'static str {
    if kind == "amount_differs" { "total_gross" } else { "" }
}

impl From<DriftRow> for DriftItem {
    fn from(row: DriftRow) -> Self {
        let (repair, repair_at) = row.repair.unzip();
        Self {
            id: row.id.0,
            kind: row.kind,
            document: row.document.map(|id| id.0),
            document_key: None,
            document_type: None,
            connection: row.connection,
            external_id: row.external_id,
            field: row.field,
            ours: row.ours,
            theirs: row.theirs,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
            reconciliation: row.run.map(|id| id.0),
            state: row.state,
            repair,
            repair_at,
            resolution: row.resolution,
            reason: row.reason,
            resolved_by: row.resolved_by,
            resolved_at: row.resolved_at,
        }
    }
}

impl From<DriftGroup> for DriftCount {
    fn from(group: DriftGroup) -> Self {
        let DriftGroup { kind, connection, state, count, oldest } = group;
        Self { kind, connection, state, count, oldest }
    }
}

impl From<LinkStanding> for Standing {
    fn from(standing: LinkStanding) -> Self {
        let LinkStanding { connection, external_id, checked_at, in_step_since, differs_since } = standing;
        Self { connection, external_id, checked_at, in_step_since, differs_since }
    }
}
