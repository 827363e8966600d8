//! Frozen selections and the batches that work on them.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor::Pages;
use super::{Error, List, PageQuery, Reader, Result, json};
use crate::domain::ids::TenantId;
use crate::store::desk::{BatchRow, ItemChoice, ItemRow, SelectionRow};

/// Things shown of a selection.
const SAMPLE: u32 = 10;
/// Items of a page at most.
const ITEMS_MAX: u32 = 500;

/// A frozen selection: what is done later is done to what was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Selection {
    /// The token to give to a batch.
    pub selection: Uuid,
    /// `exceptions`, `documents` or `messages`.
    pub resource: String,
    /// How many things.
    pub count: u32,
    /// The first ten of them.
    pub sample: Vec<Uuid>,
    /// What was chosen.
    #[schema(value_type = Object)]
    pub filter: Value,
    /// Who froze it.
    pub actor: String,
    /// When.
    pub created_at: Timestamp,
    /// It can be used until then.
    pub expires_at: Timestamp,
}

/// One action on every thing of a selection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Batch {
    /// Its id.
    pub id: Uuid,
    /// The selection.
    pub selection: Uuid,
    /// Its resource.
    pub resource: String,
    /// The action.
    pub action: String,
    /// Its arguments.
    #[schema(value_type = Object)]
    pub arguments: Value,
    /// Who ordered it.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// Whether it only tells what it would do.
    pub dry_run: bool,
    /// Items a minute at most.
    pub per_minute: u32,
    /// `running`, `paused`, `cancelled` or `done`.
    pub state: String,
    /// How many items.
    pub total: u32,
    /// How many items stand where: `waiting`, `done`, `failed`, `skipped`, `cancelled`. Absent in lists.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub items: BTreeMap<String, u64>,
    /// Started.
    pub created_at: Timestamp,
    /// Last moved by a person.
    pub updated_at: Timestamp,
    /// Done or cancelled.
    pub finished_at: Option<Timestamp>,
}

/// One thing of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BatchItem {
    /// Its place, from 1.
    pub position: u32,
    /// The thing.
    pub target: Uuid,
    /// The business key of the document that it is or is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document_key: Option<String>,
    /// `waiting`, `done` (the action was accepted), `failed`, `skipped` (it has moved on) or `cancelled`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Stable code.
    pub code: Option<String>,
    /// In words.
    pub message: Option<String>,
    /// Of a dry run: what it would lead to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Object)]
    pub detail: Option<Value>,
    /// When.
    pub finished_at: Option<Timestamp>,
}

/// Items in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BatchItems {
    /// The items.
    pub items: Vec<BatchItem>,
    /// Give this as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_after: Option<u32>,
}

impl Reader {
    /// A selection that is not over.
    pub async fn selection(&self, tenant: TenantId, id: Uuid, now: Timestamp) -> Result<Selection> {
        let row = self.store.desk().selection(tenant, id, now).await?.ok_or(Error::NotFound("selection"))?;
        let sample = self.store.desk().selection_items(tenant, id, 0, SAMPLE).await?;
        Ok(selection(row, sample.into_iter().map(|(_, target)| target).collect()))
    }

    /// Batches, newest first.
    pub async fn batches(&self, tenant: TenantId, page: &PageQuery) -> Result<List<Batch>> {
        let pages = Pages::new("batches", &"", page)?;
        let rows = self.store.desk().batches(tenant, pages.page()).await?;
        Ok(pages.list(rows, |row| (row.created_at, row.id), |row| batch(row, Vec::new())))
    }

    /// One batch with its progress.
    pub async fn batch(&self, tenant: TenantId, id: Uuid) -> Result<Batch> {
        let (row, counts) = self.store.desk().batch(tenant, id).await?.ok_or(Error::NotFound("batch"))?;
        Ok(batch(row, counts))
    }

    /// Items of a batch.
    pub async fn batch_items(
        &self,
        tenant: TenantId,
        id: Uuid,
        state: Option<String>,
        after: u32,
        limit: Option<u32>,
    ) -> Result<BatchItems> {
        let batch = self.batch(tenant, id).await?;
        let limit = limit.unwrap_or(super::LIMIT_DEFAULT);
        if limit == 0 || limit > ITEMS_MAX {
            return Err(Error::Limit(limit));
        }
        let choice = ItemChoice { tenant, batch: id, state, after, limit: limit + 1 };
        let mut rows = self.store.desk().batch_items(&choice).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next_after = rows.last().filter(|_| more).map(|row| row.position);
        let targets: Vec<Uuid> = rows.iter().map(|row| row.target).collect();
        let keys = self.keys_of_targets(tenant, &batch.resource, &targets).await?;
        let item = |row: ItemRow| BatchItem { document_key: keys.get(&row.target).cloned(), ..BatchItem::from(row) };
        Ok(BatchItems { items: rows.into_iter().map(item).collect(), next_after })
    }

    /// The keys of the documents that things are or are about, by the thing.
    async fn keys_of_targets(&self, tenant: TenantId, resource: &str, targets: &[Uuid]) -> Result<HashMap<Uuid, String>> {
        match resource {
            "documents" => self.document_keys(tenant, targets.to_vec()).await,
            "exceptions" => {
                let mut about: Vec<(Uuid, Uuid)> = Vec::new();
                for ids in targets.chunks(super::LIMIT_MAX as usize) {
                    let rows = self.store.desk().exceptions_by_id(tenant, ids).await?;
                    about.extend(rows.into_iter().filter_map(|row| Some((row.id.0, row.document?.0))));
                }
                let keys = self.document_keys(tenant, about.iter().map(|(_, document)| *document).collect()).await?;
                Ok(about.into_iter().filter_map(|(target, document)| Some((target, keys.get(&document)?.clone()))).collect())
            }
            _ => Ok(HashMap::new()),
        }
    }
}

fn selection(row: SelectionRow, sample: Vec<Uuid>) -> Selection {
    Selection {
        selection: row.id,
        resource: row.resource,
        count: row.count,
        sample,
        filter: json::value(&row.filter),
        actor: row.actor,
        created_at: row.created_at,
        expires_at: row.expires_at,
    }
}

fn batch(row: BatchRow, counts: Vec<(String, u64)>) -> Batch {
    Batch {
        id: row.id,
        selection: row.selection,
        resource: row.resource,
        action: row.action,
        arguments: json::value(&row.arguments),
        actor: row.actor,
        reason: row.reason,
        dry_run: row.dry_run,
        per_minute: row.per_minute,
        state: row.state,
        total: row.total,
        items: counts.into_iter().collect(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        finished_at: row.finished_at,
    }
}

impl From<ItemRow> for BatchItem {
    fn from(row: ItemRow) -> Self {
        Self {
            position: row.position,
            target: row.target,
            document_key: None,
            state: row.state,
            attempts: row.attempts,
            code: row.code,
            message: row.message,
            detail: row.detail.as_deref().map(json::value),
            finished_at: row.finished_at,
        }
    }
}
