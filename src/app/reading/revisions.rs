//! Revisions as people compare them: what differs between two, where a revision came from, where its fields came from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Error, Reader, Result, json};
use crate::domain::document::{FieldChange, changes};
use crate::domain::ids::{DocumentId, TenantId};
use crate::store::AmendmentRow;

/// What differs between two revisions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RevisionDiff {
    /// The earlier revision.
    pub from: u32,
    /// The later one.
    pub to: u32,
    /// The fields that differ, with both values.
    #[schema(value_type = Vec<Object>)]
    pub changes: Vec<FieldChange>,
}

/// Where a revision came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RevisionOrigin {
    /// The revision.
    pub number: u32,
    /// `received` (from its source), `created` (by a flow here) or `amended` (by a person).
    pub origin: String,
    /// When it was taken.
    pub created_at: Timestamp,
    /// Who mended it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actor: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// What the mend changed; only with the permission `payloads`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Object)]
    pub changes: Option<Value>,
}

/// Revisions with where they came from, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RevisionOrigins {
    /// The revisions.
    pub items: Vec<RevisionOrigin>,
}

impl Reader {
    /// What differs between two revisions.
    pub async fn revision_diff(&self, tenant: TenantId, id: DocumentId, from: u32, to: u32) -> Result<RevisionDiff> {
        let one = self.store.revision(tenant, id, from).await?.ok_or(Error::NotFound("revision"))?;
        let other = self.store.revision(tenant, id, to).await?.ok_or(Error::NotFound("revision"))?;
        let mut changes = changes(&json::value(&one.body), &json::value(&other.body));
        self.masks(tenant, id).await?.sensitive.mask_changes(&mut changes);
        Ok(RevisionDiff { from, to, changes })
    }

    /// Where the revisions came from.
    pub async fn revision_origins(&self, tenant: TenantId, id: DocumentId, payloads: super::Payloads) -> Result<RevisionOrigins> {
        let view = self.document_view(tenant, id).await?;
        let amendments = self.amendment_rows(tenant, id).await?;
        let made_here = view.document.source == "hub";
        let sensitive = self.sensitive(&view.document.kind);
        let origin = |number: u32, created_at: Timestamp| {
            let mend = amendments.iter().find(|mend| mend.number == number);
            let mut changes = mend.filter(|_| payloads == super::Payloads::Shown).map(|mend| json::value(&mend.changes));
            changes.iter_mut().for_each(|changes| sensitive.mask_told(changes));
            RevisionOrigin {
                number,
                origin: if mend.is_some() {
                    "amended"
                } else if made_here {
                    "created"
                } else {
                    "received"
                }
                .to_owned(),
                created_at,
                actor: mend.map(|mend| mend.actor.clone()),
                reason: mend.map(|mend| mend.reason.clone()),
                changes,
            }
        };
        Ok(RevisionOrigins { items: view.revisions.iter().map(|row| origin(row.number, row.created_at)).collect() })
    }

    pub(in crate::app) async fn amendment_rows(&self, tenant: TenantId, id: DocumentId) -> Result<Vec<AmendmentRow>> {
        Ok(self.store.desk().amendments(tenant, id).await?)
    }
}
