//! Documents of the ledger.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor::Pages;
use super::{Error, InstanceItem, List, PageQuery, Payloads, Reader, Result, json};
use crate::domain::ids::{DocumentId, TenantId};
use crate::store::{DocumentFilter, DocumentRow, DocumentView, DriftRow, LinkRow, RelationRow, RevisionRow};

/// Which documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentQuery {
    /// Type.
    pub kind: Option<String>,
    /// Our status.
    pub status: Option<String>,
    /// Any business key, ours or a partner's, exactly.
    pub key: Option<String>,
}

/// A document in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DocumentItem {
    /// Its id.
    pub id: Uuid,
    /// Its type, such as `purchase_order`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its business key.
    pub key: String,
    /// The connection it came from; `hub` for those made here.
    pub source: String,
    /// Our status.
    pub status: String,
    /// What its source last said.
    pub source_status: Option<String>,
    /// Newest revision.
    pub revision: u32,
    /// Whether its source withdrew it.
    pub withdrawn: bool,
    /// A few fields for its line in a list.
    pub display: Value,
    /// First seen.
    pub created_at: Timestamp,
    /// Last changed.
    pub updated_at: Timestamp,
}

/// A document with everything that hangs on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DocumentDetail {
    /// The document.
    #[serde(flatten)]
    pub document: DocumentItem,
    /// Its source's own id of it.
    pub external_id: Option<String>,
    /// Its revisions, without contents.
    pub revisions: Vec<RevisionItem>,
    /// Where it stands in every system.
    pub links: Vec<Link>,
    /// Where a system says something else than the ledger, the newest first; what is resolved among it.
    pub drifts: Vec<Drift>,
    /// Documents it belongs to or that were made for it.
    pub relations: Vec<Relation>,
    /// Its instances, newest first.
    pub instances: Vec<InstanceItem>,
    /// Fields of it whose values are masked, dotted paths.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub masked: Vec<String>,
}

/// A revision, without contents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RevisionItem {
    /// Its number, from 1.
    pub number: u32,
    /// Hash of its content.
    pub hash: String,
    /// When it was taken.
    pub created_at: Timestamp,
}

/// A revision with contents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Revision {
    /// The revision.
    #[serde(flatten)]
    pub revision: RevisionItem,
    /// The canonical content.
    pub body: Value,
    /// What the source sent, verbatim; of a document with masked fields only its shape.
    pub payload: Value,
    /// Fields whose values are masked, dotted paths; `[masked]` stands in their places.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub masked: Vec<String>,
    /// What is doubtful about it: sums that do not add up, quantities that are none, a supplier without a code. It was taken all
    /// the same. Nothing is said of fields that are masked.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub doubts: Vec<DoubtItem>,
}

/// Something doubtful about a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DoubtItem {
    /// `lines_do_not_add_up`, `totals_do_not_add_up`, `quantity_not_positive` or `supplier_without_code`.
    pub code: String,
    /// The field, such as `lines[2].quantity`.
    pub field: String,
}

/// The ledger's row for a document in one system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Link {
    /// The connection.
    pub connection: String,
    /// That system's id of it.
    pub external_id: String,
    /// The instance that made it; absent for the source.
    pub instance: Option<Uuid>,
    /// The step visit that made it.
    pub step: Option<String>,
    /// What we last wrote there.
    pub written: Option<String>,
    /// When.
    pub written_at: Option<Timestamp>,
    /// What that system last said.
    pub seen: Option<String>,
    /// When.
    pub seen_at: Option<Timestamp>,
    /// Whether it is over.
    pub closed: bool,
}

/// A system says something else than the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Drift {
    /// Its id.
    pub id: Uuid,
    /// Which kind, such as `not_owned`.
    pub kind: String,
    /// The connection that says something else.
    pub connection: String,
    /// The field, a dotted path; absent where it is about the document as a whole.
    pub field: Option<String>,
    /// `open`, `accepted` or `resolved`.
    pub state: String,
    /// What the ledger says; absent without the permission `payloads`, or when it says nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ours: Option<Value>,
    /// What the system says; absent without the permission `payloads`, or when it says nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub theirs: Option<Value>,
    /// Since when.
    pub first_seen_at: Timestamp,
    /// When it was seen last.
    pub last_seen_at: Timestamp,
    /// When both agreed again.
    pub resolved_at: Option<Timestamp>,
}

/// Two documents belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Relation {
    /// The one that was made.
    pub document: Uuid,
    /// What it was made for.
    pub made_for: Uuid,
    /// How they relate, such as `pays`.
    pub relation: String,
}

impl Reader {
    /// Documents, newest first.
    pub async fn documents(&self, tenant: TenantId, query: &DocumentQuery, page: &PageQuery) -> Result<List<DocumentItem>> {
        let pages = Pages::new("documents", query, page)?;
        let DocumentQuery { kind, status, key } = query.clone();
        let rows = self.store.documents(&DocumentFilter { tenant, kind, status, key }, pages.page()).await?;
        Ok(pages.list(rows, |row| (row.created_at, row.id.0), |row| self.document_item(row)))
    }

    /// One document with everything that hangs on it.
    pub async fn document(&self, tenant: TenantId, id: DocumentId, payloads: Payloads) -> Result<DocumentDetail> {
        let mut detail = self.document_view(tenant, id).await.map(DocumentDetail::from)?;
        let sensitive = self.sensitive(&detail.document.kind);
        sensitive.mask_display(&mut detail.document.display);
        for drift in &mut detail.drifts {
            if payloads == Payloads::Hidden {
                (drift.ours, drift.theirs) = (None, None);
            }
            let place = drift.field.clone().unwrap_or_else(|| super::drift::whole(&drift.kind).to_owned());
            drift.ours.iter_mut().chain(&mut drift.theirs).for_each(|value| sensitive.mask_at(&place, value));
        }
        detail.masked = sensitive.fields();
        Ok(detail)
    }

    /// The same as the store gives it, for use cases that judge it.
    pub(in crate::app) async fn document_view(&self, tenant: TenantId, id: DocumentId) -> Result<DocumentView> {
        self.store.document(tenant, id).await?.ok_or(Error::NotFound("document"))
    }

    /// One revision with contents.
    pub async fn revision(&self, tenant: TenantId, id: DocumentId, number: u32, payloads: Payloads) -> Result<Revision> {
        let row = self.store.revision(tenant, id, number).await?.ok_or(Error::NotFound("revision"))?;
        let masks = self.masks(tenant, id).await?;
        let body = json::value(&row.body);
        let doubts = self.doubts(masks.kind.as_deref(), &body);
        let place = |field: &str| field.split('[').map(|part| part.rsplit(']').next().unwrap_or(part)).collect::<String>();
        let told = |doubt: &DoubtItem| payloads == Payloads::Revealed || !masks.sensitive.touches(&place(&doubt.field));
        Ok(Revision {
            doubts: doubts.into_iter().filter(told).collect(),
            body: masks.of_ours(payloads, body),
            payload: masks.of_others(payloads, json::value(&row.payload)).unwrap_or_default(),
            masked: if payloads == Payloads::Revealed { Vec::new() } else { masks.sensitive.fields() },
            revision: RevisionItem::from(row),
        })
    }

    /// What is doubtful about a document of this type.
    fn doubts(&self, kind: Option<&str>, body: &Value) -> Vec<DoubtItem> {
        let Some((live, kind)) = self.live.as_ref().zip(kind) else { return Vec::new() };
        let definitions = live.now();
        let doubts = definitions.catalog().documents.get(kind).map(|kind| kind.doubts(body)).unwrap_or_default();
        doubts.into_iter().map(|doubt| DoubtItem { code: doubt.code.to_owned(), field: doubt.field }).collect()
    }

    /// A document in a list.
    pub(super) fn document_item(&self, row: DocumentRow) -> DocumentItem {
        let mut item = DocumentItem::from(row);
        self.sensitive(&item.kind).mask_display(&mut item.display);
        item
    }
}

impl From<DocumentRow> for DocumentItem {
    fn from(row: DocumentRow) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind,
            key: row.key,
            source: row.source,
            status: row.status,
            source_status: row.source_status,
            revision: row.revision,
            withdrawn: row.withdrawn,
            display: json::value(&row.display),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<DocumentView> for DocumentDetail {
    fn from(view: DocumentView) -> Self {
        Self {
            instances: view
                .instances
                .into_iter()
                .map(|row| InstanceItem { document_key: Some(view.document.key.clone()), ..InstanceItem::from(row) })
                .collect(),
            external_id: view.document.external_id.clone(),
            masked: Vec::new(),
            document: DocumentItem::from(view.document),
            revisions: view.revisions.into_iter().map(RevisionItem::from).collect(),
            links: view.links.into_iter().map(Link::from).collect(),
            drifts: view.drifts.into_iter().map(Drift::from).collect(),
            relations: view.relations.into_iter().map(Relation::from).collect(),
        }
    }
}

impl From<DriftRow> for Drift {
    fn from(row: DriftRow) -> Self {
        let shown = |text: Option<String>| text.map(|text| json::value(&text));
        Self {
            id: row.id.0,
            kind: row.kind,
            connection: row.connection,
            field: row.field,
            state: row.state,
            ours: shown(row.ours),
            theirs: shown(row.theirs),
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
            resolved_at: row.resolved_at,
        }
    }
}

impl From<RevisionRow> for RevisionItem {
    fn from(row: RevisionRow) -> Self {
        Self { number: row.number, hash: row.hash, created_at: row.created_at }
    }
}

impl From<LinkRow> for Link {
    fn from(row: LinkRow) -> Self {
        Self {
            connection: row.connection,
            external_id: row.external_id,
            instance: row.instance.map(|id| id.0),
            step: row.step,
            written: row.written,
            written_at: row.written_at,
            seen: row.seen,
            seen_at: row.seen_at,
            closed: row.closed,
        }
    }
}

impl From<RelationRow> for Relation {
    fn from(row: RelationRow) -> Self {
        Self { document: row.document.0, made_for: row.made_for.0, relation: row.relation }
    }
}
