//! Instances and their history.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor::{Onwards, Pages, number_in, place_of_number};
use super::{Error, List, PageQuery, Reader, Result};
use crate::domain::access::scope::Within;
use crate::domain::flow::decision::HistoryEntry;
use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use crate::store::{self, HistoryRow, InstanceFilter, InstanceRow, Onward};

/// Which instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceQuery {
    /// Flow.
    pub flow: Option<String>,
    /// `running`, `exception`, `ended` or `superseded`.
    pub status: Option<String>,
    /// Document.
    pub document: Option<DocumentId>,
    /// Only what is reached.
    pub within: Option<Within>,
}

/// One run of a flow version for one document revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InstanceItem {
    /// Its id.
    pub id: Uuid,
    /// The flow.
    pub flow: String,
    /// Hash of the flow version it stays on.
    pub version: String,
    /// The document.
    pub document: Uuid,
    /// Its business key.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document_key: Option<String>,
    /// The revision it runs for.
    pub revision: u32,
    /// `running`, `exception`, `ended` or `superseded`.
    pub status: String,
    /// How it ended.
    pub outcome: Option<String>,
    /// Where it stands.
    pub at_step: Option<String>,
    /// Started.
    pub started_at: Timestamp,
    /// Last changed.
    pub updated_at: Timestamp,
    /// Ended.
    pub ended_at: Option<Timestamp>,
}

/// What one decision brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HistoryItem {
    /// When.
    pub at: Timestamp,
    /// Number of the decision, growing.
    pub number: i64,
    /// What happened, in order.
    pub entries: Vec<HistoryLine>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HistoryLine {
    /// What kind of thing: `started`, `entered`, `called`, `done`, `heard`, `outcome`, `exception`, `ended`, …
    pub kind: String,
    /// The step.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub step: Option<String>,
    /// Which visit of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub visit: Option<u32>,
    /// Facts.
    #[serde(skip_serializing_if = "Value::is_null", default)]
    pub detail: Value,
}

impl Reader {
    /// Instances, newest first.
    pub async fn instances(&self, tenant: TenantId, query: &InstanceQuery, page: &PageQuery) -> Result<List<InstanceItem>> {
        let pages = Pages::new("instances", query, page)?;
        let InstanceQuery { flow, status, document, within } = query.clone();
        let filter = InstanceFilter { tenant, flow, status, document };
        let rows = match within {
            Some(within) => self.store.desk().instances_within(&filter, &within, pages.page()).await?,
            None => self.store.instances(&filter, pages.page()).await?,
        };
        let keys = self.document_keys(tenant, rows.iter().map(|row| row.document.0).collect()).await?;
        let item = |row: InstanceRow| InstanceItem { document_key: keys.get(&row.document.0).cloned(), ..InstanceItem::from(row) };
        Ok(pages.list(rows, |row| (row.started_at, row.id.0), item))
    }

    /// One instance.
    pub async fn instance(&self, tenant: TenantId, id: InstanceId) -> Result<InstanceItem> {
        let row = self.store.instance(tenant, id).await?.ok_or(Error::NotFound("instance"))?;
        let document_key = self.document_keys(tenant, vec![row.document.0]).await?.remove(&row.document.0);
        Ok(InstanceItem { document_key, ..InstanceItem::from(row) })
    }

    /// What happened to an instance, oldest first: a page of it.
    pub async fn history_page(&self, tenant: TenantId, id: InstanceId, query: &PageQuery) -> Result<List<HistoryItem>> {
        let pages = Onwards::new("history", id.0, query)?;
        let page = pages.page(|place| number_in(&place))?;
        let mut items = self.history_after(tenant, id, page).await?;
        let next_cursor = pages.cut(&mut items, |last| place_of_number(last.number));
        Ok(List { items, next_cursor })
    }

    /// All that happened to an instance, oldest first.
    pub(in crate::app) async fn history(&self, tenant: TenantId, id: InstanceId) -> Result<Vec<HistoryItem>> {
        self.history_after(tenant, id, Onward::all()).await
    }

    async fn history_after(&self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> Result<Vec<HistoryItem>> {
        let instance = self.instance(tenant, id).await?;
        let masks = self.masks(tenant, DocumentId(instance.document)).await?;
        let mut items: Vec<HistoryItem> = self.store.history(tenant, id, page).await?.into_iter().map(history).collect::<Result<_>>()?;
        if !masks.values.is_empty() {
            let lines = items.iter_mut().flat_map(|item| &mut item.entries);
            lines.for_each(|line| masks.values.out_of_json(&mut line.detail));
        }
        Ok(items)
    }
}

/// History is what audits stand on: a row that cannot be read is an error, never left out.
pub(in crate::app) fn history(row: HistoryRow) -> Result<HistoryItem> {
    let entries: Vec<HistoryEntry> = serde_json::from_str(&row.entries).map_err(|error| store::Error::Decode {
        table: "history",
        column: "entries",
        row: format!("{}/{}", row.instance, row.lock),
        reason: error.to_string(),
    })?;
    Ok(HistoryItem { at: row.at, number: row.lock, entries: entries.into_iter().map(HistoryLine::from).collect() })
}

impl From<InstanceRow> for InstanceItem {
    fn from(row: InstanceRow) -> Self {
        Self {
            id: row.id.0,
            flow: row.flow,
            version: row.version,
            document: row.document.0,
            document_key: None,
            revision: row.revision,
            status: row.status,
            outcome: row.outcome,
            at_step: row.at_step,
            started_at: row.started_at,
            updated_at: row.updated_at,
            ended_at: row.ended_at,
        }
    }
}

impl From<HistoryEntry> for HistoryLine {
    fn from(entry: HistoryEntry) -> Self {
        Self { kind: entry.kind, step: entry.step, visit: entry.visit, detail: entry.detail }
    }
}
